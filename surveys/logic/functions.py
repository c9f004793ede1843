"""The functions that an expression may call: a closed list, each with its number of arguments."""

import math
import random
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from surveys.logic import dates
from surveys.logic import mathematics as maths
from surveys.logic.errors import NOT_OFFERED, ExpressionError, unsupported_function
from surveys.logic.patterns import matches
from surveys.logic.values import SPACE, Value, codes_of, is_open, to_number, to_text, to_truth

LONGEST_TEXT = 100_000
_LONGEST_UUID = 100
_UUID_LETTERS = string.ascii_uppercase + string.digits


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression can see of a respondent and a questionnaire.

    Answers are texts: "" for none, several codes with spaces between them, dates in ISO 8601.
    `now` is aware, and its zone is the one that today is a day in. `place` says what is worked
    out, such as the code of a question: chance falls differently in different places.
    """

    value_of: Callable[[str], str]
    this: str
    now: datetime
    label_of: Callable[[str, str], str]
    seed: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """A call: what it can see, and which of all calls it is."""

    scope: Scope
    source: str
    position: int

    def dice(self) -> random.Random:
        """Throws that are the same whenever this call is worked out for this respondent."""
        key = f"{self.scope.seed}:{self.scope.place}:{self.position}:{self.source}"
        return random.Random(key)  # noqa: S311 - an order, no secret


Arguments = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function takes (`most` None: any number), and what it does."""

    fewest: int
    most: int | None
    run: Callable[[Arguments, Here], Value]
    comes_in_pairs: bool = False


# Kinds of functions ------------------------------------------------------------------------------


def _of_number(run: Callable[[float], float]) -> Function:
    return Function(1, 1, lambda given, _here: maths.safe(run, to_number(given[0])))


def _of_numbers(run: Callable[[float, float], float]) -> Function:
    return Function(
        2, 2, lambda given, _here: maths.safe(run, to_number(given[0]), to_number(given[1]))
    )


def _of_text(run: Callable[[str], Value]) -> Function:
    return Function(1, 1, lambda given, _here: run(to_text(given[0])))


def _of_texts(run: Callable[[str, str], Value]) -> Function:
    return Function(2, 2, lambda given, _here: run(to_text(given[0]), to_text(given[1])))


def _of_this(run: Callable[[str], Value]) -> Function:
    """A function that reads the current answer when it is given nothing."""
    return Function(0, 1, lambda given, here: run(to_text(given[0]) if given else here.scope.this))


def _of_value(run: Callable[[Value], Value]) -> Function:
    return Function(1, 1, lambda given, _here: run(given[0]))


# Choices -----------------------------------------------------------------------------------------


def _selected(given: Arguments, _here: Here) -> Value:
    return to_text(given[1]).strip(SPACE) in codes_of(given[0])


def _selected_at(given: Arguments, _here: Here) -> Value:
    """Counts from 0."""
    codes, place = codes_of(given[0]), maths.truncated(to_number(given[1]))
    return codes[int(place)] if 0 <= place < len(codes) else ""


def _is_yes(value: Value) -> bool:
    """What a checklist counts: what is true, a number above 0, the answer "yes"."""
    if isinstance(value, bool):
        return value
    return value in {"yes", "true"} or to_number(value) > 0


def _lies_between(found: float, least: Value, most: Value) -> bool:
    """Whether a sum keeps its bounds; -1 is no bound."""
    low, high = to_number(least), to_number(most)
    return (low == -1 or found >= low) and (high == -1 or found <= high)


def _checklist(given: Arguments, _here: Here) -> Value:
    return _lies_between(sum(map(_is_yes, given[2:])), given[0], given[1])


def _weighted_checklist(given: Arguments, _here: Here) -> Value:
    pairs = zip(given[2::2], given[3::2], strict=False)
    found = maths.total(to_number(weight) for value, weight in pairs if _is_yes(value))
    return _lies_between(found, given[0], given[1])


def _count(given: Arguments, _here: Here) -> Value:
    return float(sum(not is_open(value) for value in given))


# Texts -------------------------------------------------------------------------------------------


def limited(value: Value) -> Value:
    """A value that is not too long to work with."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise ExpressionError("The expression makes a text that is too long.", code="too_long")
    return value


def _join(given: Arguments, _here: Here) -> Value:
    return to_text(given[0]).join(map(to_text, given[1:]))


def _substring(given: Arguments, _here: Here) -> Value:
    """Counts from 1, rounds, and takes a length."""
    text = to_text(given[0])
    start = maths.rounded(to_number(given[1]))
    end = start + maths.rounded(to_number(given[2])) if len(given) > 2 else math.inf
    if math.isnan(start) or math.isnan(end):
        return ""
    bounds = [int(min(max(place, 1.0), len(text) + 1.0)) - 1 for place in (start, end)]
    return text[bounds[0] : bounds[1]]


def _substr(given: Arguments, _here: Here) -> Value:
    """Counts from 0, takes an end, and counts from the end below 0."""
    text = to_text(given[0])
    end = to_number(given[2]) if len(given) > 2 else math.inf
    places = (to_number(given[1]), end)
    if any(map(math.isnan, places)):
        return ""
    bounds = [int(max(min(place, len(text)), -len(text))) for place in places]
    return text[bounds[0] : bounds[1]]


def _before(text: str, part: str) -> Value:
    return text[: max(text.find(part), 0)]


def _after(text: str, part: str) -> Value:
    place = text.find(part)
    return text[place + len(part) :] if place >= 0 else ""


def _translate(given: Arguments, _here: Here) -> Value:
    text, old, new = map(to_text, given)
    table = {
        ord(letter): new[place] if place < len(new) else None
        for place, letter in reversed(list(enumerate(old)))
    }
    return text.translate(table)


# Dates -------------------------------------------------------------------------------------------


def _moment(value: Value) -> datetime | None:
    text = value.strip(SPACE) if isinstance(value, str) else ""
    return dates.read(text) or dates.from_days(to_number(value))


def _date(value: Value) -> Value:
    found = _moment(value)
    return found.date().isoformat() if found else ""


def _date_time(value: Value) -> Value:
    found = _moment(value)
    return found.isoformat() if found else ""


def _decimal_date_time(given: Arguments, here: Here) -> Value:
    text = to_text(given[0]).strip(SPACE)
    days = dates.days_of_instant(text, here.scope.now.tzinfo)
    return to_number(given[0]) if days is None else days


def _decimal_time(value: Value) -> Value:
    part = dates.part_of_day(to_text(value).strip(SPACE))
    if part is not None:
        return part
    number = to_number(value)
    return number - math.floor(number) if math.isfinite(number) else math.nan


def _format_date(given: Arguments, _here: Here) -> Value:
    found = _moment(given[0])
    return dates.written(found, to_text(given[1])) if found else ""


# Chance ------------------------------------------------------------------------------------------


def _uuid(given: Arguments, here: Here) -> Value:
    dice = here.dice()
    if not given:
        return str(UUID(int=dice.getrandbits(128), version=4))
    length = to_number(given[0])
    if not 1 <= length <= _LONGEST_UUID:
        return ""
    return "".join(dice.choices(_UUID_LETTERS, k=int(length)))


FUNCTIONS: dict[str, Function] = {
    "selected": Function(2, 2, _selected),
    "selected-at": Function(2, 2, _selected_at),
    "count-selected": _of_value(lambda value: float(len(codes_of(value)))),
    "checklist": Function(3, None, _checklist),
    "weighted-checklist": Function(4, None, _weighted_checklist, comes_in_pairs=True),
    "count": Function(1, None, _count),
    "count-non-empty": Function(1, None, _count),
    "not": _of_value(lambda value: not to_truth(value)),
    "true": Function(0, 0, lambda _given, _here: True),
    "false": Function(0, 0, lambda _given, _here: False),
    "boolean": _of_value(to_truth),
    "boolean-from-string": _of_text(lambda text: text in {"1", "true"}),
    "number": _of_value(to_number),
    "string": _of_value(to_text),
    "regex": _of_texts(matches),
    "string-length": _of_this(lambda text: float(len(text))),
    "normalize-space": _of_this(lambda text: " ".join(codes_of(text))),
    "substr": Function(2, 3, _substr),
    "substring": Function(2, 3, _substring),
    "substring-before": _of_texts(_before),
    "substring-after": _of_texts(_after),
    "contains": _of_texts(lambda text, part: part in text),
    "starts-with": _of_texts(str.startswith),
    "ends-with": _of_texts(str.endswith),
    "concat": Function(1, None, lambda given, _here: "".join(map(to_text, given))),
    "join": Function(2, None, _join),
    "translate": Function(3, 3, _translate),
    "today": Function(0, 0, lambda _given, here: here.scope.now.date().isoformat()),
    "now": Function(0, 0, lambda _given, here: here.scope.now.isoformat(timespec="milliseconds")),
    "date": _of_value(_date),
    "date-time": _of_value(_date_time),
    "decimal-date-time": Function(1, 1, _decimal_date_time),
    "decimal-time": _of_value(_decimal_time),
    "format-date": Function(2, 2, _format_date),
    "format-date-time": Function(2, 2, _format_date),
    "abs": _of_number(abs),
    "int": _of_number(maths.truncated),
    "round": Function(1, 2, lambda given, _here: maths.rounded(*map(to_number, given))),
    "floor": _of_number(maths.floor),
    "ceiling": _of_number(maths.ceiling),
    "pow": _of_numbers(maths.power),
    "sqrt": _of_number(math.sqrt),
    "exp": _of_number(math.exp),
    "exp10": _of_number(lambda number: maths.power(10.0, number)),
    "log": _of_number(maths.logarithm(math.log)),
    "log10": _of_number(maths.logarithm(math.log10)),
    "sin": _of_number(math.sin),
    "cos": _of_number(math.cos),
    "tan": _of_number(math.tan),
    "asin": _of_number(math.asin),
    "acos": _of_number(math.acos),
    "atan": _of_number(math.atan),
    "atan2": _of_numbers(math.atan2),
    "pi": Function(0, 0, lambda _given, _here: math.pi),
    "min": Function(1, None, lambda given, _here: maths.extreme(min, given)),
    "max": Function(1, None, lambda given, _here: maths.extreme(max, given)),
    "sum": Function(1, None, lambda given, _here: maths.total(maths.present(given))),
    "random": Function(0, 0, lambda _given, here: here.dice().random()),
    "uuid": Function(0, 1, _uuid),
}
#: Worked out by the evaluator itself, because they need more than values: fewest and most.
SPECIAL: dict[str, tuple[int, int | None]] = {
    "if": (3, 3),
    "coalesce": (2, None),
    "once": (1, 1),
    "jr:choice-name": (2, 2),
}


def fault_of_call(name: str, count: int, position: int) -> ExpressionError | None:
    """What is wrong with calling a function with so many arguments; None if nothing is."""
    function = FUNCTIONS.get(name)
    if function is None and name not in SPECIAL:
        if name in NOT_OFFERED:
            return unsupported_function(name, position)
        message = f"There is no function “{name}”."
        return ExpressionError(message, position, "unknown_function", name)
    fewest, most = (function.fewest, function.most) if function else SPECIAL[name]
    if fewest <= count and (most is None or count <= most):
        if function is None or not function.comes_in_pairs or count % 2 == 0:
            return None
        message = f"{name}() takes its arguments in pairs; one is missing."
        return ExpressionError(message, position, "arguments", name)
    message = f"{name}() takes {_wanted(fewest, most)}, not {count}."
    return ExpressionError(message, position, "arguments", name)


def _wanted(fewest: int, most: int | None) -> str:
    if most == 0:
        return "no arguments"
    if most is None:
        return f"at least {fewest} arguments"
    if fewest == most:
        return "1 argument" if most == 1 else f"{most} arguments"
    return f"{fewest} or {most} arguments"
