"""What was left out and why, and the way back for each answer."""

from flask import flash, request
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from core.auth.permissions import Permission, requires
from core.db import get_database, session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, current_language, ngettext, own_name
from results import runs
from results.models import Audience
from results.workbench import sorting
from results.workbench.sorting import PUT_BACK
from results.workbench.views.desk import PAGE, bp, go, opened, page, wanted_page


def _wanted(given: str) -> str:
    """The reason that the address asks for; the first one else."""
    known = {PUT_BACK, *(kind.value for kind in sorting.REASONS)}
    return given if given in known else sorting.REASONS[0].value


@bp.get("/left-out")
@requires(Permission.CURATE_THEMES)
def left_out(slug: str) -> Response:
    """Every answer of the newest run in which there is nothing to read, by reason."""
    desk = opened(slug)
    run = runs.latest(session(), desk.consultation)
    wanted, number = _wanted(request.args.get("reason", "")), wanted_page()
    start = (number - 1) * PAGE
    rows, total = sorting.held_page(get_database(), desk.codebook, run, wanted, start, PAGE)
    keys = [row.answer.id for row in rows]
    return page(
        "left_out",
        desk,
        run=run,
        document=runs.table(session(), run, Audience.COMMITTEE, "topics") if run else {},
        counts=sorting.counts(session(), run) if run else {},
        reasons=sorting.reason_names(),
        wanted=wanted,
        n_put_back=sorting.count_put_back(session(), desk.codebook),
        rows=rows,
        has_words={row.answer.id for row in rows if any(map(str.isalnum, row.answer.text))},
        total=total,
        number=number,
        size=PAGE,
        translated=translations_of(session(), keys, current_language()),
        own_name=own_name,
        form=BaseForm(),
    )


@bp.post("/left-out")
@requires(Permission.CURATE_THEMES)
def sort_answers(slug: str) -> Response:
    """Have answers read after all, or let the rules decide again."""
    desk = opened(slug)
    keys, what = request.form.getlist("answer"), request.form.get("what", "")
    reason = _wanted(request.form.get("reason", ""))
    if what not in {"read", "leave"}:
        raise Invalid(_("Choose what to do with the answers."))
    if not keys:
        flash(_("Choose at least one answer."), "warning")
        return go("left_out", desk, reason=reason)
    with transaction() as current:
        run = runs.latest(current, desk.consultation)
        keys, more = sorting.in_equal_words(current, desk.codebook, run, reason, keys)
        change = sorting.put_back if what == "read" else sorting.leave_out
        edit = change(current, desk.codebook, keys, desk.actor())
    n = len(edit.changes) if edit is not None else 0
    if what == "read":
        said = ngettext(
            "%(num)s answer is read from the next run on.",
            "%(num)s answers are read from the next run on.",
            n,
        )
    else:
        said = ngettext(
            "%(num)s answer is sorted by the rules again.",
            "%(num)s answers are sorted by the rules again.",
            n,
        )
    flash(f"{said} {_('The log can take it back.')}", "success")
    if more:
        flash(_("%(n)s more in equal words are left: send the form once more.", n=more), "warning")
    return go("left_out", desk, reason=reason)
