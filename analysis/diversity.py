"""How diverse those who take part are; always to be read beside parity with the targets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.errors import TooFewAnswers


@dataclass(frozen=True, slots=True)
class Diversity:
    """Diversity of shares. It rewards evenness, not fairness.

    Attributes
    ----------
    groups : int
        Groups with anybody in them.
    blau : float
        The chance that two people drawn with replacement differ, in [0, 1).
    blau_normalised : float or None
        Over its largest value for the number of groups asked about, in [0, 1]; None for one.
    shannon : float
        In nats, 0 or more.
    hill_1, hill_2 : float
        Effective numbers of groups: e to the Shannon entropy, and 1 over the sum of squares.
    """

    groups: int
    blau: float
    blau_normalised: float | None
    shannon: float
    hill_1: float
    hill_2: float


def diversity(counts: ArrayLike) -> Diversity:
    """Blau's index, Shannon's entropy and Hill numbers.

    Parameters
    ----------
    counts : array of float, shape (k,)
        People or weight in each of the k groups asked about, 0 or more. Leave unknown out.

    Returns
    -------
    Diversity

    Raises
    ------
    TooFewAnswers
        Nobody is in any group.
    ValueError
        A count is negative or not finite.

    References
    ----------
    Blau 1977, Inequality and Heterogeneity; Shannon 1948, Bell System Technical Journal 27;
    Hill 1973, Ecology 54, 427-432.

    Examples
    --------
    >>> found = diversity([4, 2, 1, 1])
    >>> found.blau, found.blau_normalised, round(found.hill_2, 3)
    (0.65625, 0.875, 2.909)
    """
    given = np.asarray(counts, dtype=np.float64)
    if not np.isfinite(given).all() or (given < 0).any():
        raise ValueError("Counts must be 0 or more.")
    total = float(given.sum())
    if total <= 0:
        raise TooFewAnswers(0, 1)
    shares = given[given > 0] / total
    squares = float(np.square(shares).sum())
    entropy = max(float(-(shares * np.log(shares)).sum()), 0.0)
    k = len(given)
    return Diversity(
        groups=len(shares),
        blau=1 - squares,
        blau_normalised=(1 - squares) / (1 - 1 / k) if k > 1 else None,
        shannon=entropy,
        hill_1=float(np.exp(entropy)),
        hill_2=1 / squares,
    )
