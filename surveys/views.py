"""/o/<round> and /s/<token>: everything a respondent sees. Works without JavaScript."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.auth.permissions import PUBLIC, TOKEN, requires
from core.db import session, transaction
from core.errors import Closed, NotFound
from core.forms import BaseForm
from core.i18n import _, current_language, direction, keep_language
from core.security import current_settings
from core.web import limiter, render
from surveys import services
from surveys.forms import (
    attach_problems,
    build_form,
    error_places,
    parse_page,
    stored_data,
)
from surveys.invitations import note_answered
from surveys.models import Submission, SubmissionState
from surveys.queries import (
    Asked,
    Respondent,
    RoundStatus,
    asked_by_public_id,
    find_respondent,
    texts_of,
)
from surveys.questions import REGISTRY
from surveys.questions.base import field_name

bp = Blueprint("respond", __name__)
# Generous: a whole workshop may sit behind one address.
GUESSES = "600 per minute"


def _enter(asked: Asked) -> str:
    """Set what the layout needs; the language the questionnaire will be asked in."""
    language = asked.document.language_for(current_language())
    g.is_synthetic = asked.consultation.is_synthetic
    return language


def _context(asked: Asked, language: str) -> dict[str, Any]:
    return {
        "asked": asked,
        "consultation": asked.consultation,
        "document": asked.document,
        "page_language": language,
        "page_direction": direction(language),
        "pages": len(asked.document.sections),
    }


def _asked(round_id: str) -> Asked:
    asked = asked_by_public_id(session(), round_id)
    if asked is None or not asked.round.has_open_link:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return asked


def _respondent(token: str) -> Respondent:
    respondent = find_respondent(session(), token)
    if respondent is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return respondent


@bp.get("/o/<round_id>")
@requires(PUBLIC)
def intro(round_id: str) -> Response:
    """What it is about, who sees the answers, and one button to begin."""
    asked = _asked(round_id)
    language = _enter(asked)
    return render(
        "respond/intro.html",
        status_of_round=asked.status(datetime.now(UTC)),
        start_url=url_for("respond.start", round_id=round_id),
        form=BaseForm(),
        submission=None,
        **_context(asked, language),
    )


@bp.post("/o/<round_id>/start")
@limiter.limit("120 per minute")
@requires(PUBLIC)
def start(round_id: str) -> Response:
    with transaction() as current:
        asked = _asked(round_id)
        token = services.start(current, asked, _enter(asked), datetime.now(UTC))
    return redirect(url_for("respond.page", token=token, number=1), 303)


@bp.get("/s/<token>/")
@requires(TOKEN)
def home(token: str) -> Response:
    """Where a private link leads: to the beginning, or back to what was saved."""
    respondent = _respondent(token)
    language = _enter(respondent.asked)
    submission = respondent.submission
    if submission is not None and submission.state is SubmissionState.SUBMITTED:
        return redirect(url_for("respond.receipt", token=token), 303)
    return render(
        "respond/intro.html",
        status_of_round=respondent.asked.status(datetime.now(UTC)),
        start_url="",
        token=token,
        submission=submission,
        **_context(respondent.asked, language),
    )


@bp.get("/s/<token>/<int:number>")
@requires(TOKEN)
def page(token: str, number: int) -> Response:
    respondent = _respondent(token)
    asked = respondent.asked
    language = _enter(asked)
    _require_writable(asked, respondent.submission)
    section = _section(asked, number)
    submission = respondent.submission
    answers = submission.answers if submission else {}
    data = stored_data(section, answers, texts_of(session(), submission))
    data["revision"] = submission.revision if submission else 0
    form = build_form(section, language)(formdata=None, data=data)
    return _show_page(token, asked, submission, number, form, language)


def _require_writable(asked: Asked, submission: Submission | None) -> None:
    services.require_open(session(), asked.round, datetime.now(UTC))
    if submission is not None and submission.state is SubmissionState.WITHDRAWN:
        raise Closed(_("You withdrew this response. It cannot be changed any more."))


def _section(asked: Asked, number: int) -> Any:
    if not 1 <= number <= len(asked.document.sections):
        raise NotFound(_("This questionnaire has no such page."))
    return asked.document.sections[number - 1]


def _show_page(
    token: str,
    asked: Asked,
    submission: Submission | None,
    number: int,
    form: BaseForm,
    language: str,
    status: int = 200,
) -> Response:
    section = _section(asked, number)
    return render(
        "respond/page.html",
        status=status,
        token=token,
        number=number,
        section=section,
        form=form,
        submission=submission,
        places=error_places(section, form),
        registry=REGISTRY,
        field_name=field_name,
        was_submitted=submission is not None and submission.state is SubmissionState.SUBMITTED,
        **_context(asked, language),
    )


@bp.post("/s/<token>/<int:number>")
@limiter.limit(GUESSES)
@requires(TOKEN)
def save(token: str, number: int) -> Response:
    """Keep a page, then go on, go back, or change the language; nothing typed is ever lost.

    A page with a mistake is kept as a draft where it makes sense and is shown again as typed.
    """
    now = datetime.now(UTC)
    respondent = _respondent(token)
    asked = respondent.asked
    language = _enter(asked)
    services.require_open(session(), asked.round, now)
    section = _section(asked, number)
    form = build_form(section, language)(formdata=_posted())
    answers = parse_page(section, form)
    goal = request.form.get("go", "next")
    sound = _sound_answers(section, answers, form)
    if not attach_problems(section, answers, form) and goal == "next":
        return _show_page(token, asked, respondent.submission, number, form, language, 422)
    with transaction() as current:
        submission = services.save_page(
            current, token, services.Save(answers=sound, language=language), now
        )
        services.settle_edit(current, submission)
    response = redirect(_next_url(token, asked, number, goal), 303)
    if goal.startswith("language:"):
        keep_language(response, goal.partition(":")[2])
    return response


def _posted() -> MultiDict[str, str]:
    """The posted fields without null characters, which no store takes."""
    values = request.form.items(multi=True)
    return MultiDict((name, value.replace("\x00", "")) for name, value in values)


def _sound_answers(section: Any, answers: dict[str, Any], form: BaseForm) -> dict[str, Any]:
    """Going back keeps what can be kept; a faulty answer waits for its mending."""
    return {
        question.code: answers[question.code]
        for question in section.questions
        if not REGISTRY[question.kind].problems(question, answers[question.code], form)
    }


def _next_url(token: str, asked: Asked, number: int, goal: str) -> str:
    if goal.startswith("language:"):
        return url_for("respond.page", token=token, number=number)
    if goal == "back":
        back = url_for("respond.home", token=token)
        return url_for("respond.page", token=token, number=number - 1) if number > 1 else back
    if goal == "check" or number >= len(asked.document.sections):
        return url_for("respond.check", token=token)
    return url_for("respond.page", token=token, number=number + 1)


@bp.get("/s/<token>/check")
@requires(TOKEN)
def check(token: str) -> Response:
    """All answers on one page, with what is missing, before they are handed in."""
    respondent = _respondent(token)
    asked = respondent.asked
    language = _enter(asked)
    _require_writable(asked, respondent.submission)
    answers = respondent.submission.answers if respondent.submission else {}
    return render(
        "respond/check.html",
        token=token,
        form=BaseForm(),
        submission=respondent.submission,
        lines=_answer_lines(asked, respondent.submission, language),
        missing=services.missing_required(asked, answers),
        was_submitted=respondent.submission is not None
        and respondent.submission.state is SubmissionState.SUBMITTED,
        **_context(asked, language),
    )


def _answer_lines(
    asked: Asked, submission: Submission | None, language: str
) -> list[tuple[int, Any, list[tuple[Any, list[str]]]]]:
    """Sections with their questions and the answers as their writer reads them back."""
    answers = submission.answers if submission else {}
    texts = texts_of(session(), submission)
    found = []
    for number, section in enumerate(asked.document.sections, start=1):
        lines = []
        for question in section.questions:
            kind = REGISTRY[question.kind]
            answer = answers.get(question.code)
            if answer and kind.is_text:
                answer = {**answer, "value": texts.get(question.code, "")}
            lines.append((question, kind.display(question, answer, language) if answer else []))
        found.append((number, section, lines))
    return found


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
    respondent = _respondent(token)
    language = _enter(respondent.asked)
    submission = respondent.submission
    if submission is None or submission.state is SubmissionState.DRAFT:
        return redirect(url_for("respond.home", token=token), 303)
    return render(
        "respond/receipt.html",
        token=token,
        submission=submission,
        is_open=respondent.asked.status(datetime.now(UTC)) is RoundStatus.OPEN,
        is_withdrawn=submission.state is SubmissionState.WITHDRAWN,
        private_url=current_settings().base_url + url_for("respond.home", token=token),
        **_context(respondent.asked, language),
    )


@bp.get("/s/<token>/withdraw")
@requires(TOKEN)
def confirm_withdrawal(token: str) -> Response:
    respondent = _respondent(token)
    language = _enter(respondent.asked)
    return render(
        "respond/withdraw.html",
        token=token,
        form=BaseForm(),
        **_context(respondent.asked, language),
    )


@bp.post("/s/<token>/withdraw")
@limiter.limit(GUESSES)
@requires(TOKEN)
def withdraw(token: str) -> Response:
    with transaction() as current:
        services.withdraw(current, token, datetime.now(UTC))
    return redirect(url_for("respond.receipt", token=token), 303)
