"""An attacker with the published numbers never works out a hidden one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from analysis.privacy.gate import gate
from analysis.privacy.recode import WITHHELD, recode_pairs

THRESHOLD = 10
TABLES = st.integers(1, 4).flatmap(
    lambda rows: st.integers(2, 4).flatmap(
        lambda columns: arrays(np.int64, (rows, columns), elements=st.integers(0, 60))
    )
)


@given(TABLES)
@settings(max_examples=120, deadline=None)
def test_no_cell_below_the_threshold_is_shown(table):
    found = gate(table, threshold=THRESHOLD)
    for row in found.cells:
        assert all(cell is None or cell == 0 or cell >= THRESHOLD for cell in row)
    for total in (*found.row_totals, *found.column_totals, found.total):
        assert total is None or total == 0 or total >= THRESHOLD


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_hidden_cells_stay_uncertain(table):
    found = gate(table, threshold=THRESHOLD)
    hidden = [(r, c) for r, row in enumerate(found.cells) for c, v in enumerate(row) if v is None]
    equations, sums = _what_is_known(table.shape, found)
    for place in hidden:
        low, high = _bounds(equations, sums, table.shape, place)
        assert high - low >= THRESHOLD / 5 - 1e-6


def _what_is_known(shape, found):
    equations, sums = [], []
    rows, columns = shape

    def add(places, value):
        if value is not None:
            equation = np.zeros(shape)
            for place in places:
                equation[place] = 1
            equations.append(equation.ravel())
            sums.append(value)

    for r in range(rows):
        add([(r, c) for c in range(columns)], found.row_totals[r])
        for c in range(columns):
            add([(r, c)], found.cells[r][c])
    for c in range(columns):
        add([(r, c) for r in range(rows)], found.column_totals[c])
    add([(r, c) for r in range(rows) for c in range(columns)], found.total)
    return np.array(equations).reshape(len(sums), rows * columns), np.array(sums, dtype=float)


def _bounds(equations, sums, shape, place):
    cost = np.zeros(shape)
    cost[place] = 1
    known = {"A_eq": equations, "b_eq": sums} if len(sums) else {}
    low = linprog(cost.ravel(), **known, method="highs")
    high = linprog(-cost.ravel(), **known, method="highs")
    assert low.success
    return low.fun, np.inf if high.status == 3 else -high.fun


@given(TABLES)
@settings(max_examples=40, deadline=None)
def test_the_gate_repeats_itself_and_leaves_its_input_alone(table):
    table.setflags(write=False)
    assert gate(table, threshold=THRESHOLD) == gate(table.copy(), threshold=THRESHOLD)


ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from(["x", "y", "z", None])),
    min_size=10,
    max_size=120,
)


@given(ROWS)
@settings(deadline=None)
def test_every_combination_left_stands_for_enough_rows(rows):
    found = recode_pairs([row[0] for row in rows], [row[1] for row in rows], k=10)
    pairs = list(zip(found.first, found.second, strict=True))
    assert min(pairs.count(pair) for pair in set(pairs)) >= 10
    for (first, second), row in zip(pairs, rows, strict=True):
        assert first in {row[0] or "unknown", WITHHELD}
        assert second in {row[1] or "unknown", WITHHELD}


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_totals_that_stand_elsewhere_do_not_give_hidden_cells_back(table):
    if len(table) == 1:
        return  # the totals of one row are its cells
    sums = table.sum(axis=0)
    known = sums >= THRESHOLD
    found = gate(table, threshold=THRESHOLD, known_columns=known)
    for column, is_known in enumerate(known):
        assert not is_known or found.column_totals[column] == sums[column]
    if found.hidden == table.size:
        return
    hidden = [(r, c) for r, row in enumerate(found.cells) for c, v in enumerate(row) if v is None]
    equations, totals = _what_is_known(table.shape, found)
    for place in hidden:
        low, high = _bounds(equations, totals, table.shape, place)
        assert high - low >= THRESHOLD / 5 - 1e-6
