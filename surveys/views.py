"""/o/<round> and /s/<token>: everything a respondent sees but the pages of questions.

Those are in surveys/pages/views.py. All of it works without JavaScript.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response

from core.auth.permissions import PUBLIC, TOKEN, requires
from core.db import session, transaction
from core.errors import Closed, NotFound
from core.forms import BaseForm
from core.i18n import LANGUAGE_COOKIE, _, direction, speak
from core.security import current_settings
from core.web import limiter, render
from surveys import services
from surveys.invitations import note_answered
from surveys.models import Submission, SubmissionState
from surveys.preflight import estimated_minutes
from surveys.queries import (
    Asked,
    Respondent,
    RoundStatus,
    asked_by_public_id,
    find_respondent,
    texts_of,
)
from surveys.reading import answer_lines, plain_copy, set_aside
from surveys.routing import Route, Situation

bp = Blueprint("respond", __name__)
# Generous: a whole workshop may sit behind one address.
GUESSES = "600 per minute"
WRONG_LINKS = "120 per minute"
# Links that lead nowhere count against the place that they are tried from, on every page.
limiter.shared_limit(
    WRONG_LINKS,
    "wrong links",
    deduct_when=lambda response: response.status_code == HTTPStatus.NOT_FOUND,
)(bp)


@dataclass(frozen=True, slots=True)
class Visit:
    """A respondent at the door: the link, what it leads to, and the language spoken."""

    token: str
    respondent: Respondent
    language: str
    now: datetime

    @property
    def asked(self) -> Asked:
        return self.respondent.asked

    @property
    def submission(self) -> Submission | None:
        return self.respondent.submission

    @property
    def was_submitted(self) -> bool:
        return self.submission is not None and self.submission.state is SubmissionState.SUBMITTED

    def route(self) -> Route:
        """The respondent's way through the questionnaire."""
        submission = self.submission
        return Route(
            self.asked.document,
            Situation(
                answers=submission.answers if submission else {},
                texts=texts_of(session(), submission),
                seed=submission.seed if submission else services.seed_of(self.token),
                language=self.language,
                now=self.now,
            ),
        )

    def require_writable(self) -> None:
        """Refuse where the round is not open or the response was withdrawn."""
        services.refuse_unless_open(self.asked.round, self.now)
        if self.submission and self.submission.state is SubmissionState.WITHDRAWN:
            raise Closed(_("You withdrew this response. It cannot be changed any more."))

    def context(self) -> dict[str, Any]:
        """What the layout of a respondent's page needs."""
        return {
            "token": self.token,
            "submission": self.submission,
            "was_submitted": self.was_submitted,
            "private_url": current_settings().base_url + url_for("respond.home", token=self.token),
            **context(self.asked, self.language),
        }


def context(asked: Asked, language: str) -> dict[str, Any]:
    """What the layout needs before there is a link."""
    return {
        "asked": asked,
        "consultation": asked.consultation,
        "document": asked.document,
        "page_language": language,
        "page_direction": direction(language),
    }


def visit(token: str, *, hold: bool = False) -> Visit:
    """Who comes with this link; an unknown one leads nowhere. `hold` is for who will write."""
    respondent = find_respondent(session(), token, hold=hold)
    if respondent is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return Visit(token, respondent, enter(respondent.asked), datetime.now(UTC))


def enter(asked: Asked) -> str:
    """Set the language that the questionnaire is asked in, and what the layout needs."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    # What the browser asks for counts too where we do not speak it ourselves: the questions may.
    language = asked.document.language_for(chosen, *request.accept_languages.values())
    speak(language)
    g.is_synthetic = asked.consultation.is_synthetic
    return language


def _asked(round_id: str) -> Asked:
    asked = asked_by_public_id(session(), round_id)
    if asked is None or not asked.round.has_open_link:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return asked


@bp.get("/o/<round_id>")
@requires(PUBLIC)
def intro(round_id: str) -> Response:
    """What it is about, who sees the answers, and one button to begin."""
    asked = _asked(round_id)
    language = enter(asked)
    return render(
        "respond/intro.html",
        status_of_round=asked.status(datetime.now(UTC)),
        start_url=url_for("respond.start", round_id=round_id),
        minutes=asked.document.once(estimated_minutes),
        form=BaseForm(),
        submission=None,
        **context(asked, language),
    )


@bp.get("/o/<round_id>/theme.css")
@requires(PUBLIC)
def theme(round_id: str) -> Response:
    """The colour of the questionnaire, which was checked to be readable before it opened."""
    asked = asked_by_public_id(session(), round_id)
    if asked is None or not asked.document.theme_colour:
        raise NotFound(_("There is no such page."))
    colour = asked.document.theme_colour
    response = Response(f":root{{--brand:{colour};--brand-text:#fff}}", mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.post("/o/<round_id>/start")
@limiter.limit("120 per minute")
@requires(PUBLIC)
def start(round_id: str) -> Response:
    with transaction() as current:
        asked = _asked(round_id)
        token = services.start(current, asked, enter(asked), datetime.now(UTC))
    return redirect(url_for("respond.page", token=token, number=1), 303)


def _where_to_go_on(coming: Visit) -> dict[str, int]:
    """The first page that was never saved, or the last one, and its place among all."""
    route = coming.route()
    numbers = [page.number for page in route.pages()] or [1]
    number = route.first_unseen() or numbers[-1]
    return {
        "resume_at": number,
        "resume_place": numbers.index(number) + 1,
        "resume_pages": len(numbers),
    }


@bp.get("/s/<token>/")
@requires(TOKEN)
def home(token: str) -> Response:
    """Where a private link leads: to the beginning, or back to what was saved."""
    coming = visit(token)
    if coming.submission and coming.submission.state is not SubmissionState.DRAFT:
        return redirect(url_for("respond.receipt", token=token), 303)
    return render(
        "respond/intro.html",
        status_of_round=coming.asked.status(coming.now),
        start_url="",
        minutes=coming.asked.document.once(estimated_minutes),
        **_where_to_go_on(coming),
        **coming.context(),
    )


@bp.get("/s/<token>/check")
@requires(TOKEN)
def check(token: str) -> Response:
    """All answers on one page, with what is missing, before they are handed in."""
    coming = visit(token)
    coming.require_writable()
    route = coming.route()
    return render(
        "respond/check.html",
        form=BaseForm(),
        lines=answer_lines(route),
        missing=services.missing_required(route),
        set_aside=set_aside(route),
        **coming.context(),
    )


@bp.get("/s/<token>/copy.txt")
@requires(TOKEN)
def copy(token: str) -> Response:
    """The respondent's own copy of what was asked and answered, as plain text."""
    response = Response(plain_copy(visit(token).route()), mimetype="text/plain")
    response.headers["Content-Disposition"] = "attachment; filename=answers.txt"
    return response


@bp.post("/s/<token>/submit")
@limiter.limit(GUESSES)
@requires(TOKEN)
def submit(token: str) -> Response:
    with transaction() as current:
        services.submit(current, token, datetime.now(UTC))
        note_answered(current, token)
    return redirect(url_for("respond.receipt", token=token), 303)


@bp.get("/s/<token>/receipt")
@requires(TOKEN)
def receipt(token: str) -> Response:
    coming = visit(token)
    submission = coming.submission
    if submission is None or submission.state is SubmissionState.DRAFT:
        return redirect(url_for("respond.home", token=token), 303)
    return render(
        "respond/receipt.html",
        is_open=coming.asked.status(coming.now) is RoundStatus.OPEN,
        is_withdrawn=submission.state is SubmissionState.WITHDRAWN,
        missing=services.missing_required(coming.route()) if coming.was_submitted else [],
        **coming.context(),
    )


@bp.get("/s/<token>/withdraw")
@requires(TOKEN)
def confirm_withdrawal(token: str) -> Response:
    return render("respond/withdraw.html", form=BaseForm(), **visit(token).context())


@bp.post("/s/<token>/withdraw")
@limiter.limit(GUESSES)
@requires(TOKEN)
def withdraw(token: str) -> Response:
    with transaction() as current:
        services.withdraw(current, token, datetime.now(UTC))
    return redirect(url_for("respond.receipt", token=token), 303)
