"""Calendar files (RFC 5545): moments in UTC, text escaped, lines folded at 75 octets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from unicodedata import category

LONGEST_LINE = 75
MIMETYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Polylogue//Timetable//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; without an end it is a moment."""

    #: The same at every reading, so that a calendar moves the event instead of doubling it.
    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    place: str = ""
    url: str = ""


def calendar(name: str, entries: Iterable[Entry], *, stamp: datetime) -> bytes:
    """The file: what it is called, its events, and when it was written."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escape(name)}",
        f"X-WR-CALNAME:{escape(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        *(line for entry in entries for line in _event(entry, stamp)),
        "END:VCALENDAR",
    ]
    return b"".join(part + b"\r\n" for line in lines for part in fold(line))


def _event(entry: Entry, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(entry.uid)}"
    yield f"DTSTAMP:{_moment(stamp)}"
    yield f"DTSTART:{_moment(entry.starts_at)}"
    if entry.ends_at is not None:
        yield f"DTEND:{_moment(entry.ends_at)}"
    yield f"SUMMARY:{escape(entry.title)}"
    if entry.place:
        yield f"LOCATION:{escape(entry.place)}"
    if entry.url:
        yield f"URL:{_line(entry.url)}"
    # A date to know of blocks nobody's day.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escape(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11)."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        text = text.replace(plain, escaped)
    return _line("\\n".join(text.splitlines()))


def _line(text: str) -> str:
    """Without anything that could end a line early."""
    return "".join(character for character in text if category(character) != "Cc")


def fold(line: str) -> Iterator[bytes]:
    """A line as octets, parts after the first led by a space; no character is cut in two."""
    part = b""
    for character in line:
        octets = character.encode("utf-8")
        if len(part) + len(octets) > LONGEST_LINE:
            yield part
            part = b" "
        part += octets
    yield part
