"""Personal links, and the late, shuffled marks that somebody has answered.

A token yields two unrelated values: the invitation keeps one, the submission the other. No
token is stored. In rounds that know their people, under names or pseudonyms, it follows from
the invitation and the secret of the installation, so that a reminder can carry it again; in
anonymous rounds it is random, and nobody can make it a second time (docs/decisions/0008).

The note that an invitation was answered is written sealed, together with the submission, and
is opened only in batches of at least ten, or when the round has ended.
"""

import hmac
import json
import secrets
from base64 import b32encode, urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.fernet import Fernet
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core import mail
from core.jobs import Handler, JobContext
from core.security import current_settings, keyed_hash, new_token
from surveys.models import Invitation, PendingMark
from surveys.reaching.letters import Occasion, first_letter, personal_url, unsubscribe_url

SMALLEST_BATCH = 10
MARK = "mark_answered"
RANDOM = 0


def _seal() -> Fernet:
    secret = current_settings().secret_key.encode()
    return Fernet(urlsafe_b64encode(sha256(b"pending-mark\x00" + secret).digest()))


def derived_token(invitation_id: str, generation: int) -> str:
    """The token that follows from an invitation; without the secret nobody can tell it."""
    secret = current_settings().secret_key.encode()
    message = f"personal-link\x00{invitation_id}\x00{generation}".encode()
    digest = hmac.new(secret, message, sha256).digest()
    return b32encode(digest[:20]).decode("ascii").lower()


def give_token(row: Round, invitation: Invitation) -> str:
    """Give an invitation a token it never had; a link that was sent before stops working."""
    if row.identity_mode is IdentityMode.ANONYMOUS:
        invitation.token_generation, token = RANDOM, new_token()
    else:
        invitation.token_generation += 1
        token = derived_token(invitation.id, invitation.token_generation)
    invitation.invite_hash = keyed_hash("invite", token)
    return token


def token_again(row: Round, invitation: Invitation) -> str | None:
    """The token of an invitation, where it can be made again; never in an anonymous round."""
    if row.identity_mode is IdentityMode.ANONYMOUS or invitation.token_generation == RANDOM:
        return None
    token = derived_token(invitation.id, invitation.token_generation)
    is_the_one = hmac.compare_digest(keyed_hash("invite", token), invitation.invite_hash)
    return token if is_the_one else None


def make_link(session: Session, row: Round, stakeholder_id: int) -> tuple[Invitation, str]:
    """A new invitation with its token. Nothing is sent."""
    invitation = Invitation(
        round_id=row.id or 0, stakeholder_id=stakeholder_id, invite_hash="", sent_on=None
    )
    token = give_token(row, invitation)
    session.add(invitation)
    session.flush()
    return invitation, token


def invite(
    session: Session,
    consultation: Consultation,
    row: Round,
    stakeholder: Stakeholder,
    now: datetime,
) -> str:
    """Make a personal link, queue its mail in our own words, and return the token."""
    invitation, token = make_link(session, row, stakeholder.id or 0)
    send_first(session, Occasion(consultation, row), stakeholder, invitation, token, now)
    return token


def send_first(
    session: Session,
    occasion: Occasion,
    stakeholder: Stakeholder,
    invitation: Invitation,
    token: str,
    now: datetime,
) -> None:
    """Queue the mail with a personal link, in the language of its reader."""
    letter = first_letter(
        occasion,
        stakeholder.language,
        url=personal_url(token),
        leave=unsubscribe_url(stakeholder),
    )
    mail.queue(session, to=stakeholder.email, letter=letter, now=now)
    invitation.sent_on = now.date()
    session.add(invitation)
    session.flush()


def note_answered(session: Session, token: str) -> None:
    """Leave a sealed note that the invitation of this token was answered."""
    invitation = session.exec(
        select(Invitation).where(Invitation.invite_hash == keyed_hash("invite", token))
    ).one_or_none()
    if invitation is not None and not invitation.has_answered:
        sealed = _seal().encrypt(json.dumps(invitation.id).encode()).decode("ascii")
        session.add(PendingMark(round_id=invitation.round_id, sealed=sealed))
        session.flush()


def mark_answered(context: JobContext) -> None:
    """Open the sealed notes of each round that has enough of them, or that has ended."""
    now = datetime.now(UTC)
    with context.database.read_session() as session:
        rounds = session.exec(
            select(Round).where(col(Round.id).in_(select(PendingMark.round_id)))
        ).all()
    for row in rounds:
        has_ended = row.state is RoundState.CLOSED or now >= row.closes_at
        with context.database.transaction() as session:
            _mark_round(session, row.id or 0, has_ended=has_ended)


def _mark_round(session: Session, round_id: int, *, has_ended: bool) -> int:
    notes = list(session.exec(select(PendingMark).where(PendingMark.round_id == round_id)))
    if len(notes) < SMALLEST_BATCH and not has_ended:
        return 0
    opened = [json.loads(_seal().decrypt(note.sealed.encode())) for note in notes]
    secrets.SystemRandom().shuffle(opened)
    for invitation_id in opened:
        session.connection().execute(
            update(Invitation).where(col(Invitation.id) == invitation_id).values(has_answered=True)
        )
    session.connection().execute(
        delete(PendingMark).where(col(PendingMark.id).in_([note.id for note in notes]))
    )
    return len(opened)


HANDLERS: dict[str, Handler] = {MARK: mark_answered}
SCHEDULE: tuple[tuple[str, float], ...] = ((MARK, 60.0),)
