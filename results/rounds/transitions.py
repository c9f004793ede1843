"""Timed transitions of rounds: planned as rows, done by the clock, once, through any crash.

Each due step runs in a transaction of its own that also marks it done. A process killed in the
middle leaves the step undone and nothing half done; the next look, after the restart, does it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlmodel import Session, col, select

from consultation.process import services as process
from consultation.process.models import Consultation, Round, RoundState
from core.errors import DomainError, Invalid
from core.i18n import _
from core.jobs import Handler, JobContext
from results.rounds.models import RoundTransition, Transition
from results.rounds.services import freeze_outcome
from surveys import instruments
from surveys.reaching import services as reaching
from surveys.reaching.letters import Words
from surveys.reaching.models import WaveKind
from surveys.reaching.queries import Chosen

log = structlog.get_logger("rounds")
MOVE = "move_rounds"
DONE = "done"
MOVED = "moved"
#: The steps of one moment happen in the order of a day.
ORDER = list(Transition)
#: Steps that happen when the round itself opens or closes.
FOLLOWING = frozenset({Transition.OPEN, Transition.CLOSE, Transition.FREEZE})


@dataclass(frozen=True, slots=True)
class Schedule:
    """When what happens to a round."""

    opens_at: datetime
    closes_at: datetime
    invites: bool
    reminders: tuple[datetime, ...]


def plan(session: Session, row: Round, wanted: Schedule, now: datetime) -> None:
    """Replace what is planned for a round and not done yet."""
    if row.state is RoundState.CLOSED:
        raise Invalid(_("This round was closed. A closed round is not opened again."))
    if wanted.opens_at >= wanted.closes_at:
        raise Invalid(_("The end must be after the start."), field="closes_at")
    if any(not wanted.opens_at < at < wanted.closes_at for at in wanted.reminders):
        raise Invalid(_("Reminders must lie between the start and the end."), field="reminders")
    if wanted.closes_at <= now:
        raise Invalid(_("The end must lie in the future."), field="closes_at")
    process.set_round_dates(session, row, wanted.opens_at, wanted.closes_at)
    clear(session, row)
    steps = [(Transition.CLOSE, wanted.closes_at), (Transition.FREEZE, wanted.closes_at)]
    steps += [(Transition.REMIND, at) for at in sorted(set(wanted.reminders)) if at > now]
    if row.state is RoundState.DRAFT:
        steps.append((Transition.OPEN, wanted.opens_at))
        if wanted.invites:
            steps.append((Transition.INVITE, wanted.opens_at))
    session.add_all(
        RoundTransition(round_id=row.id or 0, transition=kind, due_at=at) for kind, at in steps
    )
    session.flush()


def clear(session: Session, row: Round) -> None:
    """Take back what is planned and not done."""
    for step in session.exec(
        select(RoundTransition).where(
            RoundTransition.round_id == row.id, col(RoundTransition.done_at).is_(None)
        )
    ):
        session.delete(step)
    session.flush()


def due(session: Session, now: datetime) -> list[int]:
    """What is due, the earliest first."""
    found = session.exec(
        select(RoundTransition).where(
            col(RoundTransition.done_at).is_(None), RoundTransition.due_at <= now
        )
    ).all()
    found = sorted(found, key=lambda step: (step.due_at, ORDER.index(step.transition), step.id))
    return [step.id or 0 for step in found]


def move(session: Session, step_id: int, now: datetime) -> str:
    """Do one step and mark it done; what was done before is left alone."""
    step = session.exec(
        select(RoundTransition)
        .where(RoundTransition.id == step_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if step is None or step.done_at is not None:
        return DONE
    row, consultation = session.exec(
        select(Round, Consultation)
        .join(Consultation, col(Consultation.id) == col(Round.consultation_id))
        .where(Round.id == step.round_id)
        .execution_options(populate_existing=True)
    ).one()
    moved_to = row.opens_at if step.transition is Transition.OPEN else row.closes_at
    if step.transition in FOLLOWING and moved_to > now:
        # Somebody moved the round's dates after this was planned: the step follows them.
        step.due_at = moved_to
        session.add(step)
        session.flush()
        return MOVED
    try:
        with session.begin_nested():
            _STEPS[step.transition](session, consultation, row, now)
        outcome = DONE
    except DomainError as error:
        # The step cannot be done: the page says so, and the later ones are not held up.
        outcome = error.code
    step.done_at, step.outcome = now, outcome
    session.add(step)
    session.flush()
    return outcome


def _open(session: Session, _consultation: Consultation, row: Round, now: datetime) -> None:
    if row.state is RoundState.DRAFT:
        instruments.freeze(session, row, now)
        process.set_round_state(session, row, RoundState.OPEN, now)


def _close(session: Session, _consultation: Consultation, row: Round, now: datetime) -> None:
    if row.state in {RoundState.OPEN, RoundState.PAUSED}:
        process.set_round_state(session, row, RoundState.CLOSED, now)


def _freeze(session: Session, consultation: Consultation, row: Round, now: datetime) -> None:
    freeze_outcome(session, consultation, row, now)


def _mail(kind: WaveKind) -> Callable[[Session, Consultation, Round, datetime], None]:
    """A wave to everybody of the kind, in our own words; the mails have a job of their own."""

    def write(session: Session, _consultation: Consultation, row: Round, now: datetime) -> None:
        wave = reaching.draft_wave(session, row, kind, Chosen(), Words(), now)
        reaching.schedule(session, row, wave, None, now)

    return write


_STEPS: dict[Transition, Callable[[Session, Consultation, Round, datetime], None]] = {
    Transition.OPEN: _open,
    Transition.INVITE: _mail(WaveKind.FIRST),
    Transition.REMIND: _mail(WaveKind.REMINDER),
    Transition.CLOSE: _close,
    Transition.FREEZE: _freeze,
}


def move_rounds(context: JobContext) -> None:
    """Do what is due, step by step."""
    now = datetime.now(UTC)
    with context.database.read_session() as session:
        steps = due(session, now)
    for done, step in enumerate(steps):
        context.progress(done, len(steps))
        with context.database.transaction() as session:
            outcome = move(session, step, now)
        log.info("round_moved", step=step, outcome=outcome)


def usual_reminder(opens_at: datetime, closes_at: datetime) -> datetime:
    """Three quarters of the way, on the hour: late enough to need it, early enough to answer."""
    at = opens_at + (closes_at - opens_at) * 0.75
    return at.replace(minute=0, second=0, microsecond=0)


HANDLERS: dict[str, Handler] = {MOVE: move_rounds}
SCHEDULE: tuple[tuple[str, float], ...] = ((MOVE, 30.0),)
HEAVY: frozenset[str] = frozenset()
