"""What rounds are made of and what came of them: items with their lineage, outcomes, transitions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import UNORDERED, enum_column, new_id


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


class SourceKind(StrEnum):
    """What a new item came from: one text, or texts that people put together under a name."""

    CONTRIBUTION = "contribution"
    TOPIC = "topic"
    THEME = "theme"


class ItemSource(SQLModel, table=True):
    """A link from a new item of a round to what it came from.

    A text may be taken back later: the link stays and says so, with no words of the text in it.
    """

    __tablename__ = "item_source"
    __table_args__ = (
        CheckConstraint("(kind = 'contribution') = (run_id IS NULL)", name="groups_name_their_run"),
        CheckConstraint("(run_id IS NULL) = (row_key IS NULL)", name="runs_name_their_row"),
        CheckConstraint(
            "kind = 'contribution' OR contribution_id IS NULL", name="groups_are_no_single_text"
        ),
        CheckConstraint(
            "(passage_start IS NULL) = (passage_end IS NULL)"
            " AND (passage_start IS NULL) = (text_hash IS NULL)"
            " AND (passage_start IS NULL OR passage_start >= 0 AND passage_end > passage_start"
            " AND kind = 'contribution')",
            name="passage_is_of_a_text",
        ),
        UniqueConstraint("item_id", "contribution_id", name="uq_item_source_contribution"),
        UniqueConstraint("item_id", "run_id", "kind", "row_key", name="uq_item_source_group"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    item_id: int = Field(foreign_key="round_item.id", ondelete="CASCADE", index=True)
    kind: SourceKind = Field(sa_type=enum_column(SourceKind, "source_kind"))
    #: None also where the text was removed altogether.
    contribution_id: str | None = Field(
        default=None, foreign_key="contribution.id", ondelete="SET NULL", index=True, max_length=26
    )
    #: The words that count, by their place in the text as it then was.
    passage_start: int | None = None
    passage_end: int | None = None
    text_hash: str | None = Field(default=None, max_length=64)
    run_id: int | None = Field(
        default=None, foreign_key="analysis_run.id", ondelete="RESTRICT", index=True
    )
    row_key: str | None = Field(default=None, max_length=200)
    #: What people called the topic or the theme when the item was made.
    label: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


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
