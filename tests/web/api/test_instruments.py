"""Questionnaires and rounds made and changed by the API."""

import pytest

from core.audit import AuditEntry
from surveys.models import Questionnaire
from tests.support.api import OTHER_DOCUMENT, count, places_of, rows
from tests.support.journey import DOCUMENT


def test_a_draft_is_replaced_only_as_it_was_read(app, place, program):
    path = f"/questionnaires/{place['summit'][2]}"
    read = program.get(path)
    assert read.get_json() == OTHER_DOCUMENT
    changed = {**OTHER_DOCUMENT, "thanks": {"en": "Thank you"}}
    blind = program.call("PUT", path, json=changed)
    assert blind.status_code == 428
    for tag in ("*", "W/" + read.headers["ETag"], read.headers["ETag"].strip('"'), '"x"'):
        odd = program.call("PUT", path, json=changed, headers={"If-Match": tag})
        assert odd.status_code == 400, tag
    stale = program.call("PUT", path, json=changed, headers={"If-Match": '"' + "0" * 64 + '"'})
    assert stale.status_code == 412
    assert program.get(path).get_json() == OTHER_DOCUMENT
    done = program.call("PUT", path, json=changed, headers={"If-Match": read.headers["ETag"]})
    assert done.status_code == 200
    assert done.headers["ETag"] == program.get(path).headers["ETag"]
    assert program.get(path).get_json()["thanks"] == {"en": "Thank you"}
    late = program.call("PUT", path, json=changed, headers={"If-Match": read.headers["ETag"]})
    assert late.status_code == 412


def test_what_a_round_asked_is_never_replaced(program):
    read = program.get("/questionnaires/1")
    response = program.call(
        "PUT",
        "/questionnaires/1",
        json={**DOCUMENT, "thanks": {"en": "x"}},
        headers={"If-Match": read.headers["ETag"]},
    )
    assert response.status_code == 409
    assert program.get("/questionnaires/1").get_json() == read.get_json()


def test_the_same_title_is_the_next_version(program):
    made = program.post("/questionnaires", {**OTHER_DOCUMENT, "thanks": {"en": "Bye"}})
    assert made.status_code == 201
    assert made.get_json()["version"] == 2
    where = made.headers["Location"].removeprefix("/api/v1/consultations/summit")
    assert program.get(where).get_json()["thanks"] == {"en": "Bye"}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"kind": "telepathy"}, "/sections/0/questions/0/kind"),
        ({"settings": {"points": 99}}, "/sections/0/questions/0/settings/points"),
        ({"settings": {"points": True}}, "/sections/0/questions/0/settings/points"),
        ({"settings": {"evil": 1}}, "/sections/0/questions/0/settings/evil"),
        ({"required": "yes"}, "/sections/0/questions/0/required"),
        ({"label": "no texts"}, "/sections/0/questions/0/label"),
    ],
)
def test_a_document_is_refused_where_it_is_wrong(app, program, change, where):
    question = {"code": "q", "kind": "rating_scale", "label": {"en": "Q"}, "settings": {}, **change}
    section = {"code": "s", "title": {"en": "S"}, "questions": [question]}
    before = count(app, Questionnaire)
    response = program.post("/questionnaires", {**OTHER_DOCUMENT, "sections": [section]})
    assert response.status_code == 422
    assert any(found.startswith(where) for found in places_of(response)), places_of(response)
    assert count(app, Questionnaire) == before


def test_a_round_takes_its_steps_and_no_others(app, place, program):
    def change(**values):
        return program.call("PATCH", "/rounds/2", json=values)

    assert change(state="open").status_code == 409, "it asks nothing"
    assert change(state="draft").status_code == 422
    assert change(questionnaire=place["summit"][2]).status_code == 200
    before = program.get("/rounds").get_json()["items"][1]
    assert change(state="open", closes_at="2001-01-01T00:00:00Z").status_code == 422
    assert program.get("/rounds").get_json()["items"][1] == before, "half of it was done"
    opened = change(state="open", closes_at="2090-01-01T00:00:00+02:00")
    assert opened.status_code == 200, opened.get_json()
    assert opened.get_json()["closes_at"] == "2089-12-31T22:00:00Z"
    assert change(questionnaire=1).status_code == 409
    assert change(state="closed").status_code == 200
    assert change(state="open").status_code == 409
    assert change(closes_at="2095-01-01T00:00:00Z").status_code == 409
    acts = [entry.action for entry in rows(app, AuditEntry)]
    assert acts == ["choose_questionnaire", "move_round", "round_open", "round_closed"]


@pytest.mark.parametrize(
    "moment",
    [
        "2090-01-01",
        "2090-01-01T00:00:00",
        1,
        "0001-01-01T00:00:00+14:00",
        "now",
        "2090-13-01T00:00:00Z",
    ],
)
def test_a_moment_needs_its_zone(program, moment):
    response = program.call("PATCH", "/rounds/2", json={"opens_at": moment})
    assert places_of(response) == ["/opens_at"]
    assert response.status_code == 422
