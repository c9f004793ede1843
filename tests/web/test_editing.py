"""The editor in the browser: changed, translated, tried out; nobody's work is overwritten."""

import copy
import json
import threading
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from sqlmodel import col, select

from core.audit import AuditEntry
from core.auth.permissions import Role
from core.errors import Conflict
from surveys import instruments
from surveys.editing import changes, queries, services
from surveys.editing.models import ChangeKind, QuestionnaireState
from surveys.models import Questionnaire, Submission, Survey
from tests.support.journey import DOCUMENT, make_asked_round
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.pages import HTML, PageClient, read_form


@pytest.fixture
def place(app, database):
    with app.app_context(), database.transaction() as session:
        return make_consultation(session)


@pytest.fixture
def version(app, database, place):
    """A draft of the small questionnaire."""
    with app.app_context(), database.transaction() as session:
        return instruments.add(session, place, DOCUMENT, NOW).id


@pytest.fixture
def editor(app, database, client, place):
    with app.app_context(), database.transaction() as session:
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    return sign_in(client, account)


@pytest.fixture
def colleague(app, database, place):
    with app.app_context(), database.transaction() as session:
        account = make_account(
            session, email="colleague@example.org", consultation=place, roles=(Role.ORGANISER,)
        )
        account.name = "Amina Diallo"
        session.add(account)
    client = app.test_client()
    assert isinstance(client, PageClient)
    return sign_in(client, account)


def at(version, path="/"):
    return f"/manage/consultations/summit/surveys/{version}/edit{path}"


def stored(database, version):
    with database.read_session() as session:
        return session.get(Questionnaire, version).document


def questions_of(raw):
    return {q["code"]: q for section in raw["sections"] for q in section["questions"]}


def form_to(page, action):
    """The form that goes to this very path."""
    for element in page.find("form"):
        if urlsplit(element.get("action") or "").path.endswith(action):
            return read_form(element)
    raise AssertionError(f"no form goes to {action}")


def press(client, page, action, go, **values):
    return client.submit(form_to(page, action), {**values, "go": go})


# Questions ---------------------------------------------------------------------------------------


def test_a_questionnaire_is_begun_from_nothing(editor, database):
    page = editor.page("/manage/consultations/summit/surveys/")
    page = editor.submit(page.form("/begin"), {"title": "What next?"})
    assert "What next?" in page.text()
    assert "No question on this page yet" in page.text()
    page = press(editor, page, "/sections/new", None, title="About you")
    assert "About you" in page.text()
    with database.read_session() as session:
        row = session.exec(select(Questionnaire)).one()
    assert row.document["languages"] == ["en", "fr", "ar"]
    assert [section["code"] for section in row.document["sections"]] == ["page1", "about"]


def test_a_question_is_written_with_a_code_made_of_its_words(editor, version, database):
    page = editor.page(at(version, "/questions/new?section=about&kind=single_choice"))
    page = press(
        editor,
        page,
        "/questions/new",
        "save",
        label="Where do you work?",
        set_options="Office\nHome\nit | Somewhere else",
        required="soft",
    )
    assert "The question was added." in page.text()
    made = questions_of(stored(database, version))["work"]
    assert made["required"] == "soft"
    assert [entry["code"] for entry in made["settings"]["options"]] == ["office", "home", "it"]
    assert list(questions_of(stored(database, version)))[3] == "work"


def test_a_question_that_an_author_called_new_can_be_edited(editor, place, app, database):
    raw = copy.deepcopy(DOCUMENT)
    raw["title"] = {"en": "With a strange code"}
    raw["sections"][0]["questions"][1]["code"] = "new"
    with app.app_context(), database.transaction() as session:
        version = instruments.add(session, place, raw, NOW).id
    page = editor.page(at(version, "/questions/new"))
    press(editor, page, "/questions/new", "save", label="Newer")
    assert questions_of(stored(database, version))["new"]["label"] == {"en": "Newer"}


def test_every_type_of_question_has_a_form_and_a_sample(editor, version, app):
    page = editor.page(at(version, "/questions/new?section=about"))
    kinds = [a.get("href") for a in page.find("a") if "kind=" in (a.get("href") or "")]
    assert len(kinds) >= 20
    for url in kinds:
        page = editor.page(url)
        assert page.status == 200
        form = form_to(page, "/questions/new")
        sample = page.find("form", method="post")[-1].get("data-preview") or next(
            f.get("data-preview") for f in page.find("form") if f.get("data-preview")
        )
        shown = editor.post(sample, data={**form.fields, "label": "Well?"})
        assert shown.status_code == 200, url


def test_mistakes_stand_at_their_fields_and_nothing_is_lost(editor, version, database):
    before = stored(database, version)
    page = editor.page(at(version, "/questions/groups"))
    page = press(
        editor,
        page,
        "/questions/groups",
        "save",
        label="Which of these?",
        set_max_choices="0",
        relevant="${sector} = ",
        constraint="${nobody} = 1",
    )
    assert page.status == 422
    for name, words in (
        ("set_max_choices", "Enter 1 or more."),
        ("relevant", "At character 13"),
        ("constraint", "There is no question “nobody”"),
    ):
        (control,) = [e for e in page.root.iter() if e.get("name") == name]
        assert control.get("aria-invalid") == "true"
        error = page.find("p", id=f"{name}-error")[0]
        assert words in "".join(error.itertext())
    assert "Which of these?" in page.source
    assert stored(database, version) == before


def test_a_condition_is_built_without_a_formula(editor, version, database):
    page = editor.page(at(version, "/questions/why"))
    page = press(editor, page, "/questions/why", "condition", when_question="groups")
    form = form_to(page, "/questions/why")
    assert form.fields["when_test"] == ["includes"]
    page = press(editor, page, "/questions/why", "add-condition", when_value="b")
    assert "“Which groups?” includes “Group B”" in page.text()
    page = press(editor, page, "/questions/why", "condition", when_question="safety")
    page = press(
        editor, page, "/questions/why", "add-condition", when_test="at_least", when_value="4"
    )
    assert stored(database, version) == DOCUMENT, "building a condition saves nothing"
    page = press(editor, page, "/questions/why", "save")
    assert (
        questions_of(stored(database, version))["why"]["relevant"]
        == "selected(${groups}, 'b') and ${safety} >= 4"
    )
    assert "Only if" in editor.page(at(version)).text()


def test_a_condition_offers_only_what_comes_before(editor, version):
    page = editor.page(at(version, "/questions/order"))
    offered = {
        o.get("value") for o in page.find("select", id="when_question")[0].iter(f"{HTML}option")
    }
    assert offered == {"", "consent", "sector", "country", "safety"}


def test_an_option_that_a_condition_needs_cannot_be_taken_away(editor, version, database):
    page = editor.page(at(version, "/questions/why"))
    press(editor, page, "/questions/why", "save", relevant="selected(${groups}, 'b')")
    page = editor.page(at(version, "/questions/groups"))
    page = press(editor, page, "/questions/groups", "save", set_options="a | Group A\nnone | None")
    assert page.status == 422
    assert "No answer can ever make this true" in page.text()
    assert "why" in page.text()
    assert len(questions_of(stored(database, version))["groups"]["settings"]["options"]) == 4


def test_a_circle_of_conditions_is_refused(editor, version):
    page = editor.page(at(version, "/questions/sector"))
    press(editor, page, "/questions/sector", "save", relevant="${country} = 'KE'")
    page = editor.page(at(version, "/questions/country"))
    page = press(editor, page, "/questions/country", "save", relevant="${sector} = 'academia'")
    assert page.status == 422
    assert "in a circle" in page.text()


# Order, copies, deletion -------------------------------------------------------------------------


def test_buttons_move_copy_and_delete(editor, version, database):
    def press_row(action, go, **values):
        return press(editor, editor.page(at(version)), action, go, **values)

    press_row("/questions/country/arrange", "up")
    press_row("/questions/order/arrange", "copy")
    press_row("/questions/sector/arrange", "move", to="2")
    press_row("/sections/views/arrange", "up")
    page = press_row("/questions/safety/arrange", "delete")
    assert "The question was deleted." in page.text()
    raw = stored(database, version)
    assert [section["code"] for section in raw["sections"]] == ["views", "about"]
    assert list(questions_of(raw)) == [
        *("order", "order_2", "groups", "why", "may_quote", "sector", "consent", "country")
    ]


def test_what_others_speak_of_is_not_deleted_and_they_are_named(editor, version, database):
    page = editor.page(at(version, "/questions/why"))
    press(editor, page, "/questions/why", "save", relevant="${sector} = 'academia'")
    before = stored(database, version)
    page = press(editor, editor.page(at(version)), "/questions/sector/arrange", "delete")
    assert "why (relevant)" in page.text()
    page = press(editor, editor.page(at(version)), "/sections/about/arrange", "delete")
    assert "why (relevant)" in page.text()
    assert stored(database, version) == before


def test_a_new_code_reaches_every_condition(editor, version, database):
    page = editor.page(at(version, "/questions/why"))
    press(editor, page, "/questions/why", "save", relevant="${sector} = 'academia'")
    page = editor.page(at(version, "/questions/sector"))
    page = editor.submit(page.form("/rename"), {"code": "field"})
    assert "everything that speaks of the question" in page.text()
    found = questions_of(stored(database, version))
    assert "sector" not in found
    assert found["why"]["relevant"] == "${field} = 'academia'"
    page = editor.submit(page.form("/rename"), {"code": "why"})
    assert "Another question has the code why." in page.text()


def test_options_one_by_one(editor, version, database):
    page = editor.page(at(version, "/questions/groups/options"))
    values = {"options:a:label": "Group Alpha", "options:none:anchored": "on"}
    page = press(editor, page, "/options", "up:options:b", **values)
    page = press(editor, page, "/options", "save", **{"options:c:relevant": "${safety} >"})
    assert page.status == 422
    assert "At character 12" in page.text()
    page = press(editor, page, "/options", "save", **{"options:c:relevant": "${safety} > 2"})
    found = questions_of(stored(database, version))["groups"]["settings"]["options"]
    assert [entry["code"] for entry in found] == ["b", "a", "c", "none"]
    assert found[1]["label"] == {"en": "Group Alpha"}
    assert found[2]["relevant"] == "${safety} > 2"
    assert found[3]["is_anchored"] is True


# Frozen versions ---------------------------------------------------------------------------------


@pytest.fixture
def frozen(app, database, place):
    with app.app_context(), database.transaction() as session:
        make_asked_round(session, consultation=place)
        return session.exec(select(Questionnaire)).one().id


def test_changing_a_frozen_version_makes_the_next_one_and_says_so(editor, frozen, database):
    page = editor.page(at(frozen, "/questions/why"))
    assert "Your first change makes version 2" in page.text()
    page = press(editor, page, "/questions/why", "save", label="And why?")
    assert "This is now version 2, a copy." in page.text()
    with database.read_session() as session:
        first, second = session.exec(select(Questionnaire).order_by(col(Questionnaire.id))).all()
    assert first.document == DOCUMENT
    assert (second.version, second.frozen_at) == (2, None)
    assert questions_of(second.document)["why"]["label"] == {"en": "And why?"}
    page = editor.page(at(frozen, "/questions/why"))
    assert "Version 2 is in preparation" in page.text()
    page = press(editor, page, "/questions/why", "save", label="Or why?")
    assert page.status == 409
    assert "make your change there" in page.text()
    assert "Or why?" in page.source


def test_codes_that_were_asked_stay(editor, frozen, database):
    page = editor.page(at(frozen, "/questions/why"))
    press(editor, page, "/questions/why", "save", label="And why?")
    second = frozen + 1
    page = editor.page(at(second, "/questions/why"))
    assert "Its code stays" in page.text()
    form = press(editor, editor.page(at(second)), "/questions/why/arrange", "copy").form(
        "/questions/why_2/arrange"
    )
    base = form.fields["base"]
    token = form.fields["csrf_token"]
    data = {"base": base, "csrf_token": token, "code": "reason"}
    editor.post(at(second, "/questions/why/rename"), data=data)
    assert "why" in questions_of(stored(database, second))
    page = editor.page(at(second, "/questions/groups"))
    page = press(
        editor,
        page,
        "/questions/groups",
        "save",
        set_options="one | Group A\nb | Group B\nc | Group C\nnone | None of these",
    )
    assert page.status == 422
    assert "asked under the codes a" in page.text()


def test_a_code_that_was_asked_is_not_used_for_another_type(editor, frozen):
    press(editor, editor.page(at(frozen)), "/questions/why/arrange", "delete")
    second = frozen + 1
    page = editor.page(at(second, "/questions/new?section=views&kind=number"))
    page = press(editor, page, "/questions/new", "save", label="Why?", code="why")
    assert page.status == 422
    assert "asked “why” as another type" in page.text()


# Several people ----------------------------------------------------------------------------------


def test_nobody_is_overwritten_and_everybody_learns_who_was_faster(
    editor, colleague, version, database
):
    mine = editor.page(at(version, "/questions/why"))
    theirs = colleague.page(at(version, "/questions/safety"))
    press(colleague, theirs, "/questions/safety", "save", label="How safe?")
    page = press(editor, mine, "/questions/why", "save", label="Why is that?")
    assert page.status == 409
    assert "Question changed: safety – Amina Diallo" in page.text()
    assert "Why is that?" in page.source
    assert questions_of(stored(database, version))["why"]["label"] == {"en": "Why?"}
    page = press(editor, page, "/questions/why", "save")
    found = questions_of(stored(database, version))
    assert found["why"]["label"] == {"en": "Why is that?"}
    assert found["safety"]["label"] == {"en": "How safe?"}


def test_a_button_on_an_old_page_does_nothing_and_says_why(editor, colleague, version, database):
    old = editor.page(at(version))
    press(colleague, colleague.page(at(version)), "/questions/why/arrange", "up")
    before = stored(database, version)
    page = press(editor, old, "/questions/why/arrange", "delete")
    assert "Question moved or copied: why – Amina Diallo" in page.text()
    assert stored(database, version) == before


def test_of_two_changes_at_once_one_is_kept_and_the_other_refused(app, store):
    with app.app_context(), store.transaction() as session:
        place = make_consultation(session)
        row = instruments.add(session, place, DOCUMENT, NOW)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    results = []
    gate = threading.Barrier(4)

    def change(number):
        with app.app_context():
            gate.wait()
            try:
                with store.transaction() as session:
                    draft = queries.draft(session, place, row.id, to_change=True)
                    services.require_current(session, draft, row.document_hash)
                    code = f"q{number}"
                    document = changes.duplicate_question(draft.document, "why", ())[0]
                    document = changes.rename_question(document, "why_2", code)
                    act = services.Act(ChangeKind.ADD_QUESTION, account, NOW, code)
                    services.save(session, draft, document, act)
                results.append("kept")
            except Conflict:
                results.append("refused")

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["kept", "refused", "refused", "refused"]
    with store.read_session() as session:
        assert len(questions_of(session.get(Questionnaire, row.id).document)) == 9


def test_changes_are_undone_and_the_undoing_too(editor, version, database):
    page = press(editor, editor.page(at(version)), "/questions/why/arrange", "delete")
    assert "Undo the last change" in page.text()
    page = editor.submit(page.form("/history/restore"))
    assert stored(database, version) == DOCUMENT
    page = editor.page(at(version, "/history"))
    assert "Question deleted: why" in page.text()
    assert "An earlier state brought back" in page.text()
    page = editor.page(at(version))
    editor.submit(page.form("/history/restore"))
    assert "why" not in questions_of(stored(database, version))


def test_only_the_last_twenty_states_are_kept(editor, version, database):
    for number in range(23):
        press(
            editor, editor.page(at(version)), "/questions/why/arrange", ("up", "down")[number % 2]
        )
    with database.read_session() as session:
        numbers = session.exec(select(QuestionnaireState.number)).all()
    assert sorted(numbers) == list(range(4, 24))


def test_the_audit_log_says_who_changed_what_and_quotes_nothing(editor, version, database):
    page = editor.page(at(version, "/questions/why"))
    press(editor, page, "/questions/why", "save", label="A secret wording")
    with database.read_session() as session:
        (entry,) = session.exec(select(AuditEntry)).all()
    assert entry.action == "edit_questionnaire"
    assert entry.details == {"kind": "edit_question", "place": "why", "version": 1}
    assert "secret" not in json.dumps(entry.model_dump(mode="json"))


def test_saving_what_is_there_already_changes_nothing(editor, version, database):
    page = editor.page(at(version, "/questions/safety"))
    press(editor, page, "/questions/safety", "save")
    with database.read_session() as session:
        assert session.exec(select(QuestionnaireState)).all() == []
    assert stored(database, version) == DOCUMENT


# Title, languages, translation -------------------------------------------------------------------


def test_languages_and_the_main_one_are_chosen(editor, version, database):
    page = editor.page(at(version, "/settings"))
    form = page.form("/settings")
    page = editor.submit(
        form, {"languages": ["en", "fr"], "more_languages": "sw pt-BR xx-nowhere-q"}
    )
    assert page.status == 422
    assert "is no language we know" in page.text()
    page = editor.submit(form, {"languages": ["en", "fr"], "default_language": "fr"})
    assert page.status == 422
    assert "have no words in that language yet: consent" in page.text()
    page = editor.submit(form, {"languages": ["en", "fr"], "more_languages": "sw", "thanks": "Bye"})
    raw = stored(database, version)
    assert raw["languages"] == ["en", "fr", "sw"]
    assert raw["thanks"] == {"en": "Bye"}
    assert raw["title"]["ar"] == "استبيان صغير", "texts of a language taken away are kept"


def test_a_colour_that_cannot_be_read_is_refused_at_its_field(editor, version):
    page = editor.page(at(version, "/settings"))
    page = editor.submit(page.form("/settings"), {"theme_colour": "#eeeeee"})
    assert page.status == 422
    assert page.find("input", name="theme_colour")[0].get("aria-invalid") == "true"


def test_the_title_of_the_survey_follows_its_newest_version(editor, version, database):
    page = editor.page(at(version, "/settings"))
    editor.submit(page.form("/settings"), {"title": "A large survey"})
    with database.read_session() as session:
        assert session.exec(select(Survey)).one().title["en"] == "A large survey"


def test_texts_are_translated_side_by_side_a_part_at_a_time(editor, version, database):
    page = editor.page(at(version, "/translate?from=en&to=ar"))
    assert "Shown in English" in page.text()
    (area,) = page.find("textarea", name="t:sections/views/questions/why/label")
    assert (area.get("lang"), area.get("dir")) == ("ar", "rtl")
    forms = [f for f in page.find("form", method="post") if f.get("id") == "part-views"]
    form = read_form(forms[0])
    words = {
        "t:sections/views/questions/why/label": "لماذا؟",
        "t:sections/views/questions/groups/settings/options/a/label": "المجموعة أ",
    }
    page = editor.submit(form, words)
    found = questions_of(stored(database, version))
    assert found["why"]["label"] == {"en": "Why?", "ar": "لماذا؟"}
    assert found["groups"]["settings"]["options"][0]["label"]["ar"] == "المجموعة أ"
    assert found["consent"]["label"] == {"en": "Your agreement"}
    assert editor.page(at(version, "/preview/2?language=ar")).text().count("لماذا؟") == 1


def test_only_what_is_missing_can_be_shown(editor, version):
    page = editor.page(at(version, "/translate?to=ar&show=missing"))
    names = {area.get("name") for area in page.find("textarea")}
    assert "t:sections/views/title" not in names
    assert "t:sections/views/questions/why/label" in names


def test_a_translation_that_speaks_of_no_question_is_refused_and_kept_in_the_form(
    editor, version, database
):
    page = editor.page(at(version, "/translate?to=ar"))
    name = "t:sections/views/questions/why/label"
    form = next(f for f in page.find("form") if f.get("id") == "part-views")
    page = editor.submit(read_form(form), {name: "لماذا ${nobody}؟"})
    assert page.status == 422
    assert "nobody" in page.text()
    (area,) = page.find("textarea", name=name)
    assert "${nobody}" in (area.text or "")
    assert stored(database, version) == DOCUMENT


# Quotas, library, files --------------------------------------------------------------------------


def test_quotas_are_written_changed_and_deleted(editor, version, database):
    page = editor.page(at(version, "/quotas/new"))
    page = press(editor, page, "/quotas/new", "save", limit="5", relevant="")
    assert page.status == 422
    page = press(editor, page, "/quotas/new", "condition", when_question="sector")
    page = press(editor, page, "/quotas/new", "add-condition", when_value="academia")
    page = press(editor, page, "/quotas/new", "save", limit="5", message="Enough")
    (quota,) = stored(database, version)["quotas"]
    assert quota == {
        "code": "quota1",
        "condition": "${sector} = 'academia'",
        "limit": 5,
        "message": {"en": "Enough"},
    }
    page = press(editor, editor.page(at(version)), "/questions/sector/arrange", "delete")
    assert "quota1 (condition)" in page.text()
    page = editor.page(at(version, "/quotas"))
    editor.submit(page.form("/delete"))
    assert "quotas" not in stored(database, version)


def test_ready_questions_are_put_in_one_by_one(editor, version, database):
    page = editor.page(at(version, "/library?section=about"))
    form = page.form("/library")
    assert form.fields["section"] == ["about"]
    values = {"question": "ranking_all", "entries-ranking_all": ["red_lines", "security"]}
    page = editor.submit(form, values)
    assert "at least three" in page.text()
    values["entries-ranking_all"] = ["red_lines", "security", "creators"]
    page = editor.submit(page.form("/library"), values)
    assert "was put in" in page.text()
    page = editor.submit(page.form("/library"), {"question": "may_quote"})
    found = questions_of(stored(database, version))
    assert [item["code"] for item in found["ranking_all"]["settings"]["items"]] == [
        *("red_lines", "creators", "security")
    ]
    assert found["ranking_all"]["label"]["ar"]
    assert "may_quote_2" in found


def test_what_is_exported_is_imported_again(editor, version, database):
    exported = editor.get(at(version, "/export.json"))
    assert "attachment" in exported.headers["Content-Disposition"]
    raw = json.loads(exported.data)
    raw["sections"][1]["questions"] = raw["sections"][1]["questions"][:2]
    page = editor.page(at(version, "/import"))
    upload = {"file": (BytesIO(json.dumps(raw).encode()), "survey.json")}
    page = editor.submit(page.form("/import"), upload)
    assert "What is in the file" in page.text()
    assert len(questions_of(stored(database, version))) == 8, "nothing is replaced yet"
    page = editor.submit(page.form("/import/replace"))
    assert list(questions_of(stored(database, version))) == [
        *("consent", "sector", "country", "safety", "order")
    ]
    editor.submit(page.form("/history/restore"))
    assert len(questions_of(stored(database, version))) == 8


def test_an_xlsform_goes_out_and_comes_back(editor, version, database):
    exported = editor.get(at(version, "/export.xlsx"))
    assert exported.data[:2] == b"PK"
    editor.submit(editor.page(at(version, "/settings")).form("/settings"), {"title": "Other"})
    page = editor.page(at(version, "/import"))
    page = editor.submit(page.form("/import"), {"file": (BytesIO(exported.data), "s.xlsx")})
    assert "A small survey" in page.text()
    editor.submit(page.form("/import/replace"))
    raw = stored(database, version)
    assert list(questions_of(raw)) == list(questions_of(DOCUMENT))
    assert raw["title"] == DOCUMENT["title"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("s.xlsx", b"no workbook", "1 problem"),
        ("s.lss", b"<no survey", "1 problem"),
        ("s.doc", b"", "1 problem"),
        ("s.json", json.dumps({**DOCUMENT, "languages": ["en", "xx"]}).encode(), "“xx” is no"),
        ("s.json", b'{"title": 1}', "not a questionnaire we can use"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_replaces_nothing(
    editor, version, database, name, data, words
):
    page = editor.page(at(version, "/import"))
    page = editor.submit(page.form("/import"), {"file": (BytesIO(data), name)})
    assert page.status == 422
    assert words in page.text()
    assert "Choose another file" in page.text()
    assert stored(database, version) == DOCUMENT


@pytest.mark.parametrize("ending", ["pdf", "py", "json5"])
def test_other_formats_are_not_written(editor, version, ending):
    assert editor.get(at(version, f"/export.{ending}")).status_code == 404


# Preview -----------------------------------------------------------------------------------------


def test_the_preview_follows_the_logic_and_stores_nothing(editor, place, app, database):
    raw = copy.deepcopy(DOCUMENT)
    raw["title"] = {"en": "With logic"}
    views = raw["sections"][1]["questions"]
    views[3]["relevant"] = "${safety} >= 4"
    views[3]["label"] = {"en": "Why, in ${sector}?"}
    views[1]["required"] = "soft"
    with app.app_context(), database.transaction() as session:
        version = instruments.add(session, place, raw, NOW).id
    page = editor.page(at(version, "/preview/1"))
    page = press(editor, page, "/preview/1", "next")
    assert "We may only use your answers if you agree" in page.text()
    page = press(editor, page, "/preview/1", "next", q_consent="y", q_sector="academia")
    assert "Why, in" not in page.text()
    page = press(editor, page, "/preview/2", "next", q_safety="5")
    assert "Academia" in page.text(), "the answer brings a question onto the page"
    page = press(editor, page, "/preview/2", "back")
    assert page.form("/preview/1").fields["q_sector"] == ["academia"]
    page = press(editor, page, "/preview/1", "next")
    page = press(editor, page, "/preview/2", "next", q_why="Because", q_may_quote="no")
    assert "once more" in page.text()
    page = press(editor, page, "/preview/2", "anyway")
    assert "End of the preview" in page.text()
    assert "Because" in page.text()
    with database.read_session() as session:
        assert session.exec(select(Submission)).all() == []


def test_answers_that_were_tampered_with_are_forgotten(editor, version):
    page = editor.page(at(version, "/preview/1"))
    page = press(editor, page, "/preview/1", "next", q_consent="y", q_sector="academia")
    form = page.form("/preview/2")
    kept = form.fields["kept"][0].replace("academia", "industry")
    page = editor.submit(form, {"kept": kept, "go": "back"})
    assert page.form("/preview/1").fields["q_sector"] == [""]
    for strange in ("", "x" * 64, "{}", "\x00" * 80):
        assert editor.submit(form, {"kept": strange, "go": "back"}).status == 200


def test_only_our_own_pages_may_frame_the_preview(editor, version):
    sample = editor.get(at(version, "/preview/1"))
    policy = sample.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert sample.headers["X-Frame-Options"] == "SAMEORIGIN"
    around = editor.get(at(version, "/preview"))
    assert "frame-src 'self'" in around.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in around.headers["Content-Security-Policy"]
    assert around.headers["X-Frame-Options"] == "DENY"
    outline = editor.get(at(version))
    assert "frame-src" not in outline.headers["Content-Security-Policy"]


def test_a_question_is_shown_as_it_is_being_typed(editor, version, database):
    page = editor.page(at(version, "/questions/groups"))
    form = form_to(page, "/questions/groups")
    typed = {**form.fields, "label": "Half typed", "set_options": "x | First\ny | Second"}
    sample = editor.post(at(version, "/sample?code=groups"), data=typed).get_data(as_text=True)
    assert "Half typed" in sample
    assert "Second" in sample
    typed["set_options"] = "x y | First"
    sample = editor.post(at(version, "/sample?code=groups"), data=typed).get_data(as_text=True)
    assert "Line 1" in sample
    assert stored(database, version) == DOCUMENT


# Whose it is -------------------------------------------------------------------------------------


def test_a_questionnaire_of_another_consultation_is_not_found(app, database, editor, version):
    with app.app_context(), database.transaction() as session:
        other = make_consultation(session, slug="other")
        raw = {**copy.deepcopy(DOCUMENT), "title": {"en": "Elsewhere"}}
        elsewhere = instruments.add(session, other, raw, datetime.now(UTC)).id
    assert editor.get(at(elsewhere)).status_code == 404
    form = editor.page(at(version)).form("/questions/why/arrange")
    data = {**form.fields, "go": "delete"}
    assert editor.post(at(elsewhere, "/questions/why/arrange"), data=data).status_code == 303
    assert stored(database, elsewhere) == raw
