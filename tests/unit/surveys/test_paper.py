"""The paper form: every type prints what a screen would ask for."""

from datetime import UTC, datetime

import pytest

from surveys.documents import read_document
from surveys.paper import PAPER_SEED, Layout, paper_sections
from surveys.questions import REGISTRY
from surveys.routing import Route, Situation
from tests.support.questionnaires import ITEMS, SETTINGS, document_of, question_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LABELS = {entry["label"]["en"] for entry in ITEMS}


@pytest.fixture(autouse=True)
def _in_the_application(app):
    with app.app_context():
        yield


def printed(*questions, language="en", **changes):
    return paper_sections(read_document(document_of(*questions, **changes)), language, NOW)


def only(kind, **changes):
    return printed(question_of(kind, **changes))[0].questions[0]


def words(question):
    return {
        text for part in question.parts for text in (*part.choices, *part.rows, part.legend) if text
    }


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_every_type_prints_something_to_fill_in(kind):
    sections = printed(question_of(kind), question_of("note", code="end"))
    found = [question for question in sections[0].questions if question.code == f"q_{kind}"]
    if REGISTRY[kind].is_invisible:
        assert found == []
        return
    question = found[0]
    assert f"A question of type {kind}" in question.label
    assert (question.number is None) == REGISTRY[kind].is_silent
    assert bool(question.parts) == (not REGISTRY[kind].is_silent)
    for part in question.parts:
        assert part.choices or part.rows or part.lines


@pytest.mark.parametrize("kind", sorted(k for k, v in SETTINGS.items() if ITEMS in v.values()))
def test_every_item_of_a_list_is_printed(kind):
    missing = LABELS - words(only(kind))
    assert missing == set() or kind in {"best_worst", "pairwise"}, missing
    assert words(only(kind)) & LABELS


@pytest.mark.parametrize(
    ("kind", "layout", "instruction"),
    [
        ("single_choice", Layout.BOXES, "Tick one box."),
        ("multiple_choice", Layout.BOXES, "Tick all boxes that apply."),
        ("rating_scale", Layout.BOXES, "Tick one box."),
        ("matrix", Layout.GRID, "Tick one box in each row."),
        ("best_worst", Layout.GRID, "Tick one box in each row."),
        ("ranking", Layout.NUMBERS, "up to 3"),
        ("points", Layout.NUMBERS, "Share out 10 points."),
        ("date", Layout.NUMBERS, ""),
        ("number", Layout.LINES, "In people."),
        ("country", Layout.LINES, ""),
        ("sector", Layout.BOXES, "Tick one box."),
        ("file", Layout.LINES, "fasten"),
    ],
)
def test_each_type_is_filled_in_its_own_way(kind, layout, instruction):
    question = only(kind)
    assert question.parts[0].layout is layout
    assert instruction in question.instruction


def test_a_limit_of_choices_is_said():
    settings = {**SETTINGS["multiple_choice"], "max_choices": 2}
    assert only("multiple_choice", settings=settings).instruction == "Tick up to 2 boxes."


def test_a_long_text_has_more_lines_than_a_short_one():
    assert only("long_text").parts[0].lines > only("short_text").parts[0].lines == 1


def test_what_can_be_said_instead_is_printed_and_an_empty_choice_is_an_empty_box():
    for kind in ("single_choice", "ranking", "number", "matrix"):
        assert "I prefer not to say" in words(only(kind))
    assert "No answer" not in words(only("rating_scale"))
    assert "Not ranked" not in words(only("ranking"))


def test_a_consent_prints_its_text_in_the_language_of_the_form():
    question = printed(question_of("consent"), language="ar")[0].questions[0]
    assert question.statement == "قرأت هذا."
    assert question.parts[0].choices


def test_what_concerns_only_some_is_printed_for_all_and_says_whom():
    gate = question_of("single_choice", code="gate")
    follow = question_of("short_text", code="follow", relevant="${gate} = 'b'")
    chosen = question_of("short_text", code="chosen", relevant="selected(${gate}, 'c')")
    hard = question_of("short_text", code="hard", relevant="${gate} = 'b' or ${gate} = 'c'")
    first, second, third, fourth = printed(gate, follow, chosen, hard)[0].questions
    assert first.condition == ""
    assert second.condition == "Only if you answered “Item b” to question 1."
    assert third.condition == "Only if you answered “Item c” to question 1."
    assert "${gate} = 'b' or ${gate} = 'c'" in fourth.condition


def test_options_with_a_condition_are_printed_and_earlier_answers_leave_a_gap():
    items = [{**entry, "relevant": "${gate} = 'never'"} for entry in ITEMS]
    gate = question_of("short_text", code="gate")
    asked = question_of(
        "single_choice", label={"en": "You said ${gate}. Why?"}, settings={"options": items}
    )
    question = printed(gate, asked)[0].questions[1]
    assert words(question) == LABELS
    assert "${" not in question.label
    assert "…" in question.label


def test_the_order_on_paper_is_that_of_a_response_with_the_seed_of_paper():
    settings = {"options": ITEMS, "randomise": True}
    document = read_document(document_of(question_of("single_choice", settings=settings)))
    situation = Situation({}, {}, PAPER_SEED, "en", NOW)
    shown = Route(document, situation).page(1).section.questions[0].settings["options"]
    question = paper_sections(document, "en", NOW)[0].questions[0]
    assert question.parts[0].choices == tuple(entry["label"]["en"] for entry in shown)


def test_the_question_is_not_printed_twice_and_what_is_hidden_is_not_printed():
    for kind in ("single_choice", "pairwise", "long_text"):
        question = only(kind)
        assert question.label not in words(question)
    assert all(part.layout is Layout.BOXES for part in only("pairwise").parts)


def test_numbers_run_through_the_whole_form_past_notes():
    sections = printed(
        question_of("note"),
        question_of("short_text"),
        question_of("calculated"),
        question_of("url"),
    )
    assert [(q.code, q.number) for q in sections[0].questions] == [
        ("q_note", None),
        ("q_short_text", 1),
        ("q_url", 2),
    ]
