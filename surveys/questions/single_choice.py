"""One option out of several."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form, RadioField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _
from surveys.documents import Question
from surveys.questions.base import (
    NO_OPINION,
    Answer,
    Column,
    Problem,
    answered,
    field_name,
    is_answered,
    label_of,
    option_labels,
    without,
)


class SingleChoice:
    """Radio buttons. "No answer" is a button of its own, as a radio cannot be taken back."""

    kind = "single_choice"
    is_text = False

    def choices(self, question: Question, language: str) -> dict[str, str]:
        """Codes and labels that can be chosen."""
        found = option_labels(question.settings["options"], language)
        if question.settings.get("no_opinion"):
            given = question.settings.get("no_opinion_label", {})
            found[NO_OPINION] = label_of(given, language) or _("No opinion")
        return found

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        choices = self.choices(question, language)
        if not question.required:
            choices[""] = _("No answer")
        return {
            field_name(question): RadioField(
                question.text(language, language),
                [Optional()],
                choices=choices,
                validate_choice=False,
            )
        }

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        name = field_name(question)
        if answer and answer["state"] == AnswerState.DONT_KNOW:
            return {name: NO_OPINION}
        return {name: answer["value"] if answer and is_answered(answer) else None}

    def parse(self, question: Question, form: Form) -> Answer:
        value = form[field_name(question)].data
        if not value:
            return without(AnswerState.SKIPPED)
        if value == NO_OPINION and question.settings.get("no_opinion"):
            return without(AnswerState.DONT_KNOW)
        return answered(value)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if is_answered(answer):
            offered = {entry["code"] for entry in question.settings["options"]}
            if answer["value"] not in offered:
                return [Problem(name, _("Choose one of the answers in the list."))]
        elif question.required and answer["state"] == AnswerState.SKIPPED:
            return [Problem(name, _("Choose an answer."))]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if answer["state"] == AnswerState.DONT_KNOW:
            return [self.choices(question, language).get(NO_OPINION, _("No opinion"))]
        if not is_answered(answer):
            return []
        return [self.choices(question, language).get(answer["value"], str(answer["value"]))]

    def columns(self, question: Question, language: str) -> list[Column]:
        return [Column(question.code, question.text(language, language))]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else ""]
