"""Where groups differ: each against the rest, compared within the other stratifier."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.choice.ballots import Ballots, ballots_from_positions
from analysis.types import Z

Floats = NDArray[np.float64]
PERMUTATIONS = 9_999
#: Units beyond which the limit of the permutation distribution is taken instead of draws.
LARGE = 20_000


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """One item in one group against all others.

    Attributes
    ----------
    item : int
    difference : float
        Mean position in the group less that of the others within the same strata, in places:
        negative where the group places it higher.
    low, high : float
        Its 95 % interval, from the permutation variance.
    above : float
        The chance that somebody of the group places it higher than somebody else does, ties
        half, in [0, 1]; over all strata together. 0.5 is no difference.
    p, p_holm : float
        By permutation, and corrected for all items of all groups (Holm).
    """

    item: int
    difference: float
    low: float
    high: float
    above: float
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """One group against all others.

    Attributes
    ----------
    group : int
    n, n_others : int
        Ballots in strata where both stand.
    p, p_holm : float
        Of "the group orders the items as the others do", and corrected over groups.
    items : tuple of ItemDifference
        Empty where no stratum holds both.
    """

    group: int
    n: int
    n_others: int
    p: float
    p_holm: float
    items: tuple[ItemDifference, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """Every group against the rest.

    Attributes
    ----------
    groups : tuple of GroupDifference
    method : str
        "permutation", or "limit" for many ballots: its limiting distribution.
    permutations : int
        0 for the limit.
    """

    groups: tuple[GroupDifference, ...]
    method: str
    permutations: int


def group_differences(
    positions: ArrayLike | Ballots,
    groups: ArrayLike,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    *,
    seed: int,
    permutations: int = PERMUTATIONS,
) -> Differences:
    """Test each group against the rest, within strata.

    Parameters
    ----------
    positions : array_like of float, shape (n, m), or Ballots
    groups : array_like of int, shape (n,)
        From 0.
    strata : array_like of int, shape (n,), optional
        The other way to group, such as the sector where regions are compared: only ballots of
        one stratum are compared, so that a region is not taken for its sectors.
    clusters : array_like of int, shape (n,), optional
        Whole organisations are exchanged.
    seed, permutations : int

    Returns
    -------
    Differences
        By group; `p` values are (1 + draws at least as far) / (1 + draws).

    Raises
    ------
    ValueError
        Shapes do not fit.

    Notes
    -----
    Unweighted: under the hypothesis labels may be exchanged within a stratum, and weights that
    depend on the labels may not. The statistic of a group is Sᵀ C⁻ S with S the sums of
    positions less the stratum's mean and C their covariance under exchange; its limit is chi
    squared with the rank of C as degrees of freedom. O(permutations n m).

    References
    ----------
    Strasser & Weber 1999, "On the asymptotic theory of permutation statistics"; Holm 1979,
    Scandinavian Journal of Statistics 6, 65-70; Brunner & Munzel 2000 for `above`.

    Examples
    --------
    >>> found = group_differences([[1, 2]] * 20 + [[2, 1]] * 20, [0] * 20 + [1] * 20, seed=1)
    >>> found.groups[0].items[0].difference, found.groups[0].p
    (-1.0, 0.0001)
    """
    ballots = positions if isinstance(positions, Ballots) else ballots_from_positions(positions)
    labels = np.asarray(groups, dtype=np.int64)
    layers = np.zeros(ballots.n, np.int64) if strata is None else np.asarray(strata, np.int64)
    if labels.shape != (ballots.n,) or layers.shape != (ballots.n,):
        raise ValueError("Every ballot needs a group and a stratum.")
    has = ballots.has_any()
    ballots, labels, layers = ballots.take(has), labels[has], layers[has]
    own = None if clusters is None else np.asarray(clusters)[has]
    units = _units(ballots, labels, layers, own)
    count = int(labels.max(initial=-1)) + 1
    is_large = len(units.labels) > LARGE
    sums = _observed(units, count)
    draws = None if is_large else _permuted(units, count, seed, permutations)
    covariance = _exchange_covariance(units, count)
    found = [
        _compare(group, ballots, labels, units, sums[group], covariance[group], draws)
        for group in range(count)
    ]
    return Differences(
        groups=_corrected(found),
        method="limit" if is_large else "permutation",
        permutations=0 if is_large else permutations,
    )


@dataclass(frozen=True, slots=True)
class _Units:
    """What is exchanged: sums of centred positions, sorted by stratum."""

    x: Floats
    labels: NDArray[np.int64]
    layers: NDArray[np.int64]
    #: By stratum, group and item: ballots of the group that place the item.
    placed: Floats

    def strata(self) -> list[slice]:
        """Where each stratum lies."""
        cuts = np.flatnonzero(np.diff(self.layers)) + 1
        ends = [0, *cuts.tolist(), len(self.layers)]
        return [slice(a, b) for a, b in pairwise(ends) if b > a]


def _units(
    ballots: Ballots, labels: NDArray[Any], layers: NDArray[Any], clusters: NDArray[Any] | None
) -> _Units:
    _names, layer = np.unique(layers, return_inverse=True)
    count, size = int(labels.max(initial=-1)) + 1, int(layer.max(initial=-1)) + 1
    centred = np.empty((ballots.n, ballots.m))
    placed = np.empty((size, count, ballots.m))
    for item, codes in enumerate(ballots.codes):
        there = codes != ballots.missing
        value = np.where(there, codes / 2, 0.0)
        number = np.bincount(layer, there, size)
        mean = np.bincount(layer, value, size) / np.maximum(number, 1)
        centred[:, item] = np.where(there, value - mean[layer], 0.0)
        placed[:, :, item] = np.bincount(layer * count + labels, there, size * count).reshape(
            size, count
        )
    if clusters is None:
        order = np.argsort(layer, kind="stable")
        return _Units(centred[order], labels[order], layer[order], placed)
    keys, member = np.unique(
        np.stack([layer, labels, np.unique(clusters, return_inverse=True)[1]], axis=1),
        axis=0,
        return_inverse=True,
    )
    x = np.zeros((len(keys), ballots.m))
    np.add.at(x, member.ravel(), centred)
    return _Units(x, keys[:, 1], keys[:, 0], placed)


def _observed(units: _Units, count: int) -> Floats:
    found = np.zeros((count, units.x.shape[1]))
    np.add.at(found, units.labels, units.x)
    return found


def _exchange_covariance(units: _Units, count: int) -> Floats:
    m = units.x.shape[1]
    found = np.zeros((count, m, m))
    for part in units.strata():
        x, n = units.x[part], part.stop - part.start
        if n < 2:
            continue
        # Sums of whole clusters need not be centred unit by unit.
        moved = x - x.mean(axis=0)
        moment = moved.T @ moved / (n * (n - 1))
        inside = np.bincount(units.labels[part], minlength=count).astype(np.float64)
        found += (inside * (n - inside))[:, None, None] * moment
    return found


def _permuted(units: _Units, count: int, seed: int, permutations: int) -> Floats:
    """Sums by group after exchanging labels within strata, shape (permutations, groups, m)."""
    generator = np.random.default_rng(seed)
    found = np.zeros((permutations, count, units.x.shape[1]))
    for part in units.strata():
        labels, x = units.labels[part], units.x[part]
        # A stratum of one group never changes.
        if len(set(labels.tolist())) == 1:
            found[:, labels[0]] += x.sum(axis=0)
            continue
        batch = max(1, 2_000_000 // len(labels))
        for start in range(0, permutations, batch):
            size = min(batch, permutations - start)
            exchanged = generator.permuted(np.tile(labels.astype(np.int16), (size, 1)), axis=1)
            for group in np.unique(labels):
                found[start : start + size, group] += (exchanged == group).astype(np.float64) @ x
    return found


def _compare(
    group: int,
    ballots: Ballots,
    labels: NDArray[Any],
    units: _Units,
    sums: Floats,
    covariance: Floats,
    draws: Floats | None,
) -> GroupDifference:
    inside = units.placed[:, group]
    total = units.placed.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, inside * (total - inside) / total, 0.0).sum(axis=0)
    both = (inside > 0) & (inside < total)
    n = int(np.where(both, inside, 0).sum(axis=0).max(initial=0))
    others = int(np.where(both, total - inside, 0).sum(axis=0).max(initial=0))
    if not np.any(share > 0):
        return GroupDifference(group, n, others, 1.0, 1.0, ())
    inverse = np.linalg.pinv(covariance, rcond=1e-9, hermitian=True)
    # Of the columns of identical ballots nothing varies, and nothing differs.
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    statistic = float(sums @ inverse @ sums)
    item_p = _item_p(sums, errors, None if draws is None else draws[:, group])
    if draws is None:
        degrees = int(
            np.linalg.matrix_rank(covariance, tol=1e-9 * covariance.max(), hermitian=True)
        )
        p = float(scipy.stats.chi2.sf(statistic, max(degrees, 1)))
    else:
        own = draws[:, group]
        other = np.einsum("bi,ij,bj->b", own, inverse, own)
        p = _p(other, statistic)
    items = tuple(
        ItemDifference(
            item=item,
            difference=float(sums[item] / share[item]),
            low=float((sums[item] - Z * errors[item]) / share[item]),
            high=float((sums[item] + Z * errors[item]) / share[item]),
            above=_above(ballots.codes[item], ballots.missing, labels == group),
            p=float(item_p[item]),
            p_holm=float(item_p[item]),
        )
        for item in range(ballots.m)
        if share[item] > 0
    )
    return GroupDifference(group, n, others, p, p, items)


def _item_p(sums: Floats, errors: Floats, draws: Floats | None) -> Floats:
    if draws is None:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = 2 * scipy.stats.norm.sf(np.abs(sums) / errors)
        return np.where(errors > 0, found, 1.0)
    return np.array([_p(np.abs(draws[:, i]), abs(float(s))) for i, s in enumerate(sums)])


def _p(draws: Floats, observed: float) -> float:
    # Sums that differ by rounding only are the same sum.
    close = 1e-9 * max(abs(observed), 1.0)
    return float((1 + (draws >= observed - close).sum()) / (1 + len(draws)))


def _above(codes: NDArray[Any], missing: int, inside: NDArray[np.bool_]) -> float:
    """How often one of the group stands higher than one of the others, ties half."""
    there = codes != missing
    size = int(codes[there].max(initial=0)) + 1
    own = np.bincount(codes[there & inside], minlength=size).astype(np.float64)
    other = np.bincount(codes[there & ~inside], minlength=size).astype(np.float64)
    if not own.sum() or not other.sum():
        return 0.5
    behind = other.sum() - np.cumsum(other)
    return float((own @ behind + 0.5 * own @ other) / (own.sum() * other.sum()))


def holm(p: Sequence[float]) -> list[float]:
    """Correct p values for all that were looked at.

    Parameters
    ----------
    p : sequence of float

    Returns
    -------
    list of float
        In the same order, at most 1.

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p)), key=lambda index: p[index])
    found = [1.0] * len(p)
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - place) * p[index]))
        found[index] = largest
    return found


def _corrected(found: Sequence[GroupDifference]) -> tuple[GroupDifference, ...]:
    groups = iter(holm([one.p for one in found if one.items]))
    items = iter(holm([item.p for one in found for item in one.items]))
    return tuple(
        GroupDifference(
            one.group,
            one.n,
            one.n_others,
            one.p,
            next(groups) if one.items else 1.0,
            tuple(
                ItemDifference(i.item, i.difference, i.low, i.high, i.above, i.p, next(items))
                for i in one.items
            ),
        )
        for one in found
    )
