"""The programme: tracks with their budget, and adopted items in them."""

from datetime import UTC

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.process.models import Consultation
from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Conflict, Invalid
from core.forms import BaseForm
from core.i18n import _, current_language, text_in
from core.web import render
from results.agenda import programme as plan
from results.agenda import queries
from results.agenda.drafts import queries as drafts
from results.agenda.forms import PlaceForm, fill, placeable, texts_of, track_form
from results.agenda.manage.desk import bp, loaded, now_utc, opened, record
from results.agenda.models import AgendaTrack, ItemState


@bp.get("/programme")
@requires(Permission.EDIT_AGENDA)
def programme(slug: str) -> Response:
    return _page(opened(slug))


def _page(
    consultation: Consultation,
    status: int = 200,
    *,
    form: BaseForm | None = None,
    placing: BaseForm | None = None,
    track: AgendaTrack | None = None,
) -> Response:
    strands = plan.strands(session(), consultation.id or 0)
    items = queries.items(session(), consultation)
    return render(
        "manage_agenda/programme.html",
        status=status,
        consultation=consultation,
        strands=strands,
        homeless=[
            item for item in items if item.state is ItemState.ADOPTED and item.track_id is None
        ],
        is_adopted=drafts.adopted(session(), consultation.id or 0) is not None,
        form=form or track_form(consultation.languages)(formdata=None),
        placing=placing or _placing(consultation),
        track=track,
    )


def _placing(consultation: Consultation, *, is_sent: bool = False) -> PlaceForm:
    form = PlaceForm() if is_sent else PlaceForm(formdata=None)
    default = consultation.default_language
    form.item.choices = placeable(queries.items(session(), consultation), default)
    form.track.choices = {
        strand.track.public_id: text_in(strand.track.title, current_language(), default)
        for strand in plan.strands(session(), consultation.id or 0)
    }
    return form


@bp.get("/programme/<track_id>")
@requires(Permission.EDIT_AGENDA)
def track(slug: str, track_id: str) -> Response:
    consultation = opened(slug)
    row = plan.track_by_public_id(session(), consultation, track_id)
    form = track_form(consultation.languages)(formdata=None)
    fill(form, "title", row.title, consultation.languages)
    fill(form, "audience", row.audience, consultation.languages)
    for name in ("room", "minutes", "slots"):
        form[name].data = getattr(row, name)
    form["starts_at"].data = row.starts_at
    return _page(consultation, form=form, track=row)


@bp.post("/programme")
@requires(Permission.EDIT_AGENDA)
def new_track(slug: str) -> Response:
    return _save(opened(slug), None)


@bp.post("/programme/<track_id>")
@requires(Permission.EDIT_AGENDA)
def save_track(slug: str, track_id: str) -> Response:
    consultation = opened(slug)
    return _save(consultation, plan.track_by_public_id(session(), consultation, track_id))


def _save(consultation: Consultation, row: AgendaTrack | None) -> Response:
    form = track_form(consultation.languages)()
    if form.validate():
        wanted = plan.TrackPlan(
            title=texts_of(form, "title", consultation.languages),
            audience=texts_of(form, "audience", consultation.languages),
            room=form["room"].data or "",
            starts_at=form["starts_at"].data.replace(tzinfo=UTC),
            minutes=form["minutes"].data,
            slots=form["slots"].data,
        )
        try:
            with transaction() as current:
                made = plan.save_track(current, consultation, wanted, row)
                record("save_track", consultation.slug, made.public_id, now_utc())
        except (Invalid, Conflict) as error:
            form.refuse(Invalid(error.message, field=_first(error, consultation)))
        else:
            flash(_("The track was saved."), "success")
            return redirect(url_for("manage_agenda.programme", slug=consultation.slug), 303)
    return _page(consultation, 422, form=form, track=row)


def _first(error: Invalid | Conflict, consultation: Consultation) -> str | None:
    field = getattr(error, "field", None)
    return f"title_{consultation.languages[0]}" if field == "title" else field


@bp.post("/programme/<track_id>/delete")
@requires(Permission.EDIT_AGENDA)
def delete_track(slug: str, track_id: str) -> Response:
    with transaction() as current:
        consultation = opened(slug)
        plan.delete_track(current, plan.track_by_public_id(current, consultation, track_id))
        record("delete_track", slug, track_id, now_utc())
    return redirect(url_for("manage_agenda.programme", slug=slug), 303)


@bp.post("/programme/place")
@requires(Permission.EDIT_AGENDA)
def place(slug: str) -> Response:
    """Put an adopted item into a track; more than the track's budget is refused."""
    consultation = opened(slug)
    form = _placing(consultation, is_sent=True)
    if form.validate():
        _consultation, item = loaded(slug, form.item.data)
        row = plan.track_by_public_id(session(), consultation, form.track.data)
        try:
            with transaction() as current:
                plan.place(current, item, row, form["minutes"].data)
                record("place_item", slug, item.public_id, now_utc())
        except (Invalid, Conflict) as error:
            form.refuse(Invalid(error.message, field="minutes"))
        else:
            return redirect(url_for("manage_agenda.programme", slug=slug), 303)
    return _page(consultation, 422, placing=form)


@bp.post("/<item_id>/unplace")
@requires(Permission.EDIT_AGENDA)
def unplace(slug: str, item_id: str) -> Response:
    with transaction() as current:
        _consultation, item = loaded(slug, item_id)
        plan.unplace(current, item)
        record("unplace_item", slug, item_id, now_utc())
    return redirect(url_for("manage_agenda.programme", slug=slug), 303)


@bp.post("/<item_id>/slot")
@requires(Permission.EDIT_AGENDA)
def move_slot(slug: str, item_id: str) -> Response:
    step = -1 if request.form.get("direction") == "up" else 1
    with transaction() as current:
        _consultation, item = loaded(slug, item_id)
        plan.move_in_track(current, item, step)
        record("move_slot", slug, item_id, now_utc())
    return redirect(url_for("manage_agenda.programme", slug=slug), 303)
