"""Files in and out: a questionnaire replaced by an uploaded one, or written for other tools."""

import json

from flask import flash, make_response, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError, Invalid, NotFound
from core.i18n import _
from surveys import instruments
from surveys.editing import files
from surveys.editing.changes import stored
from surveys.editing.manage.desk import EDIT, Doing, bp, go, opened, page, refused, save
from surveys.editing.models import ChangeKind


@bp.get(EDIT + "/export.<ending>")
@requires(Permission.MANAGE_SURVEY)
def export(slug: str, version: int, ending: str) -> Response:
    """The questionnaire as a file."""
    draft = opened(slug, version)
    if ending not in files.WRITERS:
        raise NotFound(_("Questionnaires are not written in this format."))
    write, kind = files.WRITERS[ending]
    response = make_response(write(draft.document))
    response.content_type = kind
    name = f"{slug}-questionnaire-v{draft.row.version}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get(EDIT + "/import")
@requires(Permission.MANAGE_SURVEY)
def upload(slug: str, version: int) -> Response:
    """Choose a file."""
    draft = opened(slug, version)
    accepted = ",".join(files.READABLE)
    lost = files.lost_in_limesurvey(draft.document)
    return page("import", draft, endings=files.WRITERS, accepted=accepted, lost=lost)


@bp.post(EDIT + "/import")
@requires(Permission.MANAGE_SURVEY)
def read_file(slug: str, version: int) -> Response:
    """What is in the file and what is wrong with it; nothing is replaced yet."""
    draft = opened(slug, version)
    uploaded = request.files.get("file")
    if not uploaded or not uploaded.filename:
        raise Invalid(_("Choose a file."))
    found = files.read(uploaded.stream.read(), uploaded.filename, draft.document.default_language)
    raw = stored(found.document) if found.document else {}
    return page(
        "imported",
        draft,
        found=found,
        carried_document=json.dumps(raw, ensure_ascii=False),
        status=200 if found.document else 422,
    )


@bp.post(EDIT + "/import/replace")
@requires(Permission.MANAGE_SURVEY)
def replace(slug: str, version: int) -> Response:
    """The uploaded questionnaire in the place of this one."""
    doing = Doing(slug, version, ChangeKind.REPLACE)
    document = instruments.check(files.read_json(request.form.get("document", "").encode()))
    try:
        row = save(doing, lambda _fresh: document)
    except DomainError as error:
        flash(refused(error), "error")
        return go("upload", doing)
    flash(_("The questionnaire was replaced."), "success")
    return go("show", doing, row)
