"""What the pages about reaching people share: the round they are about, the log, the names."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint
from sqlmodel import Session

from consultation.people.classifications import SECTORS, groups
from consultation.process.models import Consultation, Round
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import signed_in_account
from core.db import session
from core.i18n import _, _l, current_language
from surveys.reaching import queries
from surveys.reaching.models import WaveKind, WaveState
from surveys.reaching.queries import UNKNOWN, Reason

bp = Blueprint("manage_reaching", __name__, url_prefix="/manage/consultations/<slug>/surveys")
KIND_NAMES = {WaveKind.FIRST: _l("Invitation"), WaveKind.REMINDER: _l("Reminder")}
STATE_NAMES = {
    WaveState.DRAFT: _l("Draft"),
    WaveState.PLANNED: _l("Planned"),
    WaveState.SENDING: _l("Being sent"),
    WaveState.SENT: _l("Sent"),
    WaveState.CANCELLED: _l("Stopped"),
    WaveState.MISSED: _l("Not sent: the round was not open"),
}
REASON_NAMES = {
    Reason.INVITED: _l("Invited already"),
    Reason.NOT_INVITED: _l("Not invited yet"),
    Reason.ANSWERED: _l("Known to have answered"),
    Reason.UNSUBSCRIBED: _l("Want no mail"),
    Reason.BOUNCED: _l("Address that mail came back from"),
    Reason.NEW_ADDRESS: _l("New address: to be invited first"),
    Reason.MAILED_LATELY: _l("Got mail in the last three days"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """The round that a page is about."""

    consultation: Consultation
    round: Round


def place_of(current: Session, slug: str, number: int) -> Place:
    consultation = by_slug(current, slug)
    return Place(consultation, queries.find_round(current, consultation, number))


def enter_place(slug: str, number: int) -> Place:
    place = place_of(session(), slug, number)
    enter(place.consultation)
    return place


def record(action: str, target: str, **details: Any) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=target,
        details=details,
        now=datetime.now(UTC),
    )


def group_names(consultation: Consultation) -> dict[str | None, str]:
    """Names of sectors and regions by code; codes of the two do not meet."""
    language = current_language()
    found: dict[str | None, str] = {None: _("Not known"), UNKNOWN: _("Not known")}
    found |= {sector.code: sector.name(language) for sector in SECTORS}
    return found | {
        group.code: group.name(language) for group in groups(consultation.region_classification)
    }
