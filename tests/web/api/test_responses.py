"""Responses by the API are stored as if they had been typed."""

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from consultation.process.models import Round
from core.db import get_database
from surveys.models import Submission, SubmissionChannel, SubmissionState
from tests.support.api import ANSWERS, count, places_of, rows
from tests.support.journey import answer


def test_a_response_is_stored_as_if_it_had_been_typed(app, program):
    made = program.hand_in()
    assert made.status_code == 201
    page = app.test_client()
    with get_database(app).read_session() as session:
        row = session.exec(select(Round).where(Round.number == 1)).first()
    answer(page, row, q_why="Rights first <b>always</b>.", q_may_quote="no")
    stored = {row.channel: row for row in rows(app, Submission)}
    ours, typed = stored[SubmissionChannel.API], stored[SubmissionChannel.OPEN_LINK]
    assert ours.state is SubmissionState.SUBMITTED
    assert ours.country == "NA"
    assert {code: told["state"] for code, told in ours.answers.items()} == {
        code: told["state"] for code, told in typed.answers.items()
    }
    assert ours.answers["consent"] == typed.answers["consent"]
    assert ours.answers["order"] == typed.answers["order"]
    words = {row.text for row in rows(app, Contribution)}
    assert words == {"Rights first <b>always</b>."}


def test_the_same_key_finds_what_it_stored(app, program):
    first, second = program.hand_in(), program.hand_in()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    other = program.hand_in({**ANSWERS, "safety": {"state": "answered", "value": 5}})
    assert other.status_code == 409
    reworded = program.hand_in({**ANSWERS, "why": {"state": "answered", "value": "Work first."}})
    assert reworded.status_code == 409
    fewer = program.hand_in({"consent": ANSWERS["consent"]})
    assert fewer.status_code == 409
    assert program.hand_in(key="form-0002").status_code == 201
    assert count(app, Submission) == 2
    assert count(app, Contribution) == 2


def test_the_callers_key_is_no_private_link(client, program):
    assert program.hand_in(key="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").status_code == 201
    assert client.get("/s/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/").status_code == 404


@pytest.mark.parametrize("key", ["", "short", "x" * 201, "with space", "\x7f" * 10, "é" * 10])
def test_a_key_that_is_none_is_refused(program, key):
    response = program.call(
        "POST",
        "/rounds/1/submissions",
        json={"language": "en", "answers": ANSWERS},
        headers={"Idempotency-Key": key},
    )
    assert response.status_code == 400
    missing = program.post("/rounds/1/submissions", {"language": "en", "answers": ANSWERS})
    assert missing.status_code == 400


ODD = {
    "consent": [False, "yes", 1, {}, None],
    "safety": [0, 6, True, 4.0, "4", [4], {"a": 4}, None, 10**15],
    "order": ["rights", ["rights", "rights"], ["war"], {"rights": 1}, [["rights"]], [], [1], "a=b"],
    "groups": ["a", "ab", ["a", "a"], ["z"], [None], {"a": 1}, ["a", "none"], ["a", "b", "c"], []],
    "why": ["", "   ", 5, ["a"], {"text": "a"}, "x" * 201, "\u200b", None],
    "may_quote": ["maybe", ["no"], True, {"no": 1}, "other"],
    "country": ["XX", "na", "Namibia", 1, ["NA"]],
    "sector": ["pirates", 0, {}],
}


@pytest.mark.parametrize(
    ("code", "value"), [(code, value) for code, values in ODD.items() for value in values]
)
def test_an_answer_that_its_question_would_not_store_is_refused(app, program, code, value):
    response = program.hand_in({**ANSWERS, code: {"state": "answered", "value": value}})
    assert response.status_code == 422, response.get_json()
    assert places_of(response) == [f"/answers/{code}"]
    assert count(app, Submission) == count(app, Contribution) == 0


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("safety", {"state": "skipped", "value": 4}),
        ("safety", {"state": "refused"}),
        ("country", {"state": "dont_know"}),
        ("why", {"state": "dont_know"}),
        ("safety", {"state": "answered", "value": 4, "text": "four"}),
        ("consent", {"state": "skipped"}),
        ("nowhere", {"state": "skipped"}),
        ("Safety", {"state": "answered", "value": 4}),
        ("__proto__", {"state": "skipped"}),
    ],
)
def test_a_state_that_is_not_offered_or_a_question_that_is_not_asked(app, program, code, told):
    response = program.hand_in({**ANSWERS, code: told})
    assert response.status_code == 422
    assert f"/answers/{code}" in places_of(response)
    assert count(app, Submission) == 0


@pytest.mark.parametrize(
    "told",
    [
        {"state": "not_shown"},
        {"state": "not_reached"},
        {"state": "ANSWERED", "value": 4},
        {"state": "answered", "value": 4, "text_id": "x"},
        {"state": "answered", "value": 4, "is_text": True},
        {"value": 4},
        [],
        4,
    ],
)
def test_what_is_no_answer_at_all_is_refused(program, told):
    assert program.hand_in({**ANSWERS, "safety": told}).status_code == 422


def test_ten_thousand_unknown_questions_are_refused_at_once(app, program):
    many = {f"q{number}": {"state": "skipped"} for number in range(10_000)}
    response = program.hand_in(many)
    assert response.status_code == 422
    assert len(response.get_json()["errors"]) == 50
    assert count(app, Submission) == 0


def test_what_was_not_given_was_not_reached(program):
    made = program.hand_in({"consent": ANSWERS["consent"], "safety": {"state": "dont_know"}})
    assert made.status_code == 201
    told = made.get_json()["answers"]
    assert told["safety"]["state"] == "dont_know"
    assert told["why"] == {"state": "not_reached", "value": None, "text": None}
