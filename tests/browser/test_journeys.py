"""A real browser: a phone without scripts, a keyboard, Arabic; every page judged by axe."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.auth.services import make_link
from core.db import get_database
from results import publication
from results.models import AnalysisRun
from results.refresh import refresh
from surveys.models import Submission, SubmissionState
from tests.support.journey import answer, make_asked_round
from tests.support.make import make_account, make_consultation, make_phase
from tests.support.pages import PageClient

pytestmark = pytest.mark.browser


@pytest.fixture
def row(database):
    with database.transaction() as session:
        place = make_consultation(session, is_synthetic=True)
        make_phase(session, place)
        return make_asked_round(session, consultation=place)


@pytest.fixture
def sign_in_path(app, database, row):
    with app.app_context(), database.transaction() as session:
        account = make_account(
            session,
            email="c@example.org",
            consultation=by_slug(session, "summit"),
            roles=(Role.COMMITTEE, Role.ANALYST, Role.ORGANISER, Role.RESEARCHER),
        )
        return f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}"


@pytest.fixture
def figures(app, database, row):
    """Forty answers and a published run."""
    for number in range(40):
        client = app.test_client()
        assert isinstance(client, PageClient)
        answer(client, row, q_safety=str(1 + number % 5), q_why=f"Answer number {number}")
    with app.app_context():
        refresh(get_database(app), "summit", now=datetime.now(UTC))
        with database.transaction() as session:
            run = session.exec(select(AnalysisRun)).one()
            now = datetime.now(UTC)
            place = by_slug(session, "summit")
            publication.publish(session, place, run, threshold=10, now=now)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_respondent_on_a_phone_without_scripts(browser, row, database, language):
    visitor = browser(language=language, phone=True, javascript=False)
    page = visitor.visit(f"/o/{row.public_id}")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    press(visitor, "main form[action$='/start'] button")
    press(visitor, "button[value=next]:not(.hidden)")
    assert page.locator("#error-summary").is_visible()
    page.locator("#error-summary a").first.click()
    page.check("input[type=checkbox]")
    press(visitor, "button[value=next]:not(.hidden)")
    page.check("input[name=q_safety][value='4']")
    page.select_option("select[name=q_order-work]", "1")
    page.fill("textarea", "مياه before everything")
    press(visitor, "button[value=next]:not(.hidden)")
    press(visitor, "form[action$='/submit'] button")
    with database.read_session() as session:
        stored = session.exec(select(Submission)).one()
    assert stored.state is SubmissionState.SUBMITTED
    assert stored.receipt in page.content()
    visitor.visit(page.url.replace("receipt", "contributions/"))
    visitor.visit(page.url.replace("contributions/", "withdraw"))


def press(visitor, selector):
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


def test_a_draft_is_found_again_in_another_browser(browser, row):
    first = browser(phone=True)
    page = first.visit(f"/o/{row.public_id}")
    press(first, "main form[action$='/start'] button")
    page.check("input[type=checkbox]")
    press(first, "button[value=next]:not(.hidden)")
    page.fill("textarea", "half a thought")
    press(first, "button[value=back]")
    private = page.url.rpartition("/")[0] + "/"
    second = browser()
    page = second.visit(private)
    second.click("link", "Go on")
    assert page.input_value("textarea") == "half a thought"


def test_a_page_that_cannot_be_sent_stays_with_all_that_was_typed(browser, row):
    visitor = browser(phone=True)
    page = visitor.visit(f"/o/{row.public_id}")
    press(visitor, "main form[action$='/start'] button")
    page.check("input[type=checkbox]")
    press(visitor, "button[value=next]:not(.hidden)")
    page.fill("textarea", "typed in a tunnel")
    page.context.set_offline(offline=True)
    page.locator("button[value=next]:not(.hidden)").click()
    page.locator("[data-offline]").wait_for()
    visitor.check()
    assert page.input_value("textarea") == "typed in a tunnel"
    page.context.set_offline(offline=False)
    press(visitor, "button[value=next]:not(.hidden)")
    assert "typed in a tunnel" in page.inner_text("main")


@pytest.mark.usefixtures("figures")
def test_a_committee_member_reads_the_dashboard_by_keyboard(browser, sign_in_path):
    visitor = browser()
    page = visitor.visit(sign_in_path)
    page.get_by_role("button", name="Sign in now").focus()
    visitor.press("Enter")
    page = visitor.visit("/dashboards/summit")
    page.locator("[data-figure] svg.main-svg").first.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#by").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Show").focus()
    visitor.press("Enter")
    assert "by=" in page.url
    for path in ("/dashboards/summit/topics", "/manage/", "/manage/consultations/summit/"):
        visitor.visit(path)


PAGES = [
    "/",
    "/consultations/summit/",
    "/consultations/summit/results",
    "/consultations/summit/results?by=sector",
    "/consultations/summit/agenda",
    "/consultations/summit/agenda/comments",
    "/consultations/summit/agenda/you-said",
    "/consultations/summit/outcomes",
    "/sign-in",
    "/sign-in/link-sent",
]
WORKSPACE = [
    "",
    "phases",
    "people/",
    "surveys/",
    "surveys/1/preview/2",
    "dialogues/",
    "dialogues/new",
    "agenda",
    "releases/",
]


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_every_public_page_is_in_order(browser, language, phone):
    visitor = browser(language=language, phone=phone)
    for path in PAGES:
        visitor.visit(path)


@pytest.mark.usefixtures("row")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_of_the_workspace_is_in_order(browser, sign_in_path, language):
    visitor = browser(language=language)
    visitor.visit(sign_in_path)
    press(visitor, "main form button")
    for path in WORKSPACE:
        visitor.visit(f"/manage/consultations/summit/{path}")
    visitor.visit("/dashboards/summit")
    visitor.visit("/account")


def test_pages_without_anything_in_them_are_in_order(browser, live_server):
    visitor = browser()
    visitor.visit("/")
    assert live_server
    visitor.visit("/nowhere")
