"""Strengths behind comparisons (Bradley and Terry), from the table of comparisons alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from analysis.choice.pairwise import Pairwise
from analysis.errors import AnalysisError

Floats = NDArray[np.float64]
#: Half a comparison won and half a comparison lost for every pair: nobody is unbeatable.
PSEUDO_COUNT = 0.5
STEPS = 100_000


class NotComparable(AnalysisError):
    """Strengths do not exist: some items never lost to the others, or never met them."""


@dataclass(frozen=True, slots=True)
class Strengths:
    """Log strengths that sum to 0.

    Attributes
    ----------
    log : ndarray of float64, shape (m,)
    covariance : ndarray of float64, shape (m, m)
        Inverse information of the comparisons, as if each had been made independently.
    pseudo_count : float
        What was added to the wins of each ordered pair.
    """

    log: Floats
    covariance: Floats
    pseudo_count: float

    def errors(self) -> Floats:
        """Standard errors of the log strengths, shape (m,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def against(self, reference: int) -> tuple[Floats, Floats]:
        """Differences to one item and their standard errors, each of shape (m,)."""
        variance = np.diag(self.covariance)
        spread = variance + variance[reference] - 2 * self.covariance[:, reference]
        return self.log - self.log[reference], np.sqrt(np.maximum(spread, 0.0))


def bradley_terry(pairwise: Pairwise, *, pseudo_count: float = PSEUDO_COUNT) -> Strengths:
    """Fit P(a before b) = p_a / (p_a + p_b).

    Parameters
    ----------
    pairwise : Pairwise
        Ties count as half a win for either.
    pseudo_count : float
        Added to the wins of every ordered pair; 0 gives the plain maximum likelihood.

    Returns
    -------
    Strengths

    Raises
    ------
    NotComparable
        Without a pseudo-count, where the comparisons do not connect every item with every
        other in both directions.

    Notes
    -----
    Minorisation and maximisation on the table: O(m²) a step whatever the number of ballots.
    Comparisons within one ballot are not independent, so that the standard errors are for
    duels; for orders of ballots take plausible ranks.

    References
    ----------
    Hunter 2004, "MM algorithms for generalized Bradley-Terry models", Annals of Statistics 32,
    384-406, section 2.

    Examples
    --------
    >>> found = bradley_terry(Pairwise(np.array([[0.0, 3], [1, 0]]), np.zeros((2, 2))),
    ...                       pseudo_count=0)
    >>> round(float(found.log[0] - found.log[1]), 6)
    1.098612
    """
    m = len(pairwise)
    wins = pairwise.wins + pairwise.ties / 2 + pseudo_count * (1 - np.eye(m))
    parts, _label = connected_components(wins > 0, directed=True, connection="strong")
    if parts > 1:
        raise NotComparable("Some items were never compared with, or never beaten by, the others.")
    met = wins + wins.T
    won = wins.sum(axis=1)
    strength = np.full(m, 1.0 / max(m, 1))
    for _step in range(STEPS):
        update = won / (met / np.add.outer(strength, strength)).sum(axis=1) if m > 1 else strength
        update /= update.sum()
        moved = np.abs(np.log(update) - np.log(strength)).max(initial=0.0)
        strength = update
        if moved < 1e-13:
            break
    log = np.log(strength)
    chance = strength[:, None] / np.add.outer(strength, strength)
    information = -met * chance * chance.T
    np.fill_diagonal(information, 0.0)
    np.fill_diagonal(information, -information.sum(axis=1))
    # Strengths are known up to a constant; the inverse within "they sum to 0" is the
    # pseudo-inverse.
    return Strengths(log - log.mean(), np.linalg.pinv(information, hermitian=True), pseudo_count)
