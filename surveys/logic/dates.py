"""Dates and moments in ISO 8601, as answers hold them.

A date is midnight of its day. A moment counts as the clock on the wall showed it where it was
written down: its offset from UTC matters only when two moments that both have one are compared,
and to `decimal-date-time()`. So `now() >= today()` holds at any hour, and `date(now())` is today.
"""

import math
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

_OFFSET = r"Z|[+-][0-9]{2}(?::?[0-9]{2})?"
_TIME = rf"([0-9]{{2}}):([0-9]{{2}})(?::([0-9]{{2}})(\.[0-9]+)?)?({_OFFSET})?"
_MOMENT = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})(?:T{_TIME})?")
_TIME_OF_DAY = re.compile(_TIME)
_LONGEST = 40
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the clock on the wall has no zone
_DAY = timedelta(days=1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CODE = re.compile(r"%(.?)", re.DOTALL)


def read(text: str) -> datetime | None:
    """A date or a moment; aware if its offset is written; None for anything else."""
    match = _MOMENT.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    try:
        day = date(*(int(part) for part in match.groups()[:3]))
        return datetime.combine(day, _time(match.groups()[3:]) if match[4] else time())
    except ValueError:
        return None


def _time(parts: tuple[str | None, ...]) -> time:
    hours, minutes, seconds, fraction, offset = parts
    return time(
        int(hours or 0),
        int(minutes or 0),
        int(seconds or 0),
        int((fraction or ".0")[1:7].ljust(6, "0")),
        _zone(offset),
    )


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-away if offset[0] == "-" else away)


def days_of(text: str) -> float | None:
    """Days from 1970-01-01 on the wall's clock; None for what is no date."""
    moment = read(text)
    return None if moment is None else (moment.replace(tzinfo=None) - _EPOCH) / _DAY


def days_of_instant(text: str, zone: tzinfo | None) -> float | None:
    """Days from 1970-01-01 in UTC; what says no offset is taken to be in the zone."""
    moment = read(text)
    if moment is None:
        return None
    try:
        instant = moment if moment.tzinfo else moment.replace(tzinfo=zone or UTC)
        return (instant - _EPOCH.replace(tzinfo=UTC)) / _DAY
    except OverflowError:
        return None


def gap(left: str, right: str) -> float | None:
    """Days from the right moment to the left one; None unless both are dates."""
    first, second = read(left), read(right)
    if first is None or second is None:
        return None
    if first.tzinfo is None or second.tzinfo is None:
        first, second = first.replace(tzinfo=None), second.replace(tzinfo=None)
    return (first - second) / _DAY


def from_days(days: float) -> datetime | None:
    """The moment so many days after 1970-01-01, to the millisecond."""
    if not math.isfinite(days):
        return None
    try:
        whole = math.floor(days)
        return _EPOCH + timedelta(days=whole, milliseconds=round((days - whole) * 86_400_000))
    except OverflowError:
        return None


def part_of_day(text: str) -> float | None:
    """The time of a time, a date or a moment as a part of a day."""
    match = _TIME_OF_DAY.fullmatch(text) if len(text) <= _LONGEST else None
    moment = read(text)
    try:
        clock = _time(match.groups()) if match else moment and moment.time()
    except ValueError:
        return None
    if not isinstance(clock, time):
        return None
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1_000_000
    return seconds / 86_400


def written(moment: datetime, pattern: str) -> str:
    """A moment in a pattern such as `%d %b %Y`; months and weekdays have English names."""
    pieces = {
        "Y": f"{moment.year:04}",
        "y": f"{moment.year % 100:02}",
        "m": f"{moment.month:02}",
        "n": str(moment.month),
        "b": _MONTHS[moment.month - 1],
        "d": f"{moment.day:02}",
        "e": str(moment.day),
        "a": _WEEKDAYS[moment.weekday()],
        "H": f"{moment.hour:02}",
        "h": str(moment.hour),
        "M": f"{moment.minute:02}",
        "S": f"{moment.second:02}",
        "3": f"{moment.microsecond // 1000:03}",
        "%": "%",
    }
    return _CODE.sub(lambda match: pieces.get(match[1], match[0]), pattern)


def unknown_code(pattern: str) -> str | None:
    """The first code in a pattern that stands for nothing."""
    codes = (match[0] for match in _CODE.finditer(pattern))
    return next((code for code in codes if written(_EPOCH, code) == code), None)
