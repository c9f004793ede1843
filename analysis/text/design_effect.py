"""How much less answers say that were drawn with all others of the same person.

Answers of one person are alike, so that a mean over them varies as one over fewer. How alike they
are has to be learned from the same few people: where hardly any of them raise a theme the sample
cannot tell, and the worst that may be is taken as far as it cannot.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from analysis.types import LEVEL, Z

#: People who raise a theme (or who do not, if fewer) at which half of the way from what was
#: measured to the worst case is gone. Found by simulation: docs/methods/shares.md.
HALF_ALIKE = 2.0


@dataclass(frozen=True, slots=True)
class People:
    """Who gave some answers, numbered from 0.

    Attributes
    ----------
    place : ndarray of int, shape (m,)
        The person of each answer.
    n : int
        How many people.
    """

    place: NDArray[np.intp]
    n: int

    @classmethod
    def of(cls, owners: NDArray[np.intp]) -> "People":
        """Those whose numbers stand beside the answers."""
        known, place = np.unique(owners, return_inverse=True)
        return cls(place, len(known))

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sum over each person's answers."""
        return np.bincount(self.place, weights=values, minlength=self.n).astype(np.float64)

    def saying(self, codes: NDArray[np.float64]) -> int:
        """How many raise the theme in any answer, or not in all of them, whichever are fewer."""
        raised, answers = self.sums(codes), self.sums(np.ones(len(codes)))
        return int(min((raised > 0).sum(), (raised < answers).sum()))


def measured(people: People, residuals: NDArray[np.float64]) -> float:
    """The variance of a mean that counts people, over the one that counts answers; at least 1.

    Parameters
    ----------
    people : People
    residuals : ndarray, shape (m,)
        Weighted, around the mean.

    Returns
    -------
    float
        At least 1; 1 where everybody gave one answer or nothing varies.

    References
    ----------
    Cochran 1977, *Sampling Techniques*, section 9A.2 (clusters of unequal size).

    Examples
    --------
    >>> pairs = People.of(np.array([1, 1, 2, 2, 3, 3]))
    >>> measured(pairs, np.array([1.0, 1.0, -1.0, -1.0, 0.0, 0.0]))
    3.0
    """
    plain = float(residuals @ residuals)
    if people.n == len(residuals) or people.n < 2 or plain <= 0:
        return 1.0
    sums = people.sums(residuals)
    return max(1.0, float(sums @ sums) / plain * people.n / (people.n - 1))


def worst(people: People, weights: NDArray[np.float64]) -> float:
    """What it would be if all answers of a person were the same; at least 1.

    Examples
    --------
    >>> worst(People.of(np.array([1, 1, 1, 2])), np.ones(4))
    2.5
    """
    sums = people.sums(weights)
    return max(1.0, float(sums @ sums) / float(weights @ weights))


def drawn(
    people: People,
    residuals: NDArray[np.float64],
    weights: NDArray[np.float64],
    codes: NDArray[np.float64],
) -> float:
    """The design effect to reckon with, where it was measured on few people.

    Parameters
    ----------
    people : People
        Who gave the m audited answers.
    residuals, weights, codes : ndarray, shape (m,)
        What is left of each answer, weighted; its weight; 1 raised or 0 not.

    Returns
    -------
    float
        At least 1; 1 where everybody gave one answer.

    Notes
    -----
    What was measured counts (t / z)² times, Student's t with one degree of freedom fewer than people,
    but for that not more than the worst case. It is drawn to the worst case by h / (h + a), a being
    the people who raise the theme or who do not, whichever are fewer, h `HALF_ALIKE`. What was
    measured above the worst case is believed.

    References
    ----------
    Korn & Graubard 1999, *Analysis of Health Surveys*, section 3.2 (degrees of freedom by clusters).
    """
    most = worst(people, weights)
    if people.n == len(codes) or most <= 1:
        return 1.0
    found = measured(people, residuals)
    likely = max(found, min(most, found * _student(people.n - 1)))
    unsure = HALF_ALIKE / (HALF_ALIKE + people.saying(codes))
    return likely + max(0.0, most - likely) * unsure


@cache
def _student(freedom: int) -> float:
    """How much wider, squared, an interval is whose variance was measured on few people."""
    return float(stdtrit(max(freedom, 1), 0.5 + LEVEL / 2) / Z) ** 2
