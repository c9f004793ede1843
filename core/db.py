"""The store: one class for both engines, and the session of a request.

SQLite runs in WAL mode with foreign keys on. Its readers are opened query-only and its
writers begin IMMEDIATE: a transaction that reads first and writes later would otherwise fail
at once when somebody else wrote in between, whatever the busy timeout. PostgreSQL needs
neither; its read sessions are read-only transactions, so that a GET cannot write there either.
"""

import secrets
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from flask import Flask, current_app, g, request
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy import Enum as EnumType
from sqlmodel import Session, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Rows of these tables are stored in the order of their random key, so that the order of
# arrival cannot be read from the file (PostgreSQL ignores the option).
UNORDERED = {"sqlite_with_rowid": False}
BUSY_MS = 30_000
LOG_WAIT_MS = 2_000


def new_id() -> str:
    """A random public id: 26 lower-case characters, 130 bits, safe in a URL and in speech."""
    return b32encode(secrets.token_bytes(17)).decode("ascii").lower().rstrip("=")[:26]


def enum_column(kind: type[StrEnum], name: str) -> EnumType:
    """A text column that stores the enum's values and refuses any other by a named CHECK."""
    return EnumType(
        kind,
        native_enum=False,
        values_callable=lambda members: [member.value for member in members],
        create_constraint=True,
        length=32,
        name=name,
    )


class Database:
    """Two engines on one store: one that can only read, one that writes."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self._writer = self._engine(read_only=False)
        self._reader = self._engine(read_only=True)

    def _engine(self, *, read_only: bool) -> Engine:
        if self.dialect == "postgresql":
            engine = create_engine(self.url, pool_pre_ping=True)
            return engine.execution_options(postgresql_readonly=True) if read_only else engine
        engine = create_engine(self.url, connect_args={"timeout": 30.0})
        event.listen(engine, "connect", _sqlite_reader if read_only else _sqlite_writer)
        event.listen(engine, "begin", _begin_deferred if read_only else _begin_immediate)
        return engine

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    def open_session(self, *, read_only: bool) -> Session:
        return Session(self._reader if read_only else self._writer, expire_on_commit=False)

    @contextmanager
    def read_session(self) -> Iterator[Session]:
        """A session that the database itself keeps from writing."""
        with self.open_session(read_only=True) as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing session, committed when the block ends well."""
        with self.open_session(read_only=False) as session:
            yield session
            session.commit()

    def hold_still(self, session: Session) -> None:
        """Let all reads of a session that has read nothing yet see one moment of the store.

        SQLite's reads do so by themselves.
        """
        if self.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})

    def forget_erased(self) -> None:
        """Let what was erased leave SQLite's log too, unless somebody reads for long just now.

        PostgreSQL's vacuum does so by itself.
        """
        if self.dialect != "sqlite":
            return
        connection = self._writer.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={LOG_WAIT_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            cursor.close()
        finally:
            connection.close()

    def dispose(self) -> None:
        self._reader.dispose()
        self._writer.dispose()


def _sqlite_connect(connection: Any, *, read_only: bool) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    if not read_only:
        cursor.execute("PRAGMA journal_mode=WAL")
        # What is erased (links once sent, withdrawn words) must not stand in free pages, which a
        # backup copies.
        cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.execute("PRAGMA synchronous=NORMAL")
    if read_only:
        cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _sqlite_writer(connection: Any, _record: Any) -> None:
    _sqlite_connect(connection, read_only=False)


def _sqlite_reader(connection: Any, _record: Any) -> None:
    _sqlite_connect(connection, read_only=True)


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


def init_app(app: Flask, url: str) -> Database:
    """Attach the store to the application and close the session at the end of each request."""
    database = Database(url)
    app.extensions["database"] = database
    app.teardown_appcontext(_close_session)
    return database


def get_database(app: Flask | None = None) -> Database:
    """The store of the application."""
    database = (app or current_app).extensions["database"]
    assert isinstance(database, Database)  # noqa: S101 - init_app puts nothing else there
    return database


def writers_queue(current: Session) -> bool:
    """Whether what a writing transaction has read cannot change before it ends (SQLite)."""
    return current.get_bind().dialect.name == "sqlite"


def session() -> Session:
    """The one session of this request; a GET gets one that cannot write."""
    if "session" not in g:
        g.session = get_database().open_session(read_only=request.method in READ_METHODS)
    found = g.session
    assert isinstance(found, Session)  # noqa: S101 - narrows the type for callers
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """The edge that commits: a failed commit propagates, so it is never shown as a success."""
    current = session()
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise


def _close_session(_error: BaseException | None) -> None:
    current = g.pop("session", None)
    if current is not None:
        current.close()
