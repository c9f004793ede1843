"""Writes of submissions. Each checks the round inside the transaction that it writes in."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from analysis.types import AnswerState
from consultation.contributions import services as contributions
from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.people.classifications import region_of
from consultation.process.models import IdentityMode, Round
from core.errors import Closed, Conflict, NotFound
from core.i18n import _
from core.security import keyed_hash, new_token
from surveys.documents import Question
from surveys.models import (
    Submission,
    SubmissionChannel,
    SubmissionRevision,
    SubmissionState,
)
from surveys.queries import Asked, Respondent, RoundStatus, find_respondent, status_of
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, is_answered

RECEIPT_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
QUOTE_QUESTION = "may_quote"
QUOTE_REFUSED = "no"


def require_open(session: Session, row: Round, now: datetime) -> None:
    """Refuse a write outside the round; reads the round again, inside this transaction."""
    fresh = session.exec(
        select(Round).where(Round.id == row.id).execution_options(populate_existing=True)
    ).one()
    messages = {
        RoundStatus.CLOSED: _(
            "This round has closed. What you submitted before is kept; nothing more is taken."
        ),
        RoundStatus.PAUSED: _("This round is paused. Your answers are kept; come back later."),
        RoundStatus.NOT_YET: _("This round has not opened yet. Come back when it has."),
    }
    status = status_of(fresh, now)
    if status is not RoundStatus.OPEN:
        raise Closed(messages[status])


def start(session: Session, asked: Asked, language: str, now: datetime) -> str:
    """Open a draft for somebody who came by the open link; the private token is returned once."""
    require_open(session, asked.round, now)
    if not asked.round.has_open_link:
        raise NotFound(_("This round can be answered by personal invitation only."))
    if asked.round.identity_mode is IdentityMode.IDENTIFIED:
        raise NotFound(_("This round can be answered by personal invitation only."))
    token = new_token()
    submission = _draft(asked, token, SubmissionChannel.OPEN_LINK, language)
    session.add(submission)
    session.flush()
    return token


def _draft(asked: Asked, token: str, channel: SubmissionChannel, language: str) -> Submission:
    return Submission(
        round_id=asked.round.id or 0,
        questionnaire_id=asked.questionnaire_id,
        answer_hash=keyed_hash("answer", token),
        identity_mode=asked.round.identity_mode,
        channel=channel,
        language=language,
    )


def _from_invitation(asked: Asked, respondent: Respondent, token: str, language: str) -> Submission:
    submission = _draft(asked, token, SubmissionChannel.INVITATION, language)
    invitation = respondent.invitation
    if invitation is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    if asked.round.identity_mode is IdentityMode.IDENTIFIED:
        submission.stakeholder_id = invitation.stakeholder_id
    elif asked.round.identity_mode is IdentityMode.PSEUDONYMOUS:
        submission.record_key = record_key(asked.round.consultation_id, invitation.stakeholder_id)
    return submission


def record_key(consultation_id: int, stakeholder_id: int) -> str:
    """The pseudonym that links one person's rounds within one consultation."""
    return keyed_hash(f"record:{consultation_id}", str(stakeholder_id))


@dataclass(frozen=True, slots=True)
class Save:
    """One page as it was typed."""

    answers: dict[str, Answer]
    language: str
    #: How often the submission had been saved when the page was shown.
    revision: int | None = None


def save_page(session: Session, token: str, save: Save, now: datetime) -> Submission:
    """Keep the answers of one page; other pages stay as they are.

    A submitted response that is changed keeps its earlier answers as a revision.
    """
    respondent = _respondent(session, token)
    asked = respondent.asked
    require_open(session, asked.round, now)
    submission = respondent.submission
    if submission is None:
        submission = _from_invitation(asked, respondent, token, save.language)
        session.add(submission)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(
                _("You saved this page twice at the same moment. Reload it and go on.")
            ) from error
    if submission.state is SubmissionState.WITHDRAWN:
        raise Closed(_("You withdrew this response. It cannot be changed any more."))
    if submission.state is SubmissionState.SUBMITTED:
        _keep_revision(session, submission)
    kept = _store_texts(session, asked, submission, save, now.date())
    submission.answers = {**submission.answers, **kept}
    submission.language = save.language
    submission.revision += 1
    _derive(asked, submission)
    session.add(submission)
    session.flush()
    return submission


def _respondent(session: Session, token: str) -> Respondent:
    """What the link leads to, locked for this transaction.

    Two pages of one link may arrive at once. SQLite's writers queue anyway; on PostgreSQL the
    second one waits here and then sees what the first one stored.
    """
    session.exec(
        select(Submission)
        .where(Submission.answer_hash == keyed_hash("answer", token))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    respondent = find_respondent(session, token)
    if respondent is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return respondent


def _keep_revision(session: Session, submission: Submission) -> None:
    number = submission.revision
    known = session.get(SubmissionRevision, (submission.id, number))
    if known is None:
        session.add(
            SubmissionRevision(
                submission_id=submission.id, number=number, answers=submission.answers
            )
        )


def _store_texts(
    session: Session, asked: Asked, submission: Submission, save: Save, today: date
) -> dict[str, Answer]:
    """Answers as they are stored: the words go to contributions, their ids stay."""
    kept: dict[str, Answer] = {}
    for code, answer in save.answers.items():
        question = asked.document.question(code)
        if question is None:
            continue
        if not REGISTRY[question.kind].is_text:
            kept[code] = answer
            continue
        kept[code] = _store_text(session, asked, submission, question, answer, save.language, today)
    return kept


def _store_text(
    session: Session,
    asked: Asked,
    submission: Submission,
    question: Question,
    answer: Answer,
    language: str,
    today: date,
) -> Answer:
    known = submission.answers.get(question.code, {})
    stored = session.get(Contribution, known["value"]) if known.get("value") else None
    if not is_answered(answer):
        if stored is not None:
            session.delete(stored)
            session.flush()
        return answer
    text = str(answer["value"])
    if stored is not None:
        if stored.text != contributions.clean_text(text):
            contributions.replace_text(session, stored, text)
            stored.language = language
    else:
        is_draft = submission.state is SubmissionState.DRAFT
        stored = contributions.receive(
            session,
            contributions.Source(
                consultation_id=asked.consultation.id or 0,
                channel=Channel.SURVEY,
                round_id=asked.round.id,
            ),
            contributions.Wording(
                question_code=question.code,
                asked=question.text(language, asked.document.default_language),
                language=language,
            ),
            text=text,
            today=today,
            state=ContributionState.DRAFT if is_draft else ContributionState.RECEIVED,
        )
    return {"state": AnswerState.ANSWERED.value, "value": stored.id, "is_text": True}


def _derive(asked: Asked, submission: Submission) -> None:
    """Sector, country and region stand in columns of their own for analysis."""
    for question in asked.document.questions():
        answer = submission.answers.get(question.code)
        value = answer["value"] if answer and is_answered(answer) else None
        if question.kind == "sector":
            submission.sector = value
        elif question.kind == "country":
            submission.country = value
            submission.region = region_of(value, asked.consultation.region_classification)


def missing_required(asked: Asked, answers: dict[str, Answer]) -> list[tuple[int, Question]]:
    """Required questions without a good answer, with the page they stand on."""
    found = []
    for page, section in enumerate(asked.document.sections, start=1):
        for question in section.questions:
            answer = answers.get(question.code) or {
                "state": AnswerState.SKIPPED.value,
                "value": None,
            }
            kind = REGISTRY[question.kind]
            if (not kind.is_text and kind.problems(question, answer, None)) or (
                kind.is_text and question.required and not is_answered(answer)
            ):
                found.append((page, question))
    return found


def submit(session: Session, token: str, now: datetime) -> Submission:
    """Hand the response in. A second submit finds it handed in and changes nothing."""
    respondent = _respondent(session, token)
    submission = respondent.submission
    if submission is None:
        raise Conflict(_("There is nothing to submit yet. Answer the questions first."))
    if submission.state is SubmissionState.SUBMITTED:
        return submission
    require_open(session, respondent.asked.round, now)
    if submission.state is SubmissionState.WITHDRAWN:
        raise Closed(_("You withdrew this response. It cannot be changed any more."))
    if missing_required(respondent.asked, submission.answers):
        raise Conflict(_("Some questions still need an answer. Look at the list and go back."))
    unseen = {
        question.code: {"state": AnswerState.NOT_REACHED.value, "value": None}
        for question in respondent.asked.document.questions()
        if question.code not in submission.answers
    }
    submission.answers = {**unseen, **submission.answers}
    submission.state = SubmissionState.SUBMITTED
    submission.submitted_on = now.date()
    submission.receipt = "".join(secrets.choice(RECEIPT_LETTERS) for _place in range(10))
    submission.revision += 1
    session.add(submission)
    _settle_texts(session, submission)
    session.flush()
    return submission


def settle_edit(session: Session, submission: Submission) -> None:
    """After an edit of a submitted response its texts follow its region, sector and consent."""
    if submission.state is SubmissionState.SUBMITTED:
        _settle_texts(session, submission)
        session.flush()


def _settle_texts(session: Session, submission: Submission) -> None:
    quotable = _may_quote(submission.answers)
    for answer in submission.answers.values():
        stored = session.get(Contribution, answer["value"]) if answer.get("is_text") else None
        if stored is not None and stored.state is not ContributionState.WITHDRAWN:
            stored.state = ContributionState.RECEIVED
            stored.region = submission.region
            stored.sector = submission.sector
            stored.is_quotable = quotable
            session.add(stored)


def _may_quote(answers: dict[str, Any]) -> bool:
    """Only an explicit yes; no answer is a no."""
    answer = answers.get(QUOTE_QUESTION)
    return bool(answer and is_answered(answer) and answer["value"] != QUOTE_REFUSED)


def withdraw(session: Session, token: str, now: datetime) -> Submission:
    """Take a response back before the round closes: answers and texts are erased."""
    respondent = _respondent(session, token)
    require_open(session, respondent.asked.round, now)
    submission = respondent.submission
    if submission is None:
        raise Conflict(_("There is nothing to withdraw: nothing was saved yet."))
    for answer in submission.answers.values():
        stored = session.get(Contribution, answer["value"]) if answer.get("is_text") else None
        if stored is not None:
            contributions.withdraw(session, stored)
    for revision in session.exec(
        select(SubmissionRevision).where(SubmissionRevision.submission_id == submission.id)
    ):
        session.delete(revision)
    submission.state = SubmissionState.WITHDRAWN
    submission.answers = {}
    submission.region = submission.sector = submission.country = None
    submission.submitted_on = None
    submission.receipt = None
    submission.revision += 1
    session.add(submission)
    session.flush()
    return submission
