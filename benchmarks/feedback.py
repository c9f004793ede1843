"""The outcome of a large round: reading its answers, and the feedback that its people will see.

    python -m benchmarks.feedback --responses N [--database-url URL] [--seed S]

Stores N synthetic responses (four ratings with reasons, a ranking of twelve items) in an empty
store, then works out the feedback as closing the round does.
"""

import argparse
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
from flask import current_app
from sqlalchemy import insert
from sqlmodel import Session

from benchmarks.reporting import fresh_app, peak_mb, print_report
from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.people.classifications import SECTORS, groups
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core.db import get_database, new_id
from results.computing.inputs import group_texts
from results.rounds.answers import answers_of
from results.rounds.feedback import Terms, feedback_of
from surveys import instruments
from surveys.models import Submission, SubmissionChannel, SubmissionState

RATINGS = ("safety", "rights", "work", "climate")
ITEMS = tuple(f"item{number}" for number in range(1, 13))
WORDS = [
    "harm",
    "grows",
    "with",
    "reach",
    "rules",
    "cost",
    "the",
    "small",
    "trust",
    "needs",
    "proof",
    "who",
    "pays",
    "decides",
]
BATCH = 5_000


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=100_000)
    parser.add_argument("--database-url", default=None)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with fresh_app(arguments.database_url):
        row_id, stored = _store(arguments.responses, arguments.seed)
        print_report("feedback", {**stored, **_measure(row_id)})


def _measure(row_id: int) -> dict[str, Any]:
    before = peak_mb()
    figures: dict[str, Any] = {}
    with get_database(current_app).read_session() as session:
        row = session.get(Round, row_id)
        assert row is not None  # noqa: S101 - it was stored a moment ago
        wall, cpu = time.perf_counter(), time.process_time()
        answers = answers_of(session, row)
        assert answers is not None  # noqa: S101 - the round asks something
        figures |= {"read_s": _since(wall), "read_cpu_s": _cpu(cpu)}
        wall, cpu = time.perf_counter(), time.process_time()
        terms = Terms({"region": group_texts(groups("un_group")), "sector": group_texts(SECTORS)})
        found = feedback_of(session, answers, terms)
        figures |= {"feedback_s": _since(wall), "feedback_cpu_s": _cpu(cpu)}
    return figures | {"items": len(found["items"]), "before_mb": before, "peak_mb": peak_mb()}


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)


def _cpu(started: float) -> float:
    return round(time.process_time() - started, 2)


def _document() -> dict[str, Any]:
    questions: list[dict[str, Any]] = []
    for code in RATINGS:
        questions.append(_question(code, "rating_scale", {"points": 5}))
        questions.append(_question(f"{code}_why", "long_text", {}))
    items = [{"code": code, "label": {"en": code}} for code in ITEMS]
    questions.append(_question("order", "ranking", {"items": items, "top": 5}))
    return {
        "title": {"en": "Benchmark"},
        "languages": ["en"],
        "default_language": "en",
        "sections": [{"code": "all", "title": {"en": "All"}, "questions": questions}],
    }


def _question(code: str, kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "kind": kind, "label": {"en": code}, "settings": settings}


def _store(responses: int, seed: int) -> tuple[int, dict[str, Any]]:
    now = datetime.now(UTC)
    database = get_database(current_app)
    with database.transaction() as session:
        place = Consultation(slug="bench", title={"en": "Bench"}, created_at=now)
        session.add(place)
        session.flush()
        row = Round(
            consultation_id=place.id or 0,
            number=1,
            identity_mode=IdentityMode.ANONYMOUS,
            opens_at=now - timedelta(days=9),
            closes_at=now - timedelta(days=1),
        )
        session.add(row)
        session.flush()
        made = instruments.add(session, place, _document(), now)
        instruments.assign(session, place, row, made.id or 0)
        instruments.freeze(session, row, now)
        row.state = RoundState.CLOSED
        ids = (place.id or 0, row.id or 0, made.id or 0)
    started = time.perf_counter()
    generator = np.random.default_rng(seed)
    texts = 0
    for start in range(0, responses, BATCH):
        with database.transaction() as session:
            texts += _batch(session, ids, min(BATCH, responses - start), generator)
    stored = {"responses": responses, "texts": texts, "store_s": _since(started)}
    return ids[1], {**stored, "store": database.dialect}


def _batch(
    session: Session, ids: tuple[int, int, int], size: int, generator: np.random.Generator
) -> int:
    place_id, round_id, questionnaire_id = ids
    regions = [group.code for group in groups("un_group")]
    sectors = [sector.code for sector in SECTORS]
    responses, texts = [], []
    day = datetime.now(UTC).date()
    for _number in range(size):
        region, sector = (str(generator.choice(names)) for names in (regions, sectors))
        answers: dict[str, Any] = {}
        for code in RATINGS:
            answers[code] = {"state": "answered", "value": int(generator.integers(1, 6))}
            if generator.random() < 0.5:
                text = _text(generator, (place_id, round_id), f"{code}_why", region, sector)
                texts.append(text)
                answers[f"{code}_why"] = {
                    "state": "answered",
                    "value": text["id"],
                    "is_text": True,
                }
        ranked = generator.permutation(len(ITEMS))[:5].tolist()
        answers["order"] = {"state": "answered", "value": [ITEMS[place] for place in ranked]}
        responses.append(
            {
                "id": new_id(),
                "round_id": round_id,
                "questionnaire_id": questionnaire_id,
                "answer_hash": sha256(new_id().encode()).hexdigest(),
                "identity_mode": IdentityMode.ANONYMOUS,
                "state": SubmissionState.SUBMITTED,
                "channel": SubmissionChannel.OPEN_LINK,
                "answers": answers,
                "language": "en",
                "region": region,
                "sector": sector,
                "submitted_on": day,
            }
        )
    session.connection().execute(insert(Contribution), texts)
    session.connection().execute(insert(Submission), responses)
    return len(texts)


def _text(
    generator: np.random.Generator, ids: tuple[int, int], code: str, region: str, sector: str
) -> dict[str, Any]:
    text = " ".join(generator.choice(WORDS, 12).tolist()) + f" {generator.integers(10**9)}"
    return {
        "id": new_id(),
        "consultation_id": ids[0],
        "round_id": ids[1],
        "channel": Channel.SURVEY,
        "state": ContributionState.RECEIVED,
        "question_code": code,
        "asked": code,
        "text": text,
        "text_hash": sha256(text.encode()).hexdigest(),
        "language": "en",
        "declared_language": "en",
        "region": region,
        "sector": sector,
        "is_quotable": bool(generator.random() < 0.7),
        "received_on": datetime.now(UTC).date(),
    }


if __name__ == "__main__":
    main()
