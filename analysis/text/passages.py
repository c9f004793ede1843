"""Long answers cut into passages that know where they came from.

A position paper of ten pages raises many themes, and its mean vector raises none. So it is cut at
its sentences into passages of a paragraph's length; what is found in a passage is found in its
answer, and a quote leads back to its place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Words of a passage, about a short paragraph.
LONGEST_WORDS = 80
#: Characters of a passage, for scripts without spaces and words without end.
LONGEST_CHARACTERS = 800
#: A last passage with fewer words goes with the one before it.
SHORTEST_WORDS = 8

# A sentence ends at its mark and the space after it; in Chinese and Japanese at the mark; at a
# line's end where the next begins as a list item or after an empty line.
_SENTENCE_END = re.compile(
    r"(?<=[.!?؟۔।॥።…])[\"'”’»)\]]*\s+|(?<=[。！？])[」』”’）]*|\n\s*\n\s*|\n\s*(?=[-•*–]|\d{1,2}[.)])"
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an answer.

    Attributes
    ----------
    parent : int
        The position of the answer.
    start, end : int
        Its place in the answer, in characters: `text == answer[start:end]`.
    text : str
    """

    parent: int
    start: int
    end: int
    text: str


def split_passages(
    texts: Sequence[str],
    *,
    longest_words: int = LONGEST_WORDS,
    longest_characters: int = LONGEST_CHARACTERS,
) -> tuple[Passage, ...]:
    """Cut answers into passages.

    Parameters
    ----------
    texts : sequence of str, length n
    longest_words, longest_characters : int
        No passage is longer, but that a remainder of a few words stays with its passage.

    Returns
    -------
    tuple of Passage
        In the order of the answers and of their words. An answer that is short enough is one
        passage; an empty one has none. Space between passages belongs to neither.

    Raises
    ------
    ValueError
        A limit is below 1.

    Notes
    -----
    O(characters), whatever the text: an answer of a megabyte without a full stop is cut at its
    spaces, and one without spaces at its characters.

    Examples
    --------
    >>> for passage in split_passages(["One idea. Another idea."], longest_words=2):
    ...     print(passage.start, passage.end, passage.text)
    0 9 One idea.
    10 23 Another idea.
    """
    if longest_words < 1 or longest_characters < 1:
        raise ValueError("A passage has at least one word and one character.")
    found: list[Passage] = []
    for parent, text in enumerate(texts):
        pieces = [
            piece
            for sentence in _sentences(text)
            for piece in _cut(text, *sentence, longest_words, longest_characters)
        ]
        packed = _pack(text, pieces, longest_words, longest_characters)
        found += [Passage(parent, start, end, text[start:end]) for start, end in packed]
    return tuple(found)


def to_answers(
    values: ArrayLike, passages: Sequence[Passage], n_answers: int
) -> NDArray[np.float64]:
    """What was found in passages, for the answers they came from.

    Parameters
    ----------
    values : array of float, shape (n_passages, t)
        Probabilities or codes of each passage; NaN where it was not read.
    passages : sequence of Passage, length n_passages
    n_answers : int

    Returns
    -------
    ndarray of float64, shape (n_answers, t)
        The largest value of an answer's passages: an answer raises what one of its passages
        raises. NaN where none of them was read.

    Raises
    ------
    ValueError
        There is not one row of values for each passage, or a passage has no answer.

    Examples
    --------
    >>> parts = split_passages(["One idea. Another idea.", ""], longest_words=2)
    >>> to_answers([[0.1], [0.8]], parts, 2).tolist()
    [[0.8], [nan]]
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or len(table) != len(passages):
        raise ValueError("Each passage needs one row of values.")
    parents = np.array([passage.parent for passage in passages], dtype=np.int64)
    if np.any((parents < 0) | (parents >= n_answers)):
        raise ValueError("Each passage needs its answer.")
    found = np.full((n_answers, table.shape[1]), -np.inf)
    np.maximum.at(found, parents, np.where(np.isnan(table), -np.inf, table))
    return np.where(np.isneginf(found), np.nan, found)


def _sentences(text: str) -> list[tuple[int, int]]:
    found = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        # The closing quotes that the pattern takes along stay with their sentence.
        stop = end.start() + len(end.group().rstrip())
        found.append((start, stop))
        start = end.end()
    found.append((start, len(text)))
    return [trimmed for one in found if (trimmed := _trim(text, *one))]


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    stripped = piece.lstrip()
    start += len(piece) - len(stripped)
    return (start, start + len(stripped.rstrip())) if stripped else None


def _cut(
    text: str, start: int, end: int, longest_words: int, longest_characters: int
) -> list[tuple[int, int]]:
    """A sentence, in parts where it is too long."""
    if end - start <= longest_characters and _count(text[start:end]) <= longest_words:
        return [(start, end)]
    found: list[tuple[int, int]] = []
    begin, last, count = start, start, 0
    for word in re.finditer(r"\S+", text[start:end]):
        first, after = start + word.start(), start + word.end()
        if count and (count == longest_words or after - begin > longest_characters):
            found.append((begin, last))
            begin, count = first, 0
        if count == 0:
            begin = first
        while after - begin > longest_characters:
            found.append((begin, begin + longest_characters))
            begin += longest_characters
        last, count = after, count + 1
    if last > begin:
        found.append((begin, last))
    return found


def _pack(
    text: str, pieces: list[tuple[int, int]], longest_words: int, longest_characters: int
) -> list[tuple[int, int]]:
    """Sentences put together while they fit; a short rest joins what came before."""
    packed: list[tuple[int, int]] = []
    count = 0
    for start, end in pieces:
        words = _count(text[start:end])
        fits = (
            packed and count + words <= longest_words and end - packed[-1][0] <= longest_characters
        )
        if fits:
            packed[-1] = (packed[-1][0], end)
            count += words
        else:
            packed.append((start, end))
            count = words
    rest = min(SHORTEST_WORDS, longest_words)
    if len(packed) > 1 and _count(text[slice(*packed[-1])]) < rest and not _is_unspaced(packed):
        (start, _end), (_start, end) = packed[-2:]
        packed[-2:] = [(start, end)]
    return packed


def _is_unspaced(packed: list[tuple[int, int]]) -> bool:
    """Whether few words say nothing of the length, because the script has no spaces."""
    start, end = packed[-1]
    return end - start > LONGEST_CHARACTERS // 8


def _count(piece: str) -> int:
    return len(_SPACE.split(piece.strip())) if piece.strip() else 0
