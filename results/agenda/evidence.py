"""What can be evidence, and how its frozen figures read."""

from dataclasses import dataclass
from typing import Any

from core.i18n import _
from core.web import format_share

#: Tables whose rows can be linked, in the order in which they are offered.
ROOMS = ("ranking", "themes", "topics")


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of a run that can be linked."""

    value: str
    table: dict[str, Any]
    row: dict[str, Any]


def offers(documents: dict[str, dict[str, Any]]) -> list[Offer]:
    """The rows of a run that an item can rest on: places in a ranking, themes, topics."""
    return [
        Offer(value=f"{name}|{row['key']}", table=document, row=row)
        for room in ROOMS
        for name, document in documents.items()
        if name.partition("/")[0] == room
        for row in document.get("rows", [])
    ]


def describe(figures: dict[str, Any] | None, kind: str, smallest: int) -> str:
    """The frozen figures of one piece of evidence as a sentence; too small a base says nothing."""
    if kind == "ranking":
        return _describe_rank(figures, smallest)
    share = _share_of(figures or {})
    if share is None or share["share"] is None or share["count"] < smallest:
        return _("Raised by too few to state a share")
    if share.get("low") is None:
        return _(
            "Raised in %(share)s of contributions, n = %(n)s",
            share=format_share(share["share"], 1),
            n=int(share["base"]),
        )
    return _(
        "Raised in %(share)s of contributions (%(low)s to %(high)s), n = %(n)s",
        share=format_share(share["share"], 1),
        low=format_share(share["low"], 1),
        high=format_share(share["high"], 1),
        n=int(share["base"]),
    )


def _describe_rank(figures: dict[str, Any] | None, smallest: int) -> str:
    if not figures or figures.get("rank") is None or figures.get("n", 0) < smallest:
        return _("Ranked by too few to state a rank")
    return _(
        "Rank %(rank)s (plausible ranks %(best)s to %(worst)s), ranked by %(n)s respondents",
        rank=figures["rank"],
        best=figures["best_rank"],
        worst=figures["worst_rank"],
        n=int(figures["n"]),
    )


def _share_of(figures: dict[str, Any]) -> dict[str, Any] | None:
    """A committee's row holds its share as a document, a public row has it beside its count."""
    share = figures.get("share")
    if isinstance(share, dict):
        return share
    count = figures.get("count")
    if share is None or count is None:
        return None
    base = figures.get("base") or figures.get("n") or 0
    return {**figures, "share": share, "count": count, "base": base}
