"""What rounds are made of and what came of them: items with their lineage, outcomes, transitions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import UNORDERED, enum_column


class Fate(StrEnum):
    """What became of an item from one round to the next."""

    KEPT = "kept"
    REWORDED = "reworded"
    MERGED = "merged"
    DROPPED = "dropped"
    ADDED = "added"


class RoundItem(SQLModel, table=True):
    """An item that a round asked about. Other words are another item."""

    __tablename__ = "round_item"
    __table_args__ = (UniqueConstraint("round_id", "key", name="uq_round_item_key"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", index=True)
    #: The question, with the option after a full stop where it is one of several.
    key: str = Field(max_length=130)
    position: int
    label: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class ItemStep(SQLModel, table=True):
    """One step of lineage: from an item of a round to an item of the next."""

    __tablename__ = "item_step"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id", name="uq_item_step"),
        CheckConstraint(
            "(fate = 'added') = (from_id IS NULL)", name="only_new_items_come_from_none"
        ),
        CheckConstraint(
            "(fate = 'dropped') = (to_id IS NULL)", name="only_dropped_items_go_nowhere"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    from_id: int | None = Field(
        default=None, foreign_key="round_item.id", ondelete="CASCADE", index=True
    )
    to_id: int | None = Field(
        default=None, foreign_key="round_item.id", ondelete="CASCADE", index=True
    )
    fate: Fate = Field(sa_type=enum_column(Fate, "item_fate"))
    #: Why, or where a new item comes from, in the words of who decided.
    reason: str = Field(default="", max_length=2000)
    decided_by: str = Field(max_length=26)
    decided_at: datetime


class RoundOutcome(SQLModel, table=True):
    """What came of a closed round, worked out once: it never moves, so that no two looks differ."""

    __tablename__ = "round_outcome"
    __table_args__ = (CheckConstraint("n >= 0", name="n_is_a_count"),)

    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", primary_key=True)
    n: int
    #: What respondents of the next round may see; empty where too few answered.
    feedback: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    #: This round against the one before, for the committee; empty for the first.
    comparison: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    frozen_at: datetime


class FeedbackSeen(SQLModel, table=True):
    """That the bearer of a link saw the feedback; beside no answer and no person."""

    __tablename__ = "feedback_seen"
    __table_args__ = (UNORDERED,)

    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", primary_key=True)
    #: H('answer', token), as in the submission.
    answer_hash: str = Field(max_length=64, primary_key=True)
    seen_on: date


class Transition(StrEnum):
    """What happens to a round by the clock, in the order of a day on which all fall together."""

    OPEN = "open"
    INVITE = "invite"
    REMIND = "remind"
    CLOSE = "close"
    FREEZE = "freeze"


class RoundTransition(SQLModel, table=True):
    """One step of a round at its time; done once, whatever is killed in between."""

    __tablename__ = "round_transition"
    __table_args__ = (
        UniqueConstraint("round_id", "transition", "due_at", name="uq_round_transition"),
        CheckConstraint("(done_at IS NULL) = (outcome = '')", name="done_has_its_outcome"),
        Index("ix_round_transition_due", "done_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", index=True)
    transition: Transition = Field(sa_type=enum_column(Transition, "transition"))
    due_at: datetime
    done_at: datetime | None = None
    #: "done", or the code of why it was not.
    outcome: str = Field(default="", max_length=32)
