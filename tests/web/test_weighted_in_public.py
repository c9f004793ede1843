"""Weighted shares on public pages: rounded where they are safe, and a reason where there are none."""

from datetime import UTC, datetime

from consultation.process.queries import by_slug
from results import publication, runs
from results.models import Audience
from results.refresh import refresh
from tests.support.rounds import make_panel, says


def test_questions_with_several_answers_say_why_only_raw_shares_are_public(app, client, database):
    now = datetime.now(UTC)
    with app.app_context():
        with database.transaction() as session:
            make_panel(
                session, people=40, say=lambda n: says(n) | {"groups": ["a", "b"][: 1 + n % 2]}
            )
        refresh(database, "summit", now=now)
        with database.transaction() as session:
            place = by_slug(session, "summit")
            run = runs.latest(session, place)
            publication.publish(session, place, run, threshold=10, now=now)
            committee = runs.table(session, run, Audience.COMMITTEE, "summary/1/groups")
            public = runs.table(session, run, Audience.PUBLIC, "summary/1/groups")
    assert committee["kind"] == "multiple_choice"
    assert any(one["shares"] for one in committee["weighted"])
    assert public["weighted"]["rows"] is None
    text = client.page("/consultations/summit/results").text()
    assert text.count("Only unweighted shares are public for this question") == 1
