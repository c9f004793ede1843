"""Who is named in which kind of round, and what is handed out."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from consultation.process.models import IdentityMode, Round
from surveys.models import Submission, SubmissionState
from tests.support.api import ANSWERS, close, places_of, rows
from tests.support.make import (
    make_stakeholder,
)


def set_mode(database, mode):
    with database.transaction() as session:
        for row in session.exec(select(Round)):
            row.identity_mode = mode
            session.add(row)


def test_an_identified_round_names_people_once_each(app, database, place, program):
    set_mode(database, IdentityMode.IDENTIFIED)
    with database.transaction() as session:
        make_stakeholder(session, place["summit"][0], email="ada@example.org", name="Ada")
        make_stakeholder(session, place["other"][0], email="bob@example.org", name="Bob")
    assert places_of(program.hand_in()) == ["/email"]
    assert places_of(program.hand_in(email="bob@example.org")) == ["/email"]
    made = program.hand_in(email="ADA@example.org")
    assert made.status_code == 201, made.get_json()
    assert made.get_json()["respondent"]["name"] == "Ada"
    assert program.hand_in(email="ada@example.org").status_code == 200
    assert program.hand_in(email="ada@example.org", key="form-0002").status_code == 409
    listed = program.get("/rounds/1/submissions").get_json()
    assert listed["items"] == [made.get_json()]
    assert listed["withheld"] == 0


def test_an_anonymous_round_refuses_names_and_tells_none(app, database, place, program):
    with database.transaction() as session:
        make_stakeholder(session, place["summit"][0], email="ada@example.org")
    assert places_of(program.hand_in(email="ada@example.org")) == ["/email"]
    assert program.hand_in().status_code == 201
    close(database)
    listed = program.get("/rounds/1/submissions").get_json()["items"]
    assert [set(item) for item in listed] == [{"id", "answers", "respondent"}]
    assert listed[0]["respondent"] is None


def test_a_pseudonym_is_kept_and_never_told(app, database, place, program):
    set_mode(database, IdentityMode.PSEUDONYMOUS)
    with database.transaction() as session:
        make_stakeholder(session, place["summit"][0], email="ada@example.org")
    made = program.hand_in(email="ada@example.org")
    assert made.status_code == 201
    key = rows(app, Submission)[0].record_key
    assert key
    assert program.hand_in(email="ada@example.org", key="form-0002").status_code == 409
    close(database)
    told = program.get("/rounds/1/submissions").get_data(as_text=True)
    assert key not in told
    assert "ada@" not in told


def test_responses_without_names_are_handed_out_in_batches(app, database, program):
    today = datetime.now(UTC).date()
    for number in range(25):
        assert (
            program.hand_in({"consent": ANSWERS["consent"]}, key=f"form-{number:04}").status_code
            == 201
        )
    days = [today - timedelta(days=3)] * 6 + [today - timedelta(days=2)] * 5
    days += [today - timedelta(days=1)] * 9 + [today] * 5
    with database.transaction() as session:
        for row, day in zip(session.exec(select(Submission)), days, strict=True):
            row.submitted_on = day
            session.add(row)
    listed = program.get("/rounds/1/submissions?limit=200").get_json()
    assert (len(listed["items"]), listed["withheld"], listed["next"]) == (11, 14, None)
    close(database)
    listed = program.get("/rounds/1/submissions?limit=200").get_json()
    assert (len(listed["items"]), listed["withheld"]) == (25, 0)


def test_pages_hold_every_response_once_in_random_order(app, database, program):
    made = [
        program.hand_in({"consent": ANSWERS["consent"]}, key=f"form-{number:04}").get_json()["id"]
        for number in range(23)
    ]
    close(database)
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/rounds/1/submissions?limit=5&cursor={cursor}").get_json()
        assert 0 < len(page["items"]) <= 5
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(made) == seen
    assert made != seen


def test_drafts_and_withdrawn_responses_are_nobodys_to_read(app, database, program):
    program.hand_in(key="form-0001")
    program.hand_in(key="form-0002")
    with database.transaction() as session:
        first, second = session.exec(select(Submission)).all()
        first.state, first.submitted_on, first.answers = SubmissionState.WITHDRAWN, None, {}
        second.state, second.submitted_on = SubmissionState.DRAFT, None
        session.add_all([first, second])
    close(database)
    assert program.get("/rounds/1/submissions").get_json()["items"] == []
