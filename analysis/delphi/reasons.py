"""Reasons drawn so that they differ: in who gave them and in what they say, never by popularity."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from analysis.text.tokens import words

#: What a character says that is a syllable or a word, in letters.
_SYLLABLE = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes
    ----------
    key : str
        Its id; ties are decided by it.
    text : str
    groups : tuple of (str or None)
        Who gave it, such as region and sector; None is unknown and never counts as new.
    """

    key: str
    text: str
    groups: tuple[str | None, ...]


def draw_diverse(reasons: Sequence[Reason], count: int, *, shortest: int = 15) -> tuple[str, ...]:
    """Draw reasons one by one, each the most unlike those drawn before.

    Parameters
    ----------
    reasons : sequence of Reason
    count : int
        At most so many, 0 or more.
    shortest : int
        Reasons with fewer letters say too little and are left out; a character of Chinese,
        Japanese or Korean counts as three.

    Returns
    -------
    tuple of str
        Keys in the order in which they were drawn.

    Notes
    -----
    First the most groups not heard yet, then the least overlap of words (Jaccard) with any
    reason drawn, then the key. The first drawn is the one whose key comes first among those of
    known groups: keys are random, so nobody is first by what they said. O(count n).

    Examples
    --------
    >>> rows = [Reason("a", "Costs are far too high", ("north",)),
    ...         Reason("b", "Costs are far too high!", ("north",)),
    ...         Reason("c", "Nobody checks the data", ("south",))]
    >>> draw_diverse(rows, 2)
    ('a', 'c')
    """
    left = {row.key: row for row in reasons if _length(row.text) >= shortest}
    said = {key: frozenset(words(row.text, "")) for key, row in left.items()}
    heard: set[tuple[int, str]] = set()
    drawn: list[str] = []

    def rank(key: str) -> tuple[int, float, str]:
        new = len(_named(left[key]) - heard)
        nearest = max((_overlap(said[key], said[other]) for other in drawn), default=0.0)
        return -new, nearest, key

    while left and len(drawn) < count:
        chosen = min(left, key=rank)
        heard |= _named(left[chosen])
        drawn.append(chosen)
        del left[chosen]
    return tuple(drawn)


def _length(text: str) -> int:
    return sum(_SYLLABLE if east_asian_width(letter) in "WF" else 1 for letter in text.strip())


def _named(reason: Reason) -> set[tuple[int, str]]:
    return {(place, group) for place, group in enumerate(reason.groups) if group is not None}


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    union = first | second
    return len(first & second) / len(union) if union else 1.0
