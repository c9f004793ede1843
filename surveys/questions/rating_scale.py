"""A scale of points, with "no opinion" apart from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from wtforms import Form, RadioField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from core.numbers import whole_number
from surveys.documents import Question, Texts
from surveys.questions.base import (
    Answer,
    ClosedSettings,
    Measure,
    Plain,
    Problem,
    Shape,
    answered,
    field_name,
    is_answered,
    label_of,
    missing,
    state_answer,
    state_value,
    states_offered,
    without,
)


class RatingScaleSettings(ClosedSettings):
    """What a rating scale may be told."""

    points: int = Setting(default=5, ge=2, le=11)
    low_label: Texts = Setting(default_factory=dict)
    high_label: Texts = Setting(default_factory=dict)


class RatingScale(Plain):
    """Radio buttons 1 to n with words at both ends; they run with the script's direction."""

    kind = "rating_scale"
    name = _l("Rating scale")
    settings = RatingScaleSettings

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
        return found | states_offered(settings, language)

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        choices = self.choices(question, language)
        if question.required is not True:
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
        if answer and is_answered(answer):
            return {name: str(answer["value"])}
        return {name: state_value(answer)}

    def parse(self, question: Question, form: Form) -> Answer:
        return self.from_cells(question, [form[field_name(question)].data or ""])

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        value = cells[0]
        if not value:
            return without(AnswerState.SKIPPED)
        instead = state_answer(question.settings, value)
        number = whole_number(value)
        return instead or answered(value if number is None else number)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Choose an answer."))
        points = int(question.settings["points"])
        value = answer["value"]
        if type(value) is not int or not 1 <= value <= points:
            return [Problem(name, _("Choose a point from 1 to %(points)s.", points=points))]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        choices = self.choices(question, language)
        if is_answered(answer):
            return [choices.get(str(answer["value"]), str(answer["value"]))]
        words = choices.get(state_value(answer) or "")
        return [words] if words else []

    def measures(self, question: Question) -> Sequence[Measure]:
        settings = question.settings
        points = int(settings["points"])
        options: dict[str, Mapping[str, str]] = {
            str(point): {"en": str(point)} for point in range(1, points + 1)
        }
        for point, end in ((1, "low_label"), (points, "high_label")):
            if settings.get(end):
                texts = settings[end].items()
                options[str(point)] = {code: f"{point} – {text}" for code, text in texts}
        return (Measure(question.code, question.label, Shape.SCALE, options, low=1, high=points),)

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else state_value(answer) or ""]
