"""An e-mail address or a web address. Both say who somebody is, so neither is ever analysed."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from wtforms import Form, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    Plain,
    Problem,
    Settings,
    answered,
    field_name,
    is_answered,
    missing,
    without,
)

_EMAIL = re.compile(
    r"[^@\s\x00-\x1f<>()\[\],;:\"\\]{1,64}@[^@\s.\-]([^@\s<>()\[\],;:\"\\]*[^@\s.\-])?\Z"
)
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class AddressSettings(Settings):
    """There is nothing to tell an address."""


class Email(Plain):
    """One line that brings up the keyboard of addresses."""

    kind = "email"
    name = _l("E-mail address")
    settings = AddressSettings
    longest = 254
    render = {"type": "email", "autocomplete": "email", "dir": "ltr"}

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        label = question.text(language, language)
        return {field_name(question): StringField(label, [Optional()], render_kw=self.render)}

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        return {field_name(question): answer["value"] if answer and is_answered(answer) else ""}

    def parse(self, question: Question, form: Form) -> Answer:
        typed = _DIRECTIONS.sub("", form[field_name(question)].data or "").strip()
        return answered(typed[: self.longest + 1]) if typed else without(AnswerState.SKIPPED)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Write an answer."))
        value = str(answer["value"])
        if len(value) > self.longest or not self.is_good(value):
            return [Problem(name, self.hint())]
        return []

    def is_good(self, value: str) -> bool:
        return "." in value.rpartition("@")[2] and bool(_EMAIL.match(value))

    def hint(self) -> str:
        return _("Write an e-mail address such as name@example.org.")

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        del question, language
        return [str(answer["value"])] if is_answered(answer) else []


class Url(Email):
    """The address of a page; only pages of the web, nothing that runs."""

    kind = "url"
    name = _l("Web address")
    longest = 2_000
    render = {"type": "url", "autocomplete": "url", "dir": "ltr"}

    def is_good(self, value: str) -> bool:
        try:
            parts = urlsplit(value)
        except ValueError:
            return False
        host = parts.hostname or ""
        is_plain = not any(character.isspace() or character in '<>"\\' for character in value)
        return parts.scheme in {"http", "https"} and "." in host and is_plain

    def hint(self) -> str:
        return _("Write a web address that begins with https://.")
