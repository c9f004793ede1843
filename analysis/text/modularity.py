"""How much more of the graph of neighbours lies within groups than chance would put there."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix


def modularity(step: csr_matrix, labels: NDArray[np.int64]) -> float:
    """The modularity of a grouping of the points of a graph.

    Parameters
    ----------
    step : sparse matrix, shape (n, n)
        From each point to its neighbours, weights of 0 or more; read in both directions.
    labels : ndarray of int64, shape (n,)
        From 0.

    Returns
    -------
    float
        In [-0.5, 1); 0 without any link.

    References
    ----------
    Newman & Girvan 2004, Physical Review E 69, 026113, equation 5.

    Examples
    --------
    >>> pairs = csr_matrix(np.array([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]))
    >>> modularity(pairs, np.array([0, 0, 1, 1])), modularity(pairs, np.array([0, 0, 0, 0]))
    (0.5, 0.0)
    """
    return modularity_of(links(step, labels))


def links(step: csr_matrix, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """The weight between any two groups, shape (k, k), symmetric."""
    pairs = step.tocoo()
    k = int(labels.max()) + 1
    flat = labels[pairs.row] * k + labels[pairs.col]
    found = np.bincount(flat, pairs.data, minlength=k * k).reshape(k, k)
    return np.asarray(found + found.T, dtype=np.float64) / 2


def modularity_of(between: NDArray[np.float64]) -> float:
    """The modularity of groups given by the weight between any two of them."""
    total = between.sum()
    if total <= 0:
        return 0.0
    return float(np.trace(between) / total - ((between.sum(axis=1) / total) ** 2).sum())
