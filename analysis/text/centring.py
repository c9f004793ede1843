"""Topics and not languages: each language's mean vector is taken out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.text.word_vectors import unit

#: A language's mean counts as if this many texts of the common mean stood beside its own.
PRIOR_TEXTS = 5.0


@dataclass(slots=True)
class LanguageCentring:
    """Subtract from each vector the mean of its language, shrunk towards the mean of all.

    Parameters
    ----------
    prior : float
        Texts that the common mean is worth; a language with few texts stays near it.

    Attributes
    ----------
    common_ : ndarray of float32, shape (d,)
    means_ : dict of str to ndarray of float32, shape (d,)

    Notes
    -----
    It takes for granted that languages raise a similar mix of topics. Where they do not, a part
    of the difference between them is taken out too.

    References
    ----------
    After Mu & Viswanath 2018, ICLR, "All-but-the-top", with one mean a language.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[1, 0], [0, 1]], dtype=np.float32)
    >>> found = LanguageCentring(prior=0.0).fit(rows, ["en", "fr"]).transform(rows, ["en", "fr"])
    >>> found.tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """

    prior: float = PRIOR_TEXTS
    common_: NDArray[np.float32] = field(init=False)
    means_: dict[str, NDArray[np.float32]] = field(init=False)

    def fit(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> "LanguageCentring":
        """Learn the means from vectors of shape (n, d), n at least 1."""
        self.common_ = vectors.mean(axis=0)
        tags = np.asarray(languages)
        self.means_ = {}
        for tag in sorted(set(languages)):
            own = vectors[tags == tag]
            share = len(own) / (len(own) + self.prior)
            self.means_[tag] = share * own.mean(axis=0) + (1 - share) * self.common_
        return self

    def transform(
        self, vectors: NDArray[np.float32], languages: Sequence[str]
    ) -> NDArray[np.float32]:
        """Centred vectors of length 1; a language not met before is centred by the common mean.

        A vector of zeros (nothing was read) stays one.
        """
        means = np.stack([self.means_.get(tag, self.common_) for tag in languages])
        read = np.any(vectors != 0, axis=1)
        centred = np.where(read[:, None], vectors - means, 0.0)
        return unit(np.asarray(centred, dtype=np.float32))


def language_shares(languages: Sequence[str]) -> dict[str, float]:
    """The share of texts in each language: the chance that another text is in it too.

    Examples
    --------
    >>> language_shares(["en", "en", "en", "fr"])
    {'en': 0.75, 'fr': 0.25}
    """
    tags, counts = np.unique(np.asarray(languages), return_counts=True)
    shares = counts / counts.sum()
    return {str(tag): float(share) for tag, share in zip(tags, shares, strict=True)}
