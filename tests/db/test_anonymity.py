"""Who holds a copy of the store, or all that the server ever wrote, cannot join person and answer.

Rows that could be joined and the order of rows are tried in test_rules.py.
"""

import sqlite3

import pytest
from sqlmodel import SQLModel, select

from app import create_app
from consultation.process.models import IdentityMode
from core.audit import AuditEntry
from core.db import get_database
from core.mail import OutboxMessage
from core.worker import make_worker
from surveys import invitations, services
from surveys.models import Invitation, Submission
from tests.plugins.application import make_settings
from tests.support.journey import SECOND_PAGE, make_asked_round
from tests.support.make import NOW, make_account, make_consultation, make_stakeholder, sign_in
from tests.support.pages import PageClient


@pytest.fixture
def lived(tmp_path, capfd):
    """An installation that logs all it can, where three invited people answered in one browser.

    The browser is signed in, so that its session could give somebody away.
    """
    app = create_app(make_settings(tmp_path, log_level="DEBUG", worker_in_process=False))
    app.test_client_class = PageClient
    database = get_database(app)
    SQLModel.metadata.create_all(database.engine)
    with app.app_context(), database.transaction() as session:
        place = make_consultation(session)
        row = make_asked_round(session, consultation=place, identity_mode=IdentityMode.ANONYMOUS)
        account = make_account(session, consultation=place)
        tokens = [
            invitations.invite(
                session, place, row, make_stakeholder(session, place, email=f"{n}@example.org"), NOW
            )
            for n in range(3)
        ]
    make_worker(app).run_until_idle()
    client = app.test_client()
    client.get("/")
    sign_in(client, account)
    for token in tokens:
        page = client.page(f"/s/{token}/1")
        page = client.submit(page.form("/s/"), {"q_consent": "y"})
        page = client.submit(page.form("/s/"), SECOND_PAGE)
        client.submit(page.form("/submit"))
        client.get(f"/s/{token}/receipt")
        client.get(f"/s/{token[:-1]}/1")
        client.post(f"/s/{token}/1", data={"q_consent": "y"})
    make_worker(app).run_until_idle()
    said = capfd.readouterr()
    yield app, database, client, tokens, said.out + said.err
    database.dispose()


def backup(database, folder):
    """What `.backup` copies, with the log that lies beside the store, as bytes."""
    copy = folder / "copy.sqlite3"
    path = database.url.database
    with sqlite3.connect(path) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    beside = [found for found in folder.glob("test.sqlite3*") if found.is_file()]
    return b"".join(found.read_bytes() for found in (copy, *beside))


def names_of(app, database, tokens):
    """For each token what stands for it on either side."""
    with app.app_context(), database.read_session() as session:
        sent = {row.invite_hash: row for row in session.exec(select(Invitation))}
        given = {row.answer_hash: row for row in session.exec(select(Submission))}
        return [
            (
                sent[services.keyed_hash("invite", token)],
                given[services.keyed_hash("answer", token)],
            )
            for token in tokens
        ]


def test_no_row_of_any_table_knows_both_the_invitation_and_the_answer(lived):
    app, database, _client, tokens, _said = lived
    pairs = names_of(app, database, tokens)
    seen = 0
    with database.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                told = repr(tuple(row))
                seen += 1
                for invitation, submission in pairs:
                    person = {invitation.id, invitation.invite_hash}
                    answer = {submission.id, submission.answer_hash, submission.receipt}
                    assert not (
                        any(name in told for name in person)
                        and any(name in told for name in answer)
                    ), table.name
    assert seen > 20


def test_the_audit_log_and_the_outbox_name_no_answer(lived):
    app, database, _client, tokens, _said = lived
    with database.read_session() as session:
        told = repr([row.model_dump() for row in session.exec(select(AuditEntry))])
        told += repr([row.model_dump() for row in session.exec(select(OutboxMessage))])
    for token, (_invitation, submission) in zip(
        tokens, names_of(app, database, tokens), strict=True
    ):
        for name in (token, submission.id, submission.answer_hash, submission.receipt):
            assert name not in told


def test_no_link_is_in_a_backup_or_in_the_log_beside_the_store(lived, tmp_path):
    _app, database, _client, tokens, _said = lived
    copied = backup(database, tmp_path)
    assert b"submission" in copied
    assert not [token for token in tokens if token.encode() in copied]


def test_the_browser_keeps_no_trace_of_the_answer(lived):
    app, database, client, tokens, _said = lived
    cookie = client.get_cookie("session").value
    with app.test_request_context("/", headers={"Cookie": f"session={cookie}"}) as context:
        kept = repr(dict(context.session))
    assert "account" in kept or "session" in kept
    for token, (invitation, submission) in zip(
        tokens, names_of(app, database, tokens), strict=True
    ):
        for name in (token, invitation.id, submission.id, submission.receipt):
            assert name not in kept


def test_no_log_names_a_link_a_page_or_an_address(lived):
    app, database, _client, tokens, said = lived
    assert said.count('"endpoint": "respond.save"') == 9, "every request was logged"
    for token, (_invitation, submission) in zip(
        tokens, names_of(app, database, tokens), strict=True
    ):
        for name in (token, token[:-1], submission.id, submission.receipt, "127.0.0.1", "/s/"):
            assert name not in said
