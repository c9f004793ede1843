"""Numbers from addresses and forms: a few plain digits, or nothing. Numbers and days on pages."""

from datetime import UTC, datetime

import pytest

from core.i18n import speak
from core.numbers import whole_number
from core.web import format_day, format_figure, format_time


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", "²", "١", "1 ", " 1", "9" * 10, "9" * 5000]
)
def test_anything_but_a_few_plain_digits_is_no_number(text):
    assert whole_number(text) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("999999999", 999_999_999)])
def test_plain_digits_are_a_number(text, number):
    assert whole_number(text) == number


def test_a_caller_may_take_longer_ones():
    assert whole_number("9" * 18, most_digits=18) == 10**18 - 1


@pytest.mark.parametrize(
    ("value", "shown"), [(-0.004, "0.00"), (-0.006, "-0.01"), (1234, "1,234.00")]
)
def test_what_rounds_to_nothing_is_shown_without_a_sign(app, value, shown):
    with app.test_request_context("/"):
        assert format_figure(value, 2) == shown


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "7 January 2027"),
        ("ar", "7 يناير 2027"),
        ("es", "7 de enero de 2027"),
        ("zh", "2027年1月7日"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(app, language, day):
    with app.test_request_context("/"):
        speak(language)
        assert format_day(datetime(2027, 1, 7, 9, 5, tzinfo=UTC)) == day


def test_what_follows_a_time_in_arabic_goes_on_from_right_to_left(app):
    with app.test_request_context("/"):
        speak("ar")
        assert (
            format_time(datetime(2027, 1, 7, 9, 5, tzinfo=UTC)) == "7 يناير 2027، 09:05 UTC\u200f"
        )
