"""One middle or two camps: agreement and polarisation of answers on a scale."""

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.errors import TooFewAnswers

Floats = NDArray[np.float64]
#: The bimodality coefficient of a uniform distribution; above it there may be two camps.
UNIFORM_BIMODALITY = 5 / 9
ESTEBAN_RAY_ALPHA = 1.3


def van_der_eijk(counts: ArrayLike) -> float:
    """Agreement A of answers on an ordered scale.

    Parameters
    ----------
    counts : array of float, shape (k,)
        How many (or what weight) chose each of k >= 3 ordered points.

    Returns
    -------
    float
        In [-1, 1]: 1 where all choose one point, 0 where all points are chosen alike, -1 where
        half choose each end. (1 - A) / 2 is polarisation in [0, 1].

    Raises
    ------
    TooFewAnswers
        Nobody answered.
    ValueError
        Fewer than 3 points, or a negative count.

    Notes
    -----
    The distribution is peeled into layers of equal counts. In each layer every three points
    speak for one peak or for two; the layer counts with its share of the answers.

    References
    ----------
    van der Eijk 2001, Quality & Quantity 35, 325-341.

    Examples
    --------
    >>> van_der_eijk([5, 0, 0, 0, 5]), van_der_eijk([0, 0, 9, 0, 0])
    (-1.0, 1.0)
    """
    left = np.array(counts, dtype=np.float64)
    if left.ndim != 1 or len(left) < 3 or (left < 0).any():
        raise ValueError("Counts of at least 3 points, 0 or more, are needed.")
    total = float(left.sum())
    if total <= 0:
        raise TooFewAnswers(0, 1)
    found = 0.0
    while (left > 0).any():
        chosen = left > 0
        height = float(left[chosen].min())
        found += height * int(chosen.sum()) / total * _layer(chosen)
        left = np.where(chosen, left - height, 0.0)
        left[left < total * 1e-12] = 0.0
    return found


def _layer(chosen: NDArray[np.bool_]) -> float:
    """Agreement of a layer in which each point is chosen or not."""
    k, size = len(chosen), int(chosen.sum())
    if size == k:
        return 0.0
    if size == 1:
        return 1.0
    one_peak = two_peaks = 0
    places = np.flatnonzero(chosen)
    for first, second in ((a, b) for i, a in enumerate(places) for b in places[i + 1 :]):
        # A third point that was not chosen lies between the two (two peaks) or outside (one).
        between = int((~chosen[first + 1 : second]).sum())
        two_peaks += between
        one_peak += (k - size) - between
    unimodality = ((k - 2) * one_peak - (k - 1) * two_peaks) / ((k - 2) * (one_peak + two_peaks))
    return unimodality * (1 - (size - 1) / (k - 1))


def bimodality(values: ArrayLike) -> float | None:
    """The bimodality coefficient; above 5/9 there may be two camps, or a long tail.

    Parameters
    ----------
    values : array of float, shape (n,)
        Answers; NaN are left out.

    Returns
    -------
    float or None
        In (0, 1]; None where all answers are the same.

    Raises
    ------
    TooFewAnswers
        Fewer than 4 answers.

    Notes
    -----
    (g^2 + 1) / (k + 3 (n - 1)^2 / ((n - 2)(n - 3))) with sample skewness g and sample excess
    kurtosis k. It reacts to skewness too; use it beside `van_der_eijk`, not alone.

    References
    ----------
    SAS Institute 1990; Pfister, Schwarz, Janczyk, Dale & Freeman 2013, Frontiers in Psychology
    4, 700.

    Examples
    --------
    >>> round(bimodality([1] * 50 + [9] * 50), 3)
    0.951
    """
    given = np.asarray(values, dtype=np.float64)
    kept = given[~np.isnan(given)]
    n = len(kept)
    if n < 4:
        raise TooFewAnswers(n, 4)
    if kept.min() == kept.max():
        return None
    g = float(scipy.stats.skew(kept, bias=False))
    k = float(scipy.stats.kurtosis(kept, bias=False))
    return (g * g + 1) / (k + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


def esteban_ray(
    shares: Sequence[float], places: Sequence[float], *, alpha: float = ESTEBAN_RAY_ALPHA
) -> float:
    """Polarisation between groups of given sizes at given places.

    Parameters
    ----------
    shares : sequence of float, length g
        Sizes of the groups, 0 or more; they are brought to sum to 1.
    places : sequence of float, length g
        Where each group stands, such as its mean answer brought to [0, 1].
    alpha : float
        In (0, 1.6]: how much large groups that identify count beyond inequality.

    Returns
    -------
    float
        0 where all stand together, 1 for two equal groups at distance 1.

    Raises
    ------
    TooFewAnswers
        The sizes sum to 0.
    ValueError
        alpha is out of range, a size is negative, or the lengths differ.

    References
    ----------
    Esteban & Ray 1994, Econometrica 62, 819-851, theorem 1.

    Examples
    --------
    >>> round(esteban_ray([0.2] * 5, [0, 0.25, 0.5, 0.75, 1]), 4)
    0.2431
    """
    sizes = np.asarray(shares, dtype=np.float64)
    at = np.asarray(places, dtype=np.float64)
    if not 0 < alpha <= 1.6:
        raise ValueError("alpha must lie in (0, 1.6].")
    if sizes.shape != at.shape or (sizes < 0).any():
        raise ValueError("Sizes must be 0 or more, one for each place.")
    if sizes.sum() <= 0:
        raise TooFewAnswers(0, 1)
    part = sizes / sizes.sum()
    distance = np.abs(at[:, None] - at[None, :])
    found = float((part[:, None] ** (1 + alpha) * part[None, :] * distance).sum())
    return found / float(2 * 0.5 ** (2 + alpha))
