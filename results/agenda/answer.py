"""You said, we did, why not: what each region and sector put first, and what became of it.

Only published tables are read, so every count has passed the disclosure gate; no filter computes
anything that is not among them.
"""

from dataclasses import dataclass
from typing import Any

from results.agenda.public import PublicAgenda
from results.tables import Document

#: How many of a group's priorities are answered for.
PRIORITIES = 5
DIMENSIONS = ("region", "sector")
Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """A region or a sector whose order was published."""

    dimension: str
    key: str
    label: Texts
    n: int

    @property
    def value(self) -> str:
        return f"{self.dimension}:{self.key}"


@dataclass(frozen=True, slots=True)
class Answered:
    """One priority: its place with a group and with everybody, and the item that answers it."""

    label: Texts
    rank: int
    best_rank: int
    worst_rank: int
    overall_rank: int | None
    item: Document | None
    #: What the item became part of.
    merged_into: Document | None


def source(tables: dict[str, Document]) -> tuple[str, Document] | None:
    """The published order of the latest round that has one."""
    orders = [
        (name, document)
        for name, document in tables.items()
        if name.startswith("ranking/") and document.get("rows")
    ]
    return max(orders, key=lambda pair: _round_of(pair[0]), default=None)


def _round_of(name: str) -> int:
    number = name.split("/")[1]
    return int(number) if number.isdigit() else 0


def groups(document: Document) -> list[Group]:
    """The regions and sectors that the public may read of."""
    by: dict[str, list[dict[str, Any]]] = document.get("by", {})
    return [
        Group(dimension, group["key"], group["label"], group["n"])
        for dimension in DIMENSIONS
        for group in by.get(dimension, [])
        if group.get("ranks")
    ]


def answers(
    name: str, document: Document, shown: PublicAgenda, group: Group | None
) -> list[Answered]:
    """The first priorities of a group, or of everybody, with what became of each."""
    overall = {row["key"]: row for row in document["rows"]}
    ranks = {
        key: [row["rank"], row["best_rank"], row["worst_rank"]] for key, row in overall.items()
    }
    if group is not None:
        chosen = next(one for one in document["by"][group.dimension] if one["key"] == group.key)
        ranks = {key: places for key, places in chosen["ranks"].items() if key in overall}
    first = sorted(ranks, key=lambda key: (ranks[key][0], key))[:PRIORITIES]
    return [
        Answered(
            label=overall[key]["label"],
            rank=ranks[key][0],
            best_rank=ranks[key][1],
            worst_rank=ranks[key][2],
            overall_rank=overall[key]["rank"],
            item=(item := item_for(shown, name, key)),
            merged_into=shown.item(item["merged_into"]) if item and item["merged_into"] else None,
        )
        for key in first
    ]


def item_for(shown: PublicAgenda, name: str, key: str) -> Document | None:
    """The item that answers a priority: made from that challenge, or resting on that row.

    Where several do, an adopted one speaks first, then the earlier one on the agenda.
    """
    found = [
        item
        for item in shown.items
        if item["challenge"] == key
        or any(link.get("table") == name and link.get("row") == key for link in item["evidence"])
    ]
    return min(found, key=lambda item: item["state"] != "adopted", default=None)
