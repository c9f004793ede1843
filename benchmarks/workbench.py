"""The analyst's workbench at size: how long each page and each action takes.

    python -m benchmarks.workbench FOLDER [--codes 120] [--browser]

FOLDER holds responses and texts as `benchmarks.whitepaper` takes them. The texts are imported, a
run is computed, the starting codebook is begun, the machine codes every answer, and two invented
coders read a sample (by chance: their codes measure time, not truth). Then each page and each
action is asked for, three times; what is told is the middle one, in seconds of the wall and of
the processor. `--browser` also draws the map in Chromium, from the click to the finished map.
"""

import argparse
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.serving import make_server

from benchmarks.reporting import fresh_app, peak_mb, print_report
from benchmarks.whitepaper import MAPPING, import_twice
from consultation.people.models import RoleGrant
from consultation.process.models import Consultation
from core.auth.models import Account
from core.auth.permissions import Role
from core.auth.services import create_account, open_account_session
from core.db import get_database
from core.security import current_settings
from results.refresh import refresh
from results.workbench import files, intake, jobs, readings, services
from results.workbench.edits import Actor
from results.workbench.models import Codebook, Purpose, Theme, ThemeKind
from results.workbench.queries import coded_themes, themes
from tests.plugins.browser import FLAGS, PROGRAMS

SLUG = "whitepaper"
TIMES = 3
SEED = 20_260_405


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mapping", type=Path, default=MAPPING)
    parser.add_argument("--codes", type=int, default=120)
    parser.add_argument("--browser", action="store_true")
    arguments = parser.parse_args()
    with fresh_app() as app:
        app.config["WTF_CSRF_ENABLED"] = False
        figures = _prepare(arguments.folder, arguments.mapping, arguments.codes)
        client = _signed_in(app)
        pages = {name: _measure(client, "get", path) for name, path in _pages().items()}
        actions = {
            name: _measure(client, "post", path, data) for name, (path, data) in _actions().items()
        }
        if arguments.browser:
            figures["map_in_browser_s"] = _draw_map(app)
        slowest = max([*pages.items(), *actions.items()], key=lambda pair: pair[1]["wall_s"])
        print_report(
            "workbench",
            {
                **figures,
                "pages": pages,
                "actions": actions,
                "slowest": slowest[0],
                "slowest_wall_s": slowest[1]["wall_s"],
                "peak_mb": peak_mb(),
            },
        )


def _timed(work: Callable[[], Any]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall_s": round(time.perf_counter() - wall, 3),
        "cpu_s": round(time.process_time() - cpu, 3),
    }


def _prepare(folder: Path, mapping: Path, codes: int) -> dict[str, Any]:
    database, now = get_database(), datetime.now(UTC)
    outcome, _unchanged = import_twice(folder, mapping)
    run = _timed(lambda: refresh(database, SLUG, now=now))
    with database.transaction() as session:
        place = session.exec(select(Consultation)).one()
        actor = Actor(by="benchmark", now=now)
        book = services.begin(session, place, now)
        intake.take_in(session, book, files.starting(), "starting", actor)
        accounts = [_account(session, place, name, now) for name in ("first", "second")]
        for number, account in enumerate(accounts, start=1):
            readings.assign(session, book, number, account, now)
    instance = current_settings().instance_path
    first = _timed(lambda: jobs.code_now(database, SLUG, instance, now))
    with database.transaction() as session:
        readings.draw(session, book, codes, seed=SEED, by="benchmark", now=now)
        for number, account in enumerate(accounts, start=1):
            _read_sample(session, book, number, account)
    again = _timed(lambda: jobs.code_now(database, SLUG, instance, datetime.now(UTC)))
    return {
        "texts": outcome.texts,
        "sample": codes,
        "run": run,
        "coding_from_names": first,
        "coding_again_with_codes": again,
    }


def _account(session: Session, place: Consultation, name: str, now: datetime) -> Account:
    account = create_account(session, email=f"{name}@example.org", name=name, now=now)
    session.add(
        RoleGrant(
            consultation_id=place.id or 0,
            account_id=account.id or 0,
            role=Role.ANALYST,
            granted_at=now,
        )
    )
    session.flush()
    return account


def _read_sample(session: Session, book: Codebook, place: int, account: Account) -> None:
    """Codes by chance, the same in each run of the benchmark."""
    chance = random.Random(f"{SEED}:{place}")
    rows = coded_themes(themes(session, book))
    while answer := readings.next_answer(session, book, place, Purpose.AUDIT):
        given = {row.public_id: "yes" if chance.random() < 0.15 else "no" for row in rows}
        said = readings.said(rows, given, answer.id, answer.text_hash, Purpose.AUDIT)
        readings.record(session, book, place, account, said, datetime.now(UTC))


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with get_database().transaction() as session:
        account = session.exec(select(Account).where(Account.email == "first@example.org")).one()
        token = open_account_session(session, account, datetime.now(UTC))
    with client.session_transaction() as cookie:
        cookie["account"] = token
    return client


def _a_theme() -> Theme:
    with get_database().read_session() as session:
        return session.exec(
            select(Theme).where(Theme.kind == ThemeKind.THEME).order_by("id").limit(1)
        ).one()


def _pages() -> dict[str, str]:
    theme = _a_theme().public_id
    return {
        "overview": "",
        "topics and map": "topics",
        "one topic": "topics/0",
        "codebook": "codebook",
        "one theme": f"themes/{theme}",
        "one theme, page 2": f"themes/{theme}?page=2",
        "label, to teach": "label?mode=teach",
        "label, the sample": "label?mode=audit",
        "coders": "coders",
        "agreement": "agreement",
        "adjudicate": "adjudicate",
        "shares by region": "shares",
        "shares by crossing": "shares?by=region_sector",
        "keyness": "keyness",
        "log": "log",
        "sign-off": "sign-off",
        "export": "codebook/export.csv",
    }


def _actions() -> dict[str, tuple[str, dict[str, Any]]]:
    with get_database().read_session() as session:
        book = session.exec(select(Codebook)).one()
        rows = coded_themes(themes(session, book))
        answer = readings.next_answer(session, book, 1, Purpose.TEACH)
        assert answer is not None  # noqa: S101 - thousands are left
    first, second = rows[0].public_id, rows[1].public_id
    label = {
        "contribution": answer.id,
        "hash": answer.text_hash,
        "mode": "teach",
        "shown": " ".join(row.public_id for row in rows),
        f"t-{first}": "yes",
    }
    return {
        "label an answer": ("label", label),
        "move an answer": (f"themes/{first}/move", {"answer": answer.id, "target": second}),
        "mark as noise": (f"themes/{first}/state", {"state": "noise"}),
        "use again": (f"themes/{first}/state", {"state": "active"}),
        "propose parts": (f"themes/{second}/split", {"parts": "3"}),
        "a larger sample": ("sample", {"size": "5000"}),
        "merge": (f"themes/{first}/merge", {"target": second}),
        "sign off": ("sign-off", {}),
    }


def _measure(
    client: FlaskClient, method: str, path: str, data: dict[str, Any] | None = None
) -> dict[str, float]:
    # An action changes what it would find the second time: it is asked for once.
    times = TIMES if method == "get" else 1
    # A thread has no application context yet, so that each request gets one of its own.
    with ThreadPoolExecutor(1) as thread:
        found = [
            _timed(lambda: thread.submit(_ask, client, method, path, data).result())
            for _number in range(times)
        ]
    return {name: median(one[name] for one in found) for name in ("wall_s", "cpu_s")}


def _ask(client: FlaskClient, method: str, path: str, data: dict[str, Any] | None) -> None:
    response = client.open(f"/workbench/{SLUG}/{path}", method=method.upper(), data=data)
    # A theme with few answers is not split, and says so: that is an answer too.
    if response.status_code not in {200, 303, 409}:
        message = f"{path} answered {response.status_code}"
        raise RuntimeError(message)


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def _draw_map(app: Flask) -> float:
    """Seconds from asking for the page of topics to a drawn map, in Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an optional package

    program = next(filter(None, map(which, PROGRAMS)), None)
    client = _signed_in(app)
    cookie = client.get_cookie("__Host-session") or client.get_cookie("session")
    assert cookie is not None  # noqa: S101 - it was set just now
    found = []
    with _served(app) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        context = browser.new_context()
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
        for _number in range(TIMES):
            page = context.new_page()
            started = time.perf_counter()
            page.goto(f"{base}/workbench/{SLUG}/topics")
            page.wait_for_selector("[data-figure=map] .point")
            found.append(time.perf_counter() - started)
        browser.close()
    return round(median(found), 3)


if __name__ == "__main__":
    main()
