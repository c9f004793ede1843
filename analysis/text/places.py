"""Where a word that was counted stands in a text, as its author typed it."""

import re

from analysis.text.scripts import MARKS, folded, is_unspaced
from analysis.text.tokens import LONGEST

#: Letters in which two forms of one word may differ at its end.
LONGEST_ENDING = 3
_LETTER = rf"[\w{MARKS}]"
_WRITTEN = re.compile(rf".[{MARKS}]*", re.DOTALL)


def find_word(text: str, word: str) -> tuple[int, int] | None:
    """Find a word as `analysis.text.tokens.words` gives it, or several that follow each other.

    Parameters
    ----------
    text : str
        As its author wrote it: with vowel points, joiners or accents of its own.
    word : str
        As it was counted; words of a pair are parted by a space.

    Returns
    -------
    tuple of int or None
        Where it starts and ends, `text[start:end]`. A whole word comes before a longer one that
        begins with it, which is taken whole, that before a part of a longer one, and that before
        another form of the word, which differs in up to three letters at its end: a word that is
        shown stands for all of its stem.

    Notes
    -----
    O(characters). Looks as far into a text as words are counted, `analysis.text.tokens.LONGEST`.

    Examples
    --------
    >>> text = "حَقُّ التَّعْلِيم"
    >>> start, end = find_word(text, "التعليم")
    >>> text[start:end]
    'التَّعْلِيم'
    >>> find_word("Partial art", "art"), find_word("They say", "water")
    ((8, 11), None)
    """
    parts = [re.escape(part) for part in folded(word).split()]
    if not parts:
        return None
    whole = r"[\W_]+".join(parts)
    patterns = [whole]
    if not is_unspaced(word):
        begun = rf"(?<!{_LETTER}){whole}"
        patterns = [rf"{begun}(?!{_LETTER})", rf"{begun}{_LETTER}*", whole]
    if len(word) > LONGEST_ENDING + 3:
        patterns.append(rf"(?<!{_LETTER}){re.escape(folded(word)[:-LONGEST_ENDING])}{_LETTER}*")
    # Beyond it no word was counted.
    read, starts = _read(text[:LONGEST])
    for pattern in patterns:
        found = re.search(pattern, read)
        if found is not None:
            return starts[found.start()], starts[found.end()]
    return None


def _read(text: str) -> tuple[str, list[int]]:
    """A text as words are compared, and where each of its characters came from."""
    pieces: list[str] = []
    starts: list[int] = []
    for match in _WRITTEN.finditer(text):
        piece = folded(match.group())
        pieces.append(piece)
        starts += [match.start()] * len(piece)
    return "".join(pieces), [*starts, len(text)]
