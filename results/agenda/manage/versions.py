"""Publish a draft, adopt the agenda, and read what the public says about a draft."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from consultation.process.models import Consultation
from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, current_language
from core.web import render
from results.agenda.drafts import comments as commenting
from results.agenda.drafts import queries, services
from results.agenda.drafts.document import build
from results.agenda.drafts.models import Refusal
from results.agenda.drafts.services import Publication
from results.agenda.forms import end_of_day, texts_of, version_form
from results.agenda.manage.desk import actor, bp, now_utc, opened, record


@bp.get("/versions")
@requires(Permission.EDIT_AGENDA)
def versions(slug: str) -> Response:
    consultation = opened(slug)
    return _page(consultation, version_form(consultation.languages)(formdata=None))


def _page(consultation: Consultation, form: BaseForm, status: int = 200) -> Response:
    body = build(session(), consultation)
    return render(
        "manage_agenda/versions.html",
        status=status,
        consultation=consultation,
        versions=queries.versions(session(), consultation),
        unfinished=services.unfinished(session(), consultation, now_utc()),
        figures_alone=[item for item in body["items"] if _rests_on_figures_alone(item)],
        n_items=len(body["items"]),
        is_adopted=queries.adopted(session(), consultation.id or 0) is not None,
        form=form,
    )


def _rests_on_figures_alone(item: dict[str, object]) -> bool:
    """Whether nobody can click from an adopted item to what somebody wrote."""
    evidence: list[dict[str, object]] = item["evidence"]  # type: ignore[assignment]
    kinds = {link["kind"] for link in evidence}
    return item["state"] == "adopted" and bool(kinds) and kinds <= {"ranking", "summary"}


@bp.post("/versions/publish")
@requires(Permission.ADOPT_AGENDA)
def publish(slug: str) -> Response:
    """Freeze a draft for everybody to read."""
    consultation = opened(slug)
    form = version_form(consultation.languages)()
    if form.validate():
        now = now_utc()
        publication = Publication(
            note=texts_of(form, "note", consultation.languages), comments_close_at=end_of_day(form)
        )
        try:
            with transaction() as current:
                version = services.publish_draft(
                    current, consultation, publication, actor=actor(), now=now
                )
                record("publish_agenda_draft", slug, f"versions/{version.number}", now)
        except Invalid as error:
            if error.field == "comments_close_at":
                error.field = "comments_close_on"
            form.refuse(error)
        else:
            flash(_("The draft is public."), "success")
            return redirect(url_for("manage_agenda.versions", slug=slug), 303)
    return _page(consultation, form, 422)


@bp.post("/versions/adopt")
@requires(Permission.ADOPT_AGENDA)
def adopt(slug: str) -> Response:
    """End the work on the agenda; nothing in it changes from here."""
    consultation = opened(slug)
    form = version_form(consultation.languages)()
    now = now_utc()
    with transaction() as current:
        publication = Publication(note=texts_of(form, "note", consultation.languages))
        version = services.adopt(current, consultation, publication, actor=actor(), now=now)
        record("adopt_agenda", slug, f"versions/{version.number}:{version.content_hash}", now)
    flash(_("The agenda was adopted. Nothing in it changes from here."), "success")
    return redirect(url_for("manage_agenda.versions", slug=slug), 303)


@bp.get("/comments")
@requires(Permission.EDIT_AGENDA)
def comments(slug: str) -> Response:
    consultation = opened(slug)
    rows = queries.comments(session(), consultation)
    wanted = request.args.get("state", "waiting")
    said = {words.id for _comment, _of, _item, words in rows if words is not None}
    return render(
        "manage_agenda/comments.html",
        consultation=consultation,
        rows=[row for row in rows if row[0].state == wanted],
        counts={
            state: sum(row[0].state == state for row in rows)
            for state in ("waiting", "accepted", "refused")
        },
        wanted=wanted,
        translated=translations_of(session(), said, current_language()),
    )


@bp.post("/comments/<comment_id>")
@requires(Permission.EDIT_AGENDA)
def moderate(slug: str, comment_id: str) -> Response:
    """Accept a comment, or refuse it for one of the published reasons."""
    verdict = request.form.get("verdict", "")
    with transaction() as current:
        consultation = opened(slug)
        comment = commenting.comment_by_id(current, consultation, comment_id)
        if verdict == "accept":
            commenting.accept(current, consultation, comment, actor=actor())
        elif verdict in set(Refusal):
            commenting.refuse(current, comment, Refusal(verdict), actor=actor())
        else:
            raise Invalid(_("Accept the comment, or choose why it is refused."))
        record(f"moderate_comment:{verdict}", slug, f"comments/{comment_id}", now_utc())
    return redirect(url_for("manage_agenda.comments", slug=slug), 303)
