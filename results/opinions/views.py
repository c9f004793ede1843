"""/dashboards/<slug>/opinions for the committee, /consultations/<slug>/results/opinions for all.

Each page reads the opinion groups of one run and computes nothing.
"""

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
from results.opinions import words
from results.opinions.reading import PREFIX, Shown, choose, read

bp = Blueprint("opinions", __name__)


def _page(
    template: str, consultation: Consultation, run: AnalysisRun | None, audience: Audience
) -> Response:
    enter(consultation)
    tables = runs.tables_under(session(), run, audience, PREFIX) if run else {}
    found: list[Shown] = read(tables)
    return render(
        template,
        consultation=consultation,
        run=run,
        found=found,
        shown=choose(found, request.args.get("of", "")),
        words=words,
    )


@bp.get("/dashboards/<slug>/opinions")
@requires(Permission.VIEW_DASHBOARD)
def show(slug: str) -> Response:
    """One set of statements of the latest run, or of the run named in the address."""
    consultation = by_slug(session(), slug)
    wanted = request.args.get("run", "")
    run = (
        runs.by_public_id(session(), consultation, wanted)
        if wanted
        else runs.latest(session(), consultation)
    )
    return _page("opinions/show.html", consultation, run, Audience.COMMITTEE)


@bp.get("/consultations/<slug>/results/opinions")
@requires(PUBLIC)
def public(slug: str) -> Response:
    """Only what went through the disclosure gate."""
    consultation = by_slug(session(), slug, is_public=True)
    run = runs.latest_published(session(), consultation)
    return _page("opinions/public.html", consultation, run, Audience.PUBLIC)
