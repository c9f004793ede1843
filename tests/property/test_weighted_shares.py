"""Somebody who knows all weights and all published figures works out no hidden count."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.types import wilson
from results.publishing import questions, weighted
from results.tables import proportion

THRESHOLD = 10
ANSWERS = ["1", "2", "3"]
REGIONS, SECTORS = ["r0", "r1", "r2"], ["s0", "s1", "s2"]
WEIGHTS = st.lists(st.sampled_from([0.3, 0.5, 0.9, 1.0, 1.7, 3.0]), min_size=9, max_size=9)
COUNTS = st.lists(
    st.lists(st.sampled_from([0, 1, 2, 5, 9, 12, 25, 60]), min_size=4, max_size=4),
    min_size=9,
    max_size=9,
)


def documents(counts, weights):
    """The committee's tables of one question, by region and by sector."""
    classes = [
        {
            "region": REGIONS[place // 3],
            "sector": SECTORS[place % 3],
            "weight": weights[place],
            "counts": dict(zip([*ANSWERS, weighted.DONT_KNOW], row, strict=True)),
        }
        for place, row in enumerate(counts.tolist())
    ]

    def line(rows):
        total = rows.sum(axis=0)
        n = int(total.sum())
        return {
            "n_answered": n,
            "n_dont_know": int(total[3]),
            "shares": {key: proportion(wilson(int(total[i]), n)) for i, key in enumerate(ANSWERS)},
        }

    whole = line(counts)
    summary = {
        "title": {},
        "kind": "single_choice",
        "n_answered": whole["n_answered"],
        "states": {"dont_know": whole["n_dont_know"]},
        "rows": [
            {"key": key, "label": {}, "count": share["count"], "answered": share}
            for key, share in whole["shares"].items()
        ],
        "weighted": [
            {
                "key": "registered",
                "label": {"en": "Weighted"},
                "is_headline": True,
                "effective_n": 100.0,
                "classes": classes,
            }
        ],
    }
    by = {}
    for name, keys in (("region", REGIONS), ("sector", SECTORS)):
        groups = []
        for key in keys:
            inside = np.array([one[name] == key for one in classes])
            groups.append({"key": key, "label": {"en": key}, **line(counts[inside])})
        by[name] = {
            "title": {},
            "kind": "single_choice",
            "small": 30,
            "options": [{"key": key, "label": {}} for key in ANSWERS],
            "groups": [group for group in groups if group["n_answered"]],
        }
    return summary, by


def published(summary, by):
    public = questions.summary(summary, THRESHOLD)
    tables = {name: (own, questions.breakdown(own, summary, THRESHOLD)) for name, own in by.items()}
    return public, tables, weighted.weighted(summary, public, tables, THRESHOLD)


class Attack:
    """Somebody who knows all weights, all published figures, and how large each group is."""

    def __init__(self, counts, weights, public, tables):
        self.counts, self.weights, self.tables = counts, np.array(weights), tables
        self.of = {"region": np.arange(9) // 3, "sector": np.arange(9) % 3}
        self.equal, self.sums, self.wanted = [], [], []
        cells = {row["key"]: row["count"] for row in public["rows"]}
        self.learn(np.ones(9, dtype=bool), cells, public["n_answered"])
        for name, (own, table) in tables.items():
            self.read(name, own, table)

    def mask(self, rows, column=None):
        found = np.zeros(self.counts.shape)
        found[rows, slice(None) if column is None else column] = 1
        return found.ravel()

    def learn(self, rows, cells, total):
        for column, key in enumerate(ANSWERS):
            if cells.get(key) is not None:
                self.equal.append(self.mask(rows, column))
                self.sums.append(cells[key])
        if total is not None:
            self.equal.append(self.mask(rows))
            self.sums.append(total)

    def read(self, name, own, table):
        names = {"region": REGIONS, "sector": SECTORS}[name]
        alone = {group["key"] for group in table["groups"]}
        small = [names.index(g["key"]) for g in own["groups"] if g["key"] not in alone]
        for group in table["groups"]:
            is_one = group["key"] in names
            places = [names.index(group["key"])] if is_one else small
            rows = np.isin(self.of[name], places)
            cells = {key: share["count"] for key, share in group["shares"].items()}
            self.learn(rows, cells, group["n_answered"])
            if is_one:
                self.wanted += [
                    self.mask(rows, i) for i, key in enumerate(ANSWERS) if cells[key] is None
                ]
        for place in range(3):
            rows = self.of[name] == place
            self.learn(rows, {}, int(self.counts[rows].sum()))
            if place in small:
                self.wanted += [self.mask(rows, column) for column in range(3)]

    def widths(self, shares=None):
        """The range of every count of a group that stands nowhere."""
        limits = []
        heavy = np.repeat(self.weights, 4)
        for column, key in enumerate(ANSWERS if shares else []):
            own = self.mask(np.ones(9, dtype=bool), column) * heavy
            share, half = shares["rows"][key]["share"], shares["step"] / 2
            limits += [own - (share + half) * heavy, (share - half) * heavy - own]
        return np.array([self.range_of(cost, limits) for cost in self.wanted])

    def range_of(self, cost, limits):
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * cost,
                A_ub=np.array(limits) if limits else None,
                b_ub=np.full(len(limits), 1e-7) if limits else None,
                A_eq=np.array(self.equal),
                b_eq=self.sums,
            )
            ends.append(float(cost @ found.x))
        return ends[1] - ends[0]


@given(COUNTS, WEIGHTS)
@settings(max_examples=25, deadline=None)
def test_weighted_shares_narrow_no_hidden_count(counts, weights):
    table = np.array(counts)
    if table.sum() == 0:
        return
    public, tables, shares = published(*documents(table, weights))
    if shares["rows"] is None:
        return
    attack = Attack(table, weights, public, tables)
    before, after = attack.widths(), attack.widths(shares)
    assert np.all((after >= THRESHOLD / 5 - 1e-4) | (after >= before - 1e-4))


def test_shares_of_a_large_question_are_told_and_right():
    table = np.full((9, 4), 60)
    table[:, 0] = 200
    weights = [2.0, 1, 1, 1, 1, 1, 1, 1, 0.5]
    _public, _tables, shares = published(*documents(table, weights))
    assert shares["step"] == 0.01
    assert shares["rows"]["1"]["share"] == 0.53
    assert shares["rows"]["1"]["low"] < 0.53 < shares["rows"]["1"]["high"]


def test_a_share_that_would_solve_a_hidden_count_is_not_told():
    # Two small groups hide behind one row. One of them weighs ten times the other.
    table = np.zeros((9, 4), dtype=int)
    table[0] = [100, 100, 40, 0]
    table[4] = [9, 2, 9, 0]
    table[8] = [2, 9, 9, 0]
    weights = [1.0, 1, 1, 3, 3.0, 3, 0.3, 0.3, 0.3]
    public, tables, shares = published(*documents(table, weights))
    exact = {
        "step": 1e-6,
        "rows": {
            key: {"share": float(share)}
            for key, share in zip(
                ANSWERS,
                (table * np.array(weights)[:, None]).sum(axis=0)[:3]
                / (table.sum(axis=1) @ np.array(weights)),
                strict=True,
            )
        },
    }
    attack = Attack(table, weights, public, tables)
    assert attack.widths().min() >= THRESHOLD / 5
    assert attack.widths(exact).min() < THRESHOLD / 5
    assert shares["rows"] is None or attack.widths(shares).min() >= THRESHOLD / 5 - 1e-4
