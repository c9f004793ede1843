"""From what a model says to how often it is right, and from there to yes or no."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

#: Examples at which a theme's own threshold counts as much as that of all themes together.
HALF_OWN = 10.0
#: Thresholds tried.
_TRIED = np.linspace(0.1, 0.7, 25)
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """A straight line on the log-odds, the same for all themes.

    Attributes
    ----------
    slope, shift : float
        1 and 0 leave probabilities as they are.
    """

    slope: float = 1.0
    shift: float = 0.0

    def apply(self, probability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrated probabilities of the same shape; NaN stays NaN."""
        found: NDArray[np.float64] = 1 / (
            1 + np.exp(-(self.slope * logit(probability) + self.shift))
        )
        return found


def logit(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds, held within about ±14 so that certainty stays finite."""
    p = np.clip(probability, _TINY, 1 - _TINY)
    return np.asarray(np.log(p / (1 - p)), dtype=np.float64)


def calibrate(probability: NDArray[np.float64], labels: NDArray[np.float64]) -> Calibration:
    """Fit the line on answers that the model has not learned from.

    Parameters
    ----------
    probability : ndarray of float64, shape (n, t)
    labels : ndarray of float64, shape (n, t)
        1, 0, or NaN where nobody coded.

    Returns
    -------
    Calibration
        The identity where there are no two examples of each kind; slope 0, every probability
        the mean of the codes, where the model is no help.

    References
    ----------
    Platt 1999, "Probabilistic outputs for support vector machines".

    Examples
    --------
    >>> said = np.array([[0.9], [0.9], [0.9], [0.1], [0.1], [0.1]] * 5)
    >>> true = np.array([[1.0], [1.0], [0.0], [0.0], [0.0], [1.0]] * 5)
    >>> calibrate(said, true).apply(np.array([[0.9]])).round(1).tolist()
    [[0.7]]
    """
    known = ~np.isnan(labels) & ~np.isnan(probability)
    y = labels[known]
    if min(y.sum(), len(y) - y.sum()) < 2:
        return Calibration()
    model = LogisticRegression(C=1e3).fit(logit(probability[known])[:, None], y)
    slope = float(model.coef_[0, 0])
    if slope <= 0:
        # What the model says is no help: the mean of the codes is all there is to say.
        return Calibration(0.0, float(logit(np.array([y.mean()]))[0]))
    return Calibration(slope, float(model.intercept_[0]))


def choose_thresholds(
    probability: NDArray[np.float64], labels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The probability from which each theme is assigned.

    Parameters
    ----------
    probability, labels : ndarray of float64, shape (n, t)
        As for `calibrate`.

    Returns
    -------
    ndarray of float64, shape (t,)
        The threshold with the best F1 of the theme's own codes, drawn towards the one that is
        best for all themes together, the more so the fewer examples there are. 0.5 where
        nothing was coded.

    References
    ----------
    Lipton, Elkan & Naryanaswamy 2014, "Optimal thresholding of classifiers to maximize F1
    measure", section 3.
    """
    known = ~np.isnan(labels) & ~np.isnan(probability)
    raised = np.where(known, labels, 0.0)
    n_themes = labels.shape[1]
    if not raised.any():
        return np.full(n_themes, 0.5)
    hits = np.zeros((len(_TRIED), n_themes))
    named = np.zeros_like(hits)
    for place, threshold in enumerate(_TRIED):
        chosen = known & (np.nan_to_num(probability, nan=-1.0) >= threshold)
        hits[place] = (chosen & (raised > 0)).sum(axis=0)
        named[place] = chosen.sum(axis=0)
    examples = raised.sum(axis=0)
    common = _TRIED[_best(hits.sum(axis=1), named.sum(axis=1), examples.sum())]
    own = np.array([_TRIED[_best(hits[:, t], named[:, t], examples[t])] for t in range(n_themes)])
    weight = examples / (examples + HALF_OWN)
    return np.asarray(weight * own + (1 - weight) * common, dtype=np.float64)


def _best(hits: NDArray[np.float64], named: NDArray[np.float64], examples: float) -> int:
    """The place of the best F1; of several the middle one."""
    score = 2 * hits / np.maximum(named + examples, 1.0)
    best = np.flatnonzero(score >= score.max() - 1e-12)
    return int(best[len(best) // 2])
