"""/consultations/<slug>/outcomes: from what stakeholders put first to what was delivered."""

from flask import Blueprint
from werkzeug.wrappers import Response

from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core.auth.permissions import PUBLIC, requires
from core.db import session
from core.web import render
from results.agenda import labels as agenda_labels
from results.outcomes import labels, queries

bp = Blueprint("outcomes", __name__, url_prefix="/consultations/<slug>/outcomes")


@bp.get("")
@requires(PUBLIC)
def show(slug: str) -> Response:
    consultation = by_slug(session(), slug, is_public=True)
    enter(consultation)
    return render(
        "outcomes/show.html",
        consultation=consultation,
        card=queries.scorecard(session(), consultation),
        labels=agenda_labels,
        verdicts=labels,
    )
