"""Respondents against a real server process: how many, how fast, and what is lost.

    python -m benchmarks.respond --seconds 20 --concurrency 16 --db sqlite|postgresql [--kill]

Each journey is a person's: the open link, every page of the questionnaire with all questions
answered, the check page, the receipt. What the server acknowledged is compared with what it
stored. With --kill the server is killed (-9) halfway and started again. With --rate people come
as they come: so many pages a second are asked for, whether or not the server keeps up, and the
times count from when a page was due. With --stored the round holds so many submissions before
anybody comes. One journey goes before the clock starts. `server_cpu_ms` is the server's processor
time for each request; `page_cpu_ms` is all of it over the pages handed in: the page, the one that
follows, the beginning and the end.
`memory_kb_per_journey` is the slope of the server's memory over the second half of the journeys.
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

from sqlmodel import Session, col, func, insert, select

from app import create_app
from benchmarks.browser import Browser
from benchmarks.questionnaires import twenty_questions
from benchmarks.reporting import print_report
from benchmarks.server import Server, private_store
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core.config import Settings
from core.db import get_database, new_id
from core.schema import upgrade
from surveys import instruments
from surveys.models import RoundQuestionnaire, Submission, SubmissionChannel, SubmissionState

LIBRARY = Path(__file__).parents[1] / "surveys" / "library"
RECEIPT = re.compile(rb'<span class="code">([A-Z2-9]{10})</span>')
RESTART_SECONDS = 40
#: The receipt of submissions that were stored before anybody came.
FILLED = "FILLED"
BATCH = 5_000
FEWEST_SAMPLES = 5


@dataclass(slots=True)
class Tally:
    """What all respondents saw together."""

    times: list[float] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    #: How long a person waited from a page being due to the next one standing there.
    page_times: list[float] = field(default_factory=list)
    most: int | None = None
    errors: int = 0
    retries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_enough(self) -> bool:
        return self.most is not None and len(self.receipts) >= self.most


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--db", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--rate", type=float, help="pages a second, as an open loop")
    parser.add_argument("--stored", type=int, default=0, help="submissions there are before")
    parser.add_argument("--journeys", type=int, help="stop after so many, whatever the seconds")
    parser.add_argument("--questionnaire", type=Path, help="by default twenty questions")
    arguments = parser.parse_args()
    with private_store(arguments.db) as (folder, url):
        server = Server(folder, url)
        start_path = prepare(server, arguments.questionnaire, arguments.stored)
        server.start()
        try:
            figures = _drive(server, start_path, arguments)
            figures.update(_compare(server, figures.pop("receipts")))
        finally:
            server.kill()
        print_report("respond", {"db": arguments.db, "killed": arguments.kill, **figures})


def prepare(server: Server, questionnaire: Path | None, stored: int = 0) -> str:
    """A store with one open round; returns the path of its open link."""
    settings = Settings.from_env({k: str(v) for k, v in server.environment.items()})
    app = create_app(settings)
    database = get_database(app)
    now = datetime.now(UTC)
    with app.app_context():
        upgrade(database)
        with database.transaction() as session:
            raw = json.loads(questionnaire.read_text("utf-8")) if questionnaire else None
            row = open_round(session, raw or twenty_questions(), now)
            path = f"/o/{row.public_id}"
            fill(session, row, stored, now)
    database.dispose()
    return path


def open_round(session: Session, raw: dict[str, Any], now: datetime) -> Round:
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


def fill(session: Session, row: Round, count: int, now: datetime) -> None:
    """Store submissions as if they had come before; their answers are of the usual size."""
    questionnaire_id = session.exec(
        select(RoundQuestionnaire.questionnaire_id).where(RoundQuestionnaire.round_id == row.id)
    ).one()
    answers = {
        f"q{number}": {"state": "answered", "value": number % 5 + 1} for number in range(1, 21)
    }
    for start in range(0, count, BATCH):
        session.connection().execute(
            insert(Submission),
            [
                {
                    "id": new_id(),
                    "round_id": row.id,
                    "questionnaire_id": questionnaire_id,
                    "answer_hash": new_id(),
                    "identity_mode": row.identity_mode,
                    "state": SubmissionState.SUBMITTED,
                    "channel": SubmissionChannel.OPEN_LINK,
                    "answers": answers,
                    "language": "en",
                    "sector": "academia",
                    "revision": 6,
                    "receipt": FILLED,
                    "submitted_on": now.date(),
                }
                for _place in range(start, min(start + BATCH, count))
            ],
        )


def _drive(server: Server, start_path: str, arguments: argparse.Namespace) -> dict[str, Any]:
    tally = Tally(most=arguments.journeys)
    first = _warm_up(server, start_path)
    ends_at = time.monotonic() + arguments.seconds
    cpu = server.cpu_seconds()
    samples: list[tuple[int, float]] = []
    clock = Clock(arguments.rate)
    people = [
        threading.Thread(
            target=_respond_until, args=(server, start_path, ends_at, tally, clock, seed)
        )
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
    while any(person.is_alive() for person in people):
        samples.append((len(tally.receipts), server.memory_mb()))
        people[0].join(timeout=1)
    for person in people:
        person.join()
    elapsed = time.monotonic() - started
    times, pages = sorted(tally.times), sorted(tally.page_times)
    used = 1000 * (server.cpu_seconds() - cpu)
    return {
        "seconds": round(elapsed, 2),
        "concurrency": arguments.concurrency,
        "rate": arguments.rate,
        "stored_before": arguments.stored,
        "journeys_per_s": round(len(tally.receipts) / elapsed, 2),
        "requests_per_s": round(len(times) / elapsed, 1),
        "pages_per_s": round(len(pages) / elapsed, 1),
        "p50_ms": round(1000 * statistics.median(times), 1),
        "p95_ms": round(1000 * times[int(0.95 * len(times))], 1),
        "page_p50_ms": round(1000 * statistics.median(pages), 1),
        "page_p95_ms": round(1000 * pages[int(0.95 * len(pages))], 1),
        "server_cpu_ms": round(used / len(times), 2),
        "page_cpu_ms": round(used / len(pages), 2),
        "memory_mb": round(server.memory_mb(), 1),
        "memory_kb_per_journey": _slope(samples),
        "errors": tally.errors,
        "retries": tally.retries,
        "receipts": [*first, *tally.receipts],
    }


def _slope(samples: list[tuple[int, float]]) -> float | None:
    """Kilobytes a journey over the second half, by least squares; the first half fills caches."""
    half = [sample for sample in samples if sample[0] >= samples[-1][0] / 2]
    if len({count for count, _memory in half}) < FEWEST_SAMPLES:
        return None
    counts, memory = zip(*half, strict=True)
    return round(1024 * statistics.linear_regression(counts, memory).slope, 3)


def _warm_up(server: Server, start_path: str) -> list[str]:
    """One journey before the clock starts: a server that has just started compiles its pages."""
    person, tally = Browser(server.base), Tally()
    _journey(_Patient(person, tally, Clock(None)), start_path, random.Random(0), tally)
    person.close()
    return tally.receipts


class Clock:
    """When the next page is due, for all respondents together; at once without a rate."""

    def __init__(self, rate: float | None) -> None:
        self.step = 1 / rate if rate else 0.0
        self.next = time.monotonic()
        self.lock = threading.Lock()

    def wait(self) -> float:
        """Wait until a page is due and return when that was."""
        if not self.step:
            return time.monotonic()
        with self.lock:
            due = self.next
            self.next += self.step
        time.sleep(max(0.0, due - time.monotonic()))
        return due


def _respond_until(
    server: Server, start_path: str, ends_at: float, tally: Tally, clock: Clock, seed: int
) -> None:
    dice = random.Random(seed)
    while time.monotonic() < ends_at and not tally.is_enough():
        person = Browser(server.base)
        try:
            _journey(_Patient(person, tally, clock), start_path, dice, tally)
        except (OSError, http.client.HTTPException, ValueError):
            with tally.lock:
                tally.errors += 1
        finally:
            person.close()


class _Patient:
    """A person who tries again when the connection breaks, as people do."""

    def __init__(self, browser: Browser, tally: Tally, clock: Clock) -> None:
        self.browser = browser
        self.tally = tally
        self.clock = clock

    def hand_in(self, path: str, values: list[tuple[str, str]]) -> Any:
        """Send a page and get the next one, as one wait of the person."""
        due = self.clock.wait()
        answer = self.post(path, values)
        following = self.get(answer.location)
        with self.tally.lock:
            self.tally.page_times.append(time.monotonic() - due)
        return answer.location, following

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
    answer = person.get(place)
    while not place.endswith("/check"):
        form = next(form for form in answer.read().forms if form.action.startswith("/s/"))
        place, answer = person.hand_in(form.action, [*form.fill(dice), ("go", "next")])
    form = next(form for form in answer.read().forms if form.action.endswith("/submit"))
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
                select(Submission.receipt).where(
                    Submission.state == SubmissionState.SUBMITTED, col(Submission.receipt) != FILLED
                )
            )
        )
        rows = session.exec(
            select(func.count())
            .select_from(Submission)
            .where(Submission.state == SubmissionState.SUBMITTED, col(Submission.receipt) != FILLED)
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
