"""Respondents against a real server process: how many, how fast, and what is lost.

    python -m benchmarks.respond --seconds 20 --concurrency 16 --db sqlite|postgresql [--kill]

Each journey is a person's: the open link, every page of the questionnaire with all questions
answered, the check page, the receipt. What the server acknowledged is compared with what it
stored. With --kill the server is killed (-9) halfway and started again.
"""

import argparse
import http
import http.client
import json
import os
import random
import re
import statistics
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, func, select

from app import create_app
from benchmarks.browser import Browser
from benchmarks.reporting import print_report
from benchmarks.server import Server, private_store
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core.config import Settings
from core.db import get_database
from core.schema import upgrade
from surveys import instruments
from surveys.models import Submission, SubmissionState

LIBRARY = Path(__file__).parents[1] / "surveys" / "library"
RECEIPT = re.compile(rb'<span class="code">([A-Z2-9]{10})</span>')
RESTART_SECONDS = 40


@dataclass(slots=True)
class Tally:
    """What all respondents saw together."""

    times: list[float] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    errors: int = 0
    retries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--db", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--questionnaire", type=Path, default=LIBRARY / "summit_round_1.json")
    arguments = parser.parse_args()
    with private_store(arguments.db) as (folder, url):
        server = Server(folder, url)
        start_path = prepare(server, arguments.questionnaire)
        server.start()
        try:
            figures = _drive(server, start_path, arguments)
            figures.update(_compare(server, figures.pop("receipts")))
        finally:
            server.kill()
        print_report("respond", {"db": arguments.db, "killed": arguments.kill, **figures})


def prepare(server: Server, questionnaire: Path) -> str:
    """A store with one open round; returns the path of its open link."""
    settings = Settings.from_env({k: str(v) for k, v in server.environment.items()})
    app = create_app(settings)
    database = get_database(app)
    now = datetime.now(UTC)
    with app.app_context():
        upgrade(database)
        with database.transaction() as session:
            row = _open_round(session, json.loads(questionnaire.read_text("utf-8")), now)
            path = f"/o/{row.public_id}"
    database.dispose()
    return path


def _open_round(session: Session, raw: dict[str, Any], now: datetime) -> Round:
    consultation = Consultation(
        slug="bench", title={"en": "Benchmark"}, is_public=True, created_at=now
    )
    session.add(consultation)
    session.flush()
    row = Round(
        consultation_id=consultation.id or 0,
        number=1,
        title={"en": "Round"},
        identity_mode=IdentityMode.ANONYMOUS,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=1),
    )
    session.add(row)
    session.flush()
    made = instruments.add(session, consultation, raw, now)
    instruments.assign(session, consultation, row, made.id or 0)
    instruments.freeze(session, row, now)
    row.state = RoundState.OPEN
    session.add(row)
    session.flush()
    return row


def _drive(server: Server, start_path: str, arguments: argparse.Namespace) -> dict[str, Any]:
    tally = Tally()
    ends_at = time.monotonic() + arguments.seconds
    cpu = server.cpu_seconds()
    people = [
        threading.Thread(target=_respond_until, args=(server, start_path, ends_at, tally, seed))
        for seed in range(arguments.concurrency)
    ]
    started = time.monotonic()
    for person in people:
        person.start()
    if arguments.kill:
        time.sleep(arguments.seconds / 2)
        server.kill()
        server.start()
        cpu = 0.0
    for person in people:
        person.join()
    elapsed = time.monotonic() - started
    times = sorted(tally.times)
    return {
        "seconds": round(elapsed, 2),
        "concurrency": arguments.concurrency,
        "journeys_per_s": round(len(tally.receipts) / elapsed, 2),
        "requests_per_s": round(len(times) / elapsed, 1),
        "p50_ms": round(1000 * statistics.median(times), 1),
        "p95_ms": round(1000 * times[int(0.95 * len(times))], 1),
        "server_cpu_ms": round(1000 * (server.cpu_seconds() - cpu) / len(times), 2),
        "errors": tally.errors,
        "retries": tally.retries,
        "receipts": tally.receipts,
    }


def _respond_until(
    server: Server, start_path: str, ends_at: float, tally: Tally, seed: int
) -> None:
    dice = random.Random(seed)
    while time.monotonic() < ends_at:
        person = Browser(server.base)
        try:
            _journey(_Patient(person, tally), start_path, dice, tally)
        except (OSError, http.client.HTTPException, ValueError):
            with tally.lock:
                tally.errors += 1
        finally:
            person.close()


class _Patient:
    """A person who tries again when the connection breaks, as people do."""

    def __init__(self, browser: Browser, tally: Tally) -> None:
        self.browser = browser
        self.tally = tally

    def get(self, path: str) -> Any:
        return self._try(lambda: self.browser.get(path))

    def post(self, path: str, values: list[tuple[str, str]]) -> Any:
        return self._try(lambda: self.browser.post(path, values))

    def _try(self, act: Any) -> Any:
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            started = time.monotonic()
            try:
                answer = act()
            except (OSError, http.client.HTTPException):
                self.browser.close()
                with self.tally.lock:
                    self.tally.retries += 1
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)
                continue
            with self.tally.lock:
                self.tally.times.append(time.monotonic() - started)
            if answer.status >= http.HTTPStatus.BAD_REQUEST:
                message = f"status {answer.status}"
                raise ValueError(message)
            return answer


def _journey(person: _Patient, start_path: str, dice: random.Random, tally: Tally) -> None:
    begin = person.get(start_path).read()
    form = next(form for form in begin.forms if form.action.endswith("/start"))
    place = person.post(form.action, form.fill(dice)).location
    while not place.endswith("/check"):
        page = person.get(place).read()
        form = next(form for form in page.forms if form.action.startswith("/s/"))
        values = [*form.fill(dice), ("go", "next")]
        place = person.post(form.action, values).location
    page = person.get(place).read()
    form = next(form for form in page.forms if form.action.endswith("/submit"))
    place = person.post(form.action, form.fill(dice)).location
    receipt = RECEIPT.search(person.get(place).body)
    if receipt is None:
        raise ValueError("no receipt")
    with tally.lock:
        tally.receipts.append(receipt[1].decode())


def _compare(server: Server, receipts: list[str]) -> dict[str, Any]:
    """Receipts that respondents hold against submissions that are stored."""
    settings = Settings.from_env({k: str(v) for k, v in server.environment.items()})
    database = get_database(create_app(settings))
    with database.read_session() as session:
        stored = set(
            session.exec(
                select(Submission.receipt).where(Submission.state == SubmissionState.SUBMITTED)
            )
        )
        rows = session.exec(
            select(func.count())
            .select_from(Submission)
            .where(Submission.state == SubmissionState.SUBMITTED)
        ).one()
    database.dispose()
    return {
        "acknowledged": len(receipts),
        "stored": rows,
        "lost": len(set(receipts) - stored),
        "doubled": len(receipts) - len(set(receipts)) + rows - len(stored),
        "client_processes": 1,
        "load_average": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    main()
