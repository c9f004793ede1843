"""Whether the order of the items still moves between two rounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from analysis.errors import TooFewAnswers

PERSISTENCE = 0.9
TOP = 5


@dataclass(frozen=True, slots=True)
class OrderStability:
    """Two orders of the same items.

    Attributes
    ----------
    items : int
        Items in both rounds; only they are compared.
    tau : float or None
        Kendall's tau-b, in [-1, 1]; None where one order ties everything.
    overlap : float
        Rank-biased overlap, in [0, 1]: the top counts more than the bottom.
    k : int
        The size of the top set.
    top_before, top_after : tuple of str
        The first k items of each round.
    entered, left : tuple of str
        What came into the top set and what left it.
    """

    items: int
    tau: float | None
    overlap: float
    k: int
    top_before: tuple[str, ...]
    top_after: tuple[str, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def jaccard(self) -> float:
        """Items in both top sets over items in either, in [0, 1]."""
        shared = len(set(self.top_before) & set(self.top_after))
        return shared / len(set(self.top_before) | set(self.top_after))


def rank_biased_overlap(
    before: Sequence[str], after: Sequence[str], *, p: float = PERSISTENCE
) -> float:
    """Extrapolated rank-biased overlap of two orders of equal length.

    Parameters
    ----------
    before, after : sequence of str, length m
        Items, the best first, each once.
    p : float
        In (0, 1): the weight of depth; at 0.9 the first ten places carry most of it.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        The lengths differ, an item stands twice, or p is out of range.

    References
    ----------
    Webber, Moffat & Zobel 2010, ACM Transactions on Information Systems 28(4), equation 23.

    Examples
    --------
    >>> round(rank_biased_overlap("ABCDEFGH", "BACDFEGH"), 4)
    0.8869
    """
    m = len(before)
    if len(after) != m or len(set(before)) != m or len(set(after)) != m or not m:
        raise ValueError("Two orders of equal length, each item once, are needed.")
    if not 0 < p < 1:
        raise ValueError("p must lie between 0 and 1.")
    seen_before: set[str] = set()
    seen_after: set[str] = set()
    total = shared = 0.0
    for depth, (first, second) in enumerate(zip(before, after, strict=True), start=1):
        seen_before.add(first)
        seen_after.add(second)
        shared = len(seen_before & seen_after)
        total += shared / depth * p**depth
    return shared / m * p**m + (1 - p) / p * total


def order_stability(
    before: dict[str, float], after: dict[str, float], *, k: int = TOP, p: float = PERSISTENCE
) -> OrderStability:
    """Compare two orders.

    Parameters
    ----------
    before, after : dict of str to float
        The mean position of each item, smaller is better. Only items in both are compared; an
        item with a new identity is another item.
    k : int
        The size of the top set, at least 1; at most all items are compared.
    p : float
        See `rank_biased_overlap`.

    Returns
    -------
    OrderStability

    Raises
    ------
    TooFewAnswers
        Fewer than 2 items are in both rounds.

    Notes
    -----
    Means that are equal up to rounding (to 1e-12) are ties, as in `analysis.choice.rank`: they
    stand in the order of the items' codes.

    Examples
    --------
    >>> found = order_stability({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "c": 2}, k=2)
    >>> round(found.tau, 3), found.entered, found.left
    (0.333, ('c',), ('b',))
    """
    common = sorted(set(before) & set(after))
    if len(common) < 2:
        raise TooFewAnswers(len(common), 2)
    earlier, following = (
        {item: round(one[item], 12) for item in common} for one in (before, after)
    )
    first = sorted(common, key=lambda item: (earlier[item], item))
    second = sorted(common, key=lambda item: (following[item], item))
    tau = float(scipy.stats.kendalltau(list(earlier.values()), list(following.values())).statistic)
    size = min(max(k, 1), len(common))
    top, later = tuple(first[:size]), tuple(second[:size])
    return OrderStability(
        items=len(common),
        tau=None if np.isnan(tau) else tau,
        overlap=rank_biased_overlap(first, second, p=p),
        k=size,
        top_before=top,
        top_after=later,
        entered=tuple(item for item in later if item not in top),
        left=tuple(item for item in top if item not in later),
    )
