"""The form of one page, made anew for each request from its questions."""

from typing import Any

from wtforms import IntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from core.forms import BaseForm
from surveys.documents import Section
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, field_name


def build_form(section: Section, language: str) -> type[BaseForm]:
    """A new class a call: fields of one page must never leak into another."""
    fields: dict[str, Any] = {
        "revision": IntegerField(validators=[Optional()], widget=HiddenInput())
    }
    for question in section.questions:
        fields.update(REGISTRY[question.kind].fields(question, language))
    return type("ResponseForm", (BaseForm,), fields)


def stored_data(
    section: Section, answers: dict[str, Answer], texts: dict[str, str]
) -> dict[str, Any]:
    """What the inputs of a page show for stored answers; texts come from their contributions."""
    data: dict[str, Any] = {}
    for question in section.questions:
        kind = REGISTRY[question.kind]
        answer = answers.get(question.code)
        if kind.is_text and answer:
            answer = {**answer, "value": texts.get(question.code, "")}
        data.update(kind.data(question, answer))
    return data


def parse_page(section: Section, form: BaseForm) -> dict[str, Answer]:
    """The answers typed on a page."""
    return {
        question.code: REGISTRY[question.kind].parse(question, form)
        for question in section.questions
    }


def attach_problems(section: Section, answers: dict[str, Answer], form: BaseForm) -> bool:
    """Put each problem beside its field; whether the page is free of them."""
    clean = True
    for question in section.questions:
        kind = REGISTRY[question.kind]
        for problem in kind.problems(question, answers[question.code], form):
            field: Any = form[problem.field]
            field.errors = [*field.errors, problem.message]
            clean = False
    return clean


def error_places(section: Section, form: BaseForm) -> list[tuple[str, str]]:
    """Field ids with their messages, in the order of the page, for the summary at the top."""
    found: list[tuple[str, str]] = []
    for question in section.questions:
        prefix = field_name(question)
        for name, field in form._fields.items():
            if name == prefix or name.startswith(f"{prefix}-"):
                found += [(field.id, str(message)) for message in field.errors]
    return found
