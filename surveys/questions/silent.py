"""Questions that ask nothing: a note, and a value that the questionnaire works out."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from wtforms import Form
from wtforms.fields.core import UnboundField

from analysis.types import AnswerState
from core.i18n import _l
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    Column,
    Measure,
    Plain,
    Problem,
    Settings,
    Shape,
    answered,
    is_answered,
    without,
)
from surveys.questions.digits import stored_number


class NoteSettings(Settings):
    """There is nothing to tell a note."""


class Note(Plain):
    """Words on a page."""

    kind = "note"
    name = _l("Note")
    settings: type[Settings] = NoteSettings
    is_silent = True

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        del question, language
        return {}

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        del question, answer
        return {}

    def parse(self, question: Question, form: Form) -> Answer:
        del question, form
        return without(AnswerState.SKIPPED)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del question, answer, form
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        del question, answer, language
        return []

    def columns(self, question: Question, language: str) -> list[Column]:
        del question, language
        return []

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question, answer
        return []

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        del question, cells
        return without(AnswerState.SKIPPED)


class CalculatedSettings(Settings):
    """How a value is worked out."""

    calculation: str = Setting(min_length=1)
    is_number: bool = False


class Calculated(Note):
    """A value of an expression, for conditions, pipes and analysis; never on a page."""

    kind = "calculated"
    name = _l("Calculated value")
    settings = CalculatedSettings
    is_invisible = True

    def measures(self, question: Question) -> Sequence[Measure]:
        if not question.settings.get("is_number"):
            return ()
        return (Measure(question.code, question.label, Shape.NUMBER),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """What was worked out; what is no number, such as a division by nothing, is missing."""
        del question, measure
        if not is_answered(answer):
            return {"state": answer["state"], "value": None}
        number = stored_number(str(answer["value"]))
        return without(AnswerState.SKIPPED) if number is None else answered(float(number))

    def columns(self, question: Question, language: str) -> list[Column]:
        return Plain.columns(self, question, language)

    def cells(self, question: Question, answer: Answer) -> list[str]:
        return Plain.cells(self, question, answer)

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        return Plain.from_cells(self, question, cells)
