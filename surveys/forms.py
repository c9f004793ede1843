"""The form of one page, made from its questions."""

from collections.abc import Mapping
from typing import Any

from core.forms import BaseForm
from core.i18n import _, current_language
from surveys.documents import Section
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, Problem, current_text, field_name, is_answered
from surveys.routing import Route, is_steady


def build_form(section: Section, language: str) -> type[BaseForm]:
    """A new class a call: fields of one page must never leak into another."""
    fields: dict[str, Any] = {}
    for question in section.questions:
        fields.update(REGISTRY[question.kind].fields(question, language))
    return type("ResponseForm", (BaseForm,), fields)


#: Forms of questions that look the same to everybody, by these and the languages of their words;
#: the questions stand beside so that their numbers in memory are not given to others.
_kept: dict[tuple[tuple[int, ...], str, str], tuple[Section, type[BaseForm]]] = {}
MOST_KEPT = 500


def form_of(route: Route, section: Section, language: str) -> type[BaseForm]:
    """The form of a page of a route; kept where its questions look the same to everybody."""
    if not all(is_steady(route.document, question) for question in section.questions):
        return build_form(section, language)
    key = (tuple(id(question) for question in section.questions), language, current_language())
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[key] = (section, build_form(section, language))
    return found[1]


def with_words(kind: str, answer: Answer, words: str | None) -> Answer:
    """A stored answer with the words that stand in its contribution."""
    if REGISTRY[kind].is_text:
        return {**answer, "value": words or ""} if is_answered(answer) else answer
    return answer if words is None else {**answer, "text": words}


def stored_data(
    section: Section, answers: Mapping[str, Answer], texts: Mapping[str, str]
) -> dict[str, Any]:
    """What the inputs of a page show for stored answers; texts come from their contributions."""
    data: dict[str, Any] = {}
    for question in section.questions:
        kind = REGISTRY[question.kind]
        answer = answers.get(question.code)
        if answer:
            answer = with_words(question.kind, answer, texts.get(question.code))
        data.update(kind.data(question, answer))
    return data


def parse_page(section: Section, form: BaseForm) -> dict[str, Answer]:
    """The answers typed on a page; a question that only speaks has none."""
    return {
        question.code: REGISTRY[question.kind].parse(question, form)
        for question in section.questions
        if not REGISTRY[question.kind].is_silent
    }


def page_problems(
    route: Route, section: Section, answers: Mapping[str, Answer], form: BaseForm
) -> dict[str, list[Problem]]:
    """What is wrong on a page, by question: what its type says, then the author's own rule."""
    found: dict[str, list[Problem]] = {}
    for question in section.questions:
        answer = answers.get(question.code)
        if answer is None:
            continue
        kind = REGISTRY[question.kind]
        problems = kind.problems(question, answer, form)
        if not problems and is_answered(answer):
            value = str(answer["value"]) if kind.is_text else kind.value(question, answer)
            if not route.meets_constraint(question, value):
                words = current_text(question.constraint_message)
                place = next(iter(kind.fields(question, "en")))
                problems = [
                    Problem(place, words or _("This answer does not fit. Look at the question."))
                ]
        if problems:
            found[question.code] = problems
    return found


def attach(problems: Mapping[str, list[Problem]], form: BaseForm) -> None:
    """Put each problem beside its field."""
    for found in problems.values():
        for problem in found:
            field: Any = form[problem.field]
            field.errors = [*field.errors, problem.message]


def left_open(section: Section, answers: Mapping[str, Answer]) -> list[str]:
    """Codes of questions that the author would like to have answered, and that are open."""
    return [
        question.code
        for question in section.questions
        if question.required == "soft"
        and question.code in answers
        and answers[question.code]["state"] == "skipped"
    ]


def error_places(section: Section, form: BaseForm) -> list[tuple[str, str]]:
    """Field ids with their messages, in the order of the page, for the summary at the top."""
    found: list[tuple[str, str]] = []
    for question in section.questions:
        prefix = field_name(question)
        for name, field in form._fields.items():
            if name == prefix or name.startswith(f"{prefix}-"):
                found += [(field.id, str(message)) for message in field.errors]
    return found
