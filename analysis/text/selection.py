"""Which answers people should code next, and which and how many make up the audit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.text.coding import centred_units
from analysis.text.neighbours import NeighbourIndex
from analysis.text.shares import FEWEST_AUDITED
from analysis.types import Z

#: Coded examples that each theme should have before doubt alone decides what is asked next.
EXAMPLES_WANTED = 2
#: Of the answers in most doubt so many times as are wanted are compared with each other.
_POOL = 5
_NEIGHBOURS = 15


def most_informative(
    probability: ArrayLike,
    labels: ArrayLike,
    n: int,
    *,
    seed: int,
    strata: Sequence[str | None] | None = None,
    families: Sequence[int] | None = None,
    vectors: ArrayLike | None = None,
) -> tuple[int, ...]:
    """The answers whose coding teaches most, in the order in which to ask for them.

    Parameters
    ----------
    probability : array of float, shape (n_answers, t)
        From `ThemeCoder.predict_proba` or `zero_shot`; NaN for answers that were not read,
        which are never asked for.
    labels : array of float, shape (n_answers, t)
        1, 0, or NaN where nobody coded; an answer with any code counts as coded.
    n : int
        How many are wanted; fewer come back where there are no more.
    seed : int
        Breaks ties.
    strata : sequence of str or None, length n_answers, optional
        Region, sector or language: strata take turns, so that small ones are heard.
    families : sequence of int, length n_answers, optional
        Copies of one text share a number (`analysis.text.quality`): only one of them is asked
        for.
    vectors : array of float, shape (n_answers, d), optional
        With them an answer is worth more the more others are like it, and less the more it is
        like one that is asked for already.

    Returns
    -------
    tuple of int
        Positions of answers.

    Raises
    ------
    ValueError
        Shapes do not fit, or n is negative.

    Notes
    -----
    Themes with fewer than `EXAMPLES_WANTED` coded examples come first, each asking for the
    answer likeliest to raise it; then doubt, as the sum of binary entropies over themes, each
    theme weighing by the inverse square root of its examples. O(n_answers t log n_answers).

    References
    ----------
    Lewis & Gale 1994, "A sequential algorithm for training text classifiers", section 3;
    Settles & Craven 2008, "An analysis of active learning strategies for sequence labeling
    tasks", section 3.5 (information density).

    Examples
    --------
    >>> nobody = [[float("nan")]] * 3
    >>> most_informative([[0.9], [0.5], [0.1]], nobody, 2, seed=1)
    (0, 1)
    """
    chances = np.asarray(probability, dtype=np.float64)
    table = np.asarray(labels, dtype=np.float64)
    _check(chances, table, n, strata, families)
    coded = ~np.isnan(table).all(axis=1)
    examples = np.nansum(table, axis=0) if len(table) else np.zeros(chances.shape[1])
    ties = np.random.default_rng(seed).permutation(len(chances))
    unread = np.isnan(chances).all(axis=1)
    queue = _Queue(n, np.asarray(coded | unread, dtype=np.bool_), families)
    _ask_for_examples(queue, np.nan_to_num(chances, nan=-1.0), examples, ties)
    line = _Line(
        _doubt(chances, examples), ties, None if vectors is None else _unit_vectors(vectors)
    )
    _ask_where_in_doubt(queue, line, strata)
    return tuple(queue.asked)


class _Queue:
    """Answers in the order in which they are asked for, each family once."""

    def __init__(self, n: int, done: NDArray[np.bool_], families: Sequence[int] | None) -> None:
        self.wanted = n
        self.asked: list[int] = []
        self._families = families
        self._done = done.copy()
        known = np.flatnonzero(done).tolist()
        self._seen = set() if families is None else {families[row] for row in known}

    @property
    def is_full(self) -> bool:
        return len(self.asked) >= self.wanted

    @property
    def missing(self) -> int:
        return self.wanted - len(self.asked)

    def is_open(self, row: int) -> bool:
        return not self._done[row]

    def offer(self, row: int) -> bool:
        """Take an answer unless it, or a copy of it, has been coded or asked for."""
        family = None if self._families is None else self._families[row]
        if self.is_full or self._done[row] or (family is not None and family in self._seen):
            return False
        self._done[row] = True
        if family is not None:
            self._seen.add(family)
        self.asked.append(row)
        return True


def _ask_for_examples(
    queue: _Queue,
    chances: NDArray[np.float64],
    examples: NDArray[np.float64],
    ties: NDArray[np.intp],
) -> None:
    """Themes take turns, the one with the fewest examples first."""
    short = np.flatnonzero(examples < EXAMPLES_WANTED)
    turns = sorted(short.tolist(), key=lambda theme: (examples[theme], theme))
    lines = {theme: iter(np.lexsort((ties, -chances[:, theme])).tolist()) for theme in turns}
    for turn in range(EXAMPLES_WANTED):
        for theme in turns:
            if examples[theme] + turn >= EXAMPLES_WANTED:
                continue
            for row in lines[theme]:
                if queue.is_full or queue.offer(row):
                    break


def _ask_where_in_doubt(queue: _Queue, line: "_Line", strata: Sequence[str | None] | None) -> None:
    places: dict[str, list[int]] = {}
    for row in range(len(line.doubt)):
        if queue.is_open(row):
            places.setdefault("" if strata is None else strata[row] or "", []).append(row)
    waiting = [iter(line.order(places[name], queue.missing)) for name in sorted(places)]
    while waiting and not queue.is_full:
        # A stratum that has nobody left to ask leaves the round.
        waiting = [turn for turn in waiting if any(queue.offer(row) for row in turn)]


@dataclass(frozen=True, slots=True)
class _Line:
    """In which order to ask, where the first answers may make later ones superfluous."""

    doubt: NDArray[np.float64]
    ties: NDArray[np.intp]
    vectors: NDArray[np.float32] | None

    def order(self, rows: list[int], wanted: int) -> list[int]:
        """Rows of one stratum, those that teach most first."""
        own = np.array(rows, dtype=np.intp)
        ranked = own[np.lexsort((self.ties[own], -self.doubt[own]))]
        if self.vectors is None or wanted < 1:
            return [int(row) for row in ranked]
        pool, rest = ranked[: _POOL * wanted], ranked[_POOL * wanted :]
        chosen = self._spread(pool, wanted)
        left = set(pool.tolist()) - set(chosen)
        return [*chosen, *(int(row) for row in pool if int(row) in left), *map(int, rest)]

    def _spread(self, pool: NDArray[np.intp], wanted: int) -> list[int]:
        if self.vectors is None or not len(pool):
            return []
        rows = self.vectors[pool]
        index = NeighbourIndex(seed=0).fit(self.vectors)
        nearest = index.query(rows, min(_NEIGHBOURS, len(self.vectors)))
        worth = self.doubt[pool] * np.maximum(nearest.similarity, 0.0).mean(axis=1)
        likest = np.zeros(len(pool))
        chosen: list[int] = []
        for _turn in range(min(wanted, len(pool))):
            place = int(np.argmax(worth * (1 - likest)))
            chosen.append(int(pool[place]))
            likest = np.maximum(likest, rows @ rows[place])
            worth[place] = -1.0
        return chosen


def _doubt(chances: NDArray[np.float64], examples: NDArray[np.float64]) -> NDArray[np.float64]:
    p = np.clip(np.nan_to_num(chances, nan=0.0), 1e-9, 1 - 1e-9)
    entropy = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    found: NDArray[np.float64] = entropy @ (1 / np.sqrt(1 + examples))
    return found


def _unit_vectors(vectors: ArrayLike) -> NDArray[np.float32]:
    """Vectors less their mean, at length 1; zeros stay zeros."""
    return np.asarray(centred_units(np.asarray(vectors, dtype=np.float64)), dtype=np.float32)


def _check(
    chances: NDArray[np.float64],
    table: NDArray[np.float64],
    n: int,
    strata: Sequence[str | None] | None,
    families: Sequence[int] | None,
) -> None:
    if chances.ndim != 2 or chances.shape != table.shape:
        raise ValueError("Probabilities and labels need the same answers and themes.")
    if n < 0:
        raise ValueError("n must be 0 or more.")
    for other in (strata, families):
        if other is not None and len(other) != len(chances):
            raise ValueError("Strata and families need one value for each answer.")


def audit_size(
    half_width: float,
    n: int,
    *,
    share: float = 0.5,
    explained: float = 0.0,
    design_effect: float = 1.0,
) -> int:
    """How many answers to audit for an interval of a wished width.

    Parameters
    ----------
    half_width : float
        Half the width wished for, in (0, 1): 0.05 is five points to each side.
    n : int
        All answers.
    share : float
        The share expected; 0.5 is the most expensive.
    explained : float
        What of the variance of people's codes the machine explains, in [0, 1): from an earlier
        audit 1 - audit_n / worth of its shares; 0 is the machine left out.
    design_effect : float
        How many answers say as much as one of a person of its own, at least 1: that of the shares
        of an earlier audit.

    Returns
    -------
    int
        Between `FEWEST_AUDITED` and n (n itself where n is below `FEWEST_AUDITED`).

    Raises
    ------
    ValueError
        A number lies outside its range.

    References
    ----------
    Cochran 1977, *Sampling Techniques*, section 4.4, with the residual variance of section 7.3.

    Examples
    --------
    >>> audit_size(0.05, 1000), audit_size(0.05, 1000, explained=0.5)
    (278, 162)
    """
    if not (0 < half_width < 1 and 0 <= share <= 1 and 0 <= explained < 1 and n >= 0):
        raise ValueError("Width, share and what is explained lie between 0 and 1.")
    if design_effect < 1:
        raise ValueError("Answers of one person never say more than those of as many people.")
    unlimited = Z**2 * share * (1 - share) * (1 - explained) * design_effect / half_width**2
    size = unlimited / (1 + unlimited / n) if n else 0.0
    return min(n, max(FEWEST_AUDITED, int(np.ceil(size - 1e-9))))


def audit_sample(n_answers: int, size: int, *, seed: int) -> tuple[int, ...]:
    """A simple random sample of answers for people to code, whatever the machine says.

    Parameters
    ----------
    n_answers : int
        The answers that the shares will speak of.
    size : int
        At most n_answers.
    seed : int
        Stored with the sample, so that anybody can draw it again.

    Returns
    -------
    tuple of int
        Positions in the order drawn. The first m of them are a random sample of m, so an audit
        that stops early stays valid, and a larger size continues the same sample.

    Raises
    ------
    ValueError
        The size does not lie between 0 and n_answers.

    Examples
    --------
    >>> audit_sample(1000, 3, seed=7) == audit_sample(1000, 50, seed=7)[:3]
    True
    """
    if not 0 <= size <= n_answers:
        raise ValueError("The audit cannot be larger than the answers it is drawn from.")
    order = np.random.default_rng(seed).permutation(n_answers)
    return tuple(int(row) for row in order[:size])
