"""The agenda: its items and the evidence that each rests on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from core.db import enum_column, new_id


class ItemState(StrEnum):
    """The life of an agenda item. An adopted item keeps its words and its figures."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    DEFERRED = "deferred"
    REJECTED = "rejected"


class EvidenceKind(StrEnum):
    """What an agenda item rests on."""

    RANKING = "ranking"
    TOPIC = "topic"
    SUMMARY = "summary"
    CONTRIBUTION = "contribution"


class AgendaItem(SQLModel, table=True):
    """A proposed or decided item of the agenda."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint("(state = 'draft') = (decided_at IS NULL)", name="decided_has_its_time"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    position: int
    state: ItemState = Field(
        default=ItemState.DRAFT,
        sa_type=enum_column(ItemState, "item_state"),
    )
    title: dict[str, str] = Field(sa_type=JSON)
    #: Why it stands on the agenda, in the committee's own words.
    rationale: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    #: Why it was adopted, deferred or rejected.
    decision_reason: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    challenge_code: str | None = Field(default=None, max_length=64)
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, max_length=26)


class Evidence(SQLModel, table=True):
    """A link from an agenda item to what it rests on, with the figures frozen beside it."""

    __table_args__ = (
        CheckConstraint(
            "(kind = 'contribution') = (contribution_id IS NOT NULL)",
            name="contribution_evidence_names_it",
        ),
        CheckConstraint(
            "(kind = 'contribution') = (run_id IS NULL)", name="figures_name_their_run"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE", index=True)
    kind: EvidenceKind = Field(sa_type=enum_column(EvidenceKind, "evidence_kind"))
    run_id: int | None = Field(
        default=None, foreign_key="analysis_run.id", ondelete="RESTRICT", index=True
    )
    contribution_id: str | None = Field(
        default=None, foreign_key="contribution.id", ondelete="RESTRICT", index=True
    )
    #: The table of the run and the row within it, such as `ranking/priorities` and `liability`.
    table_name: str | None = Field(default=None, max_length=200)
    row_key: str | None = Field(default=None, max_length=200)
    #: The figures as they stood: they freeze, words do not.
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    added_at: datetime
