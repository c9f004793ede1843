"""Themes over rounds or months: which appeared, grew, held, faded or are gone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from analysis.breakdown import SMALL
from analysis.multiplicity import benjamini_hochberg
from analysis.text.comparisons import cohens_h
from analysis.text.shares import FEWEST_AUDITED, Estimate, ThemeShare
from analysis.types import Z, wilson

#: Below this effect (Cohen's h) a change is not called one, however sure it is.
SMALLEST_CHANGE = 0.2
#: Adjusted p from which a change is not called one, however large it is.
SUREST = 0.05
#: A theme below this share is as good as absent.
ABSENT = 0.01
#: No share is surer than of so many answers.
LARGEST = 1e6


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
        estimate, each weighing as many answers as its interval is worth.
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


def trends(
    shares: Sequence[ThemeShare], periods: Sequence[str], *, at: Sequence[float] | None = None
) -> tuple[Trend, ...]:
    """Follow each theme through the periods.

    Parameters
    ----------
    shares : sequence of ThemeShare
        From `theme_shares` with the period of each answer as its group. Each period needs
        audited answers of its own: a machine may read one round better than another, and the
        difference would look like news.
    periods : sequence of str
        The periods in order.
    at : sequence of float, optional
        Where each period lies, rising; by default they follow each other at equal distance. The
        slope is the change from one unit of it to the next.

    Returns
    -------
    tuple of Trend
        In the order of themes.

    Raises
    ------
    ValueError
        A theme lacks the share of a period, or a period its place.

    Notes
    -----
    A weighted line through the estimates, each weighing the size of a sample that would have so
    wide an interval, tested at the variance of one common share (Cochran and Armitage). A variance
    that hangs on the estimate itself would find a course too often. A course is called growing or fading where the slope is sure (adjusted p below `SUREST`) and
    the change is worth a word (h of `SMALLEST_CHANGE`); appeared or gone where, besides, the
    first or the last share lies below `ABSENT`. Who answers may change from round to round:
    weight to the same targets before reading a course as a change of minds.

    References
    ----------
    Armitage 1955, "Tests for linear trends in proportions and frequencies", Biometrics 11,
    375-386.

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
    places = [float(place) for place in (range(len(periods)) if at is None else at)]
    if len(places) != len(periods) or any(b <= a for a, b in pairwise(places)):
        raise ValueError("Each period needs its place, after the one before.")
    found = []
    for theme in themes:
        missing = [name for name in periods if (theme, name) not in by_cell]
        if missing:
            raise ValueError("Each theme needs a share in each period.")
        found.append(_follow(theme, [by_cell[theme, name] for name in periods], places))
    adjusted = benjamini_hochberg([math.nan if one.p is None else one.p for one in found])
    return tuple(_judge(one, float(p)) for one, p in zip(found, adjusted, strict=True))


def counted_shares(
    raised: ArrayLike, periods: Sequence[str | None], *, small: int = SMALL
) -> tuple[ThemeShare, ...]:
    """Shares by period of what is counted as it stands, such as the topics a machine found.

    Parameters
    ----------
    raised : array of bool, shape (n, t)
        Whether each answer is counted for each theme.
    periods : sequence of str or None, length n
        None is left out.
    small : int
        Periods with fewer answers are flagged.

    Returns
    -------
    tuple of ThemeShare
        Period by period in the order of their names, as for `trends`. The interval is Wilson's,
        as if the answers had been drawn by chance; None where a period has fewer than
        `FEWEST_AUDITED` answers. Nothing here corrects the errors of who counted.

    Raises
    ------
    ValueError
        Shapes do not fit.

    Examples
    --------
    >>> share = counted_shares([[True]] * 5 + [[False]] * 15, ["1"] * 20)[0]
    >>> share.n, share.audit_raised, share.estimate.share
    (20, 5, 0.25)
    """
    table = np.asarray(raised, dtype=np.bool_)
    if table.ndim != 2 or len(table) != len(periods):
        raise ValueError("Each answer needs one row and one period.")
    keys = np.array(periods, dtype=object)
    found = []
    for name in sorted({period for period in periods if period is not None}):
        rows = table[keys == name]
        found += [
            _counted(theme, name, int(column.sum()), len(rows), small)
            for theme, column in enumerate(rows.T)
        ]
    return tuple(found)


def _counted(theme: int, name: str, count: int, n: int, small: int) -> ThemeShare:
    interval = wilson(count, n)
    share = count / n
    estimate = None
    if n >= FEWEST_AUDITED and interval.low is not None and interval.high is not None:
        estimate = Estimate(share, interval.low, interval.high)
    return ThemeShare(
        theme=theme,
        group=name,
        n=n,
        effective_n=float(n),
        audit_n=n,
        audit_raised=count,
        audit_people=n,
        estimate=estimate,
        audit_alone=estimate,
        naive=share,
        trust=0.0,
        worth=float(n),
        design_effect=1.0,
        is_small=n < small,
    )


def _follow(theme: int, cells: Sequence[ThemeShare], at: Sequence[float]) -> Trend:
    shares = tuple(cell.estimate for cell in cells)
    is_small = any(cell.is_small for cell in cells)
    known = [(place, share) for place, share in zip(at, shares, strict=True) if share is not None]
    if len(known) < 2:
        return Trend(theme, shares, None, None, None, None, None, Course.TOO_LITTLE, is_small)
    first, last = known[0][1], known[-1][1]
    places = np.array([place for place, _share in known], dtype=np.float64)
    values = np.array([share.share for _place, share in known])
    weights = np.array([_size(share) for _place, share in known])
    centre = np.average(places, weights=weights)
    spread = float(weights @ (places - centre) ** 2)
    slope = float(weights @ ((places - centre) * values)) / spread
    common = float(np.average(values, weights=weights))
    variance = max(common * (1 - common), 1e-12) / spread
    p = math.erfc(abs(slope) / math.sqrt(2 * variance))
    change = last.share - first.share
    effect = cohens_h(last.share, first.share)
    return Trend(theme, shares, change, effect, slope, p, None, Course.STEADY, is_small)


def _size(share: Estimate) -> float:
    """The size of a sample that would have so wide an interval (Wilson's), at most `LARGEST`."""
    half = (share.high - share.low) / 2
    pq, z2 = share.share * (1 - share.share), Z * Z
    # Wilson's half width solved for one over the size.
    a, b = z2 * z2 * (0.25 - half * half), z2 * (pq - 2 * half * half)
    root = math.sqrt(max(b * b + 4 * a * half * half, 0.0))
    # The form that does not cancel.
    per_answer = 2 * half * half / (b + root) if b + root > 0 else 1 / LARGEST
    return 1 / max(per_answer, 1 / LARGEST)


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
