"""Themes over rounds and fortnights: the document of a run, and how a page reads it."""

from datetime import date, timedelta

import numpy as np

from results.computing.emergence import by_fortnight, by_round, of_themes
from results.dashboards import courses
from results.workbench import report

START = date(2026, 3, 2)


def rows_of(shares, n=60, days=21):
    """Answers of following rounds, each three weeks after the last, one theme each."""
    rows, raised = [], []
    for number, share in enumerate(shares, start=1):
        for place in range(n):
            day = START + timedelta(days=days * (number - 1) + place % 3)
            rows.append({"id": f"{number}-{place}", "round": number, "received_on": day})
            rows[-1]["question"] = "why"
            raised.append(place < round(share * n))
    return rows, np.array(raised, dtype=float)[:, None]


def document(rows, raised, audit=None):
    rows_read = np.arange(len(rows)) if audit is None else audit
    counted = report.Counted(
        probability=np.clip(raised, 0.1, 0.9),
        audit=rows_read,
        codes=raised[rows_read],
        groups={},
        weights=None,
        small=30,
    )
    return of_themes(counted, [{"code": "jobs", "name": {"en": "Jobs"}}], rows)


def test_a_theme_that_grows_from_round_to_round_is_news():
    found = document(*rows_of((0.0, 0.2, 0.5)))
    row = found["by"]["round"]["rows"][0]
    assert row["course"] == "appeared"
    assert [share["share"] for share in row["shares"]] == [0.0, 0.2, 0.5]
    assert [period["n"] for period in found["by"]["round"]["periods"]] == [60, 60, 60]


def test_chance_in_who_answered_counts_even_where_people_read_everything():
    row = document(*rows_of((0.25, 0.35)))["by"]["round"]["rows"][0]
    assert row["shares"][0]["low"] < 0.25 < row["shares"][0]["high"]
    assert row["course"] == "steady"


def test_one_round_is_a_typed_too_little():
    found = document(*rows_of((0.4,)))["by"]["round"]
    assert found["too_few"] == {"n": 1, "needed": 2}
    assert found["rows"] == []
    assert found["periods"][0]["n"] == 60


def test_a_round_that_nobody_audited_is_not_compared():
    rows, raised = rows_of((0.2, 0.4))
    assert document(rows, raised, np.arange(60))["by"]["round"]["too_few"]["n"] == 1


def test_what_came_outside_of_rounds_is_counted_as_left_out():
    rows, raised = rows_of((0.2, 0.4))
    for row in rows[:5]:
        row["round"] = None
    found = document(rows, raised)["by"]
    assert found["round"]["left_out"] == 5
    assert found["fortnight"]["left_out"] == 0


def test_a_year_is_cut_into_few_periods_and_gaps_stay_gaps():
    rows = [{"received_on": START + timedelta(days=day)} for day in (0, 13, 14, 400)]
    found = by_fortnight(rows)
    assert found.days == 56
    assert found.at == [0.0, 7.0]
    short = by_fortnight(rows[:3])
    assert (short.days, short.keys) == (14, ["0000", "0001"])
    assert by_fortnight([]).keys == []


def test_rounds_stand_in_the_order_of_their_numbers():
    found = by_round([{"round": number} for number in (10, 2, None)])
    assert found.at == [2.0, 10.0]
    assert sorted(found.keys) == found.keys


def test_different_questions_are_told():
    rows, raised = rows_of((0.2, 0.4))
    rows[0]["question"] = "else"
    assert not document(rows, raised)["by"]["round"]["is_alike"]


def test_the_page_shows_news_first_and_the_series_that_can_be_compared():
    series = document(*rows_of((0.1, 0.5)))
    assert courses.chosen(series, "")[0] == "round"
    assert courses.chosen(series, "fortnight")[0] == "fortnight"
    assert courses.chosen(series, "../etc")[0] == "round"
    single = document(*rows_of((0.4,)))
    assert courses.chosen(single, "")[1]["too_few"]["n"] == 1
    assert courses.chosen({}, "round") == ("round", {})
    rows = [
        {"key": key, "course": course, "effect": effect}
        for key, course, effect in (("a", "steady", 0.9), ("b", "gone", -0.5), ("c", "growing", 1))
    ]
    assert [row["key"] for row in courses.ordered({"rows": rows})] == ["c", "b", "a"]


def test_without_campaigns_each_of_them_counts_once_in_the_same_periods():
    rows, raised = rows_of((0.2, 0.2))
    copies = {row["id"] for row, own in zip(rows, raised[:, 0], strict=True) if own} - {"2-0"}
    campaign = {key for key in copies if key.startswith("2-")}
    counted = report.Counted(
        probability=np.clip(raised, 0.1, 0.9),
        audit=np.arange(len(rows)),
        codes=raised,
        groups={},
        weights=np.ones(len(rows)),
        small=30,
    )
    entries = [{"code": "jobs", "name": {"en": "Jobs"}}]
    found = of_themes(counted, entries, rows, campaign)
    assert found["by"] == document(rows, raised)["by"]
    assert found["once"]["n_repeats"] == len(campaign) == 11
    for name in ("round", "fortnight"):
        every, once = found["by"][name], found["once"]["by"][name]
        assert [p["from"] for p in every["periods"]] == [p["from"] for p in once["periods"]]
    once = found["once"]["by"]["round"]
    assert [period["n"] for period in once["periods"]] == [60, 49]
    assert [share["share"] for share in once["rows"][0]["shares"]] == [0.2, round(1 / 49, 6)]
    assert "once" not in of_themes(counted, entries, rows, {"not one of them"})


def test_the_address_chooses_only_what_the_run_knows():
    plain = {"by": {}}
    both = {"by": {}, "once": {"n_repeats": 3, "by": {}}}
    assert courses.counted(plain, "once") == ("all", plain)
    assert courses.counted(both, "once") == ("once", both["once"])
    assert courses.counted(both, "x") == ("all", both)
