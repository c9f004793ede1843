"""Accounts: who gets in, who is put out, and how often anybody may try."""

import pytest
from sqlmodel import select

from app import create_app
from core.auth.models import SignInLink
from core.auth.services import MOST_LINKS
from core.db import get_database
from core.mail import OutboxMessage
from core.schema import upgrade
from tests.plugins.application import make_settings
from tests.support.make import make_account, sign_in

EMAIL = "someone@example.org"


@pytest.fixture
def account(database):
    with database.transaction() as session:
        return make_account(session, email=EMAIL)


def is_in(client):
    return client.get("/account").status_code == 200


def test_a_new_password_signs_every_other_browser_out(app, account):
    here, elsewhere = sign_in(app.test_client(), account), sign_in(app.test_client(), account)
    form = here.page("/account").form("/account")
    here.submit(form, {"password": "a long enough password"})
    assert is_in(here)
    assert not is_in(elsewhere)


def test_a_closed_account_is_signed_out_and_cannot_come_back(app, client, account, database):
    sign_in(client, account)
    runner = app.test_cli_runner()
    assert EMAIL in runner.invoke(args=["accounts", "list"]).output
    assert runner.invoke(args=["accounts", "disable", EMAIL]).exit_code == 0
    assert not is_in(client)
    assert not is_in(sign_in(client, account))
    client.submit(client.page("/sign-in").form("/sign-in"), {"email": EMAIL})
    with database.read_session() as session:
        assert session.exec(select(SignInLink)).all() == []
    assert "disabled" in runner.invoke(args=["accounts", "list"]).output
    assert runner.invoke(args=["accounts", "disable", EMAIL]).exit_code == 1


@pytest.mark.usefixtures("account")
def test_strangers_cannot_fill_a_mailbox_with_links(client, database):
    form = client.page("/sign-in").form("/sign-in")
    for _ask in range(MOST_LINKS + 3):
        assert "If there is an account" in client.submit(form, {"email": EMAIL}).text()
    with database.read_session() as session:
        assert len(session.exec(select(OutboxMessage)).all()) == MOST_LINKS


def test_guessing_passwords_is_slowed_down(tmp_path):
    app = create_app(make_settings(tmp_path, rate_limits=True))
    upgrade(get_database(app))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    guess = {"email": EMAIL, "password": "a guess of a password"}
    tries = [client.post("/sign-in", data=guess).status_code for _try in range(11)]
    assert tries == [422] * 10 + [429]
    get_database(app).dispose()
