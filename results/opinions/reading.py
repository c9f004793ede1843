"""Which set of statements a page shows, and what stands on it."""

from dataclasses import dataclass

from core.i18n import _, current_language, text_in
from results.tables import Document

PREFIX = "opinions/"


@dataclass(frozen=True, slots=True)
class Shown:
    """One set of statements as the pages show it."""

    id: str
    name: str
    round: int
    title: str
    document: Document

    @property
    def is_too_few(self) -> bool:
        return bool(self.document.get("too_few"))

    def label(self, key: str) -> str:
        """A statement in the reader's language."""
        row = next((row for row in self.document["rows"] if row["key"] == key), None)
        return text_in(row["label"], current_language()) if row else key

    def bridges(self) -> list[tuple[str, Document]]:
        """What bridges the found groups, the regions, the sectors."""
        titles = {
            "found": _("Across the groups found"),
            "region": _("Across regions"),
            "sector": _("Across sectors"),
        }
        own = self.document["bridging"]
        return [(title, own[name]) for name, title in titles.items() if own.get(name)]


def read(documents: dict[str, Document]) -> list[Shown]:
    """All sets of a run, the last round first."""
    language = current_language()
    found = []
    for name, document in documents.items():
        _room, number, source = name.split("/", 2)
        found.append(
            Shown(
                id=f"opinions-{number}-{source}".replace("_", "-"),
                name=f"{number}/{source}",
                round=int(number),
                title=text_in(document.get("title", {}), language) or source,
                document=document,
            )
        )
    return sorted(found, key=lambda one: -one.round)


def choose(found: list[Shown], wanted: str) -> Shown | None:
    """The set asked for, else the first that groups were looked for in."""
    for one in found:
        if one.name == wanted:
            return one
    return next((one for one in found if not one.is_too_few), None) or (found[0] if found else None)
