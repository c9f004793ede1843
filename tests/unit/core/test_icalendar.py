"""Calendar files as RFC 5545 has them, read back by rules written apart from the writer."""

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import example, given
from hypothesis import strategies as st

from core.icalendar import Entry, calendar

NOW = datetime(2026, 11, 28, 22, 0, tzinfo=UTC)
PARTS = re.compile(r"\\([\\;,nN])")
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200)


def read(content):
    """Names and values of the events: unfolded, unescaped."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode("utf-8")
    unfolded = content.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    events = []
    for line in unfolded:
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and line != "END:VEVENT":
            value = PARTS.sub(lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), value)
            events[-1].setdefault(name, value)
    return unfolded, events


@given(WORDS, WORDS, WORDS)
@example("أسماء الجولة، " * 20, "a\\;b,c" * 30, "x" * 75)
@example("BEGIN:VEVENT", "END:VCALENDAR", " leading and trailing ")
def test_every_text_comes_back_whole_from_lines_of_75_octets(name, title, place):
    content = calendar(name, [Entry("u@h", title, NOW, place=place)], stamp=NOW)
    lines, (event,) = read(content)
    assert event["SUMMARY"] == title
    assert event.get("LOCATION", "") == place
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert PARTS.sub(lambda found: found[1], next(x for x in lines if x[:5] == "NAME:"))[5:] == name


def test_line_ends_and_controls_open_no_line_of_their_own():
    hostile = "One\r\nBEGIN:VALARM\nACTION:AUDIO\x00\x07\u2028ATTACH:x"
    content = calendar("Name", [Entry("u\r\nX:1", hostile, NOW, url="https://a\r\nX:2")], stamp=NOW)
    lines, (event,) = read(content)
    assert event["SUMMARY"] == "One\nBEGIN:VALARM\nACTION:AUDIO\nATTACH:x"
    assert not any(line.startswith(("BEGIN:VALARM", "ACTION", "ATTACH", "X:")) for line in lines)


def test_moments_are_in_utc_and_a_moment_has_no_end():
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    entries = [
        Entry("a@h", "A", there, ends_at=there + timedelta(hours=2)),
        Entry("b@h", "B", there),
    ]
    _lines, (first, second) = read(calendar("N", entries, stamp=NOW))
    assert (first["DTSTART"], first["DTEND"]) == ("20261128T220000Z", "20261129T000000Z")
    assert "DTEND" not in second
    assert {one["UID"] for one in (first, second)} == {"a@h", "b@h"}
