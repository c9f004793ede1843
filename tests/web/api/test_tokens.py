"""What a token opens, and what it never does."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consultation.people.models import RoleGrant
from core.api import NEEDED, Scope
from core.auth.models import Account
from core.auth.permissions import GRANTS, Role
from core.db import get_database
from tests.support.api import Program, every_call, make_token
from tests.support.journey import DOCUMENT
from tests.support.make import (
    NOW,
    make_account,
    sign_in,
)


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
