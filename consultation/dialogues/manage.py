"""/manage/consultations/<slug>/dialogues: plan, announce, and write up what was said."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from consultation.dialogues import queries, services
from consultation.dialogues.forms import (
    FORMAT_NAMES,
    NoteForm,
    dialogue_form,
    in_utc,
    in_zone,
    region_choices,
    sector_choices,
)
from consultation.dialogues.models import Dialogue, DialogueFormat
from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.forms import BaseForm
from core.i18n import _, current_language
from core.web import render

bp = Blueprint("manage_dialogues", __name__, url_prefix="/manage/consultations/<slug>/dialogues")
NOTE_LANGUAGES = ("ar", "en", "es", "fr", "hi", "pt", "ru", "sw", "zh")


def _enter(slug: str) -> Consultation:
    consultation = by_slug(session(), slug)
    enter(consultation)
    return consultation


def _record(action: str, slug: str, dialogue: Dialogue) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=f"{slug}/dialogues/{dialogue.public_id}",
        now=datetime.now(UTC),
    )


@bp.get("/")
@requires(Permission.WRITE_DIALOGUE_NOTES)
def index(slug: str) -> Response:
    consultation = _enter(slug)
    return render(
        "manage_dialogues/index.html",
        consultation=consultation,
        dialogues=[
            (row, queries.registration_count(session(), row))
            for row in queries.all_of(session(), consultation)
        ],
        format_names=FORMAT_NAMES,
    )


def _form(consultation: Consultation, dialogue: Dialogue | None = None) -> BaseForm:
    made = dialogue_form(consultation.languages)()
    made["region"].choices = region_choices(consultation.region_classification, current_language())
    if dialogue is not None and not made.is_submitted():
        for code in consultation.languages:
            made[f"title_{code}"].data = dialogue.title.get(code, "")
            made[f"description_{code}"].data = dialogue.description.get(code, "")
        for name in ("region", "place", "online_link", "time_zone", "capacity"):
            made[name].data = getattr(dialogue, name)
        made["format"].data = dialogue.format.value
        made["starts_at"].data = in_zone(dialogue.starts_at, dialogue.time_zone)
        made["ends_at"].data = in_zone(dialogue.ends_at, dialogue.time_zone)
    elif not made.is_submitted():
        made["time_zone"].data = "UTC"
    return made


def _fill(dialogue: Dialogue, form: BaseForm, consultation: Consultation) -> None:
    zone = form["time_zone"].data
    dialogue.title = {code: form[f"title_{code}"].data or "" for code in consultation.languages}
    dialogue.description = {
        code: form[f"description_{code}"].data or "" for code in consultation.languages
    }
    dialogue.region = form["region"].data or None
    dialogue.format = DialogueFormat(form["format"].data)
    dialogue.place = form["place"].data or ""
    dialogue.online_link = form["online_link"].data or ""
    dialogue.time_zone = zone
    dialogue.starts_at = in_utc(form["starts_at"].data, zone)
    dialogue.ends_at = in_utc(form["ends_at"].data, zone)
    dialogue.capacity = form["capacity"].data


@bp.get("/new")
@requires(Permission.MANAGE_CONSULTATION)
def new(slug: str) -> Response:
    consultation = _enter(slug)
    return render(
        "manage_dialogues/edit.html",
        consultation=consultation,
        form=_form(consultation),
        dialogue=None,
    )


@bp.post("/new")
@requires(Permission.MANAGE_CONSULTATION)
def create(slug: str) -> Response:
    consultation = _enter(slug)
    form = _form(consultation)
    if not form.validate():
        return render(
            "manage_dialogues/edit.html",
            consultation=consultation,
            form=form,
            dialogue=None,
            status=422,
        )
    with transaction() as current:
        dialogue = Dialogue(
            consultation_id=consultation.id or 0,
            format=DialogueFormat.HYBRID,
            starts_at=datetime.now(UTC),
            ends_at=datetime.now(UTC),
        )
        _fill(dialogue, form, consultation)
        current.add(dialogue)
        current.flush()
        _record("create_dialogue", slug, dialogue)
    return redirect(
        url_for("manage_dialogues.show", slug=slug, dialogue_id=dialogue.public_id), 303
    )


def _show(slug: str, dialogue_id: str, note: NoteForm, status: int = 200) -> Response:
    consultation = _enter(slug)
    dialogue = queries.by_public_id(session(), consultation, dialogue_id)
    notes = queries.notes(session(), dialogue)
    said = [row.id for row in notes]
    return render(
        "manage_dialogues/show.html",
        status=status,
        consultation=consultation,
        dialogue=dialogue,
        registrations=queries.registrations(session(), dialogue),
        notes=notes,
        translated=translations_of(session(), said, current_language()),
        note=note,
        starts_local=in_zone(dialogue.starts_at, dialogue.time_zone),
        form=BaseForm(formdata=None),
    )


def _note_form(slug: str, *, blank: bool) -> NoteForm:
    consultation = by_slug(session(), slug)
    form = NoteForm(formdata=None) if blank else NoteForm()
    language = current_language()
    form.sector.choices = sector_choices(language)
    form.region.choices = region_choices(consultation.region_classification, language)
    codes = dict.fromkeys([*consultation.languages, *NOTE_LANGUAGES])
    form.language.choices = {code: code for code in codes}
    return form


@bp.get("/<dialogue_id>/")
@requires(Permission.WRITE_DIALOGUE_NOTES)
def show(slug: str, dialogue_id: str) -> Response:
    return _show(slug, dialogue_id, _note_form(slug, blank=True))


@bp.get("/<dialogue_id>/edit")
@requires(Permission.MANAGE_CONSULTATION)
def edit(slug: str, dialogue_id: str) -> Response:
    consultation = _enter(slug)
    dialogue = queries.by_public_id(session(), consultation, dialogue_id)
    form = _form(consultation, dialogue)
    return render(
        "manage_dialogues/edit.html", consultation=consultation, form=form, dialogue=dialogue
    )


@bp.post("/<dialogue_id>/edit")
@requires(Permission.MANAGE_CONSULTATION)
def save(slug: str, dialogue_id: str) -> Response:
    consultation = _enter(slug)
    dialogue = queries.by_public_id(session(), consultation, dialogue_id)
    form = _form(consultation, dialogue)
    if not form.validate():
        return render(
            "manage_dialogues/edit.html",
            consultation=consultation,
            form=form,
            dialogue=dialogue,
            status=422,
        )
    with transaction() as current:
        _fill(dialogue, form, consultation)
        current.add(dialogue)
        _record("edit_dialogue", slug, dialogue)
    return redirect(url_for("manage_dialogues.show", slug=slug, dialogue_id=dialogue_id), 303)


@bp.post("/<dialogue_id>/announce")
@requires(Permission.MANAGE_CONSULTATION)
def announce(slug: str, dialogue_id: str) -> Response:
    with transaction() as current:
        dialogue = queries.by_public_id(current, by_slug(current, slug), dialogue_id)
        services.announce(current, dialogue)
        _record("announce_dialogue", slug, dialogue)
    flash(_("The dialogue is public and takes registrations."), "success")
    return redirect(url_for("manage_dialogues.show", slug=slug, dialogue_id=dialogue_id), 303)


@bp.post("/<dialogue_id>/notes")
@requires(Permission.WRITE_DIALOGUE_NOTES)
def write_note(slug: str, dialogue_id: str) -> Response:
    form = _note_form(slug, blank=False)
    if not form.validate():
        return _show(slug, dialogue_id, form, 422)
    note = services.Note(
        point=form.point.data or "",
        text=form.text.data,
        sector=form.sector.data or None,
        region=form.region.data or None,
        language=form.language.data,
        is_quotable=form.is_quotable.data,
    )
    with transaction() as current:
        consultation = by_slug(current, slug)
        dialogue = queries.by_public_id(current, consultation, dialogue_id)
        services.write_note(current, consultation, dialogue, note, datetime.now(UTC))
        _record("write_note", slug, dialogue)
    flash(_("The note was saved."), "success")
    url = url_for("manage_dialogues.show", slug=slug, dialogue_id=dialogue_id)
    return redirect(f"{url}#notes", 303)


@bp.post("/<dialogue_id>/notes/<note_id>/remove")
@requires(Permission.WRITE_DIALOGUE_NOTES)
def remove_note(slug: str, dialogue_id: str, note_id: str) -> Response:
    with transaction() as current:
        dialogue = queries.by_public_id(current, by_slug(current, slug), dialogue_id)
        services.remove_note(current, dialogue, note_id)
        _record("remove_note", slug, dialogue)
    return redirect(url_for("manage_dialogues.show", slug=slug, dialogue_id=dialogue_id), 303)
