"""Rules that a CHECK cannot say: what was decided, given or published is not changed afterwards.

A guard is a trigger of the store itself, on SQLite and on PostgreSQL, so that not even SQL typed
by hand changes such a row. It fires when one of its columns is named in an UPDATE; it compares
no values, because PostgreSQL has no equality of JSON. Tables made by the code get their guards at
once, migrations ask `statements` for the same ones, and a test sees to it that none is missing.
"""

from dataclasses import dataclass

from sqlalchemy import DDL, Connection, Table, event
from sqlmodel import SQLModel

DIALECTS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger; `columns` empty means every column, `when` speaks of OLD and NEW."""

    table: str
    name: str
    columns: tuple[str, ...] = ()
    when: str = "1 = 1"


GUARDS: list[Guard] = []


def statements(guard: Guard, dialect: str) -> list[str]:
    """What makes a guard in a dialect."""
    of = f" OF {', '.join(guard.columns)}" if guard.columns else ""
    head = f"CREATE TRIGGER {guard.name} BEFORE UPDATE{of} ON {guard.table}"
    if dialect == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{guard.name}'); END"
        return [f"{head} FOR EACH ROW WHEN {guard.when} {body}"]
    raising = f"RAISE EXCEPTION '{guard.name}' USING ERRCODE = 'check_violation'"
    function = f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql"
    return [
        f"{function} AS $$ BEGIN {raising}; END $$",
        f"{head} FOR EACH ROW WHEN ({guard.when}) EXECUTE FUNCTION {guard.name}()",
    ]


def removal(guard: Guard, dialect: str) -> list[str]:
    """What takes a guard away again."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {guard.name}"]
    return [
        f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}",
        f"DROP FUNCTION IF EXISTS {guard.name}()",
    ]


def guard(
    model: type[SQLModel], name: str, columns: tuple[str, ...] = (), when: str = "1 = 1"
) -> None:
    """Give a table a guard; its error names it."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel adds it
    made = Guard(table.name, f"guard_{name}", columns, when)
    GUARDS.append(made)
    for dialect in DIALECTS:
        for statement in statements(made, dialect):
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def present(connection: Connection) -> set[str]:
    """The names of the guards that a store has."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return {
        name
        for (name,) in connection.exec_driver_sql(query)
        if name in {made.name for made in GUARDS}
    }
