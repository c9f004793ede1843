"""/dashboards/<slug> for the committee, /consultations/<slug>/results for the public.

Each page reads one run and computes nothing: every number comes from a stored table.
"""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response as BaseResponse

from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import jobs
from core.auth.permissions import PUBLIC, Permission, requires
from core.db import session, transaction
from core.forms import BaseForm
from core.i18n import _, current_language, direction
from core.security import chart_page
from core.web import render
from results import runs
from results.dashboards.reading import View, chart_of, read
from results.dashboards.views.frame import bp, load, plotly_url, record
from results.models import Audience
from results.publishing import waiting as publishing
from results.refresh import COMPUTE, cancel_run, request_run


@bp.get("/dashboards/<slug>")
@requires(Permission.VIEW_DASHBOARD)
def show(slug: str) -> BaseResponse:
    """Participation against targets, the rankings, the questions; filters stand in the address."""
    consultation, run = load(slug)
    chart_page()
    documents = runs.tables(session(), run, Audience.COMMITTEE) if run else {}
    view = read(documents, request.args, current_language())
    return render(
        "dashboards/show.html",
        consultation=consultation,
        run=run,
        snapshot=runs.snapshot_of(session(), run) if run else None,
        view=view,
        charts=_figures(view),
        plotly_url=plotly_url,
        waiting=_waiting(f"{COMPUTE}:{slug}"),
        publishing=_waiting(publishing.key_of(slug)),
        form=BaseForm(),
    )


def _figures(view: View) -> dict[str, dict[str, Any]]:
    right_to_left = direction(current_language()) == "rtl"
    return {
        figure.id: chart_of(figure, right_to_left=right_to_left)
        for figure in view.figures
        if figure.chart
    }


def _waiting(key: str) -> jobs.Job | None:
    """The job of this key that is queued or running, if one is."""
    unfinished = col(jobs.Job.state).in_(jobs.UNFINISHED)
    return session().exec(select(jobs.Job).where(jobs.Job.key == key, unfinished)).first()


@bp.post("/dashboards/<slug>/refresh")
@requires(Permission.RUN_ANALYSIS)
def refresh(slug: str) -> BaseResponse:
    now = datetime.now(UTC)
    with transaction() as current:
        by_slug(current, slug)
        request_run(current, slug, now)
        record("request_run", slug, now)
    flash(_("The figures are being computed. Reload this page in a moment."), "info")
    return redirect(url_for("dashboards.show", slug=slug), 303)


@bp.post("/dashboards/<slug>/cancel")
@requires(Permission.RUN_ANALYSIS)
def cancel(slug: str) -> BaseResponse:
    """Stop the run that is queued or under way; the figures that stand are those of the last one."""
    now = datetime.now(UTC)
    with transaction() as current:
        by_slug(current, slug)
        is_stopped = cancel_run(current, slug, now)
        if is_stopped:
            record("cancel_run", slug, now)
    if is_stopped:
        flash(_("The computation stops at its next step. The figures before it stay."), "info")
    else:
        flash(_("Nothing was being computed any more."), "info")
    return redirect(url_for("dashboards.show", slug=slug), 303)


@bp.post("/dashboards/<slug>/publish")
@requires(Permission.PUBLISH_RESULTS)
def publish(slug: str) -> BaseResponse:
    now = datetime.now(UTC)
    with transaction() as current:
        consultation = by_slug(current, slug)
        run = runs.by_public_id(current, consultation, request.form.get("run", ""))
        publishing.request(current, consultation, run, now)
        record("publish_run", f"{slug}/runs/{run.public_id}", now)
    flash(_("The figures are being made public. Reload this page in a moment."), "info")
    return redirect(url_for("dashboards.show", slug=slug), 303)


@bp.get("/consultations/<slug>/results")
@requires(PUBLIC)
def public(slug: str) -> BaseResponse:
    """Only what went through the disclosure gate."""
    consultation = by_slug(session(), slug, is_public=True)
    enter(consultation)
    run = runs.latest_published(session(), consultation)
    documents = runs.tables(session(), run, Audience.PUBLIC) if run else {}
    view = read(documents, request.args, current_language())
    return render("dashboards/public.html", consultation=consultation, run=run, view=view)
