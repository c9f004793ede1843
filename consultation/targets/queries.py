"""Reads about what was declared before anybody answered."""

from sqlmodel import Session, col, select

from analysis.delphi.stopping import StoppingRule
from consultation.process.models import Consultation, Round, RoundState
from consultation.targets.models import TargetRegistration


def registration(session: Session, consultation: Consultation) -> TargetRegistration | None:
    """What is registered, frozen or not."""
    return session.get(TargetRegistration, consultation.id, populate_existing=True)


def has_opened(session: Session, consultation_id: int) -> bool:
    """Whether any round of the consultation was ever opened."""
    return (
        session.exec(
            select(Round.id).where(
                Round.consultation_id == consultation_id, col(Round.state) != RoundState.DRAFT
            )
        ).first()
        is not None
    )


def frozen_first(session: Session, consultation: Consultation) -> bool:
    """Whether the targets were frozen before the first round: only then do they lead."""
    found = registration(session, consultation)
    return found is not None and found.is_before_first_round


def stopping_rule(session: Session, consultation: Consultation) -> StoppingRule:
    """The rule that is registered; the usual one where nothing was written down."""
    found = registration(session, consultation)
    return StoppingRule(**found.stopping_rule) if found else StoppingRule()
