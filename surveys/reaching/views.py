"""/u/<token> and /o/<round>/qr.svg: leaving the list, and a link to photograph."""

import io
from datetime import UTC, datetime
from functools import lru_cache

import segno
from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from consultation.people.models import Stakeholder
from consultation.process.models import Consultation
from core.auth.permissions import PUBLIC, TOKEN, requires
from core.db import session, transaction
from core.errors import NotFound
from core.i18n import _, speak
from core.security import current_settings
from core.web import csrf, limiter, render
from surveys.queries import asked_by_public_id
from surveys.reaching.letters import find_by_unsubscribe_token, mail_language
from surveys.reaching.services import unsubscribe as end_mail

bp = Blueprint("reaching", __name__)
DAY = 24 * 3600


@lru_cache(maxsize=64)
def qr_code(url: str) -> bytes:
    """A QR code as SVG, dark on white whatever the page around it looks like."""
    buffer = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        buffer, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return buffer.getvalue()


def open_url(round_id: str) -> str:
    """The address of a round's open link, short enough to be read out."""
    return current_settings().base_url + url_for("respond.intro", round_id=round_id)


@bp.get("/o/<round_id>/qr.svg")
@requires(PUBLIC)
def qr(round_id: str) -> Response:
    asked = asked_by_public_id(session(), round_id)
    if asked is None or not asked.round.has_open_link:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    response = Response(qr_code(open_url(round_id)), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


def _show(person: Stakeholder) -> Response:
    speak(mail_language(person.language))
    consultation = session().get_one(Consultation, person.consultation_id)
    return render(
        "reaching/unsubscribe.html",
        consultation=consultation,
        is_done=person.unsubscribed_at is not None,
    )


@bp.get("/u/<token>")
@requires(TOKEN)
def confirm_unsubscribe(token: str) -> Response:
    """One button. Opening the link changes nothing: scanners of mail open every link."""
    person = find_by_unsubscribe_token(session(), token)
    if person is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return _show(person)


@bp.post("/u/<token>")
@limiter.limit("120 per minute")
@requires(TOKEN)
def unsubscribe(token: str) -> Response:
    """End mail to one person, for the button and for mail programs (RFC 8058: no redirect).

    A mail program has no CSRF token; the signed link itself allows this one act.
    """
    with transaction() as current:
        person = end_mail(current, token, datetime.now(UTC))
    return _show(person)


csrf.exempt(unsubscribe)
