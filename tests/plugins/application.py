"""The application under test, on a store of its own: SQLite in a file, or PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event
from sqlmodel import Session, SQLModel

from app import create_app
from core.config import Settings
from core.db import Database, get_database
from tests.support.pages import PageClient


def make_settings(folder: Path, **changes: object) -> Settings:
    values: dict[str, object] = {
        "environment": "development",
        "secret_key": "a secret of the tests that guards nothing at all",
        "database_url": f"sqlite:///{folder / 'test.sqlite3'}",
        "instance_path": folder,
        "base_url": "http://127.0.0.1",
        "mail_folder": folder / "mail",
        "worker_in_process": False,
        "job_lease_seconds": 2.0,
        "rate_limits": False,
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An application whose tables exist and are empty."""
    application = create_app(settings)
    database = get_database(application)
    SQLModel.metadata.create_all(database.engine)
    application.test_client_class = PageClient
    yield application
    database.dispose()


@pytest.fixture
def max_reads(app: Flask) -> Callable[[Callable[[], object]], int]:
    """How many statements something sends to the store that pages read from."""

    def count(act: Callable[[], object]) -> int:
        with statements(get_database(app)._reader) as sent:
            act()
        return len(sent)

    return count


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is sent to a store meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def asking_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application that takes files, for all who need words and templates and no store."""
    application = create_app(make_settings(tmp_path_factory.mktemp("asking"), uploads=True))
    yield application
    get_database(application).dispose()


@pytest.fixture
def page(asking_app: Flask) -> Iterator[None]:
    """A page being made, so that words have a language."""
    with asking_app.test_request_context("/"):
        yield


@pytest.fixture
def client(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def database(app: Flask) -> Database:
    """The store of `app`."""
    return get_database(app)


@pytest.fixture
def writing(app: Flask, database: Database) -> Callable[[], AbstractContextManager[Session]]:
    """A transaction in a context of its own, as a request or a job has it."""

    @contextmanager
    def block() -> Iterator[Session]:
        with app.app_context(), database.transaction() as session:
            yield session

    return block


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """A store with empty tables, on SQLite and then on PostgreSQL."""
    database = Database(database_url)
    SQLModel.metadata.create_all(database.engine)
    yield database
    database.dispose()
