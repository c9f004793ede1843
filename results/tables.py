"""Results of the analysis library as documents that a run keeps: plain JSON, one a table."""

from typing import Any

from analysis.breakdown import Breakdown, GroupSummary
from analysis.summary import Shares, Summary
from analysis.types import Proportion
from analysis.weighting.representation import Representation

Texts = dict[str, str]
Document = dict[str, Any]
DIGITS = 6


def rounded(value: float | None) -> float | None:
    """Figures are kept to six digits: equal on every machine, finer than any page shows."""
    return None if value is None else round(float(value), DIGITS)


def group_names(document: Document) -> dict[str, Texts]:
    """Names of regions and sectors, as a run kept them."""
    groups = document.get("groups", {})
    return {
        group["key"]: group["label"]
        for kind in ("region", "sector")
        for group in groups.get(kind, [])
    }


def proportion(found: Proportion) -> Document:
    return {
        "count": rounded(found.count),
        "base": rounded(found.base),
        "share": rounded(found.share),
        "low": rounded(found.low),
        "high": rounded(found.high),
    }


def shares(found: Shares) -> Document:
    return {
        "shown": proportion(found.shown),
        "answered": proportion(found.answered),
        "opinion": proportion(found.opinion),
    }


def summary(found: Summary, title: Texts, kind: str, labels: dict[str, Texts]) -> Document:
    """A closed question over everybody."""
    return {
        "title": title,
        "kind": kind,
        "n": found.n,
        "n_answered": found.n_answered,
        "n_opinion": found.n_opinion,
        "states": found.states,
        "mean": rounded(found.mean),
        "median": rounded(found.median),
        "top_box": None if found.top_box is None else shares(found.top_box),
        "rows": [
            {
                "key": row.key,
                "label": labels.get(row.key, {"en": row.key}),
                "count": rounded(row.count),
                **shares(row.shares),
            }
            for row in found.rows
        ],
    }


def breakdown(
    found: Breakdown,
    title: Texts,
    kind: str,
    labels: dict[str, Texts],
    group_labels: dict[str, Texts],
) -> Document:
    """A closed question by group; shares are of all who answered, "no opinion" included."""
    return {
        "title": title,
        "kind": kind,
        "small": found.small,
        "n_answered": found.overall.n_answered,
        "options": [
            {"key": row.key, "label": labels.get(row.key, {"en": row.key})}
            for row in found.overall.rows
        ],
        "groups": [_group(group, group_labels) for group in found.groups],
    }


def _group(group: GroupSummary, labels: dict[str, Texts]) -> Document:
    found = group.summary
    return {
        "key": group.key,
        "label": labels.get(group.key, {"en": group.key}),
        "n": group.n,
        "n_answered": found.n_answered,
        "n_dont_know": found.states["dont_know"],
        "is_small": group.is_small,
        "mean": rounded(found.mean),
        "top_box": None if found.top_box is None else proportion(found.top_box.answered),
        "shares": {row.key: proportion(row.shares.answered) for row in found.rows},
    }


def too_few(title: Texts, n: int, needed: int) -> Document:
    """In place of a table that there is too little data for."""
    return {"title": title, "too_few": {"n": n, "needed": needed}, "rows": []}


def participation(
    rows: tuple[Representation, ...], dissimilarity: float | None, labels: dict[str, Texts]
) -> Document:
    """Who took part against who should have."""
    return {
        "n": sum(row.count for row in rows),
        "dissimilarity": rounded(dissimilarity),
        "rows": [
            {
                "key": row.key,
                "label": labels.get(row.key, {"en": row.key}),
                "count": row.count,
                "share": rounded(row.share),
                "target": rounded(row.target),
                "parity": rounded(row.parity),
                "missing": row.missing,
                "gap": row.gap.value,
            }
            for row in rows
        ],
    }
