"""All sums that orders are made of, in one pass, for every group and weighting; groups add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.choice.ballots import BLOCK, Ballots, ballots_from_positions
from analysis.choice.pairwise import Pairwise

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over the ballots of one group under one weighting.

    Positions are counted from the middle, (m + 1)/2, which keeps the sums small.

    Attributes
    ----------
    n : int
        Ballots that place anything.
    units : int
        What varies independently: ballots of any weight, or clusters of them.
    weight, weight_squares : float
        Sums of the weights of the n ballots and of their squares.
    counts : ndarray of float64, shape (m,)
        Ballots that place each item, unweighted.
    placing : ndarray of int64, shape (m,)
        Units that place each item.
    mass, sums : ndarray of float64, shape (m,)
        Weighted: how many place each item, and the sum of the centred positions.
    first, last : ndarray of float64, shape (m,)
        Weighted: how many place it first (or last) of all they place; ties count as first.
    ends : ndarray of float64, shape (3, m)
        Sums of squared weights: of who places each item first, last, at all.
    spread : ndarray of float64, shape (3, m, m)
        Second moments over units of the weighted position sums and masses: position by
        position, position by mass, mass by mass.
    pairwise : Pairwise
    """

    n: int
    units: int
    weight: float
    weight_squares: float
    counts: Floats
    placing: NDArray[np.int64]
    mass: Floats
    sums: Floats
    first: Floats
    last: Floats
    ends: Floats
    spread: Floats
    pairwise: Pairwise

    @property
    def m(self) -> int:
        """Items."""
        return len(self.mass)

    @property
    def effective_n(self) -> float:
        """Kish's effective sample size of the weights."""
        return self.weight**2 / self.weight_squares if self.weight_squares > 0 else 0.0

    def means(self) -> Floats:
        """Weighted mean position of each item over those who place it, shape (m,); 1 to m."""
        return np.asarray(self._centred() + (self.m + 1) / 2)

    def _centred(self) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.sums / self.mass)

    def covariance(self) -> Floats:
        """Covariance of the mean positions, linearised, shape (m, m).

        Σ t tᵀ over units, where t is a unit's sum of w o (R - mean), divided by Σ w o, and times
        c/(c-1) for Kish's number c of units that place the item (its root for each of a pair).

        References
        ----------
        Särndal, Swensson & Wretman 1992, section 5.7.
        """
        centred = self._centred()
        xx, xo, oo = self.spread
        moved = xx - xo * centred[None, :] - xo.T * centred[:, None]
        found = moved + oo * np.outer(centred, centred)
        c = np.where(self.placing > 1, self._worth(), np.nan)
        scale = np.sqrt(c / np.maximum(c - 1, 1e-9)) / self.mass
        return np.asarray(found * np.outer(scale, scale))

    def _worth(self) -> Floats:
        return np.asarray(self.mass**2 / np.maximum(np.diag(self.spread[2]), np.finfo(float).tiny))

    def degrees(self) -> NDArray[np.int64]:
        """Degrees of freedom behind each mean's variance, shape (m,): Kish's units less one."""
        # Where one organisation holds most ballots, the others hardly tell how much a mean varies.
        worth = np.minimum(self._worth() + 1e-9, self.placing)
        return np.asarray(worth.astype(np.int64) - 1, np.int64)


@dataclass(frozen=True, slots=True)
class Tallies:
    """Sums by weighting and cell; the arrays of `Tally` with two axes, (q, g), before them."""

    n: NDArray[np.int64]
    units: NDArray[np.int64]
    weight: Floats
    weight_squares: Floats
    counts: Floats
    placing: NDArray[np.int64]
    mass: Floats
    sums: Floats
    first: Floats
    last: Floats
    ends: Floats
    spread: Floats
    wins: Floats
    ties: Floats
    is_clustered: bool

    def of(self, weighting: int = 0, cells: Sequence[int] | NDArray[Any] | None = None) -> Tally:
        """The sums of some cells together (of all, where none are named) under one weighting.

        Raises
        ------
        ValueError
            Several cells are asked for, and ballots are clustered: a cluster may lie in several
            cells, so that its part of the variance does not add up. Tally by the wanted groups.
        """
        chosen = np.arange(len(self.n)) if cells is None else np.asarray(cells, dtype=np.intp)
        if self.is_clustered and len(chosen) > 1:
            raise ValueError("Clustered sums of several cells do not add up.")
        return Tally(
            n=int(self.n[chosen].sum()),
            units=int(self.units[weighting, chosen].sum()),
            weight=float(self.weight[weighting, chosen].sum()),
            weight_squares=float(self.weight_squares[weighting, chosen].sum()),
            counts=self.counts[chosen].sum(axis=0),
            placing=self.placing[weighting, chosen].sum(axis=0),
            mass=self.mass[weighting, chosen].sum(axis=0),
            sums=self.sums[weighting, chosen].sum(axis=0),
            first=self.first[weighting, chosen].sum(axis=0),
            last=self.last[weighting, chosen].sum(axis=0),
            ends=self.ends[weighting, chosen].sum(axis=0),
            spread=self.spread[weighting, chosen].sum(axis=0),
            pairwise=Pairwise(
                self.wins[weighting, chosen].sum(axis=0), self.ties[weighting, chosen].sum(axis=0)
            ),
        )


def tally(
    ballots: Ballots,
    weights: ArrayLike | None = None,
    cells: ArrayLike | None = None,
    *,
    n_cells: int = 1,
    clusters: ArrayLike | None = None,
) -> Tallies:
    """Count ballots by cell and weighting.

    Parameters
    ----------
    ballots : Ballots
        n rows of m items.
    weights : array_like of float, shape (n,) or (q, n), optional
        One row a weighting, at least 0; without, every ballot counts 1.
    cells : array_like of int, shape (n,), optional
        The group of each ballot, 0 to `n_cells` - 1.
    n_cells : int
    clusters : array_like of int, shape (n,), optional
        Ballots of one number (an organisation's) vary together.

    Returns
    -------
    Tallies

    Raises
    ------
    ValueError
        Shapes do not fit, a weight is negative or not finite, or a cell is out of range.

    Notes
    -----
    O(n m²) time; beside the ballots one sorted copy of them and of the weights.

    Examples
    --------
    >>> from analysis.choice.ballots import ballots_from_positions
    >>> found = tally(ballots_from_positions([[1, 2], [1, 2], [2, 1]])).of()
    >>> found.pairwise.wins.tolist(), found.means().round(3).tolist()
    ([[0.0, 2.0], [1.0, 0.0]], [1.333, 1.667])
    """
    given = _checked_weights(weights, ballots.n)
    places = np.zeros(ballots.n, np.intp) if cells is None else np.asarray(cells)
    if places.shape != (ballots.n,) or (
        ballots.n and (places.min() < 0 or places.max() >= n_cells)
    ):
        raise ValueError("Every ballot needs a cell between 0 and the number of cells.")
    units = None if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    codes = ballots.codes
    if n_cells > 1:
        small = places.astype(np.uint16 if n_cells <= 65_536 else np.int64)
        order = np.argsort(small, kind="stable")
        codes, given = codes[:, order], given[:, order]
        units = None if units is None else units[order]
        bounds = np.searchsorted(small[order], np.arange(n_cells + 1))
    else:
        bounds = np.array([0, ballots.n])
    sums = _Sums(ballots.m, len(given), n_cells)
    for cell in range(n_cells):
        for start in range(bounds[cell], bounds[cell + 1], BLOCK):
            end = min(start + BLOCK, bounds[cell + 1])
            sums.add(cell, codes[:, start:end], given[:, start:end], is_clustered=units is not None)
        if units is not None:
            inside = slice(bounds[cell], bounds[cell + 1])
            sums.add_clusters(cell, codes[:, inside], given[:, inside], units[inside])
    return sums.finish(is_clustered=units is not None)


def compare_pairs(positions: ArrayLike, weights: ArrayLike | None = None) -> Pairwise:
    """Count who places which item before which.

    Parameters
    ----------
    positions : array_like of float, shape (n, m)
        1 is best, NaN missing; a pair with a missing item is not compared.
    weights : array_like of float, shape (n,), optional

    Returns
    -------
    Pairwise

    Examples
    --------
    >>> compare_pairs([[1, 2], [1.5, 1.5]]).ties.tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    return tally(ballots_from_positions(positions), weights).of().pairwise


def _checked_weights(weights: ArrayLike | None, n: int) -> Floats:
    if weights is None:
        return np.ones((1, n))
    given = np.array(weights, dtype=np.float64, ndmin=2)
    if given.ndim != 2 or given.shape[1] != n:
        raise ValueError("A weighting needs a weight a ballot.")
    if np.any(given < 0) or not np.all(np.isfinite(given)):
        raise ValueError("Weights must be finite and at least 0.")
    return given


class _Sums:
    """The arrays while they grow."""

    def __init__(self, m: int, q: int, cells: int) -> None:
        self.m = m
        self.n = np.zeros(cells, np.int64)
        self.units = np.zeros((q, cells), np.int64)
        self.weight = np.zeros((q, cells))
        self.squares = np.zeros((q, cells))
        self.counts = np.zeros((cells, m))
        self.placing = np.zeros((q, cells, m), np.int64)
        self.mass = np.zeros((q, cells, m))
        self.sums = np.zeros((q, cells, m))
        self.first = np.zeros((q, cells, m))
        self.last = np.zeros((q, cells, m))
        self.ends = np.zeros((q, cells, 3, m))
        self.spread = np.zeros((q, cells, 3, m, m))
        self.joint = np.zeros((q, cells, m, m))
        self.upper = np.zeros((q, cells, m * (m - 1) // 2))
        self.equal = np.zeros((q, cells, m * (m - 1) // 2))
        self.pairs = np.triu_indices(m, 1)
        self.masks = np.empty((len(self.pairs[0]), BLOCK))

    def add(self, cell: int, codes: NDArray[Any], w: Floats, *, is_clustered: bool) -> None:
        """Add a block of ballots of one cell."""
        missing = np.iinfo(codes.dtype).max
        placed = codes != missing
        has = placed.any(axis=0)
        w = w * has
        held = placed.astype(np.float64)
        right = np.where(placed, codes, 0).astype(codes.dtype)
        self.n[cell] += int(has.sum())
        self.weight[:, cell] += w.sum(axis=1)
        self.squares[:, cell] += (w * w).sum(axis=1)
        self.counts[cell] += held.sum(axis=1)
        self.mass[:, cell] += w @ held.T
        # Not placed is the highest code on the left and 0 on the right: it is before nobody,
        # behind nobody and equal to nobody.
        first = (placed & (codes == codes.min(axis=0))).T.astype(np.float64)
        last = (placed & (right == right.max(axis=0))).T.astype(np.float64)
        self.first[:, cell] += w @ first
        self.last[:, cell] += w @ last
        for row, who in enumerate((first, last, held.T)):
            self.ends[:, cell, row] += (w * w) @ who
        values = np.where(placed, codes * 0.5 - (self.m + 1) / 2, 0.0)
        self.sums[:, cell] += w @ values.T
        complete = bool(placed.all())
        for index, own in enumerate(w):
            total = own.sum() if complete else (held * own) @ held.T
            self.joint[index, cell] += total
            if not is_clustered:
                self.spread[index, cell] += _spread(values, held, own, complete=complete)
        if not is_clustered:
            # Who weighs nothing is nobody to vary.
            there = (w > 0).astype(np.float64)
            self.units[:, cell] += there.sum(axis=1).astype(np.int64)
            self.placing[:, cell] += (there @ held.T).astype(np.int64)
        self._compare(cell, codes, right, w)
        if _has_ties(right, placed):
            self._compare_equal(cell, codes, right, w)

    def _compare(self, cell: int, left: NDArray[Any], right: NDArray[Any], w: Floats) -> None:
        masks = self.masks[:, : left.shape[1]]
        row = 0
        for item in range(self.m - 1):
            following = self.m - 1 - item
            np.less(left[item], right[item + 1 :], out=masks[row : row + following])
            row += following
        self.upper[:, cell] += w @ masks.T

    def _compare_equal(self, cell: int, left: NDArray[Any], right: NDArray[Any], w: Floats) -> None:
        masks = self.masks[:, : left.shape[1]]
        row = 0
        for item in range(self.m - 1):
            following = self.m - 1 - item
            np.equal(left[item], right[item + 1 :], out=masks[row : row + following])
            row += following
        self.equal[:, cell] += w @ masks.T

    def add_clusters(
        self, cell: int, codes: NDArray[Any], w: Floats, units: NDArray[np.intp]
    ) -> None:
        """Second moments of the sums of clusters, where ballots vary together."""
        placed = codes != np.iinfo(codes.dtype).max
        present, member = np.unique(units, return_inverse=True)
        values = np.where(placed, codes * 0.5 - (self.m + 1) / 2, 0.0)
        for index, own in enumerate(w):
            x = np.array([np.bincount(member, own * v, len(present)) for v in values])
            o = np.array([np.bincount(member, own * p, len(present)) for p in placed])
            self.spread[index, cell] = np.stack([x @ x.T, x @ o.T, o @ o.T])
            self.units[index, cell] = int((o > 0).any(axis=0).sum())
            self.placing[index, cell] = (o > 0).sum(axis=1)

    def finish(self, *, is_clustered: bool) -> Tallies:
        """Both triangles of the comparisons: who is not before and not equal is behind."""
        wins = np.zeros_like(self.joint)
        ties = np.zeros_like(self.joint)
        a, b = self.pairs
        wins[:, :, a, b] = self.upper
        behind = self.joint[:, :, a, b] - self.upper - self.equal
        # Where the difference of two sums is only their rounding, nobody is behind.
        scale = np.maximum(self.joint[:, :, a, b], 1.0)
        wins[:, :, b, a] = np.where(behind < 1e-12 * scale, 0.0, behind)
        ties[:, :, a, b] = ties[:, :, b, a] = self.equal
        return Tallies(
            n=self.n,
            units=self.units,
            weight=self.weight,
            weight_squares=self.squares,
            counts=self.counts,
            placing=self.placing,
            mass=self.mass,
            sums=self.sums,
            first=self.first,
            last=self.last,
            ends=self.ends,
            spread=self.spread,
            wins=wins,
            ties=ties,
            is_clustered=is_clustered,
        )


def _spread(values: Floats, held: Floats, own: Floats, *, complete: bool) -> Floats:
    m = len(values)
    x = values * own
    if not complete:
        o = held * own
        return np.stack([x @ x.T, x @ o.T, o @ o.T])
    found = np.empty((3, m, m))
    found[0] = x @ x.T
    found[1] = (x @ own)[:, None]
    found[2] = own @ own
    return found


def _has_ties(right: NDArray[Any], placed: NDArray[np.bool_]) -> bool:
    """Mid-ranks have other sums than ranks without a tie; so do ballots with items taken out."""
    wide = right.astype(np.int64)
    k = placed.sum(axis=0)
    full = 2 * k * (k + 1) * (2 * k + 1) // 3
    uneven = (wide * wide).sum(axis=0) != full
    return bool(np.any(uneven) or np.any(wide.sum(axis=0) != k * (k + 1)))
