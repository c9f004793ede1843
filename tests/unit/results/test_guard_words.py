"""What is said of a ranking without one of its groups: a verdict, then each change once."""

import csv
import re
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from flask_babel import force_locale

from analysis.choice.positions import positions_from_ratings
from results.computing.inputs import Dimension, Inputs, Result
from results.computing.rankings import add_ranking
from results.computing.weights import weightings
from results.measures import Source
from results.publishing.rankings import ranking as gated
from results.rankings import guard_words
from results.snapshots import Frozen

LANGUAGES = ("en", "fr", "ar", "es", "ru", "zh")
NAMES = ("Africa", "Asia", "Health", "Law", "Youth")


def entry(name, entering=(), leaving=(), *, first="a", changes_first=False, **others):
    return {
        "dimension": "region",
        "key": name.lower(),
        "label": {"en": name},
        "n": 40,
        "share": 0.1,
        "first": first,
        "entering": list(entering),
        "leaving": list(leaving),
        "changes_first": changes_first,
        **others,
    }


def a_document(guard, *, still_open=(), items="abcdefgh"):
    return {
        "k": 3,
        "guard": guard,
        "n": 400,
        "rows": [{"key": key, "label": {"en": key.upper()}} for key in items],
        "settled": {"open": list(still_open)},
        "dimensions": {"region": {}, "topic": {"en": "Topic"}},
    }


@pytest.fixture
def told(app):
    def tell(guard, language="en", **values):
        with app.test_request_context("/"), force_locale(language):
            return guard_words.guarded(a_document(guard, **values))

    return tell


def test_groups_that_bring_the_same_change_stand_in_one_sentence_after_the_verdict(told):
    same = [entry(name, "d", "c") for name in NAMES[:3]]
    other = entry("Law", "e", "b")
    quiet = [entry(f"Quiet {place}") for place in range(7)]
    words = told([*quiet[:3], other, *same, *quiet[3:]], still_open="bcde")
    assert words == [
        "Leaving out any one of 7 of the 11 groups looked at changes nothing among the first 3.",
        "All items that would enter or leave are among those whose place is open anyway.",
        (
            "Without any one of 3 groups (“Africa”, “Asia”, or “Health”), “D” would enter the first 3, "
            "and “C” would leave."
        ),
        (
            "Without “Law” (40 ballots, 10% of the weight), “E” would enter the first 3, and “B” would "
            "leave."
        ),
    ]


def test_groups_that_change_the_first_alone_stand_together_too(told):
    words = told([entry(name, first="b", changes_first=True) for name in NAMES])
    assert words == [
        "Whichever one of the 5 groups looked at is left out, the first 3 change.",
        (
            "Without any one of 5 groups (“Africa”, “Asia”, “Health”, “Law”, or “Youth”), the first 3 "
            "would be the same items, with “B” first."
        ),
    ]


def test_the_same_items_in_another_order_are_no_other_change(told):
    guard = [entry("Africa", "de", "bc"), entry("Asia", "ed", "cb"), entry("Law")]
    assert sum(line.startswith("Without") for line in told(guard)) == 1


def test_a_group_that_two_groupings_share_counts_once(told):
    unknown = {"key": "unknown", "label": {"en": "Unknown"}}
    guard = [entry("x", "d", "c", **unknown), entry("y", "d", "c", **unknown), entry("Law")]
    for one in guard:
        del one["n"], one["share"]
    words = told(guard)
    assert words[0].startswith("Leaving out 1 of the 2 groups looked at changes nothing")
    assert words[1].startswith("Without those whose group is unknown, “D” would enter")


def test_groups_of_one_name_say_what_they_are_groups_of(told):
    unknown = {"key": "unknown", "label": {"en": "Unknown"}}
    guard = [
        entry("x", "d", "c", **unknown),
        entry("y", "d", "c", **unknown) | {"n": 12, "dimension": "sector"},
        entry("Law"),
    ]
    assert told(guard)[1].startswith(
        "Without any one of 2 groups (those whose group is unknown (Region) or those whose group is "
        "unknown (Sector)), “D” would enter"
    )


def test_copies_of_a_text_are_no_group_of_people_in_the_verdict(told):
    sent = entry("Sent", "d", "c", dimension="campaign")
    words = told([entry("Law"), entry("Youth"), sent])
    assert words[0].startswith("No single group decides: leaving out any one of the 2 groups")
    assert words[1].startswith("Without “Sent” (40 ballots")


def test_many_changes_are_told_in_part_and_the_rest_is_counted(told):
    pairs = [(a, b) for a in "defgh" for b in "abc"][:9]
    guard = [entry(f"Group {place}", *pair) for place, pair in enumerate(pairs)]
    words = told(guard)
    assert sum(line.startswith("Without") for line in words) == guard_words.MOST
    assert words[-1] == "3 more changes stand in the table."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", [1, 2, 3, 5, 11, 21])
def test_every_language_says_it_for_every_number(told, language, number):
    guard = [entry(f"Group {place}", "d", "c") for place in range(number)]
    words = told(
        [*guard, entry("Law"), *[entry(f"Q{i}", "e", "c") for i in range(number)]], language
    )
    assert len(words) == 3
    assert not any("%(" in line for line in words)
    assert all("“D”" in line or "“E”" in line for line in words[1:])


def test_the_table_holds_every_group_and_no_sizes_where_there_are_none(app):
    guard = [entry("Africa", "d", "c"), entry("Law", first="b", changes_first=True), entry("Quiet")]
    del guard[2]["n"], guard[2]["share"]
    with app.test_request_context("/"):
        rows = guard_words.table(a_document(guard))
    assert [(row.name, row.n, row.entering, row.leaving, row.first) for row in rows] == [
        ("Africa", 40, "“D”", "“C”", ""),
        ("Law", 40, "", "", "“B”"),
        ("Quiet", None, "", "", ""),
    ]
    assert {row.kind for row in rows} == {"Region"}


#: Sets of ratings of the White Paper, by what their columns begin with.
RATED = ("con_", "req_", "act_ coord_ res_")


@pytest.fixture(scope="module", params=RATED)
def white_paper(shared_data, request):
    """Ratings of the White Paper put in an order, by country and by type of respondent."""
    name = shared_data / "data" / "consultations" / "eu_whitepaper_2020_responses.csv"
    with name.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    rated = [name for name in rows[0] if name.startswith(tuple(request.param.split()))]
    ratings = [[float(row[c]) if row[c].isdigit() else np.nan for c in rated] for row in rows]
    groups = {"region": "country", "sector": "user_type"}
    dimensions = []
    for dimension, column in groups.items():
        values = [row[column] or None for row in rows]
        labels = {key: {"en": key} for key in sorted({value for value in values if value})}
        dimensions.append(
            Dimension(dimension, values, list(labels), labels | {"unknown": {"en": "Unknown"}})
        )
    nobody = pl.Series([None] * len(rows), dtype=pl.String)
    frame = pl.DataFrame({":region": nobody, ":sector": nobody, ":country": nobody}).with_columns(
        pl.lit(None, dtype=pl.UInt32).alias(":organisation")
    )
    inputs = Inputs(
        Frozen({1: frame}, pl.DataFrame()), {}, {}, "un_group", {"sector": {}, "region": {}}, 30
    )
    source = Source(
        "rated",
        {"en": "Rated"},
        {code: {"en": code} for code in rated},
        positions_from_ratings(ratings),
        "ratings",
        "missing",
    )
    result = Result()
    add_ranking(result, 1, source, dimensions, weightings(frame, inputs), inputs)
    return result.documents["ranking/1/rated"]


def test_of_the_white_paper_every_change_is_told_once_and_counts_add_up(app, white_paper):
    """The sentences are read back and held against the guard's own figures."""
    for document in (white_paper, gated(white_paper, 10)):
        with app.test_request_context("/"):
            words = guard_words.guarded(document)
            found = guard_words.looked_at(document)
            rows = guard_words.table(document)
        changing = [one for one in document["guard"] if one["entering"] or one["changes_first"]]
        assert len(rows) == len(document["guard"])
        told = [line for line in words if line.startswith("Without")]
        assert len(told) == len(set(told))
        sets = {
            (
                *map(frozenset, (one["entering"], one["leaving"])),
                one["first"] * (not one["entering"]),
            )
            for one in changing
        }
        assert len(told) == min(len(sets), guard_words.MOST)
        numbers = [int(n) for line in told for n in re.findall(r"any one of (\d+) groups", line)]
        assert all(a >= b for a, b in pairwise(numbers))
        if len(sets) <= guard_words.MOST:
            alone = sum("any one of" not in line for line in told)
            assert sum(numbers) + alone == len(found.moving)
        if changing:
            quiet = re.search(r"(\d+) of the (\d+) groups", words[0])
            assert quiet is None or int(quiet[2]) - int(quiet[1]) == found.deciding
