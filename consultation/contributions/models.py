"""Every free text, from any channel, in one table. Text analysis reads this table alone."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import UNORDERED, enum_column, new_id


class Channel(StrEnum):
    """How a contribution reached us."""

    SURVEY = "survey"
    DIALOGUE = "dialogue"
    IMPORT = "import"
    #: What somebody said about a published draft of the agenda.
    COMMENT = "comment"


class ContributionState(StrEnum):
    """A draft belongs to its writer alone; a withdrawn text is erased and keeps its place."""

    DRAFT = "draft"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


class Contribution(SQLModel, table=True):
    """One free text, with what was asked, in which language, from which region and sector."""

    __table_args__ = (
        CheckConstraint(
            "(channel = 'dialogue') = (dialogue_id IS NOT NULL)", name="dialogue_has_its_dialogue"
        ),
        CheckConstraint(
            "channel IN ('dialogue', 'comment') OR round_id IS NOT NULL",
            name="survey_text_has_its_round",
        ),
        CheckConstraint("state <> 'withdrawn' OR text = ''", name="withdrawn_text_is_erased"),
        Index("ix_contribution_scope", "consultation_id", "state", "round_id"),
        UNORDERED,
    )

    id: str = Field(default_factory=new_id, max_length=26, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE")
    channel: Channel = Field(sa_type=enum_column(Channel, "channel"))
    state: ContributionState = Field(sa_type=enum_column(ContributionState, "contribution_state"))
    round_id: int | None = Field(
        default=None, foreign_key="round.id", ondelete="CASCADE", index=True
    )
    dialogue_id: int | None = Field(
        default=None, foreign_key="dialogue.id", ondelete="CASCADE", index=True
    )
    #: The code of the question, or of the point of a dialogue's agenda.
    question_code: str = Field(max_length=64)
    asked: str = Field(default="", max_length=2000)
    text: str
    text_hash: str = Field(max_length=64)
    #: The language that the words are in: the declared one, until a run reads another.
    language: str = Field(default="und", max_length=16)
    #: The language that its author chose; evidence, since people answer in another one too.
    declared_language: str = Field(max_length=16)
    region: str | None = Field(default=None, max_length=64)
    sector: str | None = Field(default=None, max_length=64)
    #: Whether its author allowed it to be quoted word for word.
    is_quotable: bool = False
    received_on: date


class Translation(SQLModel, table=True):
    """A translation that a reader asked for; a person writes it, and it goes with its text."""

    __table_args__ = (
        UniqueConstraint("contribution_id", "language", name="uq_translation_language"),
        CheckConstraint("(text = '') = (translated_at IS NULL)", name="a_translation_has_words"),
        UNORDERED,
    )

    id: str = Field(default_factory=new_id, max_length=26, primary_key=True)
    contribution_id: str = Field(foreign_key="contribution.id", ondelete="CASCADE", max_length=26)
    language: str = Field(max_length=16)
    text: str = ""
    requested_by: str = Field(max_length=26)
    requested_at: datetime
    translated_by: str | None = Field(default=None, max_length=26)
    translated_at: datetime | None = None
