"""Waves of invitations and reminders, which mail went to whom, and addresses that bounced."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import UNORDERED, enum_column, new_id


class WaveKind(StrEnum):
    """A first message makes personal links; a reminder goes to those who have one."""

    FIRST = "first"
    REMINDER = "reminder"


class WaveState(StrEnum):
    """The life of a wave. `missed`: its time came while the round took no answers."""

    DRAFT = "draft"
    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    MISSED = "missed"


class InvitationWave(SQLModel, table=True):
    """One message to a part of the stakeholders, in the language of each."""

    __tablename__ = "invitation_wave"
    __table_args__ = (
        UniqueConstraint("round_id", "number", name="uq_invitation_wave_number"),
        CheckConstraint(
            "(state = 'draft') = (scheduled_at IS NULL)", name="only_a_draft_has_no_time"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", index=True)
    number: int
    kind: WaveKind = Field(sa_type=enum_column(WaveKind, "wave_kind"))
    state: WaveState = Field(default=WaveState.DRAFT, sa_type=enum_column(WaveState, "wave_state"))
    #: {"sectors": […], "regions": […], "languages": […]}; an empty list leaves nobody out.
    chosen: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    #: The organiser's words by language; where they are missing, ours stand.
    subject: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    intro: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    #: Who helps somebody that cannot find the link.
    contact: str = Field(default="", max_length=254)
    scheduled_at: datetime | None = None
    finished_at: datetime | None = None
    #: How many mails were queued, and how many people were left out for which reason.
    queued: int = 0
    left_out: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime


class InvitationMail(SQLModel, table=True):
    """That a wave wrote to somebody, once. Nothing here speaks of an answer."""

    __tablename__ = "invitation_mail"
    __table_args__ = (UNORDERED,)

    invitation_id: str = Field(
        foreign_key="invitation.id", ondelete="CASCADE", primary_key=True, max_length=26
    )
    wave_id: int = Field(
        foreign_key="invitation_wave.id", ondelete="CASCADE", primary_key=True, index=True
    )
    queued_at: datetime


class StakeholderDelivery(SQLModel, table=True):
    """An address that mail came back from. It holds as long as the person has that address."""

    __tablename__ = "stakeholder_delivery"

    stakeholder_id: int = Field(foreign_key="stakeholder.id", ondelete="CASCADE", primary_key=True)
    address: str = Field(max_length=254)
    reason: str = Field(default="", max_length=200)
    bounced_at: datetime
