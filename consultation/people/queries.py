"""Reads about people: who holds which role."""

from sqlalchemy import BigInteger, cast
from sqlmodel import Session, col, func, select

from consultation.people.models import RoleGrant, Stakeholder, Target, TargetDimension
from consultation.process.models import Consultation
from core.auth.models import Account
from core.auth.permissions import Role


def roles_of(session: Session, account_id: int, slug: str) -> frozenset[Role]:
    """The roles of an account in the consultation with this slug."""
    found = session.exec(
        select(RoleGrant)
        .join(Consultation, col(Consultation.id) == col(RoleGrant.consultation_id))
        .where(RoleGrant.account_id == account_id, Consultation.slug == slug)
    )
    return frozenset(row.role for row in found)


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


def grants(session: Session, consultation: Consultation) -> list[tuple[RoleGrant, Account]]:
    """The roles held in a consultation, with their holders."""
    found = session.exec(
        select(RoleGrant, Account)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(RoleGrant.consultation_id == consultation.id)
        .order_by(col(RoleGrant.role), col(Account.name), col(RoleGrant.id))
    )
    return [(row, account) for row, account in found]


def stakeholder_count(session: Session, consultation: Consultation) -> int:
    return session.exec(
        select(func.count())
        .select_from(Stakeholder)
        .where(Stakeholder.consultation_id == consultation.id)
    ).one()


def targets(session: Session, consultation: Consultation) -> dict[str, dict[str, float]]:
    """The declared shares, by dimension and code."""
    found: dict[str, dict[str, float]] = {dimension.value: {} for dimension in TargetDimension}
    for row in session.exec(
        select(Target).where(Target.consultation_id == consultation.id).order_by(col(Target.id))
    ):
        found[row.dimension.value][row.code] = row.share
    return found


def organisation_members(session: Session, consultation_id: int) -> dict[int, int]:
    """The organisation of each stakeholder who speaks for one, by ids."""
    found = session.exec(
        select(Stakeholder.id, Stakeholder.organisation_id).where(
            Stakeholder.consultation_id == consultation_id,
            col(Stakeholder.organisation_id).is_not(None),
        )
    )
    return {person: own for person, own in found if person is not None and own is not None}


def organisation_mark(session: Session, consultation_id: int) -> tuple[int, int]:
    """What changes whenever somebody comes to, leaves or changes an organisation."""
    both = cast(col(Stakeholder.id), BigInteger) * col(Stakeholder.organisation_id)
    count, total = session.exec(
        select(func.count(col(Stakeholder.organisation_id)), func.sum(both)).where(
            Stakeholder.consultation_id == consultation_id
        )
    ).one()
    return count, int(total or 0)
