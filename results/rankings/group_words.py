"""What a ranking says of groups: without each of them, across them, and where they differ."""

from analysis.breakdown import UNKNOWN
from analysis.types import Z
from core.i18n import _, current_language, ngettext, text_in
from results.rankings.words import listed, names_of
from results.tables import Document

#: Corrected for all that was looked at.
SURE = 0.05
#: What the guard leaves out beside groups and families of equal ballots.
COPIES = frozenset({"campaign", "campaigns", "look_alikes"})
#: Sentences about pairs that turn round, and about groups that differ, before a page gets long.
MOST = 6


def guarded(document: Document) -> list[str]:
    """What the first places would be without one group."""
    k = document["k"]
    language = current_language()
    told = [one for one in document["guard"] if one["entering"] or one["changes_first"]]
    # What may be one voice is told by name, whatever it would change.
    copies = [one for one in document["guard"] if one["dimension"] in COPIES and one not in told]
    quiet = len(document["guard"]) - len(told) - len(copies)
    # Who gave no region often gave no sector either: one and the same group is told once.
    words = list(dict.fromkeys(_without(document, one, language) for one in told))
    if not words and not quiet:
        return [_("No group is large enough to be left out in public."), *_copies(document, copies)]
    if not words:
        return [
            _(
                "No single group decides: leaving out any one of the %(groups)s groups looked at "
                "changes neither the first item nor which items are among the first %(k)s.",
                groups=quiet,
                k=k,
            ),
            *_copies(document, copies),
        ]
    moved = {key for one in told for key in (*one["entering"], *one["leaving"])}
    if moved and moved <= set(document["settled"]["open"]):
        words.append(
            _("All items that would enter or leave are among those whose place is open anyway.")
        )
    if quiet:
        words.append(
            ngettext(
                "Leaving out the %(num)s other group looked at changes nothing among the first %(k)s.",
                "Leaving out any one of the %(num)s other groups looked at changes nothing among "
                "the first %(k)s.",
                quiet,
                k=k,
            )
        )
    return words + _copies(document, copies)


def _copies(document: Document, quiet: list[Document]) -> list[str]:
    """Copies of texts, and responses that repeat another, whose absence would change nothing."""
    language = current_language()
    words = [
        _(
            "Without %(group)s, the same items would be among the first %(k)s, and the same one "
            "first.",
            group=_who(one, language),
            k=document["k"],
        )
        for one in quiet
    ]
    is_sent = any(one["dimension"] == "campaign" for one in document["guard"])
    if document.get("looked_for_copies") and not is_sent:
        words.append(_("No ten of these ballots came with copies of one and the same text."))
    return list(dict.fromkeys(words))


def _who(one: Document, language: str) -> str:
    group = f"“{text_in(one['label'], language)}”"
    if one["key"] == UNKNOWN:
        group = _("those whose group is unknown")
    if one.get("n"):
        group = _(
            "%(group)s (%(n)s ballots, %(share)s %% of the weight)",
            group=group,
            n=one["n"],
            share=round(100 * one["share"]),
        )
    return str(group)


def _without(document: Document, one: Document, language: str) -> str:
    return without(document, one, _who(one, language))


def without(document: Document, one: Document, group: str) -> str:
    """What would be otherwise if one group, by the name it goes by here, had not answered."""
    if one["entering"]:
        return _(
            "Without %(group)s, %(entering)s would enter the first %(k)s, and %(leaving)s would "
            "leave.",
            group=group,
            entering=names_of(document, one["entering"]),
            leaving=names_of(document, one["leaving"]),
            k=document["k"],
        )
    return _(
        "Without %(group)s, the first %(k)s would be the same items, with %(item)s first.",
        group=group,
        k=document["k"],
        item=names_of(document, [one["first"]]),
    )


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
                "%(group)s: another order than among the others, no single item beyond chance.",
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
