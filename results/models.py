"""Snapshots, runs and their tables; topics people confirmed; misreadings; releases."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from analysis.text.quality import TextKind
from core.db import UNORDERED, enum_column, new_id


class RunState(StrEnum):
    """A live run is replaced by the next one; a published run stays as it is."""

    LIVE = "live"
    PUBLISHED = "published"


class Audience(StrEnum):
    """Who may read a table: public tables went through the disclosure gate."""

    COMMITTEE = "committee"
    PUBLIC = "public"


class Snapshot(SQLModel, table=True):
    """Frozen answers and contribution hashes of a declared scope, as two columnar files."""

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    #: {"rounds": [numbers], "channels": [names]}
    scope: dict[str, Any] = Field(sa_type=JSON)
    fingerprint: str = Field(max_length=64)
    content_hash: str = Field(max_length=64)
    n_submissions: int
    n_contributions: int
    frozen_at: datetime


class AnalysisRun(SQLModel, table=True):
    """One computation over one snapshot; every number on every page names its run."""

    __tablename__ = "analysis_run"
    __table_args__ = (
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_has_its_time"
        ),
        Index("ix_analysis_run_scope", "consultation_id", "scope_key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE")
    snapshot_id: int = Field(foreign_key="snapshot.id", ondelete="RESTRICT", index=True)
    scope_key: str = Field(max_length=64)
    state: RunState = Field(
        default=RunState.LIVE,
        sa_type=enum_column(RunState, "run_state"),
    )
    parameters: dict[str, Any] = Field(sa_type=JSON)
    versions: dict[str, str] = Field(sa_type=JSON)
    seed: int
    seconds: float
    computed_at: datetime
    published_at: datetime | None = None


class RunTable(SQLModel, table=True):
    """One table of a run, as a document; `name` is its place, such as `summary/con_safety`."""

    __tablename__ = "run_table"
    __table_args__ = (UniqueConstraint("run_id", "audience", "name", name="uq_run_table_name"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="analysis_run.id", ondelete="CASCADE", index=True)
    audience: Audience = Field(sa_type=enum_column(Audience, "audience"))
    name: str = Field(max_length=200)
    position: int = 0
    body: dict[str, Any] = Field(sa_type=JSON)


class TopicMember(SQLModel, table=True):
    """Which topic of a run a contribution belongs to; the trail in both directions."""

    __tablename__ = "topic_member"
    __table_args__ = (UNORDERED,)

    run_id: int = Field(foreign_key="analysis_run.id", ondelete="CASCADE", primary_key=True)
    contribution_id: str = Field(
        foreign_key="contribution.id", ondelete="CASCADE", primary_key=True, max_length=26
    )
    topic: int
    confidence: float


class TopicMention(SQLModel, table=True):
    """A further topic that a contribution speaks of, beside the one that it belongs to."""

    __tablename__ = "topic_mention"
    __table_args__ = (UNORDERED,)

    run_id: int = Field(foreign_key="analysis_run.id", ondelete="CASCADE", primary_key=True)
    topic: int = Field(primary_key=True)
    contribution_id: str = Field(
        foreign_key="contribution.id",
        ondelete="CASCADE",
        primary_key=True,
        index=True,
        max_length=26,
    )
    confidence: float


class TopicScope(SQLModel, table=True):
    """The questions whose answers topics are learned from, as people chose them."""

    __tablename__ = "topic_scope"

    consultation_id: int | None = Field(
        default=None, foreign_key="consultation.id", ondelete="CASCADE", primary_key=True
    )
    #: Code of a question -> whether its answers are read; a rule decides for the others.
    questions: dict[str, bool] = Field(default_factory=dict, sa_type=JSON)


class LeftOut(SQLModel, table=True):
    """Why a run found nothing to read in a contribution: counted, shown, and not learned from."""

    __tablename__ = "left_out"
    __table_args__ = (
        CheckConstraint("kind <> 'usable'", name="what_is_read_is_not_left_out"),
        UNORDERED,
    )

    run_id: int = Field(foreign_key="analysis_run.id", ondelete="CASCADE", primary_key=True)
    contribution_id: str = Field(
        foreign_key="contribution.id",
        ondelete="CASCADE",
        primary_key=True,
        index=True,
        max_length=26,
    )
    kind: TextKind = Field(sa_type=enum_column(TextKind, "text_kind"))


class ConfirmedTopic(SQLModel, table=True):
    """A topic to which a person gave a name. No machine label is published without one."""

    __tablename__ = "confirmed_topic"
    __table_args__ = (UniqueConstraint("run_id", "topic", name="uq_confirmed_topic"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    run_id: int = Field(foreign_key="analysis_run.id", ondelete="CASCADE", index=True)
    topic: int
    label: dict[str, str] = Field(sa_type=JSON)
    confirmed_by: str = Field(max_length=26)
    confirmed_at: datetime


class Misreading(SQLModel, table=True):
    """A contributor says that a contribution was misunderstood."""

    __table_args__ = (UNORDERED,)

    id: str = Field(default_factory=new_id, max_length=26, primary_key=True)
    contribution_id: str = Field(
        foreign_key="contribution.id", ondelete="CASCADE", index=True, max_length=26
    )
    message: str = Field(max_length=2000)
    received_on: date
    is_resolved: bool = False


class Release(SQLModel, table=True):
    """A research export of a published run: immutable and hashed."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    run_id: int = Field(foreign_key="analysis_run.id", ondelete="RESTRICT", index=True)
    file_hash: str = Field(max_length=64)
    file_size: int
    #: What was hidden and by how much.
    loss: dict[str, Any] = Field(sa_type=JSON)
    made_by: str = Field(max_length=26)
    made_at: datetime
