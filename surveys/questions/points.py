"""A budget of points to share out among items."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l, ngettext
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
from surveys.questions.digits import read_number

LONGEST = 12


class PointsSettings(ClosedSettings):
    """What an allocation of points may be told."""

    items: tuple[Option, ...] = Setting(min_length=2)
    total: int = Setting(default=100, ge=1, le=1_000_000)
    #: Whether every point must be given away.
    spend_all: bool = True
    randomise: bool = False

    _codes = field_validator("items")(unique_codes)


class Points(Plain):
    """Stored as item -> whole number; an item left open has 0 once anything is given."""

    kind = "points"
    name = _l("Points to share out")
    settings = PointsSettings

    def codes(self, question: Question) -> list[str]:
        return [entry["code"] for entry in question.settings["items"]]

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
            field_name(question, code): str(given[code]) if code in given else ""
            for code in self.codes(question)
        }
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        cells = [
            (form[field_name(question, code)].data or "").strip() for code in self.codes(question)
        ]
        return self._answer(question, cells) if any(cells) else instead_parse(question, form)

    def _answer(self, question: Question, cells: Sequence[str]) -> Answer:
        return answered(
            {code: _whole(cell) for code, cell in zip(self.codes(question), cells, strict=False)}
        )

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        codes = self.codes(question)
        first = field_name(question, codes[0])
        if not is_answered(answer):
            return missing(question, answer, first, _("Share out the points."))
        given = answer["value"]
        if not isinstance(given, dict) or not set(given) <= set(codes):
            return [Problem(first, _("Share out the points."))]
        wrong = [code for code in codes if not _is_points(given.get(code, 0))]
        if wrong:
            message = _("Write a whole number, 0 or more.")
            return [Problem(field_name(question, code), message) for code in wrong]
        message = self._sum_fault(question, sum(given.values()))
        return [Problem(first, message)] if message else []

    def _sum_fault(self, question: Question, spent: int) -> str:
        total = int(question.settings.get("total", 100))
        over = spent - total
        if over > 0:
            many = ngettext(
                "You gave %(num)s point too many.", "You gave %(num)s points too many.", over
            )
            return str(many)
        if over < 0 and question.settings.get("spend_all", True):
            left = ngettext(
                "%(num)s point is still to be given.",
                "%(num)s points are still to be given.",
                -over,
            )
            return str(left)
        return ""

    def value(self, question: Question, answer: Answer) -> str:
        """The points, item by item."""
        if not is_answered(answer):
            return ""
        return " ".join(str(answer["value"].get(code, 0)) for code in self.codes(question))

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        labels = option_labels(question.settings["items"], language)
        return [f"{label}: {answer['value'].get(code, 0)}" for code, label in labels.items()]

    def measures(self, question: Question) -> Sequence[Measure]:
        items = texts_of(question.settings["items"])
        return (Measure(question.code, question.label, Shape.SCORES, items),)

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = option_labels(question.settings["items"], language)
        return [Column(question.code, label, code) for code, label in labels.items()]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        codes = self.codes(question)
        if not is_answered(answer):
            return [state_value(answer) or "", *[""] * (len(codes) - 1)]
        return [str(answer["value"].get(code, 0)) for code in codes]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if not any(cells):
            return without(AnswerState.SKIPPED)
        instead = state_answer(question.settings, cells[0])
        return instead or self._answer(question, cells)


def _whole(cell: str) -> int | str:
    """The number that was typed, 0 for nothing; anything else stays as it was typed."""
    if not cell:
        return 0
    number = read_number(cell) if len(cell) <= LONGEST else None
    return int(number) if number is not None and number == int(number) else cell[:LONGEST]


def _is_points(value: object) -> bool:
    return type(value) is int and value >= 0
