"""The functions that an expression may call: a closed list, each with its number of arguments."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from surveys.logic.errors import ExpressionError
from surveys.logic.patterns import matches
from surveys.logic.values import SECONDS_A_DAY, Value, days_of, to_number, to_text, to_truth

ANY = 100
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can see of a respondent and a questionnaire.

    Answers are texts: "" for none, several codes with spaces between them, dates in ISO 8601.
    """

    value_of: Callable[[str], str]
    this: str
    now: datetime
    label_of: Callable[[str, str], str]
    seed: int


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function takes, and what it does with them."""

    fewest: int
    most: int
    run: Callable[[Sequence[Value], Scope], Value]


def _codes(value: Value) -> list[str]:
    return to_text(value).split()


def _item(arguments: Sequence[Value], place: int, default: Value = "") -> Value:
    return arguments[place] if len(arguments) > place else default


def _selected_at(arguments: Sequence[Value], _scope: Scope) -> Value:
    codes, place = _codes(arguments[0]), to_number(arguments[1])
    return codes[int(place)] if 0 <= place < len(codes) else ""


def _limited(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ExpressionError("The expression makes a text that is too long.", code="too_long")
    return text


def _join(arguments: Sequence[Value], _scope: Scope) -> Value:
    return _limited(to_text(arguments[0]).join(to_text(value) for value in arguments[1:]))


def _substring(arguments: Sequence[Value], _scope: Scope) -> Value:
    """XPath counts characters from 1 and rounds."""
    text = to_text(arguments[0])
    start = _round_half_up(to_number(arguments[1]))
    end = start + _round_half_up(to_number(arguments[2])) if len(arguments) > 2 else math.inf
    return "".join(text[place] for place in range(len(text)) if start <= place + 1 < end)


def _substr(arguments: Sequence[Value], _scope: Scope) -> Value:
    """The older form counts from 0 and takes an end."""
    text = to_text(arguments[0])
    start = to_number(arguments[1])
    end = to_number(_item(arguments, 2, float(len(text))))
    if math.isnan(start) or math.isnan(end):
        return ""
    bounds = [int(max(min(number, len(text)), -len(text))) for number in (start, end)]
    return text[bounds[0] : bounds[1]]


def _round_half_up(number: float) -> float:
    return number if math.isnan(number) or math.isinf(number) else math.floor(number + 0.5)


def _round(arguments: Sequence[Value], _scope: Scope) -> Value:
    number, digits = to_number(arguments[0]), to_number(_item(arguments, 1, 0.0))
    if math.isnan(number) or math.isinf(number) or not -15 <= digits <= 15:
        return math.nan
    scale = 10.0 ** int(digits)
    return _round_half_up(number * scale) / scale


def _integer(arguments: Sequence[Value], _scope: Scope) -> Value:
    number = to_number(arguments[0])
    return number if math.isnan(number) or math.isinf(number) else float(math.trunc(number))


def _numbers(arguments: Sequence[Value]) -> list[float]:
    """The numbers among the arguments; what was left open counts for nothing."""
    return [to_number(value) for value in arguments if value != ""]


def _extreme(pick: Callable[[list[float]], float]) -> Callable[[Sequence[Value], Scope], Value]:
    def run(arguments: Sequence[Value], _scope: Scope) -> Value:
        found = _numbers(arguments)
        return pick(found) if found and not any(map(math.isnan, found)) else math.nan

    return run


def _count(arguments: Sequence[Value], _scope: Scope) -> Value:
    return float(sum(value != "" for value in arguments))


def _checklist(arguments: Sequence[Value], _scope: Scope) -> Value:
    low, high = to_number(arguments[0]), to_number(arguments[1])
    met = sum(to_truth(_spoken(value)) for value in arguments[2:])
    return (low == -1 or met >= low) and (high == -1 or met <= high)


def _weighted_checklist(arguments: Sequence[Value], _scope: Scope) -> Value:
    low, high, pairs = to_number(arguments[0]), to_number(arguments[1]), arguments[2:]
    met = sum(
        to_number(weight)
        for value, weight in zip(pairs[::2], pairs[1::2], strict=False)
        if to_truth(_spoken(value))
    )
    return (low == -1 or met >= low) and (high == -1 or met <= high)


def _spoken(value: Value) -> Value:
    """A stored truth value, which is a text."""
    return value not in {"", "0", "false", "no"} if isinstance(value, str) else value


def _mathematics(run: Callable[..., float]) -> Callable[[Sequence[Value], Scope], Value]:
    def work(arguments: Sequence[Value], _scope: Scope) -> Value:
        try:
            return float(run(*(to_number(value) for value in arguments)))
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return work


def _day(value: Value) -> date | None:
    days = to_number(value)
    if math.isnan(days) or not -700_000 < days < 2_900_000:
        return None
    return date(1970, 1, 1) + timedelta(days=math.floor(days))


def _moment(value: Value) -> datetime | None:
    days = days_of(to_text(value)) if isinstance(value, str) else None
    days = to_number(value) if days is None else days
    if math.isnan(days) or not -700_000 < days < 2_900_000:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=round(days * SECONDS_A_DAY))


def _date(arguments: Sequence[Value], _scope: Scope) -> Value:
    found = _day(arguments[0])
    return found.isoformat() if found else ""


def _date_time(arguments: Sequence[Value], _scope: Scope) -> Value:
    found = _moment(arguments[0])
    return found.isoformat() if found else ""


def _decimal_time(arguments: Sequence[Value], _scope: Scope) -> Value:
    try:
        hours, minutes, *seconds = to_text(arguments[0])[:8].split(":")
        whole = int(hours) * 3600 + int(minutes) * 60 + (int(seconds[0]) if seconds else 0)
    except (ValueError, IndexError):
        return math.nan
    return whole / SECONDS_A_DAY


def _format_date(arguments: Sequence[Value], _scope: Scope) -> Value:
    found = _moment(arguments[0])
    if found is None:
        return ""
    pieces = {
        "%Y": f"{found.year:04}",
        "%y": f"{found.year % 100:02}",
        "%m": f"{found.month:02}",
        "%n": str(found.month),
        "%d": f"{found.day:02}",
        "%e": str(found.day),
        "%H": f"{found.hour:02}",
        "%h": str(found.hour),
        "%M": f"{found.minute:02}",
        "%S": f"{found.second:02}",
        "%3": f"{found.microsecond // 1000:03}",
        "%b": found.strftime("%b"),
        "%a": found.strftime("%a"),
    }
    text = to_text(arguments[1])[:200]
    for code, piece in pieces.items():
        text = text.replace(code, piece)
    return text


def _translate(arguments: Sequence[Value], _scope: Scope) -> Value:
    text, old, new = (to_text(value) for value in arguments)
    table = {
        ord(letter): new[place] if place < len(new) else None
        for place, letter in reversed(list(enumerate(old)))
    }
    return text.translate(table)


def _random(_arguments: Sequence[Value], scope: Scope) -> Value:
    return random.Random(scope.seed).random()  # noqa: S311 - an order, no secret


def _uuid(_arguments: Sequence[Value], scope: Scope) -> Value:
    return str(UUID(int=random.Random(scope.seed).getrandbits(128), version=4))  # noqa: S311


def _text_test(
    test: Callable[[str, str], bool],
) -> Callable[[Sequence[Value], Scope], Value]:
    return lambda given, _scope: test(to_text(given[0]), to_text(given[1]))


FUNCTIONS: dict[str, Function] = {
    "selected": Function(2, 2, lambda a, _s: to_text(a[1]).strip() in _codes(a[0])),
    "selected-at": Function(2, 2, _selected_at),
    "count-selected": Function(1, 1, lambda a, _s: float(len(_codes(a[0])))),
    "not": Function(1, 1, lambda a, _s: not to_truth(a[0])),
    "true": Function(0, 0, lambda _a, _s: True),
    "false": Function(0, 0, lambda _a, _s: False),
    "boolean": Function(1, 1, lambda a, _s: to_truth(a[0])),
    "boolean-from-string": Function(1, 1, lambda a, _s: to_text(a[0]) in {"1", "true"}),
    "number": Function(1, 1, lambda a, _s: to_number(a[0])),
    "int": Function(1, 1, _integer),
    "string": Function(1, 1, lambda a, _s: to_text(a[0])),
    "coalesce": Function(1, ANY, lambda a, _s: next((v for v in a if to_text(v)), "")),
    "regex": Function(2, 2, lambda a, _s: matches(to_text(a[0]), to_text(a[1]))),
    "string-length": Function(1, 1, lambda a, _s: float(len(to_text(a[0])))),
    "substr": Function(2, 3, _substr),
    "substring": Function(2, 3, _substring),
    "substring-before": Function(
        2,
        2,
        lambda a, _s: (
            to_text(a[0]).partition(to_text(a[1]) or "\x00")[0]
            if to_text(a[1]) in to_text(a[0])
            else ""
        ),
    ),
    "substring-after": Function(
        2, 2, lambda a, _s: to_text(a[0]).partition(to_text(a[1]))[2] if to_text(a[1]) else ""
    ),
    "contains": Function(2, 2, _text_test(lambda text, part: part in text)),
    "starts-with": Function(2, 2, _text_test(str.startswith)),
    "ends-with": Function(2, 2, _text_test(str.endswith)),
    "concat": Function(1, ANY, lambda a, _s: _limited("".join(map(to_text, a)))),
    "join": Function(2, ANY, _join),
    "normalize-space": Function(1, 1, lambda a, _s: " ".join(to_text(a[0]).split())),
    "translate": Function(3, 3, _translate),
    "upper-case": Function(1, 1, lambda a, _s: to_text(a[0]).upper()),
    "lower-case": Function(1, 1, lambda a, _s: to_text(a[0]).lower()),
    "today": Function(0, 0, lambda _a, s: s.now.date().isoformat()),
    "now": Function(0, 0, lambda _a, s: s.now.isoformat()),
    "date": Function(1, 1, _date),
    "date-time": Function(1, 1, _date_time),
    "decimal-date-time": Function(1, 1, lambda a, _s: to_number(a[0])),
    "decimal-time": Function(1, 1, _decimal_time),
    "format-date": Function(2, 2, _format_date),
    "format-date-time": Function(2, 2, _format_date),
    "abs": Function(1, 1, _mathematics(abs)),
    "round": Function(1, 2, _round),
    "floor": Function(1, 1, _mathematics(math.floor)),
    "ceiling": Function(1, 1, _mathematics(math.ceil)),
    "pow": Function(2, 2, _mathematics(math.pow)),
    "sqrt": Function(1, 1, _mathematics(math.sqrt)),
    "exp": Function(1, 1, _mathematics(math.exp)),
    "exp10": Function(1, 1, _mathematics(lambda number: math.pow(10, number))),
    "log": Function(1, 1, _mathematics(math.log)),
    "log10": Function(1, 1, _mathematics(math.log10)),
    "sin": Function(1, 1, _mathematics(math.sin)),
    "cos": Function(1, 1, _mathematics(math.cos)),
    "tan": Function(1, 1, _mathematics(math.tan)),
    "asin": Function(1, 1, _mathematics(math.asin)),
    "acos": Function(1, 1, _mathematics(math.acos)),
    "atan": Function(1, 1, _mathematics(math.atan)),
    "atan2": Function(2, 2, _mathematics(math.atan2)),
    "pi": Function(0, 0, lambda _a, _s: math.pi),
    "min": Function(1, ANY, _extreme(min)),
    "max": Function(1, ANY, _extreme(max)),
    "sum": Function(1, ANY, lambda a, _s: float(sum(_numbers(a)))),
    "count": Function(1, ANY, _count),
    "count-non-empty": Function(1, ANY, _count),
    "checklist": Function(3, ANY, _checklist),
    "weighted-checklist": Function(4, ANY, _weighted_checklist),
    "random": Function(0, 0, _random),
    "uuid": Function(0, 1, _uuid),
}
#: Worked out by the evaluator itself, because they need more than values.
SPECIAL = {"if": (3, 3), "once": (1, 1), "jr:choice-name": (2, 2)}
#: Known to other tools; named as such when they are refused.
NOT_OFFERED = frozenset(
    {
        "position", "last", "indexed-repeat", "pulldata", "instance", "current", "area", "distance",
        "enclosed-area", "geofence", "intersects", "digest", "base64-decode", "base64-encode",
        "randomize", "jr:itext", "search", "lookup", "version", "property", "id", "name",
        "local-name", "namespace-uri", "lang", "extract-signed", "comment-status", "relevant",
        "last-saved", "device-id", "username", "image", "callout-info", "short-signature",
        "hidden-answer", "rank-index", "rank-value", "join-if", "sum-if", "count-if", "min-if",
        "max-if", "count-items", "item-at", "item-index", "item-present", "linebreak", "index",
        "format-number", "phone-call-log", "de-duplicate", "concat-if", "geo-scatter", "hash",
    }
)  # fmt: skip
