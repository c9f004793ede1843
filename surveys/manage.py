"""/manage/consultations/<slug>/surveys: questionnaires and rounds."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from consultation.process import services as process
from consultation.process.forms import DatesForm
from consultation.process.models import Consultation, Round, RoundState
from consultation.process.navigation import enter
from consultation.process.queries import by_slug, rounds
from core import audit
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _, direction
from core.numbers import whole_number
from core.security import current_settings
from core.web import render
from surveys import instruments, queries
from surveys.forms import build_form
from surveys.preflight import estimated_minutes, findings, holds_files
from surveys.questions import REGISTRY
from surveys.questions.base import field_name

bp = Blueprint("manage_surveys", __name__, url_prefix="/manage/consultations/<slug>/surveys")


def _record(action: str, target: str, **details: Any) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=target,
        details=details,
        now=datetime.now(UTC),
    )


def _round(current: Session, consultation: Consultation, number: int) -> Round:
    for row in rounds(current, consultation):
        if row.number == number:
            return row
    raise NotFound(_("There is no such round."))


def _page(slug: str, wrong: tuple[int, DatesForm] | None = None, status: int = 200) -> Response:
    consultation = by_slug(session(), slug)
    enter(consultation)
    found = rounds(session(), consultation)
    counts = queries.submission_counts(session(), [row.id or 0 for row in found])
    shown = []
    for row in found:
        form = DatesForm(formdata=None, obj=row, prefix=f"round{row.number}")
        asked = queries.asked_in(session(), row.id or 0)
        is_draft = asked is not None and row.state is RoundState.DRAFT
        shown.append(
            {
                "row": row,
                "asked": asked,
                "findings": findings(asked.document) if asked and is_draft else [],
                "minutes": estimated_minutes(asked.document) if asked else 0,
                "has_files": asked is not None and holds_files(asked.document),
                "counts": counts[row.id or 0],
                "invitations": instruments.invitation_counts(session(), row),
                "dates": wrong[1] if wrong and wrong[0] == row.number else form,
                "open_url": current_settings().base_url
                + url_for("respond.intro", round_id=row.public_id),
            }
        )
    return render(
        "manage_surveys/index.html",
        status=status,
        consultation=consultation,
        rounds=shown,
        versions=instruments.versions_of(session(), consultation),
        library=instruments.library_names(),
        form=BaseForm(formdata=None),
    )


@bp.get("/")
@requires(Permission.MANAGE_SURVEY)
def index(slug: str) -> Response:
    return _page(slug)


@bp.post("/new")
@requires(Permission.MANAGE_SURVEY)
def new(slug: str) -> Response:
    """Add a questionnaire: a ready one of the house, or a document of one's own."""
    uploaded = request.files.get("document")
    if uploaded and uploaded.filename:
        raw = _read_upload(uploaded.stream.read())
    else:
        raw = instruments.ready_document(request.form.get("ready", ""))
    with transaction() as current:
        consultation = by_slug(current, slug)
        made = instruments.add(current, consultation, raw, datetime.now(UTC))
        _record("add_questionnaire", f"{slug}/surveys/{made.document_hash[:12]}")
    flash(_("The questionnaire was added. Choose it for a round below."), "success")
    return redirect(url_for("manage_surveys.index", slug=slug), 303)


def _read_upload(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("The file is not a JSON document. Choose another file.")) from error


@bp.post("/rounds/<int:number>/questionnaire")
@requires(Permission.MANAGE_SURVEY)
def choose(slug: str, number: int) -> Response:
    with transaction() as current:
        consultation = by_slug(current, slug)
        row = _round(current, consultation, number)
        version = request.form.get("version", "")
        instruments.assign(current, consultation, row, whole_number(version) or 0)
        _record("choose_questionnaire", f"{slug}/rounds/{number}", version=version)
    return redirect(url_for("manage_surveys.index", slug=slug), 303)


@bp.post("/rounds/<int:number>/dates")
@requires(Permission.MANAGE_SURVEY)
def save_dates(slug: str, number: int) -> Response:
    form = DatesForm(prefix=f"round{number}")
    if form.validate():
        try:
            with transaction() as current:
                row = _round(current, by_slug(current, slug), number)
                process.set_round_dates(current, row, *form.moments())
                _record("move_round", f"{slug}/rounds/{number}")
        except Invalid as error:
            form.closes_at.errors = [error.message]
        else:
            flash(_("The dates were saved."), "success")
            return redirect(url_for("manage_surveys.index", slug=slug), 303)
    return _page(slug, (number, form), 422)


@bp.post("/rounds/<int:number>/state")
@requires(Permission.MANAGE_SURVEY)
def set_state(slug: str, number: int) -> Response:
    """Open, pause or close a round. Opening freezes its questionnaire."""
    wanted = request.form.get("state", "")
    if wanted not in set(RoundState):
        raise Invalid(_("Choose what should happen to the round."))
    now = datetime.now(UTC)
    with transaction() as current:
        row = _round(current, by_slug(current, slug), number)
        if wanted == RoundState.OPEN:
            instruments.freeze(current, row, now)
        process.set_round_state(current, row, RoundState(wanted), now)
        _record(f"round_{wanted}", f"{slug}/rounds/{number}")
    return redirect(url_for("manage_surveys.index", slug=slug), 303)


@bp.get("/<int:version>/preview/<int:number>")
@requires(Permission.MANAGE_SURVEY)
def preview(slug: str, version: int, number: int) -> Response:
    """A page as a respondent will see it; nothing can be sent from here."""
    consultation = by_slug(session(), slug)
    enter(consultation)
    document = instruments.document_by_id(session(), consultation, version)
    wanted = request.args.get("language", document.default_language)
    language = document.language_for(wanted)
    if not 1 <= number <= len(document.sections):
        raise NotFound(_("This questionnaire has no such page."))
    section = document.sections[number - 1]
    return render(
        "manage_surveys/preview.html",
        consultation=consultation,
        document=document,
        section=section,
        number=number,
        version=version,
        pages=len(document.sections),
        form=build_form(section, language)(formdata=None),
        page_language=language,
        page_direction=direction(language),
        registry=REGISTRY,
        field_name=field_name,
    )
