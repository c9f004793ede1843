"""The agenda as one document: what a version freezes, a page shows and the export holds.

It has the public part alone. Figures come from the public tables of published runs, behind the
disclosure gate; words of contributors are not in it, because they may still be withdrawn.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from consultation.process.models import Consultation
from results import runs
from results.agenda import programme
from results.agenda.models import AgendaItem, EventKind, Evidence, ItemEvent, Overlap
from results.models import AnalysisRun, Audience, RunState
from results.tables import Document

FORMAT = 1
_FIGURES = (
    *("label", "rank", "best_rank", "worst_rank", "mean_position", "count", "share", "low"),
    *("high", "base", "n"),
)


def content_hash(body: Document) -> str:
    """The hash of a document, the same for anybody who has its JSON."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8")).hexdigest()


def build(session: Session, consultation: Consultation) -> Document:
    """The decided items with their programme and their evidence."""
    items = list(
        session.exec(
            select(AgendaItem)
            .where(
                AgendaItem.consultation_id == consultation.id,
                col(AgendaItem.decided_at).is_not(None),
            )
            .order_by(col(AgendaItem.position), col(AgendaItem.id))
        )
    )
    strands = programme.strands(session, consultation.id or 0)
    starts = {
        place.item.id: place.starts_at.isoformat() for strand in strands for place in strand.places
    }
    names = {strand.track.id: strand.track.public_id for strand in strands}
    known = {item.id: item.public_id for item in _all(session, consultation)}
    evidence = _evidence(session, items)
    overlaps = _overlaps(session, items)
    decisions = _decisions(session, items)
    return {
        "format": FORMAT,
        "consultation": consultation.slug,
        "title": consultation.title,
        "is_synthetic": consultation.is_synthetic,
        "tracks": [_track(strand) for strand in strands],
        "items": [
            {
                **_words(item),
                "track": names.get(item.track_id),
                "slot": item.slot,
                "minutes": item.minutes,
                "starts_at": starts.get(item.id),
                "merged_into": known.get(item.merged_into_id),
                "overlaps": overlaps.get(item.id or 0, []),
                "evidence": evidence.get(item.id or 0, []),
                **decisions.get(item.id or 0, {"decision": None, "review": None}),
            }
            for item in items
        ],
    }


def _all(session: Session, consultation: Consultation) -> list[AgendaItem]:
    return list(
        session.exec(select(AgendaItem).where(AgendaItem.consultation_id == consultation.id))
    )


def _track(strand: programme.Strand) -> Document:
    track = strand.track
    return {
        "id": track.public_id,
        "title": track.title,
        "audience": track.audience,
        "room": track.room,
        "starts_at": track.starts_at.isoformat(),
        "minutes": track.minutes,
        "minutes_used": strand.minutes_used,
        "slots": track.slots,
        "items": [place.item.public_id for place in strand.places],
    }


def _words(item: AgendaItem) -> Document:
    return {
        "id": item.public_id,
        "state": item.state.value,
        "title": item.title,
        "problem": item.problem,
        "deliverable": item.deliverable,
        "rationale": item.rationale,
        "reason": item.decision_reason,
        "scope": item.scope.value if item.scope else None,
        "scope_note": item.scope_note,
        "nobody_else": item.nobody_else,
        "origin": item.origin.value,
        "challenge": item.challenge_code,
        "lead": item.lead,
        "deferred_until": item.deferred_until.isoformat() if item.deferred_until else None,
        "referred_to": item.referred_to,
        "decided_on": item.decided_at.date().isoformat() if item.decided_at else None,
    }


def _ids(items: Iterable[AgendaItem]) -> list[int]:
    return [item.id or 0 for item in items]


def _overlaps(session: Session, items: list[AgendaItem]) -> dict[int, list[Document]]:
    found: dict[int, list[Document]] = {}
    for row in session.exec(
        select(Overlap).where(col(Overlap.item_id).in_(_ids(items))).order_by(col(Overlap.id))
    ):
        entry = {"body": row.body.value, "name": row.name, "complements": row.complements}
        found.setdefault(row.item_id, []).append(entry)
    return found


def _decisions(session: Session, items: list[AgendaItem]) -> dict[int, Document]:
    """The last decision on each item, with what the judges had said together."""
    found: dict[int, Document] = {}
    for event in session.exec(
        select(ItemEvent)
        .where(col(ItemEvent.item_id).in_(_ids(items)), ItemEvent.kind == EventKind.DECIDED)
        .order_by(col(ItemEvent.id))
    ):
        found[event.item_id] = {
            "decision": event.public_id,
            "review": event.details.get("review"),
        }
    return found


def _evidence(session: Session, items: list[AgendaItem]) -> dict[int, list[Document]]:
    rows = session.exec(
        select(Evidence, AnalysisRun)
        .outerjoin(AnalysisRun, col(AnalysisRun.id) == col(Evidence.run_id))
        .where(col(Evidence.item_id).in_(_ids(items)))
        .order_by(col(Evidence.id))
    ).all()
    needed = {run.id: run for _evidence, run in rows if run is not None}
    public = {key: runs.tables(session, run, Audience.PUBLIC) for key, run in needed.items()}
    found: dict[int, list[Document]] = {}
    for evidence, run in rows:
        entry: Document = {"id": evidence.public_id, "kind": evidence.kind.value}
        if run is not None:
            tables = public[run.id] if run.state is RunState.PUBLISHED else {}
            entry |= {
                "run": run.public_id,
                "computed_at": run.computed_at.isoformat(),
                "table": evidence.table_name,
                "row": evidence.row_key,
                "table_title": tables.get(evidence.table_name or "", {}).get("title"),
                "figures": public_figures(tables, evidence),
            }
        found.setdefault(evidence.item_id, []).append(entry)
    return found


def public_figures(tables: dict[str, Document], evidence: Evidence) -> Document | None:
    """The figures of a row as the public table has them; none where the gate keeps them back."""
    document = tables.get(evidence.table_name or "", {})
    for row in document.get("rows", []):
        if str(row.get("key")) == evidence.row_key:
            figures = {name: row[name] for name in _FIGURES if row.get(name) is not None}
            base = document.get("n", document.get("n_usable", document.get("n_answered")))
            if base is not None:
                figures.setdefault("n", base)
            return figures
    return None


def find_item(body: Document, public_id: str) -> Document | None:
    """An item of a document by its id."""
    items: list[dict[str, Any]] = body["items"]
    return next((item for item in items if item["id"] == public_id), None)
