"""Reads about rounds: their items and lineage, what came of them, what is planned."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from consultation.process.models import Consultation, Round, RoundState
from consultation.process.queries import rounds
from core.errors import NotFound
from core.i18n import _
from results.rounds.lineage import Tree, Written, written
from results.rounds.models import Fate, RoundItem, RoundOutcome, RoundTransition
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
    #: What a new item came from.
    written: Written


def lineage(session: Session, tree: Tree, row: Round) -> list[Lineage]:
    """How the items of this round came from those of the round before."""
    earlier = previous_round(session, row)
    before = earlier.id if earlier else None
    found = []
    for step in tree.steps:
        old, new = (tree.items.get(key or 0) for key in (step.from_id, step.to_id))
        is_here = new is not None and new.round_id == row.id
        if is_here or (step.to_id is None and old is not None and old.round_id == before):
            found.append(
                Lineage(
                    step.fate,
                    old.label if old else None,
                    new.label if new else None,
                    step.reason,
                    written(session, tree.sources.get(step.to_id or 0, ())),
                )
            )
    return found


def transitions(session: Session, row: Round) -> list[RoundTransition]:
    return list(
        session.exec(
            select(RoundTransition)
            .where(RoundTransition.round_id == row.id)
            .order_by(col(RoundTransition.due_at), col(RoundTransition.id))
        )
    )
