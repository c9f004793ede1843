"""Answers as they are read for topics: whole, and the long ones passage by passage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.text.encoders import LONGEST_SENTENCE
from analysis.text.passages import split_passages
from analysis.text.quality import Quality, TextKind, kind_of
from analysis.text.tokens import LONGEST

#: Characters of an answer that is read whole: more than that no encoder sees at once.
LONGEST_WHOLE = LONGEST_SENTENCE


@dataclass(frozen=True, slots=True)
class Pieces:
    """What is read of each answer.

    Attributes
    ----------
    texts : sequence of str, length m
        In the order of the answers; at least one of each. A piece is an exact part of its answer.
    parents : ndarray of int64, shape (m,)
        The positions of their answers, ascending.
    spans : ndarray of int64, shape (m, 2)
        Start and end of each in its answer, in characters.
    """

    texts: Sequence[str]
    parents: NDArray[np.int64]
    spans: NDArray[np.int64]


def split_long(texts: Sequence[str], *, longest: int = LONGEST_WHOLE) -> Pieces:
    """Cut the long answers into passages and leave the others whole.

    Parameters
    ----------
    texts : sequence of str, length n
    longest : int
        Characters from which on an answer is cut. Of one answer 20,000 are read, as everywhere.

    Returns
    -------
    Pieces

    Examples
    --------
    >>> found = split_long(["Short.", "One idea is this. " * 40], longest=100)
    >>> found.parents.tolist(), found.texts[1].count("idea")
    ([0, 1, 1], 20)
    """
    if not any(len(text) > longest for text in texts):
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        whole = np.column_stack([np.zeros_like(lengths), lengths])
        return Pieces(texts, np.arange(len(texts), dtype=np.int64), whole)
    read: list[str] = []
    parents: list[int] = []
    spans: list[tuple[int, int]] = []
    for parent, text in enumerate(texts):
        cut = split_passages([text[:LONGEST]]) if len(text) > longest else ()
        places = [(passage.start, passage.end) for passage in cut] or [(0, len(text))]
        spans += places
        parents += [parent] * len(places)
        read += [text[start:end] for start, end in places]
    return Pieces(read, np.array(parents, dtype=np.int64), np.array(spans, dtype=np.int64))


def quality_of_pieces(pieces: Pieces, tags: Sequence[str], answers: Quality) -> Quality:
    """What each piece can be used for, and which pieces are copies.

    Parameters
    ----------
    pieces : Pieces
    tags : sequence of str, length n
        Languages of the answers.
    answers : Quality
        Of the answers.

    Returns
    -------
    Quality
        Of the pieces. A passage of an unusable answer is what the answer is. Passages of copies are
        copies of each other in their order; what an answer repeats is learned from once.
    """
    if len(pieces.texts) == len(answers.kinds):
        return answers
    starts = np.searchsorted(pieces.parents, np.arange(len(answers.kinds) + 1))
    kinds: list[TextKind] = []
    family: list[int] = []
    for answer, kind in enumerate(answers.kinds):
        own = range(int(starts[answer]), int(starts[answer + 1]))
        kinds += _kinds(pieces, own, tags[answer], kind)
        first = answers.family[answer]
        as_many = starts[first + 1] - starts[first] == len(own)
        if first != answer and as_many:
            family += [family[int(starts[first]) + place] for place in range(len(own))]
        else:
            family += _repeats(pieces, own)
    return Quality(tuple(kinds), tuple(family), {}, frozenset())


def _kinds(pieces: Pieces, own: range, tag: str, kind: TextKind) -> list[TextKind]:
    if len(own) == 1 or kind is not TextKind.USABLE:
        return [kind] * len(own)
    return [kind_of(pieces.texts[row], tag) for row in own]


def _repeats(pieces: Pieces, own: range) -> list[int]:
    seen: dict[str, int] = {}
    return [seen.setdefault(pieces.texts[row], row) for row in own]
