"""Withhold attributes of rows until every combination of them is shared by enough rows.

A research file has one question and two attributes, such as region and sector. Where a
combination is rare its rows keep the first attribute and lose the second; where that is not
enough they lose both. The rows without attributes are a class like any other: they number none
or at least `k`, by drawing in the smallest neighbours until they do.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import TooFewAnswers

WITHHELD = "withheld"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Recoded:
    """Two attributes after recoding, and what it cost.

    Attributes
    ----------
    first, second : tuple of str, length n
        The attributes; `WITHHELD` where they were removed, `UNKNOWN` where nobody gave them.
    smallest_class : int
        Rows in the smallest remaining combination.
    first_withheld, second_withheld : int
        Rows that lost the attribute.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    smallest_class: int
    first_withheld: int
    second_withheld: int


def recode_pairs(first: Sequence[str | None], second: Sequence[str | None], *, k: int) -> Recoded:
    """Make every combination of two attributes stand for at least `k` rows.

    Parameters
    ----------
    first, second : sequence of str or None, length n
        The attributes of each row; the first one is kept longer. None means not known, which
        is a value of its own.
    k : int, at least 2
        The smallest number of rows that may share a combination.

    Returns
    -------
    Recoded

    Raises
    ------
    TooFewAnswers
        Fewer than `k` rows: no combination could be safe.
    ValueError
        The sequences differ in length, or `k` is below 2.

    Notes
    -----
    Local recoding by suppression: k-anonymity over two quasi-identifiers (Sweeney 2002,
    "k-anonymity: a model for protecting privacy", section 3). The remainder, which a plain
    greedy recoding leaves below `k`, is filled up by the smallest classes in reach. Ties are
    broken by name, so the result depends on the input alone. O(n + c log c) for c combinations.

    Examples
    --------
    >>> recode_pairs(["a"] * 5 + ["b"] * 2, ["x"] * 3 + ["y"] * 4, k=2).second
    ('x', 'x', 'x', 'y', 'y', 'y', 'y')
    """
    if len(first) != len(second):
        raise ValueError("Both attributes need one value for each row.")
    if k < 2:
        raise ValueError("k must be 2 or more.")
    if len(first) < k:
        raise TooFewAnswers(n=len(first), needed=k)
    known_first = [value if value is not None else UNKNOWN for value in first]
    known_second = [value if value is not None else UNKNOWN for value in second]
    new_second = _withhold_second(known_first, known_second, k)
    new_first, new_second = _withhold_both(known_first, new_second, k)
    classes = Counter(zip(new_first, new_second, strict=True))
    return Recoded(
        first=tuple(new_first),
        second=tuple(new_second),
        smallest_class=min(classes.values()),
        first_withheld=new_first.count(WITHHELD),
        second_withheld=new_second.count(WITHHELD),
    )


def _withhold_second(first: list[str], second: list[str], k: int) -> list[str]:
    """Within each first attribute, empty the second where it is rare."""
    counts = Counter(zip(first, second, strict=True))
    emptied: set[tuple[str, str]] = set()
    for group in sorted(set(first)):
        cells = sorted((n, value) for (of, value), n in counts.items() if of == group)
        rest = 0
        for n, value in cells:
            # Rare cells go; then the smallest others, until what is gone hides among k rows.
            if n < k or 0 < rest < k:
                emptied.add((group, value))
                rest += n
    return [WITHHELD if pair in emptied else pair[1] for pair in zip(first, second, strict=True)]


def _withhold_both(first: list[str], second: list[str], k: int) -> tuple[list[str], list[str]]:
    """Empty both attributes of what is still rare, and fill the rest up to `k`."""
    counts = Counter(zip(first, second, strict=True))
    emptied: set[tuple[str, str]] = set()
    rest = 0
    for n, pair in sorted((n, pair) for pair, n in counts.items()):
        if n < k or 0 < rest < k:
            emptied.add(pair)
            rest += n
    pairs = list(zip(first, second, strict=True))
    return (
        [WITHHELD if pair in emptied else pair[0] for pair in pairs],
        [WITHHELD if pair in emptied else pair[1] for pair in pairs],
    )
