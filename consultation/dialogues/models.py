"""Regional dialogues: announced, registered for, and written up."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import enum_column, new_id


class DialogueFormat(StrEnum):
    """Where people meet."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class DialogueState(StrEnum):
    """A dialogue is prepared, announced to the public, held and written up."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    HELD = "held"


class Dialogue(SQLModel, table=True):
    """One meeting of stakeholders of a region."""

    __table_args__ = (CheckConstraint("starts_at < ends_at", name="dates_in_order"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    description: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    region: str | None = Field(default=None, max_length=64)
    format: DialogueFormat = Field(sa_type=enum_column(DialogueFormat, "dialogue_format"))
    state: DialogueState = Field(
        default=DialogueState.DRAFT,
        sa_type=enum_column(DialogueState, "dialogue_state"),
    )
    place: str = Field(default="", max_length=200)
    online_link: str = Field(default="", max_length=500)
    time_zone: str = Field(default="UTC", max_length=64)
    starts_at: datetime
    ends_at: datetime
    capacity: int | None = None


class Registration(SQLModel, table=True):
    """Somebody who wishes to attend a dialogue."""

    __table_args__ = (UniqueConstraint("dialogue_id", "email", name="uq_registration_email"),)

    id: int | None = Field(default=None, primary_key=True)
    dialogue_id: int = Field(foreign_key="dialogue.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=200)
    email: str = Field(max_length=254)
    sector: str | None = Field(default=None, max_length=64)
    country: str | None = Field(default=None, max_length=2)
    attends_online: bool = False
    needs: str = Field(default="", max_length=1000)
    language: str = Field(default="en", max_length=16)
    registered_at: datetime
