"""Reads of the API: lists by cursor, and which responses may be handed out yet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round
from core.api import NumberPage, RandomPage, cut
from core.errors import NotFound
from core.i18n import _
from surveys.api_models import (
    AnswerItem,
    InvitationItem,
    InvitationList,
    QuestionnaireItem,
    QuestionnaireList,
    Respondent,
    RoundItem,
    RoundList,
    SubmissionItem,
    SubmissionList,
)
from surveys.invitations import SMALLEST_BATCH
from surveys.models import (
    Invitation,
    Questionnaire,
    RoundQuestionnaire,
    Submission,
    SubmissionState,
    Survey,
)
from surveys.queries import RoundStatus, status_of, text_id

#: So many ids in one query; stores take no endless ones.
_MOST_NAMED = 5_000


def questionnaire_of(
    session: Session, consultation: Consultation, questionnaire_id: int
) -> tuple[Survey, Questionnaire]:
    found = session.exec(
        select(Survey, Questionnaire)
        .join(Questionnaire, col(Questionnaire.survey_id) == col(Survey.id))
        .where(Survey.consultation_id == consultation.id, Questionnaire.id == questionnaire_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such questionnaire in this consultation."))
    return found


def questionnaire_item(survey: Survey, row: Questionnaire) -> QuestionnaireItem:
    return QuestionnaireItem(
        id=row.id or 0,
        survey=survey.public_id,
        version=row.version,
        title=row.document["title"],
        document_hash=row.document_hash,
        is_frozen=row.frozen_at is not None,
        created_at=row.created_at,
    )


def questionnaire_list(
    session: Session, consultation: Consultation, page: NumberPage
) -> QuestionnaireList:
    found = session.exec(
        select(Survey, Questionnaire)
        .join(Questionnaire, col(Questionnaire.survey_id) == col(Survey.id))
        .where(Survey.consultation_id == consultation.id, col(Questionnaire.id) > page.cursor)
        .order_by(col(Questionnaire.id))
        .limit(page.limit + 1)
    )
    items = [questionnaire_item(survey, row) for survey, row in found]
    items, following = cut(items, page.limit, lambda item: item.id)
    return QuestionnaireList(items=items, next=following)


def round_of(
    session: Session, consultation: Consultation, number: int, *, to_change: bool = False
) -> Round:
    wanted = select(Round).where(Round.consultation_id == consultation.id, Round.number == number)
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.exec(wanted).one_or_none()
    if found is None:
        raise NotFound(_("There is no such round."))
    return found


def round_item(session: Session, row: Round, now: datetime) -> RoundItem:
    asked = session.exec(
        select(RoundQuestionnaire.questionnaire_id).where(RoundQuestionnaire.round_id == row.id)
    ).one_or_none()
    return RoundItem(
        number=row.number,
        title=row.title,
        state=row.state,
        status=status_of(row, now),
        identity_mode=row.identity_mode,
        has_open_link=row.has_open_link,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        questionnaire=asked,
    )


def round_list(
    session: Session, consultation: Consultation, page: NumberPage, now: datetime
) -> RoundList:
    found = session.exec(
        select(Round)
        .where(Round.consultation_id == consultation.id, Round.number > page.cursor)
        .order_by(col(Round.number))
        .limit(page.limit + 1)
    )
    items = [round_item(session, row, now) for row in found]
    items, following = cut(items, page.limit, lambda item: item.number)
    return RoundList(items=items, next=following)


def invitation_item(row: Invitation, person: Stakeholder) -> InvitationItem:
    return InvitationItem(
        id=row.id,
        email=person.email,
        name=person.name,
        language=person.language,
        sent_on=row.sent_on,
        has_answered=row.has_answered,
    )


def invitation_list(session: Session, row: Round, page: RandomPage) -> InvitationList:
    found = session.exec(
        select(Invitation, Stakeholder)
        .join(Stakeholder, col(Stakeholder.id) == col(Invitation.stakeholder_id))
        .where(Invitation.round_id == row.id, Invitation.id > page.cursor)
        .order_by(col(Invitation.id))
        .limit(page.limit + 1)
    )
    items = [invitation_item(invitation, person) for invitation, person in found]
    items, following = cut(items, page.limit, lambda item: item.id)
    return InvitationList(items=items, next=following)


def released_until(session: Session, row: Round, today: date) -> date:
    """The last day whose responses are handed out while a round without names still runs.

    Who reads twice and sees one response more knows when it was given, and perhaps by whom. So
    whole days before today are handed out together, each time as many as hold ten responses.
    """
    days = session.exec(
        select(col(Submission.submitted_on), func.count())
        .where(Submission.round_id == row.id, Submission.state == SubmissionState.SUBMITTED)
        .group_by(col(Submission.submitted_on))
        .order_by(col(Submission.submitted_on))
    )
    until, waiting = date.min, 0
    for day, count in days:
        waiting += count
        if day is not None and day < today and waiting >= SMALLEST_BATCH:
            until, waiting = day, 0
    return until


def _handed_out(session: Session, row: Round, now: datetime) -> tuple[Any, int]:
    """The query of the responses that may be read by now, and how many wait for their batch."""
    wanted = select(Submission).where(
        Submission.round_id == row.id, Submission.state == SubmissionState.SUBMITTED
    )
    is_over = status_of(row, now) is RoundStatus.CLOSED
    if is_over or row.identity_mode is IdentityMode.IDENTIFIED:
        return wanted, 0
    until = released_until(session, row, now.date())
    counted = select(func.count()).where(
        Submission.round_id == row.id,
        Submission.state == SubmissionState.SUBMITTED,
        col(Submission.submitted_on) > until,
    )
    return wanted.where(col(Submission.submitted_on) <= until), session.exec(counted).one()


def released_submissions(
    session: Session, row: Round, now: datetime
) -> tuple[Sequence[Submission], int]:
    """All responses that may be read by now, by random ids, and how many wait."""
    wanted, withheld = _handed_out(session, row, now)
    return session.exec(wanted.order_by(col(Submission.id))).all(), withheld


def submission_list(
    session: Session, row: Round, page: RandomPage, now: datetime
) -> SubmissionList:
    wanted, withheld = _handed_out(session, row, now)
    found = session.exec(
        wanted.where(Submission.id > page.cursor).order_by(col(Submission.id)).limit(page.limit + 1)
    ).all()
    rows, following = cut(list(found), page.limit, lambda one: one.id)
    return SubmissionList(items=submission_items(session, rows), next=following, withheld=withheld)


def submission_items(session: Session, rows: Sequence[Submission]) -> list[SubmissionItem]:
    """Responses with their words, and with names where the round asks for names."""
    words = _words(session, rows)
    people = _people(session, rows)
    return [
        SubmissionItem(
            id=row.id,
            answers={code: _answer(answer, words) for code, answer in row.answers.items()},
            respondent=_respondent(row, people),
        )
        for row in rows
    ]


def _words(session: Session, rows: Iterable[Submission]) -> dict[str, str]:
    """Texts by the id of their contribution; a text that was withdrawn is not among them."""
    ids = [found for row in rows for answer in row.answers.values() if (found := text_id(answer))]
    words: dict[str, str] = {}
    for start in range(0, len(ids), _MOST_NAMED):
        texts = session.exec(
            select(Contribution.id, Contribution.text).where(
                col(Contribution.id).in_(ids[start : start + _MOST_NAMED]),
                Contribution.state == ContributionState.RECEIVED,
            )
        )
        words |= dict(texts.all())
    return words


def _answer(answer: Mapping[str, Any], words: Mapping[str, str]) -> AnswerItem:
    text = words.get(text_id(answer) or "")
    if answer.get("is_text"):
        return AnswerItem(state=answer["state"], value=text, text=None)
    return AnswerItem(state=answer["state"], value=answer["value"], text=text)


def _people(session: Session, rows: Iterable[Submission]) -> dict[int, Stakeholder]:
    ids = {row.stakeholder_id for row in rows if row.stakeholder_id is not None}
    known = sorted(ids)
    found: dict[int, Stakeholder] = {}
    for start in range(0, len(known), _MOST_NAMED):
        part = known[start : start + _MOST_NAMED]
        people = session.exec(select(Stakeholder).where(col(Stakeholder.id).in_(part)))
        found |= {person.id or 0: person for person in people}
    return found


def _respondent(row: Submission, people: Mapping[int, Stakeholder]) -> Respondent | None:
    if row.identity_mode is not IdentityMode.IDENTIFIED:
        return None
    person = people[row.stakeholder_id or 0]
    return Respondent(
        email=person.email,
        name=person.name,
        submitted_on=row.submitted_on,
        language=row.language,
        sector=row.sector,
        country=row.country,
        region=row.region,
    )
