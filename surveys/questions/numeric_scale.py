"""A scale of whole numbers such as 0 to 10, with words at both ends."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import Field as Setting
from pydantic import model_validator
from wtforms import Form, RadioField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import Question, Texts
from surveys.questions.base import (
    NO_OPINION,
    REFUSED,
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
    state_lines,
    state_value,
    states_offered,
    without,
)
from surveys.questions.digits import latin_digits
from surveys.questions.locales import upright

MOST_POINTS = 21
#: What was sent and is no point is kept no longer than this.
LONGEST_SHOWN = 100


class NumericScaleSettings(ClosedSettings):
    """What a numeric scale may be told."""

    low: int = Setting(default=0, ge=-100, le=100)
    high: int = Setting(default=10, ge=-100, le=100)
    low_label: Texts = Setting(default_factory=dict)
    high_label: Texts = Setting(default_factory=dict)

    @model_validator(mode="after")
    def _ends_are_in_order(self) -> Self:
        if not self.low < self.high < self.low + MOST_POINTS:
            message = f"the scale needs 2 to {MOST_POINTS} points, the lowest first"
            raise ValueError(message)
        return self


class NumericScale(Plain):
    """Radio buttons in one line that wraps; it runs with the script's direction."""

    kind = "numeric_scale"
    name = _l("Scale of numbers")
    settings = NumericScaleSettings

    def ends(self, question: Question) -> tuple[int, int]:
        return int(question.settings.get("low", 0)), int(question.settings.get("high", 10))

    def end_labels(self, question: Question, language: str) -> tuple[str, str]:
        """The words at both ends."""
        names = ("low_label", "high_label")
        low, high = (label_of(question.settings.get(name, {}), language) for name in names)
        return low, high

    def is_point(self, choice: str) -> bool:
        """Whether a choice stands in the line of points, not below it."""
        return choice not in {"", NO_OPINION, REFUSED}

    def choices(self, question: Question, language: str) -> dict[str, str]:
        low, high = self.ends(question)
        found = {str(point): str(point) for point in range(low, high + 1)}
        return found | states_offered(question.settings, language)

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        choices = self.choices(question, language)
        if question.required is not True:
            choices[""] = _("No answer")
        label = question.text(language, language)
        field = RadioField(label, [Optional()], choices=choices, validate_choice=False)
        return {field_name(question): field}

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        if answer and is_answered(answer):
            return {field_name(question): str(answer["value"])}
        return {field_name(question): state_value(answer)}

    def parse(self, question: Question, form: Form) -> Answer:
        return self.from_cells(question, [form[field_name(question)].data or ""])

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        value = latin_digits(cells[0].strip()[:LONGEST_SHOWN])
        if not value:
            return without(AnswerState.SKIPPED)
        is_point = value.isascii() and value.removeprefix("-").isdigit() and len(value) < 5
        instead = state_answer(question.settings, value)
        return instead or answered(int(value) if is_point else value)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Choose an answer."))
        low, high = self.ends(question)
        if type(answer["value"]) is not int or not low <= answer["value"] <= high:
            message = _("Choose a number from %(low)s to %(high)s.", low=low, high=high)
            return [Problem(name, message)]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        ends = zip(self.ends(question), self.end_labels(question, language), strict=True)
        words = dict(ends).get(answer["value"])
        shown = upright(str(answer["value"]), language)
        return [f"{shown} – {words}" if words else shown]

    def measures(self, question: Question) -> Sequence[Measure]:
        low, high = self.ends(question)
        options: dict[str, Mapping[str, str]] = {
            str(point): {"en": str(point)} for point in range(low, high + 1)
        }
        for point, end in ((low, "low_label"), (high, "high_label")):
            if question.settings.get(end):
                texts = question.settings[end].items()
                options[str(point)] = {code: f"{point} – {text}" for code, text in texts}
        label = question.label
        return (Measure(question.code, label, Shape.SCALE, options, low=low, high=high),)

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else state_value(answer) or ""]
