"""Dates as exact as they are known, with the part that is wrong named."""

import pytest
from pydantic import ValidationError

from core.i18n import speak
from surveys.questions.date import DateSettings
from surveys.questions.locales import date_order
from tests.support.asked import Asked

DAY = Asked("date", {"no_opinion": True, "refusal": True})
PARTIAL = Asked("date", {"partial": True})
MONTH = Asked("date", {"precision": "month"})
YEAR = Asked("date", {"precision": "year", "earliest": "1945-06-26", "latest": "2026-11-23"})
BOUND = Asked("date", {"partial": True, "earliest": "2020-02-15", "latest": "2024-10-05"})


pytestmark = pytest.mark.usefixtures("page")


def typed(year="", month="", day=""):
    return {"-year": year, "-month": month, "-day": day}


@pytest.mark.parametrize(
    ("asked", "posted", "stored"),
    [
        (DAY, typed("2024", "2", "29"), "2024-02-29"),
        (DAY, typed("2000", "02", "29"), "2000-02-29"),
        (DAY, typed("٢٠٢٤", "٥", "٠٩"), "2024-05-09"),
        (DAY, typed("۲۰۲۴", "۱۲", "۳۱"), "2024-12-31"),
        (DAY, typed("२०२४", "०५", "९"), "2024-05-09"),
        (DAY, typed(" 2024 ", " 5", "9 "), "2024-05-09"),
        (DAY, typed("0001", "1", "1"), "0001-01-01"),
        (DAY, typed("9999", "12", "31"), "9999-12-31"),
        (PARTIAL, typed("2024"), "2024"),
        (PARTIAL, typed("2024", "5"), "2024-05"),
        (PARTIAL, typed("2024", "5", "9"), "2024-05-09"),
        (MONTH, {"-year": "2024", "-month": "5"}, "2024-05"),
        (YEAR, {"-year": "2024"}, "2024"),
    ],
)
def test_a_date_is_stored_in_iso_as_exactly_as_it_was_given(asked, posted, stored):
    sent = asked.send(posted)
    assert (sent.answer, sent.problems) == ({"state": "answered", "value": stored}, {})
    assert asked.back(sent.answer) == sent.answer
    again = asked.send(asked.page(sent.answer), sent.answer)
    assert again.answer == sent.answer


@pytest.mark.parametrize(
    ("asked", "posted", "part", "word"),
    [
        (DAY, typed("2023", "2", "29"), "-day", "no such day"),
        (DAY, typed("1900", "2", "29"), "-day", "no such day"),
        (DAY, typed("2024", "4", "31"), "-day", "no such day"),
        (DAY, typed("2024", "5", "32"), "-day", "1 to 31"),
        (DAY, typed("2024", "5", "0"), "-day", "1 to 31"),
        (DAY, typed("2024", "5", "99999999999"), "-day", "1 to 31"),
        (DAY, typed("2024", "13", "1"), "-month", "1 to 12"),
        (DAY, typed("2024", "0", "1"), "-month", "1 to 12"),
        (DAY, typed("24", "5", "9"), "-year", "four digits"),
        (DAY, typed("0000", "5", "9"), "-year", "four digits"),
        (DAY, typed("20240", "5", "9"), "-year", "four digits"),
        (DAY, typed("", "5", "9"), "-year", "four digits"),
        (DAY, typed("2024", "", "9"), "-month", "the month as well"),
        (DAY, typed("2024", "5", ""), "-day", "the day as well"),
        (DAY, typed("2024"), "-month", "the month as well"),
        (PARTIAL, typed("2024", "", "9"), "-month", "the month as well"),
        (PARTIAL, typed("", "5"), "-year", "four digits"),
        (MONTH, {"-year": "2024", "-month": ""}, "-month", "the month as well"),
        (DAY, typed("2024", "May", "9"), "-year", "in digits"),
        (DAY, typed("2024", "5", "-9"), "-year", "in digits"),
        (DAY, typed("2024", "5", "9.5"), "-year", "in digits"),
        (DAY, typed("²⁰²⁴", "5", "9"), "-year", "in digits"),
        (DAY, typed("2024\x00", "5", "9"), "-year", "in digits"),
        (DAY, typed("\ud800", "5", "9"), "-year", "in digits"),
        (DAY, typed("1e400", "5", "9"), "-year", "in digits"),
        (DAY, typed("9" * 1_000_000, "5", "9"), "-year", "four digits"),
    ],
)
def test_the_part_that_is_wrong_is_named(asked, posted, part, word):
    sent = asked.send(posted)
    assert list(sent.problems) == [part]
    assert word in sent.problems[part]
    assert len(sent.value) < 60


@pytest.mark.parametrize(
    ("stored", "is_good"),
    [
        ("2020-02-15", True),
        ("2020-02-14", False),
        ("2020-02", True),
        ("2020-01", False),
        ("2020", True),
        ("2019", False),
        ("2024-10-05", True),
        ("2024-10-06", False),
        ("2024-10", True),
        ("2024-11", False),
        ("2024", True),
        ("2025", False),
    ],
)
def test_bounds_hold_as_far_as_the_date_is_known(stored, is_good):
    assert (BOUND.imported({"state": "answered", "value": stored}) == []) is is_good


def test_bounds_are_said_as_the_language_writes_them():
    assert BOUND.send(typed("2019", "1", "1")).problems == {
        "-year": "Write a date from 15 February 2020 on."
    }
    assert BOUND.send(typed("2025", "1")).problems == {"-year": "Write a date up to October 2024."}
    assert YEAR.send({"-year": "1944"}).problems == {"-year": "Write a date from 1945 on."}


@pytest.mark.parametrize(
    "value", [2024, 20240509, None, True, ["2024"], "", "-", "2024-5-9", "2024-05-09T10:00"]
)
def test_an_answer_that_is_no_stored_date_is_refused(value):
    assert DAY.imported({"state": "answered", "value": value}) != []
    assert PARTIAL.imported({"state": "answered", "value": value}) != []


def test_more_than_was_asked_for_is_refused():
    assert YEAR.imported({"state": "answered", "value": "2024-05"}) != []
    assert MONTH.imported({"state": "answered", "value": "2024-05-09"}) != []


def test_the_parts_stand_in_the_order_of_the_language():
    assert date_order("en") == ("day", "month", "year")
    assert date_order("en-US") == ("month", "day", "year")
    assert date_order("ar") == ("day", "month", "year")
    assert date_order("zh-Hant-TW") == ("year", "month", "day")
    assert date_order("hu") == ("year", "month", "day")
    assert date_order("tlh") == date_order("not a language") == ("day", "month", "year")
    names = list(DAY.type.fields(DAY.stored, "ja"))
    assert names == ["q_q-year", "q_q-month", "q_q-day", "q_q--instead"]


def test_it_is_read_back_in_words():
    def shown(value, language):
        return DAY.type.display(DAY.stored, {"state": "answered", "value": value}, language)

    assert shown("2024-02-29", "en") == ["29 February 2024"]
    assert shown("2024-02", "fr") == ["février 2024"]
    assert shown("2024-02-29", "ar") == ["29 فبراير 2024"]
    assert shown("2024", "ar") == ["2024"]


def test_expressions_see_a_whole_day_and_analysis_the_year():
    for stored, whole in (("2024", "2024-01-01"), ("2024-05", "2024-05-01")):
        answer = {"state": "answered", "value": stored}
        assert PARTIAL.type.value(PARTIAL.stored, answer) == whole
        assert PARTIAL.readings(answer)["q"]["value"] == 2024.0


def test_states_are_told_apart_and_not_mixed_with_a_date():
    assert DAY.send(typed()).answer == {"state": "skipped", "value": None}
    refused = DAY.send({**typed(), "--instead": "refused"}).answer
    assert refused == {"state": "refused", "value": None}
    assert DAY.back(refused) == refused
    both = DAY.send({**typed("2024", "5", "9"), "--instead": "no_opinion"})
    assert set(both.problems) == {"--instead"}


def test_a_required_date_left_open_is_named_at_its_first_input():
    asked = Asked("date", {}, required=True)
    assert asked.send(typed()).problems == {"-day": "Write a date."}
    speak("hu")
    assert asked.send(typed()).problems == {"-year": "Write a date."}


def test_cells_of_other_tools_are_brought_into_shape():
    def read(cell):
        return DAY.type.from_cells(DAY.stored, [cell])["value"]

    assert read("2024-5-9") == "2024-05-09"
    assert read("٢٠٢٤-٠٥-٠٩") == "2024-05-09"
    assert read("2024-05-09 00:00:00") == read("2024-05-09T00:00") == "2024-05-09"
    assert read(" ") is None
    assert len(read("9" * 1_000_000)) < 60
    assert DAY.imported({"state": "answered", "value": read("09/05/2024")}) != []


@pytest.mark.parametrize(
    "told",
    [
        {"earliest": "2024-02-30"},
        {"latest": "2024"},
        {"earliest": "2024-05-02", "latest": "2024-05-01"},
        {"precision": "hour"},
    ],
)
def test_settings_that_make_no_sense_are_refused(told):
    with pytest.raises(ValidationError):
        DateSettings.model_validate(told)
