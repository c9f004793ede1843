"""The ranks that each item may hold: all at once or one by one, who may be among the first, tiers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DRAWS = 10_000
#: Differences that vary less than this are certain.
STILL = 1e-9


@dataclass(frozen=True, slots=True)
class RankSets:
    """Plausible ranks.

    Attributes
    ----------
    best, worst : ndarray of int64, shape (m,)
        The true rank of every item lies within its bounds, for all items together
        (simultaneous) or for each by itself (marginal), with the stated confidence. 1 is best.
    better : ndarray of bool, shape (m, m)
        better[a, b]: a is shown to stand above b.
    critical : float
        The number of standard errors that a difference must exceed to be shown; of the last
        step, and the largest over items where each was taken by itself. 0 where all is certain.
    """

    best: NDArray[np.int64]
    worst: NDArray[np.int64]
    better: Bools
    critical: float

    def top_set(self, k: int) -> tuple[int, ...]:
        """Items that may be among the first k: fewer than k are shown to be better."""
        return tuple(np.flatnonzero(self.best <= k).tolist())

    def surely_top(self, k: int) -> tuple[int, ...]:
        """Items that are among the first k in any case."""
        return tuple(np.flatnonzero(self.worst <= k).tolist())


def simultaneous_rank_sets(
    scores: Floats,
    covariance: Floats,
    *,
    seed: int,
    level: float = 0.95,
    draws: int = DRAWS,
    degrees: int | None = None,
) -> RankSets:
    """Confidence sets for the ranks of all items together, the highest score first.

    Parameters
    ----------
    scores : ndarray of float64, shape (m,)
    covariance : ndarray of float64, shape (m, m)
        Of the scores, symmetric and positive semi-definite.
    seed : int
    level : float
        In (0, 1).
    draws : int
        Simulated score vectors; 10,000 keep the simulation error of bounds small.
    degrees : int, optional
        Degrees of freedom of the covariance, units less one: the simulated vectors are then
        multivariate t, which matters below some hundred. Without, they are normal.

    Returns
    -------
    RankSets

    Notes
    -----
    Every ordered pair is tested for "j is not above k" by the studentised difference; the
    critical value is the quantile of the largest difference among the pairs not yet
    rejected, lowered step by step until nothing more is rejected. An item cannot stand above
    those shown to be better, nor below those shown to be worse. O(draws m² steps).

    References
    ----------
    Mogstad, Romano, Shaikh & Wilhelm 2024, "Inference for ranks with applications to mobility
    across neighbourhoods and academic achievement across countries", Review of Economic
    Studies 91, 476-518, sections 3.2 and 3.4; Romano & Wolf 2005 for the step-down.
    """
    test = _Differences(scores, covariance, _noise(covariance, seed, draws, degrees))
    everything = ~np.eye(len(scores), dtype=bool)
    better, critical = test.shown(everything, level)
    return RankSets(*_bounds(better), better, critical)


def marginal_rank_sets(
    scores: Floats,
    covariance: Floats,
    *,
    seed: int,
    level: float = 0.95,
    draws: int = DRAWS,
    degrees: int | None = None,
) -> RankSets:
    """Confidence sets for the rank of each item by itself; narrower, and not to be combined.

    Parameters
    ----------
    scores, covariance, seed, level, draws, degrees
        As for `simultaneous_rank_sets`.

    Returns
    -------
    RankSets

    References
    ----------
    Mogstad, Romano, Shaikh & Wilhelm 2024, section 3.1.
    """
    m = len(scores)
    test = _Differences(scores, covariance, _noise(covariance, seed, draws, degrees))
    better = np.zeros((m, m), dtype=bool)
    best, worst = np.ones(m, np.int64), np.ones(m, np.int64)
    largest = 0.0
    for item in range(m):
        own = np.zeros((m, m), dtype=bool)
        own[item, :] = own[:, item] = True
        own[item, item] = False
        shown, critical = test.shown(own, level)
        lower, upper = _bounds(shown)
        best[item], worst[item] = lower[item], upper[item]
        better[item] |= shown[item]
        largest = max(largest, critical)
    return RankSets(best, worst, better, largest)


def _bounds(better: Bools) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return (
        np.asarray(1 + better.sum(axis=0), np.int64),
        np.asarray(len(better) - better.sum(axis=1), np.int64),
    )


class _Differences:
    """All differences of scores with their errors, and noise of the same covariance."""

    def __init__(self, scores: Floats, covariance: Floats, noise: Floats) -> None:
        variance = np.diag(covariance)
        spread = variance[:, None] + variance[None, :] - 2 * covariance
        self.error = np.sqrt(np.maximum(spread, 0.0))
        difference = scores[:, None] - scores[None, :]
        # A pair without any variation is decided by its difference alone.
        self.is_still = self.error <= STILL
        with np.errstate(divide="ignore", invalid="ignore"):
            self.statistic = np.where(self.is_still, 0.0, difference / self.error)
        self.statistic[self.is_still & (difference > STILL)] = np.inf
        self.statistic[self.is_still & (difference < -STILL)] = -np.inf
        self.noise = noise

    def shown(self, pairs: Bools, level: float) -> tuple[Bools, float]:
        """Of some ordered pairs, those whose first is shown to be above their second."""
        rejected = np.zeros_like(pairs)
        critical = 0.0
        while True:
            waiting = pairs & ~rejected & ~self.is_still
            critical = self._critical(waiting, level)
            newly = pairs & ~rejected & (self.statistic > critical)
            if not newly.any():
                return rejected, critical
            rejected |= newly

    def _critical(self, waiting: Bools, level: float) -> float:
        """The quantile of the largest studentised difference among the pairs that wait."""
        if not waiting.any():
            return 0.0
        largest = np.full(len(self.noise), -np.inf)
        for row in np.flatnonzero(waiting.any(axis=1)):
            columns = np.flatnonzero(waiting[row])
            moved = (self.noise[:, [row]] - self.noise[:, columns]) / self.error[row, columns]
            np.maximum(largest, moved.max(axis=1), out=largest)
        return float(np.quantile(largest, level))


def _noise(covariance: Floats, seed: int, draws: int, degrees: int | None) -> Floats:
    """Vectors by the symmetric root, which no choice of signs or axes can change."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    generator = np.random.default_rng(seed)
    normal = generator.standard_normal((draws, len(covariance))) @ root
    if degrees is None:
        return np.asarray(normal)
    return np.asarray(normal / np.sqrt(generator.chisquare(degrees, (draws, 1)) / degrees))


def tiers(better: Bools, order: Sequence[int]) -> tuple[int, ...]:
    """The tier of each item: all of a tier are shown to stand above all of the next.

    Parameters
    ----------
    better : ndarray of bool, shape (m, m)
        From `RankSets`.
    order : sequence of int, length m
        Items by score, the best first.

    Returns
    -------
    tuple of int, length m
        By item, 1 the best. Items of one tier are not told apart as a whole; two of them may
        still be.

    Examples
    --------
    >>> shown = np.array([[False, True, True], [False, False, False], [False, False, False]])
    >>> tiers(shown, [0, 1, 2])
    (1, 2, 2)
    """
    place = list(order)
    found = [1] * len(place)
    tier = 1
    for cut in range(1, len(place)):
        if better[np.ix_(place[:cut], place[cut:])].all():
            tier += 1
        found[place[cut]] = tier
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Decided:
    """What can be said of the first k places whatever the order within the plausible ranks.

    Attributes
    ----------
    k : int
    inside, open, outside : tuple of int
        Items that are among the first k in any case, that may be, and that are not.
    """

    k: int
    inside: tuple[int, ...]
    open: tuple[int, ...]
    outside: tuple[int, ...]


def decided(sets: RankSets, k: int) -> Decided:
    """Sort items by whether their place among the first k is settled.

    Examples
    --------
    >>> shown = np.array([[False, True, True], [False, False, False], [False, False, False]])
    >>> decided(RankSets(*_bounds(shown), shown, 2.0), 2)
    Decided(k=2, inside=(0,), open=(1, 2), outside=())
    """
    inside = sets.surely_top(k)
    may = sets.top_set(k)
    return Decided(
        k=k,
        inside=inside,
        open=tuple(item for item in may if item not in inside),
        outside=tuple(item for item in range(len(sets.best)) if item not in may),
    )


def ballots_to_separate(
    scores: Floats,
    covariance: Floats,
    pair: tuple[int, int],
    *,
    critical: float,
    effective_n: float,
) -> float | None:
    """About how many ballots in all, as they are weighted, would show the difference of a pair.

    Parameters
    ----------
    scores, covariance
        As for `simultaneous_rank_sets`.
    pair : (int, int)
    critical : float
        Of the rank sets.
    effective_n : float
        Kish's effective number of ballots behind the covariance.

    Returns
    -------
    float or None
        If the difference stays as it is; None where there is none. A standard error shrinks
        with the root of the number of ballots.

    Examples
    --------
    >>> ballots_to_separate(np.array([1.0, 0]), np.eye(2) / 2, (0, 1), critical=3, effective_n=50)
    450.0
    """
    left, right = pair
    difference = abs(float(scores[left] - scores[right]))
    if difference <= STILL:
        return None
    spread = covariance[left, left] + covariance[right, right] - 2 * covariance[left, right]
    return effective_n * critical**2 * max(float(spread), 0.0) / difference**2
