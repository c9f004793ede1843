"""/consultations/<slug>/agenda: what was decided, why, on what evidence, and what changed."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core.auth.permissions import PUBLIC, requires
from core.db import session, transaction
from core.errors import Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _, current_language
from core.web import limiter, render
from results import runs
from results.agenda import answer, decisions, evidence, labels, public
from results.agenda.drafts import comments, queries
from results.agenda.drafts.difference import difference
from results.agenda.drafts.document import content_hash
from results.agenda.drafts.models import AgendaVersion
from results.agenda.forms import comment_form
from results.agenda.models import EventKind
from results.models import Audience
from results.outcomes import labels as verdicts
from results.outcomes.queries import NOTHING, outcomes
from results.workbench import translations

bp = Blueprint("agenda", __name__, url_prefix="/consultations/<slug>")
#: What the public reads of an item's history; that its review started is the committee's business.
PUBLIC_STEPS = (EventKind.PROPOSED, EventKind.DECIDED, EventKind.REOPENED)


@bp.context_processor
def names() -> dict[str, object]:
    return {
        "labels": labels,
        "figures": evidence.describe,
        "moment": datetime.fromisoformat,
        "verdicts": verdicts,
    }


def _enter(slug: str) -> tuple[Consultation, public.PublicAgenda]:
    consultation = by_slug(session(), slug, is_public=True)
    enter(consultation)
    return consultation, public.agenda(session(), consultation)


def _page(
    template: str, consultation: Consultation, shown: public.PublicAgenda, **context: Any
) -> Response:
    return render(
        f"agenda/{template}.html",
        consultation=consultation,
        agenda=shown,
        takes_comments=_takes_comments(shown.version),
        **context,
    )


def _takes_comments(version: AgendaVersion | None) -> bool:
    return version is not None and comments.is_open(version, version, datetime.now(UTC))


@bp.get("/agenda")
@requires(PUBLIC)
def show(slug: str) -> Response:
    consultation, shown = _enter(slug)
    return _page(
        "show",
        consultation,
        shown,
        quotes=public.quotes(session(), shown),
        versions=queries.versions(session(), consultation),
    )


@bp.get("/agenda.json")
@requires(PUBLIC)
def export(slug: str) -> Response:
    """The agenda with its evidence graph, for machines: what the pages show, and no more."""
    consultation, shown = _enter(slug)
    version = shown.version
    response = jsonify(
        agenda=shown.body,
        version=version.number if version else None,
        kind=version.kind.value if version else None,
        sha256=content_hash(shown.body),
        decided_since=[item["id"] for item in shown.since],
        graph=public.graph(session(), consultation, shown),
    )
    response.headers["Content-Disposition"] = f"inline; filename={consultation.slug}-agenda.json"
    return response


@bp.get("/agenda/items/<item_id>")
@requires(PUBLIC)
def item(slug: str, item_id: str) -> Response:
    """One item: its words, its evidence, its history, and after the summit what became of it."""
    consultation, shown = _enter(slug)
    found = shown.item(item_id)
    if found is None:
        raise NotFound(_("There is no such item on this agenda."))
    row = public.history_item(session(), consultation, item_id)
    return _page(
        "item",
        consultation,
        shown,
        item=found,
        later=next((one for one in shown.since if one["id"] == item_id), None),
        quotes=public.quotes(session(), shown),
        events=[step for step in decisions.events(session(), row) if step.kind in PUBLIC_STEPS],
        parts=[one for one in shown.items if one["merged_into"] == item_id],
        outcome=outcomes(session(), [row.id or 0]).get(row.id or 0, NOTHING),
    )


@bp.get("/agenda/evidence/<evidence_id>")
@requires(PUBLIC)
def evidence_of(slug: str, evidence_id: str) -> Response:
    """What a figure is a row of, quotes behind it, and the items that rest on it."""
    consultation, shown = _enter(slug)
    found = public.evidence_page(session(), consultation, shown, evidence_id)
    return _page("evidence", consultation, shown, found=found)


@bp.get("/agenda/contributions/<contribution_id>")
@requires(PUBLIC)
def contribution(slug: str, contribution_id: str) -> Response:
    """One contribution and the items that it is behind."""
    consultation, shown = _enter(slug)
    found = public.contribution_page(session(), consultation, shown, contribution_id)
    return _page("contribution", consultation, shown, found=found)


@bp.post("/agenda/contributions/<contribution_id>/translation")
@limiter.limit("20 per hour")
@requires(PUBLIC)
def ask_translation(slug: str, contribution_id: str) -> Response:
    """A reader without an account asks once; nothing is kept of who it was."""
    with transaction() as current:
        consultation, shown = _enter(slug)
        found = public.contribution_page(current, consultation, shown, contribution_id)
        if found.quote.text is None:
            raise NotFound(_("There is no such contribution on this agenda."))
        translations.ask_in_public(
            current, consultation, contribution_id, current_language(), datetime.now(UTC)
        )
    flash(_("The translation was asked for."), "success")
    url = url_for("agenda.contribution", slug=slug, contribution_id=contribution_id)
    return redirect(url, 303)


@bp.get("/agenda/versions/<int(max=100000):number>")
@requires(PUBLIC)
def version(slug: str, number: int) -> Response:
    """A version as it was published, with its hash."""
    consultation, current = _enter(slug)
    found = queries.by_number(session(), consultation, number)
    shown = public.PublicAgenda(found.body, found, [], frozenset())
    return _page(
        "version",
        consultation,
        shown,
        quotes=public.quotes(session(), shown),
        newest=current.version,
        is_intact=content_hash(found.body) == found.content_hash,
    )


@bp.get("/agenda/versions/<int(max=100000):number>/changes")
@requires(PUBLIC)
def changes(slug: str, number: int) -> Response:
    """What changed since an earlier version, word by word."""
    consultation, shown = _enter(slug)
    after = queries.by_number(session(), consultation, number)
    wanted = request.args.get("since", str(number - 1))
    before = queries.by_number(session(), consultation, int(wanted) if wanted.isdigit() else 0)
    return _page(
        "changes",
        consultation,
        shown,
        before=before,
        after=after,
        tracks={row["id"]: row["title"] for one in (before, after) for row in one.body["tracks"]},
        titles={row["id"]: row["title"] for one in (before, after) for row in one.body["items"]},
        rows=difference(before.body, after.body, current_language(), consultation.default_language),
        earlier=[one for one in queries.versions(session(), consultation) if one.number < number],
    )


@bp.get("/agenda/comments")
@requires(PUBLIC)
def read_comments(slug: str) -> Response:
    consultation, shown = _enter(slug)
    items = shown.version.body["items"] if shown.version else []
    form = comment_form(consultation, items)(formdata=None)
    form["item"].data = request.args.get("item", "")
    return _comments_page(consultation, shown, form)


def _comments_page(
    consultation: Consultation, shown: public.PublicAgenda, form: BaseForm, status: int = 200
) -> Response:
    said = queries.public_comments(session(), consultation)
    keys = [words.id for _comment, _of, _item, words in said if words is not None]
    return _page(
        "comments",
        consultation,
        shown,
        status=status,
        form=form,
        comments=said,
        translated=translations_of(session(), keys, current_language()),
        tally=comments.tally(session(), consultation),
    )


@bp.post("/agenda/comments")
@limiter.limit("10 per hour")
@requires(PUBLIC)
def comment(slug: str) -> Response:
    """Take a comment on the draft; a person reads it before it is shown."""
    consultation, shown = _enter(slug)
    if shown.version is None:
        raise NotFound(_("There is no draft to comment on yet."))
    form = comment_form(consultation, shown.version.body["items"])()
    if form.validate():
        remark = comments.Remark(
            text=form["text"].data or "",
            item=form["item"].data or "",
            language=current_language(),
            region=form["region"].data or None,
            sector=form["sector"].data or None,
        )
        try:
            with transaction() as current:
                comments.give(current, consultation, shown.version, remark, datetime.now(UTC))
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("Thank you. A person reads your comment before it is shown here."), "success")
            return redirect(url_for("agenda.read_comments", slug=slug), 303)
    return _comments_page(consultation, shown, form, 422)


@bp.get("/agenda/you-said")
@requires(PUBLIC)
def you_said(slug: str) -> Response:
    """What each region and sector put first, what was done about it, and why not."""
    consultation, shown = _enter(slug)
    run = runs.latest_published(session(), consultation)
    found = answer.source(runs.tables(session(), run, Audience.PUBLIC) if run else {})
    groups = answer.groups(found[1]) if found else []
    wanted = request.args.get("group", "")
    chosen = next((group for group in groups if group.value == wanted), None)
    return _page(
        "you_said",
        consultation,
        shown,
        run=run,
        document=found[1] if found else None,
        groups=groups,
        chosen=chosen,
        rows=answer.answers(*found, shown, chosen) if found else [],
        most=answer.PRIORITIES,
    )
