"""/ and /consultations/<slug>/: what everybody sees."""

from datetime import UTC, datetime

from flask import Blueprint, Response
from flask import Response as PlainResponse

from consultation.dialogues.queries import announced
from consultation.process import queries
from consultation.process.models import RoundState
from consultation.process.navigation import enter
from consultation.process.rules import current_phases
from core.auth.permissions import PUBLIC, requires
from core.db import session
from core.web import render

bp = Blueprint("consultations", __name__)


@bp.get("/")
@requires(PUBLIC)
def index() -> Response:
    now = datetime.now(UTC)
    shown = []
    for consultation in queries.public_consultations(session()):
        rounds = queries.rounds(session(), consultation)
        is_open = [
            row
            for row in rounds
            if row.state is RoundState.OPEN and row.opens_at <= now < row.closes_at
        ]
        shown.append((consultation, is_open))
    return render("consultations/index.html", consultations=shown)


@bp.get("/consultations/<slug>/")
@requires(PUBLIC)
def show(slug: str) -> Response:
    consultation = queries.by_slug(session(), slug, is_public=True)
    enter(consultation)
    now = datetime.now(UTC)
    phases = queries.phases(session(), consultation)
    rounds = queries.rounds(session(), consultation)
    return render(
        "consultations/show.html",
        consultation=consultation,
        phases=phases,
        running=[phase.id for phase in current_phases(phases, now)],
        open_rounds=[
            row
            for row in rounds
            if row.state is RoundState.OPEN and row.opens_at <= now < row.closes_at
        ],
        dialogues=announced(session(), consultation),
        now=now,
    )


@bp.get("/healthz")
@requires(PUBLIC)
def health() -> PlainResponse:
    """For a supervisor: the store answers."""
    session().connection().exec_driver_sql("SELECT 1")
    return PlainResponse("ok\n", mimetype="text/plain")
