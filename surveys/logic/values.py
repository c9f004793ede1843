"""Values as XPath 1.0 knows them: texts, numbers and truth; dates are texts that count as days."""

import math
import re
from datetime import UTC, date, datetime

Value = str | float | bool
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)\Z")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_EPOCH = date(1970, 1, 1)
_EPOCH_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_A_DAY = 86_400
_INTEGER_LIMIT = 1e15


def to_number(value: Value) -> float:
    """A number; a date is its days since 1970, and what is neither is NaN."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    text = value.strip()
    if len(text) <= 400 and _NUMBER.match(text):
        return float(text)
    days = days_of(text)
    return math.nan if days is None else days


def days_of(text: str) -> float | None:
    """Days since 1970-01-01 of a date or a moment in ISO 8601; None for anything else."""
    if not 10 <= len(text) <= 40 or text[4] != "-":
        return None
    try:
        if _DATE.match(text):
            return float((date.fromisoformat(text) - _EPOCH).days)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH_MOMENT).total_seconds() / SECONDS_A_DAY


def to_text(value: Value) -> str:
    """A text, as XPath writes truth and numbers: no ".0" after whole ones."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < _INTEGER_LIMIT:
        return str(int(value))
    return format(value, ".15g") if "e" not in repr(value) else _plain(value)


def _plain(value: float) -> str:
    return format(value, "f").rstrip("0").rstrip(".") if abs(value) < 1 else format(value, ".0f")


def to_truth(value: Value) -> bool:
    """Truth: a text that is not empty, a number that is neither 0 nor NaN."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def compare(operator: str, left: Value, right: Value) -> bool:
    """Compare as XPath 1.0 does; two texts are equal as texts and ordered as numbers or dates."""
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


def _are_equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return to_truth(left) == to_truth(right)
    if isinstance(left, float) or isinstance(right, float):
        return to_number(left) == to_number(right)
    return left == right
