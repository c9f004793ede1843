"""The pages of opinion groups, as the committee, the public and strangers see them."""

from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import select

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from results import publication, runs
from results.refresh import refresh
from surveys.models import RoundQuestionnaire, Submission, SubmissionChannel, SubmissionState
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_account, make_consultation, sign_in

COMMITTEE = "/dashboards/summit/opinions"
PUBLIC = "/consultations/summit/results/opinions"
RATED = {
    "title": {"en": "T"},
    "default_language": "en",
    "languages": ["en"],
    "sections": [
        {
            "code": "views",
            "title": {"en": "Views"},
            "questions": [
                {
                    "code": f"s{place}",
                    "kind": "rating_scale",
                    "label": {"en": f"Statement {place}"},
                    "settings": {"points": 5},
                }
                for place in range(7)
            ],
        }
    ],
}


@pytest.fixture
def summit(app):
    """Ninety respondents in two camps that share one statement; a committee member."""
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session, is_public=True)
        make_consultation(session, slug="other", is_public=True)
        row = make_asked_round(session, consultation=place, document=RATED)
        asked = session.exec(
            select(RoundQuestionnaire).where(RoundQuestionnaire.round_id == row.id)
        ).one()
        generator = np.random.default_rng(2)
        for number in range(90):
            liked = np.array([5, 5, 5, 1, 1, 1, 5] if number < 50 else [1, 1, 1, 5, 5, 5, 5])
            values = np.where(generator.random(7) < 0.15, 3, liked).tolist()
            session.add(
                Submission(
                    round_id=row.id,
                    questionnaire_id=asked.questionnaire_id,
                    answer_hash=f"{number:064d}",
                    identity_mode=row.identity_mode,
                    state=SubmissionState.SUBMITTED,
                    channel=SubmissionChannel.OPEN_LINK,
                    language="en",
                    answers={
                        f"s{i}": {"state": "answered", "value": value}
                        for i, value in enumerate(values)
                    },
                    submitted_on=NOW.date(),
                    revision=1,
                )
            )
        member = make_account(
            session, email="c@example.org", consultation=place, roles=(Role.COMMITTEE,)
        )
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW)
    return member


def publish(app):
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        run = runs.latest(session, place)
        publication.publish(session, place, run, threshold=10, now=NOW + timedelta(hours=1))


def test_the_committee_reads_the_groups_with_their_size_and_the_chance_beside(app, client, summit):
    sign_in(client, summit)
    page = client.page(COMMITTEE)
    words = page.text()
    assert "2 groups of people who vote alike were found." in words
    assert "Dealt out by chance" in words
    assert "n = 50" in words
    assert "“Statement 6”" in words
    assert "%(" not in words
    for drawing in page.find("svg"):
        assert drawing.get("aria-label") or drawing.get("aria-hidden")
    assert client.page(f"{COMMITTEE}?of=../../etc&run=").status == 200
    assert client.get(f"{COMMITTEE}?run=nothing").status_code == 404


def test_the_public_reads_them_once_published_and_without_counts(app, client, summit):
    assert "No opinion groups have been published" in client.page(PUBLIC).text()
    publish(app)
    words = client.page(PUBLIC).text()
    assert "2 groups of people who vote alike were found." in words
    assert "n = 50" not in words
    assert "How all voted" not in words
    assert "Statement 6" in words


def test_strangers_and_other_consultations_find_nothing(app, client, summit):
    assert client.get(COMMITTEE).status_code in {302, 303}
    sign_in(client, summit)
    assert client.get("/dashboards/other/opinions").status_code in {403, 404}
    assert "Statement" not in client.page("/consultations/other/results/opinions").text()
