"""Closed questions behind the gate: summaries, breakdowns, participation."""

from analysis.breakdown import UNKNOWN
from analysis.privacy.gate import Gated, gate
from analysis.types import wilson
from results.tables import Document, proportion

SMALL_GROUPS = "small_groups"
SMALL_GROUPS_TEXTS = {
    "en": "Groups with few answers, together",
    "fr": "Groupes avec peu de réponses, ensemble",
    "ar": "المجموعات قليلة الإجابات معا",
}
DONT_KNOW = "dont_know"


def _loss(table: Gated) -> Document:
    return {"cells_hidden": table.hidden, "share_hidden": table.share_hidden}


def _is_exclusive(document: Document) -> bool:
    """Whether every respondent stands in one option only, so that options add up."""
    return bool(document["kind"] != "multiple_choice")


def _summary_table(document: Document, threshold: int) -> Gated:
    """Options of a single choice or a scale with "no opinion" as the last one."""
    counts = [int(row["count"]) for row in document["rows"]]
    return gate([[*counts, int(document["states"][DONT_KNOW])]], threshold=threshold)


def _summary_cells(document: Document, threshold: int) -> tuple[int | None, ...]:
    return _summary_table(document, threshold).cells[0]


def summary(document: Document, threshold: int) -> Document:
    counts = [int(row["count"]) for row in document["rows"]]
    if _is_exclusive(document):
        table = _summary_table(document, threshold)
        shown, total = table.cells[0], table.row_totals[0]
    else:
        # Options overlap: each is a two-way split of the respondents of its own.
        tables = [_two_way(count, document["n_answered"], threshold) for count in counts]
        total = gate([[document["n_answered"]]], threshold=threshold).total
        shown = _not_alone(tuple(table.cells[0][0] for table in tables), total)
    return {
        "title": document["title"],
        "kind": document["kind"],
        "n_answered": total,
        "rows": [
            {"key": row["key"], "label": row["label"], **_share(shown[place], total, row)}
            for place, row in enumerate(document["rows"])
        ],
        "loss": _loss(table) if _is_exclusive(document) else _lost_options(tables, shown),
    }


def _two_way(chosen: int, answered: int, threshold: int) -> Gated:
    """One option of several: who chose it, and who answered without choosing it."""
    return gate([[chosen, answered - chosen]], threshold=threshold)


def _not_alone(shown: tuple[int | None, ...], total: int | None) -> tuple[int | None, ...]:
    """Who answered chose at least one option: the others would bound one that is hidden alone."""
    told = [count for count in shown if count is not None]
    if total is None or len(told) != len(shown) - 1 or sum(told) >= total or not told:
        return shown
    least = shown.index(min(told))
    return tuple(None if place == least else count for place, count in enumerate(shown))


def _lost_options(tables: list[Gated], shown: tuple[int | None, ...]) -> Document:
    return {
        "cells_hidden": sum(count is None for count in shown),
        "share_hidden": max((table.share_hidden for table in tables), default=0.0),
    }


def _share(count: int | None, total: int | None, row: Document) -> Document:
    """A share stands where its count and its base stand."""
    if count is None or not total:
        return {"count": None, "share": None, "low": None, "high": None}
    found = row["answered"]
    return {
        "count": count,
        "share": found["share"],
        "low": found["low"],
        "high": found["high"],
    }


def breakdown(document: Document, overall: Document, threshold: int) -> Document:
    """Groups by answers; what the summary of the same question shows cannot be hidden here."""
    options = [option["key"] for option in document["options"]]
    groups = merge_small(document["groups"], options, document["small"])
    if not groups:
        return {**_heading(document), "groups": [], "loss": {"cells_hidden": 0, "share_hidden": 0}}
    if _is_exclusive(document):
        counts = [
            [*(int(group["shares"][key]["count"]) for key in options), group["n_dont_know"]]
            for group in groups
        ]
        known = [cell is not None for cell in _summary_cells(overall, threshold)]
        table = gate(counts, threshold=threshold, known_columns=known)
        cells = [list(row) for row in table.cells]
        totals = list(table.row_totals)
        loss = _loss(table)
    else:
        cells, totals, loss = _overlapping(groups, options, threshold)
    return {
        **_heading(document),
        "groups": [
            {
                "key": group["key"],
                "label": group["label"],
                "members": group.get("members", []),
                "n_answered": totals[place],
                "shares": {
                    key: _share(cells[place][column], totals[place], {"answered": found})
                    for column, (key, found) in enumerate(
                        (key, group["shares"][key]) for key in options
                    )
                },
            }
            for place, group in enumerate(groups)
        ],
        "loss": loss,
    }


def merge_small(groups: list[Document], options: list[str], small: int) -> list[Document]:
    """Groups with few answers together as one row, so that they do not cost others theirs.

    Where they are still few together, the smallest other group joins them. "Unknown" is never
    merged: it is a row of its own.
    """
    known = sorted(
        (group for group in groups if group["key"] != UNKNOWN),
        key=lambda group: (group["n_answered"], group["key"]),
    )
    together = [group for group in known if group["n_answered"] < small]
    for group in known[len(together) :]:
        if not together or sum(one["n_answered"] for one in together) >= small:
            break
        together.append(group)
    if len(together) < 2:
        return groups
    keys = {group["key"] for group in together}
    base = sum(group["n_answered"] for group in together)
    merged: Document = {
        "key": SMALL_GROUPS,
        "label": SMALL_GROUPS_TEXTS,
        "members": [group["label"] for group in together],
        "n_answered": base,
        "n_dont_know": sum(group["n_dont_know"] for group in together),
        "shares": {
            key: proportion(wilson(sum(one["shares"][key]["count"] for one in together), base))
            for key in options
        },
    }
    rest = [group for group in groups if group["key"] not in keys]
    place = next((i for i, group in enumerate(rest) if group["key"] == UNKNOWN), len(rest))
    return [*rest[:place], merged, *rest[place:]]


def _heading(document: Document) -> Document:
    return {key: document[key] for key in ("title", "kind", "options")}


def _overlapping(
    groups: list[Document], options: list[str], threshold: int
) -> tuple[list[list[int | None]], list[int | None], Document]:
    """Options of a multiple choice: for each one a table of "chosen" and "not chosen"."""
    cells: list[list[int | None]] = [[None] * len(options) for _group in groups]
    bases: list[list[int | None]] = [[] for _group in groups]
    hidden = 0
    lost = 0.0
    for column, key in enumerate(options):
        counts = [
            [
                int(group["shares"][key]["count"]),
                group["n_answered"] - int(group["shares"][key]["count"]),
            ]
            for group in groups
        ]
        # Both columns' totals stand in the summary wherever it shows the option.
        total = sum(row[0] for row in counts)
        whole = _two_way(total, sum(map(sum, counts)), threshold)
        known = whole.cells[0][0] is not None
        table = gate(counts, threshold=threshold, known_columns=[known, known])
        hidden += table.hidden
        lost = max(lost, table.share_hidden)
        for place in range(len(groups)):
            cells[place][column] = table.cells[place][0]
            bases[place].append(table.row_totals[place])
    # What one option's table keeps back is not told beside another's.
    totals = [None if not own or None in own else own[0] for own in bases]
    return cells, totals, {"cells_hidden": hidden, "share_hidden": lost}


def participation(document: Document, threshold: int) -> Document:
    table = gate([[row["count"] for row in document["rows"]]], threshold=threshold)
    return {
        "n": table.total,
        "rows": [
            {
                "key": row["key"],
                "label": row["label"],
                "count": count,
                "share": row["share"] if count is not None else None,
                "target": row["target"],
            }
            for row, count in zip(document["rows"], table.cells[0], strict=True)
        ],
        "loss": _loss(table),
    }
