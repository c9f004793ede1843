"""The ranking in a real browser: a phone, Arabic, the dark, the keyboard, paper; judged by axe."""

from datetime import UTC, datetime, timedelta

import pytest

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.auth.services import make_link
from core.db import get_database
from results import publication, runs
from results.refresh import refresh
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_account, make_consultation
from tests.support.rankings import add_ballots

pytestmark = pytest.mark.browser
PUBLIC = "consultations/summit/results/ranking"


@pytest.fixture
def sign_in_path(app):
    """A published run of 120 ballots, and the link of somebody who may read all of it."""
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session, is_public=True)
        add_ballots(session, make_asked_round(session, consultation=place), 120)
        member = make_account(
            session, email="c@example.org", consultation=place, roles=(Role.COMMITTEE,)
        )
        link = make_link(session, member, datetime.now(UTC))
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW)
        with get_database(app).transaction() as session:
            place = by_slug(session, "summit")
            run = runs.latest(session, place)
            now = NOW + timedelta(hours=1)
            publication.publish(session, place, run, threshold=10, now=now)
    return f"/sign-in/link/{link}"


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("ar", True)])
def test_the_public_reads_it_on_a_phone_without_scripts(browser, sign_in_path, language, dark):
    visitor = browser(phone=True, javascript=False, language=language, dark=dark)
    page = visitor.visit(PUBLIC)
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert page.locator(".ranking svg[role=img]").count() >= 5
    page = visitor.visit(PUBLIC + "/report")
    assert page.locator("details:not([open])").count() == 0


def test_the_committee_unfolds_and_prints_it_by_keyboard(browser, sign_in_path):
    visitor = browser()
    visitor.visit(sign_in_path)
    visitor.page.locator("main form button").focus()
    visitor.press("Enter")
    page = visitor.visit("dashboards/summit/ranking")
    summary = page.locator(".ranking summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".ranking details").first.get_attribute("open") is not None
    page = visitor.visit("dashboards/summit/ranking/report")
    page.emulate_media(media="print")
    assert page.locator(".no-print:visible").count() == 0
    assert page.pdf().startswith(b"%PDF")
