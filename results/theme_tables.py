"""Shares of themes as one long table: a line a theme, a group and a way to count.

Whoever reads it later finds beside each share what it rests on: the base, the audit, the method,
how far two coders agreed, and the version of the codebook.
"""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from core.i18n import text_in
from results.tables import Document, group_names
from surveys.interchange.formulas import guarded

COLUMNS = (
    *("theme", "name", "group_kind", "group", "group_name", "weighting"),
    *("share", "low", "high", "n", "unit", "n_people", "audit_n", "audit_raised"),
    *("audit_people", "few", "method"),
    *("kappa", "alpha", "coded_by_two", "not_blind", "codebook_version", "codebook_hash"),
)
EVERYBODY = "all"
PEOPLE = "people"
UNWEIGHTED, WEIGHTED, SAMPLE, NAIVE = "unweighted", "weighted", "unweighted", "naive"
POWERED = "prediction-powered (PPI++), 95 % interval"
ALONE = "random sample alone, 95 % interval"
MACHINE = "naive: the machine alone, not to be reported"
BOM = "\ufeff"
Row = dict[str, Any]


def lines(document: Document, language: str, default: str) -> list[Row]:
    """Every share that a table of themes holds, with what it rests on."""
    agreed = {one["code"]: one for one in document.get("agreement", [])}
    names = {key: text_in(label, language) or key for key, label in group_names(document).items()}
    found = []
    for row in document.get("rows", []):
        quality = agreed.get(row["key"], {})
        about = {
            "theme": row["key"],
            "name": text_in(row["label"], language, default),
            "unit": document.get("unit", "answers"),
            "n_people": document.get("people", {}).get("n"),
            "kappa": quality.get("kappa"),
            "alpha": quality.get("alpha"),
            "coded_by_two": quality.get("n"),
            "not_blind": quality.get("not_blind"),
            "codebook_version": document.get("version"),
            "codebook_hash": document.get("codebook_hash"),
        }
        found += list(_lines_of(row, about, names))
        if "people" in row:
            found += list(_lines_of(row["people"], {**about, "unit": PEOPLE}, names))
    return found


def _lines_of(part: Document, about: Row, names: Mapping[str, str]) -> Iterable[Row]:
    for line in _ways(part["share"], part.get("weighted"), with_sample=True):
        yield {**about, "group_kind": EVERYBODY, "group": "", "group_name": "", **line}
    for kind, cells in part.get("by", {}).items():
        weighted = part.get("weighted_by", {}).get(kind, {})
        for key, share in cells.items():
            place = {
                "group_kind": kind,
                "group": key,
                "group_name": " × ".join(names.get(part, part) for part in key.split("|")),
                # Of answers a run does not keep how many people of a group gave them.
                "n_people": None,
            }
            for line in _ways(share, weighted.get(key), with_sample=False):
                yield {**about, **place, **line}


def _ways(share: Document, weighted: Document | None, *, with_sample: bool) -> Iterable[Row]:
    yield {"weighting": UNWEIGHTED, "method": POWERED, **_interval(share), **_base(share)}
    if weighted is not None:
        yield {"weighting": WEIGHTED, "method": POWERED, **_interval(weighted), **_base(weighted)}
    if with_sample:
        yield {"weighting": SAMPLE, "method": ALONE, **_interval(share["alone"]), **_base(share)}
    yield {
        "weighting": NAIVE,
        "method": MACHINE,
        **_interval({"share": share["naive"], "low": None, "high": None}),
        **_base(share),
    }


def _interval(share: Document) -> Row:
    return {name: share[name] for name in ("share", "low", "high")}


def _base(share: Document) -> Row:
    return {
        "n": share["base"],
        "audit_n": share["n_audit"],
        "audit_raised": share["raised"],
        # Runs of before do not keep it.
        "audit_people": share.get("n_audit_people"),
        "few": "few" if share["is_small"] else "",
    }


def public_lines(document: Document, language: str, default: str) -> list[Row]:
    """What was published: shares of everybody, unweighted, and nothing of the machine alone."""
    return [
        {
            "theme": row["key"],
            "name": text_in(row["label"], language, default),
            "group_kind": EVERYBODY,
            "weighting": UNWEIGHTED,
            "method": POWERED,
            "share": row["share"],
            "low": row["low"],
            "high": row["high"],
            "n": row["base"],
            "unit": document.get("unit", "answers"),
            "audit_n": row["n_audit"],
            "codebook_version": document["version"],
        }
        for row in document.get("rows", [])
    ]


def write_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The lines as a file for a spreadsheet or a program; no cell starts a formula."""
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return (BOM + stream.getvalue()).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else str(value)
