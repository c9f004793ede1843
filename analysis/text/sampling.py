"""Which texts topics are learned from when there are more than learning needs."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def stratified_sample(strata: Sequence[Hashable], n: int, *, seed: int) -> NDArray[np.int64]:
    """Draw texts so that small groups shape topics too.

    Parameters
    ----------
    strata : sequence, length m
        The group of each text, such as (region, sector).
    n : int
        Texts wanted; all of them when m <= n.
    seed : int

    Returns
    -------
    ndarray of int64, sorted, shape (min(n, m),)

    Notes
    -----
    A group gets texts in proportion to the square root of its size and never more than it has;
    what is left over goes round again. Power allocation with exponent one half.

    References
    ----------
    Bankier 1988, The American Statistician 42, 174-177.

    Examples
    --------
    >>> rows = stratified_sample(["a"] * 900 + ["b"] * 100, 200, seed=1)
    >>> int((rows >= 900).sum())
    50
    """
    size = len(strata)
    if size <= n:
        return np.arange(size, dtype=np.int64)
    members: dict[Hashable, list[int]] = {}
    for row, stratum in enumerate(strata):
        members.setdefault(stratum, []).append(row)
    names = list(members)
    sizes = np.array([len(members[name]) for name in names])
    quota = _allocate(sizes, n)
    generator = np.random.default_rng(seed)
    chosen = [
        generator.permutation(np.array(members[name], dtype=np.int64))[:wanted]
        for name, wanted in zip(names, quota.tolist(), strict=True)
    ]
    return np.sort(np.concatenate(chosen))


def _allocate(sizes: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Whole numbers that sum to n; the largest remainders round up, ties by place."""
    quota = np.zeros(len(sizes), dtype=np.int64)
    while (left := n - int(quota.sum())) > 0:
        room = sizes - quota
        weight = np.where(room > 0, np.sqrt(sizes), 0.0)
        share = left * weight / weight.sum()
        step = np.minimum(np.floor(share).astype(np.int64), room)
        if step.sum() == 0:
            order = np.lexsort((np.arange(len(sizes)), -(share - np.floor(share))))
            open_places = [place for place in order if room[place] > 0][:left]
            step[open_places] = 1
        quota += step
    return quota
