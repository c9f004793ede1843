"""Which ranking a page shows, and what stands on it."""

from dataclasses import dataclass
from typing import Any

from core.i18n import _, current_language, text_in
from results.rankings import words

Document = dict[str, Any]
PREFIX = "ranking/"
#: More columns of ranks than this are unreadable beside each other.
WIDEST = 12


@dataclass(frozen=True, slots=True)
class Group:
    """One grouping: its name, and the order within each of its groups."""

    name: str
    title: str
    groups: list[Document]


@dataclass(frozen=True, slots=True)
class Shown:
    """One ranking as the pages show it."""

    id: str
    name: str
    round: int
    title: str
    document: Document
    #: The same items through every channel, where this ranking is the one they are set beside.
    channels: Document | None = None

    @property
    def is_too_few(self) -> bool:
        return bool(self.document.get("too_few"))

    def groupings(self) -> list[Group]:
        """Groupings with any group that has an order, regions and sectors first."""
        own = self.document["dimensions"]
        found = []
        for name, groups in self.document["by"].items():
            title = dimension_titles().get(name) or text_in(own.get(name, {}), current_language())
            if any(group.get("ranks") for group in groups):
                found.append(Group(name, title or name, groups))
        return found

    def lead(self) -> list[str]:
        """What can be said in a minute."""
        return [*words.first(self.document), *words.settled(self.document)]

    def tiers(self) -> list[tuple[int, list[Document]]]:
        """Rows by tier, the best first."""
        found: dict[int, list[Document]] = {}
        for row in self.document["rows"]:
            found.setdefault(row["tier"], []).append(row)
        return list(found.items())

    def raw(self, key: str) -> list[int]:
        """Rank and plausible ranks of an item as heard, unweighted."""
        own = next(one for one in self.document["weightings"] if one["name"] == "unweighted")
        found: list[int] = own["ranks"][key]
        return found

    def bridges(self) -> list[tuple[str, Document]]:
        """What bridges regions, and what bridges sectors."""
        titles = {"region": _("Across regions"), "sector": _("Across sectors")}
        return [
            (titles[name], found)
            for name, found in self.document["bridging"].items()
            if found and name in titles
        ]

    def chosen(self) -> list[tuple[str, Document]]:
        """Selections that share the places out, where they differ from the plain one."""
        names = words.selection_names()
        return [(names[one["rule"]], one) for one in self.document["selections"]]


def dimension_titles() -> dict[str, str]:
    return {
        "region": _("Region"),
        "sector": _("Sector"),
        "country_group": _("Group of 77"),
    }


def channel_name(channel: Document) -> str:
    """What a channel is called on a page."""
    kinds = {
        "ranking": _("Asked to rank"),
        "ratings": _("Asked to rate"),
        "scores": _("Points, sets or pairs"),
        "texts_survey": _("Written in surveys"),
        "texts_dialogue": _("Noted in dialogues"),
        "texts_import": _("Written elsewhere"),
        "texts_comment": _("Comments on a draft"),
    }
    kind = str(channel["kind"])
    name = kinds.get(kind, kind)
    if channel["round"]:
        return _("%(name)s, round %(number)s", name=name, number=channel["round"])
    return name


def read(documents: dict[str, Document], channels: Document | None = None) -> list[Shown]:
    """All rankings of a run, the last round first, in the order of the questionnaire."""
    language = current_language()
    found = []
    for name, document in documents.items():
        _room, number, source = name.split("/", 2)
        found.append(
            Shown(
                id=f"ranking-{number}-{source}".replace("_", "-"),
                name=f"{number}/{source}",
                round=int(number),
                title=text_in(document.get("title", {}), language) or source,
                document=document,
                channels=channels if channels and channels["base"] == name else None,
            )
        )
    return sorted(found, key=lambda one: -one.round)


def choose(rankings: list[Shown], wanted: str) -> Shown | None:
    """The ranking asked for, else the first that has an order."""
    for one in rankings:
        if one.name == wanted:
            return one
    return next((one for one in rankings if not one.is_too_few), None) or (
        rankings[0] if rankings else None
    )
