"""What a ranking says of the organisations behind its ballots. None is ever named."""

from core.i18n import _, ngettext
from results.rankings.guard_words import without
from results.tables import Document


def organisations(document: Document) -> list[str]:
    """What the first places would be without any one organisation; nothing for older runs."""
    found = document.get("organisations")
    if not found:
        return []
    if not found["known"]:
        return [
            _(
                "Which organisation a ballot came from is not known (in an anonymous round it never "
                "is), so that no organisation could be left out."
            )
        ]
    words = [_known(document, found)] if "groups" in found else []
    if not found["sizes"]:
        nobody = (
            _("No organisation has more than one ballot.")
            if "groups" in found
            else _("No organisation has ballots enough to be left out in public.")
        )
        return [*words, nobody]
    return [*words, *_without(document, found)]


def _known(document: Document, found: Document) -> str:
    words: str = ngettext(
        "%(known)s of %(n)s ballots come from %(num)s organisation that is known.",
        "%(known)s of %(n)s ballots come from %(num)s organisations that are known.",
        found["groups"],
        known=found["known"],
        n=document["n"],
    )
    return words


def _without(document: Document, found: Document) -> list[str]:
    looked, changing = len(found["sizes"]), found["changing"]
    if not changing:
        return [
            ngettext(
                "Leaving out the %(num)s organisation looked at changes neither the first item nor "
                "which items are among the first %(k)s.",
                "Leaving out any one of the %(num)s organisations looked at changes neither the first "
                "item nor which items are among the first %(k)s.",
                looked,
                k=document["k"],
            )
        ]
    words = [_furthest(document, changing[0])]
    if len(changing) > 1:
        words.append(
            ngettext(
                "%(num)s other organisation of the %(looked)s looked at would by itself change the "
                "first places too.",
                "%(num)s other organisations of the %(looked)s looked at would each by itself change "
                "the first places too.",
                len(changing) - 1,
                looked=looked,
            )
        )
    moved = {key for one in changing for key in (*one["entering"], *one["leaving"])}
    if moved and moved <= set(document["settled"]["open"]):
        words.append(
            _("All items that would enter or leave are among those whose place is open anyway.")
        )
    return words


def _furthest(document: Document, one: Document) -> str:
    who = _("one organisation")
    if one.get("n"):
        who = ngettext(
            "one organisation (%(num)s ballot)", "one organisation (%(num)s ballots)", one["n"]
        )
    return without(document, one, who)
