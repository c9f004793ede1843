"""The disclosure gate: every table that leaves the committee passes through here, and only here.

A count below the threshold is hidden, and so are enough others that no hidden count can be
worked out from the rows, columns and totals that stand. What remains says what was lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
TOLERANCE = 1e-9
#: The range that must stay open around a hidden count, as a part of the threshold.
NARROWEST = 0.2
#: The status with which SciPy's linear programming says that a value can grow without end.
UNBOUNDED = 3


@dataclass(frozen=True, slots=True)
class Gated:
    """A table after the gate.

    Attributes
    ----------
    cells : tuple of tuple of int or None, shape (r, c)
        None is hidden.
    row_totals : tuple of int or None, length r
    column_totals : tuple of int or None, length c
    total : int or None
    hidden : int
        Cells hidden, totals not counted.
    share_hidden : float
        Of the table's count that stands in hidden cells, in [0, 1]; the information lost.
        Rounded to a twentieth, so that it does not give a hidden count away.
    single_answer_rows : tuple of int
        Rows that were hidden because everyone in them gave the same answer.
    """

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None
    hidden: int
    share_hidden: float
    single_answer_rows: tuple[int, ...]


def gate(
    counts: ArrayLike, *, threshold: int, known_columns: Sequence[bool] | None = None
) -> Gated:
    """Hide what could point at people in a table of counts with its totals.

    Parameters
    ----------
    counts : array_like of int, shape (r, c)
        Groups by answers, at least 0. A one-way table is one row.
    threshold : int, at least 2
        The smallest count that may be shown.
    known_columns : sequence of bool, length c, optional
        Columns whose totals stand in another published table, so that hiding them here would
        protect nothing.

    Returns
    -------
    Gated

    Raises
    ------
    ValueError
        A count is negative or the table is not two-dimensional.

    Notes
    -----
    Hidden first: counts of 1 to threshold - 1, rows whose total is below the threshold, and
    rows in which all gave one answer (it would be everyone's). A count of 0 is shown unless
    its row is hidden: it says that nobody of a large enough group chose an option, and
    hiding it would hide most of a sparse table.

    Hidden next, until nothing changes: for every hidden cell the smallest range that the
    published cells and totals leave open is worked out exactly (non-negative integers, rows
    and columns add up). Where a range is narrower than a fifth of the threshold, more is hidden: the
    cheapest neighbour in a line with a single hidden cell, else in the cell's own lines. A total is shown when its count reaches the threshold and its
    cells do not give a hidden one away.

    For one row and for two-way tables with both totals a feasible range needs a small linear
    programme; O(cells²) of them at worst, on tables of at most some hundred cells.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, sections 4.2 to 4.4 (primary and
    secondary suppression, feasibility intervals).

    Examples
    --------
    >>> gate([[40, 3, 30], [50, 60, 20]], threshold=10).cells
    ((40, None, None), (50, None, None))
    """
    table = np.array(counts, dtype=np.int64)
    if table.ndim != 2 or (table.size and table.min() < 0):
        raise ValueError("A table of counts has rows and columns and no negative count.")
    if threshold < 2:
        raise ValueError("The threshold must be 2 or more.")
    if not table.size:
        return Gated((), (), (), None, 0, 0.0, ())
    hidden, single = _primary(table, threshold)
    known = np.zeros(table.shape[1], dtype=bool)
    if known_columns is not None:
        known |= np.asarray(known_columns, dtype=bool)
    totals = _shown_totals(table, threshold, known)
    # In a table of one line the totals across it are the cells themselves.
    if table.shape[0] == 1:
        totals.columns[:] = False
    if table.shape[1] == 1:
        totals.rows[:] = False
    while True:
        exposed = _exposed(table, hidden, totals, threshold)
        if exposed is None or not _protect(table, hidden, totals, exposed):
            break
    return _gated(table, hidden, totals, single)


@dataclass(slots=True)
class _Totals:
    """Which totals stand; protecting a cell may have to take one down."""

    rows: Mask
    columns: Mask
    grand: bool
    #: Column totals that stand elsewhere and cannot be taken down.
    known: Mask


def _primary(table: Counts, threshold: int) -> tuple[Mask, tuple[int, ...]]:
    hidden = (table > 0) & (table < threshold)
    sizes = table.sum(axis=1)
    hidden[(sizes > 0) & (sizes < threshold)] = True
    one_answer = (table.shape[1] > 1) & (sizes > 0) & ((table > 0).sum(axis=1) == 1)
    # With a single row the whole table would be one answer: there is no group to expose.
    single = one_answer & (table.shape[0] > 1)
    hidden[single] = True
    return hidden, tuple(int(row) for row in np.flatnonzero(single & (sizes >= threshold)))


def _shown_totals(table: Counts, threshold: int, known: Mask) -> _Totals:
    def stands(values: Counts) -> Mask:
        return np.asarray((values == 0) | (values >= threshold))

    return _Totals(
        rows=stands(table.sum(axis=1)),
        columns=stands(table.sum(axis=0)) | known,
        grand=int(table.sum()) == 0 or int(table.sum()) >= threshold or bool(known.all()),
        known=known,
    )


def _exposed(
    table: Counts, hidden: Mask, totals: _Totals, threshold: int
) -> tuple[int, int] | None:
    """A hidden cell that the published numbers pin down too closely, if there is one."""
    if not hidden.any():
        return None
    system, target = _equations(table, hidden, totals)
    places = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    truth = table[hidden].astype(np.float64)
    needed = threshold * NARROWEST - TOLERANCE
    for index, place in enumerate(places):
        if _room_in_rectangles(table, hidden, place) >= needed:
            continue
        low, high = _range(system, target, truth, index)
        if high - low < needed:
            return place
    return None


def _room_in_rectangles(table: Counts, hidden: Mask, place: tuple[int, int]) -> int:
    """How far a hidden count can move within some rectangle of hidden cells; spares most work.

    Adding to two opposite corners what is taken from the other two changes no total at all.
    """
    row, column = place
    rows = np.flatnonzero(hidden[:, column] & (np.arange(len(table)) != row))
    columns = np.flatnonzero(hidden[row] & (np.arange(table.shape[1]) != column))
    if not len(rows) or not len(columns):
        return 0
    opposite = table[np.ix_(rows, columns)]
    down = np.minimum(table[place], opposite)
    up = np.minimum(table[row, columns][None, :], table[rows, column][:, None])
    room = np.where(hidden[np.ix_(rows, columns)], down + up, 0)
    return int(room.max())


def _equations(
    table: Counts, hidden: Mask, totals: _Totals
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What an outsider knows of the hidden counts: sums along shown totals."""
    index = -np.ones(table.shape, dtype=np.int64)
    index[hidden] = np.arange(int(hidden.sum()))
    sets: list[NDArray[np.int64]] = []
    sums: list[float] = []
    lines = [(index[row], table[row], totals.rows[row]) for row in range(table.shape[0])]
    lines += [
        (index[:, column], table[:, column], totals.columns[column])
        for column in range(table.shape[1])
    ]
    lines.append((index.ravel(), table.ravel(), np.bool_(totals.grand)))
    for of, values, is_shown in lines:
        inside = of >= 0
        if is_shown and inside.any():
            sets.append(of[inside])
            sums.append(float(values[inside].sum()))
    matrix = np.zeros((len(sets), int(hidden.sum())))
    for row, members in enumerate(sets):
        matrix[row, members] = 1.0
    return matrix, np.array(sums)


def _range(
    system: NDArray[np.float64],
    target: NDArray[np.float64],
    truth: NDArray[np.float64],
    index: int,
) -> tuple[float, float]:
    """The smallest and largest value the cell can have, given all that is published."""
    if not len(system) or not system[:, index].any():
        return 0.0, np.inf
    cost = np.zeros(len(truth))
    cost[index] = 1.0
    low = scipy.optimize.linprog(cost, A_eq=system, b_eq=target, method="highs")
    high = scipy.optimize.linprog(-cost, A_eq=system, b_eq=target, method="highs")
    lowest = float(truth[index]) if low.x is None else float(low.x[index])
    if high.x is not None:
        return lowest, float(high.x[index])
    return lowest, np.inf if high.status == UNBOUNDED else float(truth[index])


def _protect(table: Counts, hidden: Mask, totals: _Totals, exposed: tuple[int, int]) -> bool:
    """Open the system around hidden cells, a step at a time.

    A line with one hidden cell and a total gives the cell away: it gets a second one, the
    smallest, preferably where the crossing line has a hidden cell too. Where no line is like
    that, the exposed cell's own lines grow; where nothing is left to hide, totals go, and at
    last the whole table. False where nothing is left to do.
    """
    lonely = [
        line
        for line, is_shown in _lines(table, totals)
        if is_shown and sum(bool(hidden[place]) for place in line) == 1
    ]
    for line in lonely:
        if _hide_one(table, hidden, line):
            return True
    row, column = exposed
    along = [line for line, _shown in _lines(table, totals) if exposed in line]
    for line in along:
        if _hide_one(table, hidden, line):
            return True
    if totals.rows[row]:
        totals.rows[row] = False
    elif totals.columns[column] and not totals.known[column]:
        totals.columns[column] = False
    else:
        return _hide_all(hidden, totals)
    return True


def _hide_all(hidden: Mask, totals: _Totals) -> bool:
    """The last resort; False where it was taken before."""
    columns = np.array_equal(totals.columns, totals.known)
    if hidden.all() and not totals.rows.any() and columns and totals.grand == totals.known.all():
        return False
    hidden[:] = True
    totals.rows[:] = False
    totals.columns[:] = totals.known
    totals.grand = bool(totals.known.all())
    return True


def _lines(table: Counts, totals: _Totals) -> list[tuple[list[tuple[int, int]], bool]]:
    rows, columns = table.shape
    found = [([(r, c) for c in range(columns)], bool(totals.rows[r])) for r in range(rows)]
    found += [([(r, c) for r in range(rows)], bool(totals.columns[c])) for c in range(columns)]
    return found


def _hide_one(table: Counts, hidden: Mask, line: list[tuple[int, int]]) -> bool:
    """Hide the best candidate of a line; False where all its counts are hidden or 0."""
    shown = [place for place in line if not hidden[place] and table[place] > 0]
    if not shown:
        return False

    def cost(place: tuple[int, int]) -> tuple[bool, int, tuple[int, int]]:
        crossing = hidden[place[0]].sum() + hidden[:, place[1]].sum()
        own = sum(bool(hidden[other]) for other in line)
        return (bool(crossing - own == 0), int(table[place]), place)

    hidden[min(shown, key=cost)] = True
    return True


def _gated(table: Counts, hidden: Mask, totals: _Totals, single: tuple[int, ...]) -> Gated:
    size = int(table.sum())
    lost = float(table[hidden].sum()) / size if size else 0.0
    return Gated(
        cells=tuple(
            tuple(
                None if hidden[row, column] else int(table[row, column])
                for column in range(table.shape[1])
            )
            for row in range(table.shape[0])
        ),
        row_totals=tuple(
            int(table[row].sum()) if totals.rows[row] else None for row in range(table.shape[0])
        ),
        column_totals=tuple(
            int(table[:, column].sum()) if totals.columns[column] else None
            for column in range(table.shape[1])
        ),
        total=size if totals.grand else None,
        hidden=int(hidden.sum()),
        share_hidden=round(lost * 20) / 20,
        single_answer_rows=single,
    )


def reveals_by_difference(before: ArrayLike, after: ArrayLike, *, threshold: int) -> bool:
    """Whether two versions of a table differ by so little that their difference names people.

    Parameters
    ----------
    before, after : array_like of int, equal shapes
        Counts as they were and as they would be published.
    threshold : int

    Returns
    -------
    bool
        True where some count moves by 1 to threshold - 1.

    Examples
    --------
    >>> reveals_by_difference([[40, 60]], [[41, 60]], threshold=10)
    True
    >>> reveals_by_difference([[40, 60]], [[40, 60]], threshold=10)
    False
    """
    moved = np.abs(np.asarray(after, dtype=np.int64) - np.asarray(before, dtype=np.int64))
    return bool(np.any((moved > 0) & (moved < threshold)))
