"""The agenda in a real browser: judged, published, and clicked back to what people wrote."""

from datetime import UTC, datetime, timedelta

import pytest

from consultation.process.queries import by_slug
from core.auth.services import make_link
from results.agenda import decisions, services
from results.agenda.drafts import services as drafts
from results.agenda.models import ItemState
from results.agenda.queries import items
from results.outcomes import services as outcomes
from results.outcomes.models import Source, Verdict
from tests.support.agenda import (
    CODES,
    TODAY,
    decide,
    judge,
    make_committee,
    make_item,
    make_run,
    make_summit,
    make_text,
)

pytestmark = pytest.mark.browser
AGENDA = "/consultations/summit/agenda"
MANAGE = "/manage/consultations/summit/agenda"


@pytest.fixture
def summit(database):
    """Two decided items in a draft that takes comments, a third one with the judges."""
    with database.transaction() as session:
        place = make_summit(session, is_synthetic=True)
        committee = make_committee(session, place)
        run = make_run(session, place)
        for code, state in (("water", ItemState.ADOPTED), ("work", ItemState.DEFERRED)):
            item = make_item(session, place, code, run=run)
            text = make_text(session, place, f"What somebody wrote about {code}.", run=run)
            services.link_contribution(session, item, text.id, TODAY)
            services.link_figures(session, item, run, table_name="topics", row_key="1", now=TODAY)
            decide(session, place, item, committee, state)
        judge(session, place, make_item(session, place, "rights", run=run), committee, (1, 5))
        publication = drafts.Publication(comments_close_at=TODAY + timedelta(days=3))
        drafts.publish_draft(session, place, publication, actor="x", now=TODAY)
    return committee


@pytest.mark.usefixtures("summit")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_published_item_is_clicked_back_to_a_contribution_and_forward(browser, language):
    visitor = browser(language=language, phone=True, javascript=False)
    page = visitor.visit(AGENDA)
    addresses = [link.get_attribute("href") for link in page.locator(".item h3 a").all()]
    assert len(addresses) == 2
    for address in addresses:
        for through in ("contributions", "evidence"):
            visitor.visit(address)
            title = page.locator("h1").inner_text()
            follow(visitor, f"main a[href*='/agenda/{through}/']")
            if through == "evidence":
                visitor.visit(address)
                follow(visitor, "main a[href*='/agenda/evidence/'] >> nth=-1")
                follow(visitor, "main a[href*='/agenda/contributions/']")
            assert page.locator("blockquote").count() == 1
            back = [a.get_attribute("href") for a in page.locator("main li a").all()]
            assert address in back
            follow(visitor, f"main li a[href='{address}']")
            assert page.locator("h1").inner_text() == title


def follow(visitor, selector):
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


@pytest.mark.usefixtures("summit")
def test_a_comment_is_sent_from_a_phone_without_scripts(browser):
    visitor = browser(phone=True, javascript=False)
    page = visitor.visit(AGENDA)
    visitor.click("link", "Comment on this draft")
    press(visitor, "form[action$='/comments'] button")
    assert page.locator("#error-summary").is_visible()
    page.fill("textarea", "Who pays for the wells?")
    page.select_option("select[name=item]", index=1)
    press(visitor, "form[action$='/comments'] button")
    assert "A person reads your comment" in page.content()


def press(visitor, selector):
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


@pytest.fixture
def sign_in_path(app, database, summit):
    with app.app_context(), database.transaction() as session:
        account = session.merge(summit[2])
        return f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}"


def test_a_member_scores_by_keyboard_and_then_sees_the_others(browser, sign_in_path):
    visitor = browser()
    page = visitor.visit(sign_in_path)
    press(visitor, "main form button")
    visitor.visit(MANAGE)
    visitor.click("link", "Rights")
    assert page.get_by_text("Conflicting:").count() == 0
    for code in CODES:
        page.locator(f"input[name=score_{code}][value='3']").focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Hand in").focus()
    visitor.press("Enter")
    assert page.get_by_text("Conflicting:").count() == 1
    page.check("input[name=state][value=rejected]")
    page.locator("textarea[name=reason_en]").fill("The committee is split.")
    visitor.click("button", "Record the decision")
    assert page.get_by_text("Not taken up").count() == 1


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_of_the_agenda_is_in_order(browser, database, sign_in_path, language):
    visitor = browser(language=language)
    page = visitor.visit(sign_in_path)
    press(visitor, "main form button")
    for path in ("", "/criteria", "/criteria?more=1", "/programme", "/versions", "/comments"):
        visitor.visit(MANAGE + path)
    visitor.visit(MANAGE)
    for address in [a.get_attribute("href") for a in page.locator("tbody th a").all()]:
        visitor.visit(address)
    finish(database)
    for path in ("/outcomes", "/agenda/you-said?group=region:african", "/agenda/versions/1"):
        visitor.visit("/consultations/summit" + path)
    visitor.visit("/manage/consultations/summit/outcomes")
    visitor.visit(page.locator("tbody th a").first.get_attribute("href"))


def finish(database):
    """Reject what is left, adopt, and record an outcome that somebody disputes."""
    later = TODAY + timedelta(days=4)
    with database.transaction() as session:
        place = by_slug(session, "summit")
        water = items(session, place)[0]
        version = adopt(session, place, later)
        assert version.kind == "adopted"
        given = outcomes.Assessment(
            source=Source.INDEPENDENT,
            verdict=Verdict.PARTLY,
            assessor="An institute",
            statement={"en": "Half of it."},
            assessed_on=TODAY.date(),
            links=["https://example.org/report"],
        )
        made = outcomes.assess(session, place, water, given, actor="x", now=later)
        outcomes.disagree(
            session,
            place,
            made.public_id,
            organisation="A ministry",
            statement={"en": "All of it."},
            actor="x",
            now=later,
        )


def adopt(session, place, now):
    left = next(item for item in items(session, place) if item.state is ItemState.IN_REVIEW)
    decision = decisions.Decision(ItemState.REJECTED, {"en": "Split."})
    decisions.decide(session, place, left, decision, actor="x", now=now)
    return drafts.adopt(session, place, drafts.Publication(), actor="x", now=now)
