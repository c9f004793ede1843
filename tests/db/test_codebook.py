"""A codebook is edited by people: every edit is logged, can be taken back, and none is lost."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from core.errors import Conflict, Invalid
from results.workbench import edits, files, intake, services
from results.workbench.models import Edit, Judgement, Ruling, Theme, ThemeState
from results.workbench.queries import themes
from results.workbench.services import Stale, Words
from tests.support.make import make_consultation
from tests.support.workbench import ACTOR, add_answers, make_codebook


def state_of(session, book):
    return files.document_of(files.entries_of(themes(session, book)))


def edits_of(session):
    return session.exec(select(Edit).order_by(Edit.id)).all()


def words(**names):
    return Words.of({"name": names})


def test_every_kind_of_edit_can_be_taken_back_to_the_letter(store):
    with store.transaction() as session:
        place = make_consultation(session)
        answers = add_answers(session, place, ["Wages are low.", "Cameras are everywhere."])
        book, by_code = make_codebook(session, place)
        before = state_of(session, book)
        work, privacy = by_code["work"], by_code["privacy"]
        new = services.add_theme(session, book, code="new", words=words(en="New"), actor=ACTOR)
        services.change_theme(
            session, book, work, words=words(en="Labour", fr="Travail"), parent=None,
            revision=work.revision, actor=ACTOR,
        )  # fmt: skip
        services.set_state(session, book, privacy, ThemeState.NOISE, ACTOR)
        services.merge(session, book, new, work, ACTOR)
        services.move(session, book, [answers[0].id], privacy, work, ACTOR)
        services.set_questions(session, book, ["why"], ACTOR)
        services.move(session, book, [answers[0].id, answers[1].id], work, None, ACTOR)
        done = edits_of(session)[1:]
        assert len(session.exec(select(Ruling)).all()) == 3
        for edit in reversed(done):
            edits.undo(session, book, edit.public_id, ACTOR)
        assert state_of(session, book) == before
        assert session.exec(select(Ruling)).all() == []
        assert book.questions == []
        for edit in reversed(edits_of(session)[-len(done) :]):
            edits.undo(session, book, edit.public_id, ACTOR)
        after = {theme.code: theme for theme in themes(session, book)}
        assert after["work"].name == {"en": "Labour", "fr": "Travail"}
        assert after["new"].merged_into_id == after["work"].id
        assert {row.value for row in session.exec(select(Ruling))} == {Judgement.NO}


def test_an_edit_that_a_later_one_touched_is_not_taken_back_over_it(store):
    with store.transaction() as session:
        book, by_code = make_codebook(session, make_consultation(session))
        work = by_code["work"]
        for name in ("Labour", "Employment"):
            services.change_theme(
                session, book, work, words=words(en=name), parent=None,
                revision=work.revision, actor=ACTOR,
            )  # fmt: skip
        first, second = edits_of(session)[1:]
        with pytest.raises(Conflict, match="in the meantime"):
            edits.undo(session, book, first.public_id, ACTOR)
        edits.undo(session, book, second.public_id, ACTOR)
        edits.undo(session, book, first.public_id, ACTOR)
        assert work.name == {"en": "Work"}
        with pytest.raises(Conflict, match="already"):
            edits.undo(session, book, first.public_id, ACTOR)


def test_of_two_who_save_one_theme_at_once_the_second_is_told(store):
    with store.transaction() as session:
        book, by_code = make_codebook(session, make_consultation(session))
        number, revision = by_code["work"].id, by_code["work"].revision

    def save(name):
        with store.transaction() as session:
            theme = session.exec(select(Theme).where(Theme.id == number)).one()
            try:
                services.change_theme(
                    session, book, theme, words=words(en=name), parent=None,
                    revision=revision, actor=ACTOR,
                )  # fmt: skip
            except Stale:
                return "told"
            return "saved"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(save, [f"Name {n}" for n in range(8)]))
    assert sorted(told) == ["saved", *["told"] * 7]
    with store.read_session() as session:
        assert len(edits_of(session)) == 2


def test_answers_of_another_consultation_cannot_be_moved(store):
    with store.transaction() as session:
        book, by_code = make_codebook(session, make_consultation(session))
        other = make_consultation(session, slug="other")
        foreign = add_answers(session, other, ["Wages are low."])[0]
        with pytest.raises(Invalid, match="not in this consultation"):
            services.move(session, book, [foreign.id], by_code["work"], None, ACTOR)


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_what_goes_out_comes_back_equal(store, ending):
    with store.transaction() as session:
        place = make_consultation(session)
        book, by_code = make_codebook(session, place)
        nasty = {
            "en": '=HYPERLINK("x")\n"quoted", with; signs\tand more',
            "ar": "@العمل \u200fوالأجور",
            "fr": "-1+1",
        }
        services.change_theme(
            session, book, by_code["work"],
            words=Words.of({"name": nasty, "definition": {"en": "'=1"}, "examples": {"en": "+"}}),
            parent=by_code["society"], revision=by_code["work"].revision, actor=ACTOR,
        )  # fmt: skip
        services.merge(session, book, by_code["climate"], by_code["work"], ACTOR)
        entries = files.entries_of(themes(session, book))
        data = (
            files.write_json(entries)
            if ending == "json"
            else files.write_csv(entries, ["en", "fr"])
        )
        other = services.begin(session, make_consultation(session, slug="other"), ACTOR.now)
        found = files.read(data, f"book.{ending}", "en")
        assert intake.take_in(session, other, found, "book", ACTOR) is not None
        assert found.problems == []
        assert state_of(session, other) == state_of(session, book)
        again = files.read(data, f"book.{ending}", "en")
        assert intake.take_in(session, other, again, "book", ACTOR) is None, "nothing to change"


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize("last", ["merged on", "taken out"])
def test_what_was_merged_comes_back_with_what_it_was_merged_into(store, ending, last):
    with store.transaction() as session:
        book, by_code = make_codebook(session, make_consultation(session))
        services.merge(session, book, by_code["climate"], by_code["work"], ACTOR)
        if last == "merged on":
            services.merge(session, book, by_code["work"], by_code["privacy"], ACTOR)
        else:
            services.set_state(session, book, by_code["work"], ThemeState.DROPPED, ACTOR)
        entries = files.entries_of(themes(session, book))
        data = files.write_json(entries) if ending == "json" else files.write_csv(entries, ["en"])
        other = services.begin(session, make_consultation(session, slug="other"), ACTOR.now)
        found = files.read(data, f"book.{ending}", "en")
        assert intake.take_in(session, other, found, "book", ACTOR) is not None, found.problems
        assert state_of(session, other) == state_of(session, book)
        state = {theme.code: theme.state for theme in themes(session, other)}
        ends = ThemeState.MERGED if last == "merged on" else ThemeState.DROPPED
        assert (state["climate"], state["work"]) == (ThemeState.MERGED, ends)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("zh-TW", "zh-TW"), ("iw", "iw"), ("ZH-tw", "zh-TW"), ("FR", "fr"), ("sr-latn", "sr-Latn")],
)
def test_the_tag_of_a_language_stays_what_was_written(app, written, kept):
    with app.app_context():
        csv = files.read(rows(f"code,NAME_{written}", "a,A"), "book.csv", "en")
        document = {"themes": [{"code": "a", "name": {written: "A"}}]}
        plain = files.read(json.dumps(document).encode(), "book.json", "en")
    assert csv.problems == plain.problems == []
    assert [entry.words for entry in (*csv.entries, *plain.entries)] == [{"name": {kept: "A"}}] * 2


def test_no_cell_of_a_csv_starts_a_formula(store):
    with store.transaction() as session:
        book, by_code = make_codebook(session, make_consultation(session))
        services.change_theme(
            session, book, by_code["work"], words=words(en="=cmd|' /C calc'!A0"), parent=None,
            revision=by_code["work"].revision, actor=ACTOR,
        )  # fmt: skip
        text = files.write_csv(files.entries_of(themes(session, book)), ["en"]).decode("utf-8-sig")
    assert "'=cmd" in text
    assert ",=cmd" not in text


def rows(*lines):
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("data", "row", "column", "message"),
    [
        (rows("code,name_en", "9x,Nine"), 2, "code", "small letters"),
        (rows("code,name_en", "a,A", "a,B"), 3, "code", "row 2"),
        (rows("code,name_en", "a,"), 2, "name", "Enter a name"),
        (rows("code,name_en,parent", "a,A,nowhere"), 2, "parent", "no area"),
        (rows("code,name_en,state", "a,A,asleep"), 2, "state", "one of"),
        (rows("code,name_en,state", "a,A,merged"), 2, "merged_into", "names the theme"),
        (rows("code,name_en,state,merged_into", "a,A,merged,a"), 2, "merged_into", "in a circle"),
        (rows("code,name_en,state,merged_into", "a,A,merged,b"), 2, "merged_into", "in use"),
        (
            rows("code,name_en,state,merged_into", "a,A,merged,b", "b,B,merged,a"),
            2,
            "merged_into",
            "in a circle",
        ),
        (rows("code,name_xx9", "a,A"), 2, "name_xx9", "no such language"),
        (rows("code,name_en", "a,A,B"), 2, "", "more or fewer"),
        (rows("code,code,name_en", "a,a,A"), 1, "code", "Two columns"),
        (rows("code,name_en", "a," + "x" * 201), 2, "name_en", "at most 200"),
        (b"\xff\xfe", None, "", "UTF-8"),
        (b"", None, "", "no theme"),
    ],
)
def test_a_file_with_a_fault_is_refused_by_row_and_changes_nothing(
    app, database, data, row, column, message
):
    with app.app_context(), database.transaction() as session:
        book = services.begin(session, make_consultation(session), ACTOR.now)
        found = files.read(data, "book.csv", "en")
        if not found.problems:
            intake.take_in(session, book, found, "book", ACTOR)
        first = found.problems[0]
        assert (first.row, first.column) == (row, column)
        assert message in first.message
        assert themes(session, book) == []


def test_ten_thousand_rows_are_refused_at_once():
    lines = [f"t{number},Theme {number}" for number in range(10_000)]
    found = files.read(rows("code,name_en", *lines), "book.csv", "en")
    assert [problem.message for problem in found.problems] == [
        "The file has 10000 rows. A codebook holds at most 500 themes."
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"themes": 3}',
        b'{"themes": [3]}',
        b'{"themes": [{"code": 3}]}',
        b'{"themes": [{"code": "a", "name": {"en": []}}]}',
        json.dumps({"themes": [{"code": "a", "name": {"en": "\x00"}}]}).encode(),
    ],
)
def test_hostile_json_is_a_named_problem(app, database, data):
    with app.app_context(), database.transaction() as session:
        book = services.begin(session, make_consultation(session), ACTOR.now)
        found = files.read(data, "book.json", "en")
        if not found.problems:
            intake.take_in(session, book, found, "book", ACTOR)
        assert found.problems
        assert themes(session, book) == []


def test_the_starting_codebook_has_eight_areas_and_twenty_themes_in_two_languages(store):
    with store.transaction() as session:
        book = services.begin(session, make_consultation(session), ACTOR.now)
        found = files.starting()
        intake.take_in(session, book, found, "starting", ACTOR)
        rows_of = themes(session, book)
    assert found.problems == []
    assert [theme.kind.value for theme in rows_of].count("area") == 8
    assert [theme.kind.value for theme in rows_of].count("theme") == 20
    assert all(set(theme.name) == {"en", "fr"} for theme in rows_of)
    assert all(theme.definition.keys() == {"en", "fr"} for theme in rows_of[8:])
