"""Reads about consultations."""

from sqlmodel import Session, col, select

from consultation.process.models import Challenge, Consultation, Phase, Round
from core.errors import NotFound
from core.i18n import _


def by_slug(session: Session, slug: str, *, is_public: bool = False) -> Consultation:
    """The consultation of an address; to the public a draft does not exist."""
    found = session.exec(select(Consultation).where(Consultation.slug == slug)).one_or_none()
    if found is None or (is_public and not found.is_public):
        raise NotFound(_("There is no such page, or it is not open to you."))
    return found


def public_consultations(session: Session) -> list[Consultation]:
    return list(
        session.exec(
            select(Consultation)
            .where(col(Consultation.is_public))
            .order_by(col(Consultation.created_at).desc())
        )
    )


def phases(session: Session, consultation: Consultation) -> list[Phase]:
    return list(
        session.exec(
            select(Phase)
            .where(Phase.consultation_id == consultation.id)
            .order_by(col(Phase.position))
        )
    )


def rounds(session: Session, consultation: Consultation) -> list[Round]:
    return list(
        session.exec(
            select(Round)
            .where(Round.consultation_id == consultation.id)
            .order_by(col(Round.number))
        )
    )


def challenges(session: Session, consultation: Consultation) -> list[Challenge]:
    return list(
        session.exec(
            select(Challenge)
            .where(Challenge.consultation_id == consultation.id)
            .order_by(col(Challenge.position))
        )
    )
