"""Reads about people: who holds which role."""

from sqlmodel import Session, col, select

from consultation.people.models import RoleGrant
from consultation.process.models import Consultation
from core.auth.permissions import Role


def roles_of(session: Session, account_id: int, slug: str) -> frozenset[Role]:
    """The roles of an account in the consultation with this slug."""
    return frozenset(
        session.exec(
            select(RoleGrant.role)
            .join(Consultation, col(Consultation.id) == col(RoleGrant.consultation_id))
            .where(RoleGrant.account_id == account_id, Consultation.slug == slug)
        )
    )


def consultations_of(session: Session, account_id: int) -> list[Consultation]:
    """The consultations in which an account holds a role, newest first."""
    return list(
        session.exec(
            select(Consultation)
            .join(RoleGrant, col(RoleGrant.consultation_id) == col(Consultation.id))
            .where(RoleGrant.account_id == account_id)
            .distinct()
            .order_by(col(Consultation.created_at).desc())
        )
    )
