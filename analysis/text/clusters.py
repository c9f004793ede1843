"""From points to groups: of one size or of many, whichever the graph of neighbours bears out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.cluster import KMeans

from analysis.text.modularity import modularity
from analysis.text.word_vectors import unit

Rows = NDArray[np.float32]
Labels = NDArray[np.int64]
#: Groups found first, for each one wanted: with several, a large topic is several round pieces.
PIECES = (2, 1)
_FEWEST_IN_PIECE = 4
_SETTLING = 2


@dataclass(frozen=True, slots=True)
class Clusters:
    """Groups of points.

    Attributes
    ----------
    labels : ndarray of int64, shape (n,)
    centres : ndarray of float32, shape (k, d)
        Mean directions, of length 1.
    pieces : int
        How many pieces there were for each group, one of `PIECES`.
    """

    labels: Labels
    centres: Rows
    pieces: int


def cluster(rows: Rows, step: csr_matrix, k: int, *, seed: int, fewest: int = 1) -> Clusters:
    """Group points on the sphere.

    Parameters
    ----------
    rows : ndarray of float32, shape (n, d)
    step : sparse matrix, shape (n, n)
        From each point to its neighbours.
    k : int
        At most this many groups; fewer where fewer points differ.
    seed : int
    fewest : int
        Groups with fewer points are dissolved into the nearest others.

    Returns
    -------
    Clusters

    Notes
    -----
    Twice, and the grouping with the higher modularity is kept. Once by k-means alone, which likes
    groups of one size. Once from two pieces for each group, which lets a group be as large as it
    is: most consultations have few large topics and many small ones.

    References
    ----------
    Newman & Girvan 2004 (modularity); docs/methods/topics.md has the figures.
    """
    found = {n: group(rows, k, n, seed=seed) for n in PIECES}
    kept = max(PIECES, key=lambda n: modularity(step, found[n]))
    labels = _dissolve(rows, found[kept], fewest)
    return Clusters(labels, unit(means(rows, labels)), kept)


def group(rows: Rows, k: int, n_pieces: int, *, seed: int) -> Labels:
    """At most k groups, of so many pieces each before they are joined.

    Parameters
    ----------
    rows : ndarray of float32, shape (n, d)
    k, n_pieces : int
    seed : int

    Returns
    -------
    ndarray of int64, shape (n,)

    Notes
    -----
    k-means (two starts), then average linkage of the pieces, weighted by size, down to k; then
    each point goes to the nearest centre, twice.

    References
    ----------
    Arthur & Vassilvitskii 2007 (k-means++); Sokal & Michener 1958 (average linkage); Kaufman &
    Rousseeuw 1990, chapter 5.
    """
    wanted = max(k, min(n_pieces * k, len(rows) // _FEWEST_IN_PIECE))
    labels = pieces(rows, wanted, seed=seed, starts=2)
    found = join(means(rows, labels), np.bincount(labels), k)[labels]
    for _ in range(_SETTLING):
        found = nearest_centre(rows, unit(means(rows, found)))
        found = np.unique(found, return_inverse=True)[1]
    return found.astype(np.int64)


def pieces(rows: Rows, n: int, *, seed: int, starts: int, most_learned: int = 30_000) -> Labels:
    """k-means into n groups, or as many as there are different points.

    Of more than `most_learned` points, that many are learned from and the others are placed.
    """
    generator = np.random.default_rng(seed)
    learned = rows
    if len(rows) > most_learned:
        learned = rows[np.sort(generator.permutation(len(rows))[:most_learned])]
    different = len(np.unique(learned.round(5), axis=0))
    means_ = KMeans(max(1, min(n, different)), n_init=starts, random_state=seed).fit(learned)
    labels = means_.labels_ if learned is rows else means_.predict(rows)
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _dissolve(rows: Rows, labels: Labels, fewest: int) -> Labels:
    sizes = np.bincount(labels)
    large = np.flatnonzero(sizes >= fewest)
    if len(large) == len(sizes) or len(large) < 2:
        return labels
    centres = unit(means(rows, labels))[large]
    kept = np.searchsorted(large, labels)
    small = ~np.isin(labels, large)
    kept[small] = nearest_centre(rows[small], centres)
    return np.unique(kept, return_inverse=True)[1].astype(np.int64)


def join(centres: Rows, sizes: Labels, k: int) -> Labels:
    """Average linkage of groups given by mean and size, down to k groups.

    Parameters
    ----------
    centres : ndarray, shape (m, d)
        Means of points of length 1, so that their products are mean cosines.
    sizes : ndarray of int, shape (m,)

    Returns
    -------
    ndarray of int64, shape (m,)
        From 0, in the order in which the groups first appear. O(m² (m - k)).

    Examples
    --------
    >>> import numpy as np
    >>> join(np.array([[1, 0], [0, 1], [0.9, 0.1]]), np.array([5, 5, 5]), 2).tolist()
    [0, 1, 0]
    """
    near = np.asarray(centres @ centres.T, dtype=np.float64)
    weight = sizes.astype(np.float64)
    labels = np.arange(len(weight))
    np.fill_diagonal(near, -np.inf)
    for _ in range(len(weight) - max(1, k)):
        first, second = sorted(divmod(int(near.argmax()), len(weight)))
        total = weight[first] + weight[second]
        row = (weight[first] * near[first] + weight[second] * near[second]) / total
        near[first], near[:, first] = row, row
        near[first, first] = -np.inf
        near[second], near[:, second] = -np.inf, -np.inf
        weight[first] = total
        labels[labels == second] = first
    _names, first_seen, inverse = np.unique(labels, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first_seen))
    found: Labels = order[inverse].astype(np.int64)
    return found


def means(rows: Rows, labels: Labels) -> Rows:
    """The mean of each group; labels run from 0 without a gap."""
    k = int(labels.max()) + 1 if len(labels) else 0
    sums = np.zeros((k, rows.shape[1]), dtype=np.float64)
    np.add.at(sums, labels, rows)
    found: Rows = (sums / np.bincount(labels, minlength=k)[:, None]).astype(np.float32)
    return found


def nearest_centre(rows: Rows, centres: Rows) -> Labels:
    """The centre with the highest cosine; ties go to the lower number."""
    found: Labels = (rows @ centres.T).argmax(axis=1).astype(np.int64)
    return found
