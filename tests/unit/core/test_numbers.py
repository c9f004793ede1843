"""Numbers from addresses and forms: a few plain digits, or nothing."""

import pytest

from core.numbers import whole_number


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
