"""Country and sector: a single choice from a list that the house keeps."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form, SelectField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from consultation.people.classifications import SECTORS, countries_sorted
from core.i18n import _
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    Column,
    Problem,
    answered,
    field_name,
    is_answered,
    without,
)


class Listed:
    """A drop-down list with an empty first line; a list of 249 is too long for buttons."""

    kind = ""
    is_text = False

    def choices(self, language: str) -> dict[str, str]:
        """Codes and labels in the reader's language."""
        raise NotImplementedError

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        return {
            field_name(question): SelectField(
                question.text(language, language),
                [Optional()],
                choices={"": _("Choose, or leave open"), **self.choices(language)},
                validate_choice=False,
            )
        }

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        return {field_name(question): answer["value"] if answer and is_answered(answer) else ""}

    def parse(self, question: Question, form: Form) -> Answer:
        value = form[field_name(question)].data
        return answered(value) if value else without(AnswerState.SKIPPED)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if is_answered(answer):
            if answer["value"] not in self.choices("en"):
                return [Problem(name, _("Choose one of the answers in the list."))]
        elif question.required and answer["state"] == AnswerState.SKIPPED:
            return [Problem(name, _("Choose an answer."))]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        del question
        if not is_answered(answer):
            return []
        return [self.choices(language).get(answer["value"], str(answer["value"]))]

    def columns(self, question: Question, language: str) -> list[Column]:
        return [Column(question.code, question.text(language, language))]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else ""]


class Country(Listed):
    """A country of ISO 3166-1; names come from CLDR in the reader's language."""

    kind = "country"

    def choices(self, language: str) -> dict[str, str]:
        return dict(countries_sorted(language))


class Sector(Listed):
    """A sector of the house's list."""

    kind = "sector"

    def choices(self, language: str) -> dict[str, str]:
        return {sector.code: sector.name(language) for sector in SECTORS}
