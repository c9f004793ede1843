"""An e-mail address or a web address. Both say who somebody is, so neither is ever analysed."""

import re
import unicodedata
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

LONGEST_EMAIL = 254
LONGEST_LOCAL_PART = 64
LONGEST_HOST = 253
LONGEST_URL = 2_000
#: Before the @: what needs no quotes there, in any script.
_LOCAL = re.compile(r"(?!\.)(?!.*\.\.)[^@\s<>()\[\],;:\"\\]+(?<!\.)\Z")
#: Between the points of a host: letters of any script, digits, hyphens.
_LABEL = re.compile(r"(?!-)[^\x00-,./:-@[-^`{-\x7f]{1,63}(?<!-)\Z")
_LAST_LABEL = re.compile(r"xn--|[^\x00-@[-`{-\x7f]{2,}\Z", re.IGNORECASE)
_AS_ON_A_POSTER = re.compile(r"[^\s:/?#@]+\.[^\s:/?#@]+(?:[/?#]|\Z)")
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
#: Controls, halves of characters, private and unknown ones: nothing that anybody types.
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}


class AddressSettings(Settings):
    """There is nothing to tell an address."""


class Email(Plain):
    """One line that brings up the keyboard of addresses."""

    kind = "email"
    name = _l("E-mail address")
    settings = AddressSettings
    longest = LONGEST_EMAIL
    render = {"type": "email", "autocomplete": "email", "dir": "ltr", "spellcheck": "false"}

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
        if len(value) > self.longest:
            message = _("Write an address of at most %(limit)s characters.", limit=self.longest)
            return [Problem(name, message)]
        return [] if _is_plain(value) and self.is_good(value) else [Problem(name, self.mending())]

    def is_good(self, value: str) -> bool:
        local, found, host = value.rpartition("@")
        is_short = len(local.encode()) <= LONGEST_LOCAL_PART
        return bool(found) and is_short and bool(_LOCAL.match(local)) and _is_host(host)

    def mending(self) -> str:
        """What to do about a wrong one."""
        return _("Write an e-mail address such as name@example.org.")

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        del question, language
        return [str(answer["value"])] if is_answered(answer) else []


class Url(Email):
    """The address of a page; only pages of the web, nothing that runs."""

    kind = "url"
    name = _l("Web address")
    longest = LONGEST_URL
    render = {"type": "url", "autocomplete": "url", "dir": "ltr", "spellcheck": "false"}

    def parse(self, question: Question, form: Form) -> Answer:
        """What is typed as it stands on a poster, without https://, is the address all the same."""
        answer = super().parse(question, form)
        if is_answered(answer) and _AS_ON_A_POSTER.match(str(answer["value"])):
            whole = f"https://{answer['value']}"
            return answered(whole) if self.is_good(whole) else answer
        return answer

    def is_good(self, value: str) -> bool:
        try:
            parts = urlsplit(value)
            is_port = parts.port != 0
        except ValueError:
            return False
        is_web = parts.scheme in {"http", "https"} and "@" not in parts.netloc
        is_clean = not any(character in '<>"\\' for character in value)
        return is_web and is_port and is_clean and _is_host(parts.hostname or "")

    def mending(self) -> str:
        return _("Write a web address that begins with https://.")


def _is_plain(value: str) -> bool:
    """Whether there is nothing in it that cannot be seen, or typed."""
    return not any(
        character.isspace() or unicodedata.category(character) in _UNSEEN for character in value
    )


def _is_host(host: str) -> bool:
    """Whether it is the name of a machine in the net, in any script; no number, no lone word."""
    labels = host.split(".")
    is_named = len(host) <= LONGEST_HOST and len(labels) > 1 and bool(_LAST_LABEL.match(labels[-1]))
    return is_named and all(_LABEL.match(label) for label in labels)
