"""What a results page shows of a run, chosen by the filters in its address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.i18n import _, current_language, text_in
from core.numbers import whole_number
from results.dashboards import charts

Document = dict[str, Any]
DIMENSIONS = ("region", "sector", "country_group")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its table: what is drawn is always also written."""

    id: str
    name: str
    kind: str
    title: str
    document: Document
    chart: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """All that a page shows, and what it could show instead."""

    rounds: list[int]
    round: int | None
    by: str
    dimensions: list[tuple[str, str]]
    participation: list[Figure] = field(default_factory=list)
    rankings: list[Figure] = field(default_factory=list)
    questions: list[Figure] = field(default_factory=list)
    topics: Document = field(default_factory=dict)
    themes: Document = field(default_factory=dict)
    text_quality: Document = field(default_factory=dict)
    weightings: Document = field(default_factory=dict)
    #: Whether opinion groups were looked for in any round.
    has_opinions: bool = False

    @property
    def figures(self) -> list[Figure]:
        return [*self.participation, *self.rankings, *self.questions]


def dimension_names() -> dict[str, str]:
    return {
        "region": _("Region"),
        "sector": _("Sector"),
        "country_group": _("Group of 77"),
    }


def read(documents: dict[str, Document], filters: Mapping[str, str], language: str) -> View:
    """Choose the tables of one round, and of one way to break them down."""
    rounds = sorted({int(name.split("/")[1]) for name in documents if name.count("/") >= 2})
    wanted = filters.get("round", "")
    number = whole_number(wanted)
    if number not in rounds:
        number = None
    if number is None and rounds:
        number = rounds[-1]
    names = _dimensions(documents, number, language)
    by = filters.get("by", "")
    view = View(
        rounds=rounds,
        round=number,
        by=by if by in dict(names) else "",
        dimensions=names,
        topics=documents.get("topics", {}),
        themes=documents.get("themes", {}),
        text_quality=documents.get("text_quality", {}),
        weightings=documents.get(f"weightings/{number}", {}),
        has_opinions=any(name.startswith("opinions/") for name in documents),
    )
    for name, document in documents.items():
        parts = name.split("/")
        if len(parts) < 2 or parts[1] != str(number):
            continue
        _place(view, name, parts, document, language)
    return view


def _dimensions(
    documents: dict[str, Document], number: int | None, language: str
) -> list[tuple[str, str]]:
    known = dimension_names()
    found: dict[str, str] = {}
    for name in documents:
        parts = name.split("/")
        if parts[0] == "breakdown" and parts[1] == str(number):
            title = documents.get(f"summary/{number}/{parts[3]}", {}).get("title", {})
            found[parts[3]] = known.get(parts[3]) or text_in(title, language) or parts[3]
    return list(found.items())


def _place(view: View, name: str, parts: list[str], document: Document, language: str) -> None:
    title = text_in(document.get("title", {}), language)
    figure_id = name.replace("/", "-").replace("_", "-")
    if parts[0] == "participation":
        title = dimension_names().get(parts[2], parts[2])
        view.participation.append(
            Figure(figure_id, name, "participation", title, document, "participation")
        )
    elif parts[0] == "ranking":
        chart = "" if document.get("too_few") else "rank_sets"
        view.rankings.append(Figure(figure_id, name, "ranking", title, document, chart))
    elif parts[0] == "summary" and not view.by:
        view.questions.append(
            Figure(
                figure_id,
                name,
                "summary",
                title,
                document,
                "share_bars" if document["rows"] else "",
            )
        )
    elif parts[0] == "breakdown" and view.by == parts[3]:
        chart = "parts" if document["kind"] != "multiple_choice" else ""
        view.questions.append(Figure(figure_id, name, "breakdown", title, document, chart))


def chart_of(figure: Figure, *, right_to_left: bool) -> Document:
    """The chart of a figure, in the reader's language and direction."""
    language = current_language()
    rows = figure.document.get("rows", [])
    labels = [text_in(row["label"], language) for row in rows]
    if figure.chart == "rank_sets":
        return charts.rank_sets(
            labels,
            [row["rank"] for row in rows],
            [row["best_rank"] for row in rows],
            [row["worst_rank"] for row in rows],
            right_to_left=right_to_left,
        )
    if figure.chart == "participation":
        return charts.against_targets(
            labels,
            [row["share"] for row in rows],
            [row["target"] for row in rows],
            right_to_left=right_to_left,
        )
    if figure.chart == "parts":
        return _parts(figure.document, language, right_to_left=right_to_left)
    return charts.share_bars(
        labels,
        [row["answered"]["share"] for row in rows],
        [row["answered"]["low"] for row in rows],
        [row["answered"]["high"] for row in rows],
        right_to_left=right_to_left,
    )


def _parts(document: Document, language: str, *, right_to_left: bool) -> Document:
    options = document["options"]
    return charts.parts_of_groups(
        [text_in(group["label"], language) for group in document["groups"]],
        [text_in(option["label"], language) for option in options],
        [
            [group["shares"][option["key"]]["share"] for option in options]
            for group in document["groups"]
        ],
        right_to_left=right_to_left,
    )
