"""Personal links, and the late, shuffled marks that somebody has answered.

A token yields two unrelated values: the invitation keeps one, the submission the other. The
note that an invitation was answered is written sealed, together with the submission, and is
opened only in batches of at least ten, or when the round has ended.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.fernet import Fernet
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core import mail
from core.i18n import text_in
from core.jobs import Handler, JobContext
from core.security import current_settings, keyed_hash, new_token
from surveys.models import Invitation, PendingMark

SMALLEST_BATCH = 10
MARK = "mark_answered"


def _seal() -> Fernet:
    secret = current_settings().secret_key.encode()
    return Fernet(urlsafe_b64encode(sha256(b"pending-mark\x00" + secret).digest()))


def invite(
    session: Session,
    consultation: Consultation,
    row: Round,
    stakeholder: Stakeholder,
    now: datetime,
) -> str:
    """Make a personal link, queue its mail, and return the token, which is stored nowhere."""
    token = new_token()
    known = session.exec(
        select(Invitation).where(
            Invitation.round_id == row.id, Invitation.stakeholder_id == stakeholder.id
        )
    ).one_or_none()
    if known is None:
        session.add(
            Invitation(
                round_id=row.id or 0,
                stakeholder_id=stakeholder.id or 0,
                invite_hash=keyed_hash("invite", token),
                sent_on=now.date(),
            )
        )
        session.flush()
        _queue_mail(session, consultation, row, stakeholder, token, now)
    return token


def _queue_mail(
    session: Session,
    consultation: Consultation,
    row: Round,
    stakeholder: Stakeholder,
    token: str,
    now: datetime,
) -> None:
    language = stakeholder.language
    mail.queue_template(
        session,
        to=stakeholder.email,
        name="invitation",
        context={
            "title": text_in(consultation.title, language, consultation.default_language),
            "round_title": text_in(row.title, language, consultation.default_language),
            "url": f"{current_settings().base_url}/s/{token}/",
            "closes_at": row.closes_at,
            "is_anonymous": row.identity_mode is IdentityMode.ANONYMOUS,
        },
        language=language if language in current_settings().languages else "en",
        now=now,
    )


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
