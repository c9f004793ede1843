"""Numbers from addresses and forms: a few plain digits, or nothing. Numbers on pages."""

import pytest

from core.numbers import whole_number
from core.web import format_figure


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
