"""Trying a questionnaire out: a respondent's way through it, with answers that nobody keeps.

The answers so far travel with the page, sealed, so that a trial writes nothing anywhere.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.forms import BaseForm
from core.security import keyed_hash
from surveys.documents import Question, QuestionnaireDocument, Section
from surveys.forms import build_form, left_open, page_problems, parse_page, stored_data
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, Problem, is_answered
from surveys.routing import OPTION_LISTS, Route, Situation

PURPOSE = "trial"
SEED = 1


def sealed(answers: Mapping[str, Answer]) -> str:
    """Answers as the page carries them."""
    text = json.dumps(answers, ensure_ascii=False, separators=(",", ":"))
    return f"{keyed_hash(PURPOSE, text)}{text}"


def opened(carried: str, document: QuestionnaireDocument) -> dict[str, Answer]:
    """The answers of a page; nothing where it was tampered with or never made here."""
    seal, text = carried[:64], carried[64:]
    if not hmac.compare_digest(seal, keyed_hash(PURPOSE, text)):
        return {}
    answers: dict[str, Answer] = json.loads(text)
    return {code: answer for code, answer in answers.items() if code in document.by_code}


def route_with(
    document: QuestionnaireDocument, answers: Mapping[str, Answer], language: str, now: datetime
) -> Route:
    """The way of somebody who gave these answers."""
    texts = {
        code: str(answer["value"])
        for code, answer in answers.items()
        if is_answered(answer) and REGISTRY[document.by_code[code].kind].is_text
    }
    return Route(document, Situation(answers, texts, SEED, language, now))


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a page that was filled in."""

    answers: dict[str, Answer]
    section: Section
    form: BaseForm
    problems: Mapping[str, list[Problem]]
    is_open: bool
    asks_more: bool


def step(route: Route, number: int, posted: Any) -> Step:
    """Read a page of the trial; an answer on it may change what the page itself asks."""
    situation = route.situation
    section = route.page(number).section
    typed = parse_page(section, build_form(section, situation.language)(formdata=posted))
    after = route_with(
        route.document, {**situation.answers, **typed}, situation.language, situation.now
    )
    shown = after.page(number).section
    form = build_form(shown, situation.language)(formdata=posted)
    answers = parse_page(shown, form)
    known = {question.code for question in section.questions}
    asks_more = any(
        question.code not in known
        or (
            question.code in answers
            and REGISTRY[question.kind].wants_more(question, answers[question.code])
        )
        for question in shown.questions
    )
    return Step(
        answers={**situation.answers, **answers},
        section=shown,
        form=form,
        problems=page_problems(after, shown, answers, form),
        is_open=bool(left_open(shown, answers)),
        asks_more=asks_more,
    )


def page_form(route: Route, section: Section) -> BaseForm:
    """The form of a page with the answers so far."""
    situation = route.situation
    data = stored_data(section, situation.answers, situation.texts)
    form: BaseForm = build_form(section, situation.language)(formdata=None, data=data)
    return form


def sample(document: QuestionnaireDocument, question: Question, language: str) -> Question:
    """One question as a respondent gets it, with all of its options, in their written order."""
    settings = {name: value for name, value in question.settings.items() if name != "randomise"}
    for name in OPTION_LISTS:
        if name in settings:
            settings[name] = [{**entry, "relevant": ""} for entry in settings[name]]
    whole = question.model_copy(update={"settings": settings})
    route = route_with(document, {}, language, datetime.min.replace(tzinfo=UTC))
    return route.present(whole)
