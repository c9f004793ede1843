"""An order of items, full or only the top ones; a drop-down an item, so no dragging is needed."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form, SelectField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    Column,
    Problem,
    answered,
    field_name,
    is_answered,
    option_labels,
    without,
)


class Ranking:
    """Stored as item codes, the best first. Double places are named, never repaired in silence."""

    kind = "ranking"
    is_text = False

    def top(self, question: Question) -> int:
        """How many places there are."""
        return int(question.settings.get("top") or len(question.settings["items"]))

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        places = {"": _("Not ranked")}
        places |= {str(place): str(place) for place in range(1, self.top(question) + 1)}
        return {
            field_name(question, code): SelectField(
                label, [Optional()], choices=places, validate_choice=False
            )
            for code, label in option_labels(question.settings["items"], language).items()
        }

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        order = answer["value"] if answer and is_answered(answer) else []
        return {
            field_name(question, entry["code"]): (
                str(order.index(entry["code"]) + 1) if entry["code"] in order else ""
            )
            for entry in question.settings["items"]
        }

    def parse(self, question: Question, form: Form) -> Answer:
        placed = self._placed(question, form)
        if not placed:
            return without(AnswerState.SKIPPED)
        return answered([code for _place, code in sorted(placed)])

    def _placed(self, question: Question, form: Form) -> list[tuple[int, str]]:
        found = []
        for entry in question.settings["items"]:
            value = form[field_name(question, entry["code"])].data or ""
            if value.isascii() and value.isdigit():
                found.append((int(value), entry["code"]))
        return found

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        codes = [entry["code"] for entry in question.settings["items"]]
        first = field_name(question, codes[0])
        if is_answered(answer):
            order = answer["value"]
            if not set(order) <= set(codes) or len(set(order)) != len(order):
                return [Problem(first, _("Rank each item once."))]
            if form is not None:
                return self._double_places(question, form)
            if len(order) > self.top(question):
                message = _("Rank at most %(number)s items.", number=self.top(question))
                return [Problem(first, message)]
        elif question.required and answer["state"] == AnswerState.SKIPPED:
            return [Problem(first, _("Give at least one item a place."))]
        return []

    def _double_places(self, question: Question, form: Form) -> list[Problem]:
        """Each item that takes a taken place, and each gap, named at the item."""
        problems: list[Problem] = []
        taken: dict[int, str] = {}
        placed = sorted(
            self._placed(question, form),
            key=lambda pair: (
                pair[0],
                [e["code"] for e in question.settings["items"]].index(pair[1]),
            ),
        )
        for place, code in placed:
            field = form[field_name(question, code)]
            if not 1 <= place <= self.top(question):
                message = _("Choose a place from 1 to %(number)s.", number=self.top(question))
                problems.append(Problem(field.name, message))
            elif place in taken:
                message = _(
                    "Place %(place)s is given to “%(first)s” and to “%(second)s”. Change one.",
                    place=place,
                    first=taken[place],
                    second=str(field.label.text),
                )
                problems.append(Problem(field.name, message))
            else:
                taken[place] = str(field.label.text)
        if not problems and taken and max(taken) != len(taken):
            gap = next(place for place in range(1, max(taken)) if place not in taken)
            where = next(code for place, code in placed if place > gap)
            message = _("No item has place %(place)s. Close the gap.", place=gap)
            problems.append(Problem(field_name(question, where), message))
        return problems

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return []
        labels = option_labels(question.settings["items"], language)
        return [
            f"{place}. {labels.get(code, code)}"
            for place, code in enumerate(answer["value"], start=1)
        ]

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = option_labels(question.settings["items"], language)
        return [Column(f"{question.code}__{code}", label) for code, label in labels.items()]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        codes = [entry["code"] for entry in question.settings["items"]]
        order = answer["value"] if is_answered(answer) else []
        return [str(order.index(code) + 1) if code in order else "" for code in codes]
