"""/manage/consultations/<slug>/surveys/rounds/<number>/files: what respondents handed in."""

from flask import send_file
from werkzeug.wrappers import Response

from consultation.process.navigation import enter
from consultation.process.queries import by_slug, rounds
from core.auth.permissions import Permission, requires
from core.db import session
from core.errors import NotFound
from core.i18n import _
from core.web import render
from surveys.manage import bp as bp
from surveys.queries import Asked, asked_in
from surveys.uploads import queries
from surveys.uploads.store import HANDLERS as HANDLERS
from surveys.uploads.store import SCHEDULE as SCHEDULE


def _asked(slug: str, number: int) -> Asked:
    consultation = by_slug(session(), slug)
    enter(consultation)
    for row in rounds(session(), consultation):
        asked = asked_in(session(), row.id or 0) if row.number == number else None
        if asked is not None:
            return asked
    raise NotFound(_("There is no such round, or it asks nothing yet."))


@bp.get("/rounds/<int:number>/files")
@requires(Permission.MANAGE_SURVEY)
def files(slug: str, number: int) -> Response:
    asked = _asked(slug, number)
    return render(
        "uploads/index.html",
        consultation=asked.consultation,
        number=number,
        document=asked.document,
        files=queries.files_of(session(), asked),
    )


@bp.get("/rounds/<int:number>/files/<key>")
@requires(Permission.MANAGE_SURVEY)
def download_file(slug: str, number: int, key: str) -> Response:
    """A file as an attachment, under a name of ours; no browser shows or runs it."""
    given, path = queries.file_of(session(), _asked(slug, number), key)
    response = send_file(
        path,
        mimetype=given.kind.media_type,
        as_attachment=True,
        download_name=given.download_name,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response
