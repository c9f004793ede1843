"""A run is stopped where its progress is shown, by those who may start one, and stays stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from core.audit import AuditEntry
from core.auth.permissions import Role
from core.db import get_database
from core.jobs import Job, JobContext, JobState
from results.refresh import AFTER_CANCEL, COMPUTE, look_for_changes, request_run
from tests.support.make import make_account, make_consultation, sign_in

PAGE = "/dashboards/summit"


@pytest.fixture
def people(app):
    """An analyst and a committee member, while a run waits."""
    found = {}
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        make_consultation(session, slug="other")
        for role in (Role.ANALYST, Role.COMMITTEE):
            account = make_account(
                session, email=f"{role}@example.org", consultation=place, roles=(role,)
            )
            found[role] = account
        for slug in ("summit", "other"):
            request_run(session, slug, datetime.now(UTC))
    return {role: sign_in(app.test_client(), account) for role, account in found.items()}


def job_of(session, slug="summit"):
    wanted = select(Job).where(Job.key == f"{COMPUTE}:{slug}").order_by(Job.id.desc())
    return session.exec(wanted).first()


def test_who_may_start_a_run_may_stop_it_where_its_progress_is_shown(app, people):
    watching = people[Role.COMMITTEE].page(PAGE)
    assert "New figures are being computed." in watching.text()
    assert watching.find("form", action=f"{PAGE}/cancel") == []
    analyst = people[Role.ANALYST]
    for who, slug, status in ((Role.COMMITTEE, "summit", 403), (Role.ANALYST, "other", 404)):
        token = people[who].page(PAGE).find("input", name="csrf_token")[0].get("value")
        refused = people[who].post(f"/dashboards/{slug}/cancel", data={"csrf_token": token})
        assert refused.status_code == status
    shown = analyst.submit(analyst.page(PAGE).form("/cancel"))
    assert "stops at its next step" in shown.text()
    assert "New figures are being computed." not in shown.text()
    with get_database(app).read_session() as session:
        assert job_of(session).state is JobState.CANCELLED
        assert job_of(session, "other").state is JobState.QUEUED
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "cancel_run")).one()
        assert entry.target == "summit"


def test_a_run_under_way_says_that_it_was_stopped(app, people):
    with get_database(app).transaction() as session:
        job = job_of(session)
        job.state, job.owner, job.progress_done, job.progress_total = "running", "w", 3, 9
        session.add(job)
    analyst = people[Role.ANALYST]
    page = analyst.page(PAGE)
    assert page.find("progress")[0].get("value") == "3"
    again = analyst.submit(page.form("/cancel"))
    assert "it ends at its next step" in again.text()
    assert again.find("form", action=f"{PAGE}/cancel") == []
    with get_database(app).read_session() as session:
        assert job_of(session).cancel_requested


def test_to_stop_what_is_over_changes_nothing(app, people):
    analyst = people[Role.ANALYST]
    form = analyst.page(PAGE).form("/cancel")
    with get_database(app).transaction() as session:
        job = job_of(session)
        job.state = JobState.DONE
        session.add(job)
    assert "Nothing was being computed any more." in analyst.submit(form).text()
    with get_database(app).read_session() as session:
        assert session.exec(select(AuditEntry).where(AuditEntry.action == "cancel_run")).all() == []


def test_what_somebody_stopped_is_not_begun_again_by_itself_for_an_hour(app, people, monkeypatch):
    monkeypatch.setattr("results.refresh.SMALLEST_BATCH", 0)
    analyst = people[Role.ANALYST]
    analyst.submit(analyst.page(PAGE).form("/cancel"))
    database = get_database(app)
    context = JobContext(database, app, 0, "test", {})
    with app.app_context():
        look_for_changes(context)
        with database.transaction() as session:
            job = job_of(session)
            assert job.state is JobState.CANCELLED, "not begun anew"
            job.finished_at -= AFTER_CANCEL + timedelta(seconds=1)
            session.add(job)
        look_for_changes(context)
    with database.read_session() as session:
        assert job_of(session).state is JobState.QUEUED
