"""Groups of people who vote alike, found as Polis finds them, and whether they are there at all.

k-means always finds groups. So the split is shown with its silhouette and with the silhouettes
of the same votes shuffled within each statement, and a group of fewer than five is not shown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from analysis.errors import TooFewAnswers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FEWEST_VOTES = 7
FEWEST_PEOPLE = 10
SMALLEST_GROUP = 5
MOST_GROUPS = 5
MOST_BASES = 100
#: Starts of k-means; the best is kept.
STARTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class OpinionMap:
    """People in the plane in which their votes differ most.

    Attributes
    ----------
    points : ndarray of float64, shape (n, 2)
        Scaled for sparse voters; NaN for people with too few votes.
    centre : ndarray of float64, shape (m,)
        The mean vote on each statement.
    components : ndarray of float64, shape (2, m)
        Unit directions; the largest entry of each is positive.
    explained : tuple of float
        The share of the variance of the filled votes along each.
    """

    points: Floats
    centre: Floats
    components: Floats
    explained: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class OpinionGroups:
    """A split of people into groups who vote alike.

    Attributes
    ----------
    labels : ndarray of int64, shape (n,)
        The group, the largest 0; -1 for people with too few votes.
    sizes : tuple of int
        Members of each group.
    is_suppressed : tuple of bool
        Fewer than 5 members: the group may be counted, never described.
    silhouette : float
        Of the split, in [-1, 1].
    silhouettes : dict of int to float
        For each number of groups tried.
    null : tuple of float
        The best silhouettes of votes shuffled within each statement, ascending.
    p : float
        The share of shuffles at least as clear as the split, (1 + #) / (1 + shuffles).
    opinion_map : OpinionMap
    """

    labels: Ints
    sizes: tuple[int, ...]
    is_suppressed: tuple[bool, ...]
    silhouette: float
    silhouettes: dict[int, float]
    null: tuple[float, ...]
    p: float
    opinion_map: OpinionMap


def opinion_map(
    votes: ArrayLike,
    *,
    moderated_out: ArrayLike | None = None,
    fewest_votes: int = FEWEST_VOTES,
) -> OpinionMap:
    """Lay people out by their votes.

    Parameters
    ----------
    votes : array of float, shape (n, m)
        1 agree, -1 disagree, 0 pass, NaN not seen.
    moderated_out : array of bool, shape (m,), optional
        Statements that were taken out; their votes count as 0.
    fewest_votes : int
        People need as many, or a vote on every statement.

    Returns
    -------
    OpinionMap

    Raises
    ------
    TooFewAnswers
        Fewer than 10 people have enough votes.
    ValueError
        There are fewer than 2 statements, or a vote is none of the four.

    Notes
    -----
    Missing votes are filled with the statement's mean, the statements centred, and the first two
    principal components taken. A person who saw few statements is drawn to the middle by that
    filling; the factor sqrt(m / votes) undoes it.

    References
    ----------
    Small, Bjorkegren, Erkkilä, Shaw & Megill 2021, Recerca 26(2).
    """
    given = np.array(votes, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] < 2:
        raise ValueError("At least two statements are needed, a column each.")
    if not np.isin(given[~np.isnan(given)], (-1.0, 0.0, 1.0)).all():
        raise ValueError("A vote is 1, 0 or -1, or NaN where the statement was not seen.")
    n, m = given.shape
    counts = (~np.isnan(given)).sum(axis=1)
    kept = counts >= min(fewest_votes, m)
    if int(kept.sum()) < FEWEST_PEOPLE:
        raise TooFewAnswers(int(kept.sum()), FEWEST_PEOPLE)
    if moderated_out is not None:
        given[:, np.asarray(moderated_out, dtype=bool)] = 0.0
    filled, centre = _fill(given[kept])
    components, explained = _principal(filled - centre)
    points = np.full((n, 2), np.nan)
    points[kept] = ((filled - centre) @ components.T) * np.sqrt(m / counts[kept])[:, None]
    return OpinionMap(points, centre, components, explained)


def _fill(votes: Floats) -> tuple[Floats, Floats]:
    """Votes with the mean of each statement where one is missing, and the means."""
    seen = ~np.isnan(votes)
    sums = np.where(seen, votes, 0.0).sum(axis=0)
    centre = sums / np.maximum(seen.sum(axis=0), 1)
    return np.where(seen, votes, centre), centre


def _principal(centred: Floats) -> tuple[Floats, tuple[float, float]]:
    values, vectors = np.linalg.eigh(centred.T @ centred)
    components = vectors[:, ::-1][:, :2].T
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(2), largest])
    total = float(values.sum())
    first, second = (
        max(float(value), 0.0) / total if total > 0 else 0.0 for value in values[:-3:-1]
    )
    return components * signs[:, None], (first, second)


def find_opinion_groups(
    votes: ArrayLike,
    *,
    seed: int,
    shuffles: int = 99,
    moderated_out: ArrayLike | None = None,
) -> OpinionGroups:
    """Split people into two to five groups who vote alike.

    Parameters
    ----------
    votes : array of float, shape (n, m)
        1 agree, -1 disagree, 0 pass, NaN not seen.
    seed : int
        Of the starts of k-means and of the shuffles.
    shuffles : int
        How many times the votes on each statement are shuffled among those who saw it.
    moderated_out : array of bool, shape (m,), optional

    Returns
    -------
    OpinionGroups

    Raises
    ------
    TooFewAnswers
        Fewer than 10 people have enough votes, or all vote alike.

    Notes
    -----
    At most 100 base groups by k-means on the map, then k-means with 2 to 5 groups on the bases,
    each as heavy as its people; the number with the best silhouette is kept, the smaller on a
    tie. O(shuffles (n m^2 + 100 n)).

    Examples
    --------
    >>> votes = np.array([[1.0] * 8] * 10 + [[-1.0] * 8] * 6)
    >>> found = find_opinion_groups(votes, seed=1, shuffles=9)
    >>> found.sizes, found.silhouette
    ((10, 6), 1.0)
    """
    # So small fits gain nothing from threads and lose much to each other's.
    with threadpool_limits(limits=1):
        return _found(np.asarray(votes, dtype=np.float64), seed, shuffles, moderated_out)


def _found(
    given: Floats, seed: int, shuffles: int, moderated_out: ArrayLike | None
) -> OpinionGroups:
    plane = opinion_map(given, moderated_out=moderated_out)
    kept = ~np.isnan(plane.points[:, 0])
    best, silhouettes = _split(plane.points[kept], seed)
    random = np.random.default_rng(seed)
    null = []
    for _ in range(shuffles):
        shuffled = opinion_map(_shuffled(given[kept], random), moderated_out=moderated_out)
        null.append(max(_split(shuffled.points, seed)[1].values(), default=-1.0))
    labels = np.full(len(given), -1, dtype=np.int64)
    labels[kept], sizes = _by_size(best)
    score = max(silhouettes.values())
    return OpinionGroups(
        labels=labels,
        sizes=sizes,
        is_suppressed=tuple(size < SMALLEST_GROUP for size in sizes),
        silhouette=score,
        silhouettes=silhouettes,
        null=tuple(sorted(null)),
        p=(1 + sum(value >= score for value in null)) / (1 + shuffles),
        opinion_map=plane,
    )


def _shuffled(votes: Floats, random: np.random.Generator) -> Floats:
    """Each statement's votes dealt anew among those who saw it."""
    found = votes.copy()
    for column in range(votes.shape[1]):
        seen = np.flatnonzero(~np.isnan(votes[:, column]))
        found[seen, column] = votes[random.permutation(seen), column]
    return found


def _split(points: Floats, seed: int) -> tuple[Ints, dict[int, float]]:
    """The best split of the points, and the silhouette of each number of groups tried."""
    bases, of = np.unique(points.round(9), axis=0, return_inverse=True)
    of = of.ravel()
    if len(bases) < 2:
        raise TooFewAnswers(len(bases), 2)
    if len(bases) > MOST_BASES:
        fitted = KMeans(MOST_BASES, n_init=1, random_state=seed).fit(points)
        bases, of = fitted.cluster_centers_, fitted.labels_
    sizes = np.bincount(of, minlength=len(bases)).astype(np.float64)
    distances = np.linalg.norm(bases[:, None, :] - bases[None, :, :], axis=2)
    tried: dict[int, Ints] = {}
    scores: dict[int, float] = {}
    for k in range(2, min(MOST_GROUPS, len(bases)) + 1):
        labels = KMeans(k, n_init=STARTS, random_state=seed).fit_predict(bases, sample_weight=sizes)
        tried[k] = labels.astype(np.int64)
        scores[k] = silhouette(distances, labels, sizes)
    best = max(scores, key=lambda k: (scores[k], -k))
    return tried[best][of], scores


def _by_size(labels: Ints) -> tuple[Ints, tuple[int, ...]]:
    """Groups numbered by size, the largest 0; equals by who comes first."""
    counts = np.bincount(labels)
    firsts = [int(np.flatnonzero(labels == group)[0]) for group in range(len(counts))]
    order = sorted(range(len(counts)), key=lambda group: (-counts[group], firsts[group]))
    places = np.empty(len(counts), dtype=np.int64)
    places[order] = np.arange(len(counts))
    return places[labels], tuple(int(counts[group]) for group in order)


def silhouette(distances: ArrayLike, labels: ArrayLike, sizes: ArrayLike | None = None) -> float:
    """The mean silhouette of a split.

    Parameters
    ----------
    distances : array of float, shape (n, n)
    labels : array of int, shape (n,)
    sizes : array of float, shape (n,), optional
        How many people stand at each point; 1 by default.

    Returns
    -------
    float
        In [-1, 1]; a point alone in its group counts 0.

    References
    ----------
    Rousseeuw 1987, Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> silhouette([[0, 9, 9], [9, 0, 1], [9, 1, 0]], [0, 1, 1], [2, 1, 1])
    0.9444444444444444
    """
    apart = np.asarray(distances, dtype=np.float64)
    of = np.unique(np.asarray(labels), return_inverse=True)[1]
    heavy = np.ones(len(of)) if sizes is None else np.asarray(sizes, dtype=np.float64)
    member = np.eye(int(of.max()) + 1)[of] * heavy[:, None]
    sums, mass = apart @ member, member.sum(axis=0)
    rows = np.arange(len(of))
    own = mass[of]
    inside = sums[rows, of] / np.maximum(own - 1, 1e-300)
    means = sums / mass
    means[rows, of] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    scores = np.divide(outside - inside, larger, out=np.zeros_like(larger), where=larger > 0)
    scores[own <= 1] = 0.0
    return float((scores * heavy).sum() / heavy.sum())
