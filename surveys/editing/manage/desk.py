"""What all pages of the editor share: opening a version, changing it, saying who was faster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import signed_in_account
from core.db import session, transaction
from core.errors import DomainError, Invalid
from core.forms import BaseForm
from core.i18n import _, current_language
from core.web import format_time, render
from surveys.documents import QuestionnaireDocument
from surveys.editing import history, queries, services
from surveys.editing.languages import direction_of, name_of
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft
from surveys.models import Questionnaire
from surveys.questions import REGISTRY

bp = Blueprint("editing", __name__, url_prefix="/manage/consultations/<slug>/surveys")
EDIT = "/<int:version>/edit"
#: The policy of every page (core/security.py), with frames of our own allowed in it.
FRAMING_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: From a draft to the document it becomes.
Change = Callable[[Draft], QuestionnaireDocument]


@dataclass(frozen=True, slots=True)
class Doing:
    """What is done to which version, for the trail and the audit log."""

    slug: str
    version: int
    kind: ChangeKind
    place: str = ""


def opened(slug: str, version: int) -> Draft:
    """The version to be shown, with the consultation's menu around it."""
    consultation = by_slug(session(), slug)
    enter(consultation)
    return queries.draft(session(), consultation, version)


def language_of(draft: Draft) -> str:
    """The reader's language, or the questionnaire's own where it lacks it."""
    return draft.document.language_for(current_language())


def page(template: str, draft: Draft, *, status: int = 200, **context: Any) -> Response:
    """A page of the editor."""
    return render(
        f"editing/{template}.html",
        status=status,
        draft=draft,
        document=draft.document,
        consultation=draft.consultation,
        own_language=language_of(draft),
        base=draft.row.document_hash,
        registry=REGISTRY,
        direction=direction_of,
        own_name=name_of,
        change_in_words=history.in_words,
        **context,
    )


def framing(response: Response) -> Response:
    """Let a page hold a frame with one of our own pages; all else stays as strict as ever."""
    response.headers["Content-Security-Policy"] = FRAMING_POLICY
    return response


def save(doing: Doing, change: Change) -> Questionnaire:
    """One change in one transaction, made on the state that the page showed."""
    account = signed_in_account()
    now = datetime.now(UTC)
    with transaction() as current:
        consultation = by_slug(current, doing.slug)
        draft = queries.draft(current, consultation, doing.version, to_change=True)
        services.require_current(current, draft, request.form.get("base", ""))
        act = services.Act(doing.kind, account, now, doing.place)
        row = services.save(current, draft, change(draft), act)
        _record(doing, row)
    if row.id != doing.version:
        flash(
            _(
                "This is now version %(number)s, a copy. The version that was asked stays as it "
                "is; choose the new one for a round that should ask it.",
                number=row.version,
            ),
            "warning",
        )
    return row


def _record(doing: Doing, row: Questionnaire) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action="edit_questionnaire",
        target=f"{doing.slug}/surveys/{row.id}",
        details={"kind": doing.kind.value, "place": doing.place, "version": row.version},
        now=datetime.now(UTC),
    )


def go(endpoint: str, doing: Doing, row: Questionnaire | None = None, **values: Any) -> Response:
    """On to another page of the editor, at the version that now is edited."""
    version = row.id if row is not None else doing.version
    return redirect(url_for(f"editing.{endpoint}", slug=doing.slug, version=version, **values), 303)


def press(doing: Doing, change: Change, said: str, *, anchor: str = "") -> Response:
    """A button of the outline: done and back, or not done and why."""
    try:
        row = save(doing, change)
    except DomainError as error:
        flash(refused(error), "error")
        return go("show", doing, _anchor=anchor or None)
    flash(said, "success")
    return go("show", doing, row, _anchor=anchor or None)


def refused(error: DomainError) -> str:
    """Why nothing was done, in words."""
    return told(error) if isinstance(error, services.Stale) else error.message


def told(error: services.Stale) -> str:
    """The refusal with what was changed and by whom."""
    listed = "; ".join(
        f"{history.in_words(change)} – {change.who}, {format_time(change.at)}"
        for change in error.changes
    )
    return f"{error.message} {listed}".strip()


def refuse(form: BaseForm, error: DomainError) -> int:
    """Put what was refused beside the form; the status that the page then has."""
    if isinstance(error, services.Stale):
        form.form_errors.append(told(error))
        # What was typed stands over the new state; saving again is then meant.
        form["base"].data = ""
    elif isinstance(error, services.Unsound):
        _beside_fields(form, error)
    elif isinstance(error, Invalid):
        form.refuse(error)
    else:
        form.form_errors.append(error.message)
    return int(error.status)


def _beside_fields(form: BaseForm, error: services.Unsound) -> None:
    """Each fault at the field it names, or above the form with its place."""
    for fault in error.faults:
        name = fault.place if fault.place in form else ""
        message = fault.message if name or not fault.place else f"{fault.place}: {fault.message}"
        form.refuse(Invalid(message, field=name or None))
