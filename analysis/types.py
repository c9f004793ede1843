"""Words and small values that all parts of the library share."""

import math
from dataclasses import dataclass
from enum import StrEnum

LEVEL = 0.95
#: The 97.5 % quantile of the standard normal distribution, for intervals at `LEVEL`.
Z = 1.959963984540054


class AnswerState(StrEnum):
    """What became of a question for one respondent; six things that are never mixed."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    NOT_SHOWN = "not_shown"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_REACHED = "not_reached"


class Denominator(StrEnum):
    """Of whom a share is a share.

    SHOWN: everyone who was asked, blanks included. ANSWERED: blanks and refusals left out,
    "no opinion" kept in. OPINION: "no opinion" left out as well.
    """

    SHOWN = "shown"
    ANSWERED = "answered"
    OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share with its count, its base and its interval.

    Attributes
    ----------
    count, base : float
        Weighted counts where weights were given, else whole numbers.
    share, low, high : float or None
        In [0, 1]; None where the base is 0.
    n : float
        The sample size behind the interval: the base, or an effective one where weighted.
    """

    count: float
    base: float
    share: float | None
    low: float | None
    high: float | None
    n: float


def wilson(count: float, base: float, n: float | None = None) -> Proportion:
    """A share with its Wilson score interval at 95 %.

    Parameters
    ----------
    count, base : float
        0 <= count <= base; weighted sums are allowed.
    n : float, optional
        The (effective) sample size, by default the base.

    Returns
    -------
    Proportion
        With share, low and high None where the base is 0.

    Raises
    ------
    ValueError
        The count lies outside [0, base].

    References
    ----------
    Wilson 1927, JASA 22, 209-212; Brown, Cai & DasGupta 2001, Statistical Science 16, eq. 4.

    Examples
    --------
    >>> found = wilson(8, 10)
    >>> round(found.low, 3), round(found.high, 3)
    (0.49, 0.943)
    """
    if not -1e-9 <= count <= base + 1e-9:
        raise ValueError("The count must lie between 0 and the base.")
    size = base if n is None else n
    if base <= 0 or size <= 0:
        return Proportion(count, base, None, None, None, size)
    share = min(max(count / base, 0.0), 1.0)
    centre = (share + Z * Z / (2 * size)) / (1 + Z * Z / size)
    half = (
        Z / (1 + Z * Z / size) * math.sqrt(share * (1 - share) / size + Z * Z / (4 * size * size))
    )
    # At 0 and at 1 the ends meet the share; what rounding leaves between them is no width.
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Proportion(count, base, share, min(share, low), max(share, high), size)
