"""Writes of submissions. Each checks the round inside the transaction that it writes in."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from analysis.types import AnswerState
from consultation.people.classifications import region_of
from consultation.process.models import IdentityMode, Round
from core.db import writers_queue
from core.errors import Closed, Conflict, NotFound
from core.i18n import _
from core.security import keyed_hash, new_token
from surveys import quotas, texts
from surveys.documents import Question
from surveys.models import (
    Submission,
    SubmissionChannel,
    SubmissionRevision,
    SubmissionState,
)
from surveys.queries import (
    Asked,
    Respondent,
    RoundStatus,
    find_respondent,
    fresh_round,
    status_of,
    texts_of,
)
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, is_answered
from surveys.routing import NOTHING, Route, Situation, is_fixed
from surveys.uploads import store as uploads

RECEIPT_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def require_open(session: Session, row: Round, now: datetime) -> None:
    """Refuse a write outside the round; reads the round again, inside this transaction."""
    refuse_unless_open(fresh_round(session, row), now)


def refuse_unless_open(row: Round, now: datetime) -> None:
    """Say why a round takes nothing now; for pages, which write nothing themselves."""
    status = status_of(row, now)
    if status is RoundStatus.OPEN:
        return
    messages = {
        RoundStatus.CLOSED: _(
            "This round has closed. What you submitted before is kept; nothing more is taken."
        ),
        RoundStatus.PAUSED: _("This round is paused. Your answers are kept; come back later."),
        RoundStatus.NOT_YET: _("This round has not opened yet. Come back when it has."),
    }
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
        seed=seed_of(token),
    )


def seed_of(token: str) -> int:
    """The seed of a respondent's random orders, the same before and after the first save."""
    return int(keyed_hash("seed", token)[:8], 16) & 0x7FFFFFFF


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


def save_page(
    session: Session, token: str, save: Save, now: datetime, known: Respondent | None = None
) -> Submission:
    """Keep the answers of one page; other pages stay as they are.

    A submitted response that is changed keeps its earlier answers as a revision. `known` is what
    the link leads to, if this transaction has read it already.
    """
    respondent = _respondent(session, token, known)
    asked = respondent.asked
    _require_open(session, respondent, now)
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
    submission.language = save.language
    kept = texts.store(session, asked, submission, save.answers, now.date())
    submission.answers = {**submission.answers, **kept}
    submission.revision += 1
    _derive(asked, submission)
    session.add(submission)
    session.flush()
    return submission


def _respondent(session: Session, token: str, known: Respondent | None = None) -> Respondent:
    """What the link leads to, held for this transaction."""
    if known is not None and known.is_held(session):
        return known
    respondent = find_respondent(session, token, hold=True)
    if respondent is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return respondent


def _require_open(session: Session, respondent: Respondent, now: datetime) -> None:
    """Refuse a write outside the round.

    On PostgreSQL the round may have closed while this transaction waited for the submission. A
    writer of SQLite waits before it reads anything, so what it read holds.
    """
    if respondent.is_held(session) and writers_queue(session):
        refuse_unless_open(respondent.asked.round, now)
    else:
        require_open(session, respondent.asked.round, now)


def _keep_revision(session: Session, submission: Submission) -> None:
    number = submission.revision
    known = session.get(SubmissionRevision, (submission.id, number))
    if known is None:
        session.add(
            SubmissionRevision(
                submission_id=submission.id, number=number, answers=submission.answers
            )
        )


def _derive(asked: Asked, submission: Submission) -> None:
    """Sector, country and region stand in columns of their own for analysis."""
    for question in asked.document.questions():
        answer = submission.answers.get(question.code)
        value = answer["value"] if answer and is_answered(answer) else None
        attribute = REGISTRY[question.kind].attribute
        if attribute == "sector":
            submission.sector = value
        elif attribute == "region" and value:
            submission.region = value
        elif attribute == "country":
            submission.country = value
            submission.region = region_of(value, asked.consultation.region_classification)


def route_of(
    session: Session, asked: Asked, submission: Submission | None, seed: int, now: datetime
) -> Route:
    """A respondent's way through the questionnaire, from what is stored."""
    language = submission.language if submission else asked.document.default_language
    words = {} if is_fixed(asked.document) else texts_of(session, submission)
    answers = submission.answers if submission else {}
    return Route(asked.document, Situation(answers, words, seed, language, now))


def missing_required(route: Route) -> list[tuple[int, Question]]:
    """Required questions without a good answer, with the page they stand on."""
    found = []
    for page in route.pages():
        for question in page.section.questions:
            answer = route.situation.answers.get(question.code) or dict(NOTHING)
            if _is_missing(question, answer):
                found.append((page.number, question))
    return found


def _is_missing(question: Question, answer: Answer) -> bool:
    kind = REGISTRY[question.kind]
    if kind.is_silent:
        return False
    if kind.is_text:
        return question.required is True and not is_answered(answer)
    if kind.wants_more(question, answer) and question.required is True:
        return True
    return bool(kind.problems(question, answer, None))


def submit(session: Session, token: str, now: datetime) -> Submission:
    """Hand the response in. A second submit finds it handed in and changes nothing."""
    respondent = _respondent(session, token)
    submission = respondent.submission
    if submission is None:
        raise Conflict(_("There is nothing to submit yet. Answer the questions first."))
    if submission.state is SubmissionState.SUBMITTED:
        return submission
    _require_open(session, respondent, now)
    if submission.state is SubmissionState.WITHDRAWN:
        raise Closed(_("You withdrew this response. It cannot be changed any more."))
    route = route_of(session, respondent.asked, submission, submission.seed, now)
    if missing_required(route):
        raise Conflict(_("Some questions still need an answer. Look at the list and go back."))
    submission.state = SubmissionState.SUBMITTED
    submission.submitted_on = now.date()
    submission.receipt = "".join(secrets.choice(RECEIPT_LETTERS) for _place in range(10))
    submission.revision += 1
    _settle(session, respondent.asked, submission, route)
    return submission


def settle_edit(session: Session, asked: Asked, submission: Submission, now: datetime) -> None:
    """After an edit a submitted response is brought in order again: routing, quotas, texts."""
    if submission.state is SubmissionState.SUBMITTED:
        route = route_of(session, asked, submission, submission.seed, now)
        _settle(session, asked, submission, route)


def _settle(session: Session, asked: Asked, submission: Submission, route: Route) -> None:
    """A submitted response says of every question what became of it."""
    hidden = route.hidden()
    for code in hidden:
        stored = texts.find(session, submission.answers.get(code, {}))
        if stored is not None:
            session.delete(stored)
    settled: dict[str, Answer] = {}
    for question in asked.document.questions():
        if question.code in hidden:
            settled[question.code] = {"state": AnswerState.NOT_SHOWN.value, "value": None}
        elif not REGISTRY[question.kind].is_silent:
            unseen = {"state": AnswerState.NOT_REACHED.value, "value": None}
            known = submission.answers.get(question.code, unseen)
            is_new = known["state"] == AnswerState.NOT_SHOWN
            settled[question.code] = unseen if is_new else known
    submission.answers = {**settled, **route.calculated()}
    _derive(asked, submission)
    quotas.settle(session, asked, submission, route)
    session.add(submission)
    texts.settle(session, submission)
    session.flush()


def withdraw(session: Session, token: str, now: datetime) -> Submission:
    """Take a response back before the round closes: answers and texts are erased."""
    respondent = _respondent(session, token)
    _require_open(session, respondent, now)
    submission = respondent.submission
    if submission is None:
        raise Conflict(_("There is nothing to withdraw: nothing was saved yet."))
    texts.withdraw(session, submission)
    quotas.release(session, submission)
    uploads.forget(session, submission.answers, now)
    for revision in session.exec(
        select(SubmissionRevision).where(SubmissionRevision.submission_id == submission.id)
    ):
        uploads.forget(session, revision.answers, now)
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
