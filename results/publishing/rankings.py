"""Orders behind the gate: statistics of many, never of few."""

from analysis.privacy.gate import gate
from results.tables import Document

#: Effective numbers are rounded to this, so that nobody solves them for a small group's size.
COARSE = 10
KEPT = (
    "title",
    "method",
    "unranked",
    "n",
    "k",
    "weighting",
    "interval",
    "condorcet_winner",
    "rules_disagree",
    "rules",
    "unranked_matters",
    "settled",
    "dimensions",
)
#: Of newer runs only.
KEPT_IF_THERE = ("is_clustered",)
#: How far people agree, to two decimals: exact figures of many rankings could be solved for one.
DECIMALS = 2
#: What the guard leaves out beside groups: ballots that may be one voice.
ALIKE = frozenset({"same_order", "campaign", "campaigns", "look_alikes"})
ROW = (
    "key",
    "label",
    "rank",
    "best_rank",
    "worst_rank",
    "tier",
    "mean_position",
    "low",
    "high",
)
#: How a sentence of the guard is made; numbers of ballots stay inside.
GUARD = ("dimension", "key", "label", "first", "entering", "leaving", "changes_first")


def ranking(document: Document, threshold: int) -> Document:
    """Orders are statistics of many; a group's order stands only on thirty ballots or more."""
    by = {name: groups_in_public(groups, threshold) for name, groups in document["by"].items()}
    visible = {name: {group["key"] for group in groups} for name, groups in by.items()}
    return {
        **{key: document[key] for key in KEPT},
        **{key: document[key] for key in KEPT_IF_THERE if key in document},
        "effective_n": _coarse(document["effective_n"]),
        "agreement": _agreement(document.get("agreement"), threshold),
        "shown_order": _shown_order(document.get("shown_order"), threshold),
        "rows": [
            {key: row[key] for key in ROW} for row in document["rows"] if row["n"] >= threshold
        ],
        "by": {name: [_group(group) for group in groups] for name, groups in by.items()},
        "weightings": [_weighting(one) for one in document["weightings"]],
        "selections": [_selection(one, visible["region"]) for one in document["selections"]],
        "crossing": _crossing(document["crossing"], threshold),
        "differences": {
            name: [_difference(one) for one in found if one["key"] in visible[name]]
            for name, found in document["differences"].items()
        },
        "reversals": {
            name: [one for one in found if _is_visible(one, visible[name])]
            for name, found in document["reversals"].items()
        },
        "guard": [
            {key: one[key] for key in GUARD}
            for one in document["guard"]
            if one["key"] in visible.get(one["dimension"], ALIKE) and one["n"] >= threshold
        ],
        # That there is no campaign may be said, unless one is hidden.
        "looked_for_copies": document.get("looked_for_copies", False)
        and all(one["n"] >= threshold for one in document["guard"] if one["dimension"] in ALIKE),
        "organisations": _organisations(document.get("organisations"), threshold),
        "bridging": {
            name: None if found is None else _bridging(found)
            for name, found in document["bridging"].items()
        },
    }


def groups_in_public(groups: list[Document], threshold: int) -> list[Document]:
    """Groups large enough for an order, unless their sizes would give a small group's away."""
    if not groups:
        return []
    table = gate([[group["n"] for group in groups]], threshold=threshold)
    return [
        group
        for group, size in zip(groups, table.cells[0], strict=True)
        if size is not None and not group.get("too_few") and not group.get("is_small")
    ]


def _agreement(found: Document | None, threshold: int) -> Document | None:
    """Without the number of ballots that are complete, which would tell how many are not."""
    if not found or found["w"] is None or found["n"] < threshold:
        return None
    return {"w": round(found["w"], DECIMALS), "n": None}


def _coarse(value: float) -> float:
    return float(COARSE * round(value / COARSE))


def _group(group: Document) -> Document:
    return {key: group[key] for key in ("key", "label", "n", "ranks")}


def _weighting(one: Document) -> Document:
    """What was reached of a target, and how many stand at a cap, gives sizes of groups away."""
    kept = ("name", "title", "is_headline", "ranks", "means")
    refused = one["refused"]
    return {
        **{key: one[key] for key in kept},
        "effective_n": _coarse(one["effective_n"]),
        "is_short": bool(one["shortfalls"]),
        "refused": refused and {"reason": refused["reason"], "dimension": refused["dimension"]},
    }


def _selection(one: Document, visible: set[str]) -> Document:
    return {
        **{key: one[key] for key in ("rule", "items", "completed")},
        "blocs": [
            {"key": bloc["key"], "mean": round(bloc["mean"], 1)}
            for bloc in one["blocs"]
            if bloc["key"] in visible
        ],
    }


def _shown_order(found: Document | None, threshold: int) -> Document | None:
    """How many saw no known order is all ballots less these, so that the number is coarse."""
    if not found or found["reason"]:
        return found
    if found["n"] < threshold:
        return {"reason": "too_few"}
    return {
        **found,
        "n": int(_coarse(found["n"])),
        "places": [
            {"place": one["place"], "difference": round(one["difference"], 2)}
            for one in found["places"]
            if one["n"] >= threshold
        ],
    }


def _organisations(found: Document | None, threshold: int) -> Document | None:
    """Only what would go without a large organisation, and no count: neither whose, nor how many."""
    if not found:
        return None
    return {
        "known": bool(found["known"]),
        "sizes": [True for size in found["sizes"] if size >= threshold],
        "changing": [
            {key: one[key] for key in GUARD} for one in found["changing"] if one["n"] >= threshold
        ],
    }


def _crossing(document: Document, threshold: int) -> Document:
    """Orders of cells, without their sizes: these stand in no public table."""
    cells = document["cells"]
    if not cells or not cells[0]:
        return {"rows": [], "columns": [], "cells": []}
    table = gate([[cell["n"] for cell in line] for line in cells], threshold=threshold)
    return {
        "rows": document["rows"],
        "columns": document["columns"],
        "cells": [
            [
                {"ranks": cell["ranks"]} if size is not None and cell.get("ranks") else {}
                for cell, size in zip(line, sizes, strict=True)
            ]
            for line, sizes in zip(cells, table.cells, strict=True)
        ],
    }


def _difference(one: Document) -> Document:
    return {
        **{key: one[key] for key in ("key", "label", "p", "method")},
        "items": [
            {
                "key": item["key"],
                "difference": round(item["difference"], 1),
                "above": round(item["above"], 2),
                "p": item["p"],
            }
            for item in one["items"]
        ],
    }


def _is_visible(one: Document, visible: set[str]) -> bool:
    return all(group["key"] in visible for group in one["against"])


def _bridging(found: Document) -> Document:
    """Scores over groups; the shares within a group are counts of few."""
    return {
        "k": found["k"],
        "groups": found["groups"],
        "rows": [
            {"key": row["key"], "rank": row["rank"], "score": round(row["score"], 2)}
            for row in found["rows"]
        ],
    }


def channels(document: Document, threshold: int) -> Document:
    """Ranks by channel, without the channels in which few spoke; the combination stands as it is."""
    kept = [one for one in document["channels"] if one["n"] >= threshold]
    names = {one["name"] for one in kept}
    return {
        "title": document["title"],
        "base": document["base"],
        "channels": kept,
        "rows": [
            {**row, "ranks": {name: row["ranks"][name] for name in row["ranks"] if name in names}}
            for row in document["rows"]
        ],
    }
