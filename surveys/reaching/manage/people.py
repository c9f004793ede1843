"""How far the invitations got, addresses that mail came back from, responses that look alike."""

from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Invalid
from core.i18n import _, ngettext, own_name
from core.security import current_settings
from core.web import render
from surveys.queries import asked_in
from surveys.reaching import queries, services
from surveys.reaching.forms import BouncesForm
from surveys.reaching.look_alikes import summary_of
from surveys.reaching.manage.place import (
    KIND_NAMES,
    STATE_NAMES,
    bp,
    enter_place,
    group_names,
    place_of,
    record,
)
from surveys.reaching.views import open_url


def _page(slug: str, number: int, bounces: BouncesForm, status: int = 200) -> Response:
    place = enter_place(slug, number)
    row = place.round
    asked = asked_in(session(), row.id or 0)
    return render(
        "manage_reaching/index.html",
        status=status,
        consultation=place.consultation,
        row=row,
        asked=asked,
        reach=queries.reach_of(session(), row),
        waves=queries.waves(session(), row),
        days_to_answer=queries.days_to_answer,
        fewest_days=queries.FEWEST_DAYS_TO_ANSWER,
        days_left=queries.days_to_answer(row, datetime.now(UTC)),
        open_url=open_url(row.public_id),
        alike=summary_of(session(), asked) if asked else None,
        smallest_cell=current_settings().thresholds.feedback_cell,
        group_names=group_names(place.consultation),
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        own_name=own_name,
        bounces=bounces,
    )


@bp.get("/rounds/<int:number>/reach/")
@requires(Permission.MANAGE_SURVEY)
def index(slug: str, number: int) -> Response:
    return _page(slug, number, BouncesForm(formdata=None))


@bp.post("/rounds/<int:number>/reach/bounces")
@requires(Permission.MANAGE_SURVEY)
def note_bounces(slug: str, number: int) -> Response:
    """Note addresses that mail came back from, typed in or from a file."""
    form = BouncesForm()
    try:
        if not form.validate():
            return _page(slug, number, form, 422)
        lines = services.read_bounces(f"{form.lines.data or ''}\n{_uploaded(form)}")
    except Invalid as error:
        form.lines.errors = [error.message]
        return _page(slug, number, form, 422)
    with transaction() as current:
        place = place_of(current, slug, number)
        noted = services.note_bounces(current, place.consultation, lines, datetime.now(UTC))
        record("note_bounces", f"{slug}/people", noted=noted.noted)
    told = ngettext(
        "%(num)s address gets no more mail.", "%(num)s addresses get no more mail.", noted.noted
    )
    flash(told, "success")
    if noted.unknown:
        shown = ", ".join(noted.unknown[:10])
        flash(_("Nobody here has these addresses: %(addresses)s", addresses=shown), "warning")
    return redirect(url_for("manage_reaching.index", slug=slug, number=number), 303)


def _uploaded(form: BouncesForm) -> str:
    given = form.file.data
    if not given or not given.filename:
        return ""
    try:
        return str(given.stream.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Invalid(_("The file is not text in UTF-8. Save it as CSV in UTF-8.")) from error


@bp.post("/rounds/<int:number>/reach/people/<person_id>/address")
@requires(Permission.MANAGE_PEOPLE)
def change_address(slug: str, number: int, person_id: str) -> Response:
    """Give somebody another address; mail goes there again."""
    with transaction() as current:
        place = place_of(current, slug, number)
        services.change_address(
            current, place.consultation, person_id, request.form.get("email", "")
        )
        record("change_address", f"{slug}/people/{person_id}")
    flash(_("The address was changed. Send an invitation to reach this person."), "success")
    return redirect(url_for("manage_reaching.index", slug=slug, number=number), 303)
