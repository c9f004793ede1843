"""The tables of a store, through alembic; `create_all` is for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from core.db import Database

FOLDER = Path(__file__).parents[1] / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _changing(database: Database) -> Iterator[Connection]:
    """One transaction for all of it, in which a table may be rebuilt without losing others' rows.

    SQLite changes a column by copying the table and dropping the old one. With foreign keys on,
    the drop deletes what points at its rows (ON DELETE CASCADE). So they are off here, which
    SQLite allows only outside a transaction, and checked before the commit.
    """
    with database.engine.connect() as connection:
        if database.dialect != "sqlite":
            yield connection
            connection.commit()
            return
        plain = connection.connection.cursor()
        plain.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise CommandError("The migration leaves rows that point at nothing.")
            connection.commit()
        finally:
            connection.rollback()
            plain.execute("PRAGMA foreign_keys=ON")
            plain.close()


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a store to a revision; a store that is there already is left as it is."""
    if database.dialect == "sqlite" and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    with _changing(database) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    with _changing(database) as connection:
        command.downgrade(_config(connection), revision)


def check(database: Database) -> None:
    """Raise where the tables of the code and those of the migrations differ."""
    with database.engine.connect() as connection:
        command.check(_config(connection))


def make_revision(database: Database, title: str) -> None:
    """Write a migration from the difference; for developers."""
    with database.engine.connect() as connection:
        command.revision(_config(connection), title, autogenerate=True)
