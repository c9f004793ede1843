"""Short answers borrow from answers like them, so that three words are read with some company."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.text.coding import mean_of_read, unit_rows
from analysis.text.neighbours import Nearest, NeighbourIndex, transition

#: Answers that one borrows from.
NEIGHBOURS = 15
#: Each step keeps half of what an answer is.
STEPS = 2
KEEP = 0.5
#: Answers to borrow from; of more a sample serves as well.
MOST_BASE = 10_000
#: Vectors nearer than this are copies, which say nothing new about each other.
_COPY = 1 - 1e-6


class Borrowing:
    """Smooths vectors over the nearest vectors of a base.

    Parameters
    ----------
    neighbours, steps : int
    seed : int
        Of the sample where the base is large.

    Attributes
    ----------
    mean_ : ndarray of float64, shape (d,)
    levels_ : tuple of ndarray of float32, shape (m, d)
        The base before each step.

    Notes
    -----
    One step replaces a row by half of itself and half of the mean of its nearest rows, each
    weighing by its cosine. Copies of a row are no neighbours of it: a campaign would otherwise
    borrow from itself alone. Rows that were in the base and rows that were not are treated
    alike, so that new answers need no new fit. O(n m d) for n rows and a base of m.

    References
    ----------
    Zhou et al. 2003, "Learning with local and global consistency" (the iteration).

    Examples
    --------
    >>> smooth = Borrowing(neighbours=1, seed=1).fit(np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]]))
    >>> smooth.transform(np.array([[1.0, 0.1]])).shape
    (1, 4)
    """

    def __init__(self, *, neighbours: int = NEIGHBOURS, steps: int = STEPS, seed: int) -> None:
        self.neighbours = neighbours
        self.steps = steps
        self.seed = seed

    def fit(self, base: NDArray[np.floating]) -> Self:
        """Keep the base that later rows borrow from."""
        self.mean_ = mean_of_read(base)
        # Of copies one is enough to borrow from.
        distinct: dict[bytes, int] = {}
        for row in np.flatnonzero(np.any(base != 0, axis=1)).tolist():
            distinct.setdefault(base[row].tobytes(), row)
        read = np.fromiter(distinct.values(), dtype=np.intp, count=len(distinct))
        if len(read) > MOST_BASE:
            chosen = np.random.default_rng(self.seed).permutation(len(read))[:MOST_BASE]
            read = read[np.sort(chosen)]
        rows = self._centred(base[read])
        levels = [rows]
        for _step in range(self.steps - 1):
            levels.append(self._smooth(rows, levels))
        self.levels_ = tuple(levels)
        return self

    def transform(self, rows: NDArray[np.floating]) -> NDArray[np.float64]:
        """Each row as it is and as its neighbourhood sees it, both at length 1, side by side.

        Parameters
        ----------
        rows : ndarray of float64, shape (n, d)

        Returns
        -------
        ndarray of float64, shape (n, 2 d)
            Zeros for rows of zeros.
        """
        own = self._centred(rows)
        found = np.hstack([own, self._smooth(own, self.levels_)]).astype(np.float64)
        found[~np.any(rows != 0, axis=1)] = 0.0
        return found

    def lend(self, values: NDArray[np.float64], rows: NDArray[np.floating]) -> NDArray[np.float64]:
        """What answers are thought to raise, half from their own and half from their neighbours.

        Parameters
        ----------
        values : ndarray of float64, shape (n, t)
            Finite, of the same rows in the same order; the base is these rows.
        rows : ndarray of float64, shape (n, d)

        Returns
        -------
        ndarray of float64, shape (n, t)
        """
        own = self._centred(rows)
        step = self._step(own, own)
        found = values
        for _turn in range(2 * self.steps):
            found = KEEP * values + (1 - KEEP) * np.asarray(step @ found, dtype=np.float64)
        return found

    def _centred(self, rows: NDArray[np.floating]) -> NDArray[np.float32]:
        there = np.any(rows != 0, axis=1)[:, None]
        moved = np.where(there, np.asarray(rows, dtype=np.float64) - self.mean_, 0.0)
        return unit_rows(moved).astype(np.float32)

    def _smooth(
        self, rows: NDArray[np.float32], levels: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """As many steps as there are levels of the base."""
        if len(levels[0]) == 0:
            return rows
        step = self._step(rows, levels[0])
        found = rows
        for level in levels:
            borrowed = np.asarray(step @ level, dtype=np.float32)
            found = np.float32(KEEP) * found + np.float32(1 - KEEP) * borrowed
        return np.asarray(unit_rows(found.astype(np.float64)), dtype=np.float32)

    def _step(self, rows: NDArray[np.float32], base: NDArray[np.float32]) -> csr_matrix:
        """From each row to its nearest in the base that are no copies of it."""
        index = NeighbourIndex(seed=self.seed).fit(base)
        nearest = index.query(rows, self.neighbours + 1)
        similarity = nearest.similarity.copy()
        copies = similarity > _COPY
        similarity[copies] = 0.0
        # A row that has no copy in the base gets no neighbour more than one that has.
        similarity[~copies.any(axis=1), -1] = 0.0
        return transition(Nearest(nearest.rows, similarity), len(base))
