"""The directions along which the rows of a large sparse matrix lie."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.sparse import csr_matrix

Rows = NDArray[np.float32]
#: Directions looked at beside those wanted, so that the last ones are found too.
_MORE = 10
_STEPS = 3


def directions(matrix: csr_matrix, size: int, *, seed: int) -> Rows:
    """The leading right singular vectors.

    Parameters
    ----------
    matrix : sparse matrix of float32, shape (n, m)
    size : int
        At most min(n, m).
    seed : int

    Returns
    -------
    ndarray of float32, shape (size, m)
        Of length 1, at right angles, the strongest first; their signs are arbitrary.

    Notes
    -----
    Subspace iteration from a random start. scikit-learn's `randomized_svd` does the same; here the
    matrix is turned once, so that both products of a step read it row by row, and only its short
    side is made orthogonal at each. O((nnz + (n + m) size) size).

    References
    ----------
    Halko, Martinsson & Tropp 2011, SIAM Review 53, 217-288, algorithms 4.4 and 5.1.

    Examples
    --------
    >>> found = directions(csr_matrix(np.diag([1.0, 3.0, 2.0]).astype(np.float32)), 2, seed=0)
    >>> np.abs(found).round(3).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    turned = csr_matrix(matrix.T)
    wide = min(size + _MORE, *matrix.shape)
    generator = np.random.default_rng(seed)
    found = generator.normal(size=(matrix.shape[0], wide)).astype(np.float32)
    for _ in range(_STEPS):
        found = _orthonormal(matrix @ np.asarray(turned @ found))[0]
    axes, mixed = _orthonormal(turned @ found)
    order = np.linalg.svd(mixed)[0][:, :size]
    return np.asarray((axes @ order).T, dtype=np.float32)


def _orthonormal(columns: Rows) -> tuple[Rows, Rows]:
    """Columns at right angles with the same span, and how they are mixed to give those."""
    axes, mixed = qr(np.asarray(columns), mode="economic", overwrite_a=True, check_finite=False)
    return axes, mixed
