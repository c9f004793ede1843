"""Many tests at once: p values as they stand after their number is taken into account."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def holm(p_values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p values so that the chance of one false alarm or more is held.

    Parameters
    ----------
    p_values : array of float, shape (m,)
        In [0, 1]; NaN where no test was possible, which stays NaN and does not count.

    Returns
    -------
    ndarray of float64, shape (m,)
        In [0, 1], never below the input.

    Raises
    ------
    ValueError
        A p value lies outside [0, 1].

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    given, tested, order = _sorted(p_values)
    m = len(order)
    stepped = np.minimum(np.maximum.accumulate(given[order] * np.arange(m, 0, -1)), 1.0)
    return _restore(given, tested, order, stepped)


def benjamini_hochberg(p_values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p values so that the expected share of false alarms among alarms is held.

    Parameters
    ----------
    p_values : array of float, shape (m,)
        In [0, 1]; NaN where no test was possible, which stays NaN and does not count.

    Returns
    -------
    ndarray of float64, shape (m,)
        In [0, 1], never below the input.

    Raises
    ------
    ValueError
        A p value lies outside [0, 1].

    References
    ----------
    Benjamini & Hochberg 1995, JRSS B 57, 289-300.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.04, 0.04]
    """
    given, tested, order = _sorted(p_values)
    m = len(order)
    raised = given[order] * m / np.arange(1, m + 1)
    stepped = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return _restore(given, tested, order, stepped)


def _sorted(
    p_values: Sequence[float] | NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.intp]]:
    given = np.asarray(p_values, dtype=np.float64)
    tested = ~np.isnan(given)
    if np.any((given[tested] < 0) | (given[tested] > 1)):
        raise ValueError("A p value lies between 0 and 1.")
    positions = np.flatnonzero(tested)
    return given, tested, positions[np.argsort(given[positions], kind="stable")]


def _restore(
    given: NDArray[np.float64],
    tested: NDArray[np.bool_],
    order: NDArray[np.intp],
    stepped: NDArray[np.float64],
) -> NDArray[np.float64]:
    found = np.full(given.shape, np.nan)
    found[order] = stepped
    # Rounding must not carry an adjusted value below the one it came from.
    found[tested] = np.maximum(found[tested], given[tested])
    return found
