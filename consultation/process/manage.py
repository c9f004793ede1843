"""/manage/: the workspace of organisers, committee members, analysts and researchers."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.people import services as people
from consultation.people.queries import consultations_of
from consultation.process import queries, services
from consultation.process.forms import DatesForm, consultation_form
from consultation.process.models import Phase
from consultation.process.navigation import enter
from consultation.process.rules import current_phases
from core import audit
from core.auth.permissions import SIGNED_IN, Permission, Role, requires, signed_in_account
from core.db import session, transaction
from core.errors import Conflict, Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _, current_language, text_in
from core.security import current_settings
from core.web import render

bp = Blueprint("manage", __name__, url_prefix="/manage")


@bp.get("/")
@requires(SIGNED_IN)
def index() -> Response:
    account = signed_in_account()
    return render("manage/index.html", consultations=consultations_of(session(), account.id or 0))


def _new_form() -> BaseForm:
    form = consultation_form(current_settings().languages)()
    form["template"].choices = {
        code: text_in(services.template(code)["names"], current_language())
        for code in services.template_codes()
    }
    return form


@bp.get("/consultations/new")
@requires(Permission.CREATE_CONSULTATION)
def new() -> Response:
    return render("manage/new.html", form=_new_form())


@bp.post("/consultations/new")
@requires(Permission.CREATE_CONSULTATION)
def create() -> Response:
    form = _new_form()
    if form.validate():
        try:
            return redirect(url_for("manage.show", slug=_create(form)), 303)
        except (Invalid, Conflict) as error:
            form.refuse(Invalid(error.message, field=getattr(error, "field", "slug")))
    return render("manage/new.html", form=form, status=422)


def _create(form: BaseForm) -> str:
    now = datetime.now(UTC)
    account = signed_in_account()
    with transaction() as current:
        consultation = services.create_from_template(
            current,
            form["template"].data,
            slug=form["slug"].data,
            title={code: form[f"title_{code}"].data or "" for code in current_settings().languages},
            starts_on=form["starts_on"].data,
            now=now,
        )
        people.grant(current, consultation, account, Role.ORGANISER, now)
        audit.record(
            current,
            actor=account.public_id,
            action="create_consultation",
            target=consultation.slug,
            now=now,
        )
    return consultation.slug


@bp.get("/consultations/<slug>/")
@requires(Permission.VIEW_WORKSPACE)
def show(slug: str) -> Response:
    consultation = queries.by_slug(session(), slug)
    enter(consultation)
    phases = queries.phases(session(), consultation)
    return render(
        "manage/show.html",
        consultation=consultation,
        phases=phases,
        running=current_phases(phases, datetime.now(UTC)),
        rounds=queries.rounds(session(), consultation),
        form=BaseForm(),
    )


@bp.post("/consultations/<slug>/publish")
@requires(Permission.MANAGE_CONSULTATION)
def publish(slug: str) -> Response:
    """Show the consultation to the public, or take it off the public site."""
    with transaction() as current:
        consultation = queries.by_slug(current, slug)
        consultation.is_public = request.form.get("public") == "yes"
        current.add(consultation)
        audit.record(
            current,
            actor=signed_in_account().public_id,
            action="publish_consultation" if consultation.is_public else "hide_consultation",
            target=slug,
            now=datetime.now(UTC),
        )
    return redirect(url_for("manage.show", slug=slug), 303)


@bp.get("/consultations/<slug>/phases")
@requires(Permission.MANAGE_CONSULTATION)
def phases(slug: str) -> Response:
    consultation = queries.by_slug(session(), slug)
    enter(consultation)
    return _phases_page(slug, None)


def _phases_page(slug: str, wrong: tuple[int, DatesForm] | None, status: int = 200) -> Response:
    consultation = queries.by_slug(session(), slug)
    found = queries.phases(session(), consultation)
    forms = []
    for phase in found:
        prefix = f"phase{phase.position}"
        form = DatesForm(formdata=None, obj=phase, prefix=prefix)
        forms.append((phase, wrong[1] if wrong and wrong[0] == phase.position else form))
    return render("manage/phases.html", consultation=consultation, forms=forms, status=status)


@bp.post("/consultations/<slug>/phases/<int:position>")
@requires(Permission.MANAGE_CONSULTATION)
def save_phase(slug: str, position: int) -> Response:
    consultation = queries.by_slug(session(), slug)
    enter(consultation)
    phase = _phase(slug, position)
    form = DatesForm(prefix=f"phase{position}")
    if form.validate():
        try:
            with transaction() as current:
                services.set_phase_dates(current, phase, *form.moments())
                audit.record(
                    current,
                    actor=signed_in_account().public_id,
                    action="move_phase",
                    target=f"{slug}/phases/{position}",
                    now=datetime.now(UTC),
                )
        except Invalid as error:
            form.closes_at.errors = [error.message]
        else:
            flash(_("The dates were saved."), "success")
            return redirect(url_for("manage.phases", slug=slug), 303)
    return _phases_page(slug, (position, form), 422)


def _phase(slug: str, position: int) -> Phase:
    consultation = queries.by_slug(session(), slug)
    for phase in queries.phases(session(), consultation):
        if phase.position == position:
            return phase
    raise NotFound(_("There is no such phase."))
