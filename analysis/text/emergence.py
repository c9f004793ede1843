"""Themes over rounds or months: which appeared, grew, held, faded or are gone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.multiplicity import benjamini_hochberg
from analysis.text.comparisons import cohens_h
from analysis.text.shares import Estimate, ThemeShare
from analysis.types import Z

#: Below this effect (Cohen's h) a change is not called one, however sure it is.
SMALLEST_CHANGE = 0.2
#: Adjusted p from which a change is not called one, however large it is.
SUREST = 0.05
#: A theme below this share is as good as absent.
ABSENT = 0.01


class Course(StrEnum):
    """What became of a theme from the first period to the last."""

    APPEARED = "appeared"
    GROWING = "growing"
    STEADY = "steady"
    FADING = "fading"
    GONE = "gone"
    #: Fewer than two periods have an estimate.
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True)
class Trend:
    """The course of one theme.

    Attributes
    ----------
    theme : int
    shares : tuple of Estimate or None, one for each period
        None where too little was audited.
    change : float or None
        The last estimate less the first, in [-1, 1].
    effect : float or None
        The same as Cohen's h, in [-π, π].
    slope : float or None
        The change of the share from one period to the next, fitted over all periods with an
        estimate, each weighing by how sure it is.
    p, adjusted_p : float or None
        Of the slope being 0, two-sided; Benjamini-Hochberg over the themes.
    course : Course
    is_small : bool
        One of the periods has few answers.
    """

    theme: int
    shares: tuple[Estimate | None, ...]
    change: float | None
    effect: float | None
    slope: float | None
    p: float | None
    adjusted_p: float | None
    course: Course
    is_small: bool


def trends(shares: Sequence[ThemeShare], periods: Sequence[str]) -> tuple[Trend, ...]:
    """Follow each theme through the periods.

    Parameters
    ----------
    shares : sequence of ThemeShare
        From `theme_shares` with the period of each answer as its group. Each period needs
        audited answers of its own: a machine may read one round better than another, and the
        difference would look like news.
    periods : sequence of str
        The periods in order; they are taken to be equally long.

    Returns
    -------
    tuple of Trend
        In the order of themes.

    Raises
    ------
    ValueError
        A theme lacks the share of a period.

    Notes
    -----
    A weighted line through the estimates, the variance of each being that of its interval. A
    course is called growing or fading where the slope is sure (adjusted p below `SUREST`) and
    the change is worth a word (h of `SMALLEST_CHANGE`); appeared or gone where, besides, the
    first or the last share lies below `ABSENT`. Who answers may change from round to round:
    weight to the same targets before reading a course as a change of minds.

    References
    ----------
    Kutner et al. 2005, *Applied Linear Statistical Models*, section 11.1 (weighted least
    squares with known variances).

    Examples
    --------
    >>> from analysis.text.shares import theme_shares
    >>> codes = [[1]] * 5 + [[0]] * 95 + [[1]] * 60 + [[0]] * 40
    >>> found = theme_shares(codes, range(200), codes, groups=["1"] * 100 + ["2"] * 100)
    >>> trend = trends(found, ["1", "2"])[0]
    >>> round(trend.change, 2), trend.course.value
    (0.55, 'growing')
    """
    by_cell = {(share.theme, share.group): share for share in shares if share.group is not None}
    themes = sorted({share.theme for share in shares})
    found = []
    for theme in themes:
        missing = [name for name in periods if (theme, name) not in by_cell]
        if missing:
            raise ValueError("Each theme needs a share in each period.")
        found.append(_follow(theme, [by_cell[theme, name] for name in periods]))
    adjusted = benjamini_hochberg([math.nan if one.p is None else one.p for one in found])
    return tuple(_judge(one, float(p)) for one, p in zip(found, adjusted, strict=True))


def _follow(theme: int, cells: Sequence[ThemeShare]) -> Trend:
    shares = tuple(cell.estimate for cell in cells)
    is_small = any(cell.is_small for cell in cells)
    known = [(place, share) for place, share in enumerate(shares) if share is not None]
    if len(known) < 2:
        return Trend(theme, shares, None, None, None, None, None, Course.TOO_LITTLE, is_small)
    first, last = known[0][1], known[-1][1]
    places = np.array([place for place, _share in known], dtype=np.float64)
    values = np.array([share.share for _place, share in known])
    # Half a thousandth of a share stands for what no audit can exclude.
    errors = np.array([max((share.high - share.low) / (2 * Z), 5e-4) for _place, share in known])
    weights = 1 / errors**2
    centre = np.average(places, weights=weights)
    spread = float(weights @ (places - centre) ** 2)
    slope = float(weights @ ((places - centre) * values)) / spread
    p = math.erfc(abs(slope) * math.sqrt(spread) / math.sqrt(2))
    change = last.share - first.share
    effect = cohens_h(last.share, first.share)
    return Trend(theme, shares, change, effect, slope, p, None, Course.STEADY, is_small)


def _judge(trend: Trend, adjusted: float) -> Trend:
    if trend.p is None:
        return trend
    return Trend(
        trend.theme,
        trend.shares,
        trend.change,
        trend.effect,
        trend.slope,
        trend.p,
        adjusted,
        _course(trend, adjusted),
        trend.is_small,
    )


def _course(trend: Trend, adjusted: float) -> Course:
    known = [share for share in trend.shares if share is not None]
    slope, effect = trend.slope or 0.0, trend.effect or 0.0
    if adjusted >= SUREST or abs(effect) < SMALLEST_CHANGE or slope * effect <= 0:
        return Course.STEADY
    if effect > 0:
        return Course.APPEARED if known[0].share < ABSENT else Course.GROWING
    return Course.GONE if known[-1].share < ABSENT else Course.FADING
