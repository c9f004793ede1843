"""The responses of a round as a table: taken out for other tools, and brought in from them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from flask import flash, make_response, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Invalid, NotFound
from core.i18n import _, ngettext
from core.web import render
from surveys.api_queries import released_submissions
from surveys.interchange.notices import Notice
from surveys.interchange.rounds import Line, Stored, read_table, store_lines, table_of
from surveys.interchange.tables import Convention
from surveys.queries import Asked, asked_in
from surveys.reaching.manage.place import Place, bp, enter_place, place_of, record

#: Respondents write too: the store is theirs again after so many rows.
BATCH: Final = 50


def _asked(current: Session, place: Place) -> Asked:
    asked = asked_in(current, place.round.id or 0)
    if asked is None:
        raise NotFound(_("This round asks nothing yet. Choose its questionnaire first."))
    return asked


def _convention(name: str) -> Convention:
    try:
        return Convention(name)
    except ValueError as error:
        raise NotFound(_("Tables are not written in this way.")) from error


def _page(
    slug: str, number: int, problems: Sequence[Notice] = (), notices: Sequence[Notice] = ()
) -> Response:
    place = enter_place(slug, number)
    asked, now = _asked(session(), place), datetime.now(UTC)
    rows, withheld = released_submissions(session(), place.round, now)
    return render(
        "manage_reaching/tables.html",
        status=422 if problems else 200,
        consultation=place.consultation,
        row=place.round,
        status_of_round=asked.status(now),
        count=len(rows),
        withheld=withheld,
        problems=problems,
        notices=notices,
    )


@bp.get("/rounds/<int:number>/tables")
@requires(Permission.MANAGE_SURVEY)
def tables(slug: str, number: int) -> Response:
    return _page(slug, number)


@bp.get("/rounds/<int:number>/tables/<convention>.csv")
@requires(Permission.MANAGE_SURVEY)
def download_table(slug: str, number: int, convention: str) -> Response:
    place = enter_place(slug, number)
    way = _convention(convention)
    response = make_response(table_of(session(), _asked(session(), place), way, datetime.now(UTC)))
    response.content_type = "text/csv; charset=utf-8"
    name = f"{slug}-round-{number}-{way}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.post("/rounds/<int:number>/tables")
@requires(Permission.MANAGE_SURVEY)
def bring_table(slug: str, number: int) -> Response:
    """Check all rows, then store them; with a mistake in one of them none is stored, unless asked."""
    uploaded = request.files.get("file")
    if not uploaded or not uploaded.filename:
        raise Invalid(_("Choose a file."))
    place, now = enter_place(slug, number), datetime.now(UTC)
    asked = _asked(session(), place)
    way = _convention(request.form.get("convention", ""))
    taken = read_table(asked, uploaded.stream.read(), way, now)
    if taken.problems and not (request.form.get("good_ones") and taken.lines):
        return _page(slug, number, taken.problems, taken.notices)
    done = _store(slug, number, taken.lines, now)
    flash(_said(done), "success" if done.new or done.known else "info")
    problems = [*taken.problems, *done.problems]
    if problems:
        return _page(slug, number, problems, taken.notices)
    return redirect(url_for("manage_reaching.tables", slug=slug, number=number), 303)


def _store(slug: str, number: int, lines: Sequence[Line], now: datetime) -> Stored:
    whole = Stored()
    for start in range(0, len(lines), BATCH):
        with transaction() as current:
            asked = _asked(current, place_of(current, slug, number))
            done = store_lines(current, asked, lines[start : start + BATCH], now)
            record("bring_table", f"{slug}/rounds/{number}", new=done.new, known=done.known)
        whole.new += done.new
        whole.known += done.known
        whole.problems += done.problems
    return whole


def _said(done: Stored) -> str:
    new: str = ngettext("%(num)s response was stored.", "%(num)s responses were stored.", done.new)
    if not done.known:
        return new
    known = ngettext("%(num)s was there already.", "%(num)s were there already.", done.known)
    return f"{new} {known}"
