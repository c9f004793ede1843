"""An analyst's session: a codebook, a machine, sixty labels by keyboard, a second coder, a report."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.auth.services import make_link
from results import runs
from results.models import Audience
from results.refresh import refresh
from results.workbench import files, jobs, signoff
from results.workbench.labels import read_labels
from results.workbench.models import Codebook, CodebookVersion, Reading
from results.workbench.queries import themes
from tests.support.make import NOW, make_account, make_consultation
from tests.support.workbench import VOICES, VOICES_IN_FRENCH, add_answers, sentences

pytestmark = pytest.mark.browser
BENCH = "/workbench/summit/"
LABELS = 60
CSV = "\n".join(
    [
        "code,kind,parent,name_en,name_ar,definition_en",
        "society,area,,Society,المجتمع,",
        *(
            f'{code},theme,society,{code.capitalize()},{arabic},"{", ".join(VOICES[code])}"'
            for code, arabic in (("work", "العمل"), ("privacy", "الخصوصية"), ("climate", "المناخ"))
        ),
    ]
)


@pytest.fixture
def place(app, database):
    """Synthetic answers in three languages, two analysts, nothing coded."""
    with app.app_context(), database.transaction() as session:
        place = make_consultation(session)
        texts = [text for text, _theme in sentences(150)]
        add_answers(session, place, texts[:140])
        french = [text for text, _theme in sentences(10, "fr")]
        add_answers(session, place, french, language="fr")
        add_answers(session, place, ["<script>alert(1)</script> jobs & \u202ewages\u202c <b>now"])
        links = []
        for name in ("first", "second"):
            account = make_account(
                session, email=f"{name}@example.org", consultation=place, roles=(Role.ANALYST,)
            )
            links.append(f"/sign-in/link/{make_link(session, account, datetime.now(UTC))}")
    return links


def press(visitor, selector):
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()
    visitor.check()


def sign_in(visitor, link):
    visitor.visit(link)
    press(visitor, "main form button")


def keys_for(visitor, err=False):
    """The signs of the themes that the shown answer raises, as a person would find them."""
    text = visitor.page.locator(".answer-text blockquote p").first.inner_text().lower()
    found = []
    for row in visitor.page.locator(".theme-key").all():
        name = row.locator(".yes span").inner_text().lower()
        if any(word in text for word in (*VOICES[name], *VOICES_IN_FRENCH[name])) != (
            err and name == "work"
        ):
            found.append(row.get_attribute("data-key"))
    return found


def label_by_keyboard(visitor, count, err_every=0):
    """Label answers with the keyboard alone; the page is never loaded anew."""
    page = visitor.page
    for number in range(1, count + 1):
        before = page.locator("[name=contribution]").get_attribute("value")
        for key in keys_for(visitor, err=bool(err_every) and number % err_every == 0):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.wait_for_function(
            "before => (document.querySelector('[name=contribution]') || {}).value !== before",
            arg=before,
        )


def import_codebook(visitor, tmp_path):
    path = tmp_path / "codebook.csv"
    path.write_text(CSV, encoding="utf-8")
    visitor.visit(BENCH)
    visitor.page.set_input_files("#file", str(path))
    press(visitor, "form[action$='/codebook/import'] button")
    assert visitor.page.locator(".book dt").count() == 3


def code_by_machine(visitor, app, database, tmp_path):
    visitor.visit(BENCH)
    press(visitor, "form[action$='/code'] button")
    assert "coding the answers" in visitor.page.locator("[data-live]").inner_text()
    with app.app_context():
        jobs.code_now(database, "summit", tmp_path, NOW)


def set_up_coders(visitor):
    visitor.visit(BENCH + "coders")
    for number, name in ((1, "first"), (2, "second")):
        visitor.page.select_option(f"#place-{number}", index=number)
        press(visitor, f"form:has(#place-{number}) button")
        assert name in visitor.page.locator(f"#place-{number} option:checked").inner_text()
    visitor.page.fill("#size", str(LABELS))
    press(visitor, "form[action$='/sample'] button")


def adjudicate(first):
    """Say yes to whatever the two differ in."""
    first.visit(BENCH + "agreement")
    assert first.page.locator("tbody tr").count() == 3
    press(first, "main a.button:has-text('Adjudicate')")
    settled = 0
    while first.page.locator("main form.sheet").count():
        form = first.page.locator("main form.sheet").first
        for choice in form.locator("fieldset").all():
            choice.locator("input[value=yes]").check()
        with first.page.expect_navigation():
            form.locator("button.button").click()
        first.check()
        settled += 1
    assert settled == LABELS // 12


def judge_the_run(app, database, tmp_path):
    """The run after the sign-off holds the themes with valid shares."""
    with app.app_context():
        assert refresh(database, "summit", now=NOW + timedelta(hours=1), folder=tmp_path)
        with database.read_session() as session:
            version = session.exec(select(CodebookVersion)).one()
            assert version.content_hash == signoff.content_hash(version.document, version.labels)
            assert len(session.exec(select(Reading)).all()) == 2 * LABELS
            book = session.exec(select(Codebook)).one()
            assert read_labels(session, book, themes(session, book)).disagreements() == []
            consultation_run = runs.latest(session, by_slug(session, "summit"))
            document = runs.table(session, consultation_run, Audience.COMMITTEE, "themes")
            assert document["n_audit"] == LABELS
            assert all(row["share"]["share"] is not None for row in document["rows"])


def test_an_analysts_session_from_the_codebook_to_the_report(
    browser, app, database, place, tmp_path
):
    first = browser()
    sign_in(first, place[0])
    import_codebook(first, tmp_path)
    code_by_machine(first, app, database, tmp_path)
    set_up_coders(first)

    first.visit(BENCH + "label?mode=audit")
    label_by_keyboard(first, 3)
    last = first.page.locator("[name=contribution]").get_attribute("value")
    first.page.keyboard.press("u")
    first.page.wait_for_function(
        "before => document.querySelector('[name=contribution]').value !== before", arg=last
    )
    first.page.keyboard.press("?")
    assert first.page.locator("#label-help").get_attribute("open") is not None
    first.check()
    label_by_keyboard(first, LABELS - 2)
    first.check()
    assert "nothing left" in first.page.locator("#label-desk").inner_text()

    second = browser()
    sign_in(second, place[1])
    second.visit(BENCH + "agreement")
    assert "nothing to compare" in second.page.locator("main").inner_text()
    second.visit(BENCH + "label?mode=audit")
    assert second.page.locator(".theme-key input:checked").count() == 0
    label_by_keyboard(second, LABELS, err_every=12)
    second.check()

    adjudicate(first)
    first.visit(BENCH + "shares")
    assert first.page.locator("table").first.locator("tbody tr").count() == 3
    assert "Naive" in first.page.locator("table").first.inner_text()
    first.visit(BENCH + "sign-off")
    press(first, "form[action$='/sign-off'] button")
    judge_the_run(app, database, tmp_path)
    for path in ("", "codebook", "topics", "keyness", "log", "translations", "coders"):
        first.visit(BENCH + path)
    for by in ("round", "fortnight"):
        first.visit(f"/dashboards/summit/over-time?by={by}")
    assert "two are needed" in first.page.locator("main").inner_text()


def test_labels_are_given_on_a_phone_in_arabic_without_scripts(
    browser, app, database, place, tmp_path
):
    visitor = browser(language="ar", phone=True, javascript=False)
    sign_in(visitor, place[0])
    import_codebook(visitor, tmp_path)
    visitor.visit(BENCH + "coders")
    visitor.page.select_option("#place-1", index=1)
    press(visitor, "form:has(#place-1) button")
    visitor.visit(BENCH + "label?mode=teach")
    assert not visitor.page.locator(".meaning").first.is_visible()
    visitor.page.locator("#label-meanings summary").click()
    assert "wages" in visitor.page.locator(".meaning").first.inner_text()
    for _number in range(3):
        visitor.page.locator(".theme-key .yes input").first.check()
        press(visitor, "#label-form .button:not(.second)")
    press(visitor, "button[form=undo-form]")
    with database.read_session() as session:
        assert len(session.exec(select(Reading)).all()) == 2
    assert visitor.page.locator("html").get_attribute("dir") == "rtl"
    with app.app_context(), database.read_session() as session:
        rows = themes(session, session.exec(select(Codebook)).one())
        assert files.entries_of(rows)[1].words["name"]["ar"] == "العمل"


#: code and key of one press, with the signs of the layout that writes them so.
LAYOUTS = {
    "arabic": {"q": ("KeyQ", "ض"), "u": ("KeyU", "ع"), "d": ("KeyD", "ي"), "?": ("Slash", "؟")},
    "cyrillic": {"q": ("KeyQ", "й"), "u": ("KeyU", "г"), "d": ("KeyD", "в"), "?": ("Slash", ",")},
    "azerty": {"q": ("KeyA", "q"), "u": ("KeyU", "u"), "d": ("KeyD", "d"), "?": ("KeyM", "?")},
    "us": {"q": ("KeyQ", "q"), "u": ("KeyU", "u"), "d": ("KeyD", "d"), "?": ("Slash", "?")},
}
DIGITS = {"arabic": "١", "cyrillic": "1", "azerty": "&", "us": "1"}


def strike(visitor, code, key, *, shift=False):
    """Press a key of a layout that the test's own keyboard has not."""
    visitor.page.evaluate(
        """([code, key, shiftKey]) => document.body.dispatchEvent(new KeyboardEvent("keydown",
        { code, key, shiftKey, bubbles: true, cancelable: true }))""",
        [code, key, shift],
    )


def checked(visitor):
    return [
        (box.get_attribute("value"), box.locator("xpath=../..").get_attribute("data-key"))
        for box in visitor.page.locator(".theme-key input:checked").all()
    ]


def test_every_sign_works_on_every_layout_and_the_meanings_are_a_key_away(
    browser, app, database, place, tmp_path
):
    lines = [f"t{n},theme,,Theme {n},What theme {n} means,Not this {n}" for n in range(12)]
    path = tmp_path / "long.csv"
    path.write_text("\n".join(["code,kind,parent,name,definition,exclusion", *lines]))
    visitor = browser()
    sign_in(visitor, place[0])
    visitor.visit(BENCH)
    visitor.page.set_input_files("#file", str(path))
    press(visitor, "form[action$='/codebook/import'] button")
    visitor.visit(BENCH + "coders")
    visitor.page.select_option("#place-1", index=1)
    press(visitor, "form:has(#place-1) button")
    visitor.visit(BENCH + "label?mode=teach")
    page = visitor.page
    meaning = page.locator(".meaning").nth(10)
    shown = page.locator("#label-help")
    for name, keys in LAYOUTS.items():
        strike(visitor, *keys["q"])
        assert checked(visitor) == [("yes", "q")], name
        strike(visitor, *keys["q"], shift=True)
        assert checked(visitor) == [("unsure", "q")], name
        strike(visitor, *keys["q"], shift=True)
        strike(visitor, "Digit1", DIGITS[name])
        assert checked(visitor) == [("yes", "1")], name
        strike(visitor, "Digit1", DIGITS[name])
        strike(visitor, *keys["?"], shift=True)
        assert shown.get_attribute("open") is not None, name
        strike(visitor, *keys["?"], shift=True)
        assert not meaning.is_visible()
        strike(visitor, *keys["d"])
        assert meaning.is_visible(), name
        visitor.check()
        strike(visitor, *keys["d"])
    # On a Russian keyboard the question mark stands above the seven.
    strike(visitor, "Digit7", "?", shift=True)
    assert checked(visitor) == [("unsure", "7")]
    strike(visitor, "KeyD", "в")
    visitor.check()
    first = page.locator("[name=contribution]").get_attribute("value")
    changed = "before => document.querySelector('[name=contribution]').value !== before"
    page.keyboard.press("Enter")
    page.wait_for_function(changed, arg=first)
    assert "Does not belong here: Not this 10" in meaning.inner_text(), "what was opened stays open"
    strike(visitor, "KeyU", "ع")
    page.wait_for_function(f"before => !({changed})(before)", arg=first)
    assert meaning.is_visible()
    visitor.check()
