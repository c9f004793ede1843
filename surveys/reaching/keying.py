"""Responses that an organiser types from a paper form, with a link of their own.

The link is a fresh one, never the one a person has: whoever keys a form in must not hold a link
by which somebody else may answer later. In rounds that know their people, the form takes the
place of the person's invitation, whose link then leads nowhere: one person, one response.
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round
from core.errors import Conflict, Invalid
from core.i18n import _
from core.security import keyed_hash, new_token
from surveys.invitations import give_token, make_link
from surveys.models import Invitation, Submission, SubmissionChannel, SubmissionState
from surveys.paper import PAPER_SEED
from surveys.queries import Asked
from surveys.services import record_key, require_open


def start_keyed_in(session: Session, asked: Asked, email: str, language: str, now: datetime) -> str:
    """Begin a response on somebody's behalf; the token of its pages is returned once.

    `email` names the person: needed in identified rounds, possible under pseudonyms, and
    refused in anonymous rounds, where nothing may say who answered.
    """
    require_open(session, asked.round, now)
    person = _person(session, asked, email)
    submission = Submission(
        round_id=asked.round.id or 0,
        questionnaire_id=asked.questionnaire_id,
        answer_hash="",
        identity_mode=asked.round.identity_mode,
        channel=SubmissionChannel.KEYED_IN,
        language=language,
        seed=PAPER_SEED,
    )
    if person is None:
        token = new_token()
    else:
        _refuse_second(session, asked.consultation, asked.round, person)
        token = _take_place_of_invitation(session, asked.round, person)
        if asked.round.identity_mode is IdentityMode.IDENTIFIED:
            submission.stakeholder_id = person.id
        else:
            submission.record_key = record_key(asked.round.consultation_id, person.id or 0)
    submission.answer_hash = keyed_hash("answer", token)
    session.add(submission)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(_("Somebody else is keying in this person's form.")) from error
    return token


def _person(session: Session, asked: Asked, email: str) -> Stakeholder | None:
    wanted = email.strip().lower()
    if asked.round.identity_mode is IdentityMode.ANONYMOUS:
        if wanted:
            raise Invalid(_("This round is anonymous: leave the address out."), field="email")
        return None
    if not wanted:
        if asked.round.identity_mode is IdentityMode.PSEUDONYMOUS:
            return None
        raise Invalid(_("Say whose form it is: this round asks with names."), field="email")
    found = session.exec(
        select(Stakeholder).where(
            Stakeholder.consultation_id == asked.consultation.id, Stakeholder.email == wanted
        )
    ).one_or_none()
    if found is None:
        message = _("No stakeholder has this address. Add the person under “People” first.")
        raise Invalid(message, field="email")
    return found


def _refuse_second(
    session: Session, consultation: Consultation, row: Round, person: Stakeholder
) -> None:
    known = session.exec(
        select(Submission.id).where(
            Submission.round_id == row.id,
            Submission.state != SubmissionState.WITHDRAWN,
            (col(Submission.stakeholder_id) == person.id)
            | (col(Submission.record_key) == record_key(consultation.id or 0, person.id or 0)),
        )
    ).first()
    if known is not None:
        raise Conflict(_("This person has begun or handed in a response already."))


def _take_place_of_invitation(session: Session, row: Round, person: Stakeholder) -> str:
    invitation = session.exec(
        select(Invitation)
        .where(Invitation.round_id == row.id, Invitation.stakeholder_id == person.id)
        .with_for_update()
    ).one_or_none()
    if invitation is None:
        return make_link(session, row, person.id or 0)[1]
    token = give_token(row, invitation)
    # Not sent: neither waves nor reminders write about it any more.
    invitation.sent_on = None
    session.add(invitation)
    session.flush()
    return token
