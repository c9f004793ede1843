"""The job that sends a wave: in batches, each in a transaction that checks everything again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, select

from consultation.process.models import Consultation, Round
from core import mail
from core.jobs import Handler, JobContext
from surveys.invitations import give_token, make_link, send_first, token_again
from surveys.reaching.letters import (
    Occasion,
    personal_url,
    reminder_letter,
    unsubscribe_url,
    words_of,
)
from surveys.reaching.models import InvitationMail, InvitationWave, WaveKind, WaveState
from surveys.reaching.queries import Candidate, Chosen, Selection, select_people
from surveys.reaching.services import SEND_WAVE, STOPPABLE, TAKES_MAIL

BATCH = 100


def send_wave(context: JobContext) -> None:
    """Send a wave. Killed in the middle it goes on where it was; nobody is written to twice."""
    wave_id = int(context.args["wave"])
    with context.database.transaction() as session:
        people = _begin(session, wave_id, datetime.now(UTC))
    for start in range(0, len(people), BATCH):
        context.progress(start, len(people))
        with context.database.transaction() as session:
            if not _send_batch(session, wave_id, people[start : start + BATCH], datetime.now(UTC)):
                break
    with context.finish() as session:
        _end(session, wave_id, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _Wave:
    """A wave that may be sent, with what it is about."""

    wave: InvitationWave
    occasion: Occasion

    def takes_mail(self, now: datetime) -> bool:
        row = self.occasion.round
        return row.state in TAKES_MAIL and now < row.closes_at

    def select(
        self, session: Session, now: datetime, among: Collection[int] | None = None
    ) -> Selection:
        chosen = Chosen.read(self.wave.chosen)
        place, row = self.occasion.consultation, self.occasion.round
        return select_people(session, place, row, self.wave.kind, chosen, now, among=among)


def _load(session: Session, wave_id: int) -> _Wave | None:
    """The wave with its round, held so that two workers cannot write to the same person."""
    wave = session.get(InvitationWave, wave_id, populate_existing=True)
    if wave is None or wave.state not in STOPPABLE:
        return None
    row = session.exec(
        select(Round)
        .where(Round.id == wave.round_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    consultation = session.exec(
        select(Consultation).where(Consultation.id == row.consultation_id)
    ).one()
    return _Wave(wave, Occasion(consultation, row, words_of(wave)))


def _begin(session: Session, wave_id: int, now: datetime) -> list[int]:
    """Whom to write to; nobody where the wave was stopped or the round takes no answers."""
    loaded = _load(session, wave_id)
    if loaded is None:
        return []
    wave = loaded.wave
    session.add(wave)
    if not loaded.takes_mail(now):
        wave.state = WaveState.MISSED
        return []
    found = loaded.select(session, now)
    if wave.state is WaveState.PLANNED:
        wave.state = WaveState.SENDING
        wave.left_out = {reason.value: count for reason, count in found.left_out.items()}
    return [one.stakeholder.id or 0 for one in found.people]


def _send_batch(session: Session, wave_id: int, ids: Sequence[int], now: datetime) -> bool:
    """Write to these people, as far as the rules still allow; whether to go on."""
    loaded = _load(session, wave_id)
    if loaded is None or not loaded.takes_mail(now):
        return False
    wave = loaded.wave
    write = _invite if wave.kind is WaveKind.FIRST else _remind
    found = loaded.select(session, now, ids)
    for candidate in found.people:
        invitation_id = write(session, loaded.occasion, candidate, now)
        session.add(
            InvitationMail(invitation_id=invitation_id, wave_id=wave.id or 0, queued_at=now)
        )
    wave.queued += len(found.people)
    session.add(wave)
    session.flush()
    return True


def _invite(session: Session, occasion: Occasion, candidate: Candidate, now: datetime) -> str:
    person, invitation, row = candidate.stakeholder, candidate.invitation, occasion.round
    if invitation is None:
        invitation, token = make_link(session, row, person.id or 0)
    else:
        # Nobody got the first message; where its link cannot be made again, there is a new one.
        token = token_again(row, invitation) or give_token(row, invitation)
    send_first(session, occasion, person, invitation, token, now)
    return invitation.id


def _remind(session: Session, occasion: Occasion, candidate: Candidate, now: datetime) -> str:
    person, invitation = candidate.stakeholder, candidate.invitation
    assert invitation is not None  # noqa: S101 - only who was invited is reminded
    token = token_again(occasion.round, invitation)
    letter = reminder_letter(
        occasion,
        person.language,
        url=personal_url(token) if token else None,
        sent_on=invitation.sent_on,
        leave=unsubscribe_url(person),
    )
    mail.queue(session, to=person.email, letter=letter, now=now)
    return invitation.id


def _end(session: Session, wave_id: int, now: datetime) -> None:
    wave = session.get(InvitationWave, wave_id, populate_existing=True)
    if wave is None:
        return
    if wave.state is WaveState.SENDING:
        wave.state = WaveState.SENT
    wave.finished_at = wave.finished_at or now
    session.add(wave)


HANDLERS: dict[str, Handler] = {SEND_WAVE: send_wave}
