"""Many hands on one link at the same moment, on both stores."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import SQLModel, select

from app import create_app
from consultation.contributions.models import Contribution, ContributionState
from core.db import get_database
from surveys import invitations
from surveys.models import QuotaCount, Submission, SubmissionState
from tests.plugins.application import make_settings
from tests.support.journey import DOCUMENT, SECOND_PAGE, begin, make_asked_round
from tests.support.make import NOW, make_consultation, make_stakeholder
from tests.support.pages import PageClient


@pytest.fixture
def place(database_url, tmp_path):
    """An application on either store, with one open round."""
    app = create_app(make_settings(tmp_path, database_url=database_url))
    app.test_client_class = PageClient
    database = get_database(app)
    SQLModel.metadata.create_all(database.engine)
    with app.app_context(), database.transaction() as session:
        consultation = make_consultation(session)
        row = make_asked_round(session, consultation=consultation)
        person = make_stakeholder(session, consultation)
        token = invitations.invite(session, consultation, row, person, NOW)
    yield app, database, row, token
    database.dispose()


def only(database, table):
    with database.read_session() as session:
        return session.exec(select(table)).one()


def post_at_once(app, client, jobs):
    cookie = client.get_cookie("session").value

    def post(job):
        other = app.test_client()
        other.set_cookie("session", cookie)
        path, fields = job
        return other.post(path, data=fields).status_code

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(post, jobs))


def test_fifty_parallel_posts_with_one_open_link_leave_one_response(place):
    app, database, row, _token = place
    client = app.test_client()
    token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    fields = {**page.form("/s/").fields, **SECOND_PAGE}
    paths = [f"/s/{token}/2", f"/s/{token}/submit"] * 25
    codes = post_at_once(app, client, [(path, fields) for path in paths])
    assert set(codes) <= {303, 409}
    assert only(database, Submission).state is SubmissionState.SUBMITTED
    assert only(database, Contribution).state is ContributionState.RECEIVED


def test_fifty_parallel_first_pages_of_one_invitation_leave_one_response(place):
    app, database, _row, token = place
    client = app.test_client()
    page = client.page(f"/s/{token}/1")
    fields = {**page.form("/s/").fields, "q_consent": "y"}
    codes = post_at_once(app, client, [(f"/s/{token}/1", fields)] * 50)
    assert set(codes) <= {303, 409}
    assert 303 in codes
    assert only(database, Submission).answers["consent"]["value"] is True


def test_of_many_who_hand_in_at_once_only_as_many_as_the_quota_are_counted(place):
    app, database, _row, _token = place
    document = {**DOCUMENT, "quotas": [{"code": "all", "condition": "1 = 1", "limit": 3}]}
    with app.app_context(), database.transaction() as session:
        other = make_consultation(session, slug="other")
        row = make_asked_round(session, consultation=other, document=document)
    client = app.test_client()
    jobs = []
    for _person in range(12):
        token, page = begin(client, row)
        page = client.submit(page.form("/s/"), {"q_consent": "y"})
        form = client.submit(page.form("/s/"), SECOND_PAGE).form("/submit")
        jobs.append((f"/s/{token}/submit", form.fields))
    codes = post_at_once(app, client, jobs)
    assert sorted(codes) == [303] * 3 + [409] * 9
    assert only(database, QuotaCount).taken == 3
    with database.read_session() as session:
        states = [found.state for found in session.exec(select(Submission))]
    assert states.count(SubmissionState.SUBMITTED) == 3
