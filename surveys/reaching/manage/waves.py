"""Waves: written, looked at, sent now or at a time, stopped."""

from collections import Counter
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.process.models import IdentityMode
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, direction, own_name
from core.mail import Letter
from core.security import current_settings
from core.web import render
from surveys.reaching import queries, services
from surveys.reaching.forms import SendForm, chosen_in, mail_languages, wave_form, words_in
from surveys.reaching.letters import Occasion, first_letter, reminder_letter, words_of
from surveys.reaching.manage.place import (
    KIND_NAMES,
    REASON_NAMES,
    STATE_NAMES,
    Place,
    bp,
    enter_place,
    group_names,
    place_of,
    record,
)
from surveys.reaching.models import InvitationWave, WaveKind, WaveState
from surveys.reaching.queries import Reason


@bp.get("/rounds/<int:number>/reach/waves/new")
@requires(Permission.MANAGE_SURVEY)
def new_wave(slug: str, number: int) -> Response:
    place = enter_place(slug, number)
    kind = _kind(request.args.get("kind", WaveKind.FIRST.value))
    spoken = queries.languages_of(session(), place.consultation)
    defaults = {"kind": kind.value, "contact": signed_in_account().email}
    form = wave_form(place.consultation, spoken)(formdata=None, data=defaults)
    return _wave_form_page(place, kind, form)


def _kind(value: str) -> WaveKind:
    if value not in set(WaveKind):
        raise Invalid(_("Choose an invitation or a reminder."))
    return WaveKind(value)


def _wave_form_page(place: Place, kind: WaveKind, form: BaseForm, status: int = 200) -> Response:
    return render(
        "manage_reaching/new_wave.html",
        status=status,
        consultation=place.consultation,
        row=place.round,
        form=form,
        kind=kind,
        kind_names=KIND_NAMES,
    )


@bp.post("/rounds/<int:number>/reach/waves/new")
@requires(Permission.MANAGE_SURVEY)
def create_wave(slug: str, number: int) -> Response:
    """Keep a message as a draft, and show whom it would reach and how it reads."""
    place = enter_place(slug, number)
    kind = _kind(request.form.get("kind", ""))
    spoken = queries.languages_of(session(), place.consultation)
    form = wave_form(place.consultation, spoken)()
    if not form.validate():
        return _wave_form_page(place, kind, form, 422)
    words = words_in(form, mail_languages(place.consultation, spoken))
    with transaction() as current:
        wave = services.draft_wave(
            current, place.round, kind, chosen_in(form), words, datetime.now(UTC)
        )
        record("draft_wave", f"{slug}/rounds/{number}/waves/{wave.number}", kind=kind.value)
    return redirect(
        url_for("manage_reaching.wave", slug=slug, number=number, wave_id=wave.public_id), 303
    )


@bp.get("/rounds/<int:number>/reach/waves/<wave_id>")
@requires(Permission.MANAGE_SURVEY)
def wave(slug: str, number: int, wave_id: str) -> Response:
    place = enter_place(slug, number)
    return _wave_page(place, queries.find_wave(session(), place.round, wave_id))


def _wave_page(
    place: Place, found: InvitationWave, form: SendForm | None = None, status: int = 200
) -> Response:
    moment = found.scheduled_at or datetime.now(UTC)
    chosen = queries.Chosen.read(found.chosen)
    selection = queries.select_people(
        session(), place.consultation, place.round, found.kind, chosen, moment
    )
    is_waiting = found.state in {WaveState.DRAFT, WaveState.PLANNED}
    left_out = selection.left_out if is_waiting else found.left_out
    languages = mail_languages(
        place.consultation, queries.languages_of(session(), place.consultation)
    )
    return render(
        "manage_reaching/wave.html",
        status=status,
        consultation=place.consultation,
        row=place.round,
        wave=found,
        is_waiting=is_waiting,
        count=len(selection.people),
        by_language=Counter(one.stakeholder.language for one in selection.people),
        left_out={REASON_NAMES[Reason(code)]: count for code, count in left_out.items()},
        days=queries.days_to_answer(place.round, moment),
        fewest_days=queries.FEWEST_DAYS_TO_ANSWER,
        letters={code: _example(place, found, code) for code in languages},
        chosen=chosen,
        group_names=group_names(place.consultation),
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        own_name=own_name,
        direction=direction,
        form=form or SendForm(formdata=None),
    )


def _example(place: Place, found: InvitationWave, language: str) -> Letter:
    """The mail as somebody of this language gets it, with marks where the links will stand."""
    occasion = Occasion(place.consultation, place.round, words_of(found))
    base = current_settings().base_url
    url, leave = f"{base}/s/…/", f"{base}/u/…"
    if found.kind is WaveKind.FIRST:
        return first_letter(occasion, language, url=url, leave=leave)
    is_anonymous = place.round.identity_mode is IdentityMode.ANONYMOUS
    return reminder_letter(
        occasion, language, url=None if is_anonymous else url, sent_on=None, leave=leave
    )


@bp.post("/rounds/<int:number>/reach/waves/<wave_id>/send")
@requires(Permission.MANAGE_SURVEY)
def send_wave(slug: str, number: int, wave_id: str) -> Response:
    """Send a message now, or at a time."""
    form = SendForm()
    if form.validate():
        try:
            with transaction() as current:
                place = place_of(current, slug, number)
                found = queries.find_wave(current, place.round, wave_id)
                services.schedule(current, place.round, found, form.moment(), datetime.now(UTC))
                record("send_wave", f"{slug}/rounds/{number}/waves/{found.number}")
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The message is on its way, or will be at its time."), "success")
            return redirect(url_for("manage_reaching.index", slug=slug, number=number), 303)
    place = enter_place(slug, number)
    return _wave_page(place, queries.find_wave(session(), place.round, wave_id), form, 422)


@bp.post("/rounds/<int:number>/reach/waves/<wave_id>/stop")
@requires(Permission.MANAGE_SURVEY)
def stop_wave(slug: str, number: int, wave_id: str) -> Response:
    with transaction() as current:
        place = place_of(current, slug, number)
        found = queries.find_wave(current, place.round, wave_id)
        services.stop(current, found, datetime.now(UTC))
        record("stop_wave", f"{slug}/rounds/{number}/waves/{found.number}")
    flash(_("The message was stopped."), "success")
    return redirect(url_for("manage_reaching.index", slug=slug, number=number), 303)
