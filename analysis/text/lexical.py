"""Vectors from the words alone: always there, for every language, learned from the corpus."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis.text.character_groups import CharacterGroups
from analysis.text.directions import directions
from analysis.text.tokens import terms
from analysis.text.word_vectors import WordVectors, unit

MOST_TERMS = 40_000
CHARACTER_WEIGHT = 0.5
#: Over this many texts groups of characters cost more than they add.
MOST_TEXTS_FOR_CHARACTERS = 60_000


class LexicalVectors:
    """Terms and groups of characters by TF-IDF and SVD, beside word vectors of the corpus.

    Parameters
    ----------
    seed : int
    dimensions : int
        Of the SVD; the word vectors add 100.

    Attributes
    ----------
    components_ : ndarray of float32, shape (dimensions, n_terms)

    Notes
    -----
    A stem of one language and the same letters in another are two terms. O(n L) and one sparse
    SVD.

    References
    ----------
    Deerwester et al. 1990 (latent semantic analysis), JASIS 41, 391-407.
    """

    def __init__(self, *, seed: int, dimensions: int = 150) -> None:
        self.seed = seed
        self.dimensions = dimensions

    def fit(self, texts: Sequence[str], languages: Sequence[str]) -> "LexicalVectors":
        """Learn from texts.

        Raises
        ------
        ValueError
            No term stands in two texts.
        """
        self.fit_transform(texts, languages)
        return self

    def fit_transform(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        """Learn from texts, and give their vectors.

        Raises
        ------
        ValueError
            No term stands in two texts.
        """
        documents = _documents(texts, languages)
        rarest = 2
        self._terms = TfidfVectorizer(
            analyzer=_one_and_two,
            min_df=rarest,
            max_df=0.5,
            max_features=MOST_TERMS,
            sublinear_tf=True,
            dtype=np.float32,
        )
        terms = csr_matrix(self._terms.fit_transform(documents))
        matrix = terms
        self._characters: CharacterGroups | None = None
        if len(texts) <= MOST_TEXTS_FOR_CHARACTERS:
            self._characters = CharacterGroups()
            try:
                matrix = _beside(matrix, self._characters.fit_transform(texts))
            except ValueError:
                self._characters = None
        size = min(self.dimensions, min(matrix.shape) - 1)
        if size < 2:
            raise ValueError("Too few terms stand in two texts.")
        self.components_ = directions(matrix, size, seed=self.seed)
        self._words: WordVectors | None = WordVectors(seed=self.seed)
        try:
            self._words.fit(documents)
        except ValueError:
            self._words = None
        return self._vectors(matrix, _rows_with_terms(terms), documents)

    def transform(self, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of texts, of length 1, or 0 where no term is known."""
        documents = _documents(texts, languages)
        terms = csr_matrix(self._terms.transform(documents))
        matrix = terms
        if self._characters is not None:
            matrix = _beside(terms, self._characters.transform(texts))
        return self._vectors(matrix, _rows_with_terms(terms), documents)

    def _vectors(
        self, matrix: csr_matrix, known: NDArray[np.bool_], documents: list[list[str]]
    ) -> NDArray[np.float32]:
        # Groups of characters alone are like something in any text: without a known term there
        # is nothing to go by.
        projected = np.asarray(matrix @ self.components_.T)
        blocks = [unit(np.where(known[:, None], projected, 0.0))]
        if self._words is not None:
            blocks.append(self._words.transform(documents))
        return unit(np.hstack(blocks).astype(np.float32))


def _rows_with_terms(terms: csr_matrix) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.diff(terms.indptr) > 0
    return found


def _beside(matrix: csr_matrix, characters: csr_matrix) -> csr_matrix:
    weighted = characters * np.float32(CHARACTER_WEIGHT)
    return csr_matrix(hstack([matrix, weighted]), dtype=np.float32)


def _documents(texts: Sequence[str], languages: Sequence[str]) -> list[list[str]]:
    return [
        [f"{language}:{term}" for term in terms(text, language)]
        for text, language in zip(texts, languages, strict=True)
    ]


def _one_and_two(document: list[str]) -> list[str]:
    """Terms and pairs of following terms."""
    return document + [f"{a} {b}" for a, b in pairwise(document)]
