"""Published versions of the agenda, and what the public says about a draft."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.db import UNORDERED, enum_column, new_id
from core.guards import guard


class VersionKind(StrEnum):
    """A draft is open to change; the adopted version ends the work on the agenda."""

    DRAFT = "draft"
    ADOPTED = "adopted"


class AgendaVersion(SQLModel, table=True):
    """The agenda as it was published: a document that never changes, and its hash."""

    __tablename__ = "agenda_version"
    __table_args__ = (
        UniqueConstraint("consultation_id", "number", name="uq_agenda_version_number"),
        CheckConstraint("kind = 'draft' OR comments_close_at IS NULL", name="adopted_is_closed"),
        CheckConstraint("comments_close_at > published_at", name="window_in_order"),
        Index(
            "uq_agenda_version_adopted",
            "consultation_id",
            unique=True,
            sqlite_where=text("kind = 'adopted'"),
            postgresql_where=text("kind = 'adopted'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    number: int
    kind: VersionKind = Field(sa_type=enum_column(VersionKind, "version_kind"))
    #: What is new in it, in the committee's words.
    note: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    body: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str = Field(max_length=64)
    comments_close_at: datetime | None = None
    published_at: datetime
    published_by: str = Field(max_length=26)


class CommentState(StrEnum):
    """A comment waits for a person, who accepts it or refuses it with a reason."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Refusal(StrEnum):
    """The reasons of the published policy of moderation; there are no others."""

    PERSONAL_DATA = "personal_data"
    INSULT = "insult"
    ADVERTISING = "advertising"
    OFF_TOPIC = "off_topic"
    REPEATED = "repeated"


class AgendaComment(SQLModel, table=True):
    """What somebody wrote about a draft. Its words move to a contribution when it is accepted."""

    __tablename__ = "agenda_comment"
    __table_args__ = (
        CheckConstraint(
            "(state = 'accepted') = (contribution_id IS NOT NULL)", name="accepted_is_contribution"
        ),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_has_reason"),
        CheckConstraint("(state = 'accepted') = (text = '')", name="words_stand_in_one_place"),
        CheckConstraint("(state = 'waiting') = (moderated_by IS NULL)", name="a_person_moderates"),
        UNORDERED,
    )

    id: str = Field(default_factory=new_id, max_length=26, primary_key=True)
    version_id: int = Field(foreign_key="agenda_version.id", ondelete="CASCADE", index=True)
    #: The item it speaks of; none speaks of the whole.
    item_id: int | None = Field(
        default=None, foreign_key="agenda_item.id", ondelete="CASCADE", index=True
    )
    state: CommentState = Field(
        default=CommentState.WAITING, sa_type=enum_column(CommentState, "comment_state")
    )
    refusal: Refusal | None = Field(default=None, sa_type=enum_column(Refusal, "comment_refusal"))
    text: str = Field(max_length=2000)
    language: str = Field(default="und", max_length=16)
    region: str | None = Field(default=None, max_length=64)
    sector: str | None = Field(default=None, max_length=64)
    contribution_id: str | None = Field(
        default=None, foreign_key="contribution.id", ondelete="CASCADE", index=True
    )
    received_on: date
    moderated_by: str | None = Field(default=None, max_length=26)


guard(AgendaVersion, "agenda_version")
