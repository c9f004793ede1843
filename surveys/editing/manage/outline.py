"""The outline: pages and questions in their order, what is missing, what was changed."""

from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _
from core.numbers import whole_number
from core.security import current_settings
from surveys import instruments
from surveys.documents import QuestionnaireDocument
from surveys.editing import changes, queries, services
from surveys.editing.forms import BlankForm, settings_form
from surveys.editing.languages import read_codes
from surveys.editing.manage.desk import (
    EDIT,
    Doing,
    bp,
    go,
    language_of,
    opened,
    page,
    press,
    refuse,
    refused,
    save,
)
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft
from surveys.editing.summary import overview
from surveys.questions.digits import latin_digits


@bp.post("/begin")
@requires(Permission.MANAGE_SURVEY)
def begin(slug: str) -> Response:
    """An empty questionnaire with a title."""
    form = BlankForm()
    if not form.validate():
        flash(_("Enter a title for the new questionnaire."), "error")
        return redirect(url_for("manage_surveys.index", slug=slug), 303)
    now = datetime.now(UTC)
    with transaction() as current:
        consultation = by_slug(current, slug)
        languages = consultation.languages
        raw = services.blank(form.title.data.strip(), languages[0], languages)
        made = instruments.add(current, consultation, raw, now)
        actor = signed_in_account().public_id
        target = f"{slug}/surveys/{made.id}"
        audit.record(current, actor=actor, action="add_questionnaire", target=target, now=now)
    return redirect(url_for("editing.show", slug=slug, version=made.id), 303)


@bp.get(EDIT + "/")
@requires(Permission.MANAGE_SURVEY)
def show(slug: str, version: int) -> Response:
    draft = opened(slug, version)
    changed = queries.past(session(), draft)
    return page(
        "show",
        draft,
        overview=overview(draft.document, language_of(draft)),
        last=changed[0] if changed and not draft.is_frozen else None,
    )


_STEPS = {"up": -1, "down": 1}


@bp.post(EDIT + "/sections/<code>/arrange")
@requires(Permission.MANAGE_SURVEY)
def arrange_section(slug: str, version: int, code: str) -> Response:
    """Move, copy or delete a page."""
    wanted = request.form.get("go", "")
    kind = ChangeKind.DELETE_SECTION if wanted == "delete" else ChangeKind.ARRANGE_SECTION

    def change(draft: Draft) -> QuestionnaireDocument:
        if wanted in _STEPS:
            return changes.move_section(draft.document, code, _STEPS[wanted])
        if wanted == "copy":
            return changes.duplicate_section(draft.document, code, draft.asked)
        if wanted == "delete":
            return changes.delete_section(draft.document, code)
        raise Invalid(_("Choose what should happen to the page."))

    said = _("The page was deleted.") if wanted == "delete" else _("Done.")
    return press(Doing(slug, version, kind, code), change, said, anchor=f"page-{code}")


@bp.post(EDIT + "/questions/<code>/arrange")
@requires(Permission.MANAGE_SURVEY)
def arrange_question(slug: str, version: int, code: str) -> Response:
    """Move, copy or delete a question."""
    wanted = request.form.get("go", "")
    kind = ChangeKind.DELETE_QUESTION if wanted == "delete" else ChangeKind.ARRANGE_QUESTION

    def change(draft: Draft) -> QuestionnaireDocument:
        if wanted in _STEPS:
            return changes.move_question(draft.document, code, _STEPS[wanted])
        if wanted == "move":
            return changes.move_question_to(draft.document, code, _numbered_page(draft))
        if wanted == "copy":
            return changes.duplicate_question(draft.document, code, draft.asked)[0]
        if wanted == "delete":
            return changes.delete_question(draft.document, code)
        raise Invalid(_("Choose what should happen to the question."))

    said = _("The question was deleted.") if wanted == "delete" else _("Done.")
    return press(Doing(slug, version, kind, code), change, said, anchor=f"question-{code}")


def _numbered_page(draft: Draft) -> str:
    """The code of the page whose number was typed."""
    number = whole_number(latin_digits(request.form.get("to", "").strip()))
    pages = len(draft.document.sections)
    if number is None or not 1 <= number <= pages:
        raise Invalid(_("Enter the number of a page, from 1 to %(pages)s.", pages=pages))
    return draft.document.sections[number - 1].code


# Settings ----------------------------------------------------------------------------------------


@bp.get(EDIT + "/settings")
@requires(Permission.MANAGE_SURVEY)
def settings(slug: str, version: int) -> Response:
    draft = opened(slug, version)
    document = draft.document
    form = settings_form(document, _offered(draft))(
        formdata=None,
        data={
            "title": document.title.get(document.default_language, ""),
            "languages": list(document.languages),
            "default_language": document.default_language,
            "thanks": document.thanks.get(document.default_language, ""),
            "theme_colour": document.theme_colour,
        },
    )
    return page("settings", draft, form=form)


@bp.post(EDIT + "/settings")
@requires(Permission.MANAGE_SURVEY)
def save_settings(slug: str, version: int) -> Response:
    draft = opened(slug, version)
    form = settings_form(draft.document, _offered(draft))()
    status = 422
    if form.validate():
        doing = Doing(slug, version, ChangeKind.SETTINGS)
        try:
            row = save(doing, lambda fresh: _with_settings(fresh.document, form))
        except (Invalid, services.Stale) as error:
            status = refuse(form, error)
        else:
            flash(_("Saved."), "success")
            return go("show", doing, row)
    return page("settings", opened(slug, version), form=form, status=status)


def _offered(draft: Draft) -> list[str]:
    return [*draft.consultation.languages, *current_settings().languages]


def _with_settings(document: QuestionnaireDocument, form: BaseForm) -> QuestionnaireDocument:
    default = form["default_language"].data
    chosen = [code for code in form["languages"].data or [] if code]
    languages = dict.fromkeys([*chosen, *read_codes(form["more_languages"].data or "")])
    if default not in languages:
        message = _("The main language must be one of the languages chosen above.")
        raise Invalid(message, field="default_language")
    lacking = [
        question.code for question in document.questions() if not question.label.get(default)
    ]
    if lacking:
        message = _(
            "These questions have no words in that language yet: %(codes)s. Translate them first.",
            codes=", ".join(lacking[:5]),
        )
        raise Invalid(message, field="default_language")
    main = document.default_language
    return changes.with_(
        document,
        title=changes.said(document.title, main, form["title"].data),
        thanks=changes.said(document.thanks, main, form["thanks"].data),
        languages=tuple(sorted(languages, key=lambda code: code != default)),
        default_language=default,
        theme_colour=form["theme_colour"].data or "",
    )


# What was changed --------------------------------------------------------------------------------


@bp.get(EDIT + "/history")
@requires(Permission.MANAGE_SURVEY)
def show_history(slug: str, version: int) -> Response:
    draft = opened(slug, version)
    changed = queries.past(session(), draft)
    return page("history", draft, changes=changed)


@bp.post(EDIT + "/history/restore")
@requires(Permission.MANAGE_SURVEY)
def restore(slug: str, version: int) -> Response:
    """Undo: the state before a change comes back, as a change of its own."""
    number = request.form.get("number", "")
    doing = Doing(slug, version, ChangeKind.RESTORE, number)
    try:
        with transaction() as current:
            draft = queries.draft(current, by_slug(current, slug), version, to_change=True)
            services.require_current(current, draft, request.form.get("base", ""))
            act = services.Act(doing.kind, signed_in_account(), datetime.now(UTC))
            services.restore(current, draft, whole_number(number) or 0, act)
    except services.Stale as error:
        flash(refused(error), "error")
    else:
        flash(_("The earlier state is back."), "success")
    return go("show", doing)
