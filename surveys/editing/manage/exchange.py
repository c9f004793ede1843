"""Files in and out: a questionnaire replaced by an uploaded one, or written for other tools."""

import json
from collections.abc import Callable
from typing import Any

from flask import flash, make_response, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError, Invalid, NotFound
from core.i18n import _
from surveys import instruments
from surveys.documents import QuestionnaireDocument
from surveys.editing.changes import stored
from surveys.editing.manage.desk import EDIT, Doing, bp, go, opened, page, refused, save
from surveys.editing.models import ChangeKind

Writer = Callable[[QuestionnaireDocument], bytes]


def _as_json(document: QuestionnaireDocument) -> bytes:
    return (json.dumps(stored(document), ensure_ascii=False, indent=2) + "\n").encode()


#: By the ending of the file: how it is written, and what it is called on the wire.
WRITERS: dict[str, tuple[Writer, str]] = {
    "json": (_as_json, "application/json"),
}


@bp.get(EDIT + "/export.<ending>")
@requires(Permission.MANAGE_SURVEY)
def export(slug: str, version: int, ending: str) -> Response:
    """The questionnaire as a file."""
    draft = opened(slug, version)
    if ending not in WRITERS:
        raise NotFound(_("Questionnaires are not written in this format."))
    write, kind = WRITERS[ending]
    response = make_response(write(draft.document))
    response.content_type = kind
    name = f"{slug}-questionnaire-v{draft.row.version}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get(EDIT + "/import")
@requires(Permission.MANAGE_SURVEY)
def upload(slug: str, version: int) -> Response:
    """Choose a file."""
    return page(
        "import",
        opened(slug, version),
        endings=WRITERS,
        hint=_("A questionnaire as JSON."),
        accepted=".json",
    )


@bp.post(EDIT + "/import")
@requires(Permission.MANAGE_SURVEY)
def read_file(slug: str, version: int) -> Response:
    """What is in the file and what is wrong with it; nothing is replaced yet."""
    draft = opened(slug, version)
    uploaded = request.files.get("file")
    if not uploaded or not uploaded.filename:
        raise Invalid(_("Choose a file."))
    document = instruments.check(_json(uploaded.stream.read()))
    return page(
        "imported",
        draft,
        found=document,
        carried_document=json.dumps(stored(document), ensure_ascii=False),
        problems=[],
        notices=[],
    )


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("The file is not a JSON document. Choose another file.")) from error


@bp.post(EDIT + "/import/replace")
@requires(Permission.MANAGE_SURVEY)
def replace(slug: str, version: int) -> Response:
    """The uploaded questionnaire in the place of this one."""
    doing = Doing(slug, version, ChangeKind.REPLACE)
    document = instruments.check(_json(request.form.get("document", "").encode()))
    try:
        row = save(doing, lambda _fresh: document)
    except DomainError as error:
        flash(refused(error), "error")
        return go("upload", doing)
    flash(_("The questionnaire was replaced."), "success")
    return go("show", doing, row)
