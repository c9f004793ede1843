"""The organiser's pages about reaching people, in Arabic on a phone and in English on a desk."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from consultation.process.models import IdentityMode
from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.auth.services import make_link
from surveys import instruments
from surveys.models import Submission, SubmissionChannel
from surveys.reaching.letters import unsubscribe_token
from surveys.reaching.services import BounceLine, note_bounces
from tests.support.journey import answer, make_asked_round
from tests.support.make import NOW, make_account, make_consultation, make_stakeholder
from tests.support.questionnaires import SETTINGS, document_of, question_of

pytestmark = pytest.mark.browser
REACH = "/manage/consultations/summit/surveys/rounds/1/reach/"
#: Where to leave pictures of the pages, for somebody who wants to look at them.
PICTURES = os.environ.get("POLYLOGUE_TEST_PICTURES", "")


@pytest.fixture
def place(app, database):
    """A round with look-alikes, people one of whom cannot be reached, and every question type."""
    with app.app_context(), database.transaction() as session:
        consultation = make_consultation(session)
        row = make_asked_round(
            session, consultation=consultation, identity_mode=IdentityMode.PSEUDONYMOUS
        )
        people = [
            make_stakeholder(
                session, consultation, email=f"{language}@example.org", language=language
            )
            for language in ("en", "fr", "ar")
        ]
        note_bounces(session, consultation, [BounceLine("fr@example.org", "no such user")], NOW)
        every = document_of(*(question_of(kind) for kind in SETTINGS))
        version = instruments.add(session, consultation, every, NOW).id
        account = make_account(
            session, consultation=by_slug(session, "summit"), roles=(Role.ORGANISER,)
        )
        link = make_link(session, account, datetime.now(UTC))
        leave = unsubscribe_token(people[0].public_id)
    for _number in range(2):
        answer(app.test_client(), row, q_why="Rivers must not run dry for computers.")
    return f"/sign-in/link/{link}", f"/u/{leave}", version


def look(visitor, name):
    if PICTURES:
        visitor.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def press(visitor, selector):
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


@pytest.mark.parametrize(("language", "phone"), [("ar", True), ("en", False)])
def test_an_organiser_reaches_people(browser, database, place, language, phone):
    sign_in, leave, version = place
    visitor = browser(language=language, phone=phone, javascript=False)
    visitor.visit(sign_in)
    press(visitor, "main form button")
    page = visitor.visit(REACH)
    assert page.evaluate("document.querySelector('.qr img').naturalWidth") > 100
    look(visitor, f"reach-{language}")
    visitor.visit(f"{REACH}waves/new?kind=reminder")
    page = visitor.visit(f"{REACH}waves/new")
    look(visitor, f"wave-new-{language}")
    page.fill("textarea[name=intro_ar]", "نود أن نسمعكم.\n\nسطر آخر.")
    press(visitor, "form[action$='/waves/new'] button")
    look(visitor, f"wave-{language}")
    press(visitor, "form[action$='/send'] button")
    for code in ("en", "ar"):
        visitor.visit(f"/manage/consultations/summit/surveys/{version}/paper?language={code}")
        look(visitor, f"paper-{code}-{language}")
    visitor.visit("/manage/consultations/summit/surveys/rounds/1/key-in")
    look(visitor, f"key-in-{language}")
    press(visitor, "form[action$='/key-in'] button")
    with database.read_session() as session:
        channels = [row.channel for row in session.exec(select(Submission))]
    assert channels.count(SubmissionChannel.KEYED_IN) == 1
    visitor.visit(leave)
    look(visitor, f"leave-{language}")
    press(visitor, "main form button")
    look(visitor, f"left-{language}")
