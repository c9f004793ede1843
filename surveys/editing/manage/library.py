"""The library: ready questions, put into a page one by one."""

from flask import flash, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError, Invalid
from core.i18n import _
from surveys.documents import QuestionnaireDocument
from surveys.editing import library as ready
from surveys.editing.manage.desk import EDIT, Doing, bp, go, opened, page, refused, save
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft

#: Fewer are nothing to choose from, to rank or to compare.
LEAST_ENTRIES = 3


@bp.get(EDIT + "/library")
@requires(Permission.MANAGE_SURVEY)
def library(slug: str, version: int) -> Response:
    """Every ready question by group, each with a button."""
    draft = opened(slug, version)
    return page(
        "library",
        draft,
        groups=ready.groups(),
        section=request.args.get("section", ""),
    )


@bp.post(EDIT + "/library")
@requires(Permission.MANAGE_SURVEY)
def insert_ready(slug: str, version: int) -> Response:
    """One ready question at the end of the chosen page."""
    code, section = request.form.get("question", ""), request.form.get("section", "")
    wanted = request.form.getlist(f"entries-{code}")
    doing = Doing(slug, version, ChangeKind.ADD_QUESTION, code)

    def change(draft: Draft) -> QuestionnaireDocument:
        if ready.ready(code).choosable and len(wanted) < LEAST_ENTRIES:
            raise Invalid(_("Choose at least three entries of the list."))
        return ready.insert(draft.document, section, code, draft.asked, wanted)[0]

    try:
        row = save(doing, change)
    except DomainError as error:
        flash(refused(error), "error")
        return go("library", doing, section=section, _anchor=f"ready-{code}")
    flash(_("The question was put in at the end of the page."), "success")
    return go("library", doing, row, section=section, _anchor=f"ready-{code}")
