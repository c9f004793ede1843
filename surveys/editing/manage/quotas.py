"""Quotas: at most so many responses of a kind."""

from flask import flash, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError, NotFound
from core.forms import BaseForm
from core.i18n import _
from surveys.documents import QuestionnaireDocument, Quota
from surveys.editing import changes
from surveys.editing.codes import numbered
from surveys.editing.conditions import in_words
from surveys.editing.forms import quota_form
from surveys.editing.manage.building import Builder, builder
from surveys.editing.manage.desk import (
    EDIT,
    Doing,
    bp,
    go,
    language_of,
    opened,
    page,
    press,
    refuse,
    save,
)
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft


@bp.get(EDIT + "/quotas")
@requires(Permission.MANAGE_SURVEY)
def quotas(slug: str, version: int) -> Response:
    draft = opened(slug, version)
    language = language_of(draft)
    rows = [
        (quota, in_words(quota.condition, draft.document, language))
        for quota in draft.document.quotas
    ]
    return page("quotas", draft, rows=rows)


def _quota(document: QuestionnaireDocument, code: str) -> Quota:
    """The quota of a code; `new` is one that is not there yet."""
    for quota in document.quotas:
        if quota.code == code:
            return quota
    if code != "new":
        raise NotFound(_("There is no such quota."))
    free = numbered("quota", [quota.code for quota in document.quotas])
    return Quota(code=free, condition="", limit=0)


def _show(
    draft: Draft, code: str, form: BaseForm, building: Builder, status: int = 200
) -> Response:
    words = building.in_words(form["relevant"].data or "")
    return page(
        "quota", draft, code=code, form=form, builder=building, in_words=words, status=status
    )


@bp.get(EDIT + "/quotas/<code>")
@requires(Permission.MANAGE_SURVEY)
def quota(slug: str, version: int, code: str) -> Response:
    draft = opened(slug, version)
    found = _quota(draft.document, code)
    building = builder(draft.document, language_of(draft))
    form = quota_form(draft.document, building.offers, building.chosen)(
        formdata=None,
        data={
            "limit": found.limit if code != "new" else None,
            "relevant": found.condition,
            "message": found.message.get(draft.document.default_language, ""),
        },
    )
    return _show(draft, code, form, building)


@bp.post(EDIT + "/quotas/<code>")
@requires(Permission.MANAGE_SURVEY)
def save_quota(slug: str, version: int, code: str) -> Response:
    draft = opened(slug, version)
    known = _quota(draft.document, code)
    building = builder(draft.document, language_of(draft))
    form = quota_form(draft.document, building.offers, building.chosen)()
    if request.form.get("go", "save") != "save":
        return _show(draft, code, form, building, building.write_into(form))
    status = 422
    if form.validate():
        default = draft.document.default_language
        made = Quota(
            code=known.code,
            condition=(form["relevant"].data or "").strip(),
            limit=form["limit"].data,
            message=changes.said(known.message, default, form["message"].data),
        )
        doing = Doing(slug, version, ChangeKind.QUOTAS, known.code)
        try:
            row = save(doing, lambda fresh: changes.save_quota(fresh.document, made))
        except DomainError as error:
            status = refuse(form, error)
        else:
            flash(_("Saved."), "success")
            return go("quotas", doing, row)
    return _show(opened(slug, version), code, form, building, status)


@bp.post(EDIT + "/quotas/<code>/delete")
@requires(Permission.MANAGE_SURVEY)
def delete_quota(slug: str, version: int, code: str) -> Response:
    doing = Doing(slug, version, ChangeKind.QUOTAS, code)
    return press(
        doing,
        lambda fresh: changes.delete_quota(fresh.document, code),
        _("The quota was deleted."),
    )
