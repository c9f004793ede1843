"""Durable jobs in our own store: leased, fenced, retried, visible.

A job is a row written in the same transaction as its cause. A worker claims it for the length
of a lease and extends the lease while it works; when the worker dies the lease runs out and
another claims the job. Delivery is at least once, so that handlers must be idempotent; what a
handler writes through `context.finish()` commits together with the job's end, or not at all.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask
from sqlalchemy import JSON, CursorResult, Index, case, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select, update

from core.db import Database, enum_column


class JobState(StrEnum):
    """The life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)
_UNFINISHED_SQL = text("state IN ('queued', 'running')")


class Job(SQLModel, table=True):
    """One piece of work. Its arguments are ids, never content."""

    __table_args__ = (
        Index("ix_job_claim", "state", "run_at"),
        Index(
            "uq_job_key_unfinished",
            "key",
            unique=True,
            sqlite_where=_UNFINISHED_SQL,
            postgresql_where=_UNFINISHED_SQL,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=64)
    args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: JobState = Field(default=JobState.QUEUED, sa_type=enum_column(JobState, "job_state"))
    #: Unique among unfinished jobs.
    key: str | None = Field(default=None, max_length=200)
    attempts: int = 0
    run_at: datetime
    lease_until: datetime | None = None
    owner: str | None = Field(default=None, max_length=200)
    progress_done: int = 0
    progress_total: int = 0
    cancel_requested: bool = False
    #: The class of the last error, never its message.
    error: str | None = Field(default=None, max_length=200)
    created_at: datetime
    finished_at: datetime | None = None


class LostLease(Exception):
    """Another worker has taken the job over; what this one did is dropped."""


class Cancelled(Exception):
    """Somebody cancelled the job."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a handler gets."""

    database: Database
    app: Flask
    job_id: int
    owner: str
    args: Mapping[str, Any]

    def progress(self, done: int, total: int) -> None:
        """Say how far the work is; raises `Cancelled` or `LostLease` when it should end."""
        with self.database.transaction() as session:
            changed = session.connection().execute(
                update(Job)
                .where(*owned_by(self.job_id, self.owner))
                .values(progress_done=done, progress_total=total)
            )
            _demand(changed)
            wanted = select(Job.cancel_requested).where(Job.id == self.job_id)
            cancelled = session.exec(wanted).one()
        if cancelled:
            raise Cancelled

    @contextmanager
    def finish(self) -> Iterator[Session]:
        """The transaction of the result: it commits with the job's end, and only once."""
        with self.database.transaction() as session:
            changed = session.connection().execute(
                update(Job)
                .where(*owned_by(self.job_id, self.owner))
                .values(ended(JobState.DONE, datetime.now(UTC)))
            )
            _demand(changed)
            yield session


Handler = Callable[[JobContext], None]


def owned_by(job_id: int, owner: str) -> tuple[Any, ...]:
    """The fence: true only while this owner still has the job."""
    return (
        col(Job.id) == job_id,
        col(Job.owner) == owner,
        col(Job.state) == JobState.RUNNING,
    )


def _demand(result: CursorResult[Any]) -> None:
    if result.rowcount != 1:
        raise LostLease


def ended(state: JobState, now: datetime) -> dict[str, Any]:
    """What changes in a job that ends."""
    return {
        "state": state,
        "owner": None,
        "lease_until": None,
        "cancel_requested": False,
        "finished_at": now,
    }


def enqueue(
    session: Session,
    kind: str,
    args: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    key: str | None = None,
    run_at: datetime | None = None,
) -> None:
    """Add a job in the caller's transaction; with a key, only where none like it is unfinished.

    Two transactions may ask for one key at the same moment: the store itself lets one job stand,
    and neither transaction fails.
    """
    job = Job(kind=kind, args=dict(args or {}), key=key, run_at=run_at or now, created_at=now)
    row = job.model_dump(exclude={"id"})
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(postgresql.insert(Job).values(row).on_conflict_do_nothing())
    else:
        connection.execute(sqlite.insert(Job).values(row).on_conflict_do_nothing())


def cancel(session: Session, job_id: int, now: datetime) -> bool:
    """End a waiting job at once, ask a running one to stop at its next step; whether one was."""
    stopped = session.connection().execute(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.QUEUED)
        .values(ended(JobState.CANCELLED, now))
    )
    asked = session.connection().execute(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.RUNNING)
        .values(cancel_requested=True)
    )
    return stopped.rowcount + asked.rowcount > 0


def retry(session: Session, job_id: int, now: datetime) -> bool:
    """Queue a job that failed or was cancelled once more, unless one like it is unfinished."""
    like_it = select(Job.key).where(col(Job.state).in_(UNFINISHED), col(Job.key).is_not(None))
    changed = session.connection().execute(
        update(Job)
        .where(
            col(Job.id) == job_id,
            col(Job.state).in_([JobState.FAILED, JobState.CANCELLED]),
            col(Job.key).is_(None) | col(Job.key).not_in(like_it),
        )
        .values(state=JobState.QUEUED, attempts=0, run_at=now, error=None, finished_at=None)
    )
    return changed.rowcount > 0


def latest(session: Session, count: int, state: JobState | None = None) -> list[Job]:
    """Jobs that somebody may have to act on first: running, waiting, failed; then the newest."""
    urgency = case(
        {JobState.RUNNING: 0, JobState.QUEUED: 1, JobState.FAILED: 2}, value=col(Job.state), else_=3
    )
    wanted = select(Job).order_by(urgency, col(Job.id).desc()).limit(count)
    if state is not None:
        wanted = wanted.where(Job.state == state)
    return list(session.exec(wanted))


def counts(session: Session) -> dict[str, int]:
    """Jobs by state."""
    rows = session.connection().execute(text("SELECT state, count(*) FROM job GROUP BY state"))
    found = {state.value: 0 for state in JobState}
    return {**found, **dict(map(tuple, rows))}


def init_app(
    app: Flask,
    handlers: Mapping[str, Handler],
    schedule: tuple[tuple[str, float], ...],
    heavy: frozenset[str],
) -> None:
    app.extensions["job_handlers"] = handlers
    app.extensions["job_schedule"] = schedule
    app.extensions["job_heavy"] = heavy
