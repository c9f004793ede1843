"""Groups of characters by TF-IDF, worked out once a word, since people use the same words."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from analysis.text.tokens import normalise

MOST_GROUPS = 40_000
#: Texts that a group stands in, at least; and at most, as a share.
RAREST, MOST_COMMON = 3, 0.5
#: Characters of one text that are split into groups.
LONGEST = 1_000
_SIZES = (3, 5)


class CharacterGroups:
    """Groups of three to five characters within words, ends of words included.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        The column of each group.

    Notes
    -----
    Gives what scikit-learn's `TfidfVectorizer(analyzer="char_wb")` gives: a text's groups are those of its
    words. O(n L) for the words, and the groups of each different word once.
    """

    def fit_transform(self, texts: Sequence[str]) -> csr_matrix:
        """Learn from texts, and give their rows, shape (n, n_groups).

        Raises
        ------
        ValueError
            No group stands in enough texts.
        """
        words, bags = _words(texts)
        vectorizer = CountVectorizer(
            analyzer="char_wb", ngram_range=_SIZES, lowercase=False, dtype=np.float32
        )
        counts = csr_matrix(bags @ vectorizer.fit_transform(words))
        kept = _kept(counts)
        if not len(kept):
            raise ValueError("No group of characters stands in enough texts.")
        names = vectorizer.get_feature_names_out()[kept].tolist()
        self.vocabulary_ = {name: column for column, name in enumerate(names)}
        self._weights = TfidfTransformer(sublinear_tf=True)
        return csr_matrix(self._weights.fit_transform(counts[:, kept]))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """The rows of other texts; groups that were not learned are passed over."""
        words, bags = _words(texts)
        vectorizer = CountVectorizer(
            analyzer="char_wb",
            ngram_range=_SIZES,
            lowercase=False,
            vocabulary=self.vocabulary_,
            dtype=np.float32,
        )
        return csr_matrix(self._weights.transform(bags @ vectorizer.transform(words)))


def _words(texts: Sequence[str]) -> tuple[list[str], csr_matrix]:
    """The different words, and how often each stands in each text."""
    columns: dict[str, int] = {}
    found: list[int] = []
    starts = [0]
    for text in texts:
        found += [
            columns.setdefault(word, len(columns)) for word in normalise(text[:LONGEST]).split()
        ]
        starts.append(len(found))
    bags = csr_matrix(
        (np.ones(len(found), dtype=np.float32), found, starts), shape=(len(texts), len(columns))
    )
    return list(columns), bags


def _kept(counts: csr_matrix) -> np.ndarray:
    """The columns neither rare nor everywhere, the most frequent of them, in their order."""
    n = counts.shape[0]
    texts_with = np.bincount(counts.indices, minlength=counts.shape[1])
    inside = np.flatnonzero((texts_with >= RAREST) & (texts_with <= MOST_COMMON * n))
    if len(inside) > MOST_GROUPS:
        total = np.asarray(counts.sum(axis=0)).ravel()[inside]
        inside = np.sort(inside[np.argsort(-total)[:MOST_GROUPS]])
    return inside
