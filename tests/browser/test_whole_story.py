"""One respondent's whole story, in French, on a phone whose connection comes and goes."""

from datetime import timedelta

import pytest
from sqlmodel import SQLModel, select

from app import create_app
from benchmarks.server import Server
from core.db import get_database
from surveys.models import Submission, SubmissionState
from tests.plugins.application import make_settings
from tests.support.journey import make_asked_round
from tests.support.make import make_consultation
from tests.support.rounds import shift
from tests.support.story import DOCUMENT

pytestmark = pytest.mark.browser
SECRET = "a secret of the tests that guards nothing at all"
NEXT = "button[value=next]:not(.hidden), button[value=anyway]:not(.hidden)"
WORDS = "L’eau d’abord : sans elle, rien d’autre ne tient."


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path, secret_key=SECRET)


@pytest.fixture
def server(settings, tmp_path):
    return Server(tmp_path, settings.database_url, POLYLOGUE_SECRET_KEY=SECRET)


@pytest.fixture
def app(settings):
    """The store's side of the server: it shares its file and its secret, and serves nothing."""
    application = create_app(settings)
    SQLModel.metadata.create_all(get_database(application).engine)
    yield application
    get_database(application).dispose()


@pytest.fixture
def row(database):
    with database.transaction() as session:
        place = make_consultation(session, title={"en": "Summit", "fr": "Sommet"})
        return make_asked_round(
            session, consultation=place, document=DOCUMENT, title={"en": "Round 1", "fr": "Tour 1"}
        )


@pytest.fixture
def live_server(server, app, row):
    server.start()
    yield server.base
    server.kill()


def responses(database):
    with database.read_session() as session:
        return session.exec(select(Submission)).all()


class Person:
    """A respondent with a phone, who reads French."""

    def __init__(self, browser):
        self.browser = browser
        self.pick_up_the_phone()

    def pick_up_the_phone(self):
        """Another day: the browser kept nothing of the last one."""
        self.visitor = self.browser(phone=390, language="fr-FR")
        self.page = self.visitor.page

    def press(self, selector=NEXT):
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.visitor.check()

    def choose(self, code, value):
        self.page.check(f"input[name=q_{code}][value='{value}']")

    def rank(self, *codes):
        for place, code in enumerate(codes, start=1):
            self.page.select_option(f"select[name=q_order-{code}]", str(place))

    def says(self):
        return self.page.inner_text("main")


def fill_first_page(person):
    person.page.check("input[name=q_consent]")
    person.page.select_option("select[name=q_country]", "SN")
    person.choose("capacity", "myself")


def fill_second_page(person):
    person.rank("climate", "work", "rights")
    person.page.fill("textarea[name=q_reason]", WORDS)
    person.choose("urgent", "yes")


def fill_third_page(person):
    for code, points in (("tests_first", 5), ("one_body", 2), ("open_models", "no_opinion")):
        person.choose(code, points)


def fill_fourth_page(person):
    for code, points in (("safety", "3"), ("work", "٤"), ("rights", "3")):
        person.page.fill(f"input[name=q_share-{code}]", points)
    person.choose("trust", 7)
    person.page.fill("input[name=q_since-year]", "2019")
    person.choose("agree-binding", "yes")
    person.choose("agree-paid", "no_opinion")


def lose_the_answer(page):
    """The phone believes that it has a connection; what it sends from now on arrives nowhere."""
    page.route("**/*", lambda route: route.abort("connectionfailed"))
    page.locator(NEXT).first.click()
    page.wait_for_url("chrome-error://**")


def first_day(person, path):
    """Up to the fifth page, with two losses and second thoughts; the private link is returned."""
    page = person.visitor.visit(path)
    person.press("main form[action$='/start'] button")
    private = page.url.rpartition("/")[0] + "/"
    assert private in person.says()
    person.press()
    assert page.evaluate("document.activeElement.id") == "error-summary"
    fill_first_page(person)
    person.press()
    fill_second_page(person)
    page.context.set_offline(offline=True)
    page.locator(NEXT).first.click()
    page.locator("[data-offline]").wait_for()
    person.visitor.check()
    page.context.set_offline(offline=False)
    person.press()
    fill_third_page(person)
    change_second_page(person)
    assert page.is_checked("input[name=q_tests_first][value='5']")
    person.press()
    fill_fourth_page(person)
    lose_the_answer(page)
    page.unroute("**/*")
    page.go_back()
    person.visitor.check()
    if page.url.endswith("/3"):
        person.press()
    assert page.locator("[data-unsent]").is_visible()
    assert page.input_value("input[name=q_share-work]") == "٤"
    assert page.is_checked("input[name=q_agree-binding][value=yes]")
    person.press()
    assert not page.locator("[data-unsent]").is_visible()
    return private


def change_second_page(person):
    """Back from the third page; the new answer opens a question, which is named."""
    page = person.page
    person.press("button[value=back]")
    assert page.input_value("textarea[name=q_reason]") == WORDS
    person.choose("urgent", "no")
    person.press()
    assert "Dans combien d’années, sinon ?" in page.inner_text("[role=status]")
    page.fill("input[name=q_delay]", "cinq")
    person.press()
    assert page.input_value("input[name=q_delay]") == "cinq"
    page.fill("input[name=q_delay]", "٥")
    person.press()


def next_day(person, private):
    """Where it was left, the last page, and everything once more before it is handed in."""
    page = person.visitor.visit(private)
    assert WORDS not in person.says()
    person.press("main a.button")
    assert page.url == f"{private}5"
    person.choose("groups", "law")
    person.choose("groups", "none")
    page.fill("input[name=q_page]", "exemple.org")
    person.press()
    page.uncheck("input[name=q_groups][value=none]")
    person.press()
    assert "data-unsent" in page.content()
    person.press("button[value=anyway]:not(.hidden)")
    for words in (WORDS, "Sénégal", "https://exemple.org", "3. Les droits de chacun"):
        assert words in person.says()
    person.press("form[action$='/submit'] button")


def second_thoughts(person):
    """One page is changed, which counts at once."""
    person.press("main a[href$='/1']")
    person.choose("capacity", "body")
    person.press()
    person.press("button[value=check]")
    assert "Au nom d’une organisation" in person.says()
    person.press("main a.button")


def test_twenty_questions_on_a_phone_whose_connection_comes_and_goes(
    browser, server, database, row
):
    person = Person(browser)
    private = first_day(person, f"/o/{row.public_id}")
    server.kill()
    shift(database, timedelta(days=1))
    server.start()
    person.pick_up_the_phone()
    next_day(person, private)
    (handed_in,) = responses(database)
    assert handed_in.state is SubmissionState.SUBMITTED
    assert handed_in.receipt in person.says()
    assert {code: handed_in.answers[code]["value"] for code in ("order", "delay", "share")} == {
        "order": ["climate", "work", "rights"],
        "delay": "5",
        "share": {"safety": 3, "work": 4, "rights": 3},
    }
    second_thoughts(person)
    (edited,) = responses(database)
    assert edited.answers["capacity"]["value"] == "body"
    assert edited.receipt == handed_in.receipt
    person.press("main a[href$='/withdraw']")
    person.press("main form button")
    (withdrawn,) = responses(database)
    assert (withdrawn.state, withdrawn.answers) == (SubmissionState.WITHDRAWN, {})
    person.visitor.visit(private)
    assert not person.page.locator("main a, main form:not([action='/language'])").count()
