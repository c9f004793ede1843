"""A coder that learns a codebook from the answers people have coded."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression

from analysis.errors import TooFewAnswers
from analysis.text.borrowing import Borrowing
from analysis.text.calibration import calibrate, choose_thresholds
from analysis.text.coding import (
    Coding,
    checked,
    decide,
    name_likeness,
    reaches_half,
    zero_shot,
)

#: Coded answers that raise a theme, and as many that do not, before anything is learned of it.
FEWEST_CODED = 2
#: How much likeness to a theme's name counts beside the answer's vector of length 1.
NAME_WEIGHT = 0.3
#: The inverse of the penalty on weights; wide around it nothing changes (docs/methods/coding.md).
STRENGTH = 30.0
#: Coded answers of a random sample, from which on probabilities are set right by it alone.
FEWEST_BY_CHANCE = 30
FOLDS = 5
_BLOCK = 5_000
#: Cosines to names spread about this far around their mean, whatever the encoder.
_SPREAD = 0.15


class ThemeCoder:
    """Learns which answers raise which themes, and says how sure it is.

    For each theme a logistic regression on the answer's vector, on what the nearest answers
    lend it (`analysis.text.borrowing`), and on its likeness to the theme's name.

    Parameters
    ----------
    strength : float
        The inverse of the penalty on each theme's weights.
    seed : int
        Of the folds, and of the sample of neighbours where there are many answers.

    Attributes
    ----------
    n_themes_ : int
    is_learned_ : ndarray of bool, shape (t,)
        Themes with enough coded answers; the others are read from their names where those were
        given, else not at all.
    calibration_ : Calibration
        From coded answers that the model of their fold had not seen.
    thresholds_ : ndarray of float64, shape (t,)

    Examples
    --------
    >>> coder = ThemeCoder(seed=1).fit(
    ...     [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]], [[1], [1], [0], [0]])
    >>> found = coder.predict_proba([[1.0, 0.1], [0.1, 1.0]])[:, 0]
    >>> bool(found[0] > 0.5 > found[1])
    True
    """

    def __init__(self, *, strength: float = STRENGTH, seed: int) -> None:
        self.strength = strength
        self.seed = seed

    def fit(
        self,
        vectors: ArrayLike,
        labels: ArrayLike,
        theme_vectors: ArrayLike | None = None,
        *,
        borrowing: Borrowing | None = None,
        by_chance: ArrayLike | None = None,
    ) -> Self:
        """Learn from coded answers.

        Parameters
        ----------
        vectors : array of float, shape (n, d)
            All answers, coded or not: those that are not coded lend to those that are.
        labels : array of float, shape (n, t)
            1 where a person coded that the answer raises the theme, 0 that it does not, NaN
            where nobody said.
        theme_vectors : array of float, shape (t, d), optional
            The themes' names.
        borrowing : Borrowing, optional
            Fitted on these vectors before, where several coders learn among the same answers.
        by_chance : array of bool, shape (n,), optional
            The answers of a random sample, the audit. From `FEWEST_BY_CHANCE` coded ones on
            probabilities and thresholds are set right by them alone, each said by a model that
            had not seen it: examples that were looked for make rare themes look frequent.

        Raises
        ------
        TooFewAnswers
            No theme has enough coded answers, and there are no names either.
        ValueError
            Shapes do not fit, or a label is not 0, 1 or NaN.
        """
        answers = checked(vectors, "Answers")
        table = checked_labels(labels, len(answers))
        self.n_themes_ = table.shape[1]
        self._names = None if theme_vectors is None else checked(theme_vectors, "Themes")
        if self._names is not None and len(self._names) != self.n_themes_:
            raise ValueError("Each theme needs one vector.")
        raised, not_raised = (table == 1).sum(axis=0), (table == 0).sum(axis=0)
        self.is_learned_ = np.minimum(raised, not_raised) >= FEWEST_CODED
        if self._names is None and not self.is_learned_.any():
            raise TooFewAnswers(n=int(raised.max(initial=0)), needed=FEWEST_CODED)
        self._borrowing = borrowing or Borrowing(seed=self.seed).fit(answers)
        coded = np.asarray(~np.isnan(table).all(axis=1), dtype=np.bool_)
        rows, names = self._read(answers[coded])
        known = table[coded]
        unseen = self._unseen(rows, names, known)
        fair = _by_chance_alone(known, by_chance, coded)
        self.calibration_ = calibrate(unseen, fair)
        self.thresholds_ = choose_thresholds(self.calibration_.apply(unseen), fair)
        self._models = self._learn(rows, names, known)
        return self

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
        return self.calibration_.apply(self._say(checked(vectors, "Answers")))

    def code(self, vectors: ArrayLike) -> Coding:
        """Themes of each answer at the thresholds that fitting set.

        Without a theme an answer is undecided where a theme has at least half of what it takes,
        and about none of them where none has.
        """
        answers = checked(vectors, "Answers")
        probability = self.predict_proba(answers)
        return decide(
            probability,
            self.thresholds_,
            is_read=np.any(answers != 0, axis=1),
            is_near=reaches_half(probability, self.thresholds_),
            is_calibrated=bool(self.is_learned_.all()),
        )

    def _say(self, answers: NDArray[np.floating]) -> NDArray[np.float64]:
        found = np.full((len(answers), self.n_themes_), np.nan)
        if len(answers) == 0:
            return found
        if self._names is not None:
            found[:] = zero_shot(answers, self._names, mean=self._borrowing.mean_).probability
        for start in range(0, len(answers), _BLOCK):
            rows, names = self._read(answers[start : start + _BLOCK])
            for theme, model in self._models.items():
                said = model.predict_proba(_beside(rows, names, theme))[:, 1]
                found[start : start + _BLOCK, theme] = said
        found[~np.any(answers != 0, axis=1)] = np.nan
        return found

    def _read(
        self, answers: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """What the models see: vectors, and likeness to each theme's name."""
        rows = self._borrowing.transform(answers)
        if self._names is None:
            return rows, None
        likeness = name_likeness(answers, self._names, mean=self._borrowing.mean_)
        return rows, NAME_WEIGHT * likeness / _SPREAD

    def _learn(
        self,
        rows: NDArray[np.float64],
        names: NDArray[np.float64] | None,
        table: NDArray[np.float64],
    ) -> dict[int, LogisticRegression]:
        found = {}
        for theme, column in enumerate(table.T):
            coded = ~np.isnan(column)
            raised = int(column[coded].sum())
            if min(raised, int(coded.sum()) - raised) >= FEWEST_CODED:
                model = LogisticRegression(C=self.strength, max_iter=500)
                found[theme] = model.fit(_beside(rows, names, theme)[coded], column[coded])
        return found

    def _unseen(
        self,
        rows: NDArray[np.float64],
        names: NDArray[np.float64] | None,
        table: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """What models say of coded answers that they have not learned from."""
        found = np.full(table.shape, np.nan)
        order = np.random.default_rng(self.seed).permutation(len(table))
        for fold in range(min(FOLDS, len(table))):
            left_out = np.zeros(len(table), dtype=np.bool_)
            left_out[order[fold::FOLDS]] = True
            kept_names = None if names is None else names[~left_out]
            models = self._learn(rows[~left_out], kept_names, table[~left_out])
            for theme, model in models.items():
                seen = _beside(rows, names, theme)[left_out]
                found[left_out, theme] = model.predict_proba(seen)[:, 1]
        return found


def _by_chance_alone(
    known: NDArray[np.float64], by_chance: ArrayLike | None, coded: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The codes of the random sample, where it is large enough; else all codes."""
    if by_chance is None:
        return known
    drawn = np.asarray(by_chance, dtype=np.bool_)
    if drawn.shape != coded.shape:
        raise ValueError("Each answer is either of the random sample or not.")
    held = drawn[coded]
    return np.where(held[:, None], known, np.nan) if held.sum() >= FEWEST_BY_CHANCE else known


def _beside(
    rows: NDArray[np.float64], names: NDArray[np.float64] | None, theme: int
) -> NDArray[np.float64]:
    if names is None:
        return rows
    return np.hstack([rows, names[:, theme : theme + 1]])


def checked_labels(labels: ArrayLike, n: int) -> NDArray[np.float64]:
    """A table of codes with one row an answer.

    Raises
    ------
    ValueError
        The shape does not fit, or a label is not 0, 1 or NaN.
    """
    table = np.asarray(labels, dtype=np.float64)
    if table.ndim != 2 or len(table) != n:
        raise ValueError("Labels need one row an answer and one column a theme.")
    if not np.isin(table[~np.isnan(table)], (0.0, 1.0)).all():
        raise ValueError("A label is 0, 1, or NaN where nobody coded.")
    return table
