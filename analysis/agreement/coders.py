"""How far people who coded the same answers agree, beyond what chance would give."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.errors import TooFewAnswers

#: Below it conclusions are not supported; from it on they are tentative.
TENTATIVE = 0.667
#: From it on agreement is taken as reliable.
RELIABLE = 0.8


class Level(StrEnum):
    """How far two codes lie apart."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One coefficient of agreement.

    Attributes
    ----------
    value : float or None
        1 is complete agreement, 0 what chance gives, below 0 less than chance. None where all
        codes are the same: there is no variation that agreement could be seen in.
    observed : float
        For kappa the share of answers coded alike, in [0, 1]; for alpha the observed
        disagreement in units of the level's difference function.
    expected : float
        The same by chance.
    n : int
        Answers that at least two people coded.
    n_codes : int
        Codes compared.
    """

    value: float | None
    observed: float
    expected: float
    n: int
    n_codes: int


def cohen_kappa(first: ArrayLike, second: ArrayLike) -> Agreement:
    """Agreement of two people beyond chance.

    Parameters
    ----------
    first, second : array of float, shape (n,)
        The code each person gave to each answer; NaN where a person gave none. Answers that
        only one of them coded are left out.

    Returns
    -------
    Agreement

    Raises
    ------
    TooFewAnswers
        No answer was coded by both.
    ValueError
        The lengths differ.

    References
    ----------
    Cohen 1960, Educational and Psychological Measurement 20, 37-46.

    Examples
    --------
    >>> cohen_kappa([1, 1, 0, 0], [1, 0, 0, 0]).value
    0.5
    """
    a = np.asarray(first, dtype=np.float64)
    b = np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError("Both people need one code for each answer.")
    both = ~(np.isnan(a) | np.isnan(b))
    n = int(both.sum())
    if n == 0:
        raise TooFewAnswers(n=0, needed=1)
    _codes, inverse = np.unique(np.concatenate([a[both], b[both]]), return_inverse=True)
    own, other = inverse[:n], inverse[n:]
    observed = float(np.mean(own == other))
    k = int(inverse.max()) + 1
    shares = [np.bincount(part, minlength=k) / n for part in (own, other)]
    expected = float(shares[0] @ shares[1])
    value = None if k == 1 else (observed - expected) / (1 - expected)
    return Agreement(value, observed, expected, n, 2 * n)


def krippendorff_alpha(codes: ArrayLike, level: Level = Level.NOMINAL) -> Agreement:
    """Agreement of any number of people, some of whom may have left answers out.

    Parameters
    ----------
    codes : array of float, shape (n_people, n_answers)
        NaN where a person gave no code.
    level : Level
        Nominal: codes are alike or not. Ordinal: they have an order. Interval: their
        differences mean the same everywhere.

    Returns
    -------
    Agreement
        `observed` and `expected` are disagreements; alpha is 1 - observed / expected.

    Raises
    ------
    TooFewAnswers
        No answer was coded by two people or more.
    ValueError
        The codes are not a table.

    Notes
    -----
    O(people × answers + answers × c^2) for c different codes.

    References
    ----------
    Krippendorff 2011, "Computing Krippendorff's alpha-reliability", sections C and D; the
    difference functions are those of section E.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 2, 3, 3], [1, 2, 3, 4]]).value, 3)
    0.696
    """
    table = np.asarray(codes, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError("Codes are a table: one row a person, one column an answer.")
    given = ~np.isnan(table)
    per_answer = given.sum(axis=0)
    used = per_answer >= 2
    n = int(used.sum())
    if n == 0:
        raise TooFewAnswers(n=0, needed=1)
    values = np.unique(table[:, used][given[:, used]])
    counts = np.stack([(table[:, used] == value).sum(axis=0) for value in values], axis=1)
    coincidence = _coincidences(counts.astype(np.float64), per_answer[used].astype(np.float64))
    totals = coincidence.sum(axis=1)
    n_codes = float(totals.sum())
    distance = _distances(values, totals, level)
    observed = float((coincidence * distance).sum() / n_codes)
    expected = float((np.outer(totals, totals) * distance).sum() / (n_codes * (n_codes - 1)))
    value = None if len(values) == 1 else 1 - observed / expected
    return Agreement(value, observed, expected, n, round(n_codes))


def theme_agreement(
    coders: Sequence[ArrayLike], *, level: Level = Level.NOMINAL
) -> tuple[Agreement | None, ...]:
    """Krippendorff's alpha of each theme.

    Parameters
    ----------
    coders : sequence of array of float, each of shape (n_answers, n_themes)
        What each person coded: 1 raised, 0 not raised, NaN not coded by this person.
    level : Level

    Returns
    -------
    tuple of Agreement or None, length n_themes
        None for a theme that no answer was coded for by two people.

    Raises
    ------
    ValueError
        The tables differ in shape.

    Examples
    --------
    >>> one, two = [[1, 0], [0, 1], [1, 1]], [[1, 0], [0, 0], [1, float("nan")]]
    >>> [round(found.value, 2) for found in theme_agreement([one, two])]
    [1.0, 0.0]
    """
    tables = [np.asarray(table, dtype=np.float64) for table in coders]
    if len({table.shape for table in tables}) != 1 or tables[0].ndim != 2:
        raise ValueError("Each person needs a table of the same answers and themes.")
    stacked = np.stack(tables)
    found: list[Agreement | None] = []
    for theme in range(stacked.shape[2]):
        try:
            found.append(krippendorff_alpha(stacked[:, :, theme], level))
        except TooFewAnswers:
            found.append(None)
    return tuple(found)


def _coincidences(
    counts: NDArray[np.float64], per_answer: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Pairs of codes within answers; each answer's pairs weigh as many as it has codes."""
    scaled = counts / (per_answer - 1)[:, None]
    pairs: NDArray[np.float64] = scaled.T @ counts
    # A code does not pair with itself.
    pairs -= np.diag(scaled.sum(axis=0))
    return pairs


def _distances(
    values: NDArray[np.float64], totals: NDArray[np.float64], level: Level
) -> NDArray[np.float64]:
    if level is Level.NOMINAL:
        return 1.0 - np.eye(len(values))
    if level is Level.INTERVAL:
        return np.asarray(np.subtract.outer(values, values) ** 2, dtype=np.float64)
    # Ordinal: the codes that lie between the two, the ends counted half.
    middle = np.cumsum(totals) - totals / 2
    return np.asarray(np.subtract.outer(middle, middle) ** 2, dtype=np.float64)
