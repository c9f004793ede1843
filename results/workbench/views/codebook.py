"""The codebook: its themes, each on a page of its own, files in and out, the log of edits."""

from datetime import UTC, datetime

from flask import flash, make_response, request
from werkzeug.wrappers import Response

from consultation.process.models import Consultation
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _
from core.web import render
from results.workbench import edits, files, intake, quality, queries, services
from results.workbench.forms import sections, theme_form, words_in
from results.workbench.models import Theme, ThemeKind, ThemeState
from results.workbench.views.coders import labels_for
from results.workbench.views.desk import (
    PAGE,
    Desk,
    bp,
    found,
    go,
    opened,
    page,
    record,
    wanted_page,
)

WRITERS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@bp.post("/begin")
@requires(Permission.CURATE_THEMES)
def begin(slug: str) -> Response:
    """A codebook from our starting one, or an empty one."""
    with transaction() as current:
        desk = _begun(slug)
        record(desk, "begin_codebook")
        if request.form.get("from") == "starting":
            name = _("Starting codebook")
            intake.take_in(current, desk.codebook, files.starting(), name, desk.actor())
    flash(_("The codebook was begun."), "success")
    return go("codebook", desk)


def _begun(slug: str) -> Desk:
    """The desk of a codebook that this request may begin."""
    consultation, known = found(slug)
    begun = known or services.begin(session(), consultation, datetime.now(UTC))
    return Desk(consultation, begun, signed_in_account())


def areas_of(desk: Desk, rows: list[Theme]) -> list[tuple[str, str]]:
    return [
        (row.code, desk.name_of(row))
        for row in rows
        if row.kind is ThemeKind.AREA and row.state is not ThemeState.DROPPED
    ]


def area_named(rows: list[Theme], code: str) -> Theme | None:
    return next((row for row in rows if row.code == code and row.kind is ThemeKind.AREA), None)


@bp.get("/codebook")
@requires(Permission.CODE_TEXTS)
def codebook(slug: str) -> Response:
    """Every theme under its area; what coders read while they code."""
    desk = opened(slug)
    rows = queries.themes(session(), desk.codebook)
    return page(
        "codebook",
        desk,
        groups=_grouped(rows),
        by_id={row.id: row for row in rows},
        versions=queries.versions(session(), desk.codebook),
        form=BaseForm(),
    )


def _grouped(rows: list[Theme]) -> list[tuple[Theme | None, list[Theme]]]:
    """Themes by area, those without one last; dropped ones at the very end of their group."""
    areas = [row for row in rows if row.kind is ThemeKind.AREA]
    known = {row.id for row in areas}
    kept = [row for row in rows if row.kind is ThemeKind.THEME]
    kept.sort(key=lambda row: row.state in {ThemeState.DROPPED, ThemeState.MERGED})
    groups: list[tuple[Theme | None, list[Theme]]] = [
        (area, [row for row in kept if row.parent_id == area.id]) for area in areas
    ]
    alone = [row for row in kept if row.parent_id not in known]
    return [*groups, (None, alone)] if alone else groups


@bp.get("/codebook/new")
@requires(Permission.CURATE_THEMES)
def new_theme(slug: str) -> Response:
    return _new_page(opened(slug), None)


def _new_page(desk: Desk, form: BaseForm | None, status: int = 200) -> Response:
    languages = desk.consultation.languages
    rows = queries.themes(session(), desk.codebook)
    given = form or theme_form(languages, areas_of(desk, rows), is_new=True)()
    return page("new", desk, status=status, form=given, sections=sections(given, languages))


@bp.post("/codebook/new")
@requires(Permission.CURATE_THEMES)
def create_theme(slug: str) -> Response:
    desk = opened(slug)
    languages = desk.consultation.languages
    rows = queries.themes(session(), desk.codebook)
    form = theme_form(languages, areas_of(desk, rows), is_new=True)()
    if not form.validate():
        return _new_page(desk, form, 422)
    try:
        with transaction() as current:
            theme = services.add_theme(
                current,
                desk.codebook,
                code=form["code"].data,
                words=words_in(form, None, languages),
                parent=area_named(rows, form["parent"].data),
                kind=ThemeKind(form["kind"].data),
                actor=desk.actor(),
            )
    except Invalid as error:
        form.refuse(error)
        return _new_page(desk, form, 422)
    flash(_("The theme was added."), "success")
    return go("theme", desk, theme_id=theme.public_id)


@bp.get("/codebook/export.<ending>")
@requires(Permission.CURATE_THEMES)
def export_codebook(slug: str, ending: str) -> Response:
    """The codebook as a file, with how well each theme was coded."""
    desk = opened(slug)
    if ending not in WRITERS:
        raise NotFound(_("Codebooks are not written in this format."))
    entries = files.entries_of(queries.themes(session(), desk.codebook))
    languages = desk.consultation.languages
    found = quality.quality_of(session(), desk.codebook, labels_for(desk))
    if ending == "json":
        data = files.write_json(entries, found.document())
    else:
        data = files.write_csv(entries, languages, found.cells)
    response = make_response(data)
    response.content_type = WRITERS[ending]
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-codebook.{ending}"'
    return response


@bp.post("/codebook/import")
@requires(Permission.CURATE_THEMES)
def import_codebook(slug: str) -> Response:
    """A file taken in as one edit, or a list of what is wrong with it by row."""
    consultation, _known = found(slug)
    uploaded = request.files.get("file")
    if not uploaded or not uploaded.filename:
        raise Invalid(_("Choose a file."))
    data = uploaded.stream.read(files.MOST_BYTES + 1)
    read = files.read(data, uploaded.filename, consultation.default_language)
    if read.problems:
        return _problems(slug, read)
    with transaction() as current:
        desk = _begun(slug)
        edit = intake.take_in(current, desk.codebook, read, uploaded.filename[:100], desk.actor())
        if edit is not None:
            record(desk, "import_codebook", themes=len(edit.changes))
    if read.problems:
        return _problems(slug, read)
    flash(
        _("The file changes nothing: the codebook says the same already.")
        if edit is None
        else _("The file was taken in: %(n)s themes.", n=len(edit.changes)),
        "success",
    )
    return go("codebook", desk)


def _problems(slug: str, read: files.ReadFile) -> Response:
    """Nothing was taken in; here is why."""
    consultation, known = found(slug)
    if known is None:
        return begin_page(consultation, read, 422)
    desk = Desk(consultation, known, signed_in_account())
    return page("problems", desk, status=422, read=read)


def begin_page(
    consultation: Consultation, read: files.ReadFile | None = None, status: int = 200
) -> Response:
    """Before there is a codebook: how to begin one."""
    return render(
        "workbench/begin.html",
        status=status,
        consultation=consultation,
        read=read,
        form=BaseForm(),
    )


@bp.get("/log")
@requires(Permission.CURATE_THEMES)
def log(slug: str) -> Response:
    """Every edit, the newest first, each with a way back."""
    desk = opened(slug)
    number = wanted_page()
    shown, total = queries.log(session(), desk.codebook, (number - 1) * PAGE, PAGE)
    return page("log", desk, shown=shown, total=total, number=number, size=PAGE, form=BaseForm())


@bp.post("/log/<edit_id>/undo")
@requires(Permission.CURATE_THEMES)
def undo(slug: str, edit_id: str) -> Response:
    desk = opened(slug)
    with transaction() as current:
        edits.undo(current, desk.codebook, edit_id, desk.actor())
    flash(
        _("The edit was taken back. That is an edit too: it can be taken back in turn."), "success"
    )
    return go("log", desk)
