"""Writes that only the API makes: one person invited at a time, a document checked by its places."""

from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from consultation.people.models import Stakeholder
from consultation.people.services import Line, add_stakeholders
from consultation.process.models import Consultation, Round, RoundState
from core.api_body import FieldError, Unprocessable, pointer
from core.errors import Closed, Conflict
from core.i18n import _
from surveys.api_models import InvitationNew
from surveys.documents import QuestionnaireDocument
from surveys.invitations import invite
from surveys.models import Invitation
from surveys.preflight import settings_of
from surveys.questions import REGISTRY
from surveys.reaching.models import StakeholderDelivery


def check_settings(document: QuestionnaireDocument) -> None:
    """What each type says of its settings, by its place in the document."""
    wrong: list[FieldError] = []
    for number, section in enumerate(document.sections):
        for place, question in enumerate(section.questions):
            path = ("sections", number, "questions", place)
            if question.kind not in REGISTRY:
                message = _("There is no question type “%(kind)s”.", kind=question.kind)
                wrong.append(FieldError(pointer(*path, "kind"), message))
                continue
            try:
                settings_of(question)
            except ValidationError as error:
                wrong += [
                    FieldError(pointer(*path, "settings", *one["loc"]), one["msg"])
                    for one in error.errors(include_url=False, include_input=False)
                ]
    if wrong:
        raise Unprocessable(wrong)


def stakeholder(
    session: Session, consultation: Consultation, row: Round, wanted: InvitationNew, now: datetime
) -> tuple[Stakeholder, bool]:
    """Who has this address and may be written to; whether the person was unknown before."""
    if row.state is RoundState.CLOSED or now >= row.closes_at:
        raise Closed(_("This round has closed. Nobody can be invited to it any more."))
    language = wanted.language or consultation.default_language
    if language not in consultation.languages:
        codes = ", ".join(consultation.languages)
        message = _("Unknown language. Use one of: %(codes)s.", codes=codes)
        raise Unprocessable([FieldError("/language", message)])
    email = wanted.email.lower()
    line = Line(1, email, wanted.name.strip(), None, None, language)
    try:
        with session.begin_nested():
            added = add_stakeholders(session, consultation, [line], now)
    except IntegrityError as error:
        raise Conflict(_("Somebody else adds this person. Send it again.")) from error
    person = session.exec(
        select(Stakeholder).where(
            Stakeholder.consultation_id == consultation.id, Stakeholder.email == email
        )
    ).one()
    if person.unsubscribed_at is not None:
        raise Conflict(_("This person asked not to be written to."))
    bounced = session.get(StakeholderDelivery, person.id)
    if bounced is not None and bounced.address == person.email:
        raise Conflict(_("Mail to this address came back. Give the person another one first."))
    return person, bool(added)


def invited(
    session: Session, consultation: Consultation, row: Round, person: Stakeholder, now: datetime
) -> tuple[Invitation, bool]:
    """The person's invitation to a round; where there is none yet, one is made and sent."""
    wanted = select(Invitation).where(
        Invitation.round_id == row.id, Invitation.stakeholder_id == person.id
    )
    known = session.exec(wanted).one_or_none()
    if known is not None:
        return known, False
    try:
        with session.begin_nested():
            invite(session, consultation, row, person, now)
    except IntegrityError as error:
        raise Conflict(_("Somebody else invites this person. Send it again.")) from error
    return session.exec(wanted).one(), True
