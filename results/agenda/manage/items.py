"""Candidates: the list, how one starts, its words, who else works on it, its evidence."""

from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from consultation.process.models import Consultation
from consultation.process.queries import challenges
from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, current_language
from core.web import render
from results import runs
from results.agenda import decisions, evidence, intake, queries, services
from results.agenda.drafts import queries as drafts
from results.agenda.forms import (
    decision_form,
    fill_item,
    item_form,
    overlap_form,
    reason_form,
    review_form,
    texts_of,
    wording_of,
)
from results.agenda.manage.desk import actor, bp, loaded, now_utc, opened, record
from results.agenda.models import UNDECIDED, AgendaItem, Body, ItemState
from results.agenda.review import queries as review
from results.agenda.review import services as reviewing
from results.models import Audience
from results.outcomes.queries import undelivered


@bp.get("")
@requires(Permission.EDIT_AGENDA)
def index(slug: str) -> Response:
    consultation = opened(slug)
    run = runs.latest(session(), consultation)
    documents = runs.tables(session(), run, Audience.COMMITTEE) if run else {}
    return render(
        "manage_agenda/index.html",
        consultation=consultation,
        items=queries.with_evidence(session(), queries.items(session(), consultation)),
        scores=review.counts(session(), consultation),
        to_score=review.to_score(session(), consultation, actor()),
        challenges=challenges(session(), consultation),
        run=run,
        topics=queries.confirmed_topics(session(), run) if run else {},
        themes=documents.get("themes", {}).get("rows", []),
        altered=decisions.find_altered(session(), consultation),
        version=drafts.latest(session(), consultation),
        waiting=drafts.waiting_count(session(), consultation),
        owed=undelivered(session(), consultation),
        form=BaseForm(),
    )


@bp.post("/new")
@requires(Permission.EDIT_AGENDA)
def new(slug: str) -> Response:
    """Start a candidate from a challenge, a topic, a theme, a contribution, or from nothing."""
    now = now_utc()
    source = request.form.get("source", "")
    if source == "contribution":
        source = f"contribution:{request.form.get('contribution', '')}"
    with transaction() as current:
        consultation = opened(slug)
        item = intake.start_item(current, consultation, source, actor=actor(), now=now)
        record("add_agenda_item", slug, item.public_id, now)
    return redirect(url_for("manage_agenda.edit", slug=slug, item_id=item.public_id), 303)


@bp.get("/<item_id>")
@requires(Permission.EDIT_AGENDA)
def edit(slug: str, item_id: str) -> Response:
    consultation, item = loaded(slug, item_id)
    return edit_page(consultation, item)


def edit_page(
    consultation: Consultation, item: AgendaItem, status: int = 200, **forms: BaseForm
) -> Response:
    """The page of one item; a form with errors in it takes the place of a fresh one."""
    run = runs.latest(session(), consultation)
    documents = runs.tables(session(), run, Audience.COMMITTEE) if run else {}
    shown = queries.with_evidence(session(), [item])[0]
    said = {link.contribution.id for link in shown.links if link.contribution is not None}
    return render(
        "manage_agenda/edit.html",
        status=status,
        consultation=consultation,
        languages_asked=consultation.languages,
        shown=shown,
        translated=translations_of(session(), said, current_language()),
        overlaps=queries.overlaps(session(), item),
        lacking=reviewing.lacking(session(), item) if item.state is ItemState.CANDIDATE else [],
        standing=review.standing(session(), consultation, item, actor()),
        criteria=reviewing.criteria_of(session(), consultation),
        events=decisions.events(session(), item),
        merged_into=queries.merged_target(session(), item),
        is_adopted=drafts.adopted(session(), consultation.id or 0) is not None,
        run=run,
        offers=evidence.offers(documents),
        topics=queries.confirmed_topics(session(), run) if run else {},
        figures=evidence.describe,
        **{**_fresh_forms(consultation, item), **forms},
    )


def _fresh_forms(consultation: Consultation, item: AgendaItem) -> dict[str, Any]:
    languages = consultation.languages
    words = item_form(languages)(formdata=None)
    fill_item(words, item, languages)
    criteria = reviewing.criteria_of(session(), consultation)
    others = [
        other
        for other in queries.items(session(), consultation)
        if other.id != item.id and (other.state in UNDECIDED or other.state is ItemState.ADOPTED)
    ]
    default = consultation.default_language
    scores = review_form(criteria, current_language(), default)
    return {
        "form": words,
        "overlap": overlap_form(languages)(formdata=None),
        "review": scores(formdata=None),
        "decision": decision_form(languages, others, default)(formdata=None),
        "turn": reason_form(languages, _("Reason"))(formdata=None),
    }


@bp.post("/<item_id>")
@requires(Permission.EDIT_AGENDA)
def save(slug: str, item_id: str) -> Response:
    consultation, item = loaded(slug, item_id)
    form = item_form(consultation.languages)()
    if form.validate():
        now = now_utc()
        try:
            with transaction() as current:
                services.edit_item(current, item, wording_of(form, consultation.languages))
                record("edit_agenda_item", slug, item_id, now)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The item was saved."), "success")
            return redirect(url_for("manage_agenda.edit", slug=slug, item_id=item_id), 303)
    return edit_page(consultation, item, 422, form=form)


@bp.post("/<item_id>/overlaps")
@requires(Permission.EDIT_AGENDA)
def add_overlap(slug: str, item_id: str) -> Response:
    consultation, item = loaded(slug, item_id)
    form = overlap_form(consultation.languages)()
    if form.validate():
        try:
            with transaction() as current:
                services.add_overlap(
                    current,
                    item,
                    body=Body(form["body"].data),
                    name=form["name"].data or "",
                    complements=texts_of(form, "complements", consultation.languages),
                )
                record("add_overlap", slug, item_id, now_utc())
        except Invalid as error:
            form.refuse(error)
        else:
            return _back(slug, item_id, "overlaps")
    return edit_page(consultation, item, 422, overlap=form)


@bp.post("/<item_id>/overlaps/<overlap_id>/remove")
@requires(Permission.EDIT_AGENDA)
def remove_overlap(slug: str, item_id: str, overlap_id: str) -> Response:
    with transaction() as current:
        _consultation, item = loaded(slug, item_id)
        services.remove_overlap(current, item, overlap_id)
        record("remove_overlap", slug, item_id, now_utc())
    return _back(slug, item_id, "overlaps")


@bp.post("/<item_id>/evidence")
@requires(Permission.EDIT_AGENDA)
def link(slug: str, item_id: str) -> Response:
    now = now_utc()
    with transaction() as current:
        consultation, item = loaded(slug, item_id)
        if request.form.get("contribution"):
            services.link_contribution(current, item, request.form["contribution"].strip(), now)
        else:
            run = runs.by_public_id(current, consultation, request.form.get("run", ""))
            table_name, _separator, row_key = request.form.get("row", "").partition("|")
            services.link_figures(
                current, item, run, table_name=table_name, row_key=row_key, now=now
            )
        record("link_evidence", slug, item_id, now)
    return _back(slug, item_id, "evidence")


@bp.post("/<item_id>/evidence/<evidence_id>/remove")
@requires(Permission.EDIT_AGENDA)
def unlink(slug: str, item_id: str, evidence_id: str) -> Response:
    with transaction() as current:
        _consultation, item = loaded(slug, item_id)
        services.unlink(current, item, evidence_id)
        record("unlink_evidence", slug, item_id, now_utc())
    return _back(slug, item_id, "evidence")


@bp.post("/<item_id>/move")
@requires(Permission.EDIT_AGENDA)
def move(slug: str, item_id: str) -> Response:
    with transaction() as current:
        _consultation, item = loaded(slug, item_id)
        services.move(current, item, -1 if request.form.get("direction") == "up" else 1)
        record("move_agenda_item", slug, item_id, now_utc())
    return redirect(url_for("manage_agenda.index", slug=slug) + f"#item-{item_id}", 303)


def _back(slug: str, item_id: str, part: str) -> Response:
    return redirect(url_for("manage_agenda.edit", slug=slug, item_id=item_id, _anchor=part), 303)
