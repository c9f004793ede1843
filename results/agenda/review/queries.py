"""Reads of the review. Nobody sees others' scores before giving their own."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from analysis.judging import Judged, judge_scores
from consultation.people.models import RoleGrant
from consultation.process.models import Consultation
from core.auth.models import Account
from core.auth.permissions import GRANTS, Permission
from results.agenda.models import AgendaItem, ItemState
from results.agenda.review.models import ItemReview, ReviewCriterion, ReviewScore

#: How many independent scores a decision needs, where the committee has so many members.
FEWEST_REVIEWS = 2
JUDGING = tuple(role for role, grants in GRANTS.items() if Permission.ADOPT_AGENDA in grants)


def criteria(session: Session, consultation: Consultation) -> list[ReviewCriterion]:
    return list(
        session.exec(
            select(ReviewCriterion)
            .where(ReviewCriterion.consultation_id == consultation.id)
            .order_by(col(ReviewCriterion.position))
        )
    )


def has_scores(session: Session, consultation: Consultation) -> bool:
    found = session.exec(
        select(ReviewScore.criterion_id)
        .join(ReviewCriterion, col(ReviewCriterion.id) == col(ReviewScore.criterion_id))
        .where(ReviewCriterion.consultation_id == consultation.id)
        .limit(1)
    ).first()
    return found is not None


def judges(session: Session, consultation: Consultation) -> list[Account]:
    """The members of the committee, each once."""
    found = session.exec(
        select(Account)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .where(RoleGrant.consultation_id == consultation.id, col(RoleGrant.role).in_(JUDGING))
        .order_by(col(Account.id))
    )
    return list({account.id: account for account in found}.values())


def own_review(session: Session, item: AgendaItem, judge: str) -> ItemReview | None:
    return session.exec(
        select(ItemReview).where(
            ItemReview.item_id == item.id,
            ItemReview.review_round == item.review_round,
            ItemReview.judge == judge,
        )
    ).one_or_none()


def _reviews(session: Session, item: AgendaItem) -> list[ItemReview]:
    return list(
        session.exec(
            select(ItemReview)
            .where(ItemReview.item_id == item.id, ItemReview.review_round == item.review_round)
            .order_by(col(ItemReview.id))
        )
    )


def _scores(session: Session, item: AgendaItem) -> dict[int, list[int]]:
    """The scores of each review that is no recusal, in the order of the criteria."""
    found = session.exec(
        select(ReviewScore.review_id, ReviewScore.score)
        .join(ItemReview, col(ItemReview.id) == col(ReviewScore.review_id))
        .join(ReviewCriterion, col(ReviewCriterion.id) == col(ReviewScore.criterion_id))
        .where(ItemReview.item_id == item.id, ItemReview.review_round == item.review_round)
        .order_by(col(ReviewScore.review_id), col(ReviewCriterion.position))
    )
    table: dict[int, list[int]] = {}
    for review_id, score in found:
        table.setdefault(review_id, []).append(score)
    return table


@dataclass(frozen=True, slots=True)
class Opinion:
    """One judge's review, for those who may see it."""

    judge: str
    review: ItemReview
    scores: list[int]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the review of an item is, as far as this reader may know.

    `judged` and `opinions` are None where the reader has not scored yet.
    """

    n_judges: int
    n_given: int
    n_recused: int
    needed: int
    own: ItemReview | None
    judged: Judged | None
    opinions: list[Opinion] | None

    @property
    def is_enough(self) -> bool:
        return self.n_given >= self.needed


def standing(
    session: Session, consultation: Consultation, item: AgendaItem, reader: str
) -> Standing:
    """The review as one reader may see it: whole after scoring or after the decision."""
    members = judges(session, consultation)
    given = _reviews(session, item)
    own = next((review for review in given if review.judge == reader), None)
    has_scored = own is not None and not own.is_recused
    recused = [review for review in given if review.is_recused]
    n_given = len(given) - len(recused)
    may_see = item.is_decided or has_scored
    return Standing(
        n_judges=len(members),
        n_given=n_given,
        n_recused=len(recused),
        needed=min(FEWEST_REVIEWS, max(len(members) - len(recused), 1)),
        own=own,
        judged=_judged(session, item) if may_see else None,
        opinions=_opinions(session, item, given, members) if may_see else None,
    )


def _judged(session: Session, item: AgendaItem) -> Judged | None:
    table = _scores(session, item)
    return judge_scores(list(table.values())) if table else None


def _opinions(
    session: Session, item: AgendaItem, given: list[ItemReview], members: list[Account]
) -> list[Opinion]:
    names = {account.public_id: account.name for account in members}
    table = _scores(session, item)
    return [
        Opinion(names.get(review.judge, ""), review, table.get(review.id or 0, []))
        for review in given
    ]


def summary(session: Session, item: AgendaItem) -> dict[str, Any]:
    """What the judges said together, as a decision keeps it; no judge is named."""
    given = _reviews(session, item)
    judged = _judged(session, item)
    found: dict[str, Any] = {
        "round": item.review_round,
        "given": judged.n if judged else 0,
        "recused": sum(1 for review in given if review.is_recused),
    }
    if judged is not None:
        found |= {
            "mean": round(judged.mean, 2),
            "low": round(judged.low, 2),
            "high": round(judged.high, 2),
            "spread": None if judged.spread is None else round(judged.spread, 2),
            "is_conflicting": judged.is_conflicting,
        }
    return found


def to_score(session: Session, consultation: Consultation, judge: str) -> set[int]:
    """The ids of the items in review that this judge has not judged yet."""
    done = select(ItemReview.item_id).where(
        ItemReview.judge == judge, ItemReview.review_round == AgendaItem.review_round
    )
    found = session.exec(
        select(AgendaItem.id).where(
            AgendaItem.consultation_id == consultation.id,
            AgendaItem.state == ItemState.IN_REVIEW,
            col(AgendaItem.id).not_in(done.correlate(AgendaItem)),
        )
    )
    return {row for row in found if row is not None}


def counts(session: Session, consultation: Consultation) -> dict[int, int]:
    """How many scores each item has in its round; the number alone tells no score."""
    found = session.exec(
        select(ItemReview.item_id, func.count())
        .join(AgendaItem, col(AgendaItem.id) == col(ItemReview.item_id))
        .where(
            AgendaItem.consultation_id == consultation.id,
            ItemReview.review_round == AgendaItem.review_round,
            col(ItemReview.is_recused).is_(False),
        )
        .group_by(col(ItemReview.item_id))
    )
    return {item_id: count for item_id, count in found}  # noqa: C416 - a result is no mapping
