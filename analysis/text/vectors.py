"""Texts as vectors, behind one interface, so that other encoders can stand in."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis.text.tokens import terms

MOST_TERMS = 20_000


class Encoder(Protocol):
    """Turns texts into rows."""

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> csr_matrix:
        """One row a text, of length 1 or 0."""


class LexicalEncoder:
    """TF-IDF of stems; a stem of one language and the same letters in another are kept apart.

    Attributes
    ----------
    vocabulary_ : ndarray of str
        `language:stem` of each column, after `encode`.
    """

    def __init__(self, *, rarest: int = 2, most_common: float = 0.5) -> None:
        self.rarest = rarest
        self.most_common = most_common

    def encode(self, texts: Sequence[str], languages: Sequence[str]) -> csr_matrix:
        """Fit on these texts and encode them.

        Raises
        ------
        ValueError
            No term is left.
        """
        documents = [
            [f"{lang}:{term}" for term in terms(text, lang)]
            for text, lang in zip(texts, languages, strict=True)
        ]
        vectorizer = TfidfVectorizer(
            analyzer=_as_is,
            min_df=self.rarest if len(texts) > 4 * self.rarest else 1,
            max_df=self.most_common if len(texts) > 20 else 1.0,
            max_features=MOST_TERMS,
            sublinear_tf=True,
        )
        matrix = csr_matrix(vectorizer.fit_transform(documents), dtype=np.float64)
        self.vocabulary_ = vectorizer.get_feature_names_out()
        return matrix


def _as_is(document: list[str]) -> list[str]:
    return document
