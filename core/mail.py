"""Mail as an outbox: written in the transaction of its cause, sent by a job, erased once sent."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import make_msgid
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import render_template
from sqlmodel import Field, Session, SQLModel, col, select

from core.config import Settings
from core.db import enum_column
from core.errors import Invalid
from core.i18n import force_locale
from core.jobs import Handler, JobContext, enqueue
from core.security import current_settings

SEND = "send_mail"
BATCH = 50
SMTP_TIMEOUT_SECONDS = 20


class MailPolicy(EmailPolicy):
    """Mail as it goes over the wire. A link in a header stays whole: folded, it would be encoded."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() == "list-unsubscribe":
            return self.fold(name, value).encode()
        return super().fold_binary(name, value)


class MailNotConfigured(Exception):
    """Neither POLYLOGUE_SMTP_URL nor POLYLOGUE_MAIL_FOLDER is set."""


WIRE = MailPolicy(linesep="\r\n")


class MailState(StrEnum):
    """The life of a message."""

    QUEUED = "queued"
    SENT = "sent"


class OutboxMessage(SQLModel, table=True):
    """One message to one person. Its words are erased when it is sent: links must not stay."""

    __tablename__ = "outbox_message"

    id: int | None = Field(default=None, primary_key=True)
    recipient: str = Field(max_length=254)
    subject: str = Field(max_length=400)
    body: str
    #: Where a click ends all mail of this kind (RFC 8058); erased with the words.
    unsubscribe_url: str = Field(
        default="", max_length=400, sa_column_kwargs={"server_default": ""}
    )
    message_id: str = Field(max_length=200)
    state: MailState = Field(
        default=MailState.QUEUED, sa_type=enum_column(MailState, "mail_state"), index=True
    )
    queued_at: datetime
    sent_on: date | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of one message, ready to be sent."""

    subject: str
    body: str
    unsubscribe_url: str = ""


def queue(session: Session, *, to: str, letter: Letter, now: datetime) -> None:
    """Put a message into the outbox and a job beside it."""
    if any(character in to + letter.subject + letter.unsubscribe_url for character in "\r\n"):
        raise Invalid("An address or a subject holds a line break.")
    session.add(
        OutboxMessage(
            recipient=to,
            subject=letter.subject,
            body=letter.body,
            unsubscribe_url=letter.unsubscribe_url,
            message_id=make_msgid(domain="polylogue.invalid"),
            queued_at=now,
        )
    )
    enqueue(session, SEND, key=SEND, now=now)


def queue_template(
    session: Session,
    *,
    to: str,
    name: str,
    context: Mapping[str, Any],
    language: str,
    now: datetime,
) -> None:
    """Write a message from templates/email/<name>/ in the recipient's language."""
    queue(session, to=to, letter=write(name, context, language), now=now)


def write(
    name: str, context: Mapping[str, Any], language: str, *, unsubscribe_url: str = ""
) -> Letter:
    """The words of templates/email/<name>/ in a language; a subject is always one line."""
    with force_locale(language):
        subject = " ".join(render_template(f"email/{name}/subject.txt", **context).split())
        body = render_template(f"email/{name}/body.txt", **context)
    return Letter(subject, body, unsubscribe_url)


def send_queued(context: JobContext) -> None:
    """Send what waits, a batch at a time. A message sent twice keeps one id."""
    settings = current_settings()
    while True:
        with context.database.read_session() as session:
            waiting = session.exec(
                select(OutboxMessage)
                .where(OutboxMessage.state == MailState.QUEUED)
                .order_by(col(OutboxMessage.id))
                .limit(BATCH)
            ).all()
        if not waiting:
            break
        for row in waiting:
            _deliver(_message(row, settings), row.id or 0, settings)
            with context.database.transaction() as session:
                sent = session.exec(select(OutboxMessage).where(OutboxMessage.id == row.id)).one()
                sent.state = MailState.SENT
                sent.sent_on = datetime.now(UTC).date()
                sent.subject = sent.body = sent.unsubscribe_url = ""
                session.add(sent)
        context.database.forget_erased()


def _message(row: OutboxMessage, settings: Settings) -> EmailMessage:
    message = EmailMessage(policy=WIRE)
    message["From"] = settings.mail_from
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Message-ID"] = row.message_id
    if row.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{row.unsubscribe_url}>"
        if row.unsubscribe_url.startswith("https://"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(row.body)
    return message


def _deliver(message: EmailMessage, number: int, settings: Settings) -> None:
    if settings.smtp_url:
        _deliver_by_smtp(message, settings.smtp_url)
    elif settings.mail_folder:
        _write_file(message, settings.mail_folder, number)
    else:
        # The job fails and shows it; the message waits until there is a way to send it.
        raise MailNotConfigured


def _write_file(message: EmailMessage, folder: Path, number: int) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{number:08d}.eml"
    path.touch(mode=0o600)
    path.write_bytes(message.as_bytes())


def _deliver_by_smtp(message: EmailMessage, url: str) -> None:
    """smtp://user:password@host:587?starttls=yes, or smtps:// for a connection that is secure."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port
    secure = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port or 465, timeout=SMTP_TIMEOUT_SECONDS, context=secure
        )
    else:
        server = smtplib.SMTP(host, port or 25, timeout=SMTP_TIMEOUT_SECONDS)
    with server:
        if parse_qs(parts.query).get("starttls") == ["yes"]:
            server.starttls(context=secure)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


HANDLERS: dict[str, Handler] = {SEND: send_queued}
SCHEDULE: tuple[tuple[str, float], ...] = ()
