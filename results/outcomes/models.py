"""After the summit: what became of each adopted item, according to whom."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field, SQLModel

from core.db import enum_column, new_id
from core.guards import guard


class Verdict(StrEnum):
    """How far an item was delivered."""

    DELIVERED = "delivered"
    PARTLY = "partly"
    NOT_DELIVERED = "not_delivered"
    DROPPED = "dropped"


class Source(StrEnum):
    """Who speaks: those who had to deliver, or somebody who had not. They stay apart."""

    SELF_REPORT = "self_report"
    INDEPENDENT = "independent"


class OutcomeAssessment(SQLModel, table=True):
    """One verdict on one item. A later one of the same source stands; the earlier one stays."""

    __tablename__ = "outcome_assessment"
    __table_args__ = (
        CheckConstraint("assessor <> ''", name="assessor_is_named"),
        CheckConstraint("CAST(statement AS VARCHAR) <> '{}'", name="verdict_has_its_grounds"),
        CheckConstraint(
            "source = 'self_report' OR verdict = 'dropped' OR CAST(links AS VARCHAR) <> '[]'",
            name="independent_has_evidence",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE", index=True)
    source: Source = Field(sa_type=enum_column(Source, "outcome_source"))
    verdict: Verdict = Field(sa_type=enum_column(Verdict, "outcome_verdict"))
    #: The organisation that says so.
    assessor: str = Field(max_length=200)
    statement: dict[str, str] = Field(sa_type=JSON)
    #: Addresses of what shows it.
    links: list[str] = Field(default_factory=list, sa_type=JSON)
    assessed_on: date
    recorded_at: datetime
    recorded_by: str = Field(max_length=26)


class Disagreement(SQLModel, table=True):
    """An organisation that sees a verdict otherwise. It is shown beside it."""

    __tablename__ = "outcome_disagreement"
    __table_args__ = (
        CheckConstraint("organisation <> ''", name="organisation_is_named"),
        CheckConstraint("CAST(statement AS VARCHAR) <> '{}'", name="disagreement_has_its_grounds"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    assessment_id: int = Field(foreign_key="outcome_assessment.id", ondelete="CASCADE", index=True)
    organisation: str = Field(max_length=200)
    statement: dict[str, str] = Field(sa_type=JSON)
    recorded_at: datetime
    recorded_by: str = Field(max_length=26)


guard(OutcomeAssessment, "outcome_assessment")
guard(Disagreement, "outcome_disagreement")
