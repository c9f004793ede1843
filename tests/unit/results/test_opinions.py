"""Opinion groups of a run: found where they were planted, not found where chance voted."""

import json

import numpy as np
import polars as pl
import pytest

from results.computing.inputs import Dimension, Inputs, Result
from results.computing.opinions import add_opinions, votes_of
from results.measures import rating_sets
from results.opinions import words
from results.opinions.reading import choose, read
from results.publishing.opinions import opinions as gated
from results.snapshots import Frozen
from surveys.documents import read_document

STATEMENTS = [f"s{place}" for place in range(8)]
DOCUMENT = read_document(
    {
        "title": {"en": "T"},
        "default_language": "en",
        "languages": ["en"],
        "sections": [
            {
                "code": "views",
                "title": {"en": "Views"},
                "questions": [
                    {
                        "code": code,
                        "kind": "rating_scale",
                        "label": {"en": f"Statement {code}"},
                        "settings": {"points": 5, "no_opinion": True},
                    }
                    for code in STATEMENTS
                ],
            }
        ],
    }
)


def a_document(ratings):
    """The document of ratings from 1 to 5, NaN where nothing was answered."""
    given = np.asarray(ratings, dtype=float)
    columns = {}
    for place, code in enumerate(STATEMENTS):
        is_there = ~np.isnan(given[:, place])
        columns[code] = [
            int(v) if t else None for v, t in zip(given[:, place], is_there, strict=True)
        ]
        columns[f"{code}:state"] = ["answered" if there else "skipped" for there in is_there]
    schema = {name: pl.String if ":" in name else pl.Int64 for name in columns}
    frame = pl.DataFrame(columns, schema=schema)
    inputs = Inputs(
        Frozen({1: frame}, pl.DataFrame()), {1: DOCUMENT}, {}, "un_group", {}, 30, seed=4
    )
    regions = [("african", "weog")[row % 2] for row in range(len(given))]
    labels = {key: {"en": key.upper()} for key in ("african", "weog")}
    dimensions = [Dimension(name, regions, list(labels), labels) for name in ("region", "sector")]
    result = Result()
    add_opinions(result, 1, DOCUMENT, dimensions, inputs)
    return result.documents["opinions/1/views"]


@pytest.fixture(scope="module")
def planted():
    """Seventy like the first statements and forty-five the last; all want the middle one."""
    generator = np.random.default_rng(6)
    first, second = [5, 5, 5, 1, 1, 1, 4, 2], [1, 1, 1, 5, 5, 5, 4, 2]
    liked = np.where(np.arange(115)[:, None] < 70, first, second)
    anything = generator.integers(1, 6, liked.shape)
    return a_document(np.where(generator.random(liked.shape) < 0.3, anything, liked))


def test_planted_groups_are_found_and_told(app, planted):
    assert json.loads(json.dumps(planted)) == planted
    assert planted["is_found"]
    assert planted["p"] <= 0.05
    assert planted["silhouette"] > planted["null"]["highest"]
    assert [group["n"] for group in planted["groups"]] == [70, 45]
    first, second = ({(o["key"], o["way"]) for o in g["own"]} for g in planted["groups"])
    assert {("s0", "agree"), ("s3", "disagree")} & first
    assert {("s3", "agree"), ("s0", "disagree")} & second
    assert [row["key"] for row in planted["consensus"] if row["way"] == "agree"] == ["s6"]
    assert planted["bridging"]["found"]["rows"][0]["key"] == "s6"
    assert planted["map"]["n"] == planted["n"] == 115
    assert sum(dot[3] for dot in planted["map"]["dots"]) == 115
    shown = choose(read({"opinions/1/views": planted}), "")
    with app.test_request_context("/"):
        told = " ".join(words.lead(shown))
        assert "2 groups of people who vote alike" in told
        assert "“Statement s6”" in told
        assert "Statement s0" in words.group(shown, planted["groups"][0])


def test_where_chance_voted_no_group_is_found_or_described(app):
    generator = np.random.default_rng(7)
    found = a_document(generator.integers(1, 6, (120, 8)))
    assert not found["is_found"]
    assert found["groups"] == found["consensus"] == []
    assert found["bridging"]["found"] is None
    assert found["bridging"]["region"]["rows"]
    with app.test_request_context("/"):
        told = words.lead(read({"opinions/1/views": found})[0])
    assert "No groups of opinion were found" in told[0]


def test_too_few_are_told_and_few_statements_make_no_table():
    assert a_document(np.full((6, 8), 3))["too_few"] == {"n": 6, "needed": 10}


def test_the_middle_and_no_opinion_are_a_pass_and_nothing_is_not_seen():
    frame = pl.DataFrame(
        {code: [5, 3, None, None] for code in STATEMENTS}
        | {f"{code}:state": ["answered", "answered", "dont_know", "skipped"] for code in STATEMENTS}
    )
    (found,) = rating_sets(DOCUMENT)
    votes = votes_of(frame, found)[:, 0]
    assert votes[:3].tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(votes[3])


def test_the_public_form_holds_no_count_and_no_share_of_a_statement(planted):
    public = gated(planted, 10)
    assert public["n"] == 120
    assert [group["share"] for group in public["groups"]] == pytest.approx([0.6, 0.4])
    text = json.dumps(public)
    for hidden in ('agree":', '"shares"', '"others"', "dots", "lowest", "too_small", '"count"'):
        assert hidden not in text
    # Where one group is too small to be described, what every group holds is not told either.
    few = gated(planted, 60)
    assert [group["is_suppressed"] for group in few["groups"]] == [False, True]
    assert few["groups"][1]["share"] is None
    assert few["groups"][1]["own"] == few["consensus"] == []
    assert few["bridging"]["found"] is None
    assert few["bridging"]["region"]["rows"]
