"""Digits of any script; thousands only where nothing else can be meant."""

from decimal import Decimal

import pytest

from surveys.questions.digits import LONGEST, latin_digits, read_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7", "7"),
        (" 007 ", "7"),
        ("+5", "5"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        (".5", "0.5"),
        ("1.50", "1.50"),
        ("٧", "7"),
        ("١٢٫٥", "12.5"),
        ("١٢،٥", "12.5"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("۱۲۳", "123"),
        ("१२.५", "12.5"),
        ("১২", "12"),
        ("１２", "12"),
        ("\u061c-٥", "-5"),
        ("\u200f١٢\u200e", "12"),
        ("1 234", "1234"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234\u202f567", "1234567"),
        ("1’234’567.89", "1234567.89"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("12,34,567", "1234567"),
        ("0,125", "0.125"),
        ("1,2345", "1.2345"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("9" * LONGEST, "9" * LONGEST),
    ],
)
@pytest.mark.parametrize("mark", ["", ",", "."])
def test_what_can_mean_one_number_only_is_that_number_in_every_language(typed, number, mark):
    assert read_number(typed, decimals=3, mark=mark) == Decimal(number)
    assert str(read_number(typed, decimals=3, mark=mark)) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        ".",
        ",",
        "5.",
        "seven",
        "NaN",
        "Infinity",
        "-inf",
        "1e5",
        "1e400",
        "1E+999999999",
        "0x10",
        "1_000",
        "1 5",
        "12 34",
        "1 2345",
        "0 123 456",
        "1,23,4",
        "1٬2",
        "1.2.3",
        "1,234.567,8",
        "--5",
        "5-",
        "5%",
        "²",
        "Ⅷ",
        "½",
        "一",
        "1\x002",
        "\ud800",
        "=1+1",
        "9" * (LONGEST + 1),
        "9" * 1_000_000,
        "\u200f" * 1_000_000,
    ],
)
@pytest.mark.parametrize("mark", ["", ",", "."])
def test_what_is_no_number_is_none_in_any_language(typed, mark):
    assert read_number(typed, decimals=3, mark=mark) is None
    assert read_number(typed, decimals=0, mark=mark) is None


@pytest.mark.parametrize(
    ("typed", "decimals", "mark", "number"),
    [
        # The mark before fractions begins a fraction, whatever is asked for.
        ("1.234", 2, ".", "1.234"),
        ("1.234", 0, ".", "1.234"),
        ("1,234", 2, ",", "1.234"),
        ("1,234", 0, ",", "1.234"),
        # The other one parts thousands, unless a fraction might have been meant.
        ("1,234", 0, ".", "1234"),
        ("1.234", 0, ",", "1234"),
        ("1,234", 2, ".", None),
        ("1.234", 2, ",", None),
        # Without a page there is only the point that we write ourselves.
        ("1.234", 3, "", "1.234"),
        ("12.000", 0, "", "12.000"),
        ("1,234", 3, "", None),
        ("1,234", 0, "", None),
    ],
)
def test_one_mark_before_three_digits_is_read_by_the_language(typed, decimals, mark, number):
    found = read_number(typed, decimals=decimals, mark=mark)
    assert found == (None if number is None else Decimal(number))


def test_digits_of_any_script_become_latin_and_the_rest_stays():
    assert latin_digits("٢٠٢٤-०५ 四 x²") == "2024-05 四 x²"
