"""Whether groups raise a theme differently, by how much, and whether chance explains it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.multiplicity import benjamini_hochberg, holm
from analysis.text.shares import ThemeShare
from analysis.types import Z


class Correction(StrEnum):
    """What is held when many differences are tested at once."""

    #: The chance of a single false alarm.
    HOLM = "holm"
    #: The expected share of false alarms among alarms.
    BENJAMINI_HOCHBERG = "benjamini_hochberg"


@dataclass(frozen=True, slots=True)
class Difference:
    """How two groups differ in one theme.

    Attributes
    ----------
    theme : int
    first, second : str
        The groups.
    difference : float or None
        The first group's share less the second's, in [-1, 1]; None where a group has no
        estimate.
    low, high : float or None
        Its 95 % interval.
    effect : float or None
        Cohen's h in [-π, π]: 0.2 is called small, 0.5 medium, 0.8 large.
    p, adjusted_p : float or None
        Two-sided; adjusted for the number of differences tested together.
    is_small : bool
        One of the two groups is small.
    """

    theme: int
    first: str
    second: str
    difference: float | None
    low: float | None
    high: float | None
    effect: float | None
    p: float | None
    adjusted_p: float | None
    is_small: bool


def compare_groups(
    shares: Sequence[ThemeShare],
    *,
    correction: Correction = Correction.HOLM,
    pairs: Sequence[tuple[str, str]] | None = None,
) -> tuple[Difference, ...]:
    """Compare the shares of groups that have no answer in common, theme by theme.

    Parameters
    ----------
    shares : sequence of ThemeShare
        From `theme_shares` with groups; shares of all answers are left aside.
    correction : Correction
        Over all differences of all themes together.
    pairs : sequence of (str, str), optional
        Which groups to compare; by default each with each, in the order of names.

    Returns
    -------
    tuple of Difference
        Theme by theme, pair by pair.

    Raises
    ------
    ValueError
        A pair names a group that has no share.

    Notes
    -----
    The interval of a difference joins the intervals of the two shares, each side with the side
    it depends on (square-and-add), so that it stays true for rare themes. The test asks whether
    that interval at the level of p still covers 0: the distance from 0 divided by the half
    width on the side of 0.

    References
    ----------
    Newcombe 1998, Statistics in Medicine 17, 873-890, method 10; Cohen 1988, *Statistical Power
    Analysis for the Behavioral Sciences*, section 6.2.

    Examples
    --------
    >>> from analysis.text.shares import theme_shares
    >>> said = [[1.0]] * 200 + [[0.0]] * 200
    >>> audit = list(range(0, 400, 4))
    >>> shares = theme_shares(
    ...     said, audit, [[1]] * 50 + [[0]] * 50, groups=["a"] * 200 + ["b"] * 200)
    >>> found = compare_groups(shares)[0]
    >>> found.difference, found.adjusted_p < 0.001
    (1.0, True)
    """
    by_cell = {(share.theme, share.group): share for share in shares if share.group is not None}
    themes = sorted({theme for theme, _group in by_cell})
    names = list(dict.fromkeys(group for _theme, group in by_cell if group is not None))
    if pairs is None:
        pairs = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
    if any(name not in names for pair in pairs for name in pair):
        raise ValueError("Only groups that have shares can be compared.")
    found = [
        _differ(by_cell[theme, first], by_cell[theme, second])
        for theme in themes
        for first, second in pairs
    ]
    adjust = holm if correction is Correction.HOLM else benjamini_hochberg
    adjusted = adjust(np.array([math.nan if one.p is None else one.p for one in found]))
    return tuple(
        _with_adjusted(one, float(p)) if one.p is not None else one
        for one, p in zip(found, adjusted, strict=True)
    )


def cohens_h(first: float, second: float) -> float:
    """The distance of two shares on a scale where it means the same near 0 and near 0.5.

    Examples
    --------
    >>> round(cohens_h(0.5, 0.25), 3)
    0.524
    """
    return 2 * math.asin(math.sqrt(first)) - 2 * math.asin(math.sqrt(second))


def _differ(first: ThemeShare, second: ThemeShare) -> Difference:
    names = (first.group or "", second.group or "")
    is_small = first.is_small or second.is_small
    one, other = first.estimate, second.estimate
    if one is None or other is None:
        return Difference(first.theme, *names, None, None, None, None, None, None, is_small)
    difference = one.share - other.share
    below = math.hypot(one.share - one.low, other.high - other.share)
    above = math.hypot(one.high - one.share, other.share - other.low)
    towards_zero = below if difference > 0 else above
    p = 1.0
    if difference:
        # Nothing left in doubt on the side of 0 happens only where everything was audited.
        p = math.erfc(abs(difference) / towards_zero * Z / math.sqrt(2)) if towards_zero else 0.0
    return Difference(
        first.theme,
        *names,
        difference,
        max(-1.0, difference - below),
        min(1.0, difference + above),
        cohens_h(one.share, other.share),
        p,
        None,
        is_small,
    )


def _with_adjusted(one: Difference, p: float) -> Difference:
    return Difference(
        one.theme,
        one.first,
        one.second,
        one.difference,
        one.low,
        one.high,
        one.effect,
        one.p,
        p,
        one.is_small,
    )
