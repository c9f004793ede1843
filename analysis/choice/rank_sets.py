"""The ranks that each item may hold, all at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class RankSets:
    """Plausible ranks.

    Attributes
    ----------
    best, worst : ndarray of int64, shape (m,)
        The true rank of every item lies within its bounds, for all items together, with the
        stated confidence. 1 is the best.
    """

    best: NDArray[np.int64]
    worst: NDArray[np.int64]


def simultaneous_rank_sets(
    scores: Floats, covariance: Floats, *, seed: int, level: float = 0.95, draws: int = DRAWS
) -> RankSets:
    """Simultaneous confidence sets for ranks, the highest score first.

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
    m = len(scores)
    if m < 2:
        return RankSets(np.ones(m, np.int64), np.ones(m, np.int64))
    variance = np.diag(covariance)
    spread = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0))
    left, right = np.nonzero(~np.eye(m, dtype=bool))
    error = spread[left, right]
    difference = scores[left] - scores[right]
    # A pair without any variation is decided by its difference alone.
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(
            error > 1e-12, difference / error, np.sign(np.round(difference, 12)) * np.inf
        )
    statistic = np.nan_to_num(statistic, nan=0.0, posinf=np.inf, neginf=-np.inf)
    noise = _draws(covariance, seed, draws)
    rejected = np.zeros(len(left), dtype=bool)
    while True:
        open_pairs = np.flatnonzero(~rejected & (error > 1e-12))
        critical = _critical(noise, left, right, error, open_pairs, level)
        newly = ~rejected & (statistic > critical)
        if not newly.any():
            break
        rejected |= newly
    better_than = np.zeros((m, m), dtype=bool)
    better_than[left[rejected], right[rejected]] = True
    return RankSets(
        best=np.asarray(1 + better_than.sum(axis=0), np.int64),
        worst=np.asarray(m - better_than.sum(axis=1), np.int64),
    )


def _draws(covariance: Floats, seed: int, draws: int) -> Floats:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = np.random.default_rng(seed).standard_normal((draws, len(covariance)))
    return np.asarray(normal @ root.T)


def _critical(
    noise: Floats,
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    error: Floats,
    open_pairs: NDArray[np.intp],
    level: float,
) -> float:
    if not len(open_pairs):
        return np.inf
    largest = np.full(len(noise), -np.inf)
    for pair in open_pairs:
        np.maximum(
            largest, (noise[:, left[pair]] - noise[:, right[pair]]) / error[pair], out=largest
        )
    return float(np.quantile(largest, level))
