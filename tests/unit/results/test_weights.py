"""The weightings of a round, from what its frame says of the respondents."""

import json

import numpy as np
import polars as pl
import pytest

from analysis.weighting.raking import cell_factors
from results.computing.inputs import Inputs, Result
from results.computing.weighted import add_weightings, weighted_summaries
from results.computing.weights import REGISTERED, UNWEIGHTED, Reason, headline, weightings
from results.snapshots import Frozen
from surveys.questions.base import Measure, Shape


def _inputs(targets=None, *, frozen=False):
    empty = pl.DataFrame()
    return Inputs(
        frozen=Frozen({}, empty),
        documents={},
        texts={},
        region_classification="un_group",
        targets=targets or {"sector": {}, "region": {}},
        small=30,
        targets_frozen=frozen,
    )


def _frame(rows):
    return pl.DataFrame(
        {
            ":sector": [r[0] for r in rows],
            ":region": [r[1] for r in rows],
            ":country": [r[2] for r in rows],
        },
        schema={":sector": pl.String, ":region": pl.String, ":country": pl.String},
    )


ROWS = (
    [("government", "african", "NA")] * 10
    + [("industry", "weog", "FR")] * 60
    + [("academia", "weog", "DE")] * 20
    + [(None, None, None)] * 10
)
TARGETS = {"sector": {"government": 0.3, "industry": 0.5, "academia": 0.2}, "region": {}}


def _by_name(found):
    return {row.name: row for row in found}


def test_without_targets_the_headline_is_what_was_heard():
    found = weightings(_frame(ROWS), _inputs())
    assert [row.name for row in found] == [
        UNWEIGHTED,
        "equal_sectors",
        "equal_regions",
        "equal_country_groups",
    ]
    assert headline(found).name == UNWEIGHTED
    assert sum(row.is_headline for row in found) == 1


def test_registered_targets_lead_only_where_they_were_frozen():
    late = weightings(_frame(ROWS), _inputs(TARGETS))
    assert headline(late).name == UNWEIGHTED
    assert _by_name(late)[REGISTERED].values is not None
    early = weightings(_frame(ROWS), _inputs(TARGETS, frozen=True))
    assert headline(early).name == REGISTERED
    weights = headline(early).values
    # A tenth is unknown and stays a tenth; the rest is divided as declared.
    assert weights[-10:].sum() / weights.sum() == pytest.approx(0.1)
    assert weights[:10].sum() / weights.sum() == pytest.approx(0.27)


def test_a_registered_group_that_nobody_belongs_to_is_refused_by_name():
    targets = {"sector": {"government": 0.5, "media": 0.5}, "region": {}}
    found = weightings(_frame(ROWS), _inputs(targets, frozen=True))
    refused = _by_name(found)[REGISTERED].refused
    assert (refused.reason, refused.dimension, refused.keys) == (
        Reason.EMPTY_GROUPS,
        "sector",
        ("media",),
    )
    assert headline(found).name == UNWEIGHTED


def test_equal_voices_name_who_was_not_heard():
    found = _by_name(weightings(_frame(ROWS), _inputs()))
    assert "media" in found["equal_sectors"].absent
    assert "government" not in found["equal_sectors"].absent
    shortfalls = {gap.key for gap in found["equal_regions"].shortfalls}
    # The unknown keep their tenth: they do not take up what a cap kept from Africa.
    assert shortfalls == {"african", "weog"}


def test_one_group_alone_gives_nothing_to_weigh():
    rows = [("industry", "weog", "FR")] * 5
    found = _by_name(weightings(_frame(rows), _inputs()))
    assert found["equal_sectors"].refused.reason is Reason.ONE_GROUP
    assert found["equal_sectors"].values is None


def test_a_replicate_is_weighed_again_from_the_cells():
    found = _by_name(weightings(_frame(ROWS), _inputs()))["equal_sectors"]
    masses = np.bincount(found.cells.of).astype(float)
    factors = cell_factors(found.cells, masses, found.caps)
    assert factors[found.cells.of] == pytest.approx(found.values)


def test_nobody_at_all():
    found = weightings(_frame([]), _inputs(TARGETS, frozen=True))
    assert [(row.name, row.effective_n, row.is_headline) for row in found] == [
        (UNWEIGHTED, 0.0, True)
    ]


def test_the_table_of_weightings_names_groups_in_words():
    result = Result()
    inputs = _inputs(TARGETS, frozen=True)
    add_weightings(result, 1, weightings(_frame(ROWS), inputs), inputs)
    rows = {row["key"]: row for row in result.documents["weightings/1"]["rows"]}
    assert rows[REGISTERED]["is_headline"]
    assert {"en": "Media"}.items() <= rows["equal_sectors"]["absent"][-1].items()
    assert len(rows["equal_regions"]["shortfalls"]) == 2
    assert json.loads(json.dumps(result.documents)) == result.documents


def test_a_question_stands_unweighted_and_weighted():
    frame = _frame(ROWS).with_columns(
        pl.Series("safety", [5] * 10 + [1] * 90, dtype=pl.Int64),
        pl.Series("safety:state", ["answered"] * 100),
    )
    measure = Measure("safety", {"en": "Safety"}, Shape.SCALE, low=1, high=5)
    found = weighted_summaries(frame, measure, weightings(frame, _inputs(TARGETS, frozen=True)))
    headline_row = next(row for row in found if row["is_headline"])
    # Ten governments say 5: a tenth of the answers, three tenths of the nine tenths known.
    assert headline_row["shares"]["5"]["share"] == pytest.approx(0.27, abs=1e-6)
    assert headline_row["effective_n"] < 100
