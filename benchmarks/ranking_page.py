"""The ranking of many ballots, from their positions to the page: computed once, read often.

    python -m benchmarks.ranking_page [--ballots 1000000] [--items 12] [--looks 20]

Ballots are made up (synthetic), with regions, sectors and countries drawn at random. The document
of the run is computed as the product does it, stored, published, and the four pages are fetched.
"""

import argparse
import json
import statistics
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from analysis.choice.ballots import Unranked, ballots_from_ranks
from benchmarks.rank import made_up
from benchmarks.reporting import fresh_app, peak_mb, print_report
from consultation.people.classifications import SECTORS, groups
from consultation.people.models import RoleGrant
from consultation.process.models import Consultation
from core.auth.permissions import Role
from core.auth.services import create_account, open_account_session
from core.db import get_database
from results import publication, runs
from results.computing.inputs import Dimension, Inputs, Result, group_texts
from results.computing.rankings import add_ranking
from results.computing.weights import weightings
from results.measures import Source
from results.models import Snapshot
from results.snapshots import Frozen, Scope

SLUG = "large"
COUNTRIES = {"african": "KE", "asia_pacific": "IN", "eastern_european": "PL", "grulac": "BR"}
PAGES = (
    f"/dashboards/{SLUG}/ranking",
    f"/dashboards/{SLUG}/ranking/report",
    f"/consultations/{SLUG}/results/ranking",
    f"/consultations/{SLUG}/results/ranking/report",
)


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=12)
    parser.add_argument("--looks", type=int, default=20)
    arguments = parser.parse_args()
    with fresh_app() as app:
        started = time.perf_counter(), time.process_time()
        documents, n = _documents(arguments.ballots, arguments.items)
        compute = time.perf_counter() - started[0], time.process_time() - started[1]
        account = _store(documents, n)
        client = app.test_client()
        with client.session_transaction() as kept:
            kept.update(account)
        seconds = {path: _look(client, path, arguments.looks) for path in PAGES}
        print_report(
            "ranking_page",
            {
                "ballots": n,
                "items": arguments.items,
                "compute_s": round(compute[0], 2),
                "compute_cpu_s": round(compute[1], 2),
                "document_kb": round(len(json.dumps(documents)) / 1024),
                "pages": seconds,
                "peak_mb": peak_mb(),
            },
        )


def _documents(n: int, m: int) -> tuple[dict[str, Any], int]:
    generator = np.random.default_rng(7)
    ranks = made_up(generator, n, m)
    last, missing = (
        ballots_from_ranks(ranks, unranked=rule).positions()
        for rule in (Unranked.LAST, Unranked.MISSING)
    )
    labels = {f"item_{i}": {"en": f"Synthetic item {i}"} for i in range(1, m + 1)}
    source = Source("order", {"en": "Synthetic"}, labels, last, "ranking", "last", missing)
    regions = generator.choice([*COUNTRIES, "weog", ""], n, p=[0.1, 0.2, 0.1, 0.1, 0.4, 0.1])
    sectors = generator.choice([row.code for row in SECTORS][:8], n)
    region = [value or None for value in regions.tolist()]
    frame = pl.DataFrame(
        {
            ":region": region,
            ":sector": sectors.tolist(),
            ":country": [COUNTRIES.get(r, "FR") if r else None for r in region],
        }
    )
    inputs = Inputs(Frozen({1: frame}, pl.DataFrame()), {}, {}, "un_group", {}, 30)
    dimensions = [
        _dimension("region", region, groups("un_group")),
        _dimension("sector", sectors.tolist(), SECTORS),
    ]
    result = Result()
    add_ranking(result, 1, source, dimensions, weightings(frame, inputs), inputs)
    return result.documents, n


def _dimension(name: str, values: list[str | None], entries: Any) -> Dimension:
    labels = group_texts(entries)
    return Dimension(name, values, list(labels), labels)


def _store(documents: dict[str, Any], n: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    with get_database().transaction() as session:
        place = Consultation(slug=SLUG, title={"en": "Large"}, created_at=now, is_public=True)
        session.add(place)
        session.flush()
        scope = Scope(rounds=(1,))
        snapshot = Snapshot(
            consultation_id=place.id or 0,
            scope={"rounds": [1], "channels": []},
            fingerprint="0" * 64,
            content_hash="0" * 64,
            n_submissions=n,
            n_contributions=0,
            frozen_at=now,
        )
        session.add(snapshot)
        session.flush()
        computed = runs.Computed(documents, [], {}, 7, 0.0)
        run = runs.save(session, place, snapshot, scope, computed, now)
        publication.publish(session, place, run, threshold=10, now=now)
        account = create_account(session, email="c@example.org", name="Committee", now=now)
        session.add(
            RoleGrant(
                consultation_id=place.id or 0,
                account_id=account.id or 0,
                role=Role.COMMITTEE,
                granted_at=now,
            )
        )
        session.flush()
        return {"account": open_account_session(session, account, now)}


def _look(client: Any, path: str, looks: int) -> dict[str, Any]:
    times = []
    size = 0
    for _look_number in range(looks + 1):
        started = time.perf_counter()
        response = client.get(path)
        times.append(time.perf_counter() - started)
        if response.status_code != 200:
            raise RuntimeError(f"{path}: {response.status_code}")
        size = len(response.data)
    return {
        "first_ms": round(1000 * times[0]),
        "median_ms": round(1000 * statistics.median(times[1:])),
        "worst_ms": round(1000 * max(times[1:])),
        "kb": round(size / 1024),
    }


if __name__ == "__main__":
    main()
