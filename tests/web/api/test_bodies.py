"""What is sent to the API: only what it asks for is read."""

import pytest

from consultation.people.models import Stakeholder
from consultation.process.models import Round
from core.mail import OutboxMessage
from surveys.models import Invitation, Questionnaire, Submission
from tests.support.api import ANSWERS, count, rows
from tests.support.journey import DOCUMENT


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("application/json; charset=utf-16", 415),
        ("application/json-patch+json", 415),
        ("", 415),
        ("application/json; charset=UTF-8", 201),
        ("Application/JSON", 201),
    ],
)
def test_only_json_is_read(program, kind, status):
    response = program.call(
        "POST",
        "/rounds/1/invitations",
        data=b'{"email": "a@example.org"}',
        content_type=kind,
    )
    assert response.status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"email": "a@example.org"} x', 400),
        (b'{"email": "a@example.org", "email": "b@example.org"}', 400),
        (b'{"email": NaN}', 400),
        (b'{"email": 1e400}', 400),
        (b'{"email": ' + b"9" * 5000 + b"}", 400),
        (b"[" * 100_000, 400),
        (b'{"email": ' + b"[" * 40 + b"]" * 40 + b"}", 400),
        (b'{"email": ' + b"9" * 300 + b"}", 422),
        (b'{"email": "a\\u0000@example.org"}', 422),
        (b'{"email": "\\ud800@example.org"}', 422),
        (b'{"\\ud800": "a@example.org"}', 422),
        (b'{"email": "a@example.org\\r\\nBcc: b@example.org"}', 422),
        (b'{"email": "a@example.org, b@example.org"}', 422),
        (b'{"email": "a"}', 422),
        (b'{"email": ["a@example.org"]}', 422),
        (b'{"email": "a@example.org", "language": "tlh"}', 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"a@example.org"', 422),
    ],
)
def test_bodies_that_are_no_good_change_nothing(app, program, body, status):
    response = program.call(
        "POST", "/rounds/1/invitations", data=body, content_type="application/json"
    )
    assert response.status_code == status
    problem = response.get_json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "errors"} <= set(problem)
    assert bool(problem["errors"]) is (status == 422)
    assert count(app, Invitation) == count(app, Stakeholder) == count(app, OutboxMessage) == 0


def test_ten_megabytes_are_refused_unread(app, program):
    body = b'{"language": "en", "answers": {"why": {"state": "answered", "value": "'
    body += b"x" * 10_000_000 + b'"}}}'
    response = program.call(
        "POST",
        "/rounds/1/submissions",
        data=body,
        content_type="application/json",
        headers={"Idempotency-Key": "form-0001"},
    )
    assert response.status_code == 413
    assert response.mimetype == "application/problem+json"
    assert count(app, Submission) == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/questionnaires", {**DOCUMENT, "frozen_at": None}),
        ("POST", "/questionnaires", {**DOCUMENT, "survey_id": 1}),
        ("PATCH", "/rounds/2", {"identity_mode": "identified"}),
        ("PATCH", "/rounds/2", {"consultation_id": 2, "state": "open"}),
        ("PATCH", "/rounds/2", {"number": 7}),
        ("POST", "/rounds/1/invitations", {"email": "a@example.org", "has_answered": True}),
        ("POST", "/rounds/1/invitations", {"email": "a@example.org", "invite_hash": "x"}),
        *[
            ("POST", "/rounds/1/submissions", {"language": "en", "answers": ANSWERS, name: value})
            for name, value in {
                "id": "a" * 26,
                "state": "withdrawn",
                "channel": "invitation",
                "region": "africa",
                "record_key": "x",
                "stakeholder_id": 1,
                "seed": 1,
                "submitted_on": "2020-01-01",
                "quotas": [],
            }.items()
        ],
    ],
)
def test_unknown_fields_are_refused_and_never_assigned(app, program, method, path, body):
    before = [row.model_dump() for table in (Round, Questionnaire) for row in rows(app, table)]
    response = program.call(method, path, json=body, headers={"Idempotency-Key": "form-0001"})
    assert response.status_code == 422
    after = [row.model_dump() for table in (Round, Questionnaire) for row in rows(app, table)]
    assert after == before
    assert count(app, Submission) == count(app, Invitation) == 0


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=1e2",
        "limit=" + "9" * 5000,
        "limit=5&limit=6",
        "cursor=%27%20OR%201=1",
        "cursor=" + "a" * 27,
        "offset=1",
        "limit=%D9%A1",
    ],
)
def test_queries_that_are_no_good_are_refused(program, query):
    for path in ("/rounds/1/submissions", "/rounds/1/invitations"):
        assert program.get(f"{path}?{query}").status_code == 422
