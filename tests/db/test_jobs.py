"""Jobs that survive a killed worker, are done once, and can be cancelled; on both stores."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from core import jobs, liveness, worker
from core.jobs import Job, JobState, cancel, enqueue, retry

ROOT = Path(__file__).parents[2]
WORKER = ROOT / "tests" / "support" / "worker.py"
COUNT = 2_000


def start_worker(store):
    return subprocess.Popen(
        [sys.executable, WORKER, store.url.render_as_string(hide_password=False)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def effects(store):
    with store.transaction() as session:
        session.connection().execute(text("CREATE TABLE effect (job INTEGER, owner VARCHAR(200))"))

    def read():
        with store.read_session() as session:
            return session.connection().execute(text("SELECT job, owner FROM effect")).all()

    return read


def wait_for(condition, seconds=40.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen in time")


def states(store):
    with store.read_session() as session:
        return jobs.counts(session)


def test_two_thousand_jobs_over_three_processes_are_each_done_once(store, effects):
    now = datetime.now(UTC)
    with store.transaction() as session:
        session.add_all(
            Job(kind="note", args={"number": n}, run_at=now, created_at=now) for n in range(COUNT)
        )
    workers = [start_worker(store) for _number in range(3)]
    try:
        wait_for(lambda: states(store)["done"] == COUNT, 120)
    finally:
        for process in workers:
            process.kill()
            process.wait()
    done = effects()
    assert sorted(number for number, _owner in done) == list(range(COUNT))
    assert len({owner for _number, owner in done}) == 3


def test_another_worker_takes_over_from_a_killed_one_and_the_effect_exists_once(store, effects):
    now = datetime.now(UTC)
    with store.transaction() as session:
        enqueue(session, "slow", {"number": 7, "seconds": 1.5}, now=now)
    first = start_worker(store)
    wait_for(lambda: states(store)["running"] == 1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert effects() == []
    second = start_worker(store)
    try:
        wait_for(lambda: states(store)["done"] == 1)
    finally:
        second.kill()
        second.wait()
    assert [number for number, _owner in effects()] == [7]
    with store.read_session() as session:
        assert session.exec(select(Job)).one().attempts == 2


def make_worker(app, store, handlers):
    return worker.Worker(
        app=app, database=store, handlers=handlers, schedule=(), lease=timedelta(seconds=5)
    )


def test_a_failing_job_is_tried_again_later_and_then_shown(app, database):
    def fail(_context):
        raise LookupError("a secret answer")

    failing = make_worker(app, database, {"fail": fail})
    now = datetime.now(UTC)
    with database.transaction() as session:
        enqueue(session, "fail", now=now)
    for _attempt in range(worker.MOST_ATTEMPTS):
        assert failing.run_until_idle() == 1
        with database.transaction() as session:
            job = session.exec(select(Job)).one()
            assert job.error == "LookupError"
            job.run_at = now
            session.add(job)
    assert states(database)["failed"] == 1


def test_a_result_of_a_worker_that_lost_its_lease_is_dropped(app, database):
    def lose(context):
        with database.transaction() as session:
            session.connection().execute(text("UPDATE job SET owner = 'another'"))
        with context.finish() as session:
            enqueue(session, "result", now=datetime.now(UTC))

    with database.transaction() as session:
        enqueue(session, "lose", now=datetime.now(UTC))
    make_worker(app, database, {"lose": lose}).step()
    with database.read_session() as session:
        assert [job.kind for job in session.exec(select(Job))] == ["lose"]


def test_a_waiting_job_is_cancelled_and_can_be_tried_again(app, database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        enqueue(session, "one", now=now)
        cancel(session, 1, now)
    assert states(database)["cancelled"] == 1
    with database.transaction() as session:
        retry(session, 1, now)
    assert make_worker(app, database, {"one": lambda _context: None}).run_until_idle() == 1


def test_a_running_job_stops_where_it_reports_its_progress(app, database):
    def work(context):
        with database.transaction() as session:
            cancel(session, context.job_id, datetime.now(UTC))
        context.progress(1, 10)
        pytest.fail("It went on")

    with database.transaction() as session:
        enqueue(session, "work", now=datetime.now(UTC))
    make_worker(app, database, {"work": work}).step()
    assert states(database)["cancelled"] == 1


def test_a_key_lets_one_job_wait_at_a_time(database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        enqueue(session, "one", key="k", now=now)
        enqueue(session, "one", key="k", now=now)
    assert states(database)["queued"] == 1


def test_a_dead_process_of_this_machine_is_known_by_its_number_and_start():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    name = liveness.owner_name().split(":")
    owner = ":".join([name[0], str(child.pid), liveness._started(child.pid), "1"])
    assert not liveness.is_dead(owner)
    child.kill()
    child.wait()
    assert liveness.is_dead(owner)
    assert not liveness.is_dead("elsewhere:1:1:1")


def test_what_a_dead_worker_was_asked_to_cancel_is_not_begun_again(app, database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        enqueue(session, "one", now=now)
        job = session.exec(select(Job)).one()
        job.state = JobState.RUNNING
        job.owner = "elsewhere:1:1:1"
        job.lease_until = now - timedelta(seconds=1)
        session.add(job)
        session.flush()
        assert cancel(session, job.id, now)
    assert make_worker(app, database, {}).run_until_idle() == 0
    assert states(database)["cancelled"] == 1


def test_a_failed_job_is_not_queued_again_beside_one_like_it(database):
    now = datetime.now(UTC)
    with database.transaction() as session:
        enqueue(session, "one", key="k", now=now)
        assert cancel(session, 1, now)
        enqueue(session, "one", key="k", now=now)
        assert not retry(session, 1, now)
        assert cancel(session, 2, now)
        assert retry(session, 1, now)
    assert states(database) == {"queued": 1, "running": 0, "done": 0, "failed": 0, "cancelled": 1}


def test_scheduled_work_is_added_once_in_its_time_whoever_asks(app, database):
    def tick(_context):
        pass

    def clock():
        return worker.Worker(
            app=app,
            database=database,
            handlers={"tick": tick},
            schedule=(("tick", 3600.0),),
            lease=timedelta(seconds=5),
        )

    assert clock().step()
    assert not clock().step()
    assert states(database)["done"] == 1


def test_the_command_line_lists_and_changes_jobs(app, database):
    with database.transaction() as session:
        enqueue(session, "one", now=datetime.now(UTC))
    runner = app.test_cli_runner()
    assert "one" in runner.invoke(args=["jobs", "list"]).output
    assert runner.invoke(args=["jobs", "cancel", "1"]).exit_code == 0
    assert states(database)["cancelled"] == 1
    refused = runner.invoke(args=["jobs", "cancel", "1"])
    assert refused.exit_code == 1
    assert "not in a state" in refused.output
    assert runner.invoke(args=["jobs", "retry", "1"]).exit_code == 0
    assert states(database)["queued"] == 1
