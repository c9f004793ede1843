"""Where the pooled order is not the order of the groups (Simpson), and who is left out of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.choice.tally import Tallies, Tally

#: Sums that differ by less count as equal.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Reversal:
    """A pair that all together put in one order and most groups, each by itself, in the other.

    Attributes
    ----------
    above, below : int
        Items, as pooled.
    against : tuple of int
        Groups that put `below` first.
    groups : int
        Groups that compare the two at all.
    is_strict : bool
        Every group contradicts the pool. With complete ballots that cannot be; it happens
        where groups place different items.
    equal_voice : float
        The mean over groups of position of `above` less `below`, in places, each group
        counting once: positive, as `below` is then first.
    error : float
        Its standard error; infinite where a group has but one independent voice on an item.
    """

    above: int
    below: int
    against: tuple[int, ...]
    groups: int
    is_strict: bool
    equal_voice: float
    error: float


def reversals(pooled: Tally, groups: Sequence[Tally]) -> tuple[Reversal, ...]:
    """Find pairs whose pooled order most groups contradict.

    Parameters
    ----------
    pooled : Tally
    groups : sequence of Tally
        Large enough to speak; leave others out.

    Returns
    -------
    tuple of Reversal
        Where more than half of the groups contradict the pooled order, and so does their mean
        with one voice each. By the size of that mean over its error, the clearest first.

    References
    ----------
    Simpson 1951, JRSS B 13, 238-241; Blyth 1972, JASA 67, 364-366.

    Examples
    --------
    >>> from analysis.choice.ballots import ballots_from_positions
    >>> from analysis.choice.tally import tally
    >>> ballots = ballots_from_positions([[1, 2]] * 9 + [[2, 1]] * 4)
    >>> cells = [0] * 9 + [1] * 2 + [2] * 2
    >>> found = tally(ballots, cells=cells, n_cells=3)
    >>> [(r.above, r.below, r.against)
    ...  for r in reversals(found.of(), [found.of(0, [g]) for g in range(3)])]
    [(0, 1, (1, 2))]
    """
    means = pooled.means()
    gaps = [tally.means()[:, None] - tally.means()[None, :] for tally in groups]
    spreads = [_pair_variances(tally) for tally in groups]
    found = []
    for above in range(pooled.m):
        for below in range(pooled.m):
            if not means[above] < means[below] - EQUAL:
                continue
            known = [g for g, gap in enumerate(gaps) if np.isfinite(gap[above, below])]
            against = tuple(g for g in known if gaps[g][above, below] > EQUAL)
            if 2 * len(against) <= len(known):
                continue
            voice = float(np.mean([gaps[g][above, below] for g in known]))
            variance = float(np.sum([spreads[g][above, below] for g in known]))
            # One independent voice in a group tells nothing of how much its mean varies.
            variance = np.inf if np.isnan(variance) else variance
            if voice > EQUAL:
                found.append(
                    Reversal(
                        above=above,
                        below=below,
                        against=against,
                        groups=len(known),
                        is_strict=len(against) == len(known),
                        equal_voice=voice,
                        error=float(np.sqrt(max(variance, 0.0))) / len(known),
                    )
                )
    return tuple(
        sorted(found, key=lambda r: (-r.equal_voice / max(r.error, EQUAL), r.above, r.below))
    )


def _pair_variances(counted: Tally) -> np.ndarray:
    covariance = counted.covariance()
    variance = np.diag(covariance)
    return variance[:, None] + variance[None, :] - 2 * covariance


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The first k places without one group.

    Attributes
    ----------
    group : int
    n : int
        Ballots left out.
    share : float
        Of the weight, in [0, 1].
    top : tuple of int
        The first k without it, in order.
    entering, leaving : tuple of int
        Items that come into the first k, and that drop out of them.
    changes_first : bool
        Another item stands first without it.
    """

    group: int
    n: int
    share: float
    top: tuple[int, ...]
    entering: tuple[int, ...]
    leaving: tuple[int, ...]
    changes_first: bool


def leave_one_out(
    tallies: Tallies,
    groups: Sequence[Sequence[int]],
    k: int,
    *,
    weighting: int = 0,
    keys: Sequence[str] | None = None,
) -> tuple[LeftOut, ...]:
    """See what the first k places would be without each group in turn.

    Parameters
    ----------
    tallies : Tallies
        By cell; all cells together are the whole.
    groups : sequence of sequence of int
        The cells of each group.
    k : int
    weighting : int
        The others keep their weights.
    keys : sequence of str, length m, optional
        Names by which equal means are ordered; without, the order of the items.

    Returns
    -------
    tuple of LeftOut
        One a group that has ballots; without the group every item must still be placed by
        somebody, else the group is not in the result.

    Examples
    --------
    >>> from analysis.choice.ballots import ballots_from_positions
    >>> from analysis.choice.tally import tally
    >>> found = tally(ballots_from_positions([[1, 2]] * 3 + [[2, 1]] * 2),
    ...               cells=[0] * 3 + [1] * 2, n_cells=2)
    >>> [(one.group, one.entering, one.leaving) for one in leave_one_out(found, [[0], [1]], 1)]
    [(0, (1,), (0,)), (1, (), ())]
    """
    cells = range(len(tallies.n))
    whole = _sums(tallies, weighting, list(cells))
    top = _top(*whole[:2], k, keys)
    total = whole[2]
    found = []
    for group, own in enumerate(groups):
        rest = sorted(set(cells) - set(own))
        n = int(tallies.n[list(own)].sum())
        sums, mass, weight = _sums(tallies, weighting, rest)
        if not n or np.any(mass <= 0):
            continue
        without = _top(sums, mass, k, keys)
        found.append(
            LeftOut(
                group=group,
                n=n,
                share=(total - weight) / total,
                top=without,
                entering=tuple(item for item in without if item not in top),
                leaving=tuple(item for item in top if item not in without),
                changes_first=without[:1] != top[:1],
            )
        )
    return tuple(found)


def _sums(
    tallies: Tallies, weighting: int, cells: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, float]:
    return (
        tallies.sums[weighting, cells].sum(axis=0),
        tallies.mass[weighting, cells].sum(axis=0),
        float(tallies.weight[weighting, cells].sum()),
    )


def _top(sums: np.ndarray, mass: np.ndarray, k: int, keys: Sequence[str] | None) -> tuple[int, ...]:
    means = np.round(sums / mass, 12)
    order = sorted(range(len(means)), key=lambda i: (means[i], keys[i] if keys else i))
    return tuple(order[:k])
