"""Agreement to a text. What is stored names the text that was shown, by its fingerprint."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from pydantic import Field as Setting
from wtforms import BooleanField, Form
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import Question, Texts
from surveys.questions.base import (
    Answer,
    Measure,
    Plain,
    Problem,
    Settings,
    Shape,
    answered,
    current_text,
    field_name,
    is_answered,
    label_of,
    without,
)


class ConsentSettings(Settings):
    """What an agreement may be told."""

    text: Texts = Setting(default_factory=dict)
    agree_label: Texts = Setting(default_factory=dict)


def text_version(question: Question) -> str:
    """The fingerprint of the consent text in all its languages."""
    texts = question.settings.get("text", {})
    joined = "\x00".join(f"{code}\x00{texts[code]}" for code in sorted(texts))
    return sha256(joined.encode()).hexdigest()[:16]


class Consent(Plain):
    """A box that is never ticked beforehand."""

    kind = "consent"
    name = _l("Agreement")
    settings = ConsentSettings

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        label = label_of(question.settings.get("agree_label", {}), language) or _("I agree")
        return {field_name(question): BooleanField(label, [Optional()])}

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        return {field_name(question): is_answered(answer)}

    def parse(self, question: Question, form: Form) -> Answer:
        if form[field_name(question)].data:
            return {**answered(value=True), "text_version": text_version(question)}
        return without(AnswerState.SKIPPED)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        has_agreed = is_answered(answer) and answer["value"] is True
        if not has_agreed and (question.required is True or is_answered(answer)):
            words = current_text(question.required_message)
            message = _("We may only use your answers if you agree. Tick the box to go on.")
            return [Problem(field_name(question), words or message)]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return []
        return [label_of(question.settings.get("agree_label", {}), language) or _("I agree")]

    def value(self, question: Question, answer: Answer) -> str:
        del question
        return "OK" if is_answered(answer) else ""

    def measures(self, question: Question) -> Sequence[Measure]:
        return (Measure(question.code, question.label, Shape.FLAG),)

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return ["1" if is_answered(answer) else ""]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if cells[0] in {"", "0"}:
            return without(AnswerState.SKIPPED)
        agreed = True if cells[0] == "1" else cells[0]
        return {**answered(agreed), "text_version": text_version(question)}
