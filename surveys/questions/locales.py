"""What a language does with digits: the mark before a fraction, and where the day stands."""

import re

from babel import Locale, UnknownLocaleError
from babel.dates import get_date_format
from babel.numbers import get_decimal_symbol

#: Marks around what runs from left to right by itself.
ISOLATE, RELEASE = "\u2066", "\u2069"
WORLD = Locale("en", "001")
_PARTS = {"d": "day", "M": "month", "L": "month", "y": "year"}


def locale_of(language: str) -> Locale:
    """The conventions of a language; English, where no country is named, is that of the world."""
    if language == "en":
        return WORLD
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return WORLD


def decimal_mark(language: str) -> str:
    """What the language writes before a fraction: a comma or a point."""
    return "," if get_decimal_symbol(locale_of(language)) == "," else "."


def upright(number: str, language: str) -> str:
    """A number whose sign stays before it where the words around it run from right to left."""
    is_turned = number.startswith("-") and locale_of(language).text_direction == "rtl"
    return f"{ISOLATE}{number}{RELEASE}" if is_turned else number


def date_order(language: str) -> tuple[str, ...]:
    """Day, month and year, by these names, in the order in which the language writes them."""
    letters = re.sub(r"'[^']*'", "", get_date_format("short", locale_of(language)).pattern)
    return tuple(dict.fromkeys(_PARTS[letter] for letter in letters if letter in _PARTS))
