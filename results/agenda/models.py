"""The agenda: items, what they rest on, where they stand in the programme, and their history.

What was decided, scored or published is kept by guards of the store: see the end of the file.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import enum_column, new_id
from core.guards import guard


class ItemState(StrEnum):
    """The life of an agenda item: proposed, judged, decided."""

    CANDIDATE = "candidate"
    IN_REVIEW = "in_review"
    ADOPTED = "adopted"
    MERGED = "merged"
    DEFERRED = "deferred"
    REFERRED = "referred"
    REJECTED = "rejected"


UNDECIDED = frozenset({ItemState.CANDIDATE, ItemState.IN_REVIEW})
DECISIONS = tuple(state for state in ItemState if state not in UNDECIDED)


class Origin(StrEnum):
    """Where a candidate came from."""

    CHALLENGE = "challenge"
    TOPIC = "topic"
    THEME = "theme"
    CONTRIBUTION = "contribution"
    COMMITTEE = "committee"
    EDITION = "edition"


class Scope(StrEnum):
    """Whether the summit is the place for it."""

    INSIDE = "inside"
    COMPLEMENTARY = "complementary"
    ELSEWHERE = "elsewhere"
    LATER = "later"


class Body(StrEnum):
    """Who may be working on the same already."""

    G7 = "g7"
    G20 = "g20"
    OECD = "oecd"
    UN = "un"
    UNESCO = "unesco"
    COUNCIL_OF_EUROPE = "council_of_europe"
    EU = "eu"
    SAFETY_NETWORK = "safety_network"
    STANDARDS = "standards"
    OTHER = "other"


class EvidenceKind(StrEnum):
    """What an agenda item rests on."""

    RANKING = "ranking"
    TOPIC = "topic"
    THEME = "theme"
    SUMMARY = "summary"
    CONTRIBUTION = "contribution"
    MINUTE = "minute"


class AgendaTrack(SQLModel, table=True):
    """A strand of the summit with the time it has to give."""

    __tablename__ = "agenda_track"
    __table_args__ = (
        CheckConstraint("minutes > 0 AND slots > 0", name="track_has_room"),
        UniqueConstraint("consultation_id", "position", name="uq_agenda_track_position"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    position: int
    title: dict[str, str] = Field(sa_type=JSON)
    #: Who it is for, such as ministers, or everybody.
    audience: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    room: str = Field(default="", max_length=100)
    starts_at: datetime
    minutes: int
    slots: int


class AgendaItem(SQLModel, table=True):
    """A proposed or decided item of the agenda."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('candidate', 'in_review')) = (decided_at IS NULL)",
            name="decided_has_its_time",
        ),
        CheckConstraint(
            "decided_at IS NULL "
            "OR (decided_by IS NOT NULL AND CAST(decision_reason AS VARCHAR) <> '{}')",
            name="decided_has_its_reason",
        ),
        CheckConstraint(
            "(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_names_its_item"
        ),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        CheckConstraint(
            "(state = 'deferred') = (deferred_until IS NOT NULL)", name="deferred_has_its_date"
        ),
        CheckConstraint("(state = 'referred') = (referred_to <> '')", name="referred_names_whom"),
        CheckConstraint(
            "(track_id IS NULL) = (slot IS NULL) AND (track_id IS NULL) = (minutes IS NULL)",
            name="placed_in_full",
        ),
        CheckConstraint("track_id IS NULL OR state = 'adopted'", name="only_adopted_are_placed"),
        CheckConstraint("minutes > 0 AND slot > 0", name="slot_is_real"),
        UniqueConstraint("track_id", "slot", name="uq_agenda_item_slot"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    position: int
    state: ItemState = Field(
        default=ItemState.CANDIDATE,
        sa_type=enum_column(ItemState, "item_state"),
    )
    title: dict[str, str] = Field(sa_type=JSON)
    #: What is wrong, and what the summit should hand over.
    problem: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    deliverable: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    #: Why it stands on the agenda, in the committee's own words.
    rationale: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    scope: Scope | None = Field(default=None, sa_type=enum_column(Scope, "item_scope"))
    scope_note: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    #: Somebody looked for others who work on it, and found nobody.
    nobody_else: bool = False
    origin: Origin = Field(default=Origin.COMMITTEE, sa_type=enum_column(Origin, "item_origin"))
    challenge_code: str | None = Field(default=None, max_length=64)
    #: The item of an earlier edition that was not delivered.
    carried_from_id: int | None = Field(
        default=None, foreign_key="agenda_item.id", ondelete="SET NULL", index=True
    )
    #: Which organisation or working group presents it; no private person.
    lead: str = Field(default="", max_length=200)
    review_round: int = 1
    created_at: datetime
    created_by: str = Field(default="", max_length=26)
    #: Why it was decided so.
    decision_reason: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    merged_into_id: int | None = Field(
        default=None, foreign_key="agenda_item.id", ondelete="CASCADE", index=True
    )
    deferred_until: date | None = None
    referred_to: str = Field(default="", max_length=200)
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, max_length=26)
    track_id: int | None = Field(
        default=None, foreign_key="agenda_track.id", ondelete="RESTRICT", index=True
    )
    slot: int | None = None
    minutes: int | None = None

    @property
    def is_decided(self) -> bool:
        return self.state not in UNDECIDED


class Overlap(SQLModel, table=True):
    """Somebody else who works on it, and how the item complements that."""

    __tablename__ = "item_overlap"
    __table_args__ = (
        CheckConstraint("body <> 'other' OR name <> ''", name="other_has_its_name"),
        CheckConstraint("CAST(complements AS VARCHAR) <> '{}'", name="overlap_says_how"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE", index=True)
    body: Body = Field(sa_type=enum_column(Body, "overlap_body"))
    name: str = Field(default="", max_length=200)
    complements: dict[str, str] = Field(sa_type=JSON)


class Evidence(SQLModel, table=True):
    """A link from an agenda item to what it rests on, with the figures frozen beside it."""

    __table_args__ = (
        CheckConstraint(
            "(kind IN ('contribution', 'minute')) = (contribution_id IS NOT NULL)",
            name="contribution_evidence_names_it",
        ),
        CheckConstraint(
            "(kind IN ('contribution', 'minute')) = (run_id IS NULL)",
            name="figures_name_their_run",
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


class EventKind(StrEnum):
    """What happened to an item."""

    PROPOSED = "proposed"
    REVIEW_STARTED = "review_started"
    TAKEN_BACK = "taken_back"
    DECIDED = "decided"
    REOPENED = "reopened"


class ItemEvent(SQLModel, table=True):
    """One step in the life of an item; steps are added and never changed."""

    __tablename__ = "item_event"
    __table_args__ = (
        CheckConstraint(
            "kind NOT IN ('decided', 'reopened', 'taken_back') OR CAST(reason AS VARCHAR) <> '{}'",
            name="a_turn_has_its_reason",
        ),
        CheckConstraint("(kind = 'decided') = (seal IS NOT NULL)", name="decision_is_sealed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE", index=True)
    kind: EventKind = Field(sa_type=enum_column(EventKind, "event_kind"))
    state: ItemState = Field(sa_type=enum_column(ItemState, "event_state"))
    reason: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    #: Of a decision: where it was merged or referred to, and what the judges had said.
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    #: Of a decision: the hash of the words and the evidence that were decided upon.
    seal: str | None = Field(default=None, max_length=64)
    actor: str = Field(max_length=26)
    at: datetime


_DECIDED_WORDS = (
    *("state", "title", "problem", "deliverable", "rationale", "scope", "scope_note"),
    *("nobody_else", "origin", "challenge_code", "carried_from_id", "decision_reason"),
    *("merged_into_id", "deferred_until", "referred_to", "decided_at", "decided_by"),
)
guard(
    AgendaItem,
    "decided_item",
    _DECIDED_WORDS,
    "OLD.decided_at IS NOT NULL AND NEW.decided_at IS NOT NULL",
)
guard(ItemEvent, "item_event")
guard(Evidence, "evidence", ("item_id", "run_id", "table_name", "row_key", "figures"))
