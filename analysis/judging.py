"""What several judges say together: the mean, the spread, and whether they contradict each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.errors import TooFewAnswers

#: On a scale from 1 to 5: below the first a judge would turn an item down, above the second take
#: it up. Between the two stands "neither".
AGAINST, FOR = 2.5, 3.5


@dataclass(frozen=True, slots=True)
class Judged:
    """The scores of one item by several judges.

    Attributes
    ----------
    n : int
        Judges who gave scores.
    mean : float
        Mean of the judges' own means, each judge counting once.
    low, high : float
        The lowest and the highest of the judges' own means.
    spread : float or None
        Sample standard deviation of the judges' own means; None for a single judge.
    is_conflicting : bool
        Whether one judge stands clearly against the item and another clearly for it.
    by_criterion : tuple of (float, float or None)
        Mean and sample standard deviation for each criterion, in the order given.
    """

    n: int
    mean: float
    low: float
    high: float
    spread: float | None
    is_conflicting: bool
    by_criterion: tuple[tuple[float, float | None], ...]


def judge_scores(scores: ArrayLike) -> Judged:
    """Sum up the scores of several judges.

    Every criterion counts alike. The mean alone hides a split committee: three scores of 3 and
    the scores 1, 3 and 5 have the same one. The split is therefore named when one judge's own
    mean is at most 2.5 and another's at least 3.5.

    Parameters
    ----------
    scores : array_like of float, shape (n_judges, n_criteria)
        Scores from 1 (worst) to 5 (best). Every judge scores every criterion.

    Returns
    -------
    Judged

    Raises
    ------
    TooFewAnswers
        Where there is no judge or no criterion.
    ValueError
        Where a score is missing or off the scale.

    Notes
    -----
    A split is called a conflict where reviewers of one item point in opposite directions, which
    is how conference software marks proposals that need a talk before a decision.

    Examples
    --------
    >>> judged = judge_scores([[1, 2], [5, 5], [3, 4]])
    >>> judged.n, round(judged.mean, 2), judged.low, judged.high, judged.is_conflicting
    (3, 3.33, 1.5, 5.0, True)
    >>> judge_scores([[3, 3], [3, 3]]).is_conflicting
    False
    """
    table = np.asarray(scores, dtype=float)
    if table.size == 0 or table.ndim != 2:
        raise TooFewAnswers(n=0, needed=1)
    if not np.all((table >= 1) & (table <= 5)):
        raise ValueError("Every score lies between 1 and 5, and none is missing.")
    own = table.mean(axis=1)
    several = len(own) > 1
    deviations = table.std(axis=0, ddof=1).tolist() if several else [None] * table.shape[1]
    return Judged(
        n=len(own),
        mean=float(own.mean()),
        low=float(own.min()),
        high=float(own.max()),
        spread=float(own.std(ddof=1)) if several else None,
        is_conflicting=bool(own.min() <= AGAINST and own.max() >= FOR),
        by_criterion=tuple(zip(table.mean(axis=0).tolist(), deviations, strict=True)),
    )
