"""Whether what was read makes a questionnaire: every fault as a problem with its place."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from core.i18n import _
from surveys.documents import QuestionnaireDocument
from surveys.interchange.notices import Notice
from surveys.logic import ExpressionError, check, parse
from surveys.preflight import expressions, settings_of
from surveys.questions import REGISTRY

MOST = 200


def faults(raw: dict[str, Any]) -> tuple[Notice, ...]:
    """What is wrong with a document; nothing where it can be stored."""
    try:
        document = QuestionnaireDocument.model_validate(raw)
    except ValidationError as error:
        return _said(error, "", ())
    found = [*_settings_faults(document), *_expression_faults(document)]
    return tuple(found[:MOST])


def _settings_faults(document: QuestionnaireDocument) -> list[Notice]:
    found: list[Notice] = []
    for question in document.questions():
        if question.kind not in REGISTRY:
            message = f"There is no question type “{question.kind}”."
            found.append(Notice(question.code, None, "kind", message, question.kind[:50]))
            continue
        try:
            settings_of(question)
        except ValidationError as error:
            found += _said(error, question.code, ("settings",))
    return found


def _said(error: ValidationError, place: str, before: tuple[str, ...]) -> tuple[Notice, ...]:
    """What pydantic says, without what was written there."""
    found = error.errors(include_url=False, include_input=False)[:MOST]
    return tuple(
        Notice(place, None, ".".join(map(str, (*before, *one["loc"]))), _words(one["type"], one))
        for one in found
    )


def _words(kind: str, said: Mapping[str, Any]) -> str:
    if kind == "too_short":
        return _("At least %(number)s are needed here.", number=said["ctx"]["min_length"])
    return str(said["msg"])


def _expression_faults(document: QuestionnaireDocument) -> list[Notice]:
    known = set(document.by_code)
    found = []
    for placed in expressions(document):
        try:
            problems = check(parse(placed.source), known)
        except ExpressionError as error:
            problems = [error]
        found += [
            Notice(placed.place, None, placed.role, problem.message, problem.name)
            for problem in problems
        ]
    return found
