"""Every item against every other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Weighted counts of comparisons.

    Attributes
    ----------
    wins : ndarray of float64, shape (m, m)
        wins[a, b]: how many place a strictly before b.
    ties : ndarray of float64, shape (m, m)
        ties[a, b]: how many hold both and place them equal; symmetric, 0 on the diagonal.
    """

    wins: Floats
    ties: Floats

    def copeland(self) -> NDArray[np.int64]:
        """Majorities won less majorities lost, shape (m,)."""
        margin = self.wins - self.wins.T
        return np.asarray((margin > 1e-9).sum(axis=1) - (margin < -1e-9).sum(axis=1), np.int64)

    def condorcet_winner(self) -> int | None:
        """The item that beats every other by a majority, if there is one."""
        scores = self.copeland()
        if not len(scores):
            return None
        best = int(np.argmax(scores))
        return best if scores[best] == len(scores) - 1 and len(scores) > 1 else None


def compare_pairs(positions: Floats, weights: Floats) -> Pairwise:
    """Count who places which item before which.

    Parameters
    ----------
    positions : ndarray of float64, shape (n, m)
        1 is best, NaN missing; a pair with a missing item is not compared.
    weights : ndarray of float64, shape (n,)

    Returns
    -------
    Pairwise

    Notes
    -----
    O(n m²) time and O(n m) extra memory.
    """
    m = positions.shape[1]
    wins = np.zeros((m, m))
    ties = np.zeros((m, m))
    for item in range(m):
        own = positions[:, item][:, None]
        # A comparison with NaN is False, so that missing items compare to nothing.
        wins[item] = weights @ (own < positions)
        ties[item] = weights @ (own == positions)
    np.fill_diagonal(ties, 0.0)
    return Pairwise(wins, ties)
