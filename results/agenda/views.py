"""/consultations/<slug>/agenda for everybody, /manage/consultations/<slug>/agenda to build it."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug, challenges
from core import audit
from core.auth.permissions import PUBLIC, Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _
from core.web import render
from results import runs
from results.agenda import evidence, queries, services
from results.agenda.forms import decision_form, fill, item_form, texts_of
from results.agenda.models import AgendaItem, ItemState
from results.models import Audience

bp = Blueprint("agenda", __name__)
MANAGE = "/manage/consultations/<slug>/agenda"


def _load(slug: str, item_id: str) -> tuple[Consultation, AgendaItem]:
    consultation = by_slug(session(), slug)
    enter(consultation)
    return consultation, queries.item_by_public_id(session(), consultation, item_id)


def _record(action: str, slug: str, item: AgendaItem, now: datetime) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=f"{slug}/agenda/{item.public_id}",
        now=now,
    )


@bp.get("/consultations/<slug>/agenda")
@requires(PUBLIC)
def show(slug: str) -> Response:
    consultation = by_slug(session(), slug, is_public=True)
    enter(consultation)
    return render(
        "agenda/show.html",
        consultation=consultation,
        items=queries.public_items(session(), consultation),
        figures=evidence.describe,
    )


@bp.get(MANAGE)
@requires(Permission.EDIT_AGENDA)
def index(slug: str) -> Response:
    consultation = by_slug(session(), slug)
    enter(consultation)
    run = runs.latest(session(), consultation)
    return render(
        "agenda/index.html",
        consultation=consultation,
        items=queries.with_evidence(
            session(), queries.items(session(), consultation), is_public=False
        ),
        challenges=challenges(session(), consultation),
        topics=queries.confirmed_topics(session(), run) if run else {},
        form=BaseForm(),
    )


@bp.post(MANAGE + "/new")
@requires(Permission.EDIT_AGENDA)
def new(slug: str) -> Response:
    """Start an item from a challenge, from a confirmed topic, or from nothing but a title."""
    now = datetime.now(UTC)
    with transaction() as current:
        consultation = by_slug(current, slug)
        item = evidence.start_item(current, consultation, request.form.get("source", ""), now)
        _record("add_agenda_item", slug, item, now)
    return redirect(url_for("agenda.edit", slug=slug, item_id=item.public_id), 303)


@bp.get(MANAGE + "/<item_id>")
@requires(Permission.EDIT_AGENDA)
def edit(slug: str, item_id: str) -> Response:
    consultation, item = _load(slug, item_id)
    form = item_form(consultation.languages)()
    fill(form, "title", item.title, consultation.languages)
    fill(form, "rationale", item.rationale, consultation.languages)
    return _edit_page(consultation, item, form, decision_form(consultation.languages)())


def _edit_page(
    consultation: Consultation,
    item: AgendaItem,
    form: BaseForm,
    decision: BaseForm,
    status: int = 200,
) -> Response:
    run = runs.latest(session(), consultation)
    documents = runs.tables(session(), run, Audience.COMMITTEE) if run else {}
    return render(
        "agenda/edit.html",
        status=status,
        consultation=consultation,
        shown=queries.with_evidence(session(), [item], is_public=False)[0],
        form=form,
        decision=decision,
        run=run,
        offers=evidence.offers(documents),
        topics=queries.confirmed_topics(session(), run) if run else {},
        figures=evidence.describe,
        is_draft=item.state is ItemState.DRAFT,
    )


@bp.post(MANAGE + "/<item_id>")
@requires(Permission.EDIT_AGENDA)
def save(slug: str, item_id: str) -> Response:
    consultation, item = _load(slug, item_id)
    form = item_form(consultation.languages)()
    if form.validate():
        now = datetime.now(UTC)
        with transaction() as current:
            services.edit_item(
                current,
                item,
                title=texts_of(form, "title", consultation.languages),
                rationale=texts_of(form, "rationale", consultation.languages),
            )
            _record("edit_agenda_item", slug, item, now)
        flash(_("The item was saved."), "success")
        return redirect(url_for("agenda.edit", slug=slug, item_id=item_id), 303)
    return _edit_page(consultation, item, form, decision_form(consultation.languages)(), 422)


@bp.post(MANAGE + "/<item_id>/evidence")
@requires(Permission.EDIT_AGENDA)
def link(slug: str, item_id: str) -> Response:
    now = datetime.now(UTC)
    with transaction() as current:
        consultation, item = _load(slug, item_id)
        if request.form.get("contribution"):
            services.link_contribution(current, item, request.form["contribution"].strip(), now)
        else:
            run = runs.by_public_id(current, consultation, request.form.get("run", ""))
            table_name, _separator, row_key = request.form.get("row", "").partition("|")
            services.link_figures(
                current, item, run, table_name=table_name, row_key=row_key, now=now
            )
        _record("link_evidence", slug, item, now)
    return redirect(url_for("agenda.edit", slug=slug, item_id=item_id) + "#evidence", 303)


@bp.post(MANAGE + "/<item_id>/evidence/<evidence_id>/remove")
@requires(Permission.EDIT_AGENDA)
def unlink(slug: str, item_id: str, evidence_id: str) -> Response:
    with transaction() as current:
        _consultation, item = _load(slug, item_id)
        services.unlink(current, item, evidence_id)
        _record("unlink_evidence", slug, item, datetime.now(UTC))
    return redirect(url_for("agenda.edit", slug=slug, item_id=item_id) + "#evidence", 303)


@bp.post(MANAGE + "/<item_id>/move")
@requires(Permission.EDIT_AGENDA)
def move(slug: str, item_id: str) -> Response:
    with transaction() as current:
        _consultation, item = _load(slug, item_id)
        services.move(current, item, -1 if request.form.get("direction") == "up" else 1)
        _record("move_agenda_item", slug, item, datetime.now(UTC))
    return redirect(url_for("agenda.index", slug=slug), 303)


@bp.post(MANAGE + "/<item_id>/decide")
@requires(Permission.ADOPT_AGENDA)
def decide(slug: str, item_id: str) -> Response:
    """The committee decides, once; the figures behind the item are frozen beside it."""
    consultation, item = _load(slug, item_id)
    form = decision_form(consultation.languages)()
    if form.validate():
        try:
            _decide(consultation, item, form)
        except Invalid as error:
            error.field = f"reason_{consultation.languages[0]}" if error.field == "reason" else None
            form.refuse(error)
        else:
            flash(_("The decision was recorded and is public."), "success")
            return redirect(url_for("agenda.index", slug=slug), 303)
    words = item_form(consultation.languages)(formdata=None)
    fill(words, "title", item.title, consultation.languages)
    fill(words, "rationale", item.rationale, consultation.languages)
    return _edit_page(consultation, item, words, form, 422)


def _decide(consultation: Consultation, item: AgendaItem, form: BaseForm) -> None:
    now = datetime.now(UTC)
    with transaction() as current:
        services.decide(
            current,
            item,
            state=ItemState(form["state"].data),
            reason=texts_of(form, "reason", consultation.languages),
            actor=signed_in_account().public_id,
            now=now,
        )
        _record(f"decide_agenda_item:{item.state.value}", consultation.slug, item, now)
