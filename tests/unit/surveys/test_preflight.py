"""What is said of a questionnaire before it opens: conditions that cannot hold, and dead ends."""

import pytest

from surveys.documents import QuestionnaireDocument
from surveys.preflight import Severity, findings
from surveys.reachability import can_hold, unreachable
from tests.support.questionnaires import document_of, question_of

FIVE = [{"code": code, "label": {"en": code}} for code in "abcde"]


def made(*questions, relevant=""):
    """A page that is always shown, and a second one with the last question and this condition."""
    document = document_of(*questions[:-1])
    first = document["sections"][0]
    second = {**first, "code": "second", "questions": [questions[-1]], "relevant": relevant}
    whole = {**document, "languages": ["en"], "sections": [first, second]}
    return QuestionnaireDocument.model_validate(whole)


def one(code, relevant=""):
    return question_of(
        "single_choice", code=code, settings={"options": FIVE[:3]}, relevant=relevant
    )


MANY = question_of("multiple_choice", code="many", settings={"options": FIVE, "other": True})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("selected(${many}, 'a')", True),
        ("selected(${many}, 'z')", False),
        ("count-selected(${many}) = 2", True),
        ("count-selected(${many}) = 6", True),
        ("count-selected(${many}) = 7", False),
        ("selected(${many}, 'a') and selected(${many}, 'b') and not(selected(${many}, 'c'))", True),
        ("selected(${many}, 'a') and ${many} = ''", False),
        (
            "count-selected(${many}) = 1 and selected(${many}, 'a') and selected(${many}, 'b')",
            False,
        ),
        # What cannot be counted is never called dead.
        ("selected-at(${many}, 0) = 'z'", True),
        ("${many} = 'e d'", True),
        ("${many} = 'a' and today() < date('1900-01-01')", True),
    ],
)
def test_sets_of_options_are_tried_as_far_as_they_can_be_counted(condition, expected):
    document = made(MANY, one("last", condition))
    assert can_hold(document, condition) is expected


def test_a_question_that_contradicts_its_page_is_out_of_reach():
    document = made(one("x"), one("last", "${x} = 'b'"), relevant="${x} = 'a'")
    assert list(unreachable(document)) == ["last"]
    with_way = made(one("x"), one("last", "${x} != 'b'"), relevant="${x} = 'a'")
    assert list(unreachable(with_way)) == []


def test_a_question_behind_one_that_is_hidden_is_out_of_reach():
    way = (one("x"), one("y", "${x} = 'a'"), one("last", "${y} = 'b' and ${x} = 'c'"))
    assert list(unreachable(made(*way))) == ["last"]
    empty = (one("x"), one("y", "${x} = 'a'"), one("last", "${y} = '' and ${x} = 'c'"))
    assert list(unreachable(made(*empty))) == []


def test_dead_conditions_keep_a_round_shut_and_dead_ends_are_for_a_person_to_judge(app):
    with app.test_request_context("/"):
        dead = findings(made(one("x"), one("last", "${x} = 'nowhere'")))
        shut = findings(made(one("x"), one("last", "${x} = 'b'"), relevant="${x} = 'a'"))
        fine = findings(made(MANY, one("last", "count-selected(${many}) = 3")))
    assert [(found.severity, found.place) for found in dead] == [(Severity.FAULT, "last")]
    assert [(found.severity, found.place) for found in shut] == [(Severity.DOUBT, "last")]
    assert "Nobody can come to this question" in shut[0].message
    assert fine == []


def test_a_long_chain_of_conditions_costs_little():
    chain = [one("q0"), *(one(f"q{n}", f"${{q{n - 1}}} = 'a'") for n in range(1, 400))]
    assert list(unreachable(made(*chain))) == []
