"""The ranks that each item may hold: all at once or one by one, who may be among the first, tiers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DRAWS = 10_000
#: Differences that vary less than this do not vary.
STILL = 1e-9
#: Nor do those whose variance is this part of the variances of the two: the rest is rounding.
ROUNDING = 1e-13
#: From so many degrees of freedom on, all errors may be taken as known but for one common factor.
MANY = 500
#: Simulated covariances are kept whole; so many numbers at most.
CELLS = 4_000_000


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
    degrees: int | NDArray[np.int64] | None = None,
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
    degrees : int or ndarray of int64, shape (m,), optional
        Degrees of freedom behind each score, units less one: the covariance is then an estimate
        and is simulated as one. Without, it is known.

    Returns
    -------
    RankSets

    Notes
    -----
    Every ordered pair is tested for "j is not above k" by the studentised difference; the
    critical value is the quantile of the largest difference among the pairs not yet
    rejected, lowered step by step until nothing more is rejected. An item cannot stand above
    those shown to be better, nor below those shown to be worse. O(draws m² (m + steps)).

    An estimated covariance is drawn anew with every vector (Wishart), as each difference has an
    estimated error of its own; from 500 degrees of freedom on one common factor will do. A pair
    is left open where fewer units stand behind one of the two than a sign test would need if all
    of them agreed: log2(m (m - 1) / (1 - level)), ten for six items. So few ballots may agree by
    chance, and then their spread, which is 0, tells nothing.

    References
    ----------
    Mogstad, Romano, Shaikh & Wilhelm 2024, "Inference for ranks with applications to mobility
    across neighbourhoods and academic achievement across countries", Review of Economic
    Studies 91, 476-518, sections 3.2 and 3.4; Romano & Wolf 2005 for the step-down.
    """
    test = _Differences(scores, covariance, _Noise(covariance, seed, draws, degrees))
    everything = ~np.eye(len(scores), dtype=bool)
    better, critical = test.shown(everything & _may_show(everything, level, degrees), level)
    return RankSets(*_bounds(better), better, critical)


def marginal_rank_sets(
    scores: Floats,
    covariance: Floats,
    *,
    seed: int,
    level: float = 0.95,
    draws: int = DRAWS,
    degrees: int | NDArray[np.int64] | None = None,
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
    test = _Differences(scores, covariance, _Noise(covariance, seed, draws, degrees))
    better = np.zeros((m, m), dtype=bool)
    best, worst = np.ones(m, np.int64), np.ones(m, np.int64)
    largest = 0.0
    for item in range(m):
        own = np.zeros((m, m), dtype=bool)
        own[item, :] = own[:, item] = True
        own[item, item] = False
        shown, critical = test.shown(own & _may_show(own, level, degrees), level)
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


def _may_show(pairs: Bools, level: float, degrees: int | NDArray[np.int64] | None) -> Bools:
    """Pairs with units enough behind both that their full agreement would be beyond chance."""
    if degrees is None:
        return np.ones_like(pairs)
    enough = np.broadcast_to(degrees, len(pairs)) + 1 >= np.log2(max(pairs.sum(), 1) / (1 - level))
    return np.asarray(enough[:, None] & enough[None, :])


class _Differences:
    """All differences of scores with their errors, and noise of the same covariance."""

    def __init__(self, scores: Floats, covariance: Floats, noise: "_Noise") -> None:
        variance = np.diag(covariance)
        spread = variance[:, None] + variance[None, :] - 2 * covariance
        spread[spread <= ROUNDING * (variance[:, None] + variance[None, :])] = 0.0
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
        largest = np.full(len(self.noise.vectors), -np.inf)
        for row in np.flatnonzero(waiting.any(axis=1)).tolist():
            columns = np.flatnonzero(waiting[row])
            moved = self.noise.differences(row, columns, self.error[row, columns])
            np.maximum(largest, moved.max(axis=1), out=largest)
        return float(np.quantile(largest, level))


class _Noise:
    """Score vectors around 0, each with a covariance that was estimated as the given one was."""

    def __init__(
        self, covariance: Floats, seed: int, draws: int, degrees: int | NDArray[np.int64] | None
    ) -> None:
        # The symmetric root, which no choice of signs or axes can change.
        values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        generator = np.random.default_rng(seed)
        m = len(covariance)
        own = None if degrees is None else np.maximum(np.broadcast_to(degrees, m), 1)
        is_few = own is not None and int(own.min(initial=MANY)) < MANY
        size = min(draws, max(CELLS // max(m * m, 1), 200)) if is_few else draws
        normal: Floats = np.asarray(generator.standard_normal((size, m)) @ root)
        self.studentised: Floats | None = None
        if own is not None and is_few:
            self.studentised = _studentised(normal, _estimates(root, own, size, generator))
        elif own is not None:
            common = int(own.min(initial=MANY))
            normal = normal / np.sqrt(generator.chisquare(common, (size, 1)) / common)
        self.vectors = normal

    def differences(self, row: int, columns: NDArray[np.intp], known: Floats) -> Floats:
        """Of one score to others, over their errors; shape (draws, columns)."""
        if self.studentised is not None:
            return np.asarray(self.studentised[:, row, columns])
        return np.asarray((self.vectors[:, [row]] - self.vectors[:, columns]) / known)


def _studentised(vectors: Floats, covariances: Floats) -> Floats:
    """All differences over the errors that each draw estimates, shape (draws, m, m)."""
    variance = np.einsum("bii->bi", covariances)
    spread = variance[:, :, None] + variance[:, None, :] - 2 * covariances
    moved = vectors[:, :, None] - vectors[:, None, :]
    return np.asarray(moved / np.sqrt(np.maximum(spread, np.finfo(float).tiny)))


def _estimates(
    root: Floats, degrees: NDArray[np.int64], draws: int, generator: np.random.Generator
) -> Floats:
    """Covariances as samples would give them, shape (draws, m, m), by Bartlett's decomposition.

    Scores with fewer degrees of freedom than others get the spread of variance that is theirs
    (Wilson and Hilferty's root of chi squared), at the same correlations.
    """
    m, most = len(root), int(degrees.max())
    factor = np.zeros((draws, m, min(m, most)))
    if most < m:
        factor[:] = generator.standard_normal(factor.shape)
    else:
        below = np.tril_indices(m, -1)
        factor[:, *below] = generator.standard_normal((draws, len(below[0])))
        diagonal = np.arange(m)
        factor[:, diagonal, diagonal] = np.sqrt(
            generator.chisquare(most - diagonal, size=(draws, m))
        )
    moved = root @ factor
    found: Floats = moved @ moved.transpose(0, 2, 1) / most
    if int(degrees.min()) == most:
        return found
    variance = np.square(root).sum(axis=1)
    own = np.einsum("bii->bi", found) / np.where(variance > 0, variance, 1.0)
    own = np.maximum(own, np.finfo(float).tiny)
    standard = (np.cbrt(own) - (1 - 2 / (9 * most))) / np.sqrt(2 / (9 * most))
    wished = np.maximum(1 - 2 / (9 * degrees) + standard * np.sqrt(2 / (9 * degrees)), 0.0) ** 3
    scale = np.sqrt(wished / own)
    return np.asarray(found * scale[:, :, None] * scale[:, None, :])


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
