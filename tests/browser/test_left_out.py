"""What was left out, campaigns over time, and quotes in another language: seen and used."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from core.auth.permissions import Role
from core.auth.services import make_link
from results.agenda import services
from results.agenda.drafts import services as drafts
from results.refresh import refresh
from results.workbench.models import PutBack
from results.workbench.services import begin
from tests.support.agenda import TODAY, decide, make_committee, make_item, make_summit
from tests.support.make import NOW, make_account
from tests.support.workbench import add_answers, sentences

pytestmark = pytest.mark.browser
#: A folder for pictures of every page that the test opens; none where it is not named.
PICTURES = os.environ.get("POLYLOGUE_PICTURES", "")
SILENT = ["No comment.", "n/a", "sin comentarios", "لا تعليق", "Sans avis", "-", "see attachment"]
LETTER = "We call on all of you to stop cameras and tracking of faces in every street of {} now"


@pytest.fixture
def place(app, database):
    """Synthetic answers of two months with a campaign, an item on a French answer, an analyst."""
    with app.app_context(), database.transaction() as session:
        place = make_summit(session)
        committee = make_committee(session, place)
        texts = [text for text, _theme in sentences(110)]
        french = [text for text, _theme in sentences(10, "fr")]
        rows = add_answers(session, place, texts[:60])
        later = [
            *add_answers(session, place, texts[60:]),
            *add_answers(session, place, french, language="fr"),
            *add_answers(session, place, [LETTER.format(f"town{n}") for n in range(14)]),
        ]
        for row in later:
            row.received_on = (NOW + timedelta(days=20)).date()
        add_answers(session, place, SILENT * 3)
        begin(session, place, NOW)
        said = "Les puits de notre ville sont à sec depuis que le centre de données est là."
        (french,) = add_answers(session, place, [said], language="fr")
        item = make_item(session, place, "water")
        services.link_contribution(session, item, french.id, TODAY)
        decide(session, place, item, committee)
        drafts.publish_draft(
            session,
            place,
            drafts.Publication(comments_close_at=TODAY + timedelta(days=5)),
            actor="x",
            now=TODAY,
        )
        account = make_account(session, consultation=place, roles=(Role.ANALYST,))
        link = f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}"
        key, count = french.id, len(rows)
    assert count == 60
    with app.app_context():
        refresh(database, "summit", now=NOW)
    return link, key


def look(visitor, name):
    if PICTURES:
        visitor.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def enter(visitor, link):
    visitor.visit(link)
    if visitor.page.locator("main form button").count():
        with visitor.page.expect_navigation():
            visitor.page.locator("main form button").first.click()
        visitor.check()


def test_an_analyst_puts_back_what_the_rules_left_out(app, place, browser, database):
    visitor = browser()
    enter(visitor, place[0])
    visitor.visit("/dashboards/summit/topics")
    visitor.page.locator("details.left-out summary").click()
    look(visitor, "topics")
    visitor.click("link", "No comment")
    look(visitor, "left-out")
    visitor.page.locator("input[name=answer]").first.check()
    visitor.click("button", "Read the chosen answers after all")
    look(visitor, "left-out-after")
    with database.read_session() as session:
        # One row stands for the three answers in these words.
        assert len(session.exec(select(PutBack)).all()) == 3
    visitor.visit("/dashboards/summit/over-time?by=fortnight")
    look(visitor, "over-time")
    visitor.click("link", "Without campaigns")
    look(visitor, "over-time-once")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_a_phone_in_either_direction(place, browser, language):
    visitor = browser(language=language, phone=True)
    enter(visitor, place[0])
    for name, url in (
        ("topics", "/dashboards/summit/topics"),
        ("left-out", "/workbench/summit/left-out"),
        ("over-time", "/dashboards/summit/over-time?by=fortnight&copies=once"),
    ):
        visitor.visit(url)
        look(visitor, f"{name}-{language}-phone")


def test_a_reader_without_account_or_script_asks_for_a_translation(app, place, browser, database):
    visitor = browser(phone=True, javascript=False)
    visitor.visit(f"/consultations/summit/agenda/contributions/{place[1]}")
    look(visitor, "contribution")
    visitor.click("button", "Ask for a translation")
    look(visitor, "contribution-asked")
    assert "translation asked for" in visitor.page.locator("main").inner_text()
    with database.read_session() as session:
        assert session.get(Contribution, place[1]) is not None
