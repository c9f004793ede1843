"""Whether the order in which items were shown moved the order in which they were ranked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from analysis.errors import TooFewAnswers

Floats = NDArray[np.float64]
FEWEST = 10
#: Respondents counted at a time, which keeps the memory small.
BLOCK = 65_536
#: A mean square of places within items below this is none.
STILL = 1e-9


@dataclass(frozen=True, slots=True)
class PlaceEffect:
    """What a place in the list is worth.

    Attributes
    ----------
    slope : float
        Places lost in the ranking for each place further down in the list; 0 is no effect.
    low, high : float
        Its 95 % interval.
    p : float
        Of "the order shown has no effect".
    by_place : tuple of (int, float)
        For each place in the list: how many items were ranked there, and their mean position
        less what the same items have on average.
    n : int
        Respondents.
    """

    slope: float
    low: float
    high: float
    p: float
    by_place: tuple[tuple[int, float], ...]
    n: int


def place_effect(positions: ArrayLike, shown: ArrayLike) -> PlaceEffect:
    """Regress positions on the places in which items were shown, within items.

    Parameters
    ----------
    positions : array_like of float, shape (n, m)
        1 is best, NaN missing.
    shown : array_like of float, shape (n, m)
        The place of each item in the respondent's list, 1 the first; NaN not shown.

    Returns
    -------
    PlaceEffect

    Raises
    ------
    TooFewAnswers
        Fewer than 10 respondents, or nobody saw another order than the others.

    Notes
    -----
    Each item has a level of its own, so that only the shuffling speaks. A respondent's items
    vary together: the variance is summed over respondents.

    References
    ----------
    Liang & Zeger 1986, Biometrika 73, 13-22 for the variance; Klein & Arzheimer 1999 on order
    effects in rankings.

    Examples
    --------
    >>> lists = [[1, 2, 3], [3, 1, 2], [2, 3, 1]] * 8
    >>> found = place_effect(lists, lists)
    >>> round(found.slope, 6), found.n
    (1.0, 24)
    """
    ranked, place = np.asarray(positions, float), np.asarray(shown, float)
    if ranked.shape != place.shape:
        raise ValueError("Every position needs the place where the item was shown.")
    blocks = [slice(start, start + BLOCK) for start in range(0, len(ranked), BLOCK)]
    n, levels = _levels(ranked, place, blocks)
    if n < FEWEST:
        raise TooFewAnswers(n=n, needed=FEWEST)
    places = int(np.nanmax(place))
    total = crossed = 0.0
    count, lost = np.zeros(places), np.zeros(places)
    for block in blocks:
        x, y = _within(place[block], ranked[block], levels)
        total += float((x * x).sum())
        crossed += float((x * y).sum())
        known = ~np.isnan(ranked[block]) & ~np.isnan(place[block])
        at = place[block][known].astype(np.int64) - 1
        count += np.bincount(at, minlength=places)
        lost += np.bincount(at, y[known], minlength=places)
    if total <= STILL * n:
        raise TooFewAnswers(n=1, needed=2)
    slope = crossed / total
    squares = 0.0
    for block in blocks:
        x, y = _within(place[block], ranked[block], levels)
        squares += float(((x * (y - slope * x)).sum(axis=1) ** 2).sum())
    error = float(np.sqrt(squares * n / (n - 1))) / total
    reach = float(student.ppf(0.975, n - 1))
    # A perfect fit leaves no error to compare with.
    p = float(2 * student.sf(abs(slope) / error, n - 1)) if error > 0 else float(slope == 0)
    return PlaceEffect(
        slope=slope,
        low=slope - reach * error,
        high=slope + reach * error,
        p=p,
        by_place=tuple(
            (int(here), float(sums / here) if here else 0.0)
            for here, sums in zip(count, lost, strict=True)
        ),
        n=n,
    )


def _levels(ranked: Floats, place: Floats, blocks: list[slice]) -> tuple[int, Floats]:
    """Respondents who count, and each item's mean place in the list and in the ranking."""
    n = 0
    sums, count = np.zeros((2, ranked.shape[1])), np.zeros(ranked.shape[1])
    for block in blocks:
        known = ~np.isnan(ranked[block]) & ~np.isnan(place[block])
        n += int(known.any(axis=1).sum())
        count += known.sum(axis=0)
        for row, values in enumerate((place[block], ranked[block])):
            sums[row] += np.where(known, values, 0.0).sum(axis=0)
    return n, np.asarray(sums / np.maximum(count, 1))


def _within(place: Floats, ranked: Floats, levels: Floats) -> tuple[Floats, Floats]:
    """Both less the mean of their item, 0 where either is unknown."""
    known = ~np.isnan(ranked) & ~np.isnan(place)
    return np.where(known, place - levels[0], 0.0), np.where(known, ranked - levels[1], 0.0)
