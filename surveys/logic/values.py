"""Values as XPath 1.0 knows them: texts, numbers and truth, and how each becomes the others.

Two things are added, because answers are texts. A text that is a date or a moment in ISO 8601
counts as its days since 1970-01-01 wherever a number is wanted: `today() - 7`,
`${born} < date('2010-01-01')`. And where both sides of a comparison are such texts, they are
compared as dates. Nothing else departs from XPath: numbers are equal when they are the same
number, to the last bit.
"""

import math
import re
from decimal import Decimal

from surveys.logic.dates import days_of, gap

Value = str | float | bool
SPACE = " \t\r\n"
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def to_number(value: Value) -> float:
    """A number; what is neither a number nor a date is NaN, and so is an answer left open."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    text = value.strip(SPACE)
    if _NUMBER.fullmatch(text):
        return float(text)
    days = days_of(text)
    return math.nan if days is None else days


def to_text(value: Value) -> str:
    """A text; a number has as many digits as tell it from its neighbours, and no exponent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def to_truth(value: Value) -> bool:
    """Truth: a text that is not empty, a number that is neither 0 nor NaN."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def codes_of(value: Value) -> list[str]:
    """The codes in the answer to a question that takes several."""
    return [code for code in re.split(f"[{SPACE}]+", to_text(value)) if code]


def is_open(value: Value) -> bool:
    """Whether there is nothing: no answer, or a number worked out from no answer."""
    return value == "" or (isinstance(value, float) and math.isnan(value))


def compare(operator: str, left: Value, right: Value) -> bool:
    """Compare as XPath 1.0 does; two dates as dates."""
    days = _days_between(left, right)
    if days is not None:
        left, right = days, 0.0
    if operator in {"=", "!="}:
        return _are_equal(left, right) == (operator == "=")
    first, second = to_number(left), to_number(right)
    match operator:
        case "<":
            return first < second
        case "<=":
            return first <= second
        case ">":
            return first > second
    return first >= second


def _days_between(left: Value, right: Value) -> float | None:
    if isinstance(left, str) and isinstance(right, str):
        return gap(left.strip(SPACE), right.strip(SPACE))
    return None


def _are_equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return to_truth(left) == to_truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return to_number(left) == to_number(right)
    return left == right
