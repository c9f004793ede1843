"""A questionnaire as a respondent on a phone meets it: page by page with its logic, nothing kept.

These pages may stand in a frame of our own pages; no other site may frame them.
"""

from datetime import UTC, datetime
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _, speak
from core.web import render
from surveys.documents import Question, QuestionnaireDocument, Section
from surveys.editing import changes, filling, trial
from surveys.editing.languages import direction_of, name_of
from surveys.editing.manage.building import builder
from surveys.editing.manage.desk import EDIT, bp, framing, language_of, opened, page
from surveys.editing.manage.questions import form_class
from surveys.editing.queries import Draft
from surveys.forms import attach, build_form, error_places
from surveys.questions import REGISTRY
from surveys.questions.base import field_name
from surveys.reading import answer_lines
from surveys.routing import Route

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def _framed(
    template: str, document: QuestionnaireDocument, language: str, **context: Any
) -> Response:
    """A respondent's page that our own pages may frame."""
    speak(language)
    response = render(
        f"editing/{template}.html",
        document=document,
        page_language=language,
        page_direction=direction_of(language),
        registry=REGISTRY,
        field_name=field_name,
        own_name=name_of,
        **context,
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _language(document: QuestionnaireDocument) -> str:
    wanted = request.args.get("language", "")
    return wanted if wanted in document.languages else document.default_language


@bp.get(EDIT + "/preview")
@requires(Permission.MANAGE_SURVEY)
def preview(slug: str, version: int) -> Response:
    """A phone on the desk: the questionnaire in a frame, in any of its languages."""
    draft = opened(slug, version)
    return framing(page("preview", draft, chosen=_language(draft.document)))


@bp.get(EDIT + "/preview/<int:number>")
@requires(Permission.MANAGE_SURVEY)
def sample_page(slug: str, version: int, number: int) -> Response:
    """A page of the trial, as somebody meets it who has answered nothing yet."""
    draft = opened(slug, version)
    language = _language(draft.document)
    route = trial.route_with(draft.document, {}, language, datetime.now(UTC))
    return _show(draft, route, number)


@bp.post(EDIT + "/preview/<int:number>")
@requires(Permission.MANAGE_SURVEY)
def try_page(slug: str, version: int, number: int) -> Response:
    """On to the next page of the trial, or the same one with what is wrong on it."""
    draft = opened(slug, version)
    document = draft.document
    now = datetime.now(UTC)
    kept = trial.opened(request.form.get("kept", ""), document)
    route = trial.route_with(document, kept, _language(document), now)
    _section(route, number)
    done = trial.step(route, number, request.form)
    goal = request.form.get("go", "next")
    after = trial.route_with(document, done.answers, _language(document), now)
    if goal == "back":
        return _show(draft, after, after.previous_number(number) or number)
    if done.problems:
        attach(done.problems, done.form)
        return _show(draft, after, number, done.form)
    if done.is_open and goal != "anyway":
        return _show(draft, after, number, done.form, goal="anyway")
    if done.asks_more:
        return _show(draft, after, number)
    following = after.next_number(number)
    return _show(draft, after, following) if following else _end(draft, after)


def _section(route: Route, number: int) -> Section:
    if not 1 <= number <= len(route.document.sections):
        raise NotFound(_("This questionnaire has no such page."))
    return route.page(number).section


def _show(
    draft: Draft, route: Route, number: int, form: BaseForm | None = None, goal: str = "next"
) -> Response:
    section = _section(route, number)
    numbers = [one.number for one in route.pages()]
    shown = form or trial.page_form(route, section)
    return _framed(
        "sample_page",
        draft.document,
        route.situation.language,
        draft=draft,
        consultation=draft.consultation,
        section=section,
        number=number,
        place=numbers.index(number) + 1 if number in numbers else number,
        pages=len(numbers),
        form=shown,
        goal=goal,
        places=error_places(section, shown),
        kept=trial.sealed(dict(route.situation.answers)),
    )


def _end(draft: Draft, route: Route) -> Response:
    return _framed(
        "sample_end",
        draft.document,
        route.situation.language,
        draft=draft,
        consultation=draft.consultation,
        parts=answer_lines(route),
    )


# One question ------------------------------------------------------------------------------------


@bp.get(EDIT + "/sample")
@requires(Permission.MANAGE_SURVEY)
def sample_question(slug: str, version: int) -> Response:
    """One question as it is stored."""
    draft = opened(slug, version)
    question = draft.document.question(request.args.get("code", ""))
    return _sample(draft, question, [])


@bp.post(EDIT + "/sample")
@requires(Permission.MANAGE_SURVEY)
def try_question(slug: str, version: int) -> Response:
    """One question as it is being typed, before it is saved."""
    draft = opened(slug, version)
    document = draft.document
    code, kind = request.args.get("code", ""), request.args.get("kind", "")
    if not code and kind not in REGISTRY:
        raise Invalid(_("There is no such type of question."))
    question = changes.question_of(document, code) if code else filling.blank_question(kind)
    building = builder(document, language_of(draft), before=code)
    form = form_class(draft, question, building, is_new=not code)()
    done = filling.filled(document, question, form)
    problems = [message for found in done.problems.values() for message in found]
    return _sample(draft, done.question, problems)


def _sample(draft: Draft, question: Question | None, problems: list[str]) -> Response:
    language = _language(draft.document)
    is_shown = question is not None and not problems
    shown = trial.sample(draft.document, question, language) if question and is_shown else None
    is_silent = shown is not None and REGISTRY[shown.kind].is_invisible
    section = Section(code="sample", title={}, questions=(shown,) if shown else ())
    speak(language)
    return _framed(
        "sample_question",
        draft.document,
        language,
        question=None if is_silent else shown,
        is_silent=is_silent,
        problems=problems,
        form=build_form(section, language)(formdata=None),
    )
