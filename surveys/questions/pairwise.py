"""Pairs to compare, chosen as one goes; "can't decide" is an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, RadioField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    ClosedSettings,
    Column,
    Measure,
    Option,
    Plain,
    Problem,
    Shape,
    answered,
    field_name,
    instead_data,
    instead_field,
    instead_parse,
    is_answered,
    missing,
    option_labels,
    state_answer,
    state_lines,
    state_value,
    texts_of,
    unique_codes,
    without,
)
from surveys.questions.designs import next_pairs

RESULTS = ("left", "right", "tie")
SIGNS = {"left": ">", "right": "<", "tie": "="}


class PairwiseSettings(ClosedSettings):
    """What comparisons of pairs may be told."""

    items: tuple[Option, ...] = Setting(min_length=2)
    #: How many pairs one respondent gets; by default one and a half for each item.
    pairs: int | None = Setting(default=None, ge=1, le=200)
    per_page: int = Setting(default=5, ge=1, le=20)

    _codes = field_validator("items")(unique_codes)


class Pairwise(Plain):
    """Stored as [left, right, "left" | "right" | "tie"] in the order asked.

    A page shows one batch; the next follows from the answers. Only pairs that were served are
    taken: they follow from the seed and the stored answers, not from what the browser sends.
    """

    kind = "pairwise"
    name = _l("Pairs to compare")
    settings = PairwiseSettings
    is_personal = True

    def wanted(self, question: Question) -> int:
        """How many pairs there are to compare in all."""
        items = len(question.settings["items"])
        wanted = int(question.settings.get("pairs") or (3 * items + 1) // 2)
        return min(wanted, items * (items - 1) // 2)

    def present(self, question: Question, seed: int, answer: Answer | None) -> Question:
        """The batch to show: the next one, or the last one again when all are done."""
        codes = [entry["code"] for entry in question.settings["items"]]
        known = list(answer["value"]) if answer and is_answered(answer) else []
        known = [pair for pair in known if set(pair[:2]) <= set(codes)]
        size = int(question.settings.get("per_page", 5))
        wanted = self.wanted(question)
        if len(known) >= wanted:
            start = (wanted - 1) // size * size
            earlier, current = known[:start], [tuple(pair[:2]) for pair in known[start:wanted]]
        else:
            earlier = known
            count = min(size, wanted - len(known))
            asked = [(left, right, result) for left, right, result in known]
            current = [*next_pairs(codes, asked, count=count, seed=seed)]
        settings = {**question.settings, "earlier": earlier, "current": current}
        return question.model_copy(update={"settings": settings})

    def current(self, question: Question) -> list[tuple[str, str]]:
        """The pairs on the page."""
        if "current" not in question.settings:
            question = self.present(question, 0, None)
        return [(left, right) for left, right in question.settings["current"]]

    def earlier(self, question: Question) -> list[list[str]]:
        return [list(pair) for pair in question.settings.get("earlier", [])]

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        labels = option_labels(question.settings["items"], language)
        found: dict[str, UnboundField] = {}
        for left, right in self.current(question):
            choices = {"left": labels[left], "right": labels[right], "tie": _("I cannot decide")}
            found[field_name(question, f"-{left}-{right}")] = RadioField(
                _("Which one?"), [Optional()], choices=choices, validate_choice=False
            )
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        known = {
            (left, right): result
            for left, right, result in (answer["value"] if answer and is_answered(answer) else [])
        }
        found = {
            field_name(question, f"-{left}-{right}"): known.get((left, right))
            for left, right in self.current(question)
        }
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        given = [
            [left, right, form[field_name(question, f"-{left}-{right}")].data]
            for left, right in self.current(question)
            if form[field_name(question, f"-{left}-{right}")].data
        ]
        every = [*self.earlier(question), *given]
        return answered(every) if every else instead_parse(question, form)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        current = self.current(question)
        first = next((field_name(question, f"-{a}-{b}") for a, b in current), field_name(question))
        if not is_answered(answer):
            return missing(question, answer, first, _("Choose one of each pair."))
        codes = {entry["code"] for entry in question.settings["items"]}
        if not all(_is_comparison(pair, codes) for pair in answer["value"]):
            return [Problem(first, _("Choose one of each pair."))]
        if len({frozenset(pair[:2]) for pair in answer["value"]}) != len(answer["value"]):
            return [Problem(first, _("A pair was answered twice. Reload the page."))]
        if form is None or question.required is not True:
            return []
        given = {(left, right) for left, right, _result in answer["value"]}
        message = _("Choose one of each pair.")
        return [
            Problem(field_name(question, f"-{left}-{right}"), message)
            for left, right in current
            if (left, right) not in given
        ]

    def wants_more(self, question: Question, answer: Answer) -> bool:
        """More pairs follow while some of the current batch was answered and pairs are left."""
        if not is_answered(answer):
            return False
        has_new = len(answer["value"]) > len(self.earlier(question))
        return has_new and len(answer["value"]) < self.wanted(question)

    def value(self, question: Question, answer: Answer) -> str:
        del question
        if not is_answered(answer):
            return ""
        return " ".join(f"{a}{SIGNS[result]}{b}" for a, b, result in answer["value"])

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        labels = option_labels(question.settings["items"], language)
        tie = _("I cannot decide")
        lines = []
        for left, right, result in answer["value"]:
            pair = f"{labels.get(left, left)} – {labels.get(right, right)}"
            chosen = {"left": labels.get(left, left), "right": labels.get(right, right)}
            lines.append(f"{pair}: {chosen.get(result, tie)}")
        return lines

    def measures(self, question: Question) -> Sequence[Measure]:
        items = texts_of(question.settings["items"])
        return (Measure(question.code, question.label, Shape.SCORES, items),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """The share of its comparisons that an item won, ties as halves; None if never asked."""
        del question
        if not is_answered(answer):
            return without(AnswerState(answer["state"]))
        won: dict[str, list[float]] = {code: [] for code in measure.options}
        for left, right, result in answer["value"]:
            point = {"left": 1.0, "right": 0.0, "tie": 0.5}[result]
            won.setdefault(left, []).append(point)
            won.setdefault(right, []).append(1 - point)
        return answered({c: sum(found) / len(found) if found else None for c, found in won.items()})

    def columns(self, question: Question, language: str) -> list[Column]:
        del language
        count = self.wanted(question)
        return [Column(question.code, str(n), str(n)) for n in range(1, count + 1)]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        count = self.wanted(question)
        if not is_answered(answer):
            return [state_value(answer) or "", *[""] * (count - 1)]
        found = [f"{left}{SIGNS[result]}{right}" for left, right, result in answer["value"]]
        return [*found, *[""] * count][:count]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if not any(cells):
            return without(AnswerState.SKIPPED)
        instead = state_answer(question.settings, cells[0])
        return instead or answered([_comparison(cell) for cell in cells if cell])


def _comparison(cell: str) -> list[str]:
    for result, sign in SIGNS.items():
        left, found, right = cell.partition(sign)
        if found:
            return [left, right, result]
    return [cell, "", ""]


def _is_comparison(pair: Any, codes: set[str]) -> bool:
    if not isinstance(pair, list | tuple) or len(pair) != 3:
        return False
    left, right, result = pair
    return left in codes and right in codes and left != right and result in RESULTS
