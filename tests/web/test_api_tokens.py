"""Tokens: made, shown once, listed, revoked; and how often they may call."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import SQLModel, select

from app import create_app
from consultation.people import api_tokens
from consultation.people.api_tokens import ApiToken
from core.api import Scope
from core.audit import AuditEntry
from core.auth.permissions import Role
from core.db import get_database
from core.errors import Invalid
from tests.plugins.application import make_settings
from tests.support.api import Program, make_token
from tests.support.make import make_account, make_consultation, make_round, sign_in
from tests.support.pages import PageClient

WISH = {"name": "Paper forms", "consultation": "summit", "scopes": ["rounds:read"], "days": "30"}


@pytest.fixture
def place(app, database):
    with app.app_context(), database.transaction() as session:
        consultation = make_consultation(session)
        make_round(session, consultation)
        organiser = make_account(session, consultation=consultation, roles=(Role.ORGANISER,))
        observer = make_account(
            session, email="o@example.org", consultation=consultation, roles=(Role.OBSERVER,)
        )
    return consultation, organiser, observer


def stored(database):
    with database.read_session() as session:
        return list(session.exec(select(ApiToken)))


def make(client, **changes):
    page = client.page("/account/tokens/")
    return client.submit(page.form("/account/tokens/"), {**WISH, **changes})


def test_a_token_is_shown_once_and_works_until_it_is_revoked(app, client, database, place):
    sign_in(client, place[1])
    page = make(client)
    (code,) = page.find("code")
    token = code.text
    assert token.startswith("polylogue_")
    assert len(token) == len("polylogue_") + 32
    assert Program(app, token).get("/rounds").status_code == 200
    assert Program(app, token).get("/questionnaires").status_code == 403
    again = client.page("/account/tokens/")
    assert token not in again.source
    assert "Paper forms" in again.text()
    (row,) = stored(database)
    assert token not in repr(row)
    assert row.expires_at - row.created_at == timedelta(days=30)
    client.submit(again.form("/revoke"))
    assert Program(app, token).get("/rounds").status_code == 401
    with database.read_session() as session:
        acts = session.exec(select(AuditEntry)).all()
    assert [act.action for act in acts] == ["create_token", "revoke_token"]
    assert all(token not in repr(act) for act in acts)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "   "},
        {"scopes": None},
        {"scopes": ["everything"]},
        {"scopes": ["rounds:read", "rounds:delete"]},
        {"days": "31"},
        {"days": "367"},
        {"days": ""},
        {"days": "9" * 400},
        {"consultation": "elsewhere"},
        {"consultation": ""},
    ],
)
def test_a_wish_that_is_no_good_is_shown_again(client, database, place, changes):
    sign_in(client, place[1])
    page = make(client, **changes)
    assert page.status == 422
    assert "There is a problem" in page.text()
    assert stored(database) == []


def test_nobody_makes_a_token_for_more_than_the_role_allows(client, database, place):
    sign_in(client, place[2])
    page = make(client)
    assert page.status == 422
    assert "rounds:read" in page.text()
    assert stored(database) == []


def test_who_has_no_role_is_told_so(app, client, database, place):
    with app.app_context(), database.transaction() as session:
        nobody = make_account(session, email="n@example.org")
    sign_in(client, nobody)
    assert "no role" in client.page("/account/tokens/").text()
    assert client.post("/account/tokens/", data=WISH).status_code == 400


def test_a_token_of_somebody_else_is_neither_seen_nor_revoked(app, client, database, place):
    consultation, organiser, observer = place
    with app.app_context(), database.transaction() as session:
        make_token(session, organiser, consultation, name="Not yours")
    sign_in(client, observer)
    page = client.page("/account/tokens/")
    assert "Not yours" not in page.text()
    (row,) = stored(database)
    form = page.form("/account/tokens/")
    response = client.post(f"/account/tokens/{row.public_id}/revoke", data=form.fields)
    assert response.status_code == 404
    assert stored(database)[0].revoked_at is None


def test_there_is_an_end_to_tokens(app, database, place):
    consultation, organiser, _observer = place
    wish = api_tokens.Wish("One more", frozenset({Scope.ROUNDS_READ}), 1)
    now = datetime.now(UTC)
    with app.test_request_context(), database.transaction() as session:
        for _number in range(api_tokens.MOST_TOKENS):
            api_tokens.create(session, organiser, consultation, wish, now)
        with pytest.raises(Exception, match="too many tokens"):
            api_tokens.create(session, organiser, consultation, wish, now)
        long = api_tokens.Wish("Too long", frozenset({Scope.ROUNDS_READ}), 10**9)
        with pytest.raises(Invalid):
            api_tokens.create(session, organiser, consultation, long, now)


def test_the_command_line_makes_lists_and_revokes(app, database, place):
    runner = app.test_cli_runner()
    base = ["tokens", "create", "organiser@example.org", "summit", "--name", "Cron"]
    made = runner.invoke(args=[*base, "--scope", "rounds:read", "--days", "2"])
    assert made.exit_code == 0, made.output
    token = made.output.strip()
    assert Program(app, token).get("/rounds").status_code == 200
    listed = runner.invoke(args=["tokens", "list", "organiser@example.org"]).output
    (row,) = stored(database)
    assert row.public_id in listed
    assert "Cron" in listed
    assert token not in listed
    assert runner.invoke(args=["tokens", "revoke", row.public_id]).exit_code == 0
    assert Program(app, token).get("/rounds").status_code == 401
    for wrong in (
        [
            "tokens",
            "create",
            "nobody@example.org",
            "summit",
            "--name",
            "x",
            "--scope",
            "rounds:read",
        ],
        [
            "tokens",
            "create",
            "organiser@example.org",
            "nowhere",
            "--name",
            "x",
            "--scope",
            "rounds:read",
        ],
        ["tokens", "create", "o@example.org", "summit", "--name", "x", "--scope", "rounds:read"],
        [*base, "--scope", "rounds:delete"],
        base,
        ["tokens", "revoke", "nothing"],
        ["tokens", "list", "nobody@example.org"],
    ):
        refused = runner.invoke(args=wrong)
        assert refused.exit_code != 0
        assert "Error" in refused.output


@pytest.fixture
def limited(tmp_path):
    """An application that counts calls, and two programs."""
    app = create_app(make_settings(tmp_path, rate_limits=True))
    app.test_client_class = PageClient
    database = get_database(app)
    SQLModel.metadata.create_all(database.engine)
    with app.app_context(), database.transaction() as session:
        consultation = make_consultation(session)
        account = make_account(session, consultation=consultation, roles=(Role.ORGANISER,))
        tokens = [make_token(session, account, consultation) for _number in range(2)]
    yield [Program(app, token) for token in tokens]
    database.dispose()


def test_each_token_has_its_own_measure(limited):
    first, second = limited
    codes = [first.get("/rounds").status_code for _number in range(601)]
    # A minute may end meanwhile, which only lets more through.
    assert codes[:600] == [200] * 600
    if codes[600] == 429:
        refused = first.get("/questionnaires")
        assert refused.status_code in {200, 429}
        if refused.status_code == 429:
            assert refused.headers["Retry-After"] == "60"
            assert refused.mimetype == "application/problem+json"
    assert second.get("/rounds").status_code == 200


def test_guesses_are_counted_by_where_they_come_from(limited):
    good, _other = limited
    codes = {Program(good.app, f"guess{number}").get("/rounds").status_code for number in range(80)}
    assert codes == {401, 429}
    assert good.get("/rounds").status_code == 200
