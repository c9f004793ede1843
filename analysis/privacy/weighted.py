"""Whether weighted shares can stand beside a gated table without giving a hidden count away.

Weights come from declared targets, so that anybody may know them. A weighted share is then one
more equation over the counts, the hidden ones among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.privacy.gate import NARROWEST, TOLERANCE, UNBOUNDED

#: A sum whose part outside of what is known is smaller than this is known itself.
STILL = 1e-7
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A published sum.

    Attributes
    ----------
    where : ndarray of bool, shape (c, k)
        The counts that it adds up: classes of equal weight by answers.
    value : int
    """

    where: Mask
    value: int


def rounded_shares(counts: ArrayLike, weights: ArrayLike, *, step: float) -> Floats:
    """Weighted shares of each answer, to the nearest step.

    Parameters
    ----------
    counts : array_like of int, shape (c, k)
        Classes of equal weight by answers.
    weights : array_like of float, shape (c,)
        At least 0, some above.
    step : float
        Such as 0.01 for whole percent.

    Returns
    -------
    ndarray of float64, shape (k,)

    Examples
    --------
    >>> rounded_shares([[30, 10], [10, 30]], [1.0, 3.0], step=0.01).round(2).tolist()
    [0.38, 0.62]
    """
    heavy = np.asarray(counts, np.float64) * np.asarray(weights, np.float64)[:, None]
    return np.asarray(np.round(heavy.sum(axis=0) / heavy.sum() / step) * step)


def keeps_hidden(
    shares: ArrayLike,
    weights: ArrayLike,
    known: Sequence[Known],
    hidden: Sequence[Mask],
    *,
    step: float,
    threshold: int,
) -> bool:
    """Whether every hidden sum stays as open as the gate left it.

    Parameters
    ----------
    shares : array_like of float, shape (k,)
        The weighted shares as they would be published, from `rounded_shares`.
    weights : array_like of float, shape (c,)
    known : sequence of Known
        All sums that are published of the same question.
    hidden : sequence of ndarray of bool, shape (c, k)
        What is not published, each as the counts that it adds up.
    step : float
        To which the shares are rounded.
    threshold : int
        Of the gate.

    Returns
    -------
    bool
        True where the range of each hidden sum, given all that is published, the shares and the
        weights, is at least a fifth of the threshold, or as wide as it was without the shares.

    Notes
    -----
    At most two linear programmes a hidden sum, in c k unknown counts of at least 0; most sums are
    seen to be open in the answers to others.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, section 4.4 (feasibility intervals).

    Examples
    --------
    Twelve people who weigh 5 hide behind a total; exact shares would tell how they answered.

    >>> table = np.array([[30, 40], [3, 9]])
    >>> total = [Known(np.array([[True, False], [True, False]]), 33),
    ...          Known(np.array([[False, True], [False, True]]), 49),
    ...          Known(np.array([[False, False], [True, True]]), 12)]
    >>> cell = [np.array([[False, False], [True, False]])]
    >>> fine, coarse = 0.001, 0.1
    >>> [keeps_hidden(rounded_shares(table, [1, 5], step=step), [1, 5], total, cell,
    ...               step=step, threshold=10) for step in (fine, coarse)]
    [False, True]
    """
    told, heavy = np.asarray(shares, np.float64), np.asarray(weights, np.float64)
    size = len(heavy) * len(told)
    equal = np.array([one.where.ravel() for one in known], np.float64).reshape(-1, size)
    sums = np.array([one.value for one in known], np.float64)
    with_shares = _System(equal, sums, _share_bounds(told, heavy, step))
    without = _System(equal, sums, np.zeros((0, size)))
    needed = threshold * NARROWEST - TOLERANCE
    costs = _open(np.array([one.ravel() for one in hidden], np.float64).reshape(-1, size), equal)
    low, high = np.full(len(costs), np.inf), np.full(len(costs), -np.inf)
    for place, cost in enumerate(costs):
        if high[place] - low[place] >= needed:
            continue
        width, tables = with_shares.range_of(cost)
        # Each answer of the solver is a table that fits; it opens other hidden sums as well.
        for table in tables:
            seen = costs @ table
            low, high = np.minimum(low, seen), np.maximum(high, seen)
        if width < needed and width < without.range_of(cost)[0] - TOLERANCE:
            return False
    return True


def _share_bounds(shares: Floats, weights: Floats, step: float) -> Floats:
    """Rows that are at most 0 where each share, unrounded, lies within half a step."""
    k = len(shares)
    rows = []
    for answer, share in enumerate(shares):
        for sign in (1.0, -1.0):
            factor = np.full(k, -sign * (share + sign * step / 2))
            factor[answer] += sign
            rows.append((weights[:, None] * factor[None, :]).ravel())
    return np.array(rows)


def _open(costs: Floats, equal: Floats) -> Floats:
    """Hidden sums that do not follow from the published ones alone, as no share can do worse."""
    _left, values, directions = np.linalg.svd(equal, full_matrices=False)
    known = directions[values > TOLERANCE]
    rest = costs - costs @ known.T @ known
    return np.asarray(costs[np.abs(rest).max(axis=1, initial=0.0) > STILL])


class _System:
    """What is known of the counts: sums, and shares within their rounding."""

    def __init__(self, equal: Floats, sums: Floats, bounds: Floats) -> None:
        self.equal: Any = scipy.sparse.csr_matrix(equal)
        self.sums = sums
        self.bounds: Any = scipy.sparse.csr_matrix(bounds)

    def _end(self, cost: Floats) -> Any:
        return scipy.optimize.linprog(
            cost,
            A_ub=self.bounds if self.bounds.shape[0] else None,
            b_ub=np.zeros(self.bounds.shape[0]) if self.bounds.shape[0] else None,
            A_eq=self.equal if len(self.sums) else None,
            b_eq=self.sums if len(self.sums) else None,
            method="highs",
        )

    def range_of(self, cost: Floats) -> tuple[float, list[Floats]]:
        """The largest less the smallest value of a sum, and tables in which it has them."""
        tables: list[Floats] = []
        for sign in (1.0, -1.0):
            found = self._end(sign * cost)
            if found.status == UNBOUNDED:
                return float("inf"), tables
            if found.x is None:
                # What cannot be worked out is not taken for safe.
                return 0.0, []
            tables.append(np.asarray(found.x))
        return float(cost @ (tables[1] - tables[0])), tables
