"""Copies and near-copies of texts, and when they arrived."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.text.tokens import words

#: Two texts are near-copies from this estimated Jaccard index of their word triples on.
SIMILAR = 0.6
#: The same for two texts of `LONG` words or more, which do not share so much by chance; a letter
#: that each sender changed in a few places falls to about this.
SIMILAR_LONG = 0.4
LONG = 20
_HASHES = 64
_BANDS = 32
#: Texts of a band's bucket that a newcomer is compared with.
_COMPARED = 4
_SHINGLE = 3
#: A prime above 2^32, so that a hash of 32 bits times a factor below 2^31 fits 64 bits.
_PRIME = np.uint64(4_294_967_311)
#: Shingles hashed at a time.
_BLOCK = 1 << 18
#: Days over which a burst is looked for.
BURST_DAYS = 3
#: Below this chance, all windows counted, a burst is no accident.
BURST_P = 0.001


@dataclass(frozen=True, slots=True)
class Burst:
    """The days on which most of a family arrived, and how unlike the other answers that is.

    Attributes
    ----------
    first_day, last_day : int
        Both included, in the numbering of the days given.
    count : int
        Members of the family that arrived in them.
    expected : float
        How many would have, at the pace of all other answers.
    p : float
        The chance of as many or more in any such window, in [0, 1].
    """

    first_day: int
    last_day: int
    count: int
    expected: float
    p: float


def find_families(texts: Sequence[str], *, seed: int) -> tuple[int, ...]:
    """For each text the position of the first text that it is a copy or near-copy of.

    Parameters
    ----------
    texts : sequence of str, length n
    seed : int
        Of the hash functions.

    Returns
    -------
    tuple of int, length n
        A text that is like no earlier one has its own position.

    Notes
    -----
    Texts with the same words are one. The others are compared by MinHash over sets of three
    following words, in `_BANDS` bands of `_HASHES` / `_BANDS` rows; those that meet in a band
    are joined when the estimated Jaccard index reaches `SIMILAR`, or `SIMILAR_LONG`. Families are unions, so the
    first and the last of a chain may differ more. O(n L).

    References
    ----------
    Broder 1997, "On the resemblance and containment of documents", sections 3 and 4; Leskovec,
    Rajaraman & Ullman 2020, *Mining of Massive Datasets*, section 3.4 (bands).

    Examples
    --------
    >>> find_families(["Stop it now!", "other words here", "stop it, now"], seed=1)
    (0, 1, 0)
    """
    as_words: dict[str, str] = {}
    groups: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        if text not in as_words:
            as_words[text] = " ".join(words(text, "und"))
        groups.setdefault(as_words[text], []).append(index)
    # Texts of which no word is left are like nothing but themselves.
    bare = groups.pop("", [])
    distinct = list(groups)
    family = [0] * len(texts)
    for index in bare:
        family[index] = index
    for number, root in enumerate(_join_similar(distinct, seed)):
        for index in groups[distinct[number]]:
            family[index] = groups[distinct[root]][0]
    return tuple(family)


def find_burst(
    member_days: Sequence[int], other_days: Sequence[int], *, days: int = BURST_DAYS
) -> Burst | None:
    """Whether a family arrived in a burst that the other answers did not.

    Parameters
    ----------
    member_days, other_days : sequence of int
        The day on which each member, and each other answer, arrived.
    days : int
        The length of the window.

    Returns
    -------
    Burst or None
        The window with the most members (the earliest of several), where so many there are
        less likely than `BURST_P`; else None.

    Raises
    ------
    ValueError
        The window is shorter than a day.

    Notes
    -----
    A scan over all windows that begin with a member. Each is compared with the share of other
    answers in the same window, half a window's even share added so that a quiet window is not
    impossible; the chance is binomial and multiplied by the number of windows (Bonferroni).
    O(m log(m + n)).

    References
    ----------
    Glaz, Naus & Wallenstein 2001, *Scan Statistics*, chapter 1.

    Examples
    --------
    >>> find_burst([10] * 12 + [11] * 8, list(range(60)) * 5).count
    20
    >>> find_burst([1, 20, 40], list(range(60)) * 5) is None
    True
    """
    if days < 1:
        raise ValueError("A window has at least one day.")
    members = np.sort(np.asarray(member_days, dtype=np.int64))
    others = np.sort(np.asarray(other_days, dtype=np.int64))
    if len(members) < 2 or len(others) == 0:
        return None
    starts = np.unique(members)
    inside = np.searchsorted(members, starts + days) - np.searchsorted(members, starts)
    best = int(np.argmax(inside))
    start, count = int(starts[best]), int(inside[best])
    first = min(int(members[0]), int(others[0]))
    span = max(int(members[-1]), int(others[-1])) - first + 1
    even = min(1.0, days / span)
    near = int(np.searchsorted(others, start + days) - np.searchsorted(others, start))
    share = min(1.0, (near + even / 2) / (len(others) + 0.5))
    windows = max(1, math.ceil(span / days))
    p = min(1.0, float(scipy.stats.binom.sf(count - 1, len(members), share)) * windows)
    if p >= BURST_P:
        return None
    last = int(members[np.searchsorted(members, start + days) - 1])
    return Burst(start, last, count, share * len(members), p)


def _join_similar(distinct: Sequence[str], seed: int) -> list[int]:
    """Union of all pairs that are alike; each text's root."""
    parent = list(range(len(distinct)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    signatures = _signatures(distinct, seed)
    long = np.array([text.count(" ") + 1 >= LONG for text in distinct], dtype=np.bool_)
    rows = _HASHES // _BANDS
    for band in range(_BANDS):
        buckets: dict[bytes, list[int]] = {}
        keys = np.ascontiguousarray(signatures[:, band * rows : (band + 1) * rows])
        for index, key in enumerate(keys):
            met = buckets.setdefault(key.tobytes(), [])
            for other in met:
                if root(other) == root(index):
                    break
                enough = SIMILAR_LONG if long[other] and long[index] else SIMILAR
                if np.mean(signatures[other] == signatures[index]) >= enough:
                    low, high = sorted((root(other), root(index)))
                    parent[high] = low
                    break
            else:
                if len(met) < _COMPARED:
                    met.append(index)
    return [root(index) for index in range(len(distinct))]


def _signatures(distinct: Sequence[str], seed: int) -> NDArray[np.uint64]:
    """The least hash of each text's shingles under each hash function."""
    generator = np.random.default_rng(seed)
    factors = generator.integers(1, 1 << 31, _HASHES, dtype=np.uint64)
    offsets = generator.integers(0, 1 << 31, _HASHES, dtype=np.uint64)
    found = np.zeros((len(distinct), _HASHES), dtype=np.uint64)
    start = 0
    while start < len(distinct):
        hashes: list[int] = []
        begins: list[int] = []
        stop = start
        while stop < len(distinct) and (stop == start or len(hashes) < _BLOCK):
            begins.append(len(hashes))
            hashes.extend(_shingles(distinct[stop]))
            stop += 1
        shingles = np.array(hashes, dtype=np.uint64)
        for number in range(_HASHES):
            hashed = (shingles * factors[number] + offsets[number]) % _PRIME
            found[start:stop, number] = np.minimum.reduceat(hashed, begins)
        start = stop
    return found


def _shingles(text: str) -> list[int]:
    parts = text.split()
    grams = {
        " ".join(parts[place : place + _SHINGLE])
        for place in range(max(1, len(parts) - _SHINGLE + 1))
    }
    return [zlib.crc32(gram.encode()) for gram in grams]
