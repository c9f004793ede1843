"""Scales, numbers, dates, addresses, notes and files in a real browser: phone, keyboard, Arabic."""

import pytest
from sqlmodel import select

from surveys.models import Submission
from tests.plugins.application import make_settings
from tests.support.asked import make_round_of

pytestmark = pytest.mark.browser
CLOSED = {"no_opinion": True, "refusal": True}
QUESTIONS = [
    {
        "code": "words",
        "kind": "note",
        "label": {"en": "Now some questions about you.", "ar": "والآن بعض الأسئلة عنكم."},
    },
    {
        "code": "likely",
        "kind": "numeric_scale",
        "label": {"en": "How likely is it?", "ar": "ما مدى احتمال ذلك؟"},
        "hint": {"en": "Think of this year.", "ar": "فكروا في هذا العام."},
        "settings": {
            "low": -5,
            "high": 5,
            "low_label": {"en": "Not at all likely", "ar": "غير محتمل إطلاقا"},
            "high_label": {"en": "Very likely", "ar": "محتمل جدا"},
            **CLOSED,
        },
    },
    {
        "code": "people",
        "kind": "number",
        "label": {"en": "How many work there?", "ar": "كم عدد العاملين؟"},
        "hint": {"en": "A guess is enough.", "ar": "يكفي التقدير."},
        "settings": {"minimum": 0, "unit": {"en": "people", "ar": "شخص"}, **CLOSED},
    },
    {
        "code": "since",
        "kind": "date",
        "label": {"en": "Since when?", "ar": "منذ متى؟"},
        "settings": {"partial": True, **CLOSED},
    },
    {"code": "mail", "kind": "email", "label": {"en": "E-mail", "ar": "البريد الإلكتروني"}},
    {"code": "page", "kind": "url", "label": {"en": "Web page", "ar": "صفحة الويب"}},
    {"code": "letter", "kind": "file", "label": {"en": "A letter", "ar": "رسالة"}},
]


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path, uploads=True)


@pytest.fixture
def row(app, database):
    with app.app_context(), database.transaction() as session:
        return make_round_of(session, *QUESTIONS)


def stored(database):
    with database.read_session() as session:
        return session.exec(select(Submission)).one().answers


def begin(visitor, row):
    visitor.visit(f"/o/{row.public_id}")
    with visitor.page.expect_navigation():
        visitor.page.locator("form[action$='/start'] button").click()
    visitor.check()


def send(visitor):
    with visitor.page.expect_navigation():
        visitor.page.locator("button.button[name=go]").first.click()
    visitor.check()


def middle(visitor, value):
    """Where a point of the scale stands from the left."""
    box = visitor.page.locator(f"input[name=q_likely][value='{value}']").bounding_box()
    return box["x"] + box["width"] / 2


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_phone_without_scripts(browser, row, database, language, direction):
    visitor = browser(phone=True, javascript=False, language=language)
    begin(visitor, row)
    page = visitor.page
    assert page.locator("html").get_attribute("dir") == direction
    assert (middle(visitor, "-5") < middle(visitor, "-4")) == (direction == "ltr")
    # "-5" and not "5-", also where the words run from right to left.
    point = page.locator("label[for=q_likely-0] bdi")
    assert point.evaluate("point => getComputedStyle(point).direction") == "ltr"
    page.locator("input[name=q_likely][value='-5']").check()
    page.locator("[name=q_people]").fill("١٬٢٣٤")
    page.locator("[name=q_since-year]").fill("٢٤")
    page.locator("[name=q_mail]").fill("nobody")
    page.locator("[name=q_page]").fill("javascript:alert(1)")
    send(visitor)
    # What is wrong is named above, and what was typed is still there.
    for place in ("q_since-year", "q_mail", "q_page"):
        assert page.locator(f".summary a[href='#{place}']").count() == 1
    assert page.locator("[name=q_people]").input_value() == "١٬٢٣٤"
    page.locator("[name=q_since-year]").fill("٢٠٢٤")
    page.locator("[name=q_mail]").fill("name@example.org")
    page.locator("[name=q_page]").fill("https://example.org/")
    send(visitor)
    answers = {code: answer["value"] for code, answer in stored(database).items()}
    assert answers == {
        "likely": -5,
        "people": "1234",
        "since": "2024",
        "mail": "name@example.org",
        "page": "https://example.org/",
        "letter": None,
    }
    assert page.url.endswith("/check")


def test_a_keyboard_alone(browser, row, database):
    visitor = browser()
    begin(visitor, row)
    page, keyboard = visitor.page, visitor.page.keyboard
    page.locator("input[name=q_likely]").first.focus()
    # A group of radio buttons is one stop; the arrows choose within it.
    keyboard.press("Space")
    for _point in range(3):
        keyboard.press("ArrowRight")
    keyboard.press("Tab")
    keyboard.type("12")
    keyboard.press("Tab")
    keyboard.press("Tab")
    for part in ("29", "2", "2024"):
        keyboard.type(part)
        keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.type("name@example.org")
    keyboard.press("Enter")
    page.wait_for_url("**/check")
    visitor.check()
    answers = stored(database)
    assert answers["likely"]["value"] == -2
    assert answers["people"]["value"] == "12"
    assert answers["since"]["value"] == "2024-02-29"
    assert answers["mail"]["value"] == "name@example.org"
