"""A scale of points, with "no opinion" apart from it."""

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
    without,
)


class RatingScale:
    """Radio buttons 1 to n with words at both ends; they run with the script's direction."""

    kind = "rating_scale"
    is_text = False

    def choices(self, question: Question, language: str) -> dict[str, str]:
        """Points and their labels; the ends carry their words."""
        settings = question.settings
        points = int(settings["points"])
        ends = {
            1: label_of(settings.get("low_label", {}), language),
            points: label_of(settings.get("high_label", {}), language),
        }
        found = {
            str(point): f"{point} – {ends[point]}" if ends.get(point) else str(point)
            for point in range(1, points + 1)
        }
        if settings.get("no_opinion"):
            given = settings.get("no_opinion_label", {})
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
        return {name: str(answer["value"]) if answer and is_answered(answer) else None}

    def parse(self, question: Question, form: Form) -> Answer:
        value = form[field_name(question)].data
        if not value:
            return without(AnswerState.SKIPPED)
        if value == NO_OPINION and question.settings.get("no_opinion"):
            return without(AnswerState.DONT_KNOW)
        return answered(int(value) if value.isascii() and value.isdigit() else value)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        points = int(question.settings["points"])
        if is_answered(answer):
            value = answer["value"]
            if type(value) is not int or not 1 <= value <= points:
                message = _("Choose a point from 1 to %(points)s.", points=points)
                return [Problem(name, message)]
        elif question.required and answer["state"] == AnswerState.SKIPPED:
            return [Problem(name, _("Choose an answer."))]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        choices = self.choices(question, language)
        if answer["state"] == AnswerState.DONT_KNOW:
            return [choices.get(NO_OPINION, _("No opinion"))]
        if not is_answered(answer):
            return []
        return [choices.get(str(answer["value"]), str(answer["value"]))]

    def columns(self, question: Question, language: str) -> list[Column]:
        return [Column(question.code, question.text(language, language))]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else ""]
