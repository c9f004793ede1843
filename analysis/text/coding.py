"""Which themes of a codebook an answer raises, read from the themes' names alone.

A theme is a name, with or without a definition and examples, as vectors of the same encoder as
the answers. Answers that people have coded make it better: `analysis.text.coder`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: How sharply likeness becomes probability: the temperature of the softmax over cosines.
TEMPERATURE = 0.05
#: A theme is assigned from this probability on.
THRESHOLD = 0.3
#: Below this cosine to every theme an answer is about none of them.
LEAST_LIKENESS = 0.05
_BLOCK = 10_000


class Outcome(StrEnum):
    """What coding one answer came to; four things that are never mixed."""

    CODED = "coded"
    #: It was read, and it is about no theme of the codebook.
    NONE_OF_THE_ABOVE = "none_of_the_above"
    #: It is near a theme or several, and too near the border to say.
    UNDECIDED = "undecided"
    #: It has no vector: empty, symbols alone, or a script that the encoder does not know.
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Coding:
    """Themes of answers, as a machine sees them.

    Attributes
    ----------
    probability : ndarray of float64, shape (n, t)
        In [0, 1]; rows need not sum to 1. NaN for an answer that was not read, and for a theme
        that the coder knows nothing of.
    assigned : ndarray of bool, shape (n, t)
        Themes that the answer is taken to raise; none, one or several.
    outcomes : tuple of Outcome, length n
    thresholds : ndarray of float64, shape (t,)
        The probability from which each theme is assigned.
    is_calibrated : bool
        Whether the probabilities were held against what people coded. Where they were not they
        are an order of likeness, and no share may be read from them without an audit.
    """

    probability: NDArray[np.float64]
    assigned: NDArray[np.bool_]
    outcomes: tuple[Outcome, ...]
    thresholds: NDArray[np.float64]
    is_calibrated: bool

    def count(self, outcome: Outcome) -> int:
        """Answers that came to an outcome."""
        return sum(found is outcome for found in self.outcomes)


def zero_shot(
    vectors: ArrayLike,
    theme_vectors: ArrayLike,
    *,
    theme_of: Sequence[int] | None = None,
    temperature: float = TEMPERATURE,
    threshold: float = THRESHOLD,
    cue: ArrayLike | None = None,
    mean: ArrayLike | None = None,
) -> Coding:
    """Code answers by how near they lie to the themes' names.

    Parameters
    ----------
    vectors : array of float, shape (n, d)
        One row an answer; a row of zeros has not been read.
    theme_vectors : array of float, shape (m, d)
        One row an expression of a theme: its name, its definition, an example of it.
    theme_of : sequence of int, length m, optional
        The theme, from 0, that each expression belongs to; by default each is a theme.
    temperature, threshold : float
        See `TEMPERATURE` and `THRESHOLD`.
    cue : array of float, shape (n, t), optional
        Added to the likeness, 0 where there is none: words that answer and theme share
        (`analysis.text.cues.word_cue`).
    mean : array of float, shape (d,), optional
        The mean vector of all answers where these are a few of them.

    Returns
    -------
    Coding
        With `is_calibrated` False.

    Raises
    ------
    ValueError
        Shapes do not fit, a theme has no expression, or a number is not finite.

    Notes
    -----
    Answers and themes are centred, each on its own mean: what all answers to one question share
    (the question itself, the language of surveys) tells no themes apart. The expressions of a
    theme are averaged. O(n m d).

    Examples
    --------
    >>> found = zero_shot([[2.0, 0.1], [0.2, 1.9], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]])
    >>> found.assigned.astype(int).tolist()
    [[1, 0], [0, 1], [0, 0]]
    >>> [outcome.value for outcome in found.outcomes]
    ['coded', 'coded', 'unread']
    """
    answers, themes = checked(vectors, "Answers"), checked(theme_vectors, "Themes")
    if answers.shape[1] != themes.shape[1]:
        raise ValueError("Answers and themes need vectors of the same length.")
    owners = np.arange(len(themes)) if theme_of is None else np.asarray(theme_of, dtype=np.int64)
    count = _count_themes(owners, len(themes))
    centre = None if mean is None else np.asarray(mean, dtype=np.float64)
    likeness = name_likeness(answers, _expressed(themes, owners, count), mean=centre)
    if cue is not None:
        shared = checked(cue, "Cues")
        if shared.shape != likeness.shape:
            raise ValueError("Cues need one row an answer and one column a theme.")
        likeness = likeness + shared
    exponents = np.exp((likeness - likeness.max(axis=1, keepdims=True)) / temperature)
    probability = exponents / exponents.sum(axis=1, keepdims=True)
    # Like nothing in the codebook: being the likeliest of unlikely themes counts for nothing.
    probability *= np.clip(likeness.max(axis=1, keepdims=True) / LEAST_LIKENESS, 0.0, 1.0)
    return decide(
        probability,
        np.full(count, threshold),
        is_read=np.any(answers != 0, axis=1),
        is_near=likeness.max(axis=1) >= LEAST_LIKENESS,
        is_calibrated=False,
    )


def decide(
    probability: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    *,
    is_read: NDArray[np.bool_],
    is_near: NDArray[np.bool_],
    is_calibrated: bool,
) -> Coding:
    """Turn probabilities into themes, and say of the rest why they have none.

    Parameters
    ----------
    probability : ndarray of float64, shape (n, t)
    thresholds : ndarray of float64, shape (t,)
    is_read : ndarray of bool, shape (n,)
        Whether the answer has a vector at all.
    is_near : ndarray of bool, shape (n,)
        Whether the answer is near any theme: without a theme it is then undecided, else it is
        about none of them.
    is_calibrated : bool

    Returns
    -------
    Coding
    """
    assigned = (np.nan_to_num(probability, nan=-1.0) >= thresholds) & is_read[:, None]
    some_theme: list[bool] = np.any(assigned, axis=1).tolist()
    outcomes = []
    for read, near, some in zip(is_read.tolist(), is_near.tolist(), some_theme, strict=True):
        if not read:
            outcomes.append(Outcome.UNREAD)
        elif some:
            outcomes.append(Outcome.CODED)
        else:
            outcomes.append(Outcome.UNDECIDED if near else Outcome.NONE_OF_THE_ABOVE)
    shown = np.where(is_read[:, None], probability, np.nan)
    return Coding(shown, assigned, tuple(outcomes), thresholds, is_calibrated)


def reaches_half(
    probability: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether some theme has at least half of what it takes; an answer without one is undecided.

    Parameters
    ----------
    probability : ndarray of float64, shape (n, t)
    thresholds : ndarray of float64, shape (t,)

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    short_of = np.nan_to_num(probability, nan=0.0) / thresholds
    return np.asarray(np.max(short_of, axis=1, initial=0.0) >= 0.5, dtype=np.bool_)


def checked(vectors: ArrayLike, what: str) -> NDArray[np.floating]:
    """A table of finite numbers, or an error that says what is wrong.

    Numbers of single precision stay what they are: half the memory, and vectors hold no more.

    Raises
    ------
    ValueError
        The vectors are not a table, or a number is not finite.
    """
    given = np.asarray(vectors)
    table = given if given.dtype in {np.float32, np.float64} else given.astype(np.float64)
    if table.ndim != 2:
        raise ValueError(f"{what} are a table: one row each.")
    for start in range(0, len(table), _BLOCK):
        if not np.isfinite(table[start : start + _BLOCK]).all():
            raise ValueError(f"{what} hold numbers that are not finite.")
    return table


def unit_rows(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of length 1; rows of zeros stay as they are."""
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    return np.asarray(table / np.where(norms > 0, norms, 1.0), dtype=np.float64)


def centred_units(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows less the mean of those that are not zero, at length 1; zeros stay zeros."""
    there = np.any(table != 0, axis=1)
    return unit_rows(np.where(there[:, None], table - mean_of_read(table), 0.0))


def name_likeness(
    answers: NDArray[np.floating],
    themes: NDArray[np.floating],
    *,
    mean: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Cosines of answers and themes, each less its mean.

    Parameters
    ----------
    answers : ndarray of float64, shape (n, d)
    themes : ndarray of float64, shape (t, d)
    mean : ndarray of float64, shape (d,), optional
        Of the answers; by default of these, so that a few new answers need it.

    Returns
    -------
    ndarray of float64, shape (n, t)
        In [-1, 1]; 0 for answers of zeros.
    """
    centre = mean_of_read(answers) if mean is None else mean
    directions = centred_units(np.asarray(themes, dtype=np.float64))
    found = np.zeros((len(answers), len(themes)))
    # In blocks, so that a million answers need no second copy of their vectors.
    for start in range(0, len(answers), _BLOCK):
        block = np.asarray(answers[start : start + _BLOCK], dtype=np.float64)
        there = np.any(block != 0, axis=1)[:, None]
        found[start : start + _BLOCK] = (
            unit_rows(np.where(there, block - centre, 0.0)) @ directions.T
        )
    return found


def mean_of_read(answers: NDArray[np.floating]) -> NDArray[np.float64]:
    """The mean vector of the answers that have one; of one or none it is 0.

    Parameters
    ----------
    answers : ndarray of float, shape (n, d)

    Returns
    -------
    ndarray of float64, shape (d,)
    """
    read = int(np.any(answers != 0, axis=1).sum())
    total = np.asarray(answers.sum(axis=0, dtype=np.float64), dtype=np.float64)
    return total / read if read > 1 else np.zeros(answers.shape[1])


def _count_themes(owners: NDArray[np.int64], expressions: int) -> int:
    if len(owners) != expressions:
        raise ValueError("Each expression of a theme needs the theme it belongs to.")
    count = int(owners.max()) + 1 if len(owners) else 0
    if count == 0 or set(owners.tolist()) != set(range(count)):
        raise ValueError("Each theme, from 0, needs an expression.")
    return count


def _expressed(
    expressions: NDArray[np.floating], owners: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """One direction a theme: the mean of its expressions."""
    sums = np.zeros((count, expressions.shape[1]))
    np.add.at(sums, owners, unit_rows(np.asarray(expressions, dtype=np.float64)))
    return unit_rows(sums)
