"""A date, as exact as the respondent knows it: a year, a month, or a day."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import Field as Setting
from wtforms import Form, StringField
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
    state_answer,
    state_lines,
    state_value,
    without,
)
from surveys.questions.digits import latin_digits

PARTS = ("year", "month", "day")
_STORED = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\Z", re.ASCII)
_ISO = r"^\d{4}-\d{2}-\d{2}$"


class DateSettings(ClosedSettings):
    """What a date may be told."""

    #: What is asked for at most.
    precision: Literal["day", "month", "year"] = "day"
    #: Whether the day, or the day and the month, may be left out.
    partial: bool = False
    earliest: str | None = Setting(default=None, pattern=_ISO)
    latest: str | None = Setting(default=None, pattern=_ISO)


class Date(Plain):
    """Text fields for day, month and year in one group; stored in ISO 8601, shortened."""

    kind = "date"
    name = _l("Date")
    settings = DateSettings

    def parts(self, question: Question) -> tuple[str, ...]:
        """What is asked for, the year first."""
        precision = question.settings.get("precision", "day")
        return PARTS[: PARTS.index(precision) + 1]

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        render = {"inputmode": "numeric", "autocomplete": "off", "size": 4, "maxlength": 8}
        found: dict[str, UnboundField] = {
            field_name(question, part): StringField(labels[part], [Optional()], render_kw=render)
            for part in reversed(self.parts(question))
        }
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        typed = answer["value"].split("-") if answer and is_answered(answer) else []
        found = {
            field_name(question, part): typed[place] if place < len(typed) else ""
            for place, part in enumerate(self.parts(question))
        }
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        typed = [
            latin_digits((form[field_name(question, part)].data or "").strip())[:20]
            for part in self.parts(question)
        ]
        if not any(typed):
            return instead_parse(question, form)
        while not typed[-1]:
            typed.pop()
        widths = (4, 2, 2)
        return answered(
            "-".join(part.zfill(width) for part, width in zip(typed, widths, strict=False))
        )

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        parts = self.parts(question)
        first = field_name(question, parts[-1])
        if not is_answered(answer):
            return missing(question, answer, first, _("Write a date."))
        message = self._fault(question, str(answer["value"]))
        return [Problem(first, message)] if message else []

    def _fault(self, question: Question, value: str) -> str:
        match = _STORED.match(value)
        given = [int(part) for part in match.groups() if part] if match else []
        parts = self.parts(question)
        if not given or len(given) > len(parts):
            return _("Write the date in digits, with four digits for the year.")
        if len(given) < len(parts) and not question.settings.get("partial"):
            return _("Write the whole date.")
        try:
            date(*[*given, 1, 1][:3])
        except ValueError:
            return _("There is no such day in the calendar.")
        return self._bounds_fault(question, value)

    def _bounds_fault(self, question: Question, value: str) -> str:
        earliest, latest = (question.settings.get(name) for name in ("earliest", "latest"))
        if earliest and value < earliest[: len(value)]:
            return _("Write a date from %(day)s on.", day=earliest)
        if latest and value > latest[: len(value)]:
            return _("Write a date up to %(day)s.", day=latest)
        return ""

    def value(self, question: Question, answer: Answer) -> str:
        """A whole date for expressions: the first day of what was said."""
        del question
        if not is_answered(answer):
            return ""
        given = str(answer["value"]).split("-")
        return "-".join([*given, "01", "01"][:3])

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        return [str(answer["value"])]

    def measures(self, question: Question) -> Sequence[Measure]:
        return (Measure(question.code, question.label, Shape.NUMBER),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """The year: what every precision has."""
        del question, measure
        value = float(str(answer["value"])[:4]) if is_answered(answer) else None
        return {"state": answer["state"], "value": value}

    def columns(self, question: Question, language: str) -> list[Column]:
        return [Column(question.code, question.text(language, language))]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else state_value(answer) or ""]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if not cells[0]:
            return without(AnswerState.SKIPPED)
        return state_answer(question.settings, cells[0]) or answered(cells[0])
