"""Mean positions by resampling respondents, weighted anew in every replicate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.errors import TooFewAnswers

Floats = NDArray[np.float64]
REPLICATES = 1_000
#: Replicates multiplied at a time.
BATCH = 64

#: Takes how often each respondent stands in a replicate, shape (n,), and gives the weights of
#: that replicate, shape (n,), the multiplicity included. It may raise `TooFewAnswers` where the
#: replicate cannot be weighted: a group of the targets is not in it.
Reweight = Callable[[Floats], ArrayLike]


@dataclass(frozen=True, slots=True)
class BootstrapScores:
    """Mean positions and what resampling says of them.

    Attributes
    ----------
    means : ndarray of float64, shape (m,)
        Mean positions of the sample itself, 1 to m.
    low, high : ndarray of float64, shape (m,)
        Their intervals: Student's t with a degree of freedom a cluster less one, times `errors`.
    errors : ndarray of float64, shape (m,)
        Standard deviations over replicates.
    in_top : ndarray of float64, shape (m,)
        The share of replicates with the item among the first k: a description of stability,
        no probability that it belongs there.
    replicates, failed : int
        Replicates used, and those that could not be weighted and are left out.
    """

    means: Floats
    low: Floats
    high: Floats
    errors: Floats
    in_top: Floats
    replicates: int
    failed: int


def bootstrap_scores(
    positions: ArrayLike,
    *,
    k: int,
    seed: int,
    reweight: Reweight | None = None,
    clusters: ArrayLike | None = None,
    replicates: int = REPLICATES,
    level: float = 0.95,
) -> BootstrapScores:
    """Resample respondents, or clusters of them, with replacement.

    Parameters
    ----------
    positions : array_like of float, shape (n, m)
        1 is best, NaN missing. A row of NaN is a respondent without a ballot, who is drawn too:
        weights are of all respondents.
    k : int
        The size of the top whose stability is described.
    seed : int
    reweight : callable, optional
        Weights each replicate; without, everybody weighs what the replicate holds of them.
    clusters : array_like of int, shape (n,), optional
    replicates : int
    level : float
        In (0, 1).

    Returns
    -------
    BootstrapScores

    Raises
    ------
    TooFewAnswers
        Fewer than two ballots or clusters, or more than one replicate in ten fails.

    Notes
    -----
    Of c clusters c - 1 are drawn and multiplied by c/(c - 1), so that the variance over
    replicates is the unbiased one. O(replicates n m). Do not make intervals of ranks this way:
    where items are nearly equal they miss the true ranks far more often than they say.

    References
    ----------
    Rao & Wu 1988, "Resampling inference with complex survey data", JASA 83, 231-241.

    Examples
    --------
    >>> found = bootstrap_scores([[1, 2], [1, 2], [2, 1], [1, 2]] * 25, k=1, seed=1)
    >>> bool(found.low[0] < 1.25 < found.high[0]), found.failed
    (True, 0)
    """
    given = np.asarray(positions, dtype=np.float64)
    placed = ~np.isnan(given)
    units = np.arange(len(given)) if clusters is None else np.asarray(clusters)
    present, member = np.unique(units, return_inverse=True)
    ballots = len(np.unique(units[placed.any(axis=1)]))
    if ballots < 2:
        raise TooFewAnswers(n=ballots, needed=2)
    columns = np.concatenate([np.where(placed, given, 0.0), placed], axis=1)
    drawn, failed = _replicates(columns, member, len(present), _Draws(seed, replicates, reweight))
    if len(drawn) < 0.9 * replicates:
        raise TooFewAnswers(n=len(drawn), needed=replicates)
    ranks = 1 + (drawn[:, None, :] < drawn[:, :, None]).sum(axis=2)
    means = _sample_means(columns, reweight)
    errors: Floats = np.asarray(drawn.std(axis=0, ddof=1))
    reach = float(scipy.stats.t.ppf((1 + level) / 2, ballots - 1))
    return BootstrapScores(
        means=means,
        low=means - reach * errors,
        high=means + reach * errors,
        errors=errors,
        in_top=np.asarray((ranks <= k).mean(axis=0)),
        replicates=len(drawn),
        failed=failed,
    )


def _sample_means(columns: Floats, reweight: Reweight | None) -> Floats:
    m = columns.shape[1] // 2
    once = np.ones(len(columns))
    weights = once if reweight is None else np.asarray(reweight(once), dtype=np.float64)
    sums = weights @ columns
    return np.asarray(sums[:m] / sums[m:])


@dataclass(frozen=True, slots=True)
class _Draws:
    seed: int
    replicates: int
    reweight: Reweight | None


def _replicates(columns: Floats, member: NDArray[Any], c: int, draws: _Draws) -> tuple[Floats, int]:
    """Mean positions of each replicate that can be weighted and that places every item."""
    generator = np.random.default_rng(draws.seed)
    m = columns.shape[1] // 2
    found: list[Floats] = []
    failed = 0
    for start in range(0, draws.replicates, BATCH):
        size = min(BATCH, draws.replicates - start)
        drawn = generator.multinomial(c - 1, np.full(c, 1.0 / c), size=size) * (c / (c - 1))
        weights: list[Floats] = []
        for counts in drawn:
            full = counts[member]
            try:
                weights.append(
                    full
                    if draws.reweight is None
                    else np.asarray(draws.reweight(full), dtype=np.float64)
                )
            except TooFewAnswers:
                failed += 1
        if not weights:
            continue
        sums = np.stack(weights) @ columns
        known = (sums[:, m:] > 0).all(axis=1)
        failed += int((~known).sum())
        found.append(sums[known, :m] / sums[known, m:])
    return (np.concatenate(found) if found else np.empty((0, m))), failed
