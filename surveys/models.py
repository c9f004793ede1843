"""Questionnaires by version, submissions, and invitations kept apart from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from consultation.process.models import IdentityMode
from core.db import UNORDERED, enum_column, new_id


class SubmissionState(StrEnum):
    """A draft is the writer's own; only what was submitted is ever counted."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class SubmissionChannel(StrEnum):
    """How a submission reached us."""

    OPEN_LINK = "open_link"
    INVITATION = "invitation"
    IMPORT = "import"
    #: Typed by an organiser from a paper form.
    KEYED_IN = "keyed_in"
    #: Collected elsewhere and handed in by a program.
    API = "api"


class Survey(SQLModel, table=True):
    """A questionnaire through its versions."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime


class Questionnaire(SQLModel, table=True):
    """One version of what is asked: a document, frozen when its round opens."""

    __table_args__ = (UniqueConstraint("survey_id", "version", name="uq_questionnaire_version"),)

    id: int | None = Field(default=None, primary_key=True)
    survey_id: int = Field(foreign_key="survey.id", ondelete="CASCADE", index=True)
    version: int
    #: See surveys/documents.py for its shape.
    document: dict[str, Any] = Field(sa_type=JSON)
    document_hash: str = Field(max_length=64)
    created_at: datetime
    frozen_at: datetime | None = None


class RoundQuestionnaire(SQLModel, table=True):
    """Which version a round asks."""

    __tablename__ = "round_questionnaire"

    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", primary_key=True)
    questionnaire_id: int = Field(foreign_key="questionnaire.id", ondelete="RESTRICT", index=True)


class Submission(SQLModel, table=True):
    """One response. Nothing in this row says who gave it, but in identified rounds."""

    __table_args__ = (
        UniqueConstraint("round_id", "answer_hash", name="uq_submission_answer_hash"),
        CheckConstraint(
            "(identity_mode = 'identified') = (stakeholder_id IS NOT NULL)",
            name="only_identified_rounds_name_people",
        ),
        CheckConstraint(
            "identity_mode <> 'anonymous' OR record_key IS NULL",
            name="anonymous_has_no_record_key",
        ),
        CheckConstraint(
            "(state = 'submitted') = (submitted_on IS NOT NULL)", name="submitted_has_its_day"
        ),
        Index("ix_submission_round_state", "round_id", "state"),
        UNORDERED,
    )

    id: str = Field(default_factory=new_id, max_length=26, primary_key=True)
    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE")
    questionnaire_id: int = Field(foreign_key="questionnaire.id", ondelete="RESTRICT", index=True)
    #: H('answer', token): the one way back to this row.
    answer_hash: str = Field(max_length=64, index=True)
    identity_mode: IdentityMode = Field(sa_type=enum_column(IdentityMode, "identity_mode"))
    stakeholder_id: int | None = Field(
        default=None, foreign_key="stakeholder.id", ondelete="RESTRICT", index=True
    )
    #: A keyed pseudonym that links the rounds of one person; null in anonymous rounds.
    record_key: str | None = Field(default=None, max_length=64, index=True)
    state: SubmissionState = Field(
        default=SubmissionState.DRAFT,
        sa_type=enum_column(SubmissionState, "submission_state"),
    )
    channel: SubmissionChannel = Field(sa_type=enum_column(SubmissionChannel, "submission_channel"))
    #: code -> {"state": …, "value": …}; replaced whole. A free text's value is its contribution.
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    language: str = Field(max_length=16)
    region: str | None = Field(default=None, max_length=64)
    sector: str | None = Field(default=None, max_length=64)
    country: str | None = Field(default=None, max_length=2)
    #: How often it was saved; an older page that comes late is told so.
    revision: int = 0
    #: From it follow all random orders that this respondent saw.
    seed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    #: Codes of the quotas that count this response.
    quotas: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    receipt: str | None = Field(default=None, max_length=16)
    submitted_on: date | None = None


class QuotaCount(SQLModel, table=True):
    """How many submitted responses a quota holds."""

    __tablename__ = "quota_count"

    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", primary_key=True)
    code: str = Field(max_length=64, primary_key=True)
    taken: int = 0


class SubmissionRevision(SQLModel, table=True):
    """What a submission said before it was changed, kept until the round closes."""

    __tablename__ = "submission_revision"
    __table_args__ = (UNORDERED,)

    submission_id: str = Field(
        foreign_key="submission.id", ondelete="CASCADE", primary_key=True, max_length=26
    )
    number: int = Field(primary_key=True)
    answers: dict[str, Any] = Field(sa_type=JSON)


class Invitation(SQLModel, table=True):
    """A personal link. `has_answered` arrives late and in shuffled batches, on purpose."""

    __table_args__ = (
        UniqueConstraint("round_id", "invite_hash", name="uq_invitation_invite_hash"),
        UniqueConstraint("round_id", "stakeholder_id", name="uq_invitation_stakeholder"),
        UNORDERED,
    )

    id: str = Field(default_factory=new_id, max_length=26, primary_key=True)
    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", index=True)
    stakeholder_id: int = Field(foreign_key="stakeholder.id", ondelete="CASCADE", index=True)
    #: H('invite', token): unrelated to the hash in the submission without the token.
    invite_hash: str = Field(max_length=64, index=True)
    #: 0: the token is random and nobody can make it again; else see surveys/invitations.py.
    token_generation: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    has_answered: bool = False
    sent_on: date | None = None


class PendingMark(SQLModel, table=True):
    """A sealed note that some invitation was answered, waiting for its batch.

    The invitation stands in it encrypted, so that this row, although written together with a
    submission, tells a reader of the database nothing.
    """

    __tablename__ = "pending_mark"
    __table_args__ = (UNORDERED,)

    id: str = Field(default_factory=new_id, max_length=26, primary_key=True)
    round_id: int = Field(foreign_key="round.id", ondelete="CASCADE", index=True)
    sealed: str = Field(max_length=400)
