"""Would the topics come out again? Over halves of the answers and over seeds, topic by topic."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from analysis.text.clusters import Clusters, group, means, nearest_centre
from analysis.text.neighbours import NeighbourIndex, smooth, transition
from analysis.text.word_vectors import unit

Rows = NDArray[np.float32]
Labels = NDArray[np.int64]
#: Points up to which halves are fitted; a larger set is first thinned to this.
MOST_POINTS = 8_000
_FEWEST_IN_HALF = 8
_TEMPERATURES = np.geomspace(0.01, 2.0, 60)


@dataclass(frozen=True, slots=True)
class Stability:
    """What came out again.

    Attributes
    ----------
    by_topic : ndarray of float64, shape (k,)
        The Jaccard index of a topic's members with its counterpart's, mean over the refits, in
        [0, 1]; below 0.5 a topic dissolves, from 0.75 it stands. NaN where there were too few
        texts to halve.
    temperature : float
        How sharply nearness to a centre tells where a text comes out again.
    """

    by_topic: NDArray[np.float64]
    temperature: float


def stability(
    base: Rows, rows: Rows, clusters: Clusters, *, neighbours: int, steps: int, seed: int
) -> Stability:
    """Fit again on both halves and with another seed, and compare.

    Parameters
    ----------
    base, rows : ndarray of float32, shape (n, d)
        Points before and after borrowing from neighbours; a half borrows within itself alone.
    clusters : Clusters
        Of `rows`.
    neighbours, steps, seed : int

    Returns
    -------
    Stability

    Notes
    -----
    The temperature is the one under which the groups that the halves give to all points are
    likeliest, one number for all topics, so that a share of 0.8 means that about four refits in
    five put the text there.

    References
    ----------
    Hennig 2007, Computational Statistics & Data Analysis 52, 258-271 (cluster-wise Jaccard);
    Guo et al. 2017, ICML, section 4.2 (temperature scaling).
    """
    k = len(clusters.centres)
    if len(base) < 2 * _FEWEST_IN_HALF or k < 2:
        return Stability(np.full(k, np.nan), 0.1)
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(base))[:MOST_POINTS]
    halves = (np.sort(order[::2]), np.sort(order[1::2]))
    again = [
        _refit(base[half], clusters, neighbours=neighbours, steps=steps, seed=seed + number + 1)
        for number, half in enumerate(halves)
    ]
    kept = np.sort(order)
    labels = [nearest_centre(rows[kept], centres) for centres in again]
    labels.append(group(rows[kept], k, clusters.pieces, seed=seed + 3))
    matched = [match(clusters.labels[kept], found, k) for found in labels]
    by_topic = np.mean([_jaccard(clusters.labels[kept], found, k) for found in matched], axis=0)
    return Stability(by_topic, _temperature(rows[kept] @ clusters.centres.T, matched[:2]))


def _refit(own: Rows, clusters: Clusters, *, neighbours: int, steps: int, seed: int) -> Rows:
    """The centres that a half gives, grouped as the whole was."""
    index = NeighbourIndex(seed=seed).fit(own)
    near = index.query(own, max(2, min(neighbours, len(own) // 6)), itself=True)
    rows = smooth(own, transition(near, len(own)), steps=steps)
    labels = group(rows, len(clusters.centres), clusters.pieces, seed=seed)
    return unit(means(rows, labels))


def match(reference: Labels, found: Labels, k: int) -> Labels:
    """Rename groups after those of the reference that they share most members with.

    Groups beyond the k of the reference get -1.
    """
    size = max(k, int(found.max()) + 1)
    shared = np.zeros((k, size))
    np.add.at(shared, (reference, found), 1.0)
    sizes = np.bincount(reference, minlength=k)[:, None] + np.bincount(found, minlength=size)
    rows, columns = linear_sum_assignment(-shared / np.maximum(sizes - shared, 1.0))
    names = np.full(size, -1, dtype=np.int64)
    names[columns] = rows
    renamed: Labels = names[found]
    return renamed


def _jaccard(reference: Labels, found: Labels, k: int) -> NDArray[np.float64]:
    both = np.bincount(reference[reference == found], minlength=k)
    of_found = np.bincount(found[found >= 0], minlength=k)
    union = np.bincount(reference, minlength=k) + of_found - both
    result: NDArray[np.float64] = both / np.maximum(union, 1)
    return result


def _temperature(cosines: Rows, labels: list[Labels]) -> float:
    """The temperature with the highest likelihood on a grid."""
    best, found = -np.inf, float(_TEMPERATURES[0])
    for temperature in _TEMPERATURES.tolist():
        shares = softmax(cosines, temperature)
        total = 0.0
        for given in labels:
            kept = np.flatnonzero(given >= 0)
            total += float(np.log(shares[kept, given[kept]] + 1e-9).sum())
        if total > best:
            best, found = total, temperature
    return found


def softmax(cosines: Rows, temperature: float) -> NDArray[np.float64]:
    """Cosines as shares that sum to 1."""
    scaled = cosines.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    found = np.exp(scaled)
    found /= found.sum(axis=1, keepdims=True)
    result: NDArray[np.float64] = found
    return result
