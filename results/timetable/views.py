"""/consultations/<slug>/calendar.ics and the committee's own: the dates as a calendar file."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, url_for

from consultation.process.models import Consultation
from consultation.process.queries import by_slug
from core import icalendar
from core.auth.permissions import PUBLIC, Permission, requires
from core.db import session
from core.i18n import current_language, text_in
from core.security import current_settings
from results.timetable import queries

bp = Blueprint("timetable", __name__)


@bp.get("/consultations/<slug>/calendar.ics")
@requires(PUBLIC)
def public(slug: str) -> Response:
    """Dates that the public may know."""
    consultation = by_slug(session(), slug, is_public=True)
    return _file(consultation, queries.public_events(session(), consultation))


@bp.get("/manage/consultations/<slug>/calendar.ics")
@requires(Permission.VIEW_DASHBOARD)
def committee(slug: str) -> Response:
    """All dates, with those that are still being prepared."""
    consultation = by_slug(session(), slug)
    return _file(consultation, queries.committee_events(session(), consultation))


def _file(consultation: Consultation, events: list[queries.Event]) -> Response:
    base = current_settings().base_url.rstrip("/")
    name = text_in(consultation.title, current_language(), consultation.default_language)
    url = base + url_for("consultations.show", slug=consultation.slug)
    content = icalendar.calendar(
        name,
        [
            icalendar.Entry(
                uid=f"{consultation.slug}-{event.key}@{urlsplit(base).hostname}",
                title=f"{event.title} ({name})",
                starts_at=event.starts_at,
                ends_at=event.ends_at,
                place=event.place,
                url=url if consultation.is_public else "",
            )
            for event in events
        ],
        stamp=datetime.now(UTC),
    )
    response = Response(content, content_type=icalendar.MIMETYPE)
    response.headers["Content-Disposition"] = f"attachment; filename={consultation.slug}.ics"
    return response
