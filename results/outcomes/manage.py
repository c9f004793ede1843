"""/manage/consultations/<slug>/outcomes: verdicts, disagreement, and the next edition."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _
from core.web import render
from results.agenda.drafts.queries import adopted
from results.agenda.forms import texts_of
from results.agenda.models import AgendaItem
from results.agenda.queries import item_by_public_id
from results.outcomes import labels, queries, services
from results.outcomes.forms import SeriesForm, assessment_form, disagreement_form
from results.outcomes.models import Source, Verdict

bp = Blueprint("manage_outcomes", __name__, url_prefix="/manage/consultations/<slug>/outcomes")


def _enter(slug: str) -> Consultation:
    consultation = by_slug(session(), slug)
    enter(consultation)
    return consultation


def _record(action: str, slug: str, what: str) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=f"{slug}/outcomes/{what}"[:200],
        now=datetime.now(UTC),
    )


@bp.get("")
@requires(Permission.EDIT_AGENDA)
def index(slug: str) -> Response:
    consultation = _enter(slug)
    version = adopted(session(), consultation.id or 0)
    items = [row for row in version.body["items"] if row["state"] == "adopted"] if version else []
    rows = [(row, item_by_public_id(session(), consultation, row["id"])) for row in items]
    found = queries.outcomes(session(), [item.id or 0 for _row, item in rows])
    form = SeriesForm(formdata=None)
    form.series.data = consultation.series
    return render(
        "manage_outcomes/index.html",
        consultation=consultation,
        version=version,
        rows=[(row, found.get(item.id or 0, queries.NOTHING)) for row, item in rows],
        verdicts=labels,
        form=form,
    )


@bp.post("/series")
@requires(Permission.MANAGE_CONSULTATION)
def series(slug: str) -> Response:
    """Name the series, so that what is not delivered is handed on."""
    form = SeriesForm()
    if not form.validate():
        raise Invalid(_("Write at most %(limit)s characters.", limit=200))
    with transaction() as current:
        consultation = _enter(slug)
        services.name_series(current, consultation, form.series.data or "")
        _record("name_series", slug, "series")
    flash(_("The series was saved."), "success")
    return redirect(url_for("manage_outcomes.index", slug=slug), 303)


@bp.get("/items/<item_id>")
@requires(Permission.EDIT_AGENDA)
def item(slug: str, item_id: str) -> Response:
    consultation = _enter(slug)
    found = item_by_public_id(session(), consultation, item_id)
    return _item_page(consultation, found)


def _item_page(
    consultation: Consultation, found: AgendaItem, status: int = 200, **forms: BaseForm
) -> Response:
    fresh = {
        "form": assessment_form(consultation.languages)(formdata=None),
        "against": disagreement_form(consultation.languages)(formdata=None),
    }
    return render(
        "manage_outcomes/item.html",
        status=status,
        consultation=consultation,
        item=found,
        outcome=queries.outcomes(session(), [found.id or 0]).get(found.id or 0, queries.NOTHING),
        is_adopted=adopted(session(), consultation.id or 0) is not None,
        verdicts=labels,
        **{**fresh, **forms},
    )


@bp.post("/items/<item_id>")
@requires(Permission.EDIT_AGENDA)
def assess(slug: str, item_id: str) -> Response:
    """Record what an organisation says became of an item."""
    consultation = _enter(slug)
    found = item_by_public_id(session(), consultation, item_id)
    form = assessment_form(consultation.languages)()
    if form.validate():
        assessment = services.Assessment(
            source=Source(form["source"].data),
            verdict=Verdict(form["verdict"].data),
            assessor=form["assessor"].data.replace("\x00", ""),
            statement=texts_of(form, "statement", consultation.languages),
            assessed_on=form["assessed_on"].data,
            links=(form["links"].data or "").replace("\x00", "").splitlines(),
        )
        try:
            with transaction() as current:
                services.assess(
                    current,
                    consultation,
                    found,
                    assessment,
                    actor=signed_in_account().public_id,
                    now=datetime.now(UTC),
                )
                _record(f"assess:{assessment.verdict.value}", slug, item_id)
        except Invalid as error:
            _refuse(form, error, consultation)
        else:
            flash(_("The verdict was recorded and is public."), "success")
            return redirect(url_for("manage_outcomes.item", slug=slug, item_id=item_id), 303)
    return _item_page(consultation, found, 422, form=form)


@bp.post("/items/<item_id>/assessments/<assessment_id>/disagree")
@requires(Permission.EDIT_AGENDA)
def disagree(slug: str, item_id: str, assessment_id: str) -> Response:
    """Record that an organisation sees a verdict otherwise."""
    consultation = _enter(slug)
    found = item_by_public_id(session(), consultation, item_id)
    form = disagreement_form(consultation.languages)()
    if form.validate():
        try:
            with transaction() as current:
                services.disagree(
                    current,
                    consultation,
                    assessment_id,
                    organisation=form["organisation"].data.replace("\x00", ""),
                    statement=texts_of(form, "statement", consultation.languages),
                    actor=signed_in_account().public_id,
                    now=datetime.now(UTC),
                )
                _record("disagree", slug, item_id)
        except Invalid as error:
            _refuse(form, error, consultation)
        else:
            flash(_("The disagreement was recorded and is public."), "success")
            return redirect(url_for("manage_outcomes.item", slug=slug, item_id=item_id), 303)
    return _item_page(consultation, found, 422, against=form)


def _refuse(form: BaseForm, error: Invalid, consultation: Consultation) -> None:
    if error.field == "statement":
        error.field = f"statement_{consultation.languages[0]}"
    form.refuse(error)


@bp.post("/carry-over")
@requires(Permission.EDIT_AGENDA)
def carry_over(slug: str) -> Response:
    """Take an item that the edition before did not deliver over as a candidate."""
    with transaction() as current:
        made = services.carry_over(
            current,
            _enter(slug),
            request.form.get("item", ""),
            actor=signed_in_account().public_id,
            now=datetime.now(UTC),
        )
        _record("carry_over", slug, made.public_id)
    return redirect(url_for("manage_agenda.edit", slug=slug, item_id=made.public_id), 303)
