"""Label answers: one at a time, by keyboard or by touch, with or without scripts."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.contributions.models import Contribution
from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Conflict, Invalid
from core.forms import BaseForm
from core.i18n import _, current_language, own_name, text_in
from core.security import safe_target
from results.workbench import asking, population, queries, readings, translations
from results.workbench.models import Purpose, Theme
from results.workbench.views.desk import Desk, bp, go, opened, page

#: One key a theme, in the order of the codebook. "u" takes back, "d" shows what the themes mean.
KEYS = "1234567890qwertyiopasfghjklzxcvbnm"
#: So much of a definition stands beside the answer; the codebook has the rest.
MOST_MEANING = 600


def _place(desk: Desk) -> int:
    place = queries.place_of(session(), desk.codebook, desk.account.id or 0)
    if place is None:
        raise Conflict(
            _("You are not one of the two coders. An analyst gives places on the page of coders.")
        )
    return place


def _purpose() -> Purpose:
    return Purpose.TEACH if request.values.get("mode") == Purpose.TEACH.value else Purpose.AUDIT


@bp.get("/label")
@requires(Permission.CODE_TEXTS)
def label(slug: str) -> Response:
    """The next answer, or the one that is asked for again."""
    desk = opened(slug)
    place = queries.place_of(session(), desk.codebook, desk.account.id or 0)
    if place is None:
        return page("no_place", desk)
    purpose = _purpose()
    wanted = request.args.get("answer", "")
    answer = (
        population.answer(session(), desk.codebook, wanted)
        if wanted
        else readings.next_answer(session(), desk.codebook, place, purpose)
    )
    return _label_page(desk, place, purpose, answer)


def _meanings(desk: Desk, theme: Theme) -> list[tuple[str, str]]:
    """What belongs to a theme and what does not, each with its heading; empty texts left out."""
    language, other = current_language(), desk.consultation.default_language
    found = [
        (heading, text_in(texts, language, other))
        for heading, texts in (
            ("", theme.definition),
            (_("Belongs here"), theme.inclusion),
            (_("Does not belong here"), theme.exclusion),
        )
    ]
    return [
        (heading, text if len(text) <= MOST_MEANING else f"{text[:MOST_MEANING].rstrip()}…")
        for heading, text in found
        if text
    ]


def _label_page(
    desk: Desk, place: int, purpose: Purpose, answer: Contribution | None, **more: Any
) -> Response:
    themes = queries.coded_themes(queries.themes(session(), desk.codebook))
    own = (
        readings.own_codes(session(), desk.codebook, place, answer.id) if answer is not None else {}
    )
    return page(
        "label",
        desk,
        place=place,
        purpose=purpose.value,
        answer=answer,
        own=own,
        themes=[
            (theme, KEYS[number] if number < len(KEYS) else "", _meanings(desk, theme))
            for number, theme in enumerate(themes)
        ],
        done=readings.progress(session(), desk.codebook, place),
        translation=translations.of(session(), answer, current_language()) if answer else None,
        own_name=own_name,
        form=BaseForm(),
        **more,
    )


@bp.post("/label")
@requires(Permission.CODE_TEXTS)
def save_label(slug: str) -> Response:
    """Keep what was said of an answer and show the next one."""
    desk = opened(slug)
    place, purpose = _place(desk), _purpose()
    themes = queries.coded_themes(queries.themes(session(), desk.codebook))
    given = {name[2:]: value for name, value in request.form.items() if name.startswith("t-")}
    shown = {name: "no" for name in request.form.get("shown", "").split(" ") if name}
    words = readings.said(
        themes,
        {**shown, **given},
        request.form.get("contribution", ""),
        request.form.get("hash", ""),
        purpose,
    )
    now = datetime.now(UTC)
    with transaction() as current:
        readings.record(current, desk.codebook, place, desk.account, words, now)
        if readings.count_at(current, desk.codebook, place) % readings.TEACH_EVERY == 0:
            asking.request_coding(current, slug, now)
    return redirect(url_for("workbench.label", slug=slug, mode=purpose.value), 303)


@bp.post("/undo-label")
@requires(Permission.CODE_TEXTS)
def undo_label(slug: str) -> Response:
    """Take one's own last answer back and read it again."""
    desk = opened(slug)
    place, purpose = _place(desk), _purpose()
    try:
        with transaction() as current:
            key = readings.undo_last(current, desk.codebook, place, desk.account)
    except Conflict as error:
        flash(error.message, "warning")
        return redirect(url_for("workbench.label", slug=slug, mode=purpose.value), 303)
    flash(_("Your last answer is open again."), "info")
    url = url_for("workbench.label", slug=slug, mode=purpose.value, answer=key)
    return redirect(url, 303)


@bp.get("/translations")
@requires(Permission.CODE_TEXTS)
def translations_asked(slug: str) -> Response:
    """Translations that readers asked for."""
    desk = opened(slug)
    waiting = translations.waiting(session(), desk.consultation)
    return page("translations", desk, waiting=waiting, own_name=own_name, form=BaseForm())


@bp.post("/translations/<contribution_id>/ask")
@requires(Permission.CODE_TEXTS)
def ask_translation(slug: str, contribution_id: str) -> Response:
    """One click: somebody who reads both languages will find the request."""
    desk = opened(slug)
    with transaction() as current:
        translations.ask(
            current, desk.consultation, contribution_id, current_language(), desk.actor()
        )
    flash(_("The translation was asked for."), "success")
    asked = url_for("workbench.translations_asked", slug=slug)
    return redirect(safe_target(request.form.get("next"), asked), 303)


@bp.post("/translations/<contribution_id>/<language>")
@requires(Permission.CODE_TEXTS)
def translate(slug: str, contribution_id: str, language: str) -> Response:
    desk = opened(slug)
    text = request.form.get("text", "")
    if not text.strip():
        raise Invalid(_("Write the translation."), field="text")
    with transaction() as current:
        translations.write(
            current, desk.consultation, contribution_id, language, text, desk.actor()
        )
    flash(_("The translation was saved."), "success")
    return go("translations_asked", desk)
