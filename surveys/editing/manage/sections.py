"""One page of a questionnaire: its words, its order, when it is shown."""

from flask import flash, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError
from core.forms import BaseForm
from core.i18n import _
from surveys.documents import QuestionnaireDocument, Section
from surveys.editing import changes
from surveys.editing.forms import section_form
from surveys.editing.manage.building import Builder, builder
from surveys.editing.manage.desk import (
    EDIT,
    Doing,
    bp,
    go,
    language_of,
    opened,
    page,
    refuse,
    refused,
    save,
)
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft


@bp.post(EDIT + "/sections/new")
@requires(Permission.MANAGE_SURVEY)
def add_section(slug: str, version: int) -> Response:
    """A new page behind all others."""
    title = request.form.get("title", "").strip()[:300] or _("New page")
    draft = opened(slug, version)
    code = changes.new_section_code(draft.document, title)
    texts = {draft.document.default_language: title}
    section = Section(code=code, title=texts, questions=())
    doing = Doing(slug, version, ChangeKind.ADD_SECTION, code)
    try:
        row = save(doing, lambda fresh: changes.add_section(fresh.document, section))
    except DomainError as error:
        flash(refused(error), "error")
        return go("show", doing)
    return go("show", doing, row, _anchor=f"page-{code}")


def _builder(draft: Draft, section: Section) -> Builder:
    first = section.questions[0].code if section.questions else ""
    return builder(draft.document, language_of(draft), before=first)


@bp.get(EDIT + "/sections/<code>")
@requires(Permission.MANAGE_SURVEY)
def section(slug: str, version: int, code: str) -> Response:
    draft = opened(slug, version)
    found = changes.section_of(draft.document, code)
    building = _builder(draft, found)
    default = draft.document.default_language
    form = section_form(draft.document, building.offers, building.chosen)(
        formdata=None,
        data={
            "title": found.title.get(default, ""),
            "intro": found.intro.get(default, ""),
            "randomise": found.randomise,
            "relevant": found.relevant,
        },
    )
    return _show(draft, found, form, building)


def _show(
    draft: Draft, section: Section, form: BaseForm, building: Builder, status: int = 200
) -> Response:
    return page(
        "section",
        draft,
        section=section,
        form=form,
        builder=building,
        in_words=building.in_words(form["relevant"].data or ""),
        status=status,
    )


@bp.post(EDIT + "/sections/<code>")
@requires(Permission.MANAGE_SURVEY)
def save_section(slug: str, version: int, code: str) -> Response:
    draft = opened(slug, version)
    found = changes.section_of(draft.document, code)
    building = _builder(draft, found)
    form = section_form(draft.document, building.offers, building.chosen)()
    if request.form.get("go", "save") != "save":
        return _show(draft, found, form, building, building.write_into(form))
    status = 422
    if form.validate():
        doing = Doing(slug, version, ChangeKind.EDIT_SECTION, code)
        try:
            row = save(doing, lambda fresh: _with_section(fresh.document, code, form))
        except DomainError as error:
            status = refuse(form, error)
        else:
            flash(_("Saved."), "success")
            return go("show", doing, row, _anchor=f"page-{code}")
    return _show(opened(slug, version), found, form, building, status)


def _with_section(
    document: QuestionnaireDocument, code: str, form: BaseForm
) -> QuestionnaireDocument:
    section = changes.section_of(document, code)
    default = document.default_language
    changed = section.model_copy(
        update={
            "title": changes.said(section.title, default, form["title"].data),
            "intro": changes.said(section.intro, default, form["intro"].data),
            "randomise": bool(form["randomise"].data),
            "relevant": (form["relevant"].data or "").strip(),
        }
    )
    return changes.replace_section(document, changed)
