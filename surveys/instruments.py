"""Questionnaires of a consultation: ready ones, versions, and which round asks which."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, func, select

from consultation.process.models import Consultation, Round, RoundState
from core.errors import Conflict, Invalid, NotFound
from core.i18n import _, text_in
from surveys.documents import QuestionnaireDocument, compiled, document_hash, read_document
from surveys.models import Invitation, Questionnaire, RoundQuestionnaire, Submission, Survey
from surveys.preflight import require_sound, settings_of
from surveys.questions import REGISTRY

LIBRARY = Path(__file__).parent / "library"


@cache
def _library() -> dict[str, dict[str, Any]]:
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(LIBRARY.glob("*.json"))
    }


def library_names(language: str = "en") -> dict[str, str]:
    """The ready questionnaires, by code."""
    return {code: text_in(raw["title"], language) for code, raw in _library().items()}


def ready_document(code: str) -> dict[str, Any]:
    if code not in _library():
        raise Invalid(_("Choose a questionnaire from the list, or a file."))
    return _library()[code]


def check(raw: Any) -> QuestionnaireDocument:
    """A document whose every question has a kind we know."""
    document = read_document(raw)
    for question in document.questions():
        if question.kind not in REGISTRY:
            raise Invalid(
                _(
                    "Question %(code)s has the kind %(kind)s, which does not exist here.",
                    code=question.code,
                    kind=question.kind,
                )
            )
        try:
            settings_of(question)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(part) for part in problem["loc"])
            message = _(
                "Question %(code)s: a setting is missing or wrong (%(problem)s).",
                code=question.code,
                problem=f"{place}: {problem['msg']}",
            )
            raise Invalid(message) from error
    return document


def complete(raw: dict[str, Any]) -> dict[str, Any]:
    """The document with what its settings work out once and for all, such as balanced sets."""
    document = check(raw)
    whole = document.model_dump(mode="json", exclude_unset=True)
    for section in whole["sections"]:
        for stored in section["questions"]:
            question = document.by_code[stored["code"]]
            found = settings_of(question).model_dump(mode="json", exclude_unset=True)
            if "design" in found:
                stored["settings"] = {**stored["settings"], "design": found["design"]}
    return whole


def add(
    session: Session, consultation: Consultation, raw: dict[str, Any], now: datetime
) -> Questionnaire:
    """The next version of the survey of this title; the same document is not added twice."""
    raw = complete(raw)
    document = read_document(raw)
    digest = document_hash(raw)
    known = session.exec(
        select(Questionnaire)
        .join(Survey, col(Survey.id) == col(Questionnaire.survey_id))
        .where(Survey.consultation_id == consultation.id, Questionnaire.document_hash == digest)
    ).first()
    if known is not None:
        return known
    survey, version = _next_version(session, consultation, document, now)
    made = Questionnaire(
        survey_id=survey.id or 0,
        version=version,
        document=raw,
        document_hash=digest,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _next_version(
    session: Session, consultation: Consultation, document: QuestionnaireDocument, now: datetime
) -> tuple[Survey, int]:
    """The survey of this title with the number of its next version, or a new survey."""
    for survey, questionnaire in reversed(versions_of(session, consultation)):
        if survey.title == document.title:
            return survey, questionnaire.version + 1
    survey = Survey(consultation_id=consultation.id or 0, title=document.title, created_at=now)
    session.add(survey)
    session.flush()
    return survey, 1


def assign(session: Session, consultation: Consultation, row: Round, questionnaire_id: int) -> None:
    """Choose what a round asks, as long as nobody has answered it."""
    if row.state is not RoundState.DRAFT:
        raise Conflict(_("This round was opened. What it asks does not change any more."))
    document_by_id(session, consultation, questionnaire_id)
    known = session.get(RoundQuestionnaire, row.id)
    if known is None:
        session.add(RoundQuestionnaire(round_id=row.id or 0, questionnaire_id=questionnaire_id))
    else:
        known.questionnaire_id = questionnaire_id
        session.add(known)
    session.flush()


def freeze(session: Session, row: Round, now: datetime) -> None:
    """Freeze the round's questionnaire; a round without one cannot open."""
    found = session.exec(
        select(Questionnaire)
        .join(
            RoundQuestionnaire,
            col(RoundQuestionnaire.questionnaire_id) == col(Questionnaire.id),
        )
        .where(RoundQuestionnaire.round_id == row.id)
    ).one_or_none()
    if found is None:
        raise Conflict(_("Choose a questionnaire for this round before you open it."))
    if found.frozen_at is None:
        require_sound(compiled(found.document_hash, found.document))
        found.frozen_at = now
        session.add(found)
        session.flush()


def document_by_id(
    session: Session, consultation: Consultation, questionnaire_id: int
) -> QuestionnaireDocument:
    found = session.exec(
        select(Questionnaire)
        .join(Survey, col(Survey.id) == col(Questionnaire.survey_id))
        .where(Survey.consultation_id == consultation.id, Questionnaire.id == questionnaire_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such questionnaire in this consultation."))
    return compiled(found.document_hash, found.document)


def versions_of(session: Session, consultation: Consultation) -> list[tuple[Survey, Questionnaire]]:
    found = session.exec(
        select(Survey, Questionnaire)
        .join(Questionnaire, col(Questionnaire.survey_id) == col(Survey.id))
        .where(Survey.consultation_id == consultation.id)
        .order_by(col(Survey.id), col(Questionnaire.version))
    )
    return [(survey, questionnaire) for survey, questionnaire in found]


def invitation_counts(session: Session, row: Round) -> dict[str, int]:
    """Sent, and known to be answered; the latter comes late, on purpose."""
    sent, answered = session.exec(
        select(
            func.count(),
            func.count().filter(col(Invitation.has_answered)),
        )
        .select_from(Invitation)
        .where(Invitation.round_id == row.id)
    ).one()
    return {"sent": sent, "answered": answered}


def has_submissions(session: Session, row: Round) -> bool:
    return (
        session.exec(select(Submission.id).where(Submission.round_id == row.id).limit(1)).first()
        is not None
    )
