"""A budget of points to share out among items."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l, ngettext, page_language
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
    line_of,
    missing,
    option_labels,
    state_answer,
    state_lines,
    state_value,
    texts_of,
    unique_codes,
    without,
)
from surveys.questions.digits import read_number
from surveys.questions.instead import both_given
from surveys.questions.locales import decimal_mark

TOTAL = 100
#: What is longer than this is no number of points.
LONGEST = 12


class PointsSettings(ClosedSettings):
    """What an allocation of points may be told."""

    items: tuple[Option, ...] = Setting(min_length=2)
    total: int = Setting(default=TOTAL, ge=1, le=1_000_000)
    #: Whether every point must be given away.
    spend_all: bool = True
    randomise: bool = False

    _codes = field_validator("items")(unique_codes)


class Points(Plain):
    """Stored as item -> whole number; an item left open has 0 once anything is given.

    What is no number stays as it was typed, cut short, until `problems` has named it.
    """

    kind = "points"
    name = _l("Points to share out")
    settings = PointsSettings

    def codes(self, question: Question) -> list[str]:
        return [entry["code"] for entry in question.settings["items"]]

    def total(self, question: Question) -> int:
        """How many points there are."""
        return int(question.settings.get("total", TOTAL))

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        render = {"inputmode": "numeric", "autocomplete": "off", "size": 6}
        found: dict[str, UnboundField] = {
            field_name(question, code): StringField(label, [Optional()], render_kw=render)
            for code, label in option_labels(question.settings["items"], language).items()
        }
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        given = answer["value"] if answer and is_answered(answer) else {}
        found = {
            field_name(question, code): str(given.get(code, "")) for code in self.codes(question)
        }
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        typed = {
            code: (form[field_name(question, code)].data or "").strip()
            for code in self.codes(question)
        }
        if not any(typed.values()):
            return instead_parse(question, form)
        mark = decimal_mark(page_language())
        return answered({code: _whole(cell, mark) if cell else 0 for code, cell in typed.items()})

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        codes = self.codes(question)
        if not codes:
            return []
        first = field_name(question, codes[0])
        if not is_answered(answer):
            return missing(question, answer, first, _("Share out the points."))
        given = answer["value"]
        if not isinstance(given, dict) or not given or not set(given) <= set(codes):
            return [Problem(first, _("Share out the points."))]
        wrong = [
            Problem(field_name(question, code), self._number_fault(question, code))
            for code, points in given.items()
            if type(points) is not int or points < 0
        ]
        return wrong or self._sum_faults(question, given) or both_given(question, form)

    def _number_fault(self, question: Question, code: str) -> str:
        label = option_labels(question.settings["items"], page_language())[code]
        return _(
            "Write a whole number from 0 to %(total)s for “%(item)s”.",
            total=self.total(question),
            item=label,
        )

    def _sum_faults(self, question: Question, given: Mapping[str, int]) -> list[Problem]:
        """How many points are missing, or too many."""
        over = sum(given.values()) - self.total(question)
        if over > 0:
            message = ngettext(
                "You gave %(num)s point too many.", "You gave %(num)s points too many.", over
            )
        elif over < 0 and question.settings.get("spend_all", True):
            message = ngettext(
                "%(num)s point is still to be given.",
                "%(num)s points are still to be given.",
                -over,
            )
        else:
            return []
        return [Problem(field_name(question, self.codes(question)[0]), str(message))]

    def value(self, question: Question, answer: Answer) -> str:
        """Items with their points, such as "water:60 health:40".

        So `selected(${question}, 'water:0')` asks whether an item got nothing.
        """
        del question
        if not is_answered(answer):
            return ""
        return " ".join(f"{code}:{points}" for code, points in answer["value"].items())

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        labels = option_labels(question.settings["items"], language)
        return [line_of(labels.get(code, code), points) for code, points in answer["value"].items()]

    def measures(self, question: Question) -> Sequence[Measure]:
        items = texts_of(question.settings["items"])
        return (Measure(question.code, question.label, Shape.SCORES, items),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """The points of each item; None for one that was not shown."""
        del question
        if not is_answered(answer):
            return without(AnswerState(answer["state"]))
        return answered({code: answer["value"].get(code) for code in measure.options})

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = option_labels(question.settings["items"], language)
        return [Column(question.code, label, code) for code, label in labels.items()]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        codes = self.codes(question)
        if not is_answered(answer):
            return [state_value(answer) or "", *[""] * (len(codes) - 1)]
        return [str(answer["value"].get(code, "")) for code in codes]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        """An empty cell is an item that was not shown; one that got nothing has 0."""
        given = {
            code: _whole(cell, "")
            for code, cell in zip(self.codes(question), cells, strict=False)
            if cell
        }
        if not given:
            return without(AnswerState.SKIPPED)
        return state_answer(question.settings, cells[0]) or answered(given)


def _whole(typed: str, mark: str) -> int | str:
    """The number that was typed; what is none stays as it was, cut short."""
    number = read_number(typed, mark=mark) if len(typed) <= LONGEST else None
    return int(number) if number is not None and number == int(number) else typed[:LONGEST]
