"""What the modules of this part share: the blueprint, entering, and the audit log."""

from datetime import UTC, datetime

from flask import Blueprint

from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import signed_in_account
from core.db import session
from results.agenda import labels, queries
from results.agenda.models import AgendaItem

bp = Blueprint("manage_agenda", __name__, url_prefix="/manage/consultations/<slug>/agenda")


@bp.context_processor
def names() -> dict[str, object]:
    """What states and bodies are called, for every page of this part."""
    return {"labels": labels}


def opened(slug: str) -> Consultation:
    consultation = by_slug(session(), slug)
    enter(consultation)
    return consultation


def loaded(slug: str, item_id: str) -> tuple[Consultation, AgendaItem]:
    consultation = opened(slug)
    return consultation, queries.item_by_public_id(session(), consultation, item_id)


def actor() -> str:
    return signed_in_account().public_id


def now_utc() -> datetime:
    return datetime.now(UTC)


def record(action: str, slug: str, what: str, now: datetime) -> None:
    """Note an act of a person with power over the process."""
    audit.record(session(), actor=actor(), action=action, target=f"{slug}/agenda/{what}", now=now)
