"""Reads about rounds: their items and lineage, what came of them, what is planned."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from consultation.process.models import Consultation, Round, RoundState
from consultation.process.queries import rounds
from core.errors import NotFound
from core.i18n import _
from results.rounds.models import Fate, ItemStep, RoundItem, RoundOutcome, RoundTransition
from surveys.models import Questionnaire, RoundQuestionnaire


def round_by_number(session: Session, consultation: Consultation, number: int) -> Round:
    for row in rounds(session, consultation):
        if row.number == number:
            return row
    raise NotFound(_("There is no such round."))


def previous_round(session: Session, row: Round) -> Round | None:
    """The round before, in the same consultation."""
    return session.exec(
        select(Round)
        .where(Round.consultation_id == row.consultation_id, col(Round.number) < row.number)
        .order_by(col(Round.number).desc())
        .limit(1)
    ).first()


def outcome_of(session: Session, row: Round) -> RoundOutcome | None:
    return session.get(RoundOutcome, row.id)


def outcomes(session: Session, consultation: Consultation) -> dict[int, RoundOutcome]:
    """What came of each round, by its number."""
    found = session.exec(
        select(Round.number, RoundOutcome)
        .join(RoundOutcome, col(RoundOutcome.round_id) == col(Round.id))
        .where(Round.consultation_id == consultation.id)
    )
    return dict(iter(found))


def held(session: Session, row: Round) -> int:
    """How many rounds have closed, this one and those before it."""
    return len(
        session.exec(
            select(Round.id).where(
                Round.consultation_id == row.consultation_id,
                col(Round.number) <= row.number,
                Round.state == RoundState.CLOSED,
            )
        ).all()
    )


def raw_document(session: Session, row: Round) -> dict[str, Any] | None:
    """The stored questionnaire of a round."""
    found = session.exec(
        select(Questionnaire.document)
        .join(
            RoundQuestionnaire,
            col(RoundQuestionnaire.questionnaire_id) == col(Questionnaire.id),
        )
        .where(RoundQuestionnaire.round_id == row.id)
    ).one_or_none()
    return dict(found) if found is not None else None


def items(session: Session, row: Round) -> dict[str, RoundItem]:
    """The recorded items of a round, by key."""
    found = session.exec(
        select(RoundItem).where(RoundItem.round_id == row.id).order_by(col(RoundItem.position))
    )
    return {item.key: item for item in found}


@dataclass(frozen=True, slots=True)
class Lineage:
    """One step between two rounds, in words."""

    fate: Fate
    before: dict[str, str] | None
    after: dict[str, str] | None
    reason: str


def lineage(session: Session, row: Round) -> list[Lineage]:
    """How the items of this round came from those of the round before."""
    own = {item.id: item for item in items(session, row).values()}
    earlier = previous_round(session, row)
    before = {item.id: item for item in items(session, earlier).values()} if earlier else {}
    if not own:
        return []
    steps = session.exec(
        select(ItemStep)
        .where(
            col(ItemStep.to_id).in_(list(own))
            | (col(ItemStep.from_id).in_(list(before)) & col(ItemStep.to_id).is_(None))
        )
        .order_by(col(ItemStep.id))
    )
    return [
        Lineage(
            step.fate,
            before[step.from_id].label if step.from_id in before else None,
            own[step.to_id].label if step.to_id in own else None,
            step.reason,
        )
        for step in steps
    ]


def transitions(session: Session, row: Round) -> list[RoundTransition]:
    return list(
        session.exec(
            select(RoundTransition)
            .where(RoundTransition.round_id == row.id)
            .order_by(col(RoundTransition.due_at), col(RoundTransition.id))
        )
    )
