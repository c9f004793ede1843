"""The committee's review: declared criteria with anchors, one review a judge, its scores."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.db import new_id
from core.guards import guard

LOWEST, HIGHEST = 1, 5


class ReviewCriterion(SQLModel, table=True):
    """What every item is judged by; `low` and `high` say what 1 and 5 mean."""

    __tablename__ = "review_criterion"
    __table_args__ = (UniqueConstraint("consultation_id", "code", name="uq_review_criterion_code"),)

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    code: str = Field(max_length=32)
    position: int
    title: dict[str, str] = Field(sa_type=JSON)
    low: dict[str, str] = Field(sa_type=JSON)
    high: dict[str, str] = Field(sa_type=JSON)


class ItemReview(SQLModel, table=True):
    """What one judge gave in one round of review, or that the judge stepped aside."""

    __tablename__ = "item_review"
    __table_args__ = (
        UniqueConstraint("item_id", "review_round", "judge", name="uq_item_review_judge"),
        CheckConstraint("is_recused = (recusal_reason <> '')", name="recusal_has_its_reason"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE", index=True)
    review_round: int
    judge: str = Field(max_length=26)
    is_recused: bool = False
    recusal_reason: str = Field(default="", max_length=500)
    comment: str = Field(default="", max_length=2000)
    given_at: datetime


class ReviewScore(SQLModel, table=True):
    """One score of one review."""

    __tablename__ = "review_score"
    __table_args__ = (
        CheckConstraint(f"score BETWEEN {LOWEST} AND {HIGHEST}", name="score_on_the_scale"),
    )

    review_id: int = Field(foreign_key="item_review.id", ondelete="CASCADE", primary_key=True)
    criterion_id: int = Field(
        foreign_key="review_criterion.id", ondelete="RESTRICT", primary_key=True
    )
    score: int


guard(ItemReview, "item_review")
guard(ReviewScore, "review_score")
