"""Nearest neighbours by cosine, exact as long as that is quick; each text borrows from its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.cluster import MiniBatchKMeans

from analysis.text.word_vectors import unit

Rows = NDArray[np.float32]
#: Up to this many rows every pair is compared.
EXACT = 40_000
_BLOCK = 1_024
_CELLS_PROBED = 0.12


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each query its nearest rows, the nearest first.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_queries, k)
    similarity : ndarray of float32, shape (n_queries, k)
        Cosines; 0 and less count as no neighbour.
    """

    rows: NDArray[np.int64]
    similarity: Rows


class NeighbourIndex:
    """Rows of length 1 that can be asked for the nearest to others.

    Parameters
    ----------
    seed : int
        Of the cells; exact search draws nothing.
    exact : int
        Rows up to which every pair is compared.

    Attributes
    ----------
    base_ : ndarray of float32, shape (n, d)

    Notes
    -----
    Exact: O(n q d). Above `exact`, an inverted file: the rows fall into about the square root of
    n cells, and a query looks into the nearest eighth of them. Recall of fifteen neighbours is
    written down in docs/methods/topics.md.

    References
    ----------
    Jégou, Douze & Schmid 2011, IEEE TPAMI 33, 117-128, section IV (inverted file).
    """

    def __init__(self, *, seed: int, exact: int = EXACT) -> None:
        self.seed = seed
        self.exact = exact

    def fit(self, base: Rows) -> "NeighbourIndex":
        """Take the rows; they are not copied."""
        self.base_ = base
        self._cells: list[NDArray[np.int64]] | None = None
        if len(base) > self.exact:
            self._split()
        return self

    def _split(self) -> None:
        generator = np.random.default_rng(self.seed)
        n_cells = int(np.sqrt(len(self.base_)))
        sample = generator.permutation(len(self.base_))[: n_cells * 60]
        cells = MiniBatchKMeans(n_cells, random_state=self.seed, n_init=1, batch_size=4096)
        cells.fit(self.base_[np.sort(sample)])
        self._centres = unit(np.asarray(cells.cluster_centers_, dtype=np.float32))
        owner = _argmax_blocks(self.base_, self._centres)
        order = np.argsort(owner, kind="stable")
        starts = np.searchsorted(owner[order], np.arange(n_cells + 1))
        self._cells = [order[starts[c] : starts[c + 1]] for c in range(n_cells)]

    def query(self, rows: Rows, k: int, *, itself: bool = False) -> Nearest:
        """The k nearest of each row.

        Parameters
        ----------
        rows : ndarray of float32, shape (q, d)
        k : int
        itself : bool
            The queries are the base, and no row is its own neighbour.
        """
        found = np.zeros((len(rows), k), dtype=np.int64)
        near = np.full((len(rows), k), -1.0, dtype=np.float32)
        if self._cells is None:
            for start in range(0, len(rows), _BLOCK):
                block = rows[start : start + _BLOCK] @ self.base_.T
                if itself:
                    here = np.arange(len(block))
                    block[here, start + here] = -2.0
                best, similarity = _best(block, k)
                own = slice(start, start + len(block))
                found[own, : best.shape[1]] = best
                near[own, : best.shape[1]] = similarity
            return Nearest(found, near)
        return self._query_cells(rows, k, itself=itself)

    def _query_cells(self, rows: Rows, k: int, *, itself: bool) -> Nearest:
        """Queries of one cell look into the same cells together, so that the work is products."""
        cells = self._cells or []
        found = np.zeros((len(rows), k), dtype=np.int64)
        near = np.full((len(rows), k), -1.0, dtype=np.float32)
        probes = max(8, int(len(cells) * _CELLS_PROBED))
        owner = _argmax_blocks(rows, self._centres)
        between = self._centres @ self._centres.T
        for cell in np.unique(owner):
            queries = np.flatnonzero(owner == cell)
            near_cells = np.argsort(-between[cell], kind="stable")[:probes]
            candidates = np.concatenate([cells[c] for c in near_cells])
            targets = self.base_[candidates].T
            for start in range(0, len(queries), _BLOCK):
                chunk = queries[start : start + _BLOCK]
                block = rows[chunk] @ targets
                if itself:
                    block[candidates[None, :] == chunk[:, None]] = -2.0
                best, similarity = _best(block, k)
                found[chunk, : best.shape[1]] = candidates[best]
                near[chunk, : best.shape[1]] = similarity
        return Nearest(found, near)


def _best(block: Rows, k: int) -> tuple[NDArray[np.int64], Rows]:
    k = min(k, block.shape[1])
    part = np.argpartition(-block, k - 1, axis=1)[:, :k] if k < block.shape[1] else None
    columns = np.tile(np.arange(block.shape[1]), (len(block), 1)) if part is None else part
    columns = np.sort(columns, axis=1)
    values = np.take_along_axis(block, columns, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :k]
    return (
        np.take_along_axis(columns, order, axis=1).astype(np.int64),
        np.take_along_axis(values, order, axis=1),
    )


def _argmax_blocks(rows: Rows, centres: Rows) -> NDArray[np.int64]:
    parts = [
        (rows[start : start + 4 * _BLOCK] @ centres.T).argmax(axis=1)
        for start in range(0, len(rows), 4 * _BLOCK)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def transition(nearest: Nearest, n_base: int) -> csr_matrix:
    """From each row to its neighbours: cosines, rows summing to 1 (or 0 where it has none)."""
    weights = np.maximum(nearest.similarity, 0.0)
    total = weights.sum(axis=1, keepdims=True)
    weights /= np.where(total > 0, total, 1.0)
    n, k = weights.shape
    starts = np.arange(0, n * k + 1, k)
    found = csr_matrix((weights.ravel(), nearest.rows.ravel(), starts), shape=(n, n_base))
    found.eliminate_zeros()
    return found


def smooth(rows: Rows, step: csr_matrix, *, steps: int = 2, keep: float = 0.5) -> Rows:
    """Each row borrows from its neighbours, `steps` times; then length 1 again.

    Parameters
    ----------
    rows : ndarray of float32, shape (n, d)
    step : sparse array, shape (n, n)
        From `transition`.
    keep : float
        What a row keeps of itself at each step, in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.eye(2, dtype=np.float32)
    >>> near = Nearest(np.array([[1], [0]]), np.ones((2, 1), dtype=np.float32))
    >>> [round(float(value), 3) for value in smooth(rows, transition(near, 2), steps=1)[0]]
    [0.707, 0.707]
    """
    found = rows
    own, others = np.float32(keep), np.float32(1 - keep)
    for _ in range(steps):
        found = own * found + others * np.asarray(step @ found, dtype=np.float32)
    return unit(np.asarray(found, dtype=np.float32))
