"""/s/<token>/<number>: one page of questions, shown, kept and shown again where something is wrong."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.auth.permissions import TOKEN, requires
from core.db import transaction
from core.errors import Closed, DomainError, NotFound
from core.forms import BaseForm
from core.i18n import _, keep_language
from core.web import CSRFError, limiter, render, show_csrf_error
from surveys import services
from surveys.documents import Section
from surveys.forms import (
    attach,
    error_places,
    form_of,
    left_open,
    page_problems,
    parse_page,
    stored_data,
)
from surveys.pages.blank import NO_BLANKS, Blanks, blanks_of
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, field_name, is_answered
from surveys.routing import Route
from surveys.views import GUESSES, Visit, check, visit
from surveys.views import bp as bp


@dataclass(frozen=True, slots=True)
class Shown:
    """A page with its form, and what is said above it."""

    number: int
    form: BaseForm
    notice: str = ""
    #: What the main button asks for: "next", or "anyway" once open questions were pointed out.
    goal: str = "next"
    #: Questions that nothing was typed for, which look the same to everybody.
    blanks: Blanks = NO_BLANKS


@bp.get("/s/<token>/<int:number>")
@requires(TOKEN)
def page(token: str, number: int) -> Response:
    coming = visit(token)
    coming.require_writable()
    route = coming.route()
    section = _section(route, number)
    if not section.questions:
        return redirect(_next_url(token, route, number, "next"), 303)
    blanks = blanks_of(route, number, coming.language)
    left = blanks.left_of(section)
    data = stored_data(left, route.situation.answers, route.situation.texts)
    form = form_of(route, left, coming.language)(formdata=None, data=data)
    return _show(coming, route, Shown(number, form, blanks=blanks))


def _section(route: Route, number: int) -> Section:
    if not 1 <= number <= len(route.document.sections):
        raise NotFound(_("This questionnaire has no such page."))
    return route.page(number).section


def _show(coming: Visit, route: Route, shown: Shown, status: int = 200) -> Response:
    section = _section(route, shown.number)
    numbers = [found.number for found in route.pages()]
    return render(
        "respond/page.html",
        status=status,
        number=shown.number,
        place=numbers.index(shown.number) + 1 if shown.number in numbers else shown.number,
        pages=len(numbers),
        section=section,
        form=shown.form,
        wants_files=any(question.kind == "file" for question in section.questions),
        notice=shown.notice,
        goal=shown.goal,
        blanks=shown.blanks,
        has_seen_all=route.first_unseen() is None,
        is_last=route.next_number(shown.number) is None,
        places=error_places(section, shown.form),
        registry=REGISTRY,
        field_name=field_name,
        **coming.context(),
    )


@bp.post("/s/<token>/<int:number>")
@limiter.limit(GUESSES)
@requires(TOKEN)
def save(token: str, number: int) -> Response:
    """Keep a page, then go on, go back, or change the language; nothing typed is ever lost.

    A page with a mistake is shown again as typed, and what is sound of it is kept in the draft.
    """
    coming = visit(token, hold=True)
    try:
        return _save(coming, number)
    except Closed as closed:
        return _closed_while_typing(coming, number, closed)


def _closed_while_typing(coming: Visit, number: int, closed: Closed) -> Response:
    """Nothing is taken any more, and the words that were typed are their writer's all the same."""
    form = form_of(coming.route(), _section(coming.route(), number), coming.language)
    words = _("What you typed on this page was not saved. It still stands here to be copied.")
    shown = Shown(number, form(formdata=_posted()), f"{closed.message} {words}")
    return _show(coming, coming.route(), shown, status=closed.status)


def _save(coming: Visit, number: int) -> Response:
    token = coming.token
    services.refuse_unless_open(coming.asked.round, coming.now)
    before = coming.route()
    section = _section(before, number)
    form = form_of(before, section, coming.language)(formdata=_posted())
    answers = parse_page(section, form)
    after = before
    if not before.is_fixed:
        # The answers of this page may change what the page itself asks.
        after = Route(before.document, before.situation.with_answers(answers))
        form = form_of(after, after.page(number).section, coming.language)(formdata=_posted())
    shown = after.page(number).section
    problems = page_problems(after, shown, answers, form)
    goal = request.form.get("go", "next")
    # Back and another language do not wait for answers; but what was typed and cannot be kept is
    # shown with its mistake, and not thrown away.
    is_typed = any(is_answered(answers.get(code)) for code in problems)
    stops = bool(problems) and (goal in {"next", "anyway", "check"} or is_typed)
    if not stops or not coming.was_submitted:
        _store(coming, {c: a for c, a in answers.items() if c not in problems})
    if stops:
        attach(problems, form)
        return _show(coming, after, Shown(number, form), status=422)
    if goal == "next" and left_open(shown, answers):
        notice = _(
            "Some answers on this page are still open. You may go on all the same: "
            "press “Save and continue” once more."
        )
        return _show(coming, after, Shown(number, form, notice, "anyway"))
    if goal in {"next", "anyway"}:
        _say_what_opened(section, shown, coming.language)
        goal = "stay" if _asks_more(section, shown, answers) else goal
    if coming.was_submitted:
        flash(_("Your change is saved and counts."), "success")
    response = redirect(_next_url(token, after, number, goal), 303)
    if goal.startswith("language:"):
        keep_language(response, goal.partition(":")[2], before.document.languages)
    return response


def _store(coming: Visit, sound: dict[str, Answer]) -> None:
    with transaction() as current:
        kept = services.Save(answers=sound, language=coming.language)
        submission = services.save_page(current, coming.token, kept, coming.now, coming.respondent)
        services.settle_edit(current, coming.asked, submission, coming.now)


def _asks_more(before: Section, after: Section, answers: dict[str, Answer]) -> bool:
    """Whether the page has questions that were not there when it was filled in, or goes on."""
    known = {question.code for question in before.questions}
    return any(
        question.code not in known
        or (
            question.code in answers
            and REGISTRY[question.kind].wants_more(question, answers[question.code])
        )
        for question in after.questions
    )


def _say_what_opened(before: Section, after: Section, language: str) -> None:
    """Name the questions that the answers of this page have added to it."""
    known = {question.code for question in before.questions}
    opened = [one.text(language, language) for one in after.questions if one.code not in known]
    if opened:
        words = _("This page is saved. Your answers opened more on it: %(questions)s")
        flash(words % {"questions": " · ".join(opened)}, "warning")


def _posted() -> MultiDict[str, Any]:
    """The posted fields without null characters, which no store takes, and the posted files."""
    values = request.form.items(multi=True)
    posted: MultiDict[str, Any] = MultiDict(
        (name, value.replace("\x00", "")) for name, value in values
    )
    for name, file in request.files.items(multi=True):
        posted.add(name, file)
    return posted


@bp.errorhandler(CSRFError)
def show_again(error: CSRFError) -> Response:
    """A page that was open for too long, or in a browser that lost its cookie, is not lost."""
    arguments: dict[str, Any] = request.view_args or {}
    try:
        if request.endpoint == "respond.submit":
            return _check_again(arguments["token"])
        if request.endpoint == "respond.save":
            return _page_again(arguments["token"], int(arguments["number"]))
    except DomainError:
        # The link leads nowhere, or the round takes nothing now: the plain word is enough.
        return show_csrf_error(error)
    return show_csrf_error(error)


def _check_again(token: str) -> Response:
    words = _("This page was open for a long time. Look at your answers and hand them in again.")
    flash(words, "warning")
    shown: Response = check(token=token)
    shown.status_code = HTTPStatus.BAD_REQUEST
    return shown


def _page_again(token: str, number: int) -> Response:
    coming = visit(token)
    coming.require_writable()
    route = coming.route()
    form = form_of(route, _section(route, number), coming.language)(formdata=_posted())
    notice = _(
        "This page was open for a long time and nothing on it has been saved yet. "
        "What you typed is still here; a file has to be chosen again. "
        "Press “Save and continue” once more."
    )
    return _show(coming, route, Shown(number, form, notice), status=400)


def _next_url(token: str, route: Route, number: int, goal: str) -> str:
    if goal == "stay" or goal.startswith("language:"):
        return url_for("respond.page", token=token, number=number)
    if goal == "back":
        before = route.previous_number(number)
        home = url_for("respond.home", token=token)
        return url_for("respond.page", token=token, number=before) if before else home
    following = None if goal == "check" else route.next_number(number)
    if following is None:
        return url_for("respond.check", token=token)
    return url_for("respond.page", token=token, number=following)
