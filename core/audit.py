"""The audit log: append-only, each entry sealed with the hash of the one before it.

It holds the acts of people with power over the process, never an answer and never a token.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, text
from sqlmodel import Field, Session, SQLModel, col, func, select

GENESIS = "0" * 64


class AuditEntry(SQLModel, table=True):
    """One act: who did what to what."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str = Field(max_length=254)
    action: str = Field(max_length=64)
    target: str = Field(max_length=200)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    previous_hash: str = Field(max_length=64, unique=True)
    hash: str = Field(max_length=64)


def entry_hash(entry: AuditEntry) -> str:
    """The seal of an entry over its content and its predecessor's seal."""
    content = [
        entry.previous_hash,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.target,
        entry.details,
    ]
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    target: str,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> None:
    """Append an act in the caller's transaction; `actor` is an account's public id or 'cli'."""
    if session.get_bind().dialect.name == "postgresql":
        # Two writers must not both follow the same entry; SQLite's writers already queue.
        session.exec(text("SELECT pg_advisory_xact_lock(7305)"))  # type: ignore[call-overload]
    session.flush()
    last = session.exec(select(AuditEntry.hash).order_by(col(AuditEntry.id).desc())).first()
    entry = AuditEntry(
        at=now.replace(microsecond=0),
        actor=actor,
        action=action,
        target=target,
        details=details or {},
        previous_hash=last or GENESIS,
        hash="",
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()


def state(session: Session) -> tuple[int, str]:
    """How many entries there are, and the seal of the newest."""
    count = session.exec(select(func.count()).select_from(AuditEntry)).one()
    last = session.exec(select(AuditEntry.hash).order_by(col(AuditEntry.id).desc())).first()
    return count, last or GENESIS


def has_seal(session: Session, seal: str) -> bool:
    return seal == GENESIS or bool(
        session.exec(select(AuditEntry.id).where(AuditEntry.hash == seal)).first()
    )


def find_breaks(session: Session) -> Iterator[int]:
    """The ids of entries that were changed, or that follow a removed one."""
    expected = GENESIS
    entries = select(AuditEntry).order_by(col(AuditEntry.id)).execution_options(yield_per=1_000)
    for entry in session.exec(entries):
        if entry.previous_hash != expected or entry.hash != entry_hash(entry):
            yield entry.id or 0
        expected = entry.hash
