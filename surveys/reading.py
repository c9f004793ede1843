"""A respondent's answers as their writer reads them back."""

from dataclasses import dataclass

from core.i18n import _, text_in
from surveys.documents import Question, Section
from surveys.forms import with_words
from surveys.questions import REGISTRY
from surveys.questions.base import is_answered
from surveys.routing import Route


@dataclass(frozen=True, slots=True)
class SectionLines:
    """A page with its questions, each with the lines of its answer."""

    number: int
    section: Section
    questions: list[tuple[Question, list[str]]]


def answer_lines(route: Route) -> list[SectionLines]:
    """The pages that concern this respondent, with questions and answers."""
    return [
        SectionLines(
            page.number,
            page.section,
            [
                (question, answer_of(route, question))
                for question in page.section.questions
                if not REGISTRY[question.kind].is_silent
            ],
        )
        for page in route.pages()
    ]


def answer_of(route: Route, question: Question) -> list[str]:
    """The lines of one answer; none where there is no answer."""
    situation = route.situation
    answer = situation.answers.get(question.code)
    if not answer:
        return []
    whole = with_words(question.kind, answer, situation.texts.get(question.code))
    return REGISTRY[question.kind].display(question, whole, situation.language)


def set_aside(route: Route) -> list[Question]:
    """Questions that were answered and no longer concern the respondent."""
    hidden = route.hidden()
    return [
        question
        for code, question in route.document.by_code.items()
        if code in hidden and is_answered(route.situation.answers.get(code))
    ]


def plain_copy(route: Route) -> str:
    """What was asked and answered, as text to keep."""
    language, default = route.situation.language, route.document.default_language
    lines = [text_in(route.document.title, language, default), ""]
    for part in answer_lines(route):
        lines += [text_in(part.section.title, language, default), ""]
        for question, answer in part.questions:
            lines.append(text_in(question.label, language, default))
            lines += [f"    {line}" for line in answer or [_("No answer")]]
            lines.append("")
    return "\n".join(lines)
