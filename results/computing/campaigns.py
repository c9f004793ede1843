"""Texts that came in many copies: how often, when, from where, and in which topics they lie.

No word of them is kept here, but the ids of a few: what its author withdraws must be gone.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import polars as pl

from analysis.text.copies import find_burst
from analysis.text.quality import Quality
from results.tables import Document, rounded

#: From so many copies on a text stands in the table.
SMALLEST = 10
#: More rows than these nobody reads; the others are counted.
MOST = 50
#: Answers that may show the words, in case that one of them is withdrawn.
SHOWN = 5


def campaign_rows(
    quality: Quality, frame: pl.DataFrame, texts: Sequence[str], topics: Sequence[int]
) -> list[Document]:
    """A row for each text that came ten times or more, the most frequent first."""
    sizes = {family: n for family, n in quality.family_sizes.items() if n >= SMALLEST}
    members: dict[int, list[int]] = {family: [] for family in sizes}
    for row, family in enumerate(quality.family):
        if family in members:
            members[family].append(row)
    days = [day.toordinal() for day in frame["received_on"].to_list()]
    return [
        _row(family, members[family], quality, frame, texts, topics, days)
        for family in sorted(sizes, key=lambda one: (-sizes[one], one))[:MOST]
    ]


def _row(
    family: int,
    rows: list[int],
    quality: Quality,
    frame: pl.DataFrame,
    texts: Sequence[str],
    topics: Sequence[int],
    days: list[int],
) -> Document:
    own = [days[row] for row in rows]
    inside = set(rows)
    burst = find_burst(own, [day for row, day in enumerate(days) if row not in inside])
    return {
        "size": len(rows),
        "keys": _standing(rows, frame["id"].to_list(), texts),
        # Fewer words than these are alike without anybody's doing.
        "is_short": family not in quality.campaigns,
        "from": _day(min(own)),
        "to": _day(max(own)),
        "burst": None
        if burst is None
        else {
            "from": _day(burst.first_day),
            "to": _day(burst.last_day),
            "n": burst.count,
            "expected": rounded(burst.expected),
        },
        "languages": _counted(frame["text_language"].to_list(), rows),
        "regions": _counted(frame["region"].to_list(), rows),
        "topics": _counted([str(topic) if topic >= 0 else None for topic in topics], rows),
    }


def _standing(rows: list[int], ids: list[str], texts: Sequence[str]) -> list[str]:
    """Answers with the wording that most of them have."""
    wording = Counter(texts[row] for row in rows).most_common(1)[0][0]
    ordered = sorted(rows, key=lambda row: (texts[row] != wording, ids[row]))
    return [ids[row] for row in ordered[:SHOWN]]


def _counted(values: list[str | None], rows: list[int]) -> dict[str, int]:
    """How many of these rows have each value, the most first."""
    counts = Counter(values[row] or "unknown" for row in rows)
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _day(number: int) -> str:
    return date.fromordinal(number).isoformat()
