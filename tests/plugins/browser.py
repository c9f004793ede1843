"""A real Chromium that visits the application under test, and a judge of accessibility.

    def test_the_front_page_speaks_arabic(browser, live_server):
        visitor = browser(language="ar", phone=True, javascript=False)
        visitor.visit("/")
        visitor.click("button", "…")
        assert visitor.page.locator("html").get_attribute("dir") == "rtl"

Every page that a visitor shows is checked: axe finds no violation, and nothing scrolls sideways.
At the end of the test no request has left 127.0.0.1, no page failed, no script threw, the console
holds no error, and no page was shown unchecked.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.plugins.absence import leave_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

PROGRAMS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("/usr/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
FLAGS = (
    # The sandbox needs rights that root and most containers do not have; we visit only ourselves.
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
PATIENCE_MS = 10_000


class Visitor:
    """One person's browser window on the application, and a record of what went on in it."""

    def __init__(self, context: "BrowserContext", base: str, *, javascript: bool) -> None:
        self.base = base
        self.javascript = javascript
        self.faults: list[str] = []
        self.unchecked: list[str] = []
        context.on("request", self._note_request)
        context.on("response", self._note_response)
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("framenavigated", lambda frame: self.unchecked.append(frame.url))
        self.page.on("pageerror", lambda error: self.faults.append(f"A script threw: {error}"))
        self.page.on("console", self._note_console)
        self._control = context.new_cdp_session(self.page)
        self._let_scripts_run(allowed=javascript)

    def visit(self, path: str) -> "Page":
        """Open a page of the application and check it."""
        self.page.goto(urljoin(self.base, path))
        self.check()
        return self.page

    def click(self, role: str, name: str) -> "Page":
        """Click what a person would call this, wait for the page that follows, and check it."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).click()
        self.check()
        return self.page

    def press(self, keys: str) -> "Page":
        """Press keys that lead to another page (`Enter`), wait for it, and check it."""
        with self.page.expect_navigation():
            self.page.keyboard.press(keys)
        self.check()
        return self.page

    def check(self) -> None:
        """Refuse what axe calls a violation, and content wider than the window."""
        self.page.wait_for_load_state("load")
        # Axe is a script itself; where the visitor has none, only axe may run, and only now.
        self._let_scripts_run(allowed=True)
        violations = find_violations(self.page)
        overflow = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        self._let_scripts_run(allowed=self.javascript)
        self.unchecked.clear()
        assert not violations, f"{self.page.url}:\n" + "\n".join(violations)
        assert overflow <= 0, f"{self.page.url} is {overflow} px wider than the window"

    def _let_scripts_run(self, *, allowed: bool) -> None:
        self._control.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def _note_request(self, request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname != "127.0.0.1":
            self.faults.append(f"A request left the machine: {request.url}")

    def _note_response(self, response: "Response") -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400):
            self.faults.append(f"{response.url} answered {response.status}")

    def _note_console(self, message: "ConsoleMessage") -> None:
        # The status of every response is judged above; a refused form is no fault.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"The console says: {message.text}")


def find_violations(page: "Page") -> list[str]:
    """What axe finds wrong with the page as it stands, one line for each element."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']} ({violation['impact']}) at {json.dumps(node['target'])}: "
        f"{node['failureSummary']}\n    {node['html']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _window(phone: bool | int) -> dict[str, int]:
    if phone is False:
        return DESKTOP
    return PHONE if phone is True else {**PHONE, "width": phone}


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the tests read the pages, not a log."""


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of `app`, served by threads of this process on a free port of 127.0.0.1."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, name="live server")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The one Chromium of this test process."""
    if sync_playwright is None:
        leave_out("Playwright is not installed", "Install it with: ./run setup --dev")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        leave_out("Chromium is not on this machine", "On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def browser(chromium: "Browser", live_server: str) -> Iterator[Callable[..., Visitor]]:
    """`browser(phone=…, javascript=…, language=…, dark=…)` opens one person's window.

    A phone is 320 px wide, the narrowest there is, or as wide as is said.
    """
    opened: list[tuple[BrowserContext, Visitor]] = []

    def open_window(
        *,
        phone: bool | int = False,
        javascript: bool = True,
        language: str = "en",
        dark: bool = False,
    ) -> Visitor:
        context = chromium.new_context(
            viewport=_window(phone),
            has_touch=bool(phone),
            locale=language,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        opened.append((context, Visitor(context, live_server, javascript=javascript)))
        return opened[-1][1]

    yield open_window
    for context, _visitor in opened:
        context.close()
    faults = [fault for _context, visitor in opened for fault in visitor.faults]
    assert not faults, "\n".join(faults)
    unchecked = [url for _context, visitor in opened for url in visitor.unchecked]
    assert not unchecked, f"Shown but not checked for accessibility: {unchecked}"


@pytest.fixture
def axe() -> Callable[["Page"], list[str]]:
    """Judge a page that no `Visitor` opened; returns one line for each violation."""
    return find_violations
