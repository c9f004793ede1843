"""The tables of a store, through alembic; `create_all` is for tests."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from core.db import Database

FOLDER = Path(__file__).parents[1] / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a store to a revision; a store that is there already is left as it is."""
    if database.dialect == "sqlite" and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect() as connection:
        command.upgrade(_config(connection), revision)
        connection.commit()


def downgrade(database: Database, revision: str) -> None:
    with database.engine.connect() as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def check(database: Database) -> None:
    """Raise where the tables of the code and those of the migrations differ."""
    with database.engine.connect() as connection:
        command.check(_config(connection))


def make_revision(database: Database, title: str) -> None:
    """Write a migration from the difference; for developers."""
    with database.engine.connect() as connection:
        command.revision(_config(connection), title, autogenerate=True)
