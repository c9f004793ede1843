"""What all pages of the dashboard share: the run that is shown, the log, the chart library."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import PUBLIC, requires, signed_in_account
from core.db import session
from core.errors import NotFound
from core.i18n import _
from results import quoting, runs
from results.dashboards import charts
from results.models import AnalysisRun
from results.topic_levels import firmness
from results.topic_words import topic_words

bp = Blueprint("dashboards", __name__)
# Wherever an answer is shown; templates import nothing.
bp.add_app_template_global(quoting.redacted)
bp.add_app_template_global(quoting.redacted_part)
bp.add_app_template_global(quoting.head)
bp.add_app_template_global(topic_words)
bp.add_app_template_global(firmness)
YEAR = 365 * 24 * 3600


def load(slug: str) -> tuple[Consultation, AnalysisRun | None]:
    consultation = by_slug(session(), slug)
    enter(consultation)
    wanted = request.args.get("run", "")
    if wanted:
        return consultation, runs.by_public_id(session(), consultation, wanted)
    return consultation, runs.latest(session(), consultation)


def record(action: str, target: str, now: datetime, details: dict[str, Any] | None = None) -> None:
    actor = signed_in_account().public_id
    audit.record(session(), actor=actor, action=action, target=target, now=now, details=details)


def plotly_url() -> str:
    return url_for("dashboards.plotly", v=charts.version())


@bp.get("/dashboards/plotly.js")
@requires(PUBLIC)
def plotly() -> Response:
    """The chart library of the installed package; loaded by committee pages only."""
    response = Response(charts.bundle(), mimetype="text/javascript")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    if request.args.get("v") != charts.version():
        raise NotFound(_("There is no such page, or it is not open to you."))
    return response
