"""The space in which topics are looked for: meaning and words of a text, and of its neighbours."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.text.centring import LanguageCentring, language_shares
from analysis.text.lexical import LexicalVectors
from analysis.text.neighbours import Nearest, NeighbourIndex, transition
from analysis.text.word_vectors import unit

Rows = NDArray[np.float32]
LEXICAL_WEIGHT = 1.0
DIMENSIONS = 64
NEIGHBOURS = 15
STEPS = 3
_KEEP = np.float32(0.5)
#: The share of a normal distribution below minus one deviation, and the most deviations asked for.
_BELOW = 0.1587
_MOST_DEVIATIONS = 3.0
_PAIRS = 20_000
#: Neighbours that tell whether a text is like any other.
_NEAREST = 5


class TextSpace:
    """Texts of one or several languages as points, near each other where they say alike.

    Parameters
    ----------
    seed : int
    lexical_weight : float
        Of words against sentence vectors; in each language times the share of texts in it, since
        words say something about pairs of texts of one language only.
    dimensions, neighbours, steps : int

    Attributes
    ----------
    rows_ : ndarray of float32, shape (n, d)
        The fitted texts, each having borrowed from its neighbours.
    base_ : ndarray of float32, shape (n, d)
        The same before borrowing.
    step_ : sparse matrix, shape (n, n)
        From each text to its neighbours.
    chance_ : float
        The cosine to its five nearest that a text would reach among as many unrelated ones: the
        middle of all pairs, and as many deviations as five in n are rare (at most 3). One
        deviation is the distance to the lower one, since the upper half holds related pairs.

    References
    ----------
    Hotelling 1933 (principal components); Zhu & Ghahramani 2002, CMU-CALD-02-107 (borrowing
    along a graph of neighbours). The weights were chosen as docs/methods/topics.md tells.
    """

    def __init__(
        self,
        *,
        seed: int,
        lexical_weight: float = LEXICAL_WEIGHT,
        dimensions: int = DIMENSIONS,
        neighbours: int = NEIGHBOURS,
        steps: int = STEPS,
    ) -> None:
        self.seed = seed
        self.lexical_weight = lexical_weight
        self.dimensions = dimensions
        self.neighbours = neighbours
        self.steps = steps

    def fit(
        self, texts: Sequence[str], languages: Sequence[str], sentences: Rows | None
    ) -> "TextSpace":
        """Learn from texts.

        Parameters
        ----------
        texts, languages : sequence of str, length n
        sentences : ndarray of float32, shape (n, s), optional
            Sentence vectors; without them words alone decide.

        Raises
        ------
        ValueError
            Nothing is shared between any two texts.
        """
        shares = language_shares(languages)
        self._weights = {tag: self.lexical_weight * share for tag, share in shares.items()}
        self._centring = None if sentences is None else LanguageCentring().fit(sentences, languages)
        try:
            lexical = LexicalVectors(seed=self.seed)
            words: Rows | None = lexical.fit_transform(texts, languages)
            self._lexical: LexicalVectors | None = lexical
        except ValueError:
            if sentences is None:
                raise
            words, self._lexical = None, None
        blocks = self._blocks(words, languages, sentences)
        self._mean = blocks.mean(axis=0)
        self._axes = _principal(blocks - self._mean, self.dimensions)
        self.base_ = self._project(blocks)
        self._index = NeighbourIndex(seed=self.seed).fit(self.base_)
        nearest = self._index.query(self.base_, self._k(len(texts)), itself=True)
        self.nearness_ = _mean_similarity(nearest)
        self.step_ = transition(nearest, len(texts))
        self._history = _histories(self.base_, self.step_, self.steps)
        self.rows_ = unit(self._history[-1])
        self.chance_ = _chance(self.base_, self.seed)
        return self

    def _project(self, blocks: Rows) -> Rows:
        """A text of which nothing was read lies nowhere, at 0, and not opposite the mean."""
        read = np.any(blocks != 0, axis=1)
        projected = (blocks - self._mean) @ self._axes
        return unit(np.where(read[:, None], projected, np.float32(0)))

    def _k(self, n: int) -> int:
        """Few texts have few true neighbours."""
        return max(2, min(self.neighbours, n // 6))

    def transform(
        self, texts: Sequence[str], languages: Sequence[str], sentences: Rows | None
    ) -> tuple[Rows, Rows]:
        """Where new texts lie, and how near their neighbours are.

        Returns
        -------
        rows : ndarray of float32, shape (m, d)
        nearness : ndarray of float32, shape (m,)
            The mean cosine to the five nearest of the fitted texts.
        """
        if not len(texts):
            return np.zeros((0, self.base_.shape[1]), np.float32), np.zeros(0, np.float32)
        words = None if self._lexical is None else self._lexical.transform(texts, languages)
        blocks = self._blocks(words, languages, sentences)
        found = self._project(blocks)
        nearest = self._index.query(found, self._k(len(self.base_)))
        step = transition(nearest, len(self.base_))
        for earlier in self._history[:-1]:
            found = _KEEP * found + (1 - _KEEP) * np.asarray(step @ earlier, dtype=np.float32)
        return unit(found), _mean_similarity(nearest)

    def _blocks(self, words: Rows | None, languages: Sequence[str], sentences: Rows | None) -> Rows:
        blocks = []
        if self._centring is not None and sentences is not None:
            blocks.append(self._centring.transform(sentences, languages))
        if words is not None:
            weights = [self._weights.get(tag, 0.0) if blocks else 1.0 for tag in languages]
            blocks.append(words * np.array(weights, dtype=np.float32)[:, None])
        return np.hstack(blocks)


def _principal(rows: Rows, dimensions: int) -> Rows:
    """The directions along which the rows differ most; their signs by the largest entry."""
    gram = rows.T.astype(np.float64) @ rows
    _values, vectors = np.linalg.eigh(gram)
    axes = vectors[:, ::-1][:, : min(dimensions, *rows.shape)]
    largest = np.abs(axes).argmax(axis=0)
    signs = np.sign(axes[largest, np.arange(axes.shape[1])])
    found: Rows = (axes * np.where(signs == 0, 1.0, signs)).astype(np.float32)
    return found


def _histories(base: Rows, step: csr_matrix, steps: int) -> list[Rows]:
    """The rows before the first step and after each."""
    found = [base]
    for _ in range(steps):
        last = found[-1]
        found.append(_KEEP * last + (1 - _KEEP) * np.asarray(step @ last, dtype=np.float32))
    return found


def _mean_similarity(nearest: Nearest) -> Rows:
    """Over the few nearest: a small topic has no fifteen texts."""
    found: Rows = np.maximum(nearest.similarity[:, :_NEAREST], 0.0).mean(axis=1)
    return found


def _chance(base: Rows, seed: int) -> float:
    generator = np.random.default_rng(seed)
    left = generator.integers(0, len(base), _PAIRS)
    right = generator.integers(0, len(base), _PAIRS)
    different = left != right
    cosines = np.einsum("ij,ij->i", base[left[different]], base[right[different]])
    if not len(cosines):
        return 1.0
    middle, low = np.quantile(cosines, [0.5, _BELOW])
    rare = min(0.5, _NEAREST / len(base))
    deviations = min(_MOST_DEVIATIONS, NormalDist().inv_cdf(1 - rare))
    return float(middle + deviations * (middle - low))
