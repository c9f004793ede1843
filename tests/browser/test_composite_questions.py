"""Questions of many inputs in a real browser: a phone without scripts, a keyboard, Arabic."""

import pytest
from sqlmodel import select

from surveys.models import Submission
from tests.support.asked import make_round_of

pytestmark = pytest.mark.browser


def options(*labels):
    return [
        {"code": f"o{number}", "label": {"en": english, "ar": arabic}}
        for number, (english, arabic) in enumerate(labels)
    ]


THEMES = options(
    ("Clean water", "المياه النظيفة"),
    ("Health care within reach of everybody", "الرعاية الصحية في متناول الجميع"),
    ("Work", "العمل"),
    ("Schools", "المدارس"),
)
AGREEMENT = options(
    ("Strongly disagree", "أعارض بشدة"),
    ("Disagree", "أعارض"),
    ("Neither", "محايد"),
    ("Agree", "أوافق"),
    ("Strongly agree", "أوافق بشدة"),
)
CLOSED = {"no_opinion": True, "refusal": True}
QUESTIONS = [
    {
        "code": "rows",
        "kind": "matrix",
        "label": {"en": "Should your country do more for these?", "ar": "هل يجب فعل المزيد؟"},
        "hint": {"en": "One answer in each row.", "ar": "إجابة واحدة في كل صف."},
        "settings": {"rows": THEMES[:3], "columns": AGREEMENT, "no_opinion": True},
    },
    {
        "code": "share",
        "kind": "points",
        "label": {"en": "Share out ten points", "ar": "وزّع عشر نقاط"},
        "settings": {"items": THEMES, "total": 10, **CLOSED},
    },
    {
        "code": "sets",
        "kind": "best_worst",
        "label": {"en": "What matters most, and what least?", "ar": "ما الأهم وما الأقل أهمية؟"},
        "settings": {"items": THEMES, "per_task": 3, "tasks": 2, **CLOSED},
    },
    {
        "code": "pairs",
        "kind": "pairwise",
        "label": {"en": "Which matters more?", "ar": "أيهما أهم؟"},
        "settings": {"items": THEMES, "pairs": 4, "per_page": 2, **CLOSED},
    },
]


@pytest.fixture
def row(database):
    with database.transaction() as session:
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


def choose(visitor, prefix, value):
    """Choose the same in every open group of radio buttons that is in sight."""
    groups = visitor.page.locator(f"input[type=radio][name^='{prefix}'][value='{value}']:visible")
    for number in range(groups.count()):
        groups.nth(number).check()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_phone_without_scripts(browser, row, database, language, direction):
    visitor = browser(phone=True, javascript=False, language=language)
    begin(visitor, row)
    assert visitor.page.locator("html").get_attribute("dir") == direction
    choose(visitor, "q_rows-", "o4")
    visitor.page.locator("[name='q_share-o0']").fill("٧")
    choose(visitor, "q_pairs--", "left")
    send(visitor)
    # What is wrong is named above, and what was typed is still there.
    assert visitor.page.locator(".summary a[href='#q_share-o0']").count() == 1
    visitor.page.locator("[name='q_share-o1']").fill("3")
    choose(visitor, "q_pairs--", "tie")
    send(visitor)
    answers = stored(database)
    assert answers["rows"]["value"] == {"o0": "o4", "o1": "o4", "o2": "o4"}
    assert answers["share"]["value"] == {"o0": 7, "o1": 3, "o2": 0, "o3": 0}
    assert [result for *_pair, result in answers["pairs"]["value"]] == ["left"] * 2 + ["tie"] * 2
    assert answers["sets"]["state"] == "skipped"
    assert visitor.page.url.endswith("/check")


def test_a_keyboard_alone(browser, row, database):
    visitor = browser()
    begin(visitor, row)
    keyboard = visitor.page.keyboard
    visitor.page.locator("[name='q_rows-o0']").first.focus()
    # A group of radio buttons is one stop; the arrows choose within it.
    for _row in range(3):
        keyboard.press("ArrowDown")
        keyboard.press("Tab")
    focused = visitor.page.evaluate("document.activeElement.name")
    assert focused == "q_share-o0"
    for points in ("4", "3", "2"):
        keyboard.type(points)
        keyboard.press("Tab")
    keyboard.type("1")
    visitor.press("Enter")
    assert stored(database)["rows"]["value"] == {"o0": "o1", "o1": "o1", "o2": "o1"}
    assert sum(stored(database)["share"]["value"].values()) == 10


def test_rows_line_up_where_there_is_room(browser, row):
    visitor = browser()
    begin(visitor, row)
    left = [
        [
            visitor.page.locator(f"[name='q_rows-{row}'][value='{column}']").bounding_box()["x"]
            for column in ("o0", "o1", "o2")
        ]
        for row in ("o0", "o1", "o2")
    ]
    assert left[0] == left[1] == left[2]
    assert left[0] == sorted(set(left[0]))
