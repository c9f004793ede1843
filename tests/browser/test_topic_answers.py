"""From a number on the page of topics to its answers: by keyboard, on a phone, right to left."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from core.auth.permissions import Role
from core.auth.services import make_link
from results.models import AnalysisRun, ConfirmedTopic
from tests.support.make import NOW, make_account
from tests.support.topics import compute, make_many_voices, mention

pytestmark = pytest.mark.browser
#: A folder for pictures of every page that the test opens; none where it is not named.
PICTURES = os.environ.get("POLYLOGUE_PICTURES", "")


@pytest.fixture
def link(app, database, tmp_path):
    """A way in for a member of the committee, after a run with a named topic."""
    with app.app_context(), database.transaction() as session:
        place = make_many_voices(session)
        account = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
        found = f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}"
    compute(app, tmp_path)
    mention(app, 25)
    with app.app_context(), database.transaction() as session:
        run = session.exec(select(AnalysisRun)).one()
        label = {"en": "Work for all", "ar": "العمل للجميع"}
        session.add(
            ConfirmedTopic(run_id=run.id, topic=1, label=label, confirmed_by="x", confirmed_at=NOW)
        )
    return found


def keep(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def enter(visitor, link):
    visitor.visit(link)
    with visitor.page.expect_navigation():
        visitor.page.locator("main form button").click()
    visitor.check()


@pytest.mark.parametrize(
    ("language", "phone", "javascript"),
    [("en", False, True), ("ar", True, False), ("en", True, False), ("ar", False, True)],
)
def test_a_number_leads_to_its_answers(browser, link, language, phone, javascript):
    visitor = browser(language=language, phone=phone, javascript=javascript)
    name = f"{language}-{'phone' if phone else 'desk'}"
    enter(visitor, link)
    page = visitor.visit("/dashboards/summit/topics")
    keep(page, f"topics-{name}")
    # By keyboard: open the tables of a topic, and go on from a cell.
    summary = page.locator("#topic-0 details summary").first
    summary.focus()
    page.keyboard.press("Enter")
    cell = page.locator("#topic-0 td.n a[href*='region=africa']")
    number = "".join(filter(str.isdigit, cell.inner_text()))
    keep(page, f"tables-{name}")
    cell.focus()
    visitor.press("Enter")
    assert page.url.endswith("/topics/0?region=africa#answers")
    listed = page.locator("li.row").count()
    assert listed == min(20, int(number))
    assert page.locator("#of-region").input_value() == "africa"
    keep(page, f"list-{name}")
    # Another filter, by the form.
    page.locator("#of-sector").select_option("academia")
    page.locator("#of-sector").focus()
    page.keyboard.press("Tab")
    page.locator("form[action*='/topics/0'] button").focus()
    visitor.press("Enter")
    assert 0 < page.locator("li.row").count() <= listed
    assert "region=africa" in page.url
    # What speaks of it also, and on to the topic that it belongs to.
    visitor.visit("/dashboards/summit/topics/0?which=also&page=2")
    assert page.locator("li.row").count() == 5
    keep(page, f"also-{name}")
    with page.expect_navigation():
        page.locator("li.row ul a[href$='/topics/1']").first.click()
    visitor.check()
    keep(page, f"named-{name}")
    visitor.visit("/dashboards/summit/themes/work")
    keep(page, f"theme-{name}")
