"""Which topic of one run is which topic of the next: matched by members, then by words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy
from numpy.typing import NDArray

#: Overlap (shared members over members of the smaller) that makes a part of a split or a merge.
PART = 0.35
#: Jaccard index from which two topics are one.
SAME = 0.25


class Change(StrEnum):
    """What became of a topic between two runs."""

    KEPT = "kept"
    SPLIT = "split"
    MERGED = "merged"
    APPEARED = "appeared"
    FADED = "faded"


@dataclass(frozen=True, slots=True)
class Step:
    """One topic's way from the earlier run to the later.

    Attributes
    ----------
    change : Change
    before, after : tuple of int
        Numbers of topics; several in `after` for a split, in `before` for a merge.
    overlap : float
        The Jaccard index of the members that both runs saw, in [0, 1]; 0 for appeared, faded.
    """

    change: Change
    before: tuple[int, ...]
    after: tuple[int, ...]
    overlap: float


@dataclass(frozen=True, slots=True)
class Alignment:
    """Topics of two runs side by side.

    Attributes
    ----------
    pairs : dict of int to int
        From the later number to the earlier one whose name it keeps: at most one each way.
    steps : tuple of Step
        Every topic of both runs once, in the order of the earlier, then of the new ones.
    """

    pairs: dict[int, int]
    steps: tuple[Step, ...]


def align(before: Sequence[int], after: Sequence[int], *, same: float = SAME) -> Alignment:
    """Match the topics of two runs over the texts that both saw.

    Parameters
    ----------
    before, after : sequence of int, length n
        The topic of each shared text in either run; negative where it has none.
    same : float
        The least Jaccard index of a match, in (0, 1].

    Returns
    -------
    Alignment

    Notes
    -----
    The matching that makes the summed Jaccard index largest (Hungarian method); ties go to the
    lower numbers. A matched topic has split when another later topic takes at least `PART` of
    that later topic from it; it has merged when another earlier topic went into it likewise.

    References
    ----------
    Kuhn 1955; Greene, Doyle & Cunningham 2010, ASONAM, section III (events of communities).

    Examples
    --------
    >>> align([0, 0, 1, 1], [1, 1, 0, 0]).pairs
    {0: 1, 1: 0}
    """
    first, second = np.asarray(before, dtype=np.int64), np.asarray(after, dtype=np.int64)
    if first.shape != second.shape:
        raise ValueError("Both runs must speak of the same texts.")
    old, new = np.unique(first[first >= 0]), np.unique(second[second >= 0])
    shared = _shared(first, second, old, new)
    jaccard = _jaccard(shared, first, second, old, new)
    rows, columns = scipy.optimize.linear_sum_assignment(-jaccard)
    pairs = {
        int(new[column]): int(old[row])
        for row, column in zip(rows, columns, strict=True)
        if jaccard[row, column] >= same
    }
    return Alignment(dict(sorted(pairs.items())), _steps(pairs, shared, jaccard, old, new))


def _shared(
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    old: NDArray[np.int64],
    new: NDArray[np.int64],
) -> NDArray[np.float64]:
    found = np.zeros((len(old), len(new)))
    both = (first >= 0) & (second >= 0)
    places = (np.searchsorted(old, first[both]), np.searchsorted(new, second[both]))
    np.add.at(found, places, 1.0)
    return found


def _jaccard(
    shared: NDArray[np.float64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    old: NDArray[np.int64],
    new: NDArray[np.int64],
) -> NDArray[np.float64]:
    sizes_old = np.array([(first == topic).sum() for topic in old], dtype=np.float64)
    sizes_new = np.array([(second == topic).sum() for topic in new], dtype=np.float64)
    union = sizes_old[:, None] + sizes_new[None, :] - shared
    found: NDArray[np.float64] = shared / np.maximum(union, 1.0)
    return found


def _steps(
    pairs: dict[int, int],
    shared: NDArray[np.float64],
    jaccard: NDArray[np.float64],
    old: NDArray[np.int64],
    new: NDArray[np.int64],
) -> tuple[Step, ...]:
    kept = {earlier: later for later, earlier in pairs.items()}
    of_new = shared / np.maximum(shared.sum(axis=0, keepdims=True), 1.0)
    of_old = shared / np.maximum(shared.sum(axis=1, keepdims=True), 1.0)
    children: dict[int, list[int]] = {}
    parents: dict[int, list[int]] = {}
    for column in range(len(new)):
        if int(new[column]) not in pairs and len(old):
            row = int(of_new[:, column].argmax())
            if of_new[row, column] >= PART and int(old[row]) in kept:
                children.setdefault(int(old[row]), []).append(int(new[column]))
    for row in range(len(old)):
        if int(old[row]) not in kept and len(new):
            column = int(of_old[row].argmax())
            if of_old[row, column] >= PART and int(new[column]) in pairs:
                parents.setdefault(int(new[column]), []).append(int(old[row]))
    steps: list[Step] = []
    told = {topic for topics in parents.values() for topic in topics}
    for row, topic in enumerate(old.tolist()):
        if topic in kept:
            later = kept[topic]
            column = int(np.searchsorted(new, later))
            overlap = float(jaccard[row, column])
            steps.append(_matched(topic, later, children, parents, overlap))
        elif topic not in told:
            steps.append(Step(Change.FADED, (topic,), (), 0.0))
    told_new = {topic for topics in children.values() for topic in topics} | set(pairs)
    steps += [Step(Change.APPEARED, (), (t,), 0.0) for t in new.tolist() if t not in told_new]
    return tuple(steps)


def _matched(
    topic: int,
    later: int,
    children: dict[int, list[int]],
    parents: dict[int, list[int]],
    overlap: float,
) -> Step:
    if topic in children:
        return Step(Change.SPLIT, (topic,), (later, *sorted(children[topic])), overlap)
    if later in parents:
        return Step(Change.MERGED, (topic, *sorted(parents[later])), (later,), overlap)
    return Step(Change.KEPT, (topic,), (later,), overlap)
