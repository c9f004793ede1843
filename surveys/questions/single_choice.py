"""One option out of several, perhaps with words of one's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, RadioField, SelectField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import OTHER, Question, Texts
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
    is_answered,
    line_of,
    missing,
    option_labels,
    other_label,
    other_measure,
    other_problems,
    state_answer,
    state_value,
    states_offered,
    texts_of,
    unique_codes,
    without,
    words_label,
)

#: More options than this stand in a drop-down list.
MOST_BUTTONS = 12


class SingleChoiceSettings(ClosedSettings):
    """What a single choice may be told."""

    options: tuple[Option, ...] = Setting(min_length=1)
    other: bool = False
    other_label: Texts = Setting(default_factory=dict)
    randomise: bool = False
    #: Whether results are broken down by this question.
    group: bool = False

    _codes = field_validator("options")(unique_codes)


class SingleChoice(Plain):
    """Radio buttons. "No answer" is a button of its own, as a radio cannot be taken back."""

    kind = "single_choice"
    name = _l("One answer")
    settings = SingleChoiceSettings

    def choices(self, question: Question, language: str) -> dict[str, str]:
        """Codes and labels that can be chosen."""
        found = option_labels(question.settings["options"], language)
        if question.settings.get("other"):
            found[OTHER] = other_label(question, language)
        return found

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        choices = self.choices(question, language)
        is_long = len(choices) > MOST_BUTTONS
        choices |= states_offered(question.settings, language)
        if is_long:
            choices = {"": _("Choose, or leave open"), **choices}
        elif question.required is not True:
            choices[""] = _("No answer")
        label = question.text(language, language)
        field = SelectField if is_long else RadioField
        name = field_name(question)
        found = {name: field(label, [Optional()], choices=choices, validate_choice=False)}
        if question.settings.get("other"):
            words = words_label(question, language)
            render = {"dir": "auto", "maxlength": 500}
            found[field_name(question, "-text")] = StringField(words, render_kw=render)
        return found

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        value = answer["value"] if answer and is_answered(answer) else state_value(answer)
        found = {field_name(question): value}
        if question.settings.get("other"):
            found[field_name(question, "-text")] = (answer or {}).get("text", "")
        return found

    def parse(self, question: Question, form: Form) -> Answer:
        value = form[field_name(question)].data
        if not value:
            return without(AnswerState.SKIPPED)
        if value == OTHER and question.settings.get("other"):
            text = (form[field_name(question, "-text")].data or "").strip()
            return {**answered(value), "text": text}
        return state_answer(question.settings, value) or answered(value)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Choose an answer."))
        if answer["value"] not in self.choices(question, "en"):
            return [Problem(name, _("Choose one of the answers in the list."))]
        has_words = answer["value"] == OTHER and question.settings.get("other")
        return other_problems(question, answer, form) if has_words else []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            words = states_offered(question.settings, language).get(state_value(answer) or "")
            return [words] if words else []
        label = self.choices(question, language).get(answer["value"], str(answer["value"]))
        text = answer.get("text")
        return [line_of(label, text) if text else label]

    def measures(self, question: Question) -> Sequence[Measure]:
        options = texts_of(question.settings["options"])
        measure = Measure(question.code, question.label, Shape.CHOICE, options)
        if not question.settings.get("other"):
            return (measure,)
        return other_measure(question, measure)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        if measure.shape is Shape.TEXT:
            state = AnswerState.ANSWERED if "text_id" in answer else AnswerState.SKIPPED
            return without(state)
        return super().reading(question, answer, measure)

    def columns(self, question: Question, language: str) -> list[Column]:
        found = [Column(question.code, question.text(language, language))]
        if question.settings.get("other"):
            found.append(Column(question.code, other_label(question, language), OTHER))
        return found

    def cells(self, question: Question, answer: Answer) -> list[str]:
        found = [str(answer["value"]) if is_answered(answer) else state_value(answer) or ""]
        if question.settings.get("other"):
            found.append(str(answer.get("text", "")))
        return found

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        value = cells[0]
        if not value:
            return without(AnswerState.SKIPPED)
        if value == OTHER and len(cells) > 1:
            return {**answered(value), "text": cells[1]}
        return state_answer(question.settings, value) or answered(value)
