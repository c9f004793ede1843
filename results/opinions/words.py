"""What was found of opinion groups, in sentences made from the figures."""

from babel.lists import format_list
from babel.numbers import format_decimal

from core.i18n import _, current_language, ngettext
from results.opinions.reading import Shown
from results.tables import Document

#: Statements that are named in one sentence.
MOST_NAMED = 3


def lead(shown: Shown) -> list[str]:
    """Whether there are groups at all, and what all of them share."""
    document = shown.document
    figures = {
        "silhouette": _number(document["silhouette"]),
        "highest": _number(document["null"]["highest"]),
        "median": _number(document["null"]["median"]),
        "shuffles": document["null"]["shuffles"],
        "p": _number(document["p"]),
    }
    if not document["is_found"]:
        return [
            _(
                "No groups of opinion were found: the same votes dealt out by chance look as clearly "
                "split (clearness %(silhouette)s, by chance %(median)s in the middle and up to "
                "%(highest)s in %(shuffles)s deals, p = %(p)s).",
                **figures,
            )
        ]
    words = [
        ngettext(
            "%(num)s group of people who vote alike was found.",
            "%(num)s groups of people who vote alike were found.",
            len(document["groups"]),
        )
        + " "
        + _(
            "The split is clearer than the same votes dealt out by chance (clearness %(silhouette)s, "
            "by chance %(median)s in the middle and up to %(highest)s in %(shuffles)s deals, p = "
            "%(p)s).",
            **figures,
        )
    ]
    return [*words, *_shared(shown)]


def _shared(shown: Shown) -> list[str]:
    rows = shown.document["consensus"]
    if not rows:
        return [_("There is no statement on which most of every group are of one mind.")]
    words = []
    agreed = [row["key"] for row in rows if row["way"] == "agree"][:MOST_NAMED]
    against = [row["key"] for row in rows if row["way"] == "disagree"][:MOST_NAMED]
    if agreed:
        words.append(
            _("Most of every group agree most widely on %(items)s.", items=_named(shown, agreed))
        )
    if against:
        words.append(_("Most of every group are against %(items)s.", items=_named(shown, against)))
    return words


def group(shown: Shown, one: Document) -> str:
    """What a group holds more than everybody else; no group has a name of our making."""
    if one["is_suppressed"]:
        return str(_("Too small to be described."))
    agreed = [own["key"] for own in one["own"] if own["way"] == "agree"]
    against = [own["key"] for own in one["own"] if own["way"] == "disagree"]
    parts = []
    if agreed:
        parts.append(_("Agrees more than the others with %(items)s.", items=_named(shown, agreed)))
    if against:
        parts.append(_("Is more against %(items)s than the others.", items=_named(shown, against)))
    return " ".join(parts) or str(
        _("Holds nothing by a clear majority more than the others: it differs by degrees.")
    )


def _named(shown: Shown, keys: list[str]) -> str:
    locale = current_language().replace("-", "_")
    return format_list([f"“{shown.label(key)}”" for key in keys], locale=locale)


def _number(value: float) -> str:
    return format_decimal(round(value, 2) or 0, "0.00", locale=current_language().replace("-", "_"))
