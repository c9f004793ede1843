"""What a ranking says of groups: across them, and where they differ."""

from analysis.types import Z
from core.i18n import _, current_language, ngettext, text_in
from results.rankings.words import listed, names_of
from results.tables import Document

#: Corrected for all that was looked at.
SURE = 0.05
#: Sentences about pairs that turn round, and about groups that differ, before a page gets long.
MOST = 6


def bridged(document: Document, dimension: str) -> list[str]:
    """What every group can live with, against what ranks highest."""
    found = document["bridging"].get(dimension)
    if not found:
        return []
    k = document["k"]
    own = [row["key"] for row in document["rows"][:k]]
    bridge = [row["key"] for row in found["rows"][:k]]
    lifted = [key for key in bridge if key not in own]
    if not lifted:
        return [
            _("What most groups place among the first %(k)s is what ranks highest overall.", k=k)
        ]
    return [
        ngettext(
            "%(items)s bridges the groups better than its overall rank says.",
            "%(items)s bridge the groups better than their overall ranks say.",
            len(lifted),
            items=names_of(document, lifted),
        )
    ]


def differing(document: Document, dimension: str) -> list[str]:
    """Where a group differs beyond chance, within the other stratifier."""
    language = current_language()
    words = []
    for one in document["differences"].get(dimension, []):
        if one["p"] >= SURE:
            continue
        group = text_in(one["label"], language)
        higher = [item["key"] for item in one["items"] if item["difference"] < 0]
        lower = [item["key"] for item in one["items"] if item["difference"] > 0]
        parts = []
        if higher:
            parts.append(_("%(items)s higher", items=names_of(document, higher)))
        if lower:
            parts.append(_("%(items)s lower", items=names_of(document, lower)))
        words.append(
            _(
                "%(group)s: %(parts)s than among the others, beyond chance.",
                group=group,
                parts=listed(parts),
            )
            if parts
            else _(
                "%(group)s: the order as a whole differs from the others’ beyond chance, no single "
                "item by itself.",
                group=group,
            )
        )
    return words[:MOST] or [_("No group’s order differs from the others’ beyond chance.")]


def turned(document: Document, dimension: str) -> list[str]:
    """Pairs that all together order one way and most groups, each by itself, the other."""
    language = current_language()
    found = document["reversals"].get(dimension, [])
    clear = [one for one in found if one["equal_voice"] > Z * one["error"]][:MOST]
    words = [
        _(
            "All together place %(above)s before %(below)s; %(against)s of %(groups)s groups, each "
            "by itself, place them the other way round: %(names)s.",
            above=names_of(document, [one["above"]]),
            below=names_of(document, [one["below"]]),
            against=len(one["against"]),
            groups=one["groups"],
            names=listed([text_in(group["label"], language) for group in one["against"]]),
        )
        for one in clear
    ]
    if len(found) > len(clear):
        words.append(
            ngettext(
                "%(num)s pair of items stands the other way round in most groups, by no more than "
                "chance.",
                "%(num)s pairs of items stand the other way round in most groups, by no more than "
                "chance.",
                len(found) - len(clear),
            )
        )
    return words
