"""/manage/consultations/<slug>/people: roles and stakeholders."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from consultation.people import queries, services
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import Permission, Role, requires, signed_in_account
from core.db import session, transaction
from core.forms import BaseForm
from core.i18n import _, _l
from core.web import render

bp = Blueprint("people", __name__, url_prefix="/manage/consultations/<slug>/people")
ROLE_NAMES = {
    Role.ORGANISER: _l("Organiser"),
    Role.COMMITTEE: _l("Committee member"),
    Role.FACILITATOR: _l("Facilitator"),
    Role.ANALYST: _l("Analyst"),
    Role.RESEARCHER: _l("Researcher"),
    Role.OBSERVER: _l("Observer"),
    Role.CODER: _l("Coder of texts"),
}


class GrantForm(BaseForm):
    """A role for an address."""

    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter an e-mail address.")),
            Length(max=254),
            Regexp(services.EMAIL, message=_l("This is not an e-mail address.")),
        ],
    )
    name = StringField(_l("Name"), [Length(max=200)])
    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()]
    )


class StakeholdersForm(BaseForm):
    """A pasted list."""

    lines = TextAreaField(
        _l("List"),
        [InputRequired(_l("Paste at least one line.")), Length(max=1_000_000)],
        description=_l(
            "One person a line: e-mail, name, sector, country, language, organisation. "
            "Only the e-mail address is needed. Organisations let the results show what one of them "
            "alone would change; their names stay on this list."
        ),
        render_kw={"rows": 8, "dir": "ltr"},
    )


def _page(
    slug: str, form: BaseForm, lines: BaseForm, problems: list[services.Line], status: int = 200
) -> Response:
    consultation = by_slug(session(), slug)
    enter(consultation)
    return render(
        "people/index.html",
        status=status,
        consultation=consultation,
        grants=queries.grants(session(), consultation),
        stakeholders=queries.stakeholder_count(session(), consultation),
        role_names=ROLE_NAMES,
        form=form,
        lines=lines,
        problems=problems,
    )


@bp.get("/")
@requires(Permission.MANAGE_PEOPLE)
def index(slug: str) -> Response:
    return _page(slug, GrantForm(formdata=None), StakeholdersForm(formdata=None), [])


@bp.post("/roles")
@requires(Permission.MANAGE_PEOPLE)
def grant(slug: str) -> Response:
    form = GrantForm()
    if not form.validate():
        return _page(slug, form, StakeholdersForm(formdata=None), [], 422)
    now = datetime.now(UTC)
    with transaction() as current:
        account = services.grant_by_email(
            current,
            by_slug(current, slug),
            email=form.email.data,
            name=form.name.data,
            role=Role(form.role.data),
            now=now,
        )
        audit.record(
            current,
            actor=signed_in_account().public_id,
            action=f"grant_role:{form.role.data}",
            target=f"{slug}/people/{account.public_id}",
            now=now,
        )
    flash(_("The role was given."), "success")
    return redirect(url_for("people.index", slug=slug), 303)


@bp.post("/roles/<int:grant_id>/revoke")
@requires(Permission.MANAGE_PEOPLE)
def revoke(slug: str, grant_id: int) -> Response:
    with transaction() as current:
        found = services.revoke(current, by_slug(current, slug), grant_id)
        audit.record(
            current,
            actor=signed_in_account().public_id,
            action=f"revoke_role:{found.role.value}",
            target=f"{slug}/people",
            now=datetime.now(UTC),
        )
    flash(_("The role was taken back."), "success")
    return redirect(url_for("people.index", slug=slug), 303)


@bp.post("/stakeholders")
@requires(Permission.MANAGE_PEOPLE)
def add_stakeholders(slug: str) -> Response:
    """Add a pasted list as a whole, or say line by line what must be mended first."""
    form = StakeholdersForm()
    if not form.validate():
        return _page(slug, GrantForm(formdata=None), form, [], 422)
    consultation = by_slug(session(), slug)
    lines = services.read_lines(form.lines.data, consultation.languages)
    problems = [line for line in lines if line.problem]
    if problems or not lines:
        form.lines.errors = [_("Nothing was added. Mend the lines below and send the list again.")]
        return _page(slug, GrantForm(formdata=None), form, problems, 422)
    now = datetime.now(UTC)
    with transaction() as current:
        added = services.add_stakeholders(current, consultation, lines, now)
        audit.record(
            current,
            actor=signed_in_account().public_id,
            action="add_stakeholders",
            target=f"{slug}/people",
            details={"added": added},
            now=now,
        )
    flash(_("%(added)s stakeholders were added.", added=added), "success")
    return redirect(url_for("people.index", slug=slug), 303)
