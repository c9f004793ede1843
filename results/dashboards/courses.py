"""How a page tells the course of themes over time: in which order, in which words, as a drawing."""

from datetime import date
from typing import Any

from babel.dates import format_skeleton

from core.i18n import _, current_language, text_in
from core.web import format_day
from results.dashboards import charts
from results.topic_words import words_of

Document = dict[str, Any]
KINDS = ("round", "fortnight")
#: Courses that are news, the loudest first; the others follow below them.
NEWS = ("appeared", "growing", "fading", "gone")
#: So many are drawn in colour; more lines than these nobody tells apart.
MOST_DRAWN = 6
#: Periods up to this long begin on days of one year.
MONTH = 28


def counted(document: Document, copies: str) -> tuple[str, Document]:
    """All answers, or each campaign once where the address asks for that and the run knows it."""
    once = document.get("once")
    return ("once", once) if copies == "once" and once else ("all", document)


def chosen(document: Document, by: str) -> tuple[str, Document]:
    """The series that the address asks for; else rounds where there are two, else fortnights."""
    series = document.get("by", {})
    if by in series:
        return by, series[by]
    for name in KINDS:
        if name in series and not series[name].get("too_few"):
            return name, series[name]
    return KINDS[0], series.get(KINDS[0], {})


def ordered(series: Document) -> list[Document]:
    """News first, the larger change before the smaller; noise is no theme."""
    rows = [row for row in series.get("rows", []) if not row.get("is_noise")]
    return sorted(rows, key=lambda row: (row["course"] not in NEWS, -abs(row["effect"] or 0.0)))


def period_names(name: str, series: Document) -> list[str]:
    """What each period is called: its round, or the day on which it begins."""
    return [
        _("Round %(number)s", number=period["key"])
        if name == "round"
        else format_skeleton(
            "MMMd" if series["days"] <= MONTH else "yMMMd",
            _date(period["from"]),
            locale=current_language(),
        )
        for period in series.get("periods", [])
    ]


def _date(written: str) -> date:
    return date.fromisoformat(written)


def day_of(written: str) -> str:
    """A day as the reader's language writes it in short."""
    return format_skeleton("yMMMd", _date(written), locale=current_language())


def days_of(period: Document) -> tuple[str, str]:
    """The first and the last day of a period, written out."""
    return format_day(_date(period["from"])), format_day(_date(period["to"]))


def name_of(row: Document, named: dict[int, Any], fallback: str) -> str:
    """The name that people gave, else the first words of the topic."""
    language = current_language()
    label = text_in(row["label"], language, fallback) if row["label"] else ""
    if not label and not row["label"] and row["key"].isdigit() and int(row["key"]) in named:
        label = text_in(named[int(row["key"])].label, language, fallback)
    return label or words_of(row, language).first(4, ", ") or row["key"]


def drawing(
    rows: list[Document], names: list[str], periods: list[str], *, right_to_left: bool
) -> Document:
    """A line a theme; what is news in colour, the rest behind it."""
    loud = [row["course"] in NEWS for row in rows]
    lines = [
        charts.Line(name, row["shares"], is_loud=is_loud and place < MOST_DRAWN)
        for place, (row, name, is_loud) in enumerate(zip(rows, names, loud, strict=True))
    ]
    return charts.courses(periods, lines, right_to_left=right_to_left)
