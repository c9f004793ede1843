"""Whether an item's answers still move between two rounds. Stability is not consensus."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.agreement.polarisation import van_der_eijk
from analysis.errors import TooFewAnswers

Floats = NDArray[np.float64]
#: Answers that moved by less than this share are stable.
STABLE = 0.15
#: Agreement at or below it is two camps rather than one middle.
TWO_CAMPS = 0.0
#: Figures that differ by less stand on one side of a threshold.
EQUAL = 1e-9
FEWEST = 10


def net_change(before: ArrayLike, after: ArrayLike) -> float:
    """The share of answers that would have to move to turn one histogram into the other.

    Parameters
    ----------
    before, after : array of float, shape (k,)
        How many (or what weight) chose each option.

    Returns
    -------
    float
        In [0, 1]: half the sum of absolute differences of shares.

    Raises
    ------
    TooFewAnswers
        One of the histograms is empty.
    ValueError
        The lengths differ, or a count is negative.

    References
    ----------
    Scheibe, Skutsch & Schofer 1975, in Linstone & Turoff, The Delphi Method, 262-287.

    Examples
    --------
    >>> round(net_change([5, 10, 20, 40, 25], [2, 8, 20, 45, 25]), 3)
    0.05
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if first.shape != second.shape or (first < 0).any() or (second < 0).any():
        raise ValueError("Two histograms of equal length, 0 or more, are needed.")
    if first.sum() <= 0 or second.sum() <= 0:
        raise TooFewAnswers(0, 1)
    return float(np.abs(first / first.sum() - second / second.sum()).sum() / 2)


def coefficient_of_variation(values: ArrayLike, counts: ArrayLike) -> float | None:
    """The sample standard deviation over the mean.

    Parameters
    ----------
    values : array of float, shape (k,)
        The points of the scale.
    counts : array of float, shape (k,)
        How many chose each.

    Returns
    -------
    float or None
        0 or more; None where the mean is 0 or fewer than 2 answered.

    Examples
    --------
    >>> round(coefficient_of_variation([1, 2, 3, 4, 5], [5, 10, 20, 40, 25]), 4)
    0.2988
    """
    at, heavy = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    n = float(heavy.sum())
    if n < 2:
        return None
    mean = float((at * heavy).sum() / n)
    spread = float((heavy * np.square(at - mean)).sum() / (n - 1))
    return float(np.sqrt(spread) / mean) if mean else None


def weighted_kappa(before: ArrayLike, after: ArrayLike) -> float | None:
    """How far the same people give the same answer again, near misses counted in part.

    Parameters
    ----------
    before, after : array of float, shape (n,)
        The answers of the same people, without gaps.

    Returns
    -------
    float or None
        1 minus observed over expected squared distance, at most 1; None where all answers of
        both rounds are the same.

    References
    ----------
    Cohen 1968, Psychological Bulletin 70, 213-220 (quadratic weights).

    Examples
    --------
    >>> round(weighted_kappa([1, 1, 2, 2, 3, 3, 1, 2], [1, 1, 2, 3, 3, 3, 1, 1]), 4)
    0.8298
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    observed = float(np.square(first - second).mean())
    expected = float(first.var() + second.var() + (first.mean() - second.mean()) ** 2)
    return 1 - observed / expected if expected > 0 else None


@dataclass(frozen=True, slots=True)
class ItemStability:
    """One item between two rounds, over the people who answered it in both.

    Attributes
    ----------
    n : int
        People who answered in both rounds, or the smaller round where people are not linked.
    is_panel : bool
        Whether the same people are compared. Without links it is the rounds that are.
    net_change : float
        In [0, 1].
    is_stable : bool
        net_change is below the threshold.
    kappa : float or None
        Weighted kappa of the same people; None without links.
    cv_before, cv_after : float or None
        Coefficients of variation.
    quartiles_before, quartiles_after : (float, float, float)
    agreement : float or None
        van der Eijk's A after; None for fewer than 3 points.
    is_stable_disagreement : bool
        Stable, and in two camps: a result, not a failure to converge.
    """

    n: int
    is_panel: bool
    net_change: float
    is_stable: bool
    kappa: float | None
    cv_before: float | None
    cv_after: float | None
    quartiles_before: tuple[float, float, float]
    quartiles_after: tuple[float, float, float]
    agreement: float | None
    is_stable_disagreement: bool


def item_stability(
    before: ArrayLike,
    after: ArrayLike,
    points: ArrayLike,
    *,
    is_panel: bool = True,
    threshold: float = STABLE,
) -> ItemStability:
    """Compare the answers to one item in two rounds.

    Parameters
    ----------
    before, after : array of float, shape (n,) each
        Answers; NaN where somebody gave none. With `is_panel` the same people in the same
        order, and only those who answered in both count; else any two lengths.
    points : array of float, shape (k,)
        The points of the scale, ascending.
    is_panel : bool
    threshold : float
        In (0, 1].

    Returns
    -------
    ItemStability

    Raises
    ------
    TooFewAnswers
        Fewer than 10 people answered in both rounds (in one of them without links).
    ValueError
        The lengths of a panel differ, or an answer is no point of the scale.

    Examples
    --------
    >>> first = [1, 2, 2, 3, 3, 3, 4, 4, 5, 5]
    >>> item_stability(first, first, [1, 2, 3, 4, 5]).net_change
    0.0
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    scale = np.asarray(points, dtype=np.float64)
    if is_panel:
        if first.shape != second.shape:
            raise ValueError("A panel has the same people in both rounds.")
        both = ~(np.isnan(first) | np.isnan(second))
        first, second = first[both], second[both]
    else:
        first, second = first[~np.isnan(first)], second[~np.isnan(second)]
    n = min(len(first), len(second))
    if n < FEWEST:
        raise TooFewAnswers(n, FEWEST)
    histograms = [_histogram(first, scale), _histogram(second, scale)]
    moved = net_change(*histograms)
    agreement = van_der_eijk(histograms[1]) if len(scale) > 2 else None
    is_stable = moved < threshold - EQUAL
    return ItemStability(
        n=n,
        is_panel=is_panel,
        net_change=moved,
        is_stable=is_stable,
        kappa=weighted_kappa(first, second) if is_panel else None,
        cv_before=coefficient_of_variation(scale, histograms[0]),
        cv_after=coefficient_of_variation(scale, histograms[1]),
        quartiles_before=_quartiles(first),
        quartiles_after=_quartiles(second),
        agreement=agreement,
        is_stable_disagreement=is_stable and agreement is not None and agreement <= TWO_CAMPS,
    )


def _histogram(values: Floats, scale: Floats) -> Floats:
    if not np.isin(values, scale).all():
        raise ValueError("Every answer must be a point of the scale.")
    return np.array([(values == point).sum() for point in scale], dtype=np.float64)


def _quartiles(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return float(low), float(middle), float(high)
