"""The API as an adversary would use it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select

from consultation.contributions.models import Contribution
from consultation.people.models import RoleGrant, Stakeholder
from consultation.process.models import IdentityMode, Round, RoundState
from core.api import NEEDED, Scope
from core.api_document import endpoints
from core.audit import AuditEntry
from core.auth.models import Account
from core.auth.permissions import GRANTS, Role
from core.db import get_database
from core.mail import OutboxMessage
from surveys import instruments
from surveys.models import Invitation, Questionnaire, Submission, SubmissionChannel, SubmissionState
from surveys.reaching.models import StakeholderDelivery
from tests.support.api import ANSWERS, Program, make_token, places_of
from tests.support.journey import DOCUMENT, answer, make_asked_round
from tests.support.make import (
    NOW,
    make_account,
    make_consultation,
    make_phase,
    make_round,
    make_stakeholder,
    sign_in,
)

OTHER_DOCUMENT = {**DOCUMENT, "title": {"en": "Another survey"}}


@pytest.fixture
def place(app, database):
    """Two consultations, each with an asked round, a draft and an organiser."""
    with app.app_context(), database.transaction() as session:
        made = {}
        for slug in ("summit", "other"):
            consultation = make_consultation(session, slug=slug)
            make_phase(session, consultation)
            make_asked_round(session, consultation=consultation)
            make_round(session, consultation, number=2, state=RoundState.DRAFT)
            draft = instruments.add(session, consultation, OTHER_DOCUMENT, NOW)
            account = make_account(
                session,
                email=f"{slug}@example.org",
                consultation=consultation,
                roles=(Role.ORGANISER,),
            )
            made[slug] = (consultation, account, draft.id)
    return made


@pytest.fixture
def program(app, database, place):
    """A program that may do everything in the first consultation."""
    consultation, account, _draft = place["summit"]
    with app.app_context(), database.transaction() as session:
        token = make_token(session, account, consultation)
    return Program(app, token)


def count(app, table):
    with get_database(app).read_session() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def rows(app, table):
    with get_database(app).read_session() as session:
        return list(session.exec(select(table)))


def every_call(app, slug, questionnaire_id=1):
    """Method and address of every operation."""
    for endpoint in endpoints(app.url_map, app.view_functions):
        path = endpoint.path.format(slug=slug, number=1, questionnaire_id=questionnaire_id)
        yield endpoint.operation, path


# Who calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_a_token_does_what_its_account_may_do_and_no_more(app, database, place, role):
    consultation, _account, _draft = place["summit"]
    with app.app_context(), database.transaction() as session:
        account = make_account(
            session, email="role@example.org", consultation=consultation, roles=(role,)
        )
        token = make_token(session, account, consultation)
    for operation, path in every_call(app, "summit"):
        client = app.test_client()
        response = client.open(
            path, method=operation.method, headers={"Authorization": f"Bearer {token}"}
        )
        may = NEEDED[operation.scope] <= GRANTS[role]
        refused = response.status_code in {401, 403, 404}
        assert refused is not may, f"{role} {operation.path}: {response.status_code}"


def test_each_call_wants_its_own_scope(app, database, place):
    consultation, account, _draft = place["summit"]
    for operation, path in every_call(app, "summit"):
        with app.app_context(), database.transaction() as session:
            others = frozenset(Scope) - {operation.scope}
            token = make_token(session, account, consultation, scopes=others)
        client = app.test_client()
        response = client.open(
            path, method=operation.method, headers={"Authorization": f"Bearer {token}"}
        )
        assert response.status_code == 403, operation.path
        assert operation.scope.value in response.get_json()["detail"]


def test_a_role_taken_back_takes_its_tokens_along(app, database, place, program):
    assert program.get("/rounds").status_code == 200
    with database.transaction() as session:
        grant = session.exec(
            select(RoleGrant).where(RoleGrant.account_id == place["summit"][1].id)
        ).one()
        session.delete(grant)
    assert program.get("/rounds").status_code == 403


@pytest.mark.parametrize(
    "values",
    [
        {"expires_at": datetime.now(UTC) - timedelta(minutes=1)},
        {"revoked_at": datetime.now(UTC) - timedelta(minutes=1)},
    ],
)
def test_a_token_that_ended_opens_nothing(app, database, place, values):
    consultation, account, _draft = place["summit"]
    with app.app_context(), database.transaction() as session:
        token = make_token(session, account, consultation, **values)
    response = Program(app, token).get("/rounds")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.mimetype == "application/problem+json"


def test_a_disabled_account_has_no_tokens(database, place, program):
    with database.transaction() as session:
        account = session.get(Account, place["summit"][1].id)
        account.disabled_at = NOW
        session.add(account)
    assert program.get("/rounds").status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer null",
        "Basic dXNlcjpwYXNz",
        "Bearer " + "a" * 100_000,
        "Bearer é",
        "Bearer a b",
        "Token polylogue_x",
    ],
)
def test_what_is_no_token_opens_nothing(client, place, header):
    response = client.get("/api/v1/consultations/summit/rounds", headers={"Authorization": header})
    assert response.status_code == 401


def test_a_token_is_taken_as_it_is_and_not_as_it_looks(app, program):
    for changed in (program.token.upper(), program.token + " x", program.token[:-1]):
        assert Program(app, changed).get("/rounds").status_code == 401


def test_a_session_cookie_opens_nothing(client, place):
    sign_in(client, place["summit"][1])
    for operation, path in every_call(client.application, "summit"):
        assert client.open(path, method=operation.method).status_code == 401


def test_one_consultation_knows_nothing_of_the_other(app, place, program):
    """Its address, and its ids at our own address."""
    stranger = Program(app, program.token, "other")
    for operation, path in every_call(app, "other"):
        tail = path.removeprefix("/api/v1/consultations/other")
        assert stranger.call(operation.method, tail).status_code == 404
        missing = Program(app, program.token, "nowhere").call(operation.method, tail)
        assert missing.get_json() == stranger.call(operation.method, tail).get_json()
    foreign = place["other"][2]
    assert program.get(f"/questionnaires/{foreign}").status_code == 404
    replaced = program.call(
        "PUT",
        f"/questionnaires/{foreign}",
        json=DOCUMENT,
        headers={"If-Match": '"' + "0" * 64 + '"'},
    )
    assert replaced.status_code == 404
    chosen = program.call("PATCH", "/rounds/2", json={"questionnaire": foreign})
    assert chosen.status_code == 404
    assert {item["id"] for item in program.get("/questionnaires").get_json()["items"]}.isdisjoint(
        {foreign}
    )


@pytest.mark.parametrize(
    "number", ["0", "-1", "99999999999", "9" * 30, "9" * 5000, "1.0", "１", "0x1", "1%00", "%F0%9F"]
)
def test_numbers_that_name_nothing_are_not_found(program, number):
    for path in (f"/questionnaires/{number}", f"/rounds/{number}/submissions"):
        response = program.get(path)
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"


def test_a_token_leaves_no_trace_of_itself(app, program):
    assert program.hand_in().status_code == 201
    with get_database(app).read_session() as session:
        tables = session.connection().exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        for (table,) in tables.fetchall():
            stored = session.connection().exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()
            assert program.token not in repr(stored)
            assert "form-0001" not in repr(stored), "the caller's key is stored"


def test_reading_writes_nothing_but_the_day_of_the_token(app, program):
    with get_database(app).read_session() as session:
        before = session.connection().exec_driver_sql("SELECT count(*) FROM audit_entry").scalar()
    for path in ("/questionnaires", "/questionnaires/1", "/rounds", "/rounds/1/invitations"):
        assert program.get(path).status_code == 200
    with get_database(app).read_session() as session:
        connection = session.connection()
        assert connection.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar() == before
        day = connection.exec_driver_sql("SELECT last_used_on FROM api_token").scalar()
        assert str(day) == datetime.now(UTC).date().isoformat()


# What is sent ------------------------------------------------------------------------------------


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


# Responses ---------------------------------------------------------------------------------------


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


# Who answered ------------------------------------------------------------------------------------


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


def close(database):
    with database.transaction() as session:
        for row in session.exec(select(Round)):
            row.state = RoundState.CLOSED
            session.add(row)


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


# Invitations -------------------------------------------------------------------------------------


def test_an_invitation_goes_out_once_and_its_link_is_told_to_nobody(app, program):
    first = program.post("/rounds/1/invitations", {"email": "Ada@Example.org", "language": "fr"})
    second = program.post("/rounds/1/invitations", {"email": "ada@example.org", "name": "A"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    assert set(first.get_json()) == {"id", "email", "name", "language", "sent_on", "has_answered"}
    (mail,) = rows(app, OutboxMessage)
    assert mail.recipient == "ada@example.org"
    token = mail.body.partition("/s/")[2].partition("/")[0]
    assert token
    listed = program.get("/rounds/1/invitations").get_data(as_text=True)
    assert token not in listed + first.get_data(as_text=True)
    assert json.loads(listed)["items"] == [first.get_json()]


def test_who_left_the_list_is_not_written_to(app, database, place, program):
    with database.transaction() as session:
        make_stakeholder(session, place["summit"][0], email="ada@example.org", unsubscribed_at=NOW)
    assert program.post("/rounds/1/invitations", {"email": "ada@example.org"}).status_code == 409
    assert count(app, OutboxMessage) == 0


def test_an_address_that_mail_came_back_from_is_not_written_to(app, database, place, program):
    with database.transaction() as session:
        person = make_stakeholder(session, place["summit"][0], email="ada@example.org")
        session.add(
            StakeholderDelivery(stakeholder_id=person.id, address="ada@example.org", bounced_at=NOW)
        )
    assert program.post("/rounds/1/invitations", {"email": "ada@example.org"}).status_code == 409
    assert count(app, OutboxMessage) == count(app, Invitation) == 0


def test_nobody_is_invited_to_a_closed_round(app, database, program):
    close(database)
    assert program.post("/rounds/1/invitations", {"email": "ada@example.org"}).status_code == 409
    assert count(app, Stakeholder) == 0


def test_who_has_answered_is_told_only_once_it_is_marked(app, database, program):
    made = program.post("/rounds/1/invitations", {"email": "ada@example.org"}).get_json()
    (mail,) = rows(app, OutboxMessage)
    token = mail.body.partition("/s/")[2].partition("/")[0]
    client = app.test_client()
    page = client.submit(client.page(f"/s/{token}/1").form("/s/"), {"q_consent": "y"})
    client.submit(client.page(f"/s/{token}/check").form("/submit"))
    assert rows(app, Submission)[0].state is SubmissionState.SUBMITTED, page.text()
    assert program.get("/rounds/1/invitations").get_json()["items"] == [made]
    with database.transaction() as session:
        row = session.exec(select(Invitation)).one()
        row.has_answered = True
        session.add(row)
    assert program.get("/rounds/1/invitations").get_json()["items"][0]["has_answered"] is True


# Questionnaires and rounds -----------------------------------------------------------------------


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
