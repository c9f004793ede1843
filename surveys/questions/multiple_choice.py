"""Any number of options, within limits; some exclude all others."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form, SelectMultipleField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, ngettext
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    Column,
    Problem,
    answered,
    field_name,
    is_answered,
    option_labels,
    without,
)


class MultipleChoice:
    """Checkboxes. Nothing ticked is no answer; "none of these" is an option of its own."""

    kind = "multiple_choice"
    is_text = False

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        choices = option_labels(question.settings["options"], language)
        return {
            field_name(question): SelectMultipleField(
                question.text(language, language),
                [Optional()],
                choices=choices,
                validate_choice=False,
            )
        }

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        return {field_name(question): answer["value"] if answer and is_answered(answer) else []}

    def parse(self, question: Question, form: Form) -> Answer:
        values = list(dict.fromkeys(form[field_name(question)].data or []))
        return answered(values) if values else without(AnswerState.SKIPPED)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            if question.required and answer["state"] == AnswerState.SKIPPED:
                return [Problem(name, _("Choose at least one answer."))]
            return []
        return [Problem(name, message) for message in self._faults(question, answer["value"])]

    def _faults(self, question: Question, values: list[str]) -> list[str]:
        settings = question.settings
        offered = {entry["code"] for entry in settings["options"]}
        if not set(values) <= offered:
            return [_("Choose from the answers in the list.")]
        alone = set(settings.get("exclusive", [])) & set(values)
        if alone and len(values) > 1:
            label = option_labels(settings["options"], "en")[min(alone)]
            return [_("“%(option)s” cannot be chosen together with others.", option=label)]
        most = settings.get("max_choices")
        if most and len(values) > most:
            return [
                ngettext("Choose at most %(num)s answer.", "Choose at most %(num)s answers.", most)
            ]
        fewest = settings.get("min_choices")
        if fewest and len(values) < fewest:
            return [
                ngettext(
                    "Choose at least %(num)s answer.", "Choose at least %(num)s answers.", fewest
                )
            ]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return []
        labels = option_labels(question.settings["options"], language)
        return [labels.get(code, code) for code in answer["value"]]

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = option_labels(question.settings["options"], language)
        return [Column(f"{question.code}__{code}", label) for code, label in labels.items()]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        codes = [entry["code"] for entry in question.settings["options"]]
        if not is_answered(answer):
            return [""] * len(codes)
        return ["1" if code in answer["value"] else "0" for code in codes]
