"""/manage/consultations/<slug>/targets: whose shares count and when rounds end."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from analysis.breakdown import UNKNOWN
from consultation.people.classifications import NO_GROUP, SECTORS, groups
from consultation.people.models import TargetDimension
from consultation.people.queries import targets
from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from consultation.targets import queries, services
from consultation.targets.forms import (
    COEFFICIENTS,
    COUNTS,
    SHARES,
    declared,
    filled,
    share_field,
    targets_form,
)
from core import audit
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, current_language
from core.web import render

bp = Blueprint("targets", __name__, url_prefix="/manage/consultations/<slug>/targets")


def _groups(consultation: Consultation) -> dict[str, dict[str, str]]:
    """The groups that can have a share, "unknown" last, by dimension."""
    language = current_language()
    sectors = {row.code: row.name(language) for row in SECTORS}
    regions = {
        row.code: row.name(language)
        for row in groups(consultation.region_classification)
        if row.code != NO_GROUP
    }
    last = {UNKNOWN: _("Unknown")}
    return {
        TargetDimension.SECTOR.value: sectors | last,
        TargetDimension.REGION.value: regions | last,
    }


def _page(consultation: Consultation, form: BaseForm, status: int = 200) -> Response:
    row = queries.registration(session(), consultation)
    return render(
        "targets/show.html",
        status=status,
        consultation=consultation,
        form=form,
        freezing=BaseForm(formdata=None),
        registration=row,
        rule=queries.stopping_rule(session(), consultation),
        shares=targets(session(), consultation),
        groups=_groups(consultation),
        share_field=share_field,
        rule_fields=(*COUNTS, *SHARES, *COEFFICIENTS),
        has_opened=queries.has_opened(session(), consultation.id or 0),
    )


@bp.get("/")
@requires(Permission.MANAGE_CONSULTATION)
def show(slug: str) -> Response:
    consultation = by_slug(session(), slug)
    enter(consultation)
    row = queries.registration(session(), consultation)
    data = filled(
        targets(session(), consultation),
        row.rationale if row else {},
        queries.stopping_rule(session(), consultation),
    )
    form = targets_form(_groups(consultation), consultation.languages)
    return _page(consultation, form(formdata=None, data=data))


@bp.post("/save")
@requires(Permission.MANAGE_CONSULTATION)
def save(slug: str) -> Response:
    consultation = by_slug(session(), slug)
    enter(consultation)
    shown = _groups(consultation)
    form = targets_form(shown, consultation.languages)()
    if form.validate():
        try:
            said = declared(form, shown, consultation.languages)
            with transaction() as current:
                services.declare(current, consultation, said)
                _record("declare_targets", slug)
        except ValueError:
            form.refuse(Invalid(_("There cannot be fewer rounds at most than at least.")))
        except Invalid as error:
            first = share_field(error.field or "", next(iter(shown.get(error.field or "", {})), ""))
            form.refuse(Invalid(error.message, field=first))
        else:
            flash(_("Saved. It can be changed until it is frozen."), "success")
            return redirect(url_for("targets.show", slug=slug), 303)
    return _page(consultation, form, 422)


@bp.post("/freeze")
@requires(Permission.MANAGE_CONSULTATION)
def freeze(slug: str) -> Response:
    """Freeze targets and rule for good."""
    with transaction() as current:
        consultation = by_slug(current, slug)
        account = signed_in_account()
        services.freeze(current, consultation.id or 0, account.public_id, datetime.now(UTC))
        _record("freeze_targets", slug)
    flash(_("Targets and stopping rule are frozen."), "success")
    return redirect(url_for("targets.show", slug=slug), 303)


def _record(action: str, slug: str) -> None:
    audit.record(
        session(),
        actor=signed_in_account().public_id,
        action=action,
        target=f"{slug}/targets",
        now=datetime.now(UTC),
    )
