"""Tables of responses: out and in again in every convention, without loss and without formulas."""

import csv
import re
from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from analysis.types import AnswerState
from surveys.documents import QuestionnaireDocument
from surveys.forms import build_form
from surveys.interchange.conventions import layouts
from surveys.interchange.formulas import guarded, unguarded
from surveys.interchange.tables import About, Convention, read_responses, write_responses
from surveys.questions import REGISTRY
from surveys.questions.base import answered, field_name, is_answered, without
from tests.support.questionnaires import POSTED, SETTINGS, document_of, question_of

KINDS = sorted(REGISTRY)
OWN, LIME, ODK = Convention.OWN, Convention.LIMESURVEY, Convention.ODK
CONVENTIONS = list(Convention)
#: Answers of types whose pages cannot be filled in blindly.
GIVEN = {
    "pairwise": [["a", "b", "left"], ["c", "d", "tie"], ["a", "e", "right"]],
    "file": {
        "key": "a2" * 16,
        "name": "=Letter.pdf",
        "type": "pdf",
        "size": 12,
        "sha256": "ab" * 32,
    },
    "calculated": "2",
}


def document(*questions, **changes):
    return QuestionnaireDocument.model_validate(document_of(*questions, **changes))


def rows_of(data, separator=","):
    text = data.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=separator))


def sample(kind, question):
    """An answer as a respondent gives it."""
    if kind in GIVEN:
        return answered(GIVEN[kind])
    shown = REGISTRY[kind].present(question, 1, None)
    if kind == "best_worst":
        ends = [{"best": task[0], "worst": task[-1]} for task in REGISTRY[kind].tasks(shown)]
        return answered({"version": REGISTRY[kind].version(shown), "tasks": [None, *ends[1:]]})
    sent = MultiDict([(f"{field_name(question)}{part}", value) for part, value in POSTED[kind]])
    section = document().sections[0].model_copy(update={"questions": (shown,)})
    form = build_form(section, "en")(formdata=sent, meta={"csrf": False})
    return REGISTRY[kind].parse(shown, form)


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_every_type_comes_back(page, kind, convention):
    asked = document(question_of(kind))
    question = asked.by_code[f"q_{kind}"]
    if not layouts(asked):
        assert REGISTRY[kind].is_silent
        return
    answer = sample(kind, question)
    assert is_answered(answer)
    data = write_responses(asked, [{question.code: answer}], convention)
    found = read_responses(asked, data, convention)
    assert found.problems == []
    assert found.rows == [{question.code: answer}]


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_instead_of_an_answer_comes_back(page, kind, convention):
    asked = document(question_of(kind))
    if not layouts(asked):
        return
    states = [AnswerState.SKIPPED]
    if SETTINGS[kind].get("no_opinion"):
        states += [AnswerState.DONT_KNOW, AnswerState.REFUSED]
    rows = [{f"q_{kind}": without(state)} for state in states]
    found = read_responses(asked, write_responses(asked, rows, convention), convention)
    assert found.problems == []
    assert found.rows == rows


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", list(AnswerState))
def test_our_own_table_keeps_every_state_and_what_nobody_was_asked(page, kind, state):
    asked = document(question_of(kind), question_of("short_text", code="more"))
    if len(layouts(asked)) < 2 or state is AnswerState.ANSWERED:
        return
    rows = [{f"q_{kind}": without(state)}, {"more": answered("words")}, {}]
    found = read_responses(asked, write_responses(asked, rows, OWN), OWN)
    assert found.problems == []
    assert found.rows == rows


def test_headings_follow_the_conventions(page):
    asked = document(
        question_of("single_choice", code="Q1"),
        question_of("multiple_choice", code="Q2"),
        question_of("matrix", code="Q3"),
        question_of("ranking", code="Q4"),
        question_of("short_text", code="Q5"),
    )
    heads = {way: rows_of(write_responses(asked, [], way))[0] for way in CONVENTIONS}
    letters = "abcde"
    assert heads[LIME] == [
        *("id", "submitdate", "lastpage", "startlanguage", "seed", "Q1", "Q1[other]"),
        *(f"Q2[{code}]" for code in [*letters, "other"]),
        *(f"Q3[{code}]" for code in letters),
        *(f"Q4[{place}]" for place in range(1, 6)),
        "Q5",
    ]
    assert heads[ODK][2:] == [
        *("one/Q1", "one/Q1_other", "one/Q2"),
        *(f"one/Q2/{code}" for code in [*letters, "other"]),
        "one/Q2_other",
        *(f"one/Q3/{code}" for code in letters),
        *("one/Q4", "one/Q5"),
    ]
    assert heads[OWN][3:7] == ["Q1", "Q1__other", "Q1__state", "Q2__a"]
    assert heads[OWN][-2:] == ["Q5", "Q5__state"]


def test_cells_follow_the_conventions(page):
    asked = document(
        question_of("single_choice", code="Q1"),
        question_of("multiple_choice", code="Q2"),
        question_of("ranking", code="Q4"),
        question_of("consent", code="Q6"),
    )
    row = {
        "Q1": {**answered("other"), "text": "mine"},
        "Q2": {**answered(["a", "other"]), "text": "else"},
        "Q4": answered(["c", "a=b"]),
        "Q6": answered(value=True),
    }
    lime = dict(zip(*rows_of(write_responses(asked, [row], LIME)), strict=True))
    assert (lime["Q1"], lime["Q1[other]"]) == ("-oth-", "mine")
    assert (lime["Q2[a]"], lime["Q2[b]"], lime["Q2[other]"]) == ("Y", "", "else")
    assert (lime["Q4[1]"], lime["Q4[2]"], lime["Q4[3]"]) == ("c", "a=b", "")
    assert lime["Q6"] == "Y"
    odk = dict(zip(*rows_of(write_responses(asked, [row], ODK)), strict=True))
    assert (odk["one/Q2"], odk["one/Q2/a"], odk["one/Q2/b"]) == ("a other", "1", "0")
    assert (odk["one/Q2_other"], odk["one/Q4"], odk["one/Q6"]) == ("else", "c a=b", "OK")


def test_a_file_carries_no_moment_and_no_id_that_could_join_it_to_another(page):
    asked = document(question_of("short_text"))
    about = [About("fr", date(2026, 3, 4), 2, 77)] * 3
    rows = [{"q_short_text": answered(word)} for word in ("x", "y", "z")]
    first, second = (rows_of(write_responses(asked, rows, LIME, about)) for _ in range(2))
    assert [cell[1:5] for cell in first[1:]] == [["2026-03-04", "2", "fr", "77"]] * 3
    ids = {row[0] for row in first[1:]} | {row[0] for row in second[1:]}
    assert len(ids) == 6
    assert not [head for head in first[0] if re.search("ip|token|start(date|ed)|datestamp", head)]
    assert read_responses(asked, write_responses(asked, rows, LIME, about), LIME).about == about


FORMULAS = ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "''=1", "-5 apples"]
HARMLESS = ["-5", "-5.25", "0", "5", "'tis", "a=b", "", "--", "' =1"]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_formulas_are_words_in_the_file_and_themselves_again_when_read(page, text, convention):
    asked = document(question_of("short_text"))
    rows = [{"q_short_text": answered(text)}]
    data = write_responses(asked, rows, convention)
    for row in rows_of(data):
        assert not any(re.match("[=+\\-@\t\r＝]", cell) for cell in row)
    assert read_responses(asked, data, convention).rows == rows


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_plain_words_stay_as_they_are(text):
    if text != "--":
        assert guarded(text) == text
    assert unguarded(guarded(text)) == text


@given(st.text(st.sampled_from("'=-+@5.a\t\r＝"), max_size=6))
def test_the_guard_can_always_be_undone(text):
    assert unguarded(guarded(text)) == text
    is_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", guarded(text))
    assert is_number or not re.match("[=+\\-@\t\r＝]", guarded(text))


def test_a_number_below_zero_is_a_number_in_the_file(page):
    asked = document(
        question_of("number", code="n", settings={"minimum": -10}),
        question_of("numeric_scale", code="s", settings={"low": -5, "high": 5}),
    )
    rows = [{"n": answered("-5"), "s": answered(-5)}]
    data = write_responses(asked, rows, LIME)
    assert rows_of(data)[1][-2:] == ["-5", "-5"]
    assert read_responses(asked, data, LIME).rows == rows


def test_headings_are_guarded_too(page):
    raw = document_of(question_of("short_text", code="q"))
    raw["sections"][0]["code"] = "=HYPERLINK(1)"
    asked = QuestionnaireDocument.model_validate(raw)
    data = write_responses(asked, [{"q": answered("x")}], ODK)
    assert rows_of(data)[0][-1] == "'=HYPERLINK(1)/q"
    assert read_responses(asked, data, ODK).rows == [{"q": answered("x")}]


def test_names_that_would_meet_get_numbers(page):
    options = [{"code": code, "label": {"en": code}} for code in ("state", "x")]
    asked = document(
        question_of("multiple_choice", code="q", settings={"options": options}),
        question_of("short_text", code="q__x"),
    )
    head = rows_of(write_responses(asked, [], OWN))[0]
    assert len({name.lower() for name in head}) == len(head)
    rows = [{"q": answered(["state"]), "q__x": answered("words")}]
    assert read_responses(asked, write_responses(asked, rows, OWN), OWN).rows == rows


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_other_separators_and_a_byte_order_mark_are_read(page, separator, mark):
    asked = document(question_of("short_text", code="Q1"), question_of("ranking", code="Q2"))
    text = separator.join(["id", "Q1", *(f"Q2[{n}]" for n in range(1, 6))])
    text += "\r\n" + separator.join(["7", '"a, b; c\tand ""d"""', "b", "a", "", "", ""]) + "\r\n"
    found = read_responses(asked, (mark + text).encode(), LIME)
    assert found.problems == []
    assert found.rows == [{"Q1": answered('a, b; c\tand "d"'), "Q2": answered(["b", "a"])}]


def test_headings_with_the_question_behind_the_code_are_read(page):
    asked = document(question_of("multiple_choice", code="Q1"))
    head = ";".join(f'"Q1[{code}]---What do you {code}?"' for code in "abcde")
    found = read_responses(asked, f'id;{head};"Q1[other]"\n1;Y;N;;Y;;\n'.encode(), LIME)
    assert found.problems == []
    assert found.rows == [{"Q1": answered(["a", "d"])}]


def test_everything_that_is_wrong_is_named_by_row_and_column(page):
    asked = document(question_of("rating_scale", code="Q1"), question_of("ranking", code="Q2"))
    text = "id,Q1,Q1,mystery,Q2[1],Q2[2]\n1,9,,x,a,b\n2,5,,x,a,a\n3,5\n4,five,,,zz,\n5,5,,,b,a"
    found = read_responses(asked, text.encode(), LIME)
    assert [row.get("Q1") for row in found.rows] == [None, answered(5), None, answered(5)]
    assert [row.get("Q2") for row in found.rows] == [
        answered(["a", "b"]),
        None,
        None,
        answered(["b", "a"]),
    ]
    places = [(problem.row, problem.column) for problem in found.problems]
    assert places == [
        *((1, "Q1"), (1, "mystery"), (1, "Q2[3]"), (1, "Q2[4]"), (1, "Q2[5]")),
        *((2, "Q1"), (3, "Q2[1]"), (4, ""), (5, "Q1"), (5, "Q2[1]")),
    ]
    assert all(problem.message for problem in found.problems)


def test_states_of_our_own_table_are_checked(page):
    asked = document(question_of("short_text", code="q"))
    text = "q,q__state\nwords,skipped\n,strange\n,not_shown\n,answered\nwords,answered\n"
    found = read_responses(asked, text.encode(), OWN)
    assert [(problem.row, problem.column) for problem in found.problems] == [
        (2, "q__state"),
        (3, "q__state"),
    ]
    assert found.rows[2:] == [
        {"q": without(AnswerState.NOT_SHOWN)},
        {"q": without(AnswerState.SKIPPED)},
        {"q": answered("words")},
    ]


def test_our_own_table_is_read_without_its_states(page):
    asked = document(question_of("short_text", code="q"))
    found = read_responses(asked, b"q\nwords\n", OWN)
    assert found.rows == [{"q": answered("words")}]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00q",
        b'id,Q1\n1,"never closed',
        b"id,Q1\n1,a\x00b\n",
        b"\n\n\n",
        b"," * 10_000,
    ],
    ids=["empty", "utf-16", "open quote", "nul", "blank", "commas"],
)
def test_files_that_are_no_tables_say_so_or_say_nothing(page, data):
    asked = document(question_of("short_text", code="Q1"))
    found = read_responses(asked, data, LIME)
    assert found.problems or found.rows == []


HOSTILE = ["x" * 5_000, "1e400", "NaN", "-1", "=cmd()", "a b", "{}", "\x01", "a"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_hostile_cells_are_refused_or_fit_and_never_pass_for_an_open_question(
    page, kind, convention
):
    asked = document(question_of(kind))
    if not layouts(asked):
        return
    question = asked.by_code[f"q_{kind}"]
    head = rows_of(write_responses(asked, [], convention))[0]
    states = {name for name in head if name.endswith("__state")}
    for hostile in HOSTILE:
        cells = ["answered" if name in states else hostile for name in head]
        text = StringIO(newline="")
        csv.writer(text).writerows([head, cells])
        found = read_responses(asked, text.getvalue().encode(), convention)
        for answer in found.rows[0].values():
            assert is_answered(answer) or found.problems
            if is_answered(answer):
                assert REGISTRY[kind].problems(question, answer, None) == []
