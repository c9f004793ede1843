"""/consultations/<slug>/dialogues/<id>: the public page of a dialogue and its registration."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from consultation.dialogues import queries, services
from consultation.dialogues.forms import FORMAT_NAMES, RegistrationForm
from consultation.dialogues.models import DialogueState
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core.auth.permissions import PUBLIC, requires
from core.db import session, transaction
from core.errors import Closed
from core.i18n import current_language
from core.web import limiter, render

bp = Blueprint("dialogues", __name__, url_prefix="/consultations/<slug>/dialogues/<dialogue_id>")


def _show(slug: str, dialogue_id: str, form: RegistrationForm, status: int = 200) -> Response:
    consultation = by_slug(session(), slug, is_public=True)
    enter(consultation)
    dialogue = queries.by_public_id(session(), consultation, dialogue_id, is_public=True)
    now = datetime.now(UTC)
    return render(
        "dialogues/show.html",
        status=status,
        consultation=consultation,
        dialogue=dialogue,
        starts_local=dialogue.starts_at.astimezone(ZoneInfo(dialogue.time_zone)),
        ends_local=dialogue.ends_at.astimezone(ZoneInfo(dialogue.time_zone)),
        format_name=FORMAT_NAMES[dialogue.format],
        takes_registrations=dialogue.state is DialogueState.ANNOUNCED and now < dialogue.starts_at,
        form=form,
    )


@bp.get("/")
@requires(PUBLIC)
def show(slug: str, dialogue_id: str) -> Response:
    form = RegistrationForm(formdata=None)
    form.offer(current_language())
    return _show(slug, dialogue_id, form)


@bp.post("/register")
@limiter.limit("20 per minute")
@requires(PUBLIC)
def register(slug: str, dialogue_id: str) -> Response:
    form = RegistrationForm()
    form.offer(current_language())
    if not form.validate():
        return _show(slug, dialogue_id, form, 422)
    guest = services.Guest(
        name=form.name.data,
        email=form.email.data,
        sector=form.sector.data or None,
        country=form.country.data or None,
        attends_online=form.attends_online.data,
        needs=form.needs.data or "",
        language=current_language(),
    )
    try:
        with transaction() as current:
            consultation = by_slug(current, slug, is_public=True)
            dialogue = queries.by_public_id(current, consultation, dialogue_id, is_public=True)
            services.register(current, consultation, dialogue, guest, datetime.now(UTC))
    except Closed as error:
        form.form_errors.append(error.message)
        return _show(slug, dialogue_id, form, 409)
    return redirect(url_for("dialogues.registered", slug=slug, dialogue_id=dialogue_id), 303)


@bp.get("/registered")
@requires(PUBLIC)
def registered(slug: str, dialogue_id: str) -> Response:
    consultation = by_slug(session(), slug, is_public=True)
    enter(consultation)
    dialogue = queries.by_public_id(session(), consultation, dialogue_id, is_public=True)
    return render("dialogues/registered.html", consultation=consultation, dialogue=dialogue)
