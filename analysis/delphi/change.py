"""What changed between two waves of the same people, and whether groups came closer."""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.errors import TooFewAnswers
from analysis.types import LEVEL

Floats = NDArray[np.float64]
FEWEST = 10
#: Up to so many people who moved every way they could have moved is counted out.
LARGEST_EXACT = 50
#: Moves that vary less than this are one move.
STILL = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """One item in two waves of the same people.

    Attributes
    ----------
    n : int
        People who answered in both waves.
    before, after : float
        Means.
    change, low, high : float
        The mean change with its 95 % interval (Student's t of the differences).
    p_t : float or None
        Two-sided, paired t test; None where nobody's answer changed differently from another's.
    p_signed_rank : float or None
        Two-sided, Wilcoxon's signed-rank test; None where nobody changed. Exact, ties included,
        where at most 50 changed; beyond, the normal approximation.
    share_up, share_down : float
        People who moved up and down.
    """

    n: int
    before: float
    after: float
    change: float
    low: float
    high: float
    p_t: float | None
    p_signed_rank: float | None
    share_up: float
    share_down: float


def paired_change(before: ArrayLike, after: ArrayLike) -> Change:
    """Compare two waves person by person.

    Parameters
    ----------
    before, after : array of float, shape (n,)
        The answers of the same people; NaN where somebody gave none. Only people who answered
        in both waves count.

    Returns
    -------
    Change

    Raises
    ------
    TooFewAnswers
        Fewer than 10 people answered in both waves.
    ValueError
        The lengths differ.

    Examples
    --------
    >>> found = paired_change([1, 2, 3, 4, 5] * 4, [2, 3, 4, 5, 5] * 4)
    >>> round(found.change, 2), found.share_up, found.p_signed_rank < 0.001
    (0.8, 0.8, True)
    """
    first, second = _both(before, after)
    n = len(first)
    if n < FEWEST:
        raise TooFewAnswers(n, FEWEST)
    moves = second - first
    mean, error = float(moves.mean()), float(moves.std(ddof=1) / np.sqrt(n))
    half = error * float(scipy.stats.t.ppf((1 + LEVEL) / 2, n - 1))
    return Change(
        n=n,
        before=float(first.mean()),
        after=float(second.mean()),
        change=mean,
        low=mean - half,
        high=mean + half,
        p_t=float(2 * scipy.stats.t.sf(abs(mean) / error, n - 1)) if error > STILL else None,
        p_signed_rank=_signed_rank(moves),
        share_up=float((moves > 0).mean()),
        share_down=float((moves < 0).mean()),
    )


def _both(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError("The same people are needed in both waves.")
    both = ~(np.isnan(first) | np.isnan(second))
    return first[both], second[both]


def _signed_rank(moves: Floats) -> float | None:
    moved = np.round(moves[np.abs(moves) > STILL], 9)
    if not len(moved):
        return None
    if len(moved) > LARGEST_EXACT:
        return float(scipy.stats.wilcoxon(moved, method="approx").pvalue)
    # Tables do not hold for answers on a scale, where many moves are equally long. So all signs
    # are counted out: ways[s] is in how many of them the doubled ranks of those up sum to s.
    ranks = np.rint(2 * scipy.stats.rankdata(np.abs(moved))).astype(np.int64)
    ways = np.zeros(int(ranks.sum()) + 1)
    ways[0] = 1.0
    for rank in ranks:
        ways[rank:] = ways[rank:] + ways[:-rank]
    middle = ranks.sum() / 2
    far = np.abs(np.arange(len(ways)) - middle) >= abs(int(ranks[moved > 0].sum()) - middle)
    return float(ways[far].sum() / ways.sum())


@dataclass(frozen=True, slots=True)
class GapChange:
    """The distance between the mean answers of two groups in two waves.

    Attributes
    ----------
    n_first, n_second : int
        People of each group who answered in both waves.
    before, after : float
        Distances, 0 or more.
    change : float
        after - before; below 0 the groups came closer.
    p : float or None
        Two-sided Welch test that the two groups changed alike; None where nobody changed
        differently from another of the group.
    """

    n_first: int
    n_second: int
    before: float
    after: float
    change: float
    p: float | None


def gap_change(
    before: ArrayLike, after: ArrayLike, is_first: ArrayLike, is_second: ArrayLike
) -> GapChange:
    """Whether two groups came closer between two waves.

    Parameters
    ----------
    before, after : array of float, shape (n,)
        The answers of the same people; NaN where somebody gave none.
    is_first, is_second : array of bool, shape (n,)
        Membership; nobody is in both.

    Returns
    -------
    GapChange

    Raises
    ------
    TooFewAnswers
        Fewer than 10 people of a group answered in both waves.
    ValueError
        The lengths differ, or somebody is in both groups.

    Notes
    -----
    The test compares the changes of the two groups, each person against the own earlier answer
    (Welch 1947, Biometrika 34, 28-35). It speaks of the gap as long as the groups did not
    change sides; where they did, the distance may fall without a significant difference and
    the other way round. Correct for the number of items with `holm`.

    Examples
    --------
    >>> before = [2.0] * 10 + [8.0] * 10
    >>> after = [3.0, 4.0] * 5 + [7.0, 6.0] * 5
    >>> found = gap_change(before, after, [True] * 10 + [False] * 10, [False] * 10 + [True] * 10)
    >>> found.before, found.after, found.p < 0.001
    (6.0, 3.0, True)
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    inside, other = np.asarray(is_first, dtype=bool), np.asarray(is_second, dtype=bool)
    if not first.shape == second.shape == inside.shape == other.shape:
        raise ValueError("The same people are needed in both waves and groups.")
    if (inside & other).any():
        raise ValueError("Nobody can be in both groups.")
    one = _both(first[inside], second[inside])
    two = _both(first[other], second[other])
    smaller = min(len(one[0]), len(two[0]))
    if smaller < FEWEST:
        raise TooFewAnswers(smaller, FEWEST)
    moves = one[1] - one[0], two[1] - two[0]
    gaps = [abs(float(one[wave].mean() - two[wave].mean())) for wave in (0, 1)]
    moves_at_all = any(float(group.std()) > STILL for group in moves)
    return GapChange(
        n_first=len(one[0]),
        n_second=len(two[0]),
        before=gaps[0],
        after=gaps[1],
        change=gaps[1] - gaps[0],
        p=float(scipy.stats.ttest_ind(*moves, equal_var=False).pvalue) if moves_at_all else None,
    )
