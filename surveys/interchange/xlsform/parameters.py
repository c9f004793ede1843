"""The cells of the column `parameters`, and what they may say."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from surveys.interchange.xlsform.form import FormRow
from surveys.interchange.xlsform.remarks import Report
from surveys.interchange.xlsform.scanning import GOOD_NAME, REFERENCE
from surveys.interchange.xlsform.types import Sort, Type

_WORDS = re.compile(r"=|[^\s=,;]+")
_A_PAIR = 3
_KEEP_CASE = frozenset({"label", "value"})
_SELECT: Final = frozenset({"randomize", "seed"})
_ACCEPTED: Final = {
    Sort.SELECT_ONE: _SELECT,
    Sort.SELECT_MULTIPLE: _SELECT,
    Sort.RANK: _SELECT,
    Sort.RANGE: frozenset(
        {"start", "end", "step", "tick_interval", "placeholder", "tick_labelset"}
    ),
}
_LOCATION: Final = ("location-priority", "location-min-interval", "location-max-age")
_ACCEPTED_WORDS: Final = {
    "text": frozenset({"rows"}),
    "audit": frozenset({*_LOCATION, "identify-user", "track-changes", "track-changes-reasons"}),
    "image": frozenset({"app", "max-pixels"}),
    "photo": frozenset({"app", "max-pixels"}),
    "add image prompt": frozenset({"app", "max-pixels"}),
    "add photo prompt": frozenset({"app", "max-pixels"}),
    "audio": frozenset({"quality"}),
    "add audio prompt": frozenset({"quality"}),
    "background-audio": frozenset({"quality"}),
    "geopoint": frozenset(
        {"allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"}
    ),
    "geoshape": frozenset({"allow-mock-accuracy", "incremental", "reference-geometry"}),
    "geotrace": frozenset({"allow-mock-accuracy", "incremental", "reference-geometry"}),
}
_PACKAGE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*(?:\.[a-zA-Z][a-zA-Z0-9_]*)+\Z")
_NUMBERS: Final = frozenset({"rows", "max-pixels", "location-min-interval", "location-max-age"})
_CHOICES: Final = {
    "track-changes": {"true", "false"},
    "identify-user": {"true", "false"},
    "track-changes-reasons": {"on-form-edit"},
    "location-priority": {"no-power", "low-power", "balanced", "high-accuracy"},
    "randomize": {"true", "false"},
    "allow-mock-accuracy": {"true", "false"},
    "incremental": {"true", "yes"},
    "quality": {"voice-only", "low", "normal", "external"},
}


def parameters_of(row: FormRow, kind: Type, report: Report) -> dict[str, str]:
    """The parameters of a row; what makes no sense is a problem."""
    cell = row.get("parameters")
    found: dict[str, str] = {}
    words = _WORDS.findall(cell)
    pairs = [words[place : place + _A_PAIR] for place in range(0, len(words), _A_PAIR)]
    if any(len(pair) < _A_PAIR or pair[1] != "=" or "=" in pair[::2] for pair in pairs):
        report.problem("parameters", row.place("parameters"), cell=cell)
        return {}
    for name, _equals, value in pairs:
        key = name.lower()
        found[key] = value if key in _KEEP_CASE else value.lower()
    accepted = _ACCEPTED.get(kind.sort, _ACCEPTED_WORDS.get(kind.word))
    if accepted is not None and set(found) - accepted:
        wrong = ", ".join(sorted(set(found) - accepted))
        listed = ", ".join(sorted(accepted))
        report.problem("parameter_unknown", row.place("parameters"), names=wrong, known=listed)
    if accepted is not None:
        _check_values(row, found, report)
    return found


def _check_values(row: FormRow, found: dict[str, str], report: Report) -> None:
    for name, value in found.items():
        is_wrong = name in _CHOICES and value not in _CHOICES[name]
        is_wrong = is_wrong or (name in _NUMBERS and not re.match(r"[+-]?\d+\Z", value))
        is_wrong = is_wrong or (name.endswith("-accuracy") and _is_bad_accuracy(name, value))
        if is_wrong:
            report.problem("parameter_value", row.place("parameters"), name=name, value=value)
    app = found.get("app", "")
    if app and row.get("appearance") in {"", "annotate"} and not _PACKAGE.match(app):
        report.problem("parameter_value", row.place("parameters"), name="app", value=app)
    seed = found.get("seed", "")
    if seed and "randomize" not in found:
        report.problem("seed_alone", row.place("parameters"))
    elif seed and not _is_number(seed) and not _is_reference(seed):
        report.problem("parameter_value", row.place("parameters"), name="seed", value=seed)


def check_audit(row: FormRow, found: dict[str, str], report: Report) -> None:
    """Where an audit looks at places, it needs all three rules for it."""
    given = [found[name] for name in _LOCATION if name in found]
    place = row.place("parameters")
    if given and len(given) < len(_LOCATION):
        report.problem("audit_location", place)
    elif given and all(value.isdigit() for value in given[1:]):
        least, most = int(given[1][:9]), int(given[2][:9])
        if most < least:
            report.problem("audit_location", place)


def _is_bad_accuracy(name: str, value: str) -> bool:
    return name != "allow-mock-accuracy" and not _is_number(value)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _is_reference(value: str) -> bool:
    match = REFERENCE.fullmatch(value)
    return bool(match and GOOD_NAME.match(match[1]))


class Bounds:
    """The ends and the step of a range."""

    def __init__(self, start: Decimal, end: Decimal, step: Decimal) -> None:
        self.start = start
        self.end = end
        self.step = step

    @property
    def is_scale(self) -> bool:
        """Whether it is one of our scales: whole steps of one, upwards, not too long."""
        whole = all(part == part.to_integral_value() for part in (self.start, self.end))
        return whole and self.step == 1 and -100 <= self.start < self.end <= 100


def bounds_of(row: FormRow, found: dict[str, str], report: Report) -> Bounds | None:
    """The bounds of a range; None with a problem where they make no range."""
    numbers: dict[str, Decimal] = {}
    usual = {"start": "1", "end": "10", "step": "1"}
    for name in ("start", "end", "step", "tick_interval", "placeholder"):
        value = found.get(name, usual.get(name))
        if value is None:
            continue
        try:
            numbers[name] = Decimal(value)
        except InvalidOperation:
            numbers[name] = Decimal("NaN")
        if not numbers[name].is_finite():
            report.problem("parameter_value", row.place("parameters"), name=name, value=value)
            return None
    start, end, step = numbers["start"], numbers["end"], numbers["step"]
    if step == 0 or step > abs(end - start):
        report.problem("parameter_value", row.place("parameters"), name="step", value=step)
        return None
    if _ticks_are_wrong(numbers):
        report.problem("range_ticks", row.place("parameters"))
        return None
    return Bounds(start, end, step)


def _ticks_are_wrong(numbers: dict[str, Decimal]) -> bool:
    start, end, step = numbers["start"], numbers["end"], numbers["step"]
    tick, holder = numbers.get("tick_interval"), numbers.get("placeholder")
    if tick is not None and (tick == 0 or tick > abs(end - start) or tick % step != 0):
        return True
    if holder is None:
        return False
    low, high = min(start, end), max(start, end)
    return (holder - start) % step != 0 or not low <= holder <= high


def check_ticks(
    row: FormRow, bounds: Bounds, found: dict[str, str], names: list[str], report: Report
) -> None:
    """The words under a range: their list is there and its names are points of the range."""
    place = row.place("parameters")
    look = row.get("appearance")
    special = {"tick_interval", "placeholder", "tick_labelset"} & set(found)
    if look and special and "vertical" not in look and "no-ticks" not in look:
        report.problem("ticks_and_appearance", place, appearance=look)
    list_name = found.get("tick_labelset")
    if not list_name:
        return
    if not names:
        report.problem("list_not_found", place, name=list_name)
        return
    points = [_decimal(name) for name in names]
    step = _decimal(found.get("tick_interval", "")) or bounds.step
    low, high = sorted((bounds.start, bounds.end))
    is_wrong = any(
        point is None or not low <= point <= high or (point - bounds.start) % step != 0
        for point in points
    )
    if is_wrong or ("no-ticks" in look and set(points) != {bounds.start, bounds.end}):
        report.problem("range_ticks", place)


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
