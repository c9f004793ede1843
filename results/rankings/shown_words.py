"""What the order in which items were shown did to the order in which they were ranked."""

from babel.numbers import format_decimal

from core.i18n import _, current_language
from results.rankings.words import names_of
from results.tables import Document

#: Below this, chance is no good explanation.
SURE = 0.05
#: Smaller probabilities are not told apart.
SMALLEST = 0.001


def shown_order(document: Document) -> list[str]:
    """The effect of a place in the list, or why nobody can tell; nothing for older runs."""
    found = document.get("shown_order")
    if not found:
        return []
    if found["reason"]:
        return [_silent(found["reason"])]
    words = [_effect(found)]
    if found["p"] < SURE:
        words.append(
            _("As each respondent got another order, this evens out between the items.")
            if not found["anchored"]
            else _(
                "It evens out between the items that were shuffled, but not for %(items)s: always at "
                "the same place.",
                items=names_of(document, found["anchored"]),
            )
        )
    return words


def _silent(reason: str) -> str:
    return {
        "fixed": _(
            "Everybody was shown the items in one and the same order: whether that moved the "
            "ranking cannot be told."
        ),
        "sets": _(
            "Items were shown in sets or pairs that were drawn. Whether the place within a set had an "
            "effect is not tested."
        ),
        "unknown": _(
            "The order in which these respondents saw the items is not known, as they answered "
            "elsewhere, on paper, or before it was kept: whether it moved the ranking cannot be "
            "told."
        ),
        "too_few": _(
            "Too few ballots to tell whether the order in which the items were shown moved the "
            "ranking."
        ),
    }[reason]


def _effect(found: Document) -> str:
    figures = {
        "places": _number(found["slope"] if found["p"] >= SURE else abs(found["slope"])),
        "low": _number(found["low"]),
        "high": _number(found["high"]),
        "p": _p(found["p"]),
        "n": found["n"],
    }
    if found["p"] >= SURE:
        return _(
            "The order in which the items were shown moved the ranking no more than chance would: "
            "%(places)s places in the ranking for each place in the list (95 %% interval %(low)s to "
            "%(high)s, p %(p)s, n = %(n)s).",
            **figures,
        )
    if found["slope"] > 0:
        return _(
            "Items shown further up were ranked higher: each place further up in the list was worth "
            "%(places)s places in the ranking (95 %% interval %(low)s to %(high)s, p %(p)s, n = "
            "%(n)s).",
            **figures,
        )
    return _(
        "Items shown further down were ranked higher: each place further down in the list was worth "
        "%(places)s places in the ranking (95 %% interval %(low)s to %(high)s, p %(p)s, n = %(n)s).",
        **figures,
    )


def _number(value: float) -> str:
    locale = current_language().replace("-", "_")
    # What rounds to nothing has no sign.
    return format_decimal(round(value, 2) or 0, "#,##0.00;-#,##0.00", locale=locale)


def _p(value: float) -> str:
    locale = current_language().replace("-", "_")
    if value < SMALLEST:
        return f"< {format_decimal(SMALLEST, locale=locale)}"
    return f"= {format_decimal(round(value, 3), locale=locale)}"
