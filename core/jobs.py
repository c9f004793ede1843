"""Durable jobs in our own store: leased, fenced, retried, visible.

A job is a row written in the same transaction as its cause. A worker claims it for the length
of a lease and extends the lease while it works; when the worker dies the lease runs out and
another claims the job. Delivery is at least once, so that handlers must be idempotent; what a
handler writes through `context.finish()` commits together with the job's end, or not at all.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import JSON, CursorResult, Index, text
from sqlmodel import Field, Session, SQLModel, col, select, update

from core.db import Database, enum_column, get_database
from core.security import current_settings

log = structlog.get_logger("jobs")
MOST_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=10)
POLL_SECONDS = 1.0


class JobState(StrEnum):
    """The life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(SQLModel, table=True):
    """One piece of work. Its arguments are ids, never content."""

    __table_args__ = (Index("ix_job_claim", "state", "run_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=64)
    args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: JobState = Field(default=JobState.QUEUED, sa_type=enum_column(JobState, "job_state"))
    #: Unique among unfinished jobs; given up when the job ends.
    key: str | None = Field(default=None, max_length=200, unique=True)
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
                .where(*_mine(self.job_id, self.owner))
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
                .where(*_mine(self.job_id, self.owner))
                .values(_ended(JobState.DONE, datetime.now(UTC)))
            )
            _demand(changed)
            yield session


Handler = Callable[[JobContext], None]


def _mine(job_id: int, owner: str) -> tuple[Any, ...]:
    return (
        col(Job.id) == job_id,
        col(Job.owner) == owner,
        col(Job.state) == JobState.RUNNING,
    )


def _demand(result: CursorResult[Any]) -> None:
    if result.rowcount != 1:
        raise LostLease


def _ended(state: JobState, now: datetime) -> dict[str, Any]:
    return {
        "state": state,
        "key": None,
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
    """Add a job in the caller's transaction; with a key, only where none like it waits."""
    if key is not None:
        known = session.exec(select(Job.id).where(Job.key == key)).first()
        if known is not None:
            return
    session.add(
        Job(kind=kind, args=dict(args or {}), key=key, run_at=run_at or now, created_at=now)
    )
    session.flush()


def cancel(session: Session, job_id: int, now: datetime) -> None:
    """End a waiting job at once; ask a running one to stop at its next step."""
    session.connection().execute(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.QUEUED)
        .values(_ended(JobState.CANCELLED, now))
    )
    session.connection().execute(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state) == JobState.RUNNING)
        .values(cancel_requested=True)
    )


def retry(session: Session, job_id: int, now: datetime) -> None:
    """Queue a job that failed or was cancelled once more."""
    session.connection().execute(
        update(Job)
        .where(col(Job.id) == job_id, col(Job.state).in_([JobState.FAILED, JobState.CANCELLED]))
        .values(state=JobState.QUEUED, attempts=0, run_at=now, error=None, finished_at=None)
    )


def owner_name() -> str:
    """Machine, process and its start, so that a reused process number is not mistaken."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}:{threading.get_ident()}"


def _started(pid: int) -> str:
    """When a process started, by the system's own count; empty where it does not run."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return status.rpartition(")")[2].split()[19]


@dataclass(slots=True)
class Worker:
    """Claims jobs and runs them, one at a time."""

    app: Flask
    database: Database
    handlers: Mapping[str, Handler]
    schedule: tuple[tuple[str, float], ...]
    lease: timedelta
    owner: str = field(default_factory=owner_name)
    _next_tick: dict[str, datetime] = field(default_factory=dict)

    def run_forever(self, stop: threading.Event) -> None:
        """Work until told to stop; a fault of the store is logged and tried again."""
        self._free_dead_leases()
        while not stop.is_set():
            try:
                busy = self.step()
            except Exception as error:  # noqa: BLE001 - the loop must outlive a lost database
                log.error("worker_fault", error=type(error).__name__)
                busy = False
            if not busy:
                stop.wait(POLL_SECONDS)

    def run_until_idle(self) -> int:
        """Work until nothing is due; how many jobs were run."""
        count = 0
        while self._run_one():
            count += 1
        return count

    def step(self) -> bool:
        """Add what is due by the clock, then run one job; whether there was one."""
        self._tick(datetime.now(UTC))
        return self._run_one()

    def _run_one(self) -> bool:
        job = self._claim(datetime.now(UTC))
        if job is None:
            return False
        self._run(job)
        return True

    def _tick(self, now: datetime) -> None:
        due = [kind for kind, _every in self.schedule if self._next_tick.get(kind, now) <= now]
        if not due:
            return
        with self.database.transaction() as session:
            for kind in due:
                enqueue(session, kind, key=f"tick:{kind}", now=now)
        for kind, every in self.schedule:
            if kind in due:
                self._next_tick[kind] = now + timedelta(seconds=every)

    def _claim(self, now: datetime) -> Job | None:
        due = (col(Job.state) == JobState.QUEUED) & (col(Job.run_at) <= now)
        orphaned = (col(Job.state) == JobState.RUNNING) & (col(Job.lease_until) < now)
        with self.database.transaction() as session:
            self._sweep(session, now)
            wanted = (
                select(Job)
                .where(due | orphaned)
                .order_by(col(Job.run_at), col(Job.id))
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            job = session.exec(wanted).first()
            if job is None:
                return None
            job.state = JobState.RUNNING
            job.owner = self.owner
            job.attempts += 1
            job.lease_until = now + self.lease
            session.add(job)
        return job

    def _sweep(self, session: Session, now: datetime) -> None:
        """A job whose workers died too often is failed, so that somebody looks at it."""
        session.connection().execute(
            update(Job)
            .where(
                col(Job.state) == JobState.RUNNING,
                col(Job.lease_until) < now,
                col(Job.attempts) >= MOST_ATTEMPTS,
            )
            .values(error="WorkerDied", **_ended(JobState.FAILED, now))
        )

    def _run(self, job: Job) -> None:
        context = JobContext(self.database, self.app, job.id or 0, self.owner, job.args)
        done = threading.Event()
        beat = threading.Thread(target=self._heartbeat, args=(context, done), daemon=True)
        beat.start()
        try:
            with self.app.app_context():
                self.handlers[job.kind](context)
        except LostLease:
            log.warning("lost_lease", job=job.id, kind=job.kind)
        except Cancelled:
            self._end(context, _ended(JobState.CANCELLED, datetime.now(UTC)))
        except Exception as error:  # noqa: BLE001 - any fault of a handler ends in a retry
            log.error("job_fault", job=job.id, kind=job.kind, error=type(error).__name__)
            self._end(context, _after_fault(job, error, datetime.now(UTC)))
        else:
            self._end(context, _ended(JobState.DONE, datetime.now(UTC)))
        finally:
            done.set()
            beat.join()

    def _end(self, context: JobContext, values: dict[str, Any]) -> None:
        """Close the job, if it is still ours and did not finish itself."""
        with self.database.transaction() as session:
            session.connection().execute(
                update(Job).where(*_mine(context.job_id, context.owner)).values(values)
            )

    def _heartbeat(self, context: JobContext, done: threading.Event) -> None:
        while not done.wait(self.lease.total_seconds() / 3):
            with self.database.transaction() as session:
                session.connection().execute(
                    update(Job)
                    .where(*_mine(context.job_id, context.owner))
                    .values(lease_until=datetime.now(UTC) + self.lease)
                )

    def _free_dead_leases(self) -> None:
        """After a restart: jobs of processes of this machine that are gone need not wait."""
        with self.database.transaction() as session:
            running = session.exec(select(Job).where(Job.state == JobState.RUNNING)).all()
            for job in running:
                if _is_dead(job.owner or ""):
                    job.lease_until = datetime.now(UTC) - timedelta(seconds=1)
                    session.add(job)


def _after_fault(job: Job, error: Exception, now: datetime) -> dict[str, Any]:
    if job.attempts >= MOST_ATTEMPTS:
        return {"error": type(error).__name__, **_ended(JobState.FAILED, now)}
    wait = FIRST_RETRY * 4 ** (job.attempts - 1)
    return {
        "state": JobState.QUEUED,
        "owner": None,
        "lease_until": None,
        "run_at": now + wait,
        "error": type(error).__name__,
    }


def _is_dead(owner: str) -> bool:
    host, _separator, rest = owner.partition(":")
    pid, _separator, rest = rest.partition(":")
    started = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit() or not started:
        return False
    return _started(int(pid)) != started


def counts(session: Session) -> dict[str, int]:
    """Jobs by state."""
    rows = session.connection().execute(text("SELECT state, count(*) FROM job GROUP BY state"))
    found = {state.value: 0 for state in JobState}
    return {**found, **dict(map(tuple, rows))}


def init_app(
    app: Flask, handlers: Mapping[str, Handler], schedule: tuple[tuple[str, float], ...]
) -> None:
    app.extensions["job_handlers"] = handlers
    app.extensions["job_schedule"] = schedule


def make_worker(app: Flask) -> Worker:
    """A worker of this application's jobs."""
    with app.app_context():
        lease = timedelta(seconds=current_settings().job_lease_seconds)
    return Worker(
        app=app,
        database=get_database(app),
        handlers=app.extensions["job_handlers"],
        schedule=app.extensions["job_schedule"],
        lease=lease,
    )


def start_thread(app: Flask) -> threading.Event:
    """Do the jobs in a thread of this process; set the event to stop it."""
    stop = threading.Event()
    worker = make_worker(app)
    threading.Thread(target=worker.run_forever, args=(stop,), daemon=True, name="jobs").start()
    return stop
