"""/dashboards/<slug>/ranking for the committee, /consultations/<slug>/results/ranking for all.

Each page reads the rankings of one run and computes nothing; a report prints all of them.
"""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core.auth.permissions import PUBLIC, Permission, requires
from core.db import session
from core.web import render
from results import runs
from results.models import AnalysisRun, Audience
from results.rankings import (
    agreement_words,
    group_words,
    guard_words,
    organisation_words,
    shown_words,
    words,
)
from results.rankings.reading import PREFIX, Shown, channel_name, choose, read

bp = Blueprint("rankings", __name__)


def _committee(slug: str) -> tuple[Consultation, AnalysisRun | None, list[Shown]]:
    consultation = by_slug(session(), slug)
    enter(consultation)
    wanted = request.args.get("run", "")
    run = (
        runs.by_public_id(session(), consultation, wanted)
        if wanted
        else runs.latest(session(), consultation)
    )
    return consultation, run, _rankings(run, Audience.COMMITTEE)


def _public(slug: str) -> tuple[Consultation, AnalysisRun | None, list[Shown]]:
    consultation = by_slug(session(), slug, is_public=True)
    enter(consultation)
    run = runs.latest_published(session(), consultation)
    return consultation, run, _rankings(run, Audience.PUBLIC)


#: What people wrote: themes, and how far they and the topics can be trusted.
TEXTS = ("themes", "text_quality")


def _texts(run: AnalysisRun | None, audience: Audience) -> dict[str, dict[str, Any]]:
    return {name: runs.table(session(), run, audience, name) for name in TEXTS} if run else {}


def _rankings(run: AnalysisRun | None, audience: Audience) -> list[Shown]:
    if run is None:
        return []
    channels = runs.tables_under(session(), run, audience, "channels").get("channels")
    return read(runs.tables_under(session(), run, audience, PREFIX), channels)


@bp.get("/dashboards/<slug>/ranking")
@requires(Permission.VIEW_DASHBOARD)
def show(slug: str) -> Response:
    """One ranking of the latest run, or of the run named in the address."""
    consultation, run, rankings = _committee(slug)
    return render(
        "rankings/show.html",
        consultation=consultation,
        run=run,
        rankings=rankings,
        shown=choose(rankings, request.args.get("of", "")),
        words=words,
        group_words=group_words,
        guard_words=guard_words,
        organisation_words=organisation_words,
        agreement_words=agreement_words,
        shown_words=shown_words,
        channel_name=channel_name,
    )


@bp.get("/dashboards/<slug>/ranking/report")
@requires(Permission.VIEW_DASHBOARD)
def report(slug: str) -> Response:
    """Every ranking of the run on pages to print: the same numbers, everything unfolded."""
    consultation, run, rankings = _committee(slug)
    return render(
        "rankings/report.html",
        consultation=consultation,
        run=run,
        rankings=[one for one in rankings if not one.is_too_few],
        texts=_texts(run, Audience.COMMITTEE),
        words=words,
        group_words=group_words,
        guard_words=guard_words,
        organisation_words=organisation_words,
        agreement_words=agreement_words,
        shown_words=shown_words,
        channel_name=channel_name,
    )


@bp.get("/consultations/<slug>/results/ranking")
@requires(PUBLIC)
def public(slug: str) -> Response:
    """Only what went through the disclosure gate."""
    consultation, run, rankings = _public(slug)
    return render(
        "rankings/public.html",
        consultation=consultation,
        run=run,
        rankings=rankings,
        shown=choose(rankings, request.args.get("of", "")),
        words=words,
        group_words=group_words,
        guard_words=guard_words,
        organisation_words=organisation_words,
        agreement_words=agreement_words,
        shown_words=shown_words,
        channel_name=channel_name,
    )


@bp.get("/consultations/<slug>/results/ranking/report")
@requires(PUBLIC)
def public_report(slug: str) -> Response:
    """The published rankings on pages to print."""
    consultation, run, rankings = _public(slug)
    return render(
        "rankings/public_report.html",
        consultation=consultation,
        run=run,
        rankings=rankings,
        texts=_texts(run, Audience.PUBLIC),
        words=words,
        group_words=group_words,
        guard_words=guard_words,
        organisation_words=organisation_words,
        agreement_words=agreement_words,
        shown_words=shown_words,
        channel_name=channel_name,
    )
