"""A real server process for measurements, on a free port of this machine."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.plugins.postgresql import (
    OPTIONS,
    PostgresServer,
    find_programs,
    initialise,
    server_user,
    start_server,
)

ROOT = Path(__file__).parents[1]
# A cold start on a machine with other work; a start that fails is seen at once.
PATIENCE_SECONDS = 180
CAREFUL = {**OPTIONS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`flask serve` as an operator would start it."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.environment = {
            **os.environ,
            "POLYLOGUE_ENVIRONMENT": "production",
            "POLYLOGUE_SECRET_KEY": "a secret of a benchmark that guards nothing at all",
            "POLYLOGUE_BASE_URL": self.base,
            "POLYLOGUE_INSTANCE": str(folder),
            "POLYLOGUE_DATABASE_URL": database_url,
            "POLYLOGUE_PORT": str(self.port),
            "POLYLOGUE_MAIL_FOLDER": str(folder / "mail"),
            "POLYLOGUE_RATE_LIMITS": "no",
            "POLYLOGUE_LOG_LEVEL": "WARNING",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.is_up():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        message = (self.folder / "server.log").read_text(encoding="utf-8")[-2000:]
        raise RuntimeError(message)

    def is_up(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """-9: no goodbye, nothing flushed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self) -> float:
        """What the process has used, where the system tells."""
        if self.process is None:
            return 0.0
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        parts = fields.rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """What the process holds in memory, where the system tells."""
        if self.process is None:
            return 0.0
        try:
            fields = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="utf-8").split()
        except OSError:
            return 0.0
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


@contextmanager
def private_store(kind: str) -> Iterator[tuple[Path, str]]:
    """A folder, and the URL of an empty store of this kind."""
    folder = Path(tempfile.mkdtemp(prefix="polylogue-bench-"))
    try:
        if kind == "sqlite":
            yield folder, f"sqlite:///{folder / 'bench.sqlite3'}"
        else:
            with _postgresql() as url:
                yield folder, url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgresql() -> Iterator[str]:
    """A PostgreSQL server of our own, as careful with its disk as one in use."""
    programs, user = find_programs(), server_user()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed. On Debian: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="polylogue-bench-pg-", dir="/tmp"))
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        initialise(programs, folder, user)
        process = start_server(programs, folder, user, CAREFUL)
        try:
            server = PostgresServer(folder)
            yield server.url(server.create())
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
