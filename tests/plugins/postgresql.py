"""A private PostgreSQL server, started by the tests, gone with them.

It listens on a Unix socket in a folder of its own and on no port. PostgreSQL refuses to run as
root, so root starts it as the user `postgres` (or `nobody`).
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.plugins.absence import leave_out

SERVER_USERS = ("postgres", "nobody")
ROLE = "polylogue"
# Speed before safety: this server never outlives its test run.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


@dataclass
class PostgresServer:
    """One running server; a test asks it for databases."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _templates: dict[Callable[[str], None], str] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """The address for SQLAlchemy, with the driver named."""
        return f"postgresql+psycopg://{ROLE}@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """A database with a name of its own; returns its name."""
        name = f"test_{next(self._numbers)}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def copy_of(self, build: Callable[[str], None]) -> str:
        """A database as `build(url)` makes it; built once, copied from then on."""
        if build not in self._templates:
            template = self.create()
            build(self.url(template))
            self._disconnect(template)
            self._templates[build] = template
        return self.create(self._templates[build])

    def drop(self, name: str) -> None:
        """Remove a database, whoever may still be connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", name)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=ROLE, dbname="postgres", autocommit=True)

    def _execute(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _disconnect(self, name: str) -> None:
        """PostgreSQL copies only a database to which nobody is connected."""
        with self._connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """The server of this test process."""
    programs = find_programs()
    if programs is None:
        leave_out(
            "PostgreSQL's server programs are not on this machine",
            "On Debian: apt-get install postgresql",
        )
    # Not tmp_path: a socket's path may have 107 characters at most, and the folders of pytest
    # are closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="polylogue-postgresql-", dir="/tmp"))
    user = server_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        initialise(programs, folder, user)
        process = start_server(programs, folder, user)
        try:
            yield PostgresServer(folder)
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=20)
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgresql_url(postgresql_server: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database, dropped after the test."""
    name = postgresql_server.create()
    yield postgresql_server.url(name)
    postgresql_server.drop(name)


def find_programs() -> Path | None:
    """The folder that holds both `initdb` and `postgres`: Debian's newest, else of PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    found = shutil.which("initdb")
    candidates = [*reversed(debian), *([Path(found).resolve().parent] if found else [])]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def server_user() -> pwd.struct_passwd | None:
    """Whom root starts the server as; None where we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in SERVER_USERS if name in known)


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def initialise(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    subprocess.run(
        [
            *(programs / "initdb", "-D", folder / "data", "-U", ROLE),
            *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        check=True,
        cwd=folder,
        capture_output=True,
        **_as_user(user),
    )


def start_server(
    programs: Path,
    folder: Path,
    user: pwd.struct_passwd | None,
    settings: dict[str, str] = OPTIONS,
) -> "subprocess.Popen[bytes]":
    """Start a server whose only client is this process; wait until it answers."""
    # Where the tests are killed, the kernel stops the server with them.
    leash = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*leash, programs / "postgres", "-D", folder / "data", "-k", folder, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **_as_user(user),
        )
    server = PostgresServer(folder)
    deadline = time.monotonic() + 30
    while True:
        try:
            server._connect().close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        else:
            return process
