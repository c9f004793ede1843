"""The fixtures do what the other tests rely on, and can fail."""

import os
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import psycopg
import pytest
from flask import Flask, request
from sqlalchemy import create_engine, text

from tests.plugins.offline.sitecustomize import OutsideConnection, is_own_machine

PLAIN = (
    "<!doctype html><html lang=en><title>Plain</title><main><h1>Plain</h1>"
    "<form method=post><label>Name <input name=name></label><button>Send</button></form></main>"
)
PAGES = {
    "/faulty": "<!doctype html><html><p><img src=data:,></p></html>",
    "/wide": PLAIN + "<hr style='width: 3000px'>",
    "/leaving": f"{PLAIN}<aside><img alt='A map' src='http://tiles.example.org/map.png'></aside>",
    "/script": PLAIN + "<script>document.title = 'A script ran'</script>",
    "/throwing": PLAIN + "<script>nothing()</script>",
}


def test_connections_beyond_this_machine_are_refused():
    with pytest.raises(OutsideConnection), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(OutsideConnection):
        socket.getaddrinfo("example.org", 80)


def test_connections_to_this_machine_are_allowed():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.parametrize(
    ("host", "own"),
    [
        *[("127.0.0.1", True), ("::1", True), ("localhost", True), (b"127.9.9.9", True)],
        *[("10.0.0.1", False), ("0.0.0.1", False), ("localhost.example.org", False)],
    ],
)
def test_only_loopback_counts_as_this_machine(host: str, own: bool):
    assert is_own_machine(host) is own


def test_the_guard_reaches_the_processes_that_tests_start(offline_environment: dict[str, str]):
    script = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=offline_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "OutsideConnection" in done.stderr


def test_both_stores_start_empty_and_accept_tables(database_url: str):
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
        connection.execute(text("INSERT INTO note VALUES ('كلمة')"))
        assert connection.execute(text("SELECT words FROM note")).scalar() == "كلمة"
    engine.dispose()


builds = []


def build_a_table(url: str) -> None:
    builds.append(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
    engine.dispose()


def test_copies_of_a_database_are_built_once_and_do_not_share_rows(database_copy):
    before = len(builds)
    urls = [database_copy(build_a_table), database_copy(build_a_table)]
    assert len(builds) <= before + 1
    for url in urls:
        engine = create_engine(url)
        with engine.begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM note")).scalar() == 0
            connection.execute(text("INSERT INTO note VALUES ('one')"))
        engine.dispose()


@pytest.mark.postgresql
def test_the_private_server_listens_on_no_port(postgresql_url: str):
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        owner = Path(connection.execute("SHOW data_directory").fetchone()[0]).stat().st_uid
    assert owner != 0
    assert owner == os.geteuid() or os.geteuid() == 0


def test_shared_reference_data_stays_outside_the_repository(shared_data: Path):
    assert list((shared_data / "data").iterdir())
    assert Path(__file__).resolve().parents[2] not in shared_data.resolve().parents


class TestBrowser:
    """A browser test notices what it promises to notice."""

    pytestmark = pytest.mark.browser

    @pytest.fixture
    def app(self) -> Flask:
        app = Flask(__name__)
        app.add_url_rule("/", "plain", lambda: PLAIN + request.method, methods=["GET", "POST"])
        app.add_url_rule("/broken", "broken", lambda: (PLAIN, 500))
        for path, page in PAGES.items():
            app.add_url_rule(path, path, partial(str, page))
        return app

    def test_a_form_is_sent_without_scripts(self, browser):
        visitor = browser(phone=True, javascript=False)
        visitor.visit("/")
        visitor.page.get_by_label("Name").fill("A person")
        visitor.click("button", "Send")
        assert "POST" in visitor.page.content()

    def test_scripts_are_off_where_the_visitor_has_none(self, browser):
        visitor = browser(javascript=False)
        visitor.visit("/script")
        assert visitor.page.title() == "Plain"

    def test_a_faulty_page_is_refused(self, browser):
        with pytest.raises(AssertionError, match="image-alt"):
            browser().visit("/faulty")

    def test_a_page_wider_than_the_phone_is_refused(self, browser):
        with pytest.raises(AssertionError, match="wider than the window"):
            browser(phone=True).visit("/wide")

    @pytest.mark.parametrize(
        ("path", "fault"),
        [
            ("/broken", "answered 500"),
            ("/leaving", "left the machine"),
            ("/throwing", "A script threw"),
        ],
    )
    def test_faults_of_a_page_are_noted(self, browser, path: str, fault: str):
        visitor = browser()
        visitor.visit(path)
        assert any(fault in noted for noted in visitor.faults)
        visitor.faults.clear()

    def test_a_page_shown_but_not_checked_is_noted(self, browser):
        visitor = browser()
        visitor.page.goto(visitor.base)
        assert visitor.unchecked == [visitor.base]
        visitor.check()
        assert visitor.unchecked == []
