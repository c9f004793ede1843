"""Migrations build what the code expects, on both stores, and can be taken back."""

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import CommandError
from sqlalchemy import String, inspect
from sqlmodel import select

from core import schema
from core.auth.models import Account, AccountSession
from core.db import Database
from tests.support.make import NOW, make_account


def test_the_migrations_build_the_tables_of_the_code(database_url):
    database = Database(database_url)
    schema.upgrade(database)
    schema.upgrade(database)
    schema.check(database)
    assert "submission" in inspect(database.engine).get_table_names()
    database.dispose()


def test_the_last_migration_can_be_taken_back(database_url):
    database = Database(database_url)
    schema.upgrade(database)
    schema.downgrade(database, "-1")
    with pytest.raises(CommandError):
        schema.check(database)
    schema.upgrade(database)
    schema.check(database)
    database.dispose()


@pytest.fixture
def signed_in(tmp_path):
    """A migrated SQLite store with an account and its session, which goes when the account does."""
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    schema.upgrade(database)
    with database.transaction() as session:
        account = make_account(session, email="a@example.org")
        session.add(
            AccountSession(token_hash="h", account_id=account.id, created_at=NOW, expires_at=NOW)
        )
    yield database
    database.dispose()


def rebuild_accounts(connection):
    context = MigrationContext.configure(connection, opts={"render_as_batch": True})
    with Operations(context).batch_alter_table("account", recreate="always") as batch:
        batch.alter_column("name", existing_type=String(200), type_=String(300))


def test_rebuilding_a_table_keeps_the_rows_that_point_at_it(signed_in):
    with schema._changing(signed_in) as connection:
        rebuild_accounts(connection)
    with signed_in.read_session() as session:
        assert len(session.exec(select(Account)).all()) == 1
        assert len(session.exec(select(AccountSession)).all()) == 1


def test_a_migration_that_leaves_rows_pointing_at_nothing_is_undone(signed_in):
    with (
        pytest.raises(CommandError, match="point at nothing"),
        schema._changing(signed_in) as connection,
    ):
        connection.exec_driver_sql("DELETE FROM account")
    with signed_in.read_session() as session:
        assert len(session.exec(select(Account)).all()) == 1
    with signed_in.transaction() as session:
        session.delete(session.exec(select(Account)).one())
    with signed_in.read_session() as session:
        assert session.exec(select(AccountSession)).all() == [], "foreign keys stayed off"
