"""A date, as exact as the respondent knows it: a year, a month, or a day."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, Self

from babel.dates import format_date, format_skeleton
from pydantic import Field as Setting
from pydantic import field_validator, model_validator
from wtforms import Form, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l, page_language
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    ClosedSettings,
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
from surveys.questions.instead import both_given
from surveys.questions.locales import date_order, locale_of

PARTS = ("year", "month", "day")
LONGEST_PART = 12
_ISO = r"^\d{4}-\d{2}-\d{2}$"
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?\Z")


class DateSettings(ClosedSettings):
    """What a date may be told."""

    #: What is asked for at most.
    precision: Literal["day", "month", "year"] = "day"
    #: Whether the day, or the day and the month, may be left out.
    partial: bool = False
    earliest: str | None = Setting(default=None, pattern=_ISO)
    latest: str | None = Setting(default=None, pattern=_ISO)

    @field_validator("earliest", "latest")
    @classmethod
    def _is_a_day(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                date.fromisoformat(value)
            except ValueError as error:
                message = f"there is no day {value} in the calendar"
                raise ValueError(message) from error
        return value

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError("the earliest day comes after the latest")
        return self


class Date(Plain):
    """Text fields for day, month and year in one group; stored in ISO 8601, shortened."""

    kind = "date"
    name = _l("Date")
    settings = DateSettings

    def parts(self, question: Question) -> tuple[str, ...]:
        """What is asked for, the year first."""
        precision = question.settings.get("precision", "day")
        return PARTS[: PARTS.index(precision) + 1]

    def shown_parts(self, question: Question, language: str) -> tuple[str, ...]:
        """What is asked for, in the order of the language."""
        asked = self.parts(question)
        return tuple(part for part in date_order(language) if part in asked)

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        render = {"inputmode": "numeric", "autocomplete": "off", "size": 4, "dir": "ltr"}
        found: dict[str, UnboundField] = {
            field_name(question, part): StringField(labels[part], [Optional()], render_kw=render)
            for part in self.shown_parts(question, language)
        }
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        typed = str(answer["value"]).split("-") if answer and is_answered(answer) else []
        found = {
            field_name(question, part): typed[place] if place < len(typed) else ""
            for place, part in enumerate(self.parts(question))
        }
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        typed = [
            (form[field_name(question, part)].data or "").strip() for part in self.parts(question)
        ]
        return answered(_joined(typed)) if any(typed) else instead_parse(question, form)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        if not is_answered(answer):
            first = self.shown_parts(question, page_language())[0]
            return missing(question, answer, field_name(question, first), _("Write a date."))
        value = answer["value"]
        fault = self._fault(question, value if isinstance(value, str) else "?")
        if fault is None:
            return both_given(question, form)
        part, message = fault
        return [Problem(field_name(question, part), message)]

    def _fault(self, question: Question, value: str) -> tuple[str, str] | None:
        """The part that is wrong, and how to mend it."""
        asked = self.parts(question)
        given = dict(zip(PARTS, value.split("-"), strict=False))
        if value.count("-") >= len(asked) or not all(map(_is_digits, given.values())):
            return asked[0], _("Write the date in digits.")
        if len(given["year"]) != 4 or given["year"] == "0000":
            return "year", _("Write the year with four digits, such as 2024.")
        for part in asked:
            if not given.get(part) and (part in given or not question.settings.get("partial")):
                words = {"month": _("Write the month as well."), "day": _("Write the day as well.")}
                return part, words[part]
        limits = {"month": 12, "day": 31}
        for part in asked[1:]:
            if part in given and not (
                len(given[part]) == 2 and 1 <= int(given[part]) <= limits[part]
            ):
                words = {
                    "month": _("Write the month as a number from 1 to 12."),
                    "day": _("Write the day as a number from 1 to 31."),
                }
                return part, words[part]
        return self._calendar_fault(question, value)

    def _calendar_fault(self, question: Question, value: str) -> tuple[str, str] | None:
        try:
            _first_day(value)
        except ValueError:
            return "day", _("There is no such day in the calendar. Look at the day and the month.")
        earliest, latest = (question.settings.get(name) for name in ("earliest", "latest"))
        if earliest and value < earliest[: len(value)]:
            shown = _in_words(earliest[: len(value)], page_language())
            return "year", _("Write a date from %(day)s on.", day=shown)
        if latest and value > latest[: len(value)]:
            shown = _in_words(latest[: len(value)], page_language())
            return "year", _("Write a date up to %(day)s.", day=shown)
        return None

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
        return [_in_words(str(answer["value"]), language)]

    def measures(self, question: Question) -> Sequence[Measure]:
        return (Measure(question.code, question.label, Shape.NUMBER),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """The year: what every precision has."""
        del question, measure
        value = float(str(answer["value"])[:4]) if is_answered(answer) else None
        return {"state": answer["state"], "value": value}

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else state_value(answer) or ""]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        """ISO 8601; a spreadsheet's midnight behind it says nothing."""
        cell = _MIDNIGHT.sub("", cells[0].strip()[:60])
        if not cell:
            return without(AnswerState.SKIPPED)
        return state_answer(question.settings, cell) or answered(_joined(cell.split("-")))


def _joined(typed: Sequence[str]) -> str:
    """Year, month and day as ISO 8601 has them; what is no number stays as it was typed."""
    parts = [latin_digits(part[:LONGEST_PART]) for part in typed[:4]]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return "-".join(parts[:1] + [part.zfill(2) if part else "" for part in parts[1:]])


def _is_digits(part: str) -> bool:
    return not part or (part.isascii() and part.isdigit())


def _first_day(value: str) -> date:
    """The first day of a year, a month or a day; raises ValueError where there is none."""
    year, month, day = ([int(part) for part in value.split("-")] + [1, 1])[:3]
    return date(year, month, day)


def _in_words(value: str, language: str) -> str:
    """A stored date as the language writes it."""
    try:
        day = _first_day(value)
    except (ValueError, OverflowError):
        return value
    if len(value) == 4:
        return value
    locale = locale_of(language)
    if len(value) == 7:
        return str(format_skeleton("yMMMM", day, locale=locale))
    return str(format_date(day, "long", locale=locale))
