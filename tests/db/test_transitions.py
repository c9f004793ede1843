"""What happens to a round by the clock happens once: on both stores, and through kill -9."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from app import create_app
from benchmarks.server import Server
from consultation.process.models import Round, RoundState
from core.db import get_database
from core.errors import Invalid
from core.jobs import enqueue
from core.mail import OutboxMessage
from core.worker import make_worker
from results.rounds import transitions
from results.rounds.models import RoundOutcome, RoundTransition, Transition
from results.rounds.transitions import Schedule
from surveys.reaching.models import InvitationWave
from tests.plugins.application import make_settings
from tests.support.journey import make_asked_round
from tests.support.make import make_consultation
from tests.support.rounds import ROUND_DOCUMENT, make_people
from tests.support.rounds import shift as move_clock

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)


@pytest.fixture
def place(database_url, tmp_path):
    """An application on a store of its own; a draft round and twelve people."""
    app = create_app(make_settings(tmp_path, database_url=database_url))
    database = get_database(app)
    with app.app_context():
        SQLModel.metadata.create_all(database.engine)
        with database.transaction() as session:
            found = make_consultation(session)
            row = make_asked_round(
                session, consultation=found, document=ROUND_DOCUMENT, state=RoundState.DRAFT
            )
            make_people(session, found, 12)
        yield app, row.id
    database.dispose()


def plan(app, round_id, opens_at, closes_at, *reminders, invites=True):
    with get_database(app).transaction() as session:
        row = session.get(Round, round_id)
        wanted = Schedule(opens_at, closes_at, invites=invites, reminders=reminders)
        transitions.plan(session, row, wanted, datetime.now(UTC))


def shift(app, by):
    move_clock(get_database(app), by)


def work(app):
    with get_database(app).transaction() as session:
        enqueue(session, transitions.MOVE, key=transitions.MOVE, now=datetime.now(UTC))
    make_worker(app).run_until_idle()


def state(app):
    with get_database(app).read_session() as session:
        row = session.exec(select(Round)).one()
        done = session.exec(
            select(RoundTransition.transition)
            .where(col(RoundTransition.done_at).is_not(None))
            .order_by(col(RoundTransition.due_at), col(RoundTransition.id))
        ).all()
        return row.state, set(done)


def count(app, table):
    with get_database(app).read_session() as session:
        return len(session.exec(select(table)).all())


def test_a_round_opens_invites_reminds_closes_and_freezes_by_itself(place):
    app, round_id = place
    start = datetime.now(UTC) + DAY
    plan(app, round_id, start, start + 10 * DAY, start + 5 * DAY)
    work(app)
    assert state(app) == (RoundState.DRAFT, set())
    shift(app, 1.1 * DAY)
    work(app)
    assert state(app) == (RoundState.OPEN, {Transition.OPEN, Transition.INVITE})
    assert count(app, OutboxMessage) == 12
    shift(app, 5 * DAY)
    work(app)
    assert count(app, InvitationWave) == 2
    assert count(app, OutboxMessage) == 24, "nobody has answered, so everybody is reminded"
    work(app)
    assert count(app, OutboxMessage) == 24
    shift(app, 5 * DAY)
    work(app)
    assert state(app) == (RoundState.CLOSED, set(Transition))
    assert count(app, RoundOutcome) == 1
    work(app)
    assert count(app, RoundOutcome) == 1


def test_a_long_sleep_does_everything_in_its_order(place):
    app, round_id = place
    start = datetime.now(UTC) + DAY
    plan(app, round_id, start, start + 2 * DAY, invites=False)
    shift(app, 9 * DAY)
    work(app)
    assert state(app) == (
        RoundState.CLOSED,
        {Transition.OPEN, Transition.CLOSE, Transition.FREEZE},
    )
    with get_database(app).read_session() as session:
        steps = {step.transition: step for step in session.exec(select(RoundTransition))}
    # Nobody could answer any more when it woke: it opened and closed, and says so.
    assert steps[Transition.OPEN].outcome == "done"
    assert steps[Transition.FREEZE].outcome == "done"


def test_a_round_that_somebody_extended_closes_at_its_new_end(place):
    app, round_id = place
    start = datetime.now(UTC) + DAY
    plan(app, round_id, start, start + 2 * DAY, invites=False)
    shift(app, 1.5 * DAY)
    work(app)
    with get_database(app).transaction() as session:
        row = session.get(Round, round_id)
        row.closes_at += 5 * DAY
        session.add(row)
    shift(app, 2 * DAY)
    work(app)
    assert state(app)[0] is RoundState.OPEN
    shift(app, 5 * DAY)
    work(app)
    assert state(app)[0] is RoundState.CLOSED


def test_a_step_that_cannot_be_done_says_why_and_holds_up_no_other(place):
    app, round_id = place
    start = datetime.now(UTC) + DAY
    plan(app, round_id, start, start + 9 * DAY)
    with get_database(app).transaction() as session:
        session.connection().execute(text("DELETE FROM round_questionnaire"))
    shift(app, 2 * DAY)
    work(app)
    with get_database(app).read_session() as session:
        steps = {step.transition: step for step in session.exec(select(RoundTransition))}
    assert steps[Transition.OPEN].outcome == "conflict"
    assert steps[Transition.INVITE].outcome == "conflict"
    assert state(app)[0] is RoundState.DRAFT


def test_a_plan_that_makes_no_sense_is_refused(place):
    app, round_id = place
    now = datetime.now(UTC)
    for opens_at, closes_at, reminder in (
        (now + 2 * DAY, now + DAY, now),
        (now + DAY, now + 2 * DAY, now + 3 * DAY),
        (now - 3 * DAY, now - DAY, now - 2 * DAY),
    ):
        with pytest.raises(Invalid):
            plan(app, round_id, opens_at, closes_at, reminder)
    assert count(app, RoundTransition) == 0


def test_planning_again_replaces_what_was_not_done(place):
    app, round_id = place
    start = datetime.now(UTC) + DAY
    plan(app, round_id, start, start + 2 * DAY)
    plan(app, round_id, start, start + 3 * DAY, start + DAY, invites=False)
    with get_database(app).read_session() as session:
        found = sorted(step.transition.value for step in session.exec(select(RoundTransition)))
    assert found == ["close", "freeze", "open", "remind"]


SLOW_FREEZE = """
import sys, time
from pathlib import Path
from app import create_app
from core.db import get_database
from core.jobs import enqueue
from core.worker import make_worker
from datetime import UTC, datetime
from results.rounds import transitions
from tests.plugins.application import make_settings

app = create_app(make_settings(Path(sys.argv[2]), database_url=sys.argv[1]))
real = transitions._STEPS[transitions.Transition.FREEZE]

def slow(session, *rest):
    real(session, *rest)
    print("in the middle", flush=True)
    time.sleep(60)

transitions._STEPS[transitions.Transition.FREEZE] = slow
with get_database(app).transaction() as session:
    enqueue(session, transitions.MOVE, now=datetime.now(UTC))
make_worker(app).run_until_idle()
"""


def test_killed_in_the_middle_of_a_step_it_is_done_once_after_the_restart(place, tmp_path):
    app, round_id = place
    start = datetime.now(UTC) + DAY
    plan(app, round_id, start, start + DAY, invites=False)
    shift(app, 3 * DAY)
    url = app.extensions["settings"].database_url
    victim = subprocess.Popen(
        [sys.executable, "-c", SLOW_FREEZE, url, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert victim.stdout.readline().strip() == "in the middle"
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    # What was done before stands, the step that was killed left nothing behind.
    assert state(app) == (RoundState.CLOSED, {Transition.OPEN, Transition.CLOSE})
    assert count(app, RoundOutcome) == 0
    time.sleep(2.1)  # the lease of the dead worker's job
    work(app)
    assert state(app)[1] == {Transition.OPEN, Transition.CLOSE, Transition.FREEZE}
    assert count(app, RoundOutcome) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_server_does_it_by_itself_after_a_restart(place, database_url, tmp_path):
    app, round_id = place
    start = datetime.now(UTC) + DAY
    plan(app, round_id, start, start + 5 * DAY)
    server = Server(tmp_path, database_url)
    server.start()
    server.kill()
    shift(app, 2 * DAY)
    server.start()
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and count(app, OutboxMessage) < 12:
            time.sleep(0.2)
    finally:
        server.kill()
    assert state(app) == (RoundState.OPEN, {Transition.OPEN, Transition.INVITE})
    assert count(app, OutboxMessage) == 12
