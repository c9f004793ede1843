"""The worker: claims jobs, keeps their leases, ends them; a thread, or a process of its own.

Beside pages that people wait for, heavy kinds of jobs run in a process of their own: a thread of
the server would take its turns away from everybody who answers.
"""

import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, delete, func, select, update

from core.db import Database, get_database
from core.jobs import (
    Cancelled,
    Handler,
    Job,
    JobContext,
    JobState,
    LostLease,
    ended,
    enqueue,
    owned_by,
)
from core.liveness import is_dead, owner_name
from core.security import current_settings

log = structlog.get_logger("jobs")
MOST_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=10)
POLL_SECONDS = 1.0


class ChildDied(Exception):
    """The process of a heavy job ended before its job did."""


@dataclass(slots=True)
class Worker:
    """Claims jobs and runs them, one at a time.

    `apart` names kinds that get a process of their own; it is empty in a worker process.
    """

    app: Flask
    database: Database
    handlers: Mapping[str, Handler]
    schedule: tuple[tuple[str, float], ...]
    lease: timedelta
    owner: str = field(default_factory=owner_name)
    apart: frozenset[str] = frozenset()
    _ticks: dict[str, datetime] = field(default_factory=dict)

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
        due = [(kind, every) for kind, every in self.schedule if self._next_tick(kind) <= now]
        if not due:
            return
        with self.database.transaction() as session:
            for kind, every in due:
                _enqueue_tick(session, kind, now - timedelta(seconds=every), now)
        self._ticks.update({kind: now + timedelta(seconds=every) for kind, every in due})

    def _next_tick(self, kind: str) -> datetime:
        return self._ticks.get(kind, datetime.min.replace(tzinfo=UTC))

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
        """Of dead workers' jobs, end those somebody cancelled and those that died too often."""
        lost = (col(Job.state) == JobState.RUNNING, col(Job.lease_until) < now)
        session.connection().execute(
            update(Job)
            .where(*lost, col(Job.cancel_requested).is_(True))
            .values(ended(JobState.CANCELLED, now))
        )
        session.connection().execute(
            update(Job)
            .where(*lost, col(Job.attempts) >= MOST_ATTEMPTS)
            .values(error="WorkerDied", **ended(JobState.FAILED, now))
        )

    def _run(self, job: Job) -> None:
        context = JobContext(self.database, self.app, job.id or 0, self.owner, job.args)
        done = threading.Event()
        beat = threading.Thread(target=self._heartbeat, args=(context, done), daemon=True)
        beat.start()
        try:
            if job.kind in self.apart:
                self._run_apart(job)
                return
            with self.app.app_context():
                self.handlers[job.kind](context)
        except LostLease:
            log.warning("lost_lease", job=job.id, kind=job.kind)
        except Cancelled:
            self._end(context, ended(JobState.CANCELLED, datetime.now(UTC)))
        except Exception as error:  # noqa: BLE001 - any fault of a handler ends in a retry
            log.error("job_fault", job=job.id, kind=job.kind, error=type(error).__name__)
            self._end_fault(context, job, error)
        else:
            self._end(context, ended(JobState.DONE, datetime.now(UTC)))
        finally:
            done.set()
            beat.join()

    def _run_apart(self, job: Job) -> None:
        """Run a job in a child process that ends it itself; a child that dies is a fault."""
        command = [sys.executable, "-m", "flask", "--app", "app", "jobs", "run"]
        child = subprocess.run(  # noqa: S603 - our own program with numbers of our own
            [*command, str(job.id), self.owner], cwd=self.app.root_path, check=False
        )
        if child.returncode:
            raise ChildDied

    def run_claimed(self, job_id: int, owner: str) -> None:
        """Run a job that the named owner has claimed, and end it in its name."""
        self.owner = owner
        with self.database.read_session() as session:
            job = session.exec(select(Job).where(*owned_by(job_id, owner))).one_or_none()
        if job is not None:
            self._run(job)

    def _end(self, context: JobContext, values: dict[str, Any]) -> None:
        """Close the job, if it is still ours and did not finish itself."""
        with self.database.transaction() as session:
            session.connection().execute(
                update(Job).where(*owned_by(context.job_id, context.owner)).values(values)
            )

    def _end_fault(self, context: JobContext, job: Job, error: Exception) -> None:
        """Nobody wants another try of a job that was cancelled before it failed."""
        now = datetime.now(UTC)
        with self.database.transaction() as session:
            mine = owned_by(context.job_id, context.owner)
            session.connection().execute(
                update(Job)
                .where(*mine, col(Job.cancel_requested).is_(True))
                .values(error=type(error).__name__, **ended(JobState.CANCELLED, now))
            )
            session.connection().execute(
                update(Job).where(*mine).values(_after_fault(job, error, now))
            )

    def _heartbeat(self, context: JobContext, done: threading.Event) -> None:
        while not done.wait(self.lease.total_seconds() / 3):
            try:
                with self.database.transaction() as session:
                    session.connection().execute(
                        update(Job)
                        .where(*owned_by(context.job_id, context.owner))
                        .values(lease_until=datetime.now(UTC) + self.lease)
                    )
            except SQLAlchemyError as error:
                # The store may be back at the next beat; if not, the lease runs out.
                log.warning("heartbeat_missed", job=context.job_id, error=type(error).__name__)

    def _free_dead_leases(self) -> None:
        """After a restart: jobs of processes of this machine that are gone need not wait."""
        with self.database.transaction() as session:
            running = session.exec(select(Job).where(Job.state == JobState.RUNNING)).all()
            for job in running:
                if is_dead(job.owner or ""):
                    job.lease_until = datetime.now(UTC) - timedelta(seconds=1)
                    session.add(job)


def _after_fault(job: Job, error: Exception, now: datetime) -> dict[str, Any]:
    if job.attempts >= MOST_ATTEMPTS:
        return {"error": type(error).__name__, **ended(JobState.FAILED, now)}
    wait = FIRST_RETRY * 4 ** (job.attempts - 1)
    return {
        "state": JobState.QUEUED,
        "owner": None,
        "lease_until": None,
        "run_at": now + wait,
        "error": type(error).__name__,
    }


def _enqueue_tick(session: Session, kind: str, since: datetime, now: datetime) -> None:
    """Add scheduled work that no worker added since then; what such work did before is forgotten.

    What failed stays, so that somebody sees it.
    """
    newest = session.exec(select(func.max(Job.created_at)).where(Job.kind == kind)).one()
    if newest is not None and newest > since:
        return
    session.connection().execute(
        delete(Job).where(col(Job.kind) == kind, col(Job.state) == JobState.DONE)
    )
    enqueue(session, kind, key=kind, now=now)


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
    """Do the jobs in a thread of this process, heavy ones beside it; set the event to stop it."""
    stop = threading.Event()
    worker = make_worker(app)
    worker.apart = app.extensions["job_heavy"]
    threading.Thread(target=worker.run_forever, args=(stop,), daemon=True, name="jobs").start()
    return stop
