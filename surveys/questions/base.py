"""What a question type owns: its fields, its answer, its checks and its export columns.

Nothing outside a type's file, its template and the registry knows the type.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from wtforms import Form
from wtforms.fields.core import UnboundField

from analysis.types import AnswerState
from core.i18n import text_in
from surveys.documents import Question

#: {"state": AnswerState, "value": …}: how an answer is stored.
Answer = dict[str, Any]
NO_OPINION = "no_opinion"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer, in words that say how to mend it, and at which field."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    name: str
    label: str


class QuestionType(Protocol):
    """One kind of question."""

    kind: str
    #: Whether the answer is a free text, which lives in its contribution alone.
    is_text: bool

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        """The inputs of the question, by name."""

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        """What the inputs show for a stored answer."""

    def parse(self, question: Question, form: Form) -> Answer:
        """The answer that was typed; what makes no sense is left to `problems`."""

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        """What is wrong with an answer. Pure; an import or API passes no form."""

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        """The answer as its writer reads it back, a line a part."""

    def columns(self, question: Question, language: str) -> list[Column]:
        """The columns of an export."""

    def cells(self, question: Question, answer: Answer) -> list[str]:
        """The cells under `columns`."""


def field_name(question: Question, part: str = "") -> str:
    """The name of an input; codes hold no hyphen, so parts cannot collide."""
    return f"q_{question.code}-{part}" if part else f"q_{question.code}"


def answered(value: Any) -> Answer:
    return {"state": AnswerState.ANSWERED.value, "value": value}


def without(state: AnswerState) -> Answer:
    return {"state": state.value, "value": None}


def is_answered(answer: Answer | None) -> bool:
    return bool(answer) and (answer or {}).get("state") == AnswerState.ANSWERED


def label_of(texts: Mapping[str, str], language: str) -> str:
    return text_in(dict(texts), language)


def option_labels(entries: list[dict[str, Any]], language: str) -> dict[str, str]:
    """Codes with their labels, in the order of the questionnaire."""
    return {entry["code"]: label_of(entry["label"], language) for entry in entries}
