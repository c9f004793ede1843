"""The items of a questionnaire, and the questionnaire that follows from decisions about them."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from core.errors import Invalid
from core.i18n import _
from results.rounds.models import Fate
from surveys.documents import QuestionnaireDocument

Texts = dict[str, str]
#: Types that ask about a list of items, and the setting that holds the list.
LISTS = {
    "ranking": "items",
    "points": "items",
    "best_worst": "items",
    "pairwise": "items",
    "matrix": "rows",
}
#: Types whose question is one item.
RATINGS = frozenset({"rating_scale", "numeric_scale"})
FEWEST_IN_LIST = 2
LONGEST_CODE = 64


@dataclass(frozen=True, slots=True)
class Item:
    """What a round asks people to weigh."""

    question: str
    option: str
    label: Texts
    kind: str

    @property
    def key(self) -> str:
        """The identity of an item within its consultation."""
        return f"{self.question}.{self.option}" if self.option else self.question


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an item. Items of one question with the same group are merged."""

    fate: Fate
    label: Texts = field(default_factory=dict)
    group: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Addition:
    """A new item of a question that asks about a list, and where it comes from."""

    question: str
    label: Texts
    source: str
    #: References to what it came from, as `results.rounds.sources` reads them.
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of lineage, by keys."""

    fate: Fate
    before: str | None
    after: str | None
    reason: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The next questionnaire and the lineage of its items."""

    document: dict[str, Any]
    steps: tuple[Step, ...]


def items_of(document: QuestionnaireDocument) -> list[Item]:
    """The items of a questionnaire, in its order."""
    found = []
    for question in document.questions():
        if question.kind in RATINGS:
            found.append(Item(question.code, "", dict(question.label), question.kind))
        elif question.kind in LISTS:
            found += [
                Item(question.code, entry["code"], dict(entry["label"]), question.kind)
                for entry in question.settings[LISTS[question.kind]]
            ]
    return found


def plan_next(
    raw: Mapping[str, Any],
    items: Iterable[Item],
    decisions: Mapping[str, Decision],
    additions: Iterable[Addition],
    number: int,
) -> Plan:
    """Apply decisions to a questionnaire; an item without one is kept."""
    document = deepcopy(dict(raw))
    steps: list[Step] = []
    by_question: dict[str, list[Item]] = {}
    for item in items:
        by_question.setdefault(item.question, []).append(item)
    new = list(additions)
    for section in document["sections"]:
        section["questions"] = [
            kept
            for stored in section["questions"]
            if (kept := _question(stored, by_question, decisions, new, number, steps)) is not None
        ]
    document["sections"] = [row for row in document["sections"] if row["questions"]]
    if not document["sections"]:
        raise Invalid(_("Nothing would be left to ask. Keep at least one item."))
    return Plan(document, tuple(steps))


def _question(
    stored: dict[str, Any],
    items: Mapping[str, list[Item]],
    decisions: Mapping[str, Decision],
    additions: list[Addition],
    number: int,
    steps: list[Step],
) -> dict[str, Any] | None:
    """A question as the next round asks it; None where it is dropped."""
    own = items.get(stored["code"])
    if own is None:
        return stored
    if stored["kind"] in RATINGS:
        return _rating(stored, own[0], decisions, number, steps)
    return _list(stored, own, decisions, additions, number, steps)


def _rating(
    stored: dict[str, Any],
    item: Item,
    decisions: Mapping[str, Decision],
    number: int,
    steps: list[Step],
) -> dict[str, Any] | None:
    decision = decisions.get(item.key, Decision(Fate.KEPT))
    if decision.fate is Fate.MERGED:
        raise Invalid(_("Only items of one list can be merged. Drop or reword this question."))
    if decision.fate is Fate.DROPPED:
        steps.append(Step(Fate.DROPPED, item.key, None, decision.reason))
        return None
    if decision.fate is Fate.KEPT:
        steps.append(Step(Fate.KEPT, item.key, item.key, decision.reason))
        return stored
    code = renamed(stored["code"], number)
    steps.append(Step(Fate.REWORDED, item.key, code, decision.reason))
    return {**stored, "code": code, "label": _wording(decision.label, item)}


def _list(
    stored: dict[str, Any],
    own: list[Item],
    decisions: Mapping[str, Decision],
    additions: list[Addition],
    number: int,
    steps: list[Step],
) -> dict[str, Any]:
    name = LISTS[stored["kind"]]
    entries = {entry["code"]: entry for entry in stored["settings"][name]}
    kept: list[dict[str, Any]] = []
    merged: dict[str, dict[str, Any]] = {}
    for item in own:
        decision = decisions.get(item.key, Decision(Fate.KEPT))
        entry = entries[item.option]
        if decision.fate is Fate.DROPPED:
            steps.append(Step(Fate.DROPPED, item.key, None, decision.reason))
            continue
        if decision.fate is Fate.MERGED:
            is_first = decision.group not in merged
            if is_first:
                code = renamed(item.option, number)
                merged[decision.group] = {"code": code, "label": _wording(decision.label, item)}
                kept.append(merged[decision.group])
            code = merged[decision.group]["code"]
        elif decision.fate is Fate.REWORDED:
            code = renamed(item.option, number)
            kept.append({**entry, "code": code, "label": _wording(decision.label, item)})
        else:
            code = item.option
            kept.append(entry)
        steps.append(Step(decision.fate, item.key, f"{stored['code']}.{code}", decision.reason))
    _require_pairs(own, decisions)
    for place, addition in enumerate(additions, start=1):
        if addition.question == stored["code"]:
            code = f"new{place}_r{number}"
            kept.append({"code": code, "label": _new_words(addition)})
            key = f"{stored['code']}.{code}"
            steps.append(Step(Fate.ADDED, None, key, addition.source, addition.references))
    return {**stored, "settings": _settings(stored["settings"], name, kept, stored["label"])}


def _new_words(addition: Addition) -> Texts:
    words = {code: text.strip() for code, text in addition.label.items() if text.strip()}
    if not words:
        raise Invalid(_("Write the words of the new item, or choose that there is no new item."))
    return words


def _require_pairs(own: list[Item], decisions: Mapping[str, Decision]) -> None:
    groups = [
        decisions[item.key].group
        for item in own
        if item.key in decisions and decisions[item.key].fate is Fate.MERGED
    ]
    if any(groups.count(group) < FEWEST_IN_LIST for group in groups):
        raise Invalid(_("To merge, choose at least two items of the same list."))


def _settings(
    settings: Mapping[str, Any], name: str, kept: list[dict[str, Any]], label: Texts
) -> dict[str, Any]:
    if len(kept) < FEWEST_IN_LIST:
        title = label.get("en") or next(iter(label.values()))
        raise Invalid(
            _("“%(question)s” would have fewer than two items. Keep two or more.", question=title)
        )
    # The balanced sets of a design hold for its items only; they are worked out anew.
    found = {key: value for key, value in settings.items() if key != "design"}
    found[name] = kept
    if found.get("top"):
        found["top"] = min(int(found["top"]), len(kept))
    return found


def renamed(code: str, number: int) -> str:
    """The code of an item with new words: another identity, recognisably descended."""
    ending = f"_r{number}"
    return code[: LONGEST_CODE - len(ending)] + ending


def _wording(label: Texts, item: Item) -> Texts:
    words = {language: text.strip() for language, text in label.items() if text.strip()}
    if not words or words == item.label:
        raise Invalid(
            _(
                "Write the new words for “%(item)s”, or keep it as it is.",
                item=item.label.get("en") or item.key,
            )
        )
    # A language without new words must not keep the old ones: they say something else.
    return words
