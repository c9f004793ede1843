"""Questionnaires by version: a change makes a new one, and what was opened stays."""

import copy

import pytest

from consultation.process.models import RoundState
from core.errors import Conflict, Invalid
from surveys import instruments
from tests.support.journey import DOCUMENT
from tests.support.make import NOW, make_consultation, make_round


def changed():
    raw = copy.deepcopy(DOCUMENT)
    raw["sections"][1]["questions"][0]["label"]["en"] = "How much does safety matter to you?"
    return raw


def test_a_changed_document_is_the_next_version_of_its_survey(app, database):
    with app.app_context(), database.transaction() as session:
        place = make_consultation(session)
        first = instruments.add(session, place, DOCUMENT, NOW)
        again = instruments.add(session, place, copy.deepcopy(DOCUMENT), NOW)
        second = instruments.add(session, place, changed(), NOW)
        assert again.id == first.id
        assert (second.survey_id, second.version) == (first.survey_id, 2)


def test_an_opened_round_keeps_what_it_asks(app, database):
    with app.app_context(), database.transaction() as session:
        place = make_consultation(session)
        row = make_round(session, place, state=RoundState.DRAFT)
        with pytest.raises(Conflict):
            instruments.freeze(session, row, NOW)
        first = instruments.add(session, place, DOCUMENT, NOW)
        instruments.assign(session, place, row, first.id)
        instruments.freeze(session, row, NOW)
        row.state = RoundState.OPEN
        second = instruments.add(session, place, changed(), NOW)
        with pytest.raises(Conflict):
            instruments.assign(session, place, row, second.id)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "telepathy"}, "telepathy"),
        ({"code": "SAFETY"}, "used twice"),
        ({"code": "1st"}, "starts with a letter"),
        ({"label": {"fr": "Seulement"}}, "label in en is missing"),
        ({"kind": "single_choice"}, "a setting is missing"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_document_with_a_fault_is_refused_by_name(app, database, change, words):
    raw = copy.deepcopy(DOCUMENT)
    raw["sections"][1]["questions"].append(
        {**raw["sections"][1]["questions"][0], "code": "extra", **change}
    )
    with app.app_context(), database.transaction() as session, pytest.raises(Invalid, match=words):
        instruments.add(session, make_consultation(session), raw, NOW)
