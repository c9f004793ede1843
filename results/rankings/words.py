"""What a ranking says, in sentences made from its figures: the minute of a minister.

Each function takes the stored document of one ranking and returns finished sentences in the
reader's language. Nothing is said that the figures do not hold.
"""

from babel.lists import format_list
from babel.numbers import format_decimal

from core.i18n import _, current_language, ngettext, text_in
from results.tables import Document

#: So many times the ballots there are is more than anybody will ask for.
HARDLY = 20
#: A sentence names so many items; of more it names the first few and says how many others.
MOST_NAMED, FIRST_NAMED = 7, 5


def named(document: Document) -> dict[str, str]:
    """Names of the items in the reader's language, in quotation marks."""
    language = current_language()
    return {row["key"]: f"“{text_in(row['label'], language)}”" for row in document["rows"]}


def listed(words: list[str]) -> str:
    """A list as the reader's language writes it."""
    return format_list(words, locale=locale_name())


def locale_name() -> str:
    """The reader's language as Babel names it."""
    return current_language().replace("-", "_")


def names_of(document: Document, keys: list[str]) -> str:
    names = named(document)
    return listed([names.get(key, key) for key in keys])


def some_of(document: Document, keys: list[str]) -> str:
    """Names of items for a sentence of the first minute, however many they are."""
    if len(keys) <= MOST_NAMED:
        return names_of(document, keys)
    names = named(document)
    rest = len(keys) - FIRST_NAMED
    more = ngettext("%(num)s more", "%(num)s more", rest)
    return listed([*(names.get(key, key) for key in keys[:FIRST_NAMED]), more])


def first(document: Document) -> list[str]:
    """Who stands first, and how sure that is."""
    rows = document["rows"]
    if not rows:
        return []
    top = rows[0]
    name = names_of(document, [top["key"]])
    if top["worst_rank"] == 1:
        return [_("%(item)s ranks first, and is shown to stand above every other item.", item=name)]
    rivals = [row["key"] for row in rows[1:] if row["best_rank"] == 1]
    if len(rivals) == len(rows) - 1:
        return [
            _(
                "%(item)s has the best mean place, but these ballots do not show it to be first: "
                "any of the items may be.",
                item=name,
            )
        ]
    return [
        _(
            "%(item)s has the best mean place; %(rivals)s may be first as well.",
            item=name,
            rivals=some_of(document, rivals),
        )
    ]


def settled(document: Document) -> list[str]:
    """What can be decided whatever the order within the plausible ranks."""
    found = document["settled"]
    k = found["k"]
    if k == 1:
        # The first place alone: `first` has said it.
        return _to_separate(document)
    words = []
    if found["inside"]:
        words.append(
            ngettext(
                "%(items)s is among the first %(k)s whatever the order within the plausible ranks: "
                "that can be decided now.",
                "%(items)s are among the first %(k)s whatever the order within the plausible "
                "ranks: that can be decided now.",
                len(found["inside"]),
                items=some_of(document, found["inside"]),
                k=k,
            )
        )
    if found["open"]:
        free = k - len(found["inside"])
        words.append(
            ngettext(
                "%(num)s place of the first %(k)s is open between %(items)s.",
                "%(num)s places of the first %(k)s are open between %(items)s.",
                free,
                k=k,
                items=some_of(document, found["open"]),
            )
        )
    if found["outside"] and len(found["outside"]) < len(document["rows"]):
        words.append(
            ngettext(
                "%(items)s is not among the first %(k)s in any case.",
                "%(items)s are not among the first %(k)s in any case.",
                len(found["outside"]),
                items=some_of(document, found["outside"]),
                k=k,
            )
        )
    return words + _to_separate(document)


def _to_separate(document: Document) -> list[str]:
    found = document["settled"]["separate"]
    if not found:
        return []
    above, below = (names_of(document, [found[end]]) for end in ("above", "below"))
    if found["ballots"] is None:
        return [
            _(
                "%(above)s and %(below)s have the same mean place; more ballots part them only if "
                "they differ.",
                above=above,
                below=below,
            )
        ]
    more = found["ballots"] - document["n"]
    if more <= 0:
        return []
    if more > HARDLY * document["n"]:
        return [
            _(
                "At the border stand %(above)s and %(below)s. More ballots of the same kind would "
                "hardly part them: it would take some %(more)s.",
                above=above,
                below=below,
                more=_round_up(more),
            )
        ]
    return [
        _(
            "At the border stand %(above)s and %(below)s. About %(more)s more ballots of the same "
            "kind would part them, if the difference between them stays what it is.",
            above=above,
            below=below,
            more=_round_up(more),
        )
    ]


def _round_up(number: int) -> str:
    """Two digits are all that such an estimate can hold."""
    digits = max(0, len(str(number)) - 2)
    return format_decimal(-(-number // 10**digits) * 10**digits, locale=locale_name())


def weighted(document: Document) -> list[str]:
    """What the headline is weighted to, and what the other weightings would change."""
    language = current_language()
    words = []
    own = next(one for one in document["weightings"] if one["is_headline"])
    if document["weighting"] == "unweighted":
        words.append(_unweighted(document))
    else:
        words.append(
            _(
                "The order is weighted to the targets registered before the first round opened; "
                "%(n)s ballots count as %(effective)s of equal weight.",
                n=document["n"],
                effective=round(document["effective_n"]),
            )
        )
    top = _top(own["ranks"], document["k"])
    is_short = False
    for one in document["weightings"]:
        title = text_in(one["title"], language)
        if one["is_headline"]:
            continue
        if one["refused"]:
            words.append(f"{title}: {refusal(one['refused']['reason'])}")
            continue
        if one.get("shortfalls") or one.get("is_short"):
            is_short = True
            title = _("%(weighting)s (not fully reached)", weighting=title)
        words.append(f"{title}: {_change(document, top, _top(one['ranks'], document['k']))}")
    if is_short:
        words.append(
            _(
                "“Not fully reached”: too few answered from some groups for their full share, so "
                "that this comes as near to it as the caps on weights let it."
            )
        )
    return words


def _unweighted(document: Document) -> str:
    """Why the headline carries no weights."""
    registered = [one for one in document["weightings"] if one["name"] == "registered"]
    if not registered:
        return _("The order is as heard, unweighted: no targets were registered.")
    if registered[0]["refused"]:
        return _("The order is as heard, unweighted: the registered targets could not be used.")
    return _(
        "The order is as heard, unweighted: the targets were not registered before the first round "
        "opened, so that they cannot decide it."
    )


def refusal(reason: str) -> str:
    """Why a weighting could not be had."""
    return {
        "empty_groups": _("cannot be had, as nobody answered from a group that has a share."),
        "one_group": _("cannot be had, as all whose group is known are of one group."),
        "no_rest": _("cannot be had, as the declared shares leave nothing for the others."),
    }[reason]


def _top(ranks: dict[str, list[int]], k: int) -> list[str]:
    return [key for key, rank in sorted(ranks.items(), key=lambda pair: pair[1][0])][:k]


def _change(document: Document, top: list[str], other: list[str]) -> str:
    k = document["k"]
    entering = [key for key in other if key not in top]
    leaving = [key for key in top if key not in other]
    if k == 1:
        return _("%(item)s would be first.", item=names_of(document, other))
    if not entering:
        if other[0] != top[0]:
            return _(
                "the same first %(k)s, with %(item)s first.",
                k=k,
                item=names_of(document, other[:1]),
            )
        return _("the same first %(k)s.", k=k)
    return _(
        "%(entering)s would enter the first %(k)s, and %(leaving)s would leave.",
        entering=names_of(document, entering),
        leaving=names_of(document, leaving),
        k=k,
    )


def rule_names() -> dict[str, str]:
    """Names of the rules, the headline's first."""
    return {
        "borda": _("Mean place (Borda)"),
        "copeland": _("Majorities won (Copeland)"),
        "schulze": _("Strongest paths (Schulze, by votes)"),
        "schulze_margins": _("Strongest paths (Schulze, by margins)"),
        "kemeny": _("Fewest contradictions (Kemeny)"),
    }


def selection_names() -> dict[str, str]:
    return {
        "approvals": _("Most often among the first"),
        "phragmen": _("In proportion (Phragmén)"),
        "equal_shares": _("In proportion (equal shares)"),
    }


def disagreeing(document: Document) -> list[str]:
    """Where another rule would choose otherwise; silence is not agreement, so that is said too."""
    names = rule_names()
    found = document["rules"]["disagreements"]
    words = [
        _(
            "By “%(rule)s”, %(other)s would be among the first %(k)s instead of %(mean)s.",
            rule=names[one["other"]],
            other=names_of(document, one["only_other"]),
            mean=names_of(document, one["only_mean"]),
            k=one["k"],
        )
        if one["k"] > 1
        else _(
            "By “%(rule)s”, %(other)s would be first instead of %(mean)s.",
            rule=names[one["other"]],
            other=names_of(document, one["only_other"]),
            mean=names_of(document, one["only_mean"]),
        )
        for one in found
    ]
    if not words:
        words = [_("All rules agree on the first item and on the first %(k)s.", k=document["k"])]
    if document["rules"]["kemeny"] != "proven":
        words.append(_("Kemeny’s order is not given: it could not be proven for so many items."))
    return words


def unranked(document: Document) -> list[str]:
    """Whether the result hangs on how items that were left out are counted."""
    found = document["unranked_matters"]
    if not found:
        return []
    words = []
    if found["changes_first"] or found["entering"]:
        change = (
            _(
                "%(entering)s would enter the first %(k)s, and %(leaving)s would leave.",
                entering=names_of(document, found["entering"]),
                leaving=names_of(document, found["leaving"]),
                k=document["k"],
            )
            if found["entering"]
            else _("%(item)s would be first.", item=names_of(document, [found["first"]]))
        )
        words.append(
            _(
                "The result depends on how unranked items count. Counted the other way: %(change)s",
                change=change,
            )
        )
    if found["changes_duels"]:
        words.append(
            _(
                "One against one the winner depends on it too: %(own)s as counted here, %(other)s "
                "counted the other way.",
                own=names_of(document, found["duels"][0]),
                other=names_of(document, found["duels"][1]),
            )
        )
    return words or [
        _(
            "Counting unranked items the other way changes neither the first item nor the first %(k)s.",
            k=document["k"],
        )
    ]


def method(document: Document) -> list[str]:
    """How the order was made, from what the run did."""
    kinds = {
        "ranking": _("Each ballot is a ranking."),
        "ratings": _(
            "Each person’s own ratings give the order on their ballot, so that who rates everything "
            "high counts no more than others; items without a rating are left out."
        ),
        "scores": _(
            "Each person’s own points, sets or pairs give the order on their ballot; items not "
            "shown are left out."
        ),
    }
    words = [kinds[document["method"]]]
    if document["method"] == "ranking":
        words.append(
            _("Items that were left unranked share the last places.")
            if document["unranked"] == "last"
            else _("Items that were left unranked say nothing: they are left out of that ballot.")
        )
    words.append(
        _("Items stand in the order of their mean place; equal items share a place on a ballot.")
    )
    words.append(
        _(
            "Plausible ranks: for all items together, in 95 of 100 such consultations every item’s "
            "true rank lies within them (Mogstad, Romano, Shaikh and Wilhelm). A tier ends where "
            "everything above is shown to stand above everything below."
        )
    )
    if document.get("is_clustered"):
        words.append(
            _(
                "Ballots of one organisation do not vary independently: as to chance, an "
                "organisation counts as one voice."
            )
        )
    words.append(
        _("Intervals of mean places are from resampling respondents, weighted anew each time.")
        if document["interval"] == "bootstrap"
        else _("Intervals of mean places are from the spread of the ballots, at 95 %.")
    )
    words.append(
        _(
            "The plausible ranks of a group hold for all its items together and for that group alone: "
            "of twenty groups, one may have an item whose true rank lies outside."
        )
    )
    words.append(
        _(
            "Groups are compared without weights and within the other grouping (regions within "
            "sectors, sectors within regions), by exchanging people, or whole organisations where "
            "they are known; corrected for all groups and items of one grouping."
        )
    )
    words.append(
        _(
            "Those who answered chose to do so. All this speaks for them, as if they had been drawn "
            "by chance; it is no margin of error of a population."
        )
    )
    return words
