"""Logic, quotas and the states of rounds hold for programs too."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consultation.process.models import Round, RoundState
from surveys import instruments
from surveys.models import Submission
from tests.support.api import count, places_of
from tests.support.make import (
    NOW,
)

LOGICAL = {
    "title": {"en": "With conditions"},
    "default_language": "en",
    "languages": ["en"],
    "sections": [
        {
            "code": "s",
            "title": {"en": "S"},
            "questions": [
                {"code": "age", "kind": "number", "label": {"en": "Age"}, "constraint": ". < 120"},
                {
                    "code": "school",
                    "kind": "short_text",
                    "label": {"en": "School"},
                    "relevant": "${age} < 18",
                    "required": True,
                },
                {
                    "code": "half",
                    "kind": "calculated",
                    "label": {"en": "Half"},
                    "settings": {"calculation": "${age} div 2"},
                },
                {
                    "code": "tool",
                    "kind": "single_choice",
                    "label": {"en": "Tool"},
                    "settings": {
                        "other": True,
                        "options": [
                            {"code": "pen", "label": {"en": "Pen"}},
                            {"code": "car", "label": {"en": "Car"}, "relevant": "${age} > 17"},
                        ],
                    },
                },
            ],
        }
    ],
    "quotas": [{"code": "old", "condition": "${age} > 60", "limit": 1}],
}


@pytest.fixture
def logical(app, database, place, program):
    """Round 2 asks a questionnaire with conditions, a rule, a calculation and a quota."""
    with database.transaction() as session:
        consultation = place["summit"][0]
        row = session.exec(
            select(Round).where(Round.consultation_id == consultation.id, Round.number == 2)
        ).one()
        made = instruments.add(session, consultation, LOGICAL, NOW)
        instruments.assign(session, consultation, row, made.id)
        row.state = RoundState.OPEN
        session.add(row)

    def hand_in(key="form-0001", **values):
        answers = {
            code: value if isinstance(value, dict) else {"state": "answered", "value": value}
            for code, value in values.items()
        }
        return program.hand_in(answers, key=key, number=2)

    return hand_in


def test_conditions_rules_calculations_and_quotas_hold_here_too(logical):
    assert places_of(logical(age="30", school="Hill")) == ["/answers/school"]
    assert places_of(logical(age="10")) == ["/answers/school"]
    assert places_of(logical(age="130")) == ["/answers/age"]
    assert places_of(logical(age="30", half="15")) == ["/answers/half"]
    assert places_of(logical(age="10", school="Hill", tool="car")) == ["/answers/tool"]
    made = logical(
        age="10", school="Hill", tool={"state": "answered", "value": "other", "text": " A kite "}
    )
    assert made.status_code == 201, made.get_json()
    told = made.get_json()["answers"]
    assert told["half"]["value"] == "5"
    assert told["tool"] == {"state": "answered", "value": "other", "text": "A kite"}
    assert logical("form-0002", age="70").status_code == 201
    assert logical("form-0003", age="71").status_code == 409
    again = logical(
        age="10", school="Hill", tool={"state": "answered", "value": "other", "text": "A kite"}
    )
    assert again.status_code == 200


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.PAUSED, RoundState.CLOSED])
def test_a_round_that_is_not_open_takes_nothing(app, database, program, state):
    stored = program.hand_in(key="form-0000")
    with database.transaction() as session:
        for row in session.exec(select(Round)):
            row.state = state
            session.add(row)
    response = program.hand_in()
    assert response.status_code == 409
    assert response.get_json()["type"] == "urn:polylogue:closed"
    assert count(app, Submission) == 1
    again = program.hand_in(key="form-0000")
    assert (again.status_code, again.get_json()) == (200, stored.get_json())


@pytest.mark.parametrize(
    ("opens", "closes"), [(timedelta(hours=-2), timedelta(seconds=0)), (timedelta(1), timedelta(2))]
)
def test_the_clock_closes_a_round_whatever_its_state_says(database, program, opens, closes):
    now = datetime.now(UTC)
    with database.transaction() as session:
        for row in session.exec(select(Round)):
            row.opens_at, row.closes_at = now + opens, now + closes
            session.add(row)
    assert program.hand_in().status_code == 409


def test_a_round_that_asks_nothing_takes_nothing(program):
    assert program.hand_in(number=2).status_code == 404
    assert program.hand_in(number=3).status_code == 404
