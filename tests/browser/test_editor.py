"""An organiser builds a bilingual survey with logic from nothing, with and without scripts."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.auth.services import make_link
from surveys import instruments
from surveys.documents import read_document
from surveys.editing import translation
from surveys.models import Questionnaire
from surveys.preflight import findings
from tests.support.make import NOW, make_account, make_consultation

pytestmark = pytest.mark.browser
SURVEYS = "/manage/consultations/summit/surveys/"
FRENCH = {
    "-general": {"title": "Que construire ?", "thanks": "Merci."},
    "page1": {
        "sections/page1/title": "À propos de vous",
        "sections/page1/questions/house/label": "Où habitez-vous ?",
        "sections/page1/questions/house/settings/options/town/label": "En ville",
        "sections/page1/questions/house/settings/options/village/label": "Au village",
        "sections/page1/questions/house/settings/options/sea/label": "En mer",
    },
    "details": {
        "sections/details/title": "Détails",
        "sections/details/questions/village_need/label": "De quoi le village a-t-il besoin ?",
    },
}


@pytest.fixture
def sign_in_path(app, database):
    with app.app_context(), database.transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
        return f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}"


def press(visitor, selector):
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


def save(visitor):
    press(visitor, "main form button.button[value=save]")


@pytest.mark.parametrize(
    ("phone", "javascript"), [(False, True), (True, False)], ids=["desktop", "phone-no-scripts"]
)
def test_a_bilingual_survey_with_logic_is_built_from_scratch(
    browser, sign_in_path, database, phone, javascript
):
    visitor = browser(phone=phone, javascript=javascript)
    visitor.visit(sign_in_path)
    press(visitor, "main form button")
    edit = begin(visitor)
    ask_where_people_live(visitor, javascript)
    ask_villages_for_more(visitor)
    visitor.visit(edit)
    change_order_code_and_options(visitor)
    translate_into_french(visitor, edit)
    with database.read_session() as session:
        document = read_document(session.exec(select(Questionnaire)).one().document)
    assert findings(document) == []
    assert translation.missing(document) == {"en": 0, "fr": 0}
    assert list(document.by_code) == ["house", "deliverable", "village_need"]
    assert document.by_code["village_need"].relevant == "${house} = 'village'"
    entries = document.by_code["house"].settings["options"]
    assert [entry["code"] for entry in entries] == ["town", "sea", "village"]
    try_it_in_french(visitor, edit)


def begin(visitor):
    page = visitor.visit(SURVEYS)
    page.fill("#title", "What should we build?")
    press(visitor, "form[action$='/begin'] button")
    edit = page.url
    press(visitor, "nav.tabs a[href$='/settings']")
    page.uncheck("input[name=languages][value=ar]")
    page.fill("#thanks", "Thank you.")
    press(visitor, "main form[action$='/settings'] button")
    page.fill("#new-page", "Details")
    press(visitor, "form[action$='/sections/new'] button")
    press(visitor, "#page-page1 h2 a")
    page.fill("#title", "About you")
    save(visitor)
    return edit


def ask_where_people_live(visitor, javascript):
    page = visitor.page
    press(visitor, "#page-page1 .add a.button")
    press(visitor, ".kinds a[href*='kind=single_choice']")
    page.fill("#label", "Where do you live?")
    page.fill("#set_options", "In a town\nIn a village\nsea | At sea")
    page.select_option("#required", "yes")
    if not javascript:
        page.locator("button[formtarget=sample]").click()
    frame = page.frame_locator("iframe[name=sample]")
    frame.get_by_text("Where do you live?").wait_for()
    assert frame.get_by_text("At sea").is_visible()
    visitor.check()
    save(visitor)


def ask_villages_for_more(visitor):
    page = visitor.page
    press(visitor, "#page-details .add a.button")
    press(visitor, ".kinds a[href*='kind=long_text']")
    page.fill("#label", "What does the village need?")
    page.locator("details.group summary").first.click()
    page.select_option("#when_question", "live")
    press(visitor, "button[value=condition]")
    page.select_option("#when_test", "is")
    page.select_option("#when_value", "village")
    press(visitor, "button[value=add-condition]")
    assert page.input_value("#relevant") == "${live} = 'village'"
    save(visitor)
    press(visitor, "#page-details .add a:not(.button)")
    press(visitor, "button[name=question][value=deliverable]")


def change_order_code_and_options(visitor):
    press(visitor, "#question-deliverable button[value=up]")
    press(visitor, "#question-live .said > a")
    visitor.page.fill("#code", "house")
    press(visitor, "form[action$='/rename'] button")
    press(visitor, "a[href$='/options']")
    press(visitor, "button[value='up:options:sea']")
    save(visitor)


def translate_into_french(visitor, edit):
    page = visitor.visit(f"{edit}translate?from=en&to=fr")
    for part, words in FRENCH.items():
        for path, text in words.items():
            page.fill(f"[name='t:{path}']", text)
        press(visitor, f"[id='part-{part}'] button")
    visitor.visit(f"{edit}translate?from=en&to=fr&show=missing")
    assert page.locator("textarea").count() == 0


def try_it_in_french(visitor, edit):
    page = visitor.visit(f"{edit}preview/1?language=fr")
    page.check("input[value=village]")
    press(visitor, "button[value=next]:not(.hidden)")
    assert page.get_by_text("De quoi le village a-t-il besoin ?").is_visible()
    press(visitor, "button[value=back]")
    page.check("input[value=town]")
    press(visitor, "button[value=next]:not(.hidden)")
    assert page.get_by_text("De quoi le village").count() == 0
    press(visitor, "button[value=next]:not(.hidden)")
    assert page.get_by_text("Merci.").is_visible()


PAGES = (
    *("", "settings", "translate?to=ar", "quotas", "quotas/new", "library", "preview", "import"),
    *("history", "sections/open_question", "questions/new", "questions/working_groups"),
    *("questions/working_groups/options", "questions/new?kind=matrix", "preview/3?language=ar"),
    "sample?code=consent&language=ar",
)


@pytest.mark.parametrize(("language", "phone", "dark"), [("ar", True, False), ("fr", False, True)])
def test_every_page_of_the_editor_is_in_order(
    browser, app, database, sign_in_path, language, phone, dark
):
    with app.app_context(), database.transaction() as session:
        place = by_slug(session, "summit")
        raw = instruments.ready_document("summit_round_1")
        version = instruments.add(session, place, raw, NOW).id
    visitor = browser(language=language, phone=phone, dark=dark)
    visitor.visit(sign_in_path)
    press(visitor, "main form button")
    for path in PAGES:
        visitor.visit(f"{SURVEYS}{version}/edit/{path}")
