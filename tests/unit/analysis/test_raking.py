"""Weights against published examples, an optimiser, and the promises of their docstrings."""

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from analysis.errors import EmptyCells, TooFewAnswers
from analysis.weighting.margins import margin
from analysis.weighting.raking import (
    CAPS,
    cell_factors,
    cells_of,
    rake,
)


def _repeat(counts):
    return [key for key, count in counts.items() for _ in range(count)]


def test_the_table_of_the_textbook(shared_data):
    case = json.loads((shared_data / "cases/weights_ipf.json").read_text())["ipf_wikipedia_4x4"]
    rows = [str(row) for row in range(4) for _ in range(4)]
    columns = [str(column) for _ in range(4) for column in range(4)]
    found = rake(
        [
            margin("row", rows, dict(zip("0123", case["rows"], strict=True))),
            margin("column", columns, dict(zip("0123", case["cols"], strict=True))),
        ],
        base=np.array(case["seed"]).ravel(),
        caps=None,
    )
    fitted = (found.values / found.values.sum() * 1000).reshape(4, 4)
    assert np.abs(fitted - case["fitted"]).max() < 6e-5
    assert found.residual < 1e-9


def test_the_schools_of_the_survey_package(shared_data):
    """183 schools by type and award; the counts of cells follow from the published factors."""
    case = json.loads((shared_data / "cases/raking_apiclus1.json").read_text())
    counts = {"E|No": 12, "E|Yes": 132, "H|No": 3, "H|Yes": 11, "M|No": 8, "M|Yes": 17}
    cells = _repeat(counts)
    found = rake(
        [
            margin("stype", [cell[0] for cell in cells], case["targets"]["stype"]),
            margin("award", [cell[2:] for cell in cells], case["targets"]["sch_wide"]),
        ],
        caps=None,
    )
    by_cell = dict(zip(cells, found.values, strict=True))
    for cell, factor in case["own"]["g_by_cell"].items():
        assert by_cell[cell] == pytest.approx(factor, abs=2e-7)
    assert found.effective_n == pytest.approx(case["own"]["kish_neff"], abs=1e-5)


def test_post_stratification_in_closed_form(shared_data):
    case = json.loads((shared_data / "cases/representation.json").read_text())
    values = _repeat(case["counts"])
    found = rake([margin("group", values, case["target"])])
    by_group = dict(zip(values, found.values, strict=True))
    assert by_group == pytest.approx(case["weights"])
    assert found.effective_n == pytest.approx(case["kish_neff"])
    assert found.design_effect == pytest.approx(case["deff"])
    assert found.trimmed == 0
    assert found.shortfalls == ()


def _survey(n=400, seed=3):
    random = np.random.default_rng(seed)
    regions = random.choice(["north", "south", "east"], n, p=[0.7, 0.2, 0.1])
    sectors = random.choice(["gov", "ngo", "firm"], n, p=[0.5, 0.2, 0.3])
    return regions.tolist(), sectors.tolist()


def _equal(values):
    return dict.fromkeys(sorted(set(values)), 1.0)


def test_capped_weights_are_the_nearest_to_one_that_keep_caps_and_targets():
    regions, sectors = _survey()
    caps = (0.3, 2.8)
    margins = [
        margin("region", regions, {"north": 0.5, "south": 0.27, "east": 0.23}),
        margin("sector", sectors, _equal(sectors)),
    ]
    found = rake(margins, caps=caps)
    assert found.residual < 1e-9
    assert 0 < found.trimmed < 1
    cells = cells_of(margins)
    part = np.bincount(cells.of) / len(cells.of)
    constraints = []
    for m, shares in enumerate(cells.shares):
        for k, share in enumerate(shares[:-1] if m else shares):
            inside = (cells.codes[:, m] == k) * part
            constraints.append(
                {"type": "eq", "fun": lambda f, inside=inside, share=share: f @ inside - share}
            )
    best = minimize(
        lambda f: float((part * (f * np.log(f) - f + 1)).sum()),
        np.ones(len(part)),
        bounds=[caps] * len(part),
        constraints=constraints,
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert best.success
    assert found.factors == pytest.approx(best.x, abs=1e-4)


def test_targets_out_of_reach_are_told_and_the_caps_are_kept():
    values = ["a"] * 990 + ["b"] * 10
    found = rake([margin("group", values, {"a": 1, "b": 1})])
    assert found.values.max() <= CAPS[1] + 1e-9
    assert found.values.mean() == pytest.approx(1)
    assert found.trimmed == pytest.approx(0.01)
    missed = {gap.key: gap for gap in found.shortfalls}
    assert missed["b"].target == 0.5
    assert missed["b"].reached == pytest.approx(0.03)
    assert found.residual == pytest.approx(0.47)


def test_what_a_cap_keeps_from_one_group_goes_to_the_declared_ones_and_not_to_unknown():
    values = ["a"] * 1 + ["b"] * 40 + ["c"] * 20 + [None] * 39
    found = rake([margin("group", values, {"a": 1, "b": 1, "c": 1})])
    weights = dict(zip(values, found.values / found.values.sum(), strict=True))
    reached = {key: weights[key] * values.count(key) for key in weights}
    assert reached["a"] == pytest.approx(0.03)
    assert reached[None] == pytest.approx(0.39)
    # The two others have the same target, and share what is left alike.
    assert reached["b"] == pytest.approx(reached["c"]) == pytest.approx(0.29)
    assert {gap.key for gap in found.shortfalls} == {"a", "b", "c"}


def test_an_empty_group_is_refused_with_its_name():
    with pytest.raises(EmptyCells) as refusal:
        margin("sector", ["a", "a"], {"a": 0.5, "b": 0.25, "c": 0.25})
    assert refusal.value.margin == "sector"
    assert refusal.value.keys == ("b", "c")


def test_unknown_keeps_its_share_unless_one_is_declared():
    values = ["a"] * 60 + ["b"] * 20 + [None] * 20
    kept = margin("sector", values, {"a": 0.5, "b": 0.5})
    assert dict(zip(kept.keys, kept.shares, strict=True)) == pytest.approx(
        {"a": 0.4, "b": 0.4, "unknown": 0.2}
    )
    declared = margin("sector", values, {"a": 0.5, "b": 0.5, "unknown": 0.1})
    assert declared.shares.tolist() == pytest.approx([0.45, 0.45, 0.1])
    assert declared.declared == (True, True, True)
    weights = rake([declared]).values
    assert weights[-20:].sum() / weights.sum() == pytest.approx(0.1)


def test_groups_without_a_declared_share_are_not_erased():
    found = margin("sector", ["a"] * 5 + ["z"] * 5, {"a": 1.0, "z": 0.0})
    assert found.keys == ("a", "z")
    assert found.shares.tolist() == [0.5, 0.5]
    assert found.declared == (True, False)


def test_a_replicate_that_drew_nobody_of_a_group_shares_its_part_out():
    margins = [margin("group", ["a", "b", "b", "c"], {"a": 2, "b": 1, "c": 1})]
    factors = cell_factors(cells_of(margins), np.array([0.0, 2.0, 2.0]), None)
    assert factors[1] == pytest.approx(1.0)
    assert factors[2] == pytest.approx(1.0)


def test_design_weights_are_kept_inside_a_group():
    found = rake(
        [margin("group", ["a", "a", "b"], {"a": 1, "b": 1})], base=np.array([1.0, 3.0, 2.0])
    )
    assert found.values[1] / found.values[0] == pytest.approx(3.0)
    assert found.values[:2].sum() == pytest.approx(found.values[2])


def test_nobody_and_nonsense_are_refused():
    with pytest.raises(TooFewAnswers):
        margin("group", [], {"a": 1})
    with pytest.raises(ValueError, match="at least one group"):
        margin("group", ["a"], {"unknown": 1.0})
    with pytest.raises(ValueError, match="0 or more"):
        margin("group", ["a"], {"a": -1.0})
    one = [margin("group", ["a", "b"], {"a": 1, "b": 1})]
    with pytest.raises(ValueError, match="Caps"):
        rake(one, caps=(1.5, 3.0))
    with pytest.raises(ValueError, match="Base weights"):
        rake(one, base=np.array([1.0, 0.0]))
    with pytest.raises(ValueError, match="at least one margin"):
        rake([])
    with pytest.raises(ValueError, match="same respondents"):
        rake([one[0], margin("other", ["a"], {"a": 1})])


def test_rare_crossings_are_numbered_by_sorting():
    values = [str(place) for place in range(400)]
    margins = [margin(name, values, _equal(values)) for name in "abc"]
    assert np.array_equal(np.sort(cells_of(margins).of), np.arange(400))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1, max_size=60),
    st.lists(st.floats(0.05, 1.0), min_size=6, max_size=6),
)
# What is missed by less than the tolerance is not divided out over a cap.
@example([("a", "x")] * 6 + [("b", "x"), ("b", "y")], [1.0] * 6)
def test_whatever_comes_weights_stay_within_caps_with_mean_one(rows, shares):
    first, second = [row[0] for row in rows], [row[1] for row in rows]
    margins = [
        margin(
            "first", first, {k: s for k, s in zip("abc", shares[:3], strict=True) if k in first}
        ),
        margin(
            "second", second, {k: s for k, s in zip("xyz", shares[3:], strict=True) if k in second}
        ),
    ]
    found = rake(margins)
    assert found.values.mean() == pytest.approx(1)
    assert found.values.min() >= CAPS[0] - 1e-9
    assert found.values.max() <= CAPS[1] + 1e-9
    assert 0 < found.effective_n <= len(rows) + 1e-9
    assert (found.residual > 0.0005) == bool(found.shortfalls)
    doubled = rake(margins, base=np.full(len(rows), 7.0))
    assert doubled.values == pytest.approx(found.values, abs=1e-9)
