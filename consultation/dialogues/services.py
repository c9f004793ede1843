"""Writes of dialogues: announce, register, write up."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from consultation.contributions import services as contributions
from consultation.contributions.models import Channel, Contribution
from consultation.dialogues.models import Dialogue, DialogueState, Registration
from consultation.dialogues.queries import registration_count
from consultation.process.models import Consultation
from core import mail
from core.errors import Closed, Conflict, Invalid, NotFound
from core.i18n import _, text_in


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who registers."""

    name: str
    email: str
    sector: str | None
    country: str | None
    attends_online: bool
    needs: str
    language: str


def announce(session: Session, dialogue: Dialogue) -> None:
    """Show a dialogue to the public and open its registration."""
    if dialogue.state is not DialogueState.DRAFT:
        raise Conflict(_("This dialogue was announced already."))
    if not any(dialogue.title.values()):
        raise Invalid(_("Enter a title before you announce the dialogue."), field="title")
    dialogue.state = DialogueState.ANNOUNCED
    session.add(dialogue)
    session.flush()


def register(
    session: Session, consultation: Consultation, dialogue: Dialogue, guest: Guest, now: datetime
) -> None:
    """Register somebody; a second registration of one address changes nothing and says nothing.

    The answer is the same, so that nobody can find out who else comes.
    """
    # On PostgreSQL the row lock keeps two late guests from taking one seat; SQLite's writers queue.
    fresh = session.exec(select(Dialogue).where(Dialogue.id == dialogue.id).with_for_update()).one()
    if fresh.state is not DialogueState.ANNOUNCED or now >= fresh.starts_at:
        raise Closed(_("Registration for this dialogue has closed."))
    email = guest.email.strip().lower()
    known = session.exec(
        select(Registration.id).where(
            Registration.dialogue_id == fresh.id, Registration.email == email
        )
    ).first()
    if known is not None:
        return
    if fresh.capacity is not None and registration_count(session, fresh) >= fresh.capacity:
        raise Closed(_("All places are taken. Write to the organisers to be put on the list."))
    session.add(
        Registration(
            dialogue_id=fresh.id or 0,
            name=guest.name.strip(),
            email=email,
            sector=guest.sector,
            country=guest.country,
            attends_online=guest.attends_online,
            needs=guest.needs.strip(),
            language=guest.language,
            registered_at=now,
        )
    )
    session.flush()
    mail.queue_template(
        session,
        to=email,
        name="dialogue_registration",
        context={
            "title": text_in(fresh.title, guest.language, consultation.default_language),
            "starts_at": fresh.starts_at,
            "place": fresh.place,
            "online_link": fresh.online_link if guest.attends_online else "",
        },
        language=guest.language,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Note:
    """One point that somebody made."""

    point: str
    text: str
    sector: str | None
    region: str | None
    language: str
    is_quotable: bool


def write_note(
    session: Session, consultation: Consultation, dialogue: Dialogue, note: Note, now: datetime
) -> Contribution:
    """A facilitator's note becomes a contribution and so reaches the same analysis."""
    if not note.text.strip():
        raise Invalid(_("Write down what was said."), field="text")
    if dialogue.state is DialogueState.DRAFT:
        raise Closed(_("Announce the dialogue before you write notes."))
    dialogue.state = DialogueState.HELD if now >= dialogue.ends_at else dialogue.state
    session.add(dialogue)
    return contributions.receive(
        session,
        contributions.Source(
            consultation_id=consultation.id or 0,
            channel=Channel.DIALOGUE,
            dialogue_id=dialogue.id,
            region=note.region or dialogue.region,
            sector=note.sector,
        ),
        contributions.Wording(
            question_code="dialogue",
            asked=note.point or text_in(dialogue.title, note.language, "en"),
            language=note.language,
        ),
        text=note.text,
        today=now.date(),
        is_quotable=note.is_quotable,
    )


def remove_note(session: Session, dialogue: Dialogue, contribution_id: str) -> None:
    """Take a note back; its words are erased."""
    found = session.exec(
        select(Contribution).where(
            Contribution.id == contribution_id, Contribution.dialogue_id == dialogue.id
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such note."))
    contributions.withdraw(session, found)
