"""How many answers of equal weight weighted ones are worth."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def kish(weights: Floats) -> float:
    """The effective sample size of weights: the square of their sum over the sum of squares.

    References
    ----------
    Kish 1965, Survey Sampling, section 11.7.

    Examples
    --------
    >>> kish(np.array([1.0, 1.0, 1.0, 1.0]))
    4.0
    """
    squares = float(np.sum(weights * weights))
    total = float(np.sum(weights))
    return total * total / squares if squares > 0 else 0.0


def effective_size(weights: Floats, hits: ArrayLike) -> float:
    """The size of a simple sample in which a share would vary as much as this weighted one.

    Kish's number holds where weights have nothing to do with the answer. Where those who weigh
    much answer otherwise, the share varies more: then it is p (1 - p) over its linearised variance.

    Parameters
    ----------
    weights : ndarray of float64, shape (n,)
    hits : array_like of bool or float, shape (n,)
        Who counts for the share; of a cluster, the share of its weight that does.

    Returns
    -------
    float
        At most Kish's effective size; 0 without any weight.

    References
    ----------
    Särndal, Swensson & Wretman 1992, section 5.7 (the variance of a ratio).

    Examples
    --------
    >>> weights = np.array([3.0] * 8 + [1.0] * 24)
    >>> effective_size(weights, np.arange(32) % 4 == 0), kish(weights)
    (24.0, 24.0)
    >>> round(effective_size(weights, np.arange(32) < 4), 1)
    18.0
    """
    size, total = kish(weights), float(np.sum(weights))
    counting = np.asarray(hits, dtype=np.float64)
    share = float(weights @ counting) / total if total > 0 else 0.0
    if not 0 < share < 1:
        return size
    spread = float(np.square(weights * (counting - share)).sum()) / (total * total)
    return min(size, share * (1 - share) / spread)
