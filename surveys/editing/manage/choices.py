"""The options of a question one by one: words, order, which keep their place, which are for whom."""

from collections.abc import Mapping
from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError, Invalid, NotFound
from core.i18n import _
from surveys.documents import Question, QuestionnaireDocument
from surveys.editing import changes, options, services
from surveys.editing.conditions import fault_of
from surveys.editing.manage.desk import EDIT, Doing, bp, go, opened, page, save, told
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft
from surveys.editing.settings import Setting, Shown, settings_in
from surveys.questions import REGISTRY


def _lists(question: Question) -> list[Setting]:
    """The settings of a question that are lists of options."""
    model = REGISTRY[question.kind].settings
    found = [setting for setting in settings_in(model) if setting.shown is Shown.OPTIONS]
    if not found:
        raise NotFound(_("This question has no options."))
    return found


def _show(
    draft: Draft,
    question: Question,
    typed: Mapping[str, Any],
    problems: Mapping[str, str],
    status: int = 200,
) -> Response:
    return page(
        "options",
        draft,
        question=question,
        lists=[(setting, typed.get(setting.name) or []) for setting in _lists(question)],
        problems=problems,
        submitted=request.form.get("base", "") if status == 422 else "",
        status=status,
    )


@bp.get(EDIT + "/questions/<code>/options")
@requires(Permission.MANAGE_SURVEY)
def options_of(slug: str, version: int, code: str) -> Response:
    draft = opened(slug, version)
    question = changes.question_of(draft.document, code)
    return _show(draft, question, question.settings, {})


@bp.post(EDIT + "/questions/<code>/options")
@requires(Permission.MANAGE_SURVEY)
def save_options(slug: str, version: int, code: str) -> Response:
    """Everything typed is kept, whichever button was pressed."""
    draft = opened(slug, version)
    question = changes.question_of(draft.document, code)
    typed = _typed(draft, question)
    problems = _problems(draft, typed)
    doing = Doing(slug, version, ChangeKind.EDIT_QUESTION, code)
    if problems:
        return _show(draft, question, typed, problems, 422)
    try:
        row = save(doing, lambda fresh: _with(fresh.document, code, typed))
    except services.Stale as error:
        return _show(opened(slug, version), question, typed, {"": told(error)}, 409)
    except DomainError as error:
        return _show(opened(slug, version), question, typed, {"": error.message}, 422)
    if request.form.get("go", "save") == "save":
        flash(_("Saved."), "success")
        return go("question", doing, row, code=code)
    return go("options_of", doing, row, code=code)


def _typed(draft: Draft, question: Question) -> dict[str, list[dict[str, Any]]]:
    """The lists as typed, with the step of the pressed button done."""
    language = draft.document.default_language
    verb, _colon, rest = request.form.get("go", "").partition(":")
    list_name, _colon, pressed = rest.partition(":")
    found = {}
    for setting in _lists(question):
        entries = [
            _entry(setting.name, entry, language)
            for entry in question.settings.get(setting.name) or ()
        ]
        if setting.name == list_name:
            entries = options.stepped(entries, verb, pressed)
        found[setting.name] = entries
    return found


def _entry(name: str, entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    prefix = f"{name}:{entry['code']}:"
    if f"{prefix}label" not in request.form:
        return dict(entry)
    changed = {
        **entry,
        "label": changes.said(entry["label"], language, request.form[f"{prefix}label"]),
        "relevant": request.form.get(f"{prefix}relevant", "").strip(),
        "is_anchored": f"{prefix}anchored" in request.form,
    }
    return {key: value for key, value in changed.items() if value or key == "label"}


def _problems(draft: Draft, typed: Mapping[str, list[dict[str, Any]]]) -> dict[str, str]:
    language = draft.document.default_language
    found = {}
    for name, entries in typed.items():
        for entry in entries:
            prefix = f"{name}:{entry['code']}:"
            if not entry["label"].get(language):
                found[f"{prefix}label"] = _("Write the words of this option.")
            fault = fault_of(entry.get("relevant", ""), draft.document.by_code)
            if fault:
                found[f"{prefix}relevant"] = fault
    return found


def _with(
    document: QuestionnaireDocument, code: str, typed: Mapping[str, list[dict[str, Any]]]
) -> QuestionnaireDocument:
    question = changes.question_of(document, code)
    settings = {**question.settings, **typed}
    try:
        REGISTRY[question.kind].settings.model_validate(settings)
    except ValueError as error:
        raise Invalid(_("The last options cannot be taken away.")) from error
    changed = question.model_copy(update={"settings": settings})
    return changes.replace_question(document, code, changed)
