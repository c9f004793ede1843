"""A coder that learns a codebook from the answers people have coded."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

from analysis.errors import TooFewAnswers
from analysis.text.coding import Coding, checked, decide, unit_rows, zero_shot

#: Coded answers that raise a theme, and as many that do not, before anything is learned of it.
FEWEST_CODED = 2


class ThemeCoder:
    """Learns which answers raise which themes, and says how sure it is.

    Parameters
    ----------
    strength : float
        The inverse of the penalty on each theme's weights.
    seed : int

    Attributes
    ----------
    n_themes_ : int
    is_learned_ : ndarray of bool, shape (t,)
        Themes with enough coded answers; the others are read from their names where those were
        given, else not at all.
    thresholds_ : ndarray of float64, shape (t,)

    Examples
    --------
    >>> coder = ThemeCoder(seed=1).fit(
    ...     [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]], [[1], [1], [0], [0]])
    >>> coder.predict_proba([[1.0, 0.1], [0.1, 1.0]])[:, 0].round().tolist()
    [1.0, 0.0]
    """

    def __init__(self, *, strength: float = 10.0, seed: int) -> None:
        self.strength = strength
        self.seed = seed

    def fit(
        self, vectors: ArrayLike, labels: ArrayLike, theme_vectors: ArrayLike | None = None
    ) -> Self:
        """Learn from coded answers.

        Parameters
        ----------
        vectors : array of float, shape (n, d)
            All answers, coded or not.
        labels : array of float, shape (n, t)
            1 where a person coded that the answer raises the theme, 0 that it does not, NaN
            where nobody said.
        theme_vectors : array of float, shape (t, d), optional
            The themes' names, of which themes without enough coded answers are read.

        Raises
        ------
        TooFewAnswers
            No theme has enough coded answers, and there are no names either.
        ValueError
            Shapes do not fit, or a label is not 0, 1 or NaN.
        """
        answers = checked(vectors, "Answers")
        table = np.asarray(labels, dtype=np.float64)
        if table.ndim != 2 or len(table) != len(answers):
            raise ValueError("Labels need one row an answer and one column a theme.")
        if not np.isin(table[~np.isnan(table)], (0.0, 1.0)).all():
            raise ValueError("A label is 0, 1, or NaN where nobody coded.")
        self.n_themes_ = table.shape[1]
        self._names = None if theme_vectors is None else checked(theme_vectors, "Themes")
        if self._names is not None and len(self._names) != self.n_themes_:
            raise ValueError("Each theme needs one vector.")
        self._mean = answers.mean(axis=0) if len(answers) else np.zeros(answers.shape[1])
        rows = self._features(answers)
        self._models = [self._learn(rows, column) for column in table.T]
        self.is_learned_ = np.array([model is not None for model in self._models], dtype=np.bool_)
        self.thresholds_ = np.full(self.n_themes_, 0.5)
        if self._names is None and not self.is_learned_.any():
            raise TooFewAnswers(n=int(np.nansum(table)), needed=FEWEST_CODED)
        return self

    def _learn(
        self, rows: NDArray[np.float64], column: NDArray[np.float64]
    ) -> LogisticRegression | None:
        coded = ~np.isnan(column)
        raised = int(column[coded].sum())
        if min(raised, int(coded.sum()) - raised) < FEWEST_CODED:
            return None
        model = LogisticRegression(C=self.strength, max_iter=500, random_state=self.seed)
        return model.fit(rows[coded], column[coded])

    def _features(self, answers: NDArray[np.float64]) -> NDArray[np.float64]:
        return unit_rows(np.where(np.any(answers != 0, axis=1)[:, None], answers - self._mean, 0.0))

    def predict_proba(self, vectors: ArrayLike) -> NDArray[np.float64]:
        """How sure it is that each answer raises each theme.

        Parameters
        ----------
        vectors : array of float, shape (n, d)

        Returns
        -------
        ndarray of float64, shape (n, t)
            In [0, 1]; NaN for answers without a vector and themes of which nothing is known.
        """
        answers = checked(vectors, "Answers")
        found = np.full((len(answers), self.n_themes_), np.nan)
        if len(answers) == 0:
            return found
        if self._names is not None:
            found[:] = zero_shot(answers, self._names).probability
        rows = self._features(answers)
        for theme, model in enumerate(self._models):
            if model is not None:
                found[:, theme] = model.predict_proba(rows)[:, 1]
        found[~np.any(answers != 0, axis=1)] = np.nan
        return found

    def code(self, vectors: ArrayLike) -> Coding:
        """Themes of each answer at the thresholds that fitting set."""
        answers = checked(vectors, "Answers")
        probability = self.predict_proba(answers)
        highest = np.max(np.nan_to_num(probability, nan=0.0), axis=1, initial=0.0)
        return decide(
            probability,
            self.thresholds_,
            is_read=np.any(answers != 0, axis=1),
            is_near=highest >= self.thresholds_.min(initial=1.0) / 2,
            is_calibrated=bool(self.is_learned_.all()),
        )
