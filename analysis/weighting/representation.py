"""Who is here against who should be: representation against declared targets."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import scipy

from analysis.breakdown import UNKNOWN

RED = 0.5
AMBER = 0.8
#: Shares that differ by less are one share.
EQUAL = 1e-9


class Gap(StrEnum):
    """How far a group stands behind its target."""

    NONE = "none"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Representation:
    """One group against its target.

    Attributes
    ----------
    share : float or None
        Of those whose group is known, in [0, 1]; None where nobody's is.
    target : float or None
        The declared share; None where none was declared (always for `UNKNOWN`).
    parity : float or None
        share / target; 1 is on target.
    missing : int
        How many more of this group it would take, all else equal.
    """

    key: str
    count: int
    share: float | None
    target: float | None
    parity: float | None
    missing: int
    gap: Gap


def represent(
    counts: Mapping[str, int], targets: Mapping[str, float]
) -> tuple[Representation, ...]:
    """Compare participants with declared targets.

    Parameters
    ----------
    counts : mapping of str to int
        Participants by group; `UNKNOWN` among them is reported apart and in no share.
    targets : mapping of str to float
        Declared shares in [0, 1], summing to at most 1 (within 1e-6).

    Returns
    -------
    tuple of Representation
        Groups with a target in the order of `targets`, then others by code, then unknown.

    Raises
    ------
    ValueError
        A count or target is negative, or the targets sum to more than 1.

    Notes
    -----
    A gap is amber below a parity of 0.8 and red below 0.5, and only where chance does not
    explain it: the one-sided binomial probability is below 0.05 over the number of targets
    (Bonferroni), or nobody of the group is there.

    Examples
    --------
    >>> [row.gap.value for row in represent({"a": 90, "b": 10}, {"a": 0.5, "b": 0.5})]
    ['none', 'red']
    """
    if any(count < 0 for count in counts.values()) or any(t < 0 for t in targets.values()):
        raise ValueError("Counts and targets must be 0 or more.")
    if sum(targets.values()) > 1 + 1e-6:
        raise ValueError("Targets must sum to 1 or less.")
    known = sum(count for key, count in counts.items() if key != UNKNOWN)
    others = sorted(set(counts) - set(targets) - {UNKNOWN})
    rows = [
        _represent(key, counts.get(key, 0), known, targets.get(key), len(targets))
        for key in [*targets, *others]
    ]
    if counts.get(UNKNOWN):
        rows.append(Representation(UNKNOWN, counts[UNKNOWN], None, None, None, 0, Gap.NONE))
    return tuple(rows)


def _represent(
    key: str, count: int, known: int, target: float | None, comparisons: int
) -> Representation:
    share = count / known if known else None
    if target is None or target == 0 or share is None:
        return Representation(key, count, share, target, None, 0, Gap.NONE)
    parity = share / target
    by_chance = float(scipy.stats.binom.cdf(count, known, min(target, 1.0)))
    is_real = count == 0 or by_chance < 0.05 / comparisons
    gap = Gap.NONE
    if is_real and parity < AMBER - EQUAL:
        gap = Gap.RED if parity < RED - EQUAL else Gap.AMBER
    # count + x = target * (known + x), solved for x and rounded up, but not for a rounding error.
    missing = 0
    if target < 1 and share < target:
        missing = math.ceil((target * known - count) / (1 - target) - EQUAL)
    return Representation(key, count, share, target, parity, missing, gap)


def dissimilarity(counts: Mapping[str, int], targets: Mapping[str, float]) -> float | None:
    """The share of participants who would have to be of another group to meet the targets.

    Half the sum of absolute differences of shares, in [0, 1]; None where no group is known.

    References
    ----------
    Duncan & Duncan 1955, American Sociological Review 20, 210-217.

    Examples
    --------
    >>> dissimilarity({"a": 90, "b": 10}, {"a": 0.5, "b": 0.5})
    0.4
    """
    known = sum(count for key, count in counts.items() if key != UNKNOWN)
    if not known:
        return None
    keys = (set(counts) | set(targets)) - {UNKNOWN}
    return round(
        sum(abs(counts.get(key, 0) / known - targets.get(key, 0.0)) for key in sorted(keys)) / 2,
        12,
    )
