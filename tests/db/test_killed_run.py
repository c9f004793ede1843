"""A run that is killed in the middle finishes by itself, and exists once."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from app import create_app
from benchmarks.server import Server
from core import schema
from core.db import Database, get_database
from core.jobs import Job, JobState, enqueue
from results.demo.build import SLUG
from results.demo.cli import build_consultation
from results.models import AnalysisRun
from results.refresh import COMPUTE
from tests.plugins.application import make_settings

ROOT = Path(__file__).parents[2]
#: Topics take most of a run: seconds on a free machine, minutes on a busy one.
PATIENCE = 60.0


@pytest.fixture
def asked(database_url, tmp_path):
    """A store with 1,320 submissions and a run that is wanted."""
    app = create_app(make_settings(tmp_path, database_url=database_url))
    database = get_database(app)
    now = datetime.now(UTC)
    with app.app_context():
        schema.upgrade(database)
        with database.transaction() as session:
            build_consultation(session, now)
            enqueue(session, COMPUTE, {"slug": SLUG}, key=f"{COMPUTE}:{SLUG}", now=now)
    yield database
    database.dispose()


def job(database: Database) -> Job:
    with database.read_session() as session:
        return session.exec(select(Job).where(Job.kind == COMPUTE)).first()


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("It did not happen in time")


def runs_of(database):
    with database.read_session() as session:
        return session.exec(select(AnalysisRun)).all()


def is_in_the_middle(database):
    found = job(database)
    return found.state is JobState.RUNNING and found.progress_done > 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_one_process_is_killed_and_started_again(asked, database_url, tmp_path):
    server = Server(tmp_path, database_url, POLYLOGUE_JOB_LEASE_SECONDS="60")
    server.start()
    wait_for(lambda: is_in_the_middle(asked))
    server.kill()
    assert runs_of(asked) == []
    server.start()
    try:
        started = time.monotonic()
        wait_for(lambda: job(asked).attempts == 2)
        assert time.monotonic() - started < 40, "the dead lease was waited for"
        wait_for(lambda: job(asked).state is JobState.DONE)
    finally:
        server.kill()
    assert len(runs_of(asked)) == 1
    assert job(asked).attempts == 2


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_workers_the_other_takes_over(asked, database_url, tmp_path):
    settings = Server(tmp_path, database_url, POLYLOGUE_JOB_LEASE_SECONDS="3").environment
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=settings, stderr=subprocess.DEVNULL)
        for _number in range(2)
    ]
    try:
        wait_for(lambda: is_in_the_middle(asked))
        owner = int(job(asked).owner.split(":")[1])
        os.kill(owner, signal.SIGKILL)
        started = time.monotonic()
        wait_for(lambda: job(asked).attempts == 2)
        assert time.monotonic() - started < 20
        wait_for(lambda: job(asked).state is JobState.DONE)
        assert runs_of(asked)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert len(runs_of(asked)) == 1
    assert job(asked).attempts == 2
