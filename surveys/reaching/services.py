"""Writes about reaching people: waves, bounces, changed addresses, and who leaves."""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from consultation.people.models import Stakeholder
from consultation.people.services import EMAIL
from consultation.process.models import Consultation, Round, RoundState
from core.errors import Closed, Conflict, Invalid, NotFound
from core.i18n import _
from core.jobs import enqueue
from surveys.reaching.letters import Words, find_by_unsubscribe_token, one_line, plain_text
from surveys.reaching.models import InvitationWave, StakeholderDelivery, WaveKind, WaveState
from surveys.reaching.queries import Chosen

SEND_WAVE = "send_wave"
MOST_LINES = 20_000
LONGEST_REASON = 200
TAKES_MAIL = frozenset({RoundState.OPEN, RoundState.PAUSED})
STOPPABLE = frozenset({WaveState.PLANNED, WaveState.SENDING})


def draft_wave(
    session: Session, row: Round, kind: WaveKind, chosen: Chosen, words: Words, now: datetime
) -> InvitationWave:
    """A wave to look at; nothing is sent before it is given a time."""
    if row.state is RoundState.CLOSED or now >= row.closes_at:
        raise Closed(_("This round has closed. Nobody can be invited to it any more."))
    last = session.exec(
        select(func.max(InvitationWave.number)).where(InvitationWave.round_id == row.id)
    ).one()
    wave = InvitationWave(
        round_id=row.id or 0,
        number=(last or 0) + 1,
        kind=kind,
        chosen=chosen.stored(),
        subject={code: one_line(text) for code, text in words.subject.items() if text.strip()},
        intro={code: plain_text(text) for code, text in words.intro.items() if text.strip()},
        contact=words.contact,
        created_at=now,
    )
    session.add(wave)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            _("Somebody else wrote a message at the same moment. Send the form again.")
        ) from error
    return wave


def schedule(
    session: Session, row: Round, wave: InvitationWave, at: datetime | None, now: datetime
) -> None:
    """Send a wave now or at a time; the job stands in the same transaction."""
    if wave.state is not WaveState.DRAFT:
        raise Conflict(_("This message was sent or planned already. Reload the page."))
    moment = max(at or now, now)
    if moment >= row.closes_at:
        raise Invalid(_("The round has closed by then. Choose an earlier time."), field="at")
    if at is None and row.state not in TAKES_MAIL:
        raise Conflict(_("The round is not open. Open it first, or plan the message for later."))
    wave.state = WaveState.PLANNED
    wave.scheduled_at = moment
    session.add(wave)
    session.flush()
    enqueue(
        session, SEND_WAVE, {"wave": wave.id}, key=f"{SEND_WAVE}:{wave.id}", run_at=moment, now=now
    )


def stop(session: Session, wave: InvitationWave, now: datetime) -> None:
    """Discard a draft, or stop a wave; mails that are queued already go out."""
    if wave.state is WaveState.DRAFT:
        session.delete(wave)
    elif wave.state in STOPPABLE:
        wave.state = WaveState.CANCELLED
        wave.finished_at = now
        session.add(wave)
    else:
        raise Conflict(_("This message has been sent. It cannot be taken back."))
    session.flush()


@dataclass(frozen=True, slots=True)
class BounceLine:
    """One address that mail came back from."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of a list of bounces."""

    noted: int
    #: Addresses that nobody in this consultation has.
    unknown: tuple[str, ...]


def read_bounces(text: str) -> list[BounceLine]:
    """Read lines of address and reason, separated by comma, semicolon or tab."""
    separator = next((mark for mark in "\t;" if mark in text), ",")
    found: dict[str, BounceLine] = {}
    try:
        for cells in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator):
            address = cells[0].strip().lower() if cells else ""
            if not EMAIL.match(address):
                continue
            reason = one_line(separator.join(cells[1:]))[:LONGEST_REASON]
            found[address] = BounceLine(address, reason)
    except csv.Error as error:
        raise Invalid(
            _("The list cannot be read as lines of address and reason. Choose another file.")
        ) from error
    if not found:
        raise Invalid(_("No line begins with an e-mail address. Write one address a line."))
    if len(found) > MOST_LINES:
        raise Invalid(_("The list is too long. Send it in parts."))
    return list(found.values())


def note_bounces(
    session: Session, consultation: Consultation, lines: Collection[BounceLine], now: datetime
) -> Noted:
    """Write to these addresses no more; a person with a new address is written to again."""
    wanted = {line.address: line for line in lines}
    people = session.exec(
        select(Stakeholder).where(
            Stakeholder.consultation_id == consultation.id,
            col(Stakeholder.email).in_(wanted),
        )
    ).all()
    for person in people:
        row = session.get(StakeholderDelivery, person.id) or StakeholderDelivery(
            stakeholder_id=person.id or 0, address="", bounced_at=now
        )
        row.address = person.email
        row.reason = wanted[person.email].reason
        row.bounced_at = now
        session.add(row)
    session.flush()
    known = {person.email for person in people}
    return Noted(len(people), tuple(address for address in wanted if address not in known))


def change_address(
    session: Session, consultation: Consultation, public_id: str, address: str
) -> Stakeholder:
    """Give a stakeholder another address; what bounced from the old one counts no more."""
    cleaned = address.strip().lower()
    if not EMAIL.match(cleaned) or len(cleaned) > 254:
        raise Invalid(_("This is not an e-mail address."))
    person = session.exec(
        select(Stakeholder).where(
            Stakeholder.consultation_id == consultation.id, Stakeholder.public_id == public_id
        )
    ).one_or_none()
    if person is None:
        raise NotFound(_("There is no such stakeholder in this consultation."))
    taken = session.exec(
        select(Stakeholder.id).where(
            Stakeholder.consultation_id == consultation.id,
            Stakeholder.email == cleaned,
            Stakeholder.id != person.id,
        )
    ).first()
    if taken is not None:
        raise Conflict(_("Another stakeholder has this address already."))
    person.email = cleaned
    session.add(person)
    session.flush()
    return person


def unsubscribe(session: Session, token: str, now: datetime) -> Stakeholder:
    """End all mail to the person whom a signed link names. Twice is as good as once."""
    person = find_by_unsubscribe_token(session, token)
    if person is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    if person.unsubscribed_at is None:
        person.unsubscribed_at = now
        session.add(person)
        session.flush()
    return person
