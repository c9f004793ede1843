"""Words into the pieces that the sentence encoder knows, each word once.

The encoder's own tokenizer goes through every text letter by letter, which is a third of encoding.
No piece of its vocabulary reaches over a space, so a text's pieces are its words' pieces, and people
use the same words again and again.
"""

from typing import Protocol

#: Words that are kept, at most; some 30 MB.
MOST_KEPT = 100_000
#: Longer ones are seldom met twice: lines of a script without spaces.
LONGEST_KEPT = 40


class Tokenizer(Protocol):
    """What the encoder's package brings."""

    def encode(
        self, texts: str, out_type: type = int, add_bos: bool = True, add_eos: bool = True
    ) -> list[int]:
        """The numbers of a text's pieces, with those that mark its ends."""


class WordPieces:
    """The same numbers as the tokenizer's, sooner.

    Parameters
    ----------
    tokenizer : Tokenizer
        Its texts have single spaces, as `analysis.text.encoders` gives them.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._kept: dict[str, list[int]] = {}
        # What an empty text gets, and so a word of which nothing is left.
        self._start, *self._nothing, self._end = tokenizer.encode("")

    def encode(
        self, texts: str, out_type: type = int, add_bos: bool = True, add_eos: bool = True
    ) -> list[int]:
        """The numbers of a text's pieces, with those that mark its ends."""
        found = self._pieces(texts)
        if out_type is not int or not (add_bos and add_eos) or found is None:
            return self._tokenizer.encode(texts, out_type, add_bos, add_eos)
        return [self._start, *found, self._end]

    def _pieces(self, text: str) -> list[int] | None:
        """Word by word; None where a word is nothing by itself."""
        found: list[int] = []
        for word in text.split(" "):
            pieces = self._kept.get(word)
            if pieces is None:
                pieces = self._tokenizer.encode(word, int, False, False)
                if len(word) <= LONGEST_KEPT and len(self._kept) < MOST_KEPT:
                    self._kept[word] = pieces
            if pieces == self._nothing:
                return None
            found += pieces
        return found
