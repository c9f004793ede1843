"""How far people agree on an order, in sentences made from Kendall's W."""

from babel.numbers import format_decimal

from core.i18n import _, ngettext
from results.rankings.words import locale_name
from results.tables import Document

#: Schmidt 1997, Decision Sciences 28, 763-774: to 0.3 weak, from 0.7 strong.
WEAK, STRONG = 0.3, 0.7


def agreeing(document: Document) -> list[str]:
    """How far people agree, whatever the order is; nothing where it could not be measured."""
    found = document.get("agreement")
    if not found or found["w"] is None:
        return []
    w = format_decimal(found["w"], format="0.00", locale=locale_name())
    return [_agreed(found["w"], w), _measured(found["n"])]


def _agreed(value: float, w: str) -> str:
    if value < WEAK:
        return _(
            "People order the items in very different ways: agreement is %(w)s, where 1 is one order "
            "for all. The whole order then stands between opposed views rather than for one of them; "
            "how groups differ is shown above.",
            w=w,
        )
    if value < STRONG:
        return _(
            "People agree in part on the order: agreement is %(w)s, where 1 is one order for all.",
            w=w,
        )
    return _(
        "People largely agree on the order: agreement is %(w)s, where 1 is one order for all.", w=w
    )


def _measured(n: int | None) -> str:
    if n is None:
        return _("Measured over those who placed all items (Kendall’s W).")
    return ngettext(
        "Measured over %(num)s ballot that places all items (Kendall’s W).",
        "Measured over %(num)s ballots that place all items (Kendall’s W).",
        n,
    )
