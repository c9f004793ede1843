"""Who takes part: stakeholders, their organisations, the roles of accounts, the targets."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.auth.permissions import Role
from core.db import enum_column, new_id


class TargetDimension(StrEnum):
    """What a target share speaks of."""

    SECTOR = "sector"
    REGION = "region"


class RoleGrant(SQLModel, table=True):
    """A role of an account in one consultation."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("consultation_id", "account_id", "role", name="uq_role_grant"),
    )

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    role: Role = Field(sa_type=enum_column(Role, "role"))
    granted_at: datetime


class Organisation(SQLModel, table=True):
    """An organisation that stakeholders speak for."""

    __table_args__ = (UniqueConstraint("consultation_id", "name", name="uq_organisation_name"),)

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=200)
    sector: str | None = Field(default=None, max_length=64)
    country: str | None = Field(default=None, max_length=2)


class Stakeholder(SQLModel, table=True):
    """Somebody who is invited. Never beside an answer, but in identified rounds."""

    __table_args__ = (UniqueConstraint("consultation_id", "email", name="uq_stakeholder_email"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    organisation_id: int | None = Field(
        default=None, foreign_key="organisation.id", ondelete="SET NULL", index=True
    )
    email: str = Field(max_length=254)
    name: str = Field(default="", max_length=200)
    sector: str | None = Field(default=None, max_length=64)
    country: str | None = Field(default=None, max_length=2)
    language: str = Field(default="en", max_length=16)
    unsubscribed_at: datetime | None = None
    created_at: datetime


class Target(SQLModel, table=True):
    """The share of participants that should come from a sector or a region."""

    __table_args__ = (
        UniqueConstraint("consultation_id", "dimension", "code", name="uq_target_code"),
        CheckConstraint("share >= 0 AND share <= 1", name="share_is_a_share"),
    )

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    dimension: TargetDimension = Field(sa_type=enum_column(TargetDimension, "target_dimension"))
    code: str = Field(max_length=64)
    share: float
