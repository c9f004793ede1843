"""A consultation, its phases, its rounds and the challenges it asks about."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import enum_column, new_id


class PhaseKind(StrEnum):
    """What a stretch of the process is for; `rules.py` says what each one allows."""

    PREPARATION = "preparation"
    OPEN_CALL = "open_call"
    DIALOGUES = "dialogues"
    RANKING = "ranking"
    DELIBERATION = "deliberation"
    ADOPTION = "adoption"
    FOLLOW_UP = "follow_up"


class RoundState(StrEnum):
    """The life of a round. Opening freezes its questionnaire, closing ends every write."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class IdentityMode(StrEnum):
    """What links an answer to a person; shown to the respondent, fixed at the first response."""

    IDENTIFIED = "identified"
    PSEUDONYMOUS = "pseudonymous"
    ANONYMOUS = "anonymous"


class Consultation(SQLModel, table=True):
    """One edition of a consultation; several editions form a series."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=64, unique=True)
    series: str = Field(default="", max_length=200)
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    languages: list[str] = Field(default_factory=lambda: ["en"], sa_type=JSON)
    #: Whose population the regions are read from: a key of people/classifications.json.
    region_classification: str = Field(default="un_group", max_length=32)
    is_synthetic: bool = False
    is_public: bool = False
    created_at: datetime

    @property
    def default_language(self) -> str:
        return self.languages[0]


class Phase(SQLModel, table=True):
    """A dated stretch of the process, half open: it includes its start and excludes its end."""

    __table_args__ = (
        UniqueConstraint("consultation_id", "position", name="uq_phase_position"),
        CheckConstraint("opens_at < closes_at", name="dates_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    position: int
    kind: PhaseKind = Field(sa_type=enum_column(PhaseKind, "phase_kind"))
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    opens_at: datetime
    closes_at: datetime


class Round(SQLModel, table=True):
    """One pass of asking. What is asked hangs on it from the surveys room."""

    __table_args__ = (
        UniqueConstraint("consultation_id", "number", name="uq_round_number"),
        CheckConstraint("opens_at < closes_at", name="dates_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    number: int
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    state: RoundState = Field(
        default=RoundState.DRAFT,
        sa_type=enum_column(RoundState, "round_state"),
    )
    identity_mode: IdentityMode = Field(
        default=IdentityMode.ANONYMOUS,
        sa_type=enum_column(IdentityMode, "identity_mode"),
    )
    has_open_link: bool = True
    opens_at: datetime
    closes_at: datetime


class Challenge(SQLModel, table=True):
    """A named, rankable challenge; questionnaires refer to it by its code."""

    __table_args__ = (UniqueConstraint("consultation_id", "code", name="uq_challenge_code"),)

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    code: str = Field(max_length=64)
    position: int
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    description: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
