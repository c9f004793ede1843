"""Word vectors learned from the corpus itself, and their weighted mean as a text's vector."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from sklearn.utils.extmath import randomized_svd

MOST_WORDS = 15_000
RAREST = 2
WINDOW = 8
#: Terms of one text that are counted; the rest of a very long one would drown the others.
LONGEST = 300
_SMOOTHING = 0.75
_SIF = 1e-3


class WordVectors:
    """Word vectors from positive pointwise mutual information, averaged into text vectors.

    Parameters
    ----------
    dimensions : int
    seed : int

    Attributes
    ----------
    vocabulary_ : dict of str to int
    vectors_ : ndarray of float32, shape (n_words, dimensions)
    weights_ : ndarray of float32, shape (n_words,)
        Rare words count more (smooth inverse frequency).
    common_ : ndarray of float32, shape (dimensions,)
        The direction that all texts share; it is taken out.

    References
    ----------
    Levy, Goldberg & Dagan 2015, TACL 3, 211-225, sections 3-4 (shifted PPMI, context
    smoothing, singular values to the power one half); Arora, Liang & Ma 2017, ICLR, algorithm 1.
    """

    def __init__(self, dimensions: int = 100, *, seed: int) -> None:
        self.dimensions = dimensions
        self.seed = seed

    def fit(self, documents: Sequence[Sequence[str]]) -> "WordVectors":
        """Learn from texts as lists of terms.

        Raises
        ------
        ValueError
            Fewer than three words stand in two texts.
        """
        counts: dict[str, int] = {}
        for document in documents:
            for term in document[:LONGEST]:
                counts[term] = counts.get(term, 0) + 1
        kept = sorted(
            (term for term, count in counts.items() if count >= RAREST),
            key=lambda term: (-counts[term], term),
        )[:MOST_WORDS]
        if len(kept) < 3:
            raise ValueError("Too few words stand in two texts.")
        self.vocabulary_ = {term: place for place, term in enumerate(kept)}
        frequency = np.array([counts[term] for term in kept], dtype=np.float64)
        self.weights_ = (_SIF / (_SIF + frequency / frequency.sum())).astype(np.float32)
        size = min(self.dimensions, len(kept) - 1)
        u, s, _v = randomized_svd(_ppmi(self._pairs(documents)), size, random_state=self.seed)
        self.vectors_ = (u * np.sqrt(s)).astype(np.float32)
        mean = self._mean(documents)
        self.common_ = _first_direction(mean)
        return self

    def transform(self, documents: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """The vectors of texts, of length 1, or 0 where no word is known."""
        mean = self._mean(documents)
        mean -= np.outer(mean @ self.common_, self.common_)
        return unit(mean)

    def _ids(self, document: Sequence[str]) -> list[int]:
        get = self.vocabulary_.get
        return [place for term in document[:LONGEST] if (place := get(term)) is not None]

    def _mean(self, documents: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        ids = [self._ids(document) for document in documents]
        starts = np.cumsum([0, *map(len, ids)])
        columns = np.fromiter((i for row in ids for i in row), dtype=np.int64, count=starts[-1])
        bags = csr_matrix(
            (self.weights_[columns], columns, starts), shape=(len(ids), len(self.vocabulary_))
        )
        return np.asarray(bags @ self.vectors_, dtype=np.float32)

    def _pairs(self, documents: Sequence[Sequence[str]]) -> csr_matrix:
        """How often two words stand within `WINDOW` words of each other."""
        ids = [self._ids(document) for document in documents]
        lengths = np.array([len(row) for row in ids], dtype=np.int64)
        flat = np.fromiter((i for row in ids for i in row), dtype=np.int64, count=lengths.sum())
        owner = np.repeat(np.arange(len(ids)), lengths)
        size = len(self.vocabulary_)
        nothing = np.zeros(0, dtype=np.int64)
        total = csr_matrix((np.zeros(0, dtype=np.float32), (nothing, nothing)), shape=(size, size))
        for step in range(1, WINDOW + 1):
            if step >= len(flat):
                break
            same = owner[step:] == owner[:-step]
            left, right = flat[:-step][same], flat[step:][same]
            ones = np.full(len(left), 1.0, dtype=np.float32)
            total = total + csr_matrix((ones, (left, right)), shape=(size, size))
        return csr_matrix(total + total.T)


def _ppmi(pairs: csr_matrix) -> csr_matrix:
    rows = np.asarray(pairs.sum(axis=1)).ravel().astype(np.float64)
    context = np.power(rows, _SMOOTHING)
    context /= max(context.sum(), 1.0)
    safe_rows = np.where(rows > 0, 1 / np.where(rows > 0, rows, 1), 0)
    safe_context = np.where(context > 0, 1 / np.where(context > 0, context, 1), 0)
    ratio = csr_matrix(diags_array(safe_rows) @ pairs @ diags_array(safe_context))
    ratio.data = np.maximum(np.log(np.maximum(ratio.data, 1e-12)), 0).astype(np.float32)
    ratio.eliminate_zeros()
    return ratio.astype(np.float32)


def _first_direction(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    gram = rows.T.astype(np.float64) @ rows
    _values, vectors = np.linalg.eigh(gram)
    first: NDArray[np.float32] = vectors[:, -1].astype(np.float32)
    return first


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; rows of length 0 stay so."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    found = rows / np.where(norms > 1e-12, norms, 1.0)
    return np.asarray(found, dtype=np.float32)
