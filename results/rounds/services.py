"""Writes about rounds: the next one from the last, and what came of one that has closed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from consultation.people.classifications import SECTORS, groups
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from consultation.targets.queries import stopping_rule
from core.errors import Conflict, Invalid
from core.i18n import _
from core.security import current_settings
from results.computing.inputs import group_texts
from results.rounds import sources
from results.rounds.answers import answers_of
from results.rounds.comparing import compare
from results.rounds.feedback import Terms, feedback_of
from results.rounds.items import Addition, Decision, items_of, plan_next
from results.rounds.models import ItemStep, RoundItem, RoundOutcome
from results.rounds.queries import held, items, outcome_of, previous_round, raw_document
from surveys import instruments
from surveys.documents import read_document
from surveys.preflight import require_sound


@dataclass(frozen=True, slots=True)
class NextRound:
    """What an organiser decides about the next round."""

    decisions: Mapping[str, Decision]
    additions: Iterable[Addition]
    title: Mapping[str, str]
    opens_at: datetime
    closes_at: datetime
    decided_by: str


def make_next(
    session: Session, consultation: Consultation, last: Round, wanted: NextRound, now: datetime
) -> Round:
    """Make the next round from a closed one, with the lineage of every item.

    A round that was planned with the consultation and is still a draft is filled. What came of
    the closed round is frozen, if the clock has not done it: its people will see it.
    """
    if last.state is not RoundState.CLOSED:
        raise Conflict(_("Close this round first. The next one is made from what it brought."))
    raw = raw_document(session, last)
    if raw is None:
        raise Conflict(_("This round asked nothing. There is nothing to carry on."))
    if wanted.opens_at >= wanted.closes_at:
        raise Invalid(_("The end must be after the start."), field="closes_at")
    freeze_outcome(session, consultation, last, now)
    before = items_of(read_document(raw))
    plan = plan_next(raw, before, wanted.decisions, wanted.additions, last.number + 1)
    row = _draft_after(session, consultation, last, wanted)
    made = instruments.add(session, consultation, plan.document, now)
    require_sound(read_document(made.document))
    instruments.assign(session, consultation, row, made.id or 0)
    known = _record_items(session, last)
    _forget_lineage(session, known, row)
    new = _record_items(session, row)
    session.add_all(
        ItemStep(
            from_id=known[step.before].id if step.before else None,
            to_id=new[step.after].id if step.after else None,
            fate=step.fate,
            reason=step.reason.strip(),
            decided_by=wanted.decided_by,
            decided_at=now,
        )
        for step in plan.steps
    )
    session.flush()
    for step in plan.steps:
        if step.after and step.references:
            sources.attach(session, consultation, new[step.after].id or 0, step.references)
    return row


def _draft_after(
    session: Session, consultation: Consultation, last: Round, wanted: NextRound
) -> Round:
    row = session.exec(
        select(Round).where(
            Round.consultation_id == consultation.id, Round.number == last.number + 1
        )
    ).one_or_none()
    if row is None:
        row = Round(
            consultation_id=consultation.id or 0,
            number=last.number + 1,
            identity_mode=last.identity_mode,
            has_open_link=last.has_open_link and last.identity_mode is IdentityMode.ANONYMOUS,
            opens_at=wanted.opens_at,
            closes_at=wanted.closes_at,
        )
    if row.state is not RoundState.DRAFT:
        raise Conflict(_("The next round was opened already. What it asks does not change."))
    row.title = {code: text for code, text in wanted.title.items() if text} or row.title
    row.opens_at, row.closes_at = wanted.opens_at, wanted.closes_at
    session.add(row)
    session.flush()
    return row


def _forget_lineage(session: Session, known: Mapping[str, RoundItem], row: Round) -> None:
    """A draft that is made again starts from the closed round once more."""
    ids = [item.id for item in known.values()]
    for step in session.exec(select(ItemStep).where(col(ItemStep.from_id).in_(ids))):
        session.delete(step)
    session.flush()
    for old in items(session, row).values():
        session.delete(old)
    session.flush()


def _record_items(session: Session, row: Round) -> dict[str, RoundItem]:
    """The items that a round asks about, as its questionnaire has them now.

    A draft may have been edited since they were written down; what it asks no more stays where
    its lineage names it.
    """
    known = items(session, row)
    raw = raw_document(session, row)
    for position, item in enumerate(items_of(read_document(raw)), start=1):
        own = known.get(item.key) or RoundItem(
            round_id=row.id or 0, key=item.key, position=position
        )
        own.position, own.label = position, item.label
        session.add(own)
    session.flush()
    return items(session, row)


def freeze_outcome(
    session: Session, consultation: Consultation, row: Round, now: datetime
) -> RoundOutcome | None:
    """Work out once what came of a closed round; None where it asked nothing.

    A second call finds it and changes nothing, so that nobody sees figures move.
    """
    known = outcome_of(session, row)
    if known is not None:
        return known
    if row.state is not RoundState.CLOSED:
        raise Conflict(_("Close the round first. Until then its figures still move."))
    answers = answers_of(session, row)
    if answers is None:
        return None
    terms = Terms(
        labels={
            "region": group_texts(groups(consultation.region_classification)),
            "sector": group_texts(SECTORS),
        },
        threshold=current_settings().thresholds.feedback_cell,
    )
    earlier = previous_round(session, row)
    before = answers_of(session, earlier) if earlier else None
    outcome = RoundOutcome(
        round_id=row.id or 0,
        n=answers.n,
        feedback=feedback_of(session, answers, terms),
        comparison=compare(
            before, answers, stopping_rule(session, consultation), held(session, row)
        )
        if before
        else {},
        frozen_at=now,
    )
    session.add(outcome)
    session.flush()
    return outcome
