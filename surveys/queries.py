"""Reads about rounds, questionnaires and submissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution
from consultation.process.models import Consultation, Round, RoundState
from core.security import keyed_hash
from surveys.documents import QuestionnaireDocument, compiled, known_document
from surveys.models import (
    Invitation,
    Questionnaire,
    RoundQuestionnaire,
    Submission,
    SubmissionState,
    Survey,
)


class RoundStatus(StrEnum):
    """Whether a round takes answers now, in words a page can use."""

    OPEN = "open"
    NOT_YET = "not_yet"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A round with what it asks and for which consultation."""

    round: Round
    consultation: Consultation
    questionnaire_id: int
    document: QuestionnaireDocument

    def status(self, now: datetime) -> RoundStatus:
        return status_of(self.round, now)


@dataclass(frozen=True, slots=True)
class Respondent:
    """What a private link leads to: a round, and the submission once there is one."""

    asked: Asked
    submission: Submission | None
    invitation: Invitation | None
    #: The transaction that holds the submission against other writers, if one does.
    held_by: SessionTransaction | None = None

    def is_held(self, session: Session) -> bool:
        """Whether nobody else can have changed the submission since it was read."""
        return self.held_by is not None and self.held_by is session.get_transaction()


def status_of(row: Round, now: datetime) -> RoundStatus:
    """Half-open: the opening instant is inside, the closing instant outside."""
    if row.state is RoundState.CLOSED or now >= row.closes_at:
        return RoundStatus.CLOSED
    if row.state is RoundState.PAUSED:
        return RoundStatus.PAUSED
    if row.state is RoundState.DRAFT or now < row.opens_at:
        return RoundStatus.NOT_YET
    return RoundStatus.OPEN


# Every page of a respondent asks these; built once, their form is looked up and not built again.
_ASKED = (
    select(Round, Consultation, Questionnaire.id, Questionnaire.document_hash)
    .join(Consultation, col(Consultation.id) == col(Round.consultation_id))
    .join(RoundQuestionnaire, col(RoundQuestionnaire.round_id) == col(Round.id))
    .join(Questionnaire, col(Questionnaire.id) == col(RoundQuestionnaire.questionnaire_id))
    .where(Round.id == bindparam("round_id"))
)
_BY_ANSWER_HASH = (
    select(  # type: ignore[call-overload]  # SQLModel's select is typed for four
        Submission, Round, Consultation, Questionnaire.id, Questionnaire.document_hash
    )
    .join(Round, col(Round.id) == col(Submission.round_id))
    .join(Consultation, col(Consultation.id) == col(Round.consultation_id))
    .join(RoundQuestionnaire, col(RoundQuestionnaire.round_id) == col(Round.id))
    .join(Questionnaire, col(Questionnaire.id) == col(RoundQuestionnaire.questionnaire_id))
    .where(Submission.answer_hash == bindparam("answer_hash"))
)
_HELD = _BY_ANSWER_HASH.with_for_update(of=Submission).execution_options(populate_existing=True)
_FRESH_ROUND = (
    select(Round).where(Round.id == bindparam("round_id")).execution_options(populate_existing=True)
)
_CONTRIBUTIONS = select(Contribution).where(
    col(Contribution.id).in_(bindparam("ids", expanding=True))
)


def asked_in(session: Session, round_id: int) -> Asked | None:
    """The round with its questionnaire; the parsed document comes from the process's cache."""
    found = session.exec(_ASKED, params={"round_id": round_id}).one_or_none()
    if found is None:
        return None
    row, consultation, questionnaire_id, document_hash = found
    document = _document(session, questionnaire_id, document_hash)
    return Asked(row, consultation, questionnaire_id or 0, document)


def _document(session: Session, questionnaire_id: int | None, key: str) -> QuestionnaireDocument:
    """The parsed document of a version; only the first request of a process reads the text."""
    known = known_document(key)
    if known is not None:
        return known
    wanted = select(Questionnaire.document).where(Questionnaire.id == questionnaire_id)
    return compiled(key, dict(session.exec(wanted).one()))


def asked_by_public_id(session: Session, public_id: str) -> Asked | None:
    """The round of an open link."""
    round_id = session.exec(select(Round.id).where(Round.public_id == public_id)).one_or_none()
    return asked_in(session, round_id) if round_id else None


def find_respondent(session: Session, token: str, *, hold: bool = False) -> Respondent | None:
    """What a private link leads to. The token is hashed twice and never stored.

    With `hold` the submission stays as it is read until this transaction ends. SQLite's writers
    queue anyway; on PostgreSQL a second one waits here, and then sees what the first one stored.
    """
    statement = _HELD if hold else _BY_ANSWER_HASH
    wanted = {"answer_hash": keyed_hash("answer", token)}
    found = session.exec(statement, params=wanted).one_or_none()
    if found is not None:
        submission, row, consultation, questionnaire_id, document_hash = found
        document = _document(session, questionnaire_id, document_hash)
        asked = Asked(row, consultation, questionnaire_id or 0, document)
        return Respondent(asked, submission, None, session.get_transaction() if hold else None)
    invitation = session.exec(
        select(Invitation).where(Invitation.invite_hash == keyed_hash("invite", token))
    ).one_or_none()
    if invitation is None:
        return None
    invited = asked_in(session, invitation.round_id)
    return Respondent(invited, None, invitation) if invited else None


def fresh_round(session: Session, row: Round) -> Round:
    """A round as it is now, whatever was read before."""
    return session.exec(_FRESH_ROUND, params={"round_id": row.id}).one()


def texts_of(session: Session, submission: Submission | None) -> dict[str, str]:
    """The words of a submission's free texts, by question."""
    words = {found.id: found.text for found in contributions_of(session, submission)}
    codes = text_ids(submission) if submission else {}
    return {code: words[one] for code, one in codes.items() if one in words}


def contributions_of(session: Session, submission: Submission | None) -> list[Contribution]:
    """The contributions that a submission's answers name."""
    if submission is None:
        return []
    ids = text_ids(submission)
    if not ids:
        return []
    found = session.exec(_CONTRIBUTIONS, params={"ids": list(ids.values())})
    return sorted(found, key=lambda contribution: contribution.question_code)


def text_id(answer: Mapping[str, Any]) -> str | None:
    """The contribution that holds an answer's words, if it has any."""
    found = answer.get("value") if answer.get("is_text") else answer.get("text_id")
    return str(found) if found else None


def text_id_of(answer: Any) -> ColumnElement[str]:
    """The same of a column of answers, read by the store; NULL where there are no words."""
    held = case((answer["is_text"].as_boolean(), answer["value"].as_string()))
    return func.nullif(func.coalesce(held, answer["text_id"].as_string()), "")


def text_ids(submission: Submission) -> dict[str, str]:
    """Question code -> contribution id, for answers that have words."""
    found = {code: text_id(answer) for code, answer in submission.answers.items()}
    return {code: one for code, one in found.items() if one}


def surveys_of(session: Session, consultation: Consultation) -> list[Survey]:
    return list(
        session.exec(
            select(Survey).where(Survey.consultation_id == consultation.id).order_by(col(Survey.id))
        )
    )


def submission_counts(session: Session, round_ids: list[int]) -> dict[int, dict[str, int]]:
    """Submissions of each round by state."""
    rows = session.exec(
        select(Submission.round_id, Submission.state, func.count())
        .where(col(Submission.round_id).in_(round_ids))
        .group_by(col(Submission.round_id), col(Submission.state))
    )
    found: dict[int, dict[str, int]] = {
        round_id: {state.value: 0 for state in SubmissionState} for round_id in round_ids
    }
    for round_id, state, count in rows:
        found[round_id][str(state)] = count
    return found
