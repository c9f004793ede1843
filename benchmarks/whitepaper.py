"""A real consultation through the whole line: import, snapshot, run, and its owner's figures.

    python -m benchmarks.whitepaper FOLDER

FOLDER holds the European Commission's White Paper responses, texts and published percentages.
"""

import argparse
import csv
import time
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from benchmarks.reporting import fresh_app, peak_mb, print_report
from consultation.process.models import Consultation
from core.db import get_database
from results.models import Audience
from results.refresh import refresh
from results.runs import latest, tables
from surveys.interchange.mapping import read_mapping
from surveys.interchange.responses import read_files
from surveys.interchange.storing import Outcome, ensure_round, store

MAPPING = Path(__file__).parents[1] / "docs" / "mappings" / "eu_whitepaper_2020.json"
BIOMETRIC = "reg_biometric_id"


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mapping", type=Path, default=MAPPING)
    arguments = parser.parse_args()
    with fresh_app():
        started = time.perf_counter()
        outcome, unchanged = import_twice(arguments.folder, arguments.mapping)
        import_s = time.perf_counter() - started
        started = time.perf_counter()
        documents = _run()
        run_s = time.perf_counter() - started
        checks = _check(arguments.folder, documents)
        print_report(
            "whitepaper",
            {
                "responses": outcome.added,
                "texts": outcome.texts,
                "second_import_unchanged": unchanged,
                "published": len(checks),
                "matched": sum(check["matches"] for check in checks),
                "checks": checks,
                "biometric_never_by_user_type": _biometric(documents),
                "import_s": round(import_s, 2),
                "run_s": round(run_s, 2),
                "peak_mb": peak_mb(),
                "tables": len(documents),
            },
        )


def import_twice(folder: Path, mapping_file: Path) -> tuple[Outcome, int]:
    """What the first import did, and how many responses the second one found unchanged."""
    mapping = read_mapping(mapping_file)
    names = [mapping.responses.file, *([mapping.texts.file] if mapping.texts else [])]
    reading = read_files(mapping, [folder / name for name in names])
    now = datetime.now(UTC)
    outcomes = []
    for _attempt in range(2):
        with get_database().transaction() as session:
            consultation = latest_consultation(session, now)
            row = ensure_round(session, consultation, mapping, reading.columns, now)
            outcomes.append(store(session, consultation, row, mapping, reading, now))
    return outcomes[0], outcomes[1].unchanged


def latest_consultation(session: Session, now: datetime) -> Consultation:
    """The one consultation of this benchmark."""
    found = session.exec(select(Consultation)).one_or_none()
    if found is None:
        found = Consultation(slug="whitepaper", title={"en": "White Paper"}, created_at=now)
        session.add(found)
        session.flush()
    return found


def _run() -> dict[str, dict[str, Any]]:
    refresh(get_database(), "whitepaper", now=datetime.now(UTC))
    with get_database().read_session() as session:
        consultation = session.exec(select(Consultation)).one()
        run = latest(session, consultation)
        assert run is not None  # noqa: S101 - refresh has just saved it
        return tables(session, run, Audience.COMMITTEE)


def _published(folder: Path) -> list[dict[str, str]]:
    with (folder / "eu_whitepaper_2020_published_vs_recomputed.csv").open(
        encoding="utf-8", newline=""
    ) as stream:
        return list(csv.DictReader(stream))


def _check(folder: Path, documents: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Compare each published percentage to the digit that was printed."""
    checks = []
    for line in _published(folder):
        table = documents[f"summary/1/{line['column']}"]
        share = _share(table, line["measure"])
        printed = Decimal(line["published_pct"])
        ours = (Decimal(100) * Decimal(repr(share))).quantize(printed, ROUND_HALF_UP)
        checks.append(
            {
                "question": line["column"],
                "measure": line["measure"],
                "published": float(printed),
                "ours": round(100 * share, 2),
                "base": table["n_answered"],
                "matches": ours == printed,
            }
        )
    return checks


def _share(table: dict[str, Any], measure: str) -> float:
    """The share among all who answered, "no opinion" included, blanks excluded."""
    if measure == "top2":
        return float(table["top_box"]["answered"]["share"])
    row = next(row for row in table["rows"] if _matches(row, measure))
    return float(row["answered"]["share"])


def _matches(row: dict[str, Any], measure: str) -> bool:
    codes = {
        "There is a need for a new legislation": "new_legislation",
        "Current legislation may have some gaps": "gaps",
        "Current legislation is fully sufficient": "sufficient",
        "Yes, for all AI applications": "yes_all",
    }
    return bool(row["key"] == codes.get(measure, measure.lower()))


def _biometric(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The share of "never allowed" by type of respondent; "unknown" is a row of its own."""
    table = documents[f"breakdown/1/{BIOMETRIC}/user_type"]
    return {
        group["key"]: {
            "n": group["n_answered"],
            "share": group["shares"]["never"]["share"],
            "is_small": group["is_small"],
        }
        for group in table["groups"]
    }


if __name__ == "__main__":
    main()
