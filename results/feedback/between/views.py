"""/s/<token>/last-round: what others said in the last round, beside the own earlier answer.

Reading writes nothing. "I have read this" and "keep my answer" are posts.
"""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from core.auth.permissions import TOKEN, requires
from core.db import session, transaction
from core.errors import NotFound
from core.forms import BaseForm
from core.i18n import LANGUAGE_COOKIE, _, current_language, direction, ngettext, speak
from core.web import limiter, render
from results.feedback.between import services
from results.feedback.between.queries import between, last_outcome
from surveys.queries import Asked, RoundStatus, find_respondent

bp = Blueprint("between", __name__, url_prefix="/s/<token>/last-round")


@bp.app_template_global("has_last_round")
def has_last_round(asked: Asked) -> bool:
    """For the pages of the survey, which know nothing of results: whether to show the link."""
    return last_outcome(session(), asked) is not None


def _enter(asked: Asked) -> str:
    """The language that the questionnaire is asked in."""
    wanted = request.cookies.get(LANGUAGE_COOKIE, "")
    document = asked.document
    language = wanted if wanted in document.languages else document.language_for(current_language())
    speak(language)
    g.is_synthetic = asked.consultation.is_synthetic
    return language


@bp.get("/")
@requires(TOKEN)
def show(token: str) -> Response:
    respondent = find_respondent(session(), token)
    found = between(session(), respondent, token) if respondent else None
    if respondent is None or found is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    asked = respondent.asked
    language = _enter(asked)
    return render(
        "between/show.html",
        token=token,
        found=found,
        translated=translations_of(session(), found.reasons, language),
        is_open=asked.status(datetime.now(UTC)) is RoundStatus.OPEN,
        form=BaseForm(),
        consultation=asked.consultation,
        document=asked.document,
        page_language=language,
        page_direction=direction(language),
    )


@bp.post("/seen")
@limiter.limit("60 per minute")
@requires(TOKEN)
def seen(token: str) -> Response:
    """The bearer has read it and goes on to the questions."""
    with transaction() as current:
        services.note_seen(current, token, datetime.now(UTC))
    return redirect(url_for("respond.page", token=token, number=1), 303)


@bp.post("/keep")
@limiter.limit("120 per minute")
@requires(TOKEN)
def keep(token: str) -> Response:
    """Keep one earlier answer, or all of them."""
    question = request.form.get("question", "")
    with transaction() as current:
        respondent = find_respondent(current, token)
        language = _enter(respondent.asked) if respondent else current_language()
        kept = services.keep(current, token, question, language, datetime.now(UTC))
    flash(ngettext("%(num)s answer was kept.", "%(num)s answers were kept.", kept), "success")
    return redirect(
        url_for("between.show", token=token) + (f"#q-{question}" if question else ""), 303
    )
