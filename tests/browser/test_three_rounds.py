"""Three rounds from targets to "stop", in a browser; the server is killed between all phases."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import SQLModel, col, select

from app import create_app
from benchmarks.server import Server
from consultation.people.models import Stakeholder
from consultation.process.models import IdentityMode, Round, RoundState
from consultation.targets.models import TargetRegistration
from core.auth.permissions import Role
from core.auth.services import make_link
from core.db import get_database
from results.rounds.models import FeedbackSeen, RoundOutcome, RoundTransition, Transition
from surveys.invitations import token_again
from surveys.models import Invitation, Submission
from tests.plugins.application import make_settings
from tests.support.journey import make_asked_round
from tests.support.make import make_account, make_consultation
from tests.support.rounds import ROUND_DOCUMENT, give, make_people, says, shift

pytestmark = pytest.mark.browser
SECRET = "a secret of the tests that guards nothing at all"
PEOPLE = 12
ROUNDS = "/manage/consultations/summit/rounds/"
DAY = timedelta(days=1)


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
def live_server(server, app):
    server.start()
    yield server.base
    server.kill()


@pytest.fixture
def sign_in_path(app, database):
    """An organiser, a draft round under pseudonyms, twelve people who can be invited."""
    with app.app_context(), database.transaction() as session:
        place = make_consultation(session, is_synthetic=True)
        make_asked_round(
            session,
            consultation=place,
            document=ROUND_DOCUMENT,
            identity_mode=IdentityMode.PSEUDONYMOUS,
            has_open_link=False,
            state=RoundState.DRAFT,
        )
        make_people(session, place, PEOPLE)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
        return f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}"


def wait_for(condition, what):
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    pytest.fail(what)


@pytest.fixture
def pass_time(server, database):
    """Kill the server, let days go by, start it again, and wait for what the clock brings."""

    def passing(days, number, state):
        server.kill()
        shift(database, days * DAY)
        server.start()
        wait_for(lambda: is_done(database, number, state), f"Round {number} is not {state}")

    return passing


def is_done(database, number, state):
    with database.read_session() as session:
        row = session.exec(select(Round).where(Round.number == number)).one()
        invited = len(session.exec(select(Invitation).where(Invitation.round_id == row.id)).all())
        outcome = session.get(RoundOutcome, row.id)
    if state is RoundState.OPEN:
        return row.state is state and invited == PEOPLE
    return row.state is state and outcome is not None


def links(app, database, number):
    """The private links of everybody, in the order of the people."""
    with app.app_context(), database.read_session() as session:
        row = session.exec(select(Round).where(Round.number == number)).one()
        found = session.exec(
            select(Invitation)
            .join(Stakeholder, col(Stakeholder.id) == col(Invitation.stakeholder_id))
            .where(Invitation.round_id == row.id)
            .order_by(col(Stakeholder.id))
        ).all()
        return [token_again(row, invitation) for invitation in found]


def others_answer(app, database, tokens, say):
    with app.app_context():
        for number, token in enumerate(tokens[1:], start=1):
            with database.transaction() as session:
                give(session, token, number, say)


def plan(organiser, number):
    """Open in a day, close ten days later, invite everybody."""
    page = organiser.visit(ROUNDS)
    section = page.locator(f"section:has(#round-{number})")
    section.get_by_text("Plan what happens by the clock").click()
    start = datetime.now(UTC) + DAY
    for name, moment in (
        ("opens_at", start),
        ("closes_at", start + 10 * DAY),
        ("reminder", start + 5 * DAY),
    ):
        section.locator(f"[name=round{number}-{name}]").fill(moment.strftime("%Y-%m-%dT%H:%M"))
    section.locator(f"[name=round{number}-invites]").check()
    press(organiser, section.get_by_role("button", name="Plan it"))
    assert "It happens by itself" in page.content()


def press(visitor, button):
    with visitor.page.expect_navigation():
        button.click()
    visitor.check()


def fill_in(visitor, safety=None):
    """The pages of the small questionnaire, from the first to the receipt."""
    page = visitor.page
    page.check("input[type=checkbox]")
    page.select_option("select[name=q_sector]", "government")
    page.select_option("select[name=q_country]", "KE")
    press(visitor, page.locator("button[value=next]:not(.hidden)"))
    if safety:
        page.check(f"input[name=q_safety][value='{safety}']")
    page.select_option("select[name=q_order-rights]", "1")
    page.select_option("select[name=q_order-water]", "2")
    page.fill("textarea", "Rights first, because all the rest follows from them.")
    press(visitor, page.locator("button[value=next]:not(.hidden)"))
    press(visitor, page.locator("form[action$='/submit'] button"))


def declare_targets(organiser):
    page = organiser.visit("/manage/consultations/summit/targets/")
    for sector, share in (("government", "34"), ("academia", "33"), ("civil_society", "33")):
        page.fill(f"[name=share-sector-{sector}]", share)
    organiser.click("button", "Save")


def reword_work(organiser):
    """The second round asks for decent work instead of work."""
    page = organiser.visit(ROUNDS)
    organiser.click("link", "Make the next round from this one")
    work = page.locator("fieldset", has_text="Work").first
    work.get_by_label("What becomes of it").select_option("reworded")
    work.get_by_text("New words, to reword or merge").click()
    work.get_by_label("New words (English)").fill("Decent work")
    organiser.click("button", "Make the round")
    assert "The round was made" in page.content()
    assert "Decent work" in page.content()


def converging(number):
    return says(number) | {"order": ["rights", "water"], "safety": 4 if number < 6 else 5}


def test_three_rounds_from_targets_to_stop(app, database, browser, sign_in_path, pass_time):
    organiser = browser()
    page = organiser.visit(sign_in_path)
    organiser.click("button", "Sign in now")
    declare_targets(organiser)
    plan(organiser, 1)

    pass_time(1.5, 1, RoundState.OPEN)
    page = organiser.visit("/manage/consultations/summit/targets/")
    assert "The database refuses any change" in page.content()
    tokens = links(app, database, 1)
    respondent = browser(phone=True, javascript=False)
    respondent.visit(f"/s/{tokens[0]}/")
    respondent.click("link", "Begin")
    fill_in(respondent, safety="5")
    others_answer(app, database, tokens, says)

    pass_time(10, 1, RoundState.CLOSED)
    reword_work(organiser)
    plan(organiser, 2)

    pass_time(1.5, 2, RoundState.OPEN)
    tokens = links(app, database, 2)
    phone = respondent.visit(f"/s/{tokens[0]}/")
    respondent.click("link", "First read what people said in the last round")
    assert "Your answer then: 5" in " ".join(phone.locator("#q-safety").inner_text().split())
    press(respondent, phone.locator("#q-safety").get_by_role("button", name="Keep my answer"))
    assert "1 answer was kept." in phone.content()
    respondent.click("button", "I have read this: go on to the questions")
    fill_in(respondent)
    others_answer(app, database, tokens, converging)

    pass_time(10, 2, RoundState.CLOSED)
    page = organiser.visit(ROUNDS)
    assert "Go on: the rule is not met yet." in page.content()
    organiser.click("link", "Make the next round from this one")
    organiser.click("button", "Make the round")
    plan(organiser, 3)

    pass_time(1.5, 3, RoundState.OPEN)
    tokens = links(app, database, 3)
    arabic = browser(phone=True, javascript=False, language="ar")
    shown = arabic.visit(f"/s/{tokens[1]}/last-round/")
    assert shown.locator("html").get_attribute("dir") == "rtl"
    with app.app_context(), database.transaction() as session:
        give(session, tokens[0], 0, lambda number: converging(number) | {"safety": 5})
    others_answer(app, database, tokens, converging)

    pass_time(10, 3, RoundState.CLOSED)
    page = organiser.visit(ROUNDS)
    assert "Stop: this was the last round allowed." in page.content()
    assert "Go on: the rule is not met yet." in page.content(), "what was said of round 2 stands"
    _look_at_the_store(database)


def _look_at_the_store(database):
    """Everything happened once, and what was kept is what was said before."""
    with database.read_session() as session:
        assert len(session.exec(select(RoundOutcome)).all()) == 3
        steps = session.exec(select(RoundTransition)).all()
        assert len(steps) == 15
        missed = {step.transition for step in steps if step.outcome != "done"}
        # Each time the clock jumped over the reminder: nobody is reminded of a closed round.
        assert missed == {Transition.REMIND}
        assert session.exec(select(TargetRegistration)).one().is_before_first_round
        second = session.exec(select(Round).where(Round.number == 2)).one()
        seen = session.exec(select(FeedbackSeen)).one()
        kept = session.exec(
            select(Submission).where(Submission.answer_hash == seen.answer_hash)
        ).one()
        assert kept.round_id == second.id
        assert kept.answers["safety"]["value"] == 5
        assert len(session.exec(select(Submission)).all()) == 3 * PEOPLE
