"""The committee's review of an item and the decision on it; the criteria of all reviews."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, current_language
from core.web import render
from results.agenda import decisions, queries
from results.agenda.forms import (
    criterion_form,
    decision_form,
    fill,
    reason_form,
    review_form,
    texts_of,
)
from results.agenda.manage.desk import actor, bp, loaded, now_utc, opened, record
from results.agenda.manage.items import edit_page
from results.agenda.models import AgendaItem, ItemState
from results.agenda.review import queries as review
from results.agenda.review import services
from results.agenda.review.services import Given


@bp.post("/<item_id>/review/start")
@requires(Permission.EDIT_AGENDA)
def start_review(slug: str, item_id: str) -> Response:
    consultation, item = loaded(slug, item_id)
    now = now_utc()
    with transaction() as current:
        services.start(current, consultation, item, actor=actor(), now=now)
        record("start_review", slug, item_id, now)
    flash(_("The item is with the committee. Its words stand still from here."), "success")
    return _back(slug, item_id, "review")


@bp.post("/<item_id>/review")
@requires(Permission.ADOPT_AGENDA)
def give_review(slug: str, item_id: str) -> Response:
    """Scores, given once and blind to the others', or stepping aside."""
    consultation, item = loaded(slug, item_id)
    criteria = services.criteria_of(session(), consultation)
    form = review_form(criteria, current_language(), consultation.default_language)()
    if form.validate():
        now = now_utc()
        try:
            with transaction() as current:
                services.give_review(
                    current, consultation, item, _given(form), judge=actor(), now=now
                )
                record("review_item", slug, item_id, now)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Your review was stored."), "success")
            return _back(slug, item_id, "review")
    return edit_page(consultation, item, 422, review=form)


def _given(form: BaseForm) -> Given:
    scores = {
        name.removeprefix("score_"): int(field.data)
        for name, field in form._fields.items()
        if name.startswith("score_") and field.data
    }
    return Given(
        scores=scores,
        comment=(form["comment"].data or "").replace("\x00", ""),
        recusal_reason=(form["recusal_reason"].data or "").replace("\x00", ""),
    )


@bp.post("/<item_id>/review/take-back")
@requires(Permission.EDIT_AGENDA)
def take_back(slug: str, item_id: str) -> Response:
    consultation, item = loaded(slug, item_id)
    form = reason_form(consultation.languages, _("Reason"))()
    if form.validate():
        now = now_utc()
        try:
            with transaction() as current:
                reason = texts_of(form, "why", consultation.languages)
                services.take_back(current, item, reason=reason, actor=actor(), now=now)
                record("take_back_item", slug, item_id, now)
        except Invalid as error:
            _refuse_reason(form, error, consultation.languages)
        else:
            return _back(slug, item_id, "review")
    return edit_page(consultation, item, 422, turn=form)


@bp.post("/<item_id>/decide")
@requires(Permission.ADOPT_AGENDA)
def decide(slug: str, item_id: str) -> Response:
    """The committee decides, with a reason; the figures behind the item are frozen beside it."""
    consultation, item = loaded(slug, item_id)
    others = [row for row in queries.items(session(), consultation) if row.id != item.id]
    form = decision_form(consultation.languages, others, consultation.default_language)()
    if form.validate():
        now = now_utc()
        decision = decisions.Decision(
            state=ItemState(form["state"].data),
            reason=texts_of(form, "reason", consultation.languages),
            merged_into=form["merged_into"].data or "",
            deferred_until=form["deferred_until"].data,
            referred_to=(form["referred_to"].data or "").replace("\x00", ""),
        )
        try:
            with transaction() as current:
                decisions.decide(current, consultation, item, decision, actor=actor(), now=now)
                record(f"decide_agenda_item:{item.state.value}", slug, item_id, now)
        except Invalid as error:
            _refuse_reason(form, error, consultation.languages)
        else:
            flash(_("The decision was recorded and is public."), "success")
            return redirect(url_for("manage_agenda.index", slug=slug), 303)
    return edit_page(consultation, _fresh(item), 422, decision=form)


def _fresh(item: AgendaItem) -> AgendaItem:
    """The item as it is stored, after a decision that was refused half-way."""
    session().refresh(item)
    return item


@bp.post("/<item_id>/reopen")
@requires(Permission.ADOPT_AGENDA)
def reopen(slug: str, item_id: str) -> Response:
    consultation, item = loaded(slug, item_id)
    form = reason_form(consultation.languages, _("Reason"))()
    if form.validate():
        now = now_utc()
        try:
            with transaction() as current:
                reason = texts_of(form, "why", consultation.languages)
                decisions.reopen(current, consultation, item, reason=reason, actor=actor(), now=now)
                record("reopen_item", slug, item_id, now)
        except Invalid as error:
            _refuse_reason(form, error, consultation.languages)
        else:
            flash(_("The item is open again. The earlier decision stays on record."), "success")
            return _back(slug, item_id, "main")
    return edit_page(consultation, _fresh(item), 422, turn=form)


def _refuse_reason(form: BaseForm, error: Invalid, languages: list[str]) -> None:
    if error.field == "reason":
        asked = next(name for name in ("reason", "why") if f"{name}_{languages[0]}" in form)
        error.field = f"{asked}_{languages[0]}"
    form.refuse(error)


@bp.get("/criteria")
@requires(Permission.EDIT_AGENDA)
def criteria(slug: str) -> Response:
    consultation = opened(slug)
    rows = services.criteria_of(session(), consultation)
    is_fixed = review.has_scores(session(), consultation)
    if request.args.get("more") == "1" and not is_fixed and len(rows) < services.MOST_CRITERIA:
        number = next(n for n in range(1, 99) if f"own_{n}" not in {row["code"] for row in rows})
        rows = [*rows, {"code": f"own_{number}", "title": {}, "low": {}, "high": {}}]
    form = criterion_form(consultation.languages, [row["code"] for row in rows])(formdata=None)
    for row in rows:
        for name in ("title", "low", "high"):
            fill(form, f"{row['code']}-{name}", row[name], consultation.languages)
    return render(
        "manage_agenda/criteria.html",
        consultation=consultation,
        form=form,
        codes=[row["code"] for row in rows],
        is_fixed=is_fixed,
        most=services.MOST_CRITERIA,
    )


@bp.post("/criteria")
@requires(Permission.EDIT_AGENDA)
def save_criteria(slug: str) -> Response:
    """Declare by what items are judged; one whose names are all empty goes away."""
    consultation = opened(slug)
    codes = [code for code in request.form.getlist("code") if code.isidentifier()]
    codes = list(dict.fromkeys(codes))[: services.MOST_CRITERIA]
    form = criterion_form(consultation.languages, codes)()
    status = 422
    if form.validate():
        entries = [_criterion(form, code, consultation.languages) for code in codes]
        kept = [entry for entry in entries if any(entry["title"].values())]
        try:
            with transaction() as current:
                services.declare_criteria(current, consultation, kept)
                record("declare_criteria", slug, "criteria", now_utc())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The criteria were saved."), "success")
            return redirect(url_for("manage_agenda.criteria", slug=slug), 303)
    return render(
        "manage_agenda/criteria.html",
        status=status,
        consultation=consultation,
        form=form,
        codes=codes,
        is_fixed=False,
        most=services.MOST_CRITERIA,
    )


def _criterion(form: BaseForm, code: str, languages: list[str]) -> dict[str, Any]:
    texts = {name: texts_of(form, f"{code}-{name}", languages) for name in ("title", "low", "high")}
    return {"code": code, **texts}


def _back(slug: str, item_id: str, part: str) -> Response:
    return redirect(url_for("manage_agenda.edit", slug=slug, item_id=item_id, _anchor=part), 303)
