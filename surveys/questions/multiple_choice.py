"""Any number of options, within limits; some exclude all others."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, SelectMultipleField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l, ngettext, page_language
from surveys.documents import OTHER, Question, Texts
from surveys.questions.base import (
    NO_OPINION,
    REFUSED,
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


class MultipleChoiceSettings(ClosedSettings):
    """What a multiple choice may be told."""

    options: tuple[Option, ...] = Setting(min_length=1)
    min_choices: int | None = Setting(default=None, ge=0)
    max_choices: int | None = Setting(default=None, ge=1)
    #: Codes that cannot be chosen together with any other.
    exclusive: tuple[str, ...] = ()
    other: bool = False
    other_label: Texts = Setting(default_factory=dict)
    randomise: bool = False

    _codes = field_validator("options")(unique_codes)


class MultipleChoice(Plain):
    """Checkboxes. Nothing ticked is no answer; "none of these" is an option of its own."""

    kind = "multiple_choice"
    name = _l("Several answers")
    settings = MultipleChoiceSettings

    def choices(self, question: Question, language: str) -> dict[str, str]:
        found = option_labels(question.settings["options"], language)
        if question.settings.get("other"):
            found[OTHER] = other_label(question, language)
        return found

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        choices = self.choices(question, language) | states_offered(question.settings, language)
        found = {
            field_name(question): SelectMultipleField(
                question.text(language, language),
                [Optional()],
                choices=choices,
                validate_choice=False,
            )
        }
        if question.settings.get("other"):
            render = {"dir": "auto", "maxlength": 500}
            found[field_name(question, "-text")] = StringField(
                words_label(question, language), render_kw=render
            )
        return found

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        state = state_value(answer)
        values = answer["value"] if answer and is_answered(answer) else [state] if state else []
        found = {field_name(question): values}
        if question.settings.get("other"):
            found[field_name(question, "-text")] = (answer or {}).get("text", "")
        return found

    def parse(self, question: Question, form: Form) -> Answer:
        values = list(dict.fromkeys(form[field_name(question)].data or []))
        text = ""
        if OTHER in values and question.settings.get("other"):
            text = (form[field_name(question, "-text")].data or "").strip()
        return self._answer(question, values, text)

    def _answer(self, question: Question, values: list[str], text: str) -> Answer:
        if not values:
            return without(AnswerState.SKIPPED)
        if len(values) == 1:
            instead = state_answer(question.settings, values[0])
            if instead:
                return instead
        return {**answered(values), "text": text} if text or OTHER in values else answered(values)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Choose at least one answer."))
        found = [Problem(name, message) for message in self._faults(question, answer["value"])]
        if not found and OTHER in answer["value"] and question.settings.get("other"):
            return other_problems(question, answer, form)
        return found

    def _faults(self, question: Question, values: list[str]) -> list[str]:
        settings = question.settings
        labels = self.choices(question, page_language())
        labels |= states_offered(settings, page_language())
        if not set(values) <= set(labels):
            return [_("Choose from the answers in the list.")]
        alone = {*settings.get("exclusive", []), NO_OPINION, REFUSED} & set(values)
        if alone and len(values) > 1:
            label = labels[min(alone)]
            return [_("“%(option)s” cannot be chosen together with others.", option=label)]
        most = settings.get("max_choices")
        if most and len(values) > most:
            return [
                ngettext("Choose at most %(num)s answer.", "Choose at most %(num)s answers.", most)
            ]
        fewest = settings.get("min_choices")
        if fewest and len(values) < fewest and not alone:
            return [
                ngettext(
                    "Choose at least %(num)s answer.", "Choose at least %(num)s answers.", fewest
                )
            ]
        return []

    def value(self, question: Question, answer: Answer) -> str:
        del question
        return " ".join(answer["value"]) if is_answered(answer) else ""

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            words = states_offered(question.settings, language).get(state_value(answer) or "")
            return [words] if words else []
        labels = self.choices(question, language)
        text = answer.get("text")
        return [
            line_of(labels.get(code, code), text)
            if code == OTHER and text
            else labels.get(code, code)
            for code in answer["value"]
        ]

    def measures(self, question: Question) -> Sequence[Measure]:
        options = texts_of(question.settings["options"])
        measure = Measure(question.code, question.label, Shape.CHOICES, options)
        if not question.settings.get("other"):
            return (measure,)
        return other_measure(question, measure)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        if measure.shape is Shape.TEXT:
            state = AnswerState.ANSWERED if "text_id" in answer else AnswerState.SKIPPED
            return without(state)
        return super().reading(question, answer, measure)

    def _codes(self, question: Question) -> list[str]:
        return list(self.choices(question, "en"))

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = self.choices(question, language)
        found = [Column(question.code, label, code) for code, label in labels.items()]
        if question.settings.get("other"):
            found.append(Column(question.code, other_label(question, language), f"{OTHER}_text"))
        return found

    def cells(self, question: Question, answer: Answer) -> list[str]:
        codes = self._codes(question)
        if not is_answered(answer):
            found = [state_value(answer) or ""] + [""] * (len(codes) - 1)
        else:
            found = ["1" if code in answer["value"] else "0" for code in codes]
        if question.settings.get("other"):
            found.append(str(answer.get("text", "")))
        return found

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        codes = self._codes(question)
        instead = state_answer(question.settings, cells[0])
        if instead:
            return instead
        chosen = [code for code, cell in zip(codes, cells, strict=False) if cell == "1"]
        strange = [cell for cell in cells[: len(codes)] if cell not in {"0", "1", ""}]
        text = cells[len(codes)] if len(cells) > len(codes) else ""
        return self._answer(question, chosen + strange, text)
