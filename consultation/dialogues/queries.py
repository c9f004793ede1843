"""Reads about dialogues."""

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.dialogues.models import Dialogue, DialogueState, Registration
from consultation.process.models import Consultation
from core.errors import NotFound
from core.i18n import _


def all_of(session: Session, consultation: Consultation) -> list[Dialogue]:
    return list(
        session.exec(
            select(Dialogue)
            .where(Dialogue.consultation_id == consultation.id)
            .order_by(col(Dialogue.starts_at), col(Dialogue.id))
        )
    )


def announced(session: Session, consultation: Consultation) -> list[Dialogue]:
    """What the public may know of: announced and held ones."""
    return [row for row in all_of(session, consultation) if row.state is not DialogueState.DRAFT]


def by_public_id(
    session: Session, consultation: Consultation, public_id: str, *, is_public: bool = False
) -> Dialogue:
    found = session.exec(
        select(Dialogue).where(
            Dialogue.public_id == public_id, Dialogue.consultation_id == consultation.id
        )
    ).one_or_none()
    if found is None or (is_public and found.state is DialogueState.DRAFT):
        raise NotFound(_("There is no such dialogue."))
    return found


def registrations(session: Session, dialogue: Dialogue) -> list[Registration]:
    return list(
        session.exec(
            select(Registration)
            .where(Registration.dialogue_id == dialogue.id)
            .order_by(col(Registration.id))
        )
    )


def registration_count(session: Session, dialogue: Dialogue) -> int:
    return session.exec(
        select(func.count())
        .select_from(Registration)
        .where(Registration.dialogue_id == dialogue.id)
    ).one()


def notes(session: Session, dialogue: Dialogue) -> list[Contribution]:
    """What was said, as contributions."""
    return list(
        session.exec(
            select(Contribution)
            .where(
                Contribution.dialogue_id == dialogue.id,
                Contribution.state == ContributionState.RECEIVED,
            )
            .order_by(Contribution.id)
        )
    )
