"""Summaries of closed questions: counts, and shares whose denominators are named.

The three denominators matter. In the White Paper consultation of 2020 the Commission printed
90 % for a share that is 93 % once "no opinion" is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.effective import effective_size
from analysis.types import AnswerState, Denominator, Proportion, wilson

Floats = NDArray[np.float64]
#: What the rounding of a sum of a million weights may come to, as a part of the sum.
ROUNDING = 1e-10
_OPINION = {AnswerState.ANSWERED}
_ANSWERED = {AnswerState.ANSWERED, AnswerState.DONT_KNOW}
_SHOWN = {
    AnswerState.ANSWERED,
    AnswerState.DONT_KNOW,
    AnswerState.SKIPPED,
    AnswerState.REFUSED,
    AnswerState.NOT_REACHED,
}
BASES = {
    Denominator.SHOWN: _SHOWN,
    Denominator.ANSWERED: _ANSWERED,
    Denominator.OPINION: _OPINION,
}


@dataclass(frozen=True, slots=True)
class Shares:
    """One count as a share of each of the three denominators."""

    shown: Proportion
    answered: Proportion
    opinion: Proportion


@dataclass(frozen=True, slots=True)
class Row:
    """One option of a question."""

    key: str
    count: float
    shares: Shares


@dataclass(frozen=True, slots=True)
class Summary:
    """A closed question over one set of respondents.

    Attributes
    ----------
    rows : tuple of Row
        One an option, in the order given.
    states : dict of str to int
        Respondents by what became of the question; sums to `n`.
    n, n_answered, n_opinion : int
        Respondents asked (not shown left out); of these with an answer or "no opinion"; of
        these with an opinion.
    is_weighted : bool
    mean, median : float or None
        Of a rating scale or a number, over those with an opinion.
    top_box : Shares or None
        Share of the highest points, where the question is a rating scale.
    """

    rows: tuple[Row, ...]
    states: dict[str, int]
    n: int
    n_answered: int
    n_opinion: int
    is_weighted: bool
    mean: float | None = None
    median: float | None = None
    top_box: Shares | None = None


@dataclass(frozen=True, slots=True)
class _Bases:
    """Who counts in each denominator, and how much."""

    weights: Floats
    masks: dict[Denominator, NDArray[np.bool_]]
    is_weighted: bool

    def shares(self, hits: NDArray[np.bool_]) -> Shares:
        found = {}
        for name, mask in self.masks.items():
            inside = self.weights[mask]
            is_weighted = self.is_weighted
            size = effective_size(inside, hits[mask]) if is_weighted else float(mask.sum())
            count = float(self.weights[hits & mask].sum())
            found[name] = wilson(count, float(inside.sum()), size)
        return Shares(
            shown=found[Denominator.SHOWN],
            answered=found[Denominator.ANSWERED],
            opinion=found[Denominator.OPINION],
        )


def _bases(states: Sequence[str], weights: ArrayLike | None) -> tuple[_Bases, dict[str, int]]:
    codes = np.asarray(states, dtype=object)
    known = {state.value for state in AnswerState}
    strange = set(codes.tolist()) - known
    if strange:
        raise ValueError(f"Not a state of an answer: {min(map(str, strange))}")
    given = np.ones(len(codes)) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != codes.shape or not np.all(np.isfinite(given)) or np.any(given < 0):
        raise ValueError("One finite weight of at least 0 is needed for each answer.")
    masks = {
        name: np.isin(codes, [state.value for state in members]) for name, members in BASES.items()
    }
    counts = {state.value: int(np.sum(codes == state.value)) for state in AnswerState}
    return _Bases(given, masks, weights is not None), counts


def _summary(
    bases: _Bases, counts: dict[str, int], rows: tuple[Row, ...], **more: object
) -> Summary:
    return Summary(
        rows=rows,
        states=counts,
        n=int(bases.masks[Denominator.SHOWN].sum()),
        n_answered=int(bases.masks[Denominator.ANSWERED].sum()),
        n_opinion=int(bases.masks[Denominator.OPINION].sum()),
        is_weighted=bases.is_weighted,
        **more,  # type: ignore[arg-type]  # the four optional fields of Summary
    )


def summarise_single(
    values: Sequence[str | None],
    states: Sequence[str],
    options: Sequence[str],
    *,
    weights: ArrayLike | None = None,
) -> Summary:
    """Summarise a single choice.

    Parameters
    ----------
    values : sequence of str or None, length n
        The code chosen; read only where the state is "answered".
    states : sequence of AnswerState, length n
    options : sequence of str
        All codes, in the order of the questionnaire; a code never chosen keeps its row of 0.
    weights : array_like of float, shape (n,), optional
        At least 0. Shares are then weighted and intervals use their effective size.

    Returns
    -------
    Summary

    Raises
    ------
    ValueError
        Lengths differ, a state or an answered code is unknown, or a weight is negative.

    Examples
    --------
    >>> found = summarise_single(["a", "b", None], ["answered", "answered", "dont_know"], ["a", "b"])
    >>> found.rows[0].shares.answered.base, found.rows[0].shares.opinion.base
    (3.0, 2.0)
    """
    bases, counts = _bases(states, weights)
    chosen = np.asarray(values, dtype=object)
    _check_lengths(chosen, bases)
    is_opinion = bases.masks[Denominator.OPINION]
    _check_codes(set(chosen[is_opinion].tolist()), options)
    rows = tuple(_row(key, (chosen == key) & is_opinion, bases) for key in dict.fromkeys(options))
    return _summary(bases, counts, rows)


def summarise_multiple(
    values: Sequence[Sequence[str] | None],
    states: Sequence[str],
    options: Sequence[str],
    *,
    weights: ArrayLike | None = None,
) -> Summary:
    """Summarise a multiple choice: shares of respondents, which may sum to more than 1.

    Parameters
    ----------
    values : sequence of sequence of str or None, length n
        The codes chosen by each respondent.
    states, options, weights
        As in `summarise_single`.

    Returns
    -------
    Summary
    """
    bases, counts = _bases(states, weights)
    is_opinion = bases.masks[Denominator.OPINION]
    if len(values) != len(is_opinion):
        raise ValueError("One value is needed for each state.")
    sets = [
        frozenset(value or ()) if inside else frozenset()
        for value, inside in zip(values, is_opinion.tolist(), strict=True)
    ]
    _check_codes(frozenset().union(*sets), options)
    rows = tuple(
        _row(key, np.array([key in found for found in sets], dtype=bool), bases)
        for key in dict.fromkeys(options)
    )
    return _summary(bases, counts, rows)


def summarise_rating(
    values: Sequence[int | None],
    states: Sequence[str],
    *,
    points: int,
    lowest: int = 1,
    top: int = 2,
    weights: ArrayLike | None = None,
) -> Summary:
    """Summarise a rating scale of `lowest` to `points`.

    Parameters
    ----------
    values : sequence of int or None, length n
    states, weights
        As in `summarise_single`.
    points : int
        The highest point.
    lowest : int
        The lowest point, below `points`.
    top : int
        How many of the highest points make the top box; 2 of 5 is the share that the European
        Commission prints as "important or very important".

    Returns
    -------
    Summary
        With mean, median and top box.

    Raises
    ------
    ValueError
        An answered value lies outside `lowest` to `points`.
    """
    bases, counts = _bases(states, weights)
    is_opinion = bases.masks[Denominator.OPINION]
    if len(values) != len(is_opinion):
        raise ValueError("One value is needed for each state.")
    numbers = np.array(
        [
            value if inside and value is not None else lowest - 1
            for value, inside in zip(values, is_opinion.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    given = numbers[is_opinion]
    if given.size and (given.min() < lowest or given.max() > points):
        raise ValueError(f"A rating lies outside {lowest} to {points}.")
    rows = tuple(
        _row(str(point), (numbers == point) & is_opinion, bases)
        for point in range(lowest, points + 1)
    )
    inside = bases.weights[is_opinion]
    total = float(inside.sum())
    return _summary(
        bases,
        counts,
        rows,
        mean=float(np.sum(given * inside)) / total if total > 0 else None,
        median=weighted_median(given.astype(np.float64), inside),
        top_box=bases.shares((numbers > points - top) & is_opinion),
    )


def summarise_numbers(
    values: Sequence[float | None], states: Sequence[str], *, weights: ArrayLike | None = None
) -> Summary:
    """Summarise numbers: who answered, their mean and median.

    Parameters
    ----------
    values : sequence of float or None, length n
        Read only where the state is "answered"; finite there.
    states, weights
        As in `summarise_single`.

    Returns
    -------
    Summary
        Without rows.

    Raises
    ------
    ValueError
        Lengths differ, or an answered value is not finite.
    """
    bases, counts = _bases(states, weights)
    is_opinion = bases.masks[Denominator.OPINION]
    if len(values) != len(is_opinion):
        raise ValueError("One value is needed for each state.")
    given = np.array(
        [
            np.nan if value is None else value
            for value, inside in zip(values, is_opinion.tolist(), strict=True)
            if inside
        ],
        dtype=np.float64,
    )
    if not np.all(np.isfinite(given)):
        raise ValueError("An answered number is not finite.")
    inside = bases.weights[is_opinion]
    total = float(inside.sum())
    return _summary(
        bases,
        counts,
        (),
        mean=float(np.sum(given * inside)) / total if total > 0 else None,
        median=weighted_median(given, inside),
    )


def weighted_median(values: Floats, weights: Floats) -> float | None:
    """The value at which half of the weight is reached; the middle of two where it falls between.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4))
    2.5
    """
    positive = weights > 0
    if not positive.any():
        return None
    order = np.argsort(values[positive], kind="stable")
    sorted_values = values[positive][order]
    reached = np.cumsum(weights[positive][order])
    half = reached[-1] / 2
    # Sums of weights that are half up to their rounding are half; one voice of many is more.
    slack = ROUNDING * reached[-1]
    place = int(np.searchsorted(reached, half - slack, side="left"))
    if reached[place] <= half + slack and place + 1 < len(sorted_values):
        return float((sorted_values[place] + sorted_values[place + 1]) / 2)
    return float(sorted_values[place])


def _row(key: str, hits: NDArray[np.bool_], bases: _Bases) -> Row:
    return Row(key=key, count=float(bases.weights[hits].sum()), shares=bases.shares(hits))


def _check_lengths(values: NDArray[np.object_], bases: _Bases) -> None:
    if values.shape != bases.weights.shape:
        raise ValueError("One value is needed for each state.")


def _check_codes(found: set[str] | frozenset[str], options: Sequence[str]) -> None:
    strange = sorted(str(code) for code in found if code not in set(options))
    if strange:
        raise ValueError(f"An answer has a code that the question does not offer: {strange[0]}")
