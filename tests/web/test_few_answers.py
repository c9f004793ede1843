"""Public results and the dashboard where almost nobody has answered yet."""

from datetime import UTC, datetime

import pytest

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from results import publication, runs
from results.refresh import refresh
from tests.support.journey import answer, make_asked_round
from tests.support.make import make_account, make_consultation, sign_in


@pytest.fixture
def seven(app, database):
    """Seven answers, computed and published."""
    with database.transaction() as session:
        place = make_consultation(session)
        row = make_asked_round(session, consultation=place)
    for _person in range(7):
        answer(app.test_client(), row)
    now = datetime.now(UTC)
    with app.app_context():
        refresh(database, "summit", now=now)
        with database.transaction() as session:
            place = by_slug(session, "summit")
            run = runs.latest(session, place)
            publication.publish(session, place, run, threshold=10, now=now)


@pytest.mark.usefixtures("seven")
def test_the_public_reads_a_sentence_instead_of_tables_of_nothing(client):
    page = client.page("/consultations/summit/results")
    assert "Too few answers to show any count." in page.text()
    assert not [table for table in page.find("table") if "hidden" in "".join(table.itertext())]


@pytest.mark.usefixtures("seven")
def test_without_targets_the_dashboard_speaks_of_none(app, client, database):
    with database.transaction() as session:
        place = by_slug(session, "summit")
        committee = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
    page = sign_in(client, committee).page("/dashboards/summit")
    assert "No targets were declared." in page.text()
    assert "against the target" not in page.text()
