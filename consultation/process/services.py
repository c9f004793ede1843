"""Writes of the process: create a consultation from a template, move its dates, open rounds."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from consultation.people.models import Target, TargetDimension
from consultation.process.models import (
    Challenge,
    Consultation,
    IdentityMode,
    Phase,
    PhaseKind,
    Round,
    RoundState,
)
from consultation.targets import services as targets
from core.errors import Closed, Conflict, Invalid
from core.i18n import _

TEMPLATES = Path(__file__).parent / "templates"
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z")


@cache
def template(code: str) -> dict[str, Any]:
    """A consultation template of the house."""
    if code not in template_codes():
        raise Invalid(_("Choose one of the templates."), field="template")
    found: dict[str, Any] = json.loads((TEMPLATES / f"{code}.json").read_text(encoding="utf-8"))
    return found


def template_codes() -> list[str]:
    return sorted(path.stem for path in TEMPLATES.glob("*.json"))


def create_from_template(
    session: Session,
    code: str,
    *,
    slug: str,
    title: dict[str, str],
    starts_on: date,
    now: datetime,
) -> Consultation:
    """A consultation with the phases, rounds, challenges and targets of a template."""
    plan = template(code)
    if not SLUG.match(slug):
        message = _("Use lower-case letters, digits and hyphens, for example summit-2027.")
        raise Invalid(message, field="slug")
    if session.exec(select(Consultation.id).where(Consultation.slug == slug)).first():
        raise Conflict(_("There is already a consultation with this address."))
    consultation = Consultation(
        slug=slug,
        title={language: text.strip() for language, text in title.items() if text.strip()},
        summary=plan["summary"],
        languages=[language for language in plan["languages"] if title.get(language, "").strip()]
        or plan["languages"],
        region_classification=plan["region_classification"],
        created_at=now,
    )
    session.add(consultation)
    session.flush()
    start = datetime.combine(starts_on, clock_time(), UTC)
    _add_phases(session, consultation, plan, start)
    _add_rounds(session, consultation, plan, start)
    _add_challenges_and_targets(session, consultation, plan)
    session.flush()
    return consultation


def _add_phases(
    session: Session, consultation: Consultation, plan: dict[str, Any], start: datetime
) -> None:
    for position, phase in enumerate(plan["phases"], start=1):
        opens_at = start + timedelta(days=phase["starts_after_days"])
        session.add(
            Phase(
                consultation_id=consultation.id or 0,
                position=position,
                kind=PhaseKind(phase["kind"]),
                title=phase["title"],
                opens_at=opens_at,
                closes_at=opens_at + timedelta(days=phase["days"]),
            )
        )


def _add_rounds(
    session: Session, consultation: Consultation, plan: dict[str, Any], start: datetime
) -> None:
    for entry in plan["rounds"]:
        opens_at = start + timedelta(days=entry["starts_after_days"])
        session.add(
            Round(
                consultation_id=consultation.id or 0,
                number=entry["number"],
                title=entry["title"],
                identity_mode=IdentityMode(entry["identity_mode"]),
                has_open_link=entry["has_open_link"],
                opens_at=opens_at,
                closes_at=opens_at + timedelta(days=entry["days"]),
            )
        )


def _add_challenges_and_targets(
    session: Session, consultation: Consultation, plan: dict[str, Any]
) -> None:
    for position, entry in enumerate(plan["challenges"], start=1):
        session.add(
            Challenge(
                consultation_id=consultation.id or 0,
                code=entry["code"],
                position=position,
                title=entry["title"],
                description=entry["description"],
            )
        )
    for dimension, shares in plan["targets"].items():
        for key, share in shares.items():
            session.add(
                Target(
                    consultation_id=consultation.id or 0,
                    dimension=TargetDimension(dimension),
                    code=key,
                    share=share,
                )
            )


def set_phase_dates(
    session: Session, phase: Phase, opens_at: datetime, closes_at: datetime
) -> None:
    """Move a phase; its end stays behind its start."""
    if opens_at >= closes_at:
        raise Invalid(_("The end must be after the start."), field="closes_at")
    phase.opens_at = opens_at
    phase.closes_at = closes_at
    session.add(phase)
    session.flush()


def set_round_dates(session: Session, row: Round, opens_at: datetime, closes_at: datetime) -> None:
    """Move a round that has not been closed."""
    if row.state is RoundState.CLOSED:
        raise Closed(_("This round was closed. A closed round is not opened again."))
    if opens_at >= closes_at:
        raise Invalid(_("The end must be after the start."), field="closes_at")
    row.opens_at = opens_at
    row.closes_at = closes_at
    session.add(row)
    session.flush()


_STEPS: dict[RoundState, frozenset[RoundState]] = {
    RoundState.DRAFT: frozenset({RoundState.OPEN}),
    RoundState.OPEN: frozenset({RoundState.PAUSED, RoundState.CLOSED}),
    RoundState.PAUSED: frozenset({RoundState.OPEN, RoundState.CLOSED}),
    RoundState.CLOSED: frozenset(),
}


def set_round_state(session: Session, row: Round, state: RoundState, now: datetime) -> None:
    """Take a round one step on; closed is the end.

    What stands of targets and stopping rule when the first round opens is frozen.
    """
    if state not in _STEPS[row.state]:
        raise Conflict(_("The round cannot take this step now. Reload the page."))
    if state is RoundState.OPEN:
        targets.freeze(session, row.consultation_id, targets.AT_OPENING, now)
    row.state = state
    session.add(row)
    session.flush()


def close_due_rounds(session: Session, now: datetime) -> list[Round]:
    """Close the rounds whose time has passed; their pages were shut the moment it did."""
    due = list(
        session.exec(
            select(Round).where(
                col(Round.state).in_([RoundState.OPEN, RoundState.PAUSED]), Round.closes_at <= now
            )
        )
    )
    for row in due:
        row.state = RoundState.CLOSED
        session.add(row)
    session.flush()
    return due
