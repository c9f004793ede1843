"""What a ranking says of itself without one of its groups: the verdict first, then each change.

Where places are nearly tied, many groups bring the same change by themselves. They stand in one
sentence, so that a reader sees how many changes there are, not how many groups.
"""

from dataclasses import dataclass

from babel.lists import format_list
from babel.numbers import format_percent

from analysis.breakdown import UNKNOWN
from core.i18n import _, current_language, ngettext, text_in
from results.rankings.reading import dimension_titles
from results.rankings.words import locale_name, names_of
from results.tables import Document

#: What the guard leaves out beside groups and families of equal ballots.
COPIES = frozenset({"campaign", "campaigns", "look_alikes"})
#: Changes that are told in words; the table holds all of them.
MOST = 6
#: Which items enter, which leave, and which one is first where none does.
Change = tuple[tuple[str, ...], tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Looked:
    """The groups that were left out in turn, each name and outcome once."""

    #: Change -> the groups that would each bring it, in the order of the document.
    changes: dict[Change, list[Document]]
    quiet: list[Document]
    #: Copies of texts and alike that would change nothing: told by name all the same.
    copies: list[Document]

    @property
    def moving(self) -> list[Document]:
        return [one for groups in self.changes.values() for one in groups]

    @property
    def deciding(self) -> int:
        """How many groups would change something; copies of texts are no group of people."""
        return sum(one["dimension"] not in COPIES for one in self.moving)


def looked_at(document: Document) -> Looked:
    """Sort the groups by what their absence would change.

    Who gave no region often gave no sector either: what goes by one name and has one outcome is
    one group.
    """
    language = current_language()
    found: dict[tuple[str, Change | None], Document] = {}
    for one in document["guard"]:
        found.setdefault((_who(one, language), change_of(one)), one)
    changes: dict[Change, list[Document]] = {}
    quiet: list[Document] = []
    for (_name, change), one in found.items():
        if change is None:
            quiet.append(one)
        else:
            changes.setdefault(change, []).append(one)
    return Looked(
        changes,
        [one for one in quiet if one["dimension"] not in COPIES],
        [one for one in quiet if one["dimension"] in COPIES],
    )


def change_of(one: Document) -> Change | None:
    """What would change without a group; None where nothing would among the first places."""
    if one["entering"]:
        return tuple(sorted(one["entering"])), tuple(sorted(one["leaving"])), ""
    return ((), (), one["first"]) if one["changes_first"] else None


def guarded(document: Document) -> list[str]:
    """What the first places would be without one group."""
    found = looked_at(document)
    if not found.changes:
        return [_nothing(document, len(found.quiet)), *_copies(document, found.copies)]
    # What most groups bring by themselves stands first; equals in the order of the document.
    told = sorted(found.changes.values(), key=len, reverse=True)
    words = [_verdict(document, found)]
    moved = {key for one in found.moving for key in (*one["entering"], *one["leaving"])}
    if moved and moved <= set(document["settled"]["open"]):
        words.append(
            _("All items that would enter or leave are among those whose place is open anyway.")
        )
    words += [_changed(document, groups) for groups in told[:MOST]]
    if len(told) > MOST:
        words.append(
            ngettext(
                "%(num)s more change stands in the table.",
                "%(num)s more changes stand in the table.",
                len(told) - MOST,
            )
        )
    return words + _copies(document, found.copies)


def _nothing(document: Document, quiet: int) -> str:
    if not quiet:
        return _("No group is large enough to be left out in public.")
    return _(
        "No single group decides: leaving out any one of the %(groups)s groups looked at changes "
        "neither the first item nor which items are among the first %(k)s.",
        groups=quiet,
        k=document["k"],
    )


def _verdict(document: Document, found: Looked) -> str:
    """How many of how many groups leave the first places as they are."""
    quiet, moving = len(found.quiet), found.deciding
    if not moving:
        return _nothing(document, quiet)
    if not quiet:
        return ngettext(
            "Leaving out the %(num)s group looked at would change the first %(k)s.",
            "Whichever one of the %(num)s groups looked at is left out, the first %(k)s change.",
            moving,
            k=document["k"],
        )
    return ngettext(
        "Leaving out %(num)s of the %(looked)s groups looked at changes nothing among the first "
        "%(k)s.",
        "Leaving out any one of %(num)s of the %(looked)s groups looked at changes nothing among "
        "the first %(k)s.",
        quiet,
        looked=quiet + moving,
        k=document["k"],
    )


def _changed(document: Document, groups: list[Document]) -> str:
    """One change, and the groups whose absence would each bring it by itself."""
    language = current_language()
    if len(groups) == 1:
        return without(document, groups[0], _who(groups[0], language))
    # How many ballots each has stands in the table: here it would bury the names.
    values = {
        "groups": format_list(_names(document, groups), style="or", locale=locale_name()),
        "k": document["k"],
    }
    if groups[0]["entering"]:
        return ngettext(
            "Without %(num)s group (%(groups)s), %(entering)s would enter the first %(k)s, and "
            "%(leaving)s would leave.",
            "Without any one of %(num)s groups (%(groups)s), %(entering)s would enter the first "
            "%(k)s, and %(leaving)s would leave.",
            len(groups),
            entering=names_of(document, groups[0]["entering"]),
            leaving=names_of(document, groups[0]["leaving"]),
            **values,
        )
    return ngettext(
        "Without %(num)s group (%(groups)s), the first %(k)s would be the same items, with "
        "%(item)s first.",
        "Without any one of %(num)s groups (%(groups)s), the first %(k)s would be the same items, "
        "with %(item)s first.",
        len(groups),
        item=names_of(document, [groups[0]["first"]]),
        **values,
    )


def _names(document: Document, groups: list[Document]) -> list[str]:
    """What groups are called; where two go by one name, with what they are groups of."""
    language = current_language()
    names = [name_of(one, language) for one in groups]
    return [
        f"{name} ({_kind(document, one)})" if names.count(name) > 1 else name
        for name, one in zip(names, groups, strict=True)
    ]


def _kind(document: Document, one: Document) -> str:
    own = document["dimensions"].get(one["dimension"], {})
    return dimension_titles().get(one["dimension"]) or text_in(own, current_language())


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
        words.append(_("No text came in copies with ten of these ballots or more."))
    return list(dict.fromkeys(words))


def name_of(one: Document, language: str) -> str:
    """What a group is called in a sentence."""
    if one["key"] == UNKNOWN:
        return _("those whose group is unknown")
    return f"“{text_in(one['label'], language)}”"


def _who(one: Document, language: str) -> str:
    group = name_of(one, language)
    if one.get("n"):
        group = _(
            "%(group)s (%(n)s ballots, %(share)s of the weight)",
            group=group,
            n=one["n"],
            share=format_percent(one["share"], locale=locale_name()),
        )
    return group


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


@dataclass(frozen=True, slots=True)
class Row:
    """One group of the table: how much it weighs, and what would be without it."""

    kind: str
    name: str
    #: None in public, where sizes stay inside.
    n: int | None
    share: float | None
    entering: str
    leaving: str
    #: Who would be first, where that would change.
    first: str


def table(document: Document) -> list[Row]:
    """Every group that was left out in turn, in the order of the document."""
    language = current_language()
    return [
        Row(
            kind=_kind(document, one),
            name=text_in(one["label"], language),
            n=one.get("n"),
            share=one.get("share"),
            entering=names_of(document, one["entering"]),
            leaving=names_of(document, one["leaving"]),
            first=names_of(document, [one["first"]]) if one["changes_first"] else "",
        )
        for one in document["guard"]
    ]
