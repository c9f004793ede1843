"""Migrations build what the code expects, on both stores, and can be taken back."""

import pytest
from alembic.util import CommandError
from sqlalchemy import inspect

from core import schema
from core.db import Database


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
