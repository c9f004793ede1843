"""The committee's review: start it, score, step aside, take it back. Nobody scores twice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from consultation.process.models import Consultation
from core.errors import Closed, Conflict, Invalid
from core.i18n import _, text_in
from results.agenda.models import AgendaItem, EventKind, ItemEvent, ItemState, Overlap
from results.agenda.review import queries
from results.agenda.review.models import (
    HIGHEST,
    LOWEST,
    ItemReview,
    ReviewCriterion,
    ReviewScore,
)
from results.agenda.services import must_be_candidate, must_be_undecided, words

Texts = dict[str, str]
FEWEST_CRITERIA, MOST_CRITERIA = 2, 8


@cache
def shipped_criteria() -> tuple[dict[str, Any], ...]:
    """The criteria that a committee starts from."""
    found = json.loads((Path(__file__).parent / "criteria.json").read_text(encoding="utf-8"))
    return tuple(found)


def declare_criteria(
    session: Session, consultation: Consultation, criteria: list[dict[str, Any]]
) -> list[ReviewCriterion]:
    """Set by what every item is judged; refused once somebody has scored by the old ones."""
    if queries.has_scores(session, consultation):
        raise Closed(
            _("Somebody has scored already. The criteria stay as they are for this agenda.")
        )
    if not FEWEST_CRITERIA <= len(criteria) <= MOST_CRITERIA:
        raise Invalid(
            _("Declare %(few)s to %(most)s criteria.", few=FEWEST_CRITERIA, most=MOST_CRITERIA)
        )
    for old in queries.criteria(session, consultation):
        session.delete(old)
    session.flush()
    made = [
        ReviewCriterion(
            consultation_id=consultation.id or 0,
            code=str(entry.get("code") or f"criterion_{position}")[:32],
            position=position,
            title=words(entry["title"]),
            low=words(entry["low"]),
            high=words(entry["high"]),
        )
        for position, entry in enumerate(criteria, start=1)
    ]
    for row in made:
        if not (row.title and row.low and row.high):
            raise Invalid(_("Give each criterion a name, and say what 1 and what 5 mean."))
    session.add_all(made)
    session.flush()
    return made


def start(
    session: Session, consultation: Consultation, item: AgendaItem, *, actor: str, now: datetime
) -> None:
    """Hand a candidate to the judges; its words stand still from here."""
    must_be_candidate(session, item)
    missing = lacking(session, item)
    if missing:
        raise Invalid(_("Before the review: %(list)s", list=" ".join(missing)))
    if not queries.criteria(session, consultation):
        declare_criteria(session, consultation, list(shipped_criteria()))
    item.state = ItemState.IN_REVIEW
    session.add(item)
    _note(session, item, EventKind.REVIEW_STARTED, actor=actor, now=now)


def lacking(session: Session, item: AgendaItem) -> list[str]:
    """What a candidate still needs before it can be judged, a sentence each."""
    found = []
    if not item.problem:
        found.append(_("Say what the problem is."))
    if not item.deliverable:
        found.append(_("Say what the summit should hand over."))
    if not item.rationale:
        found.append(_("Say why it belongs on the agenda."))
    if item.scope is None:
        found.append(_("Say whether the summit is the place for it."))
    known = session.exec(select(Overlap.id).where(Overlap.item_id == item.id).limit(1)).first()
    if known is None and not item.nobody_else:
        found.append(_("List who already works on it, or state that nobody does."))
    return found


def take_back(
    session: Session, item: AgendaItem, *, reason: Texts, actor: str, now: datetime
) -> None:
    """Back to the candidates, for other words or a second round of scores; the first stay known."""
    must_be_undecided(session, item)
    if item.state is not ItemState.IN_REVIEW:
        raise Conflict(_("This item is not being judged."))
    why = words(reason)
    if not why:
        raise Invalid(_("Write why it is taken back."), field="reason")
    details = {"review": queries.summary(session, item)}
    item.state = ItemState.CANDIDATE
    item.review_round += 1
    session.add(item)
    _note(session, item, EventKind.TAKEN_BACK, actor=actor, now=now, reason=why, details=details)


@dataclass(frozen=True, slots=True)
class Given:
    """What one judge hands in: a score a criterion, or the reason for stepping aside."""

    scores: Mapping[str, int]
    comment: str = ""
    recusal_reason: str = ""


def give_review(
    session: Session,
    consultation: Consultation,
    item: AgendaItem,
    given: Given,
    *,
    judge: str,
    now: datetime,
) -> ItemReview:
    """Store a judge's scores, or that the judge steps aside. Neither is changed afterwards.

    Others' scores become visible to the judge with this, so a second try would not be blind.
    """
    must_be_undecided(session, item)
    if item.state is not ItemState.IN_REVIEW:
        raise Closed(_("This item is not being judged."))
    if judge not in {account.public_id for account in queries.judges(session, consultation)}:
        raise Closed(_("Only members of the committee score items."))
    if queries.own_review(session, item, judge) is not None:
        raise Conflict(_("You have judged this item already. What was given is not changed."))
    criteria = queries.criteria(session, consultation)
    if not given.recusal_reason.strip():
        _check_scores(criteria, given.scores, consultation)
    review = ItemReview(
        item_id=item.id or 0,
        review_round=item.review_round,
        judge=judge,
        is_recused=bool(given.recusal_reason.strip()),
        recusal_reason=given.recusal_reason.strip()[:500],
        comment=given.comment.strip()[:2000],
        given_at=now,
    )
    session.add(review)
    session.flush()
    if not review.is_recused:
        session.add_all(
            ReviewScore(
                review_id=review.id or 0, criterion_id=row.id or 0, score=given.scores[row.code]
            )
            for row in criteria
        )
    session.flush()
    return review


def _check_scores(
    criteria: list[ReviewCriterion], scores: Mapping[str, int], consultation: Consultation
) -> None:
    for row in criteria:
        if not LOWEST <= scores.get(row.code, 0) <= HIGHEST:
            name = text_in(row.title, consultation.default_language)
            raise Invalid(
                _("Give a score from 1 to 5 for “%(name)s”, or step aside.", name=name),
                field=f"score_{row.code}",
            )


def _note(
    session: Session,
    item: AgendaItem,
    kind: EventKind,
    *,
    actor: str,
    now: datetime,
    reason: Texts | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    session.add(
        ItemEvent(
            item_id=item.id or 0,
            kind=kind,
            state=item.state,
            reason=reason or {},
            details=details or {},
            actor=actor,
            at=now,
        )
    )
    session.flush()


def criteria_of(session: Session, consultation: Consultation) -> list[dict[str, Any]]:
    """The declared criteria, or the shipped ones where none were declared yet."""
    rows = session.exec(
        select(ReviewCriterion)
        .where(ReviewCriterion.consultation_id == consultation.id)
        .order_by(col(ReviewCriterion.position))
    ).all()
    if not rows:
        return [dict(entry) for entry in shipped_criteria()]
    return [
        {"code": row.code, "title": row.title, "low": row.low, "high": row.high} for row in rows
    ]
