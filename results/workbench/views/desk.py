"""What every page of the workbench begins with: the consultation, its codebook, who works."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from consultation.process.models import Consultation
from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.models import Account
from core.auth.permissions import Permission, may, signed_in_account
from core.db import session
from core.errors import NotFound
from core.i18n import _, current_language, text_in
from core.numbers import whole_number
from core.web import render
from results.workbench import queries
from results.workbench.edits import Actor
from results.workbench.models import Codebook, Theme

bp = Blueprint("workbench", __name__, url_prefix="/workbench/<slug>")
PAGE = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """A consultation with its codebook, and the account at work."""

    consultation: Consultation
    codebook: Codebook
    account: Account

    @property
    def slug(self) -> str:
        return self.consultation.slug

    def actor(self) -> Actor:
        return Actor(by=self.account.public_id, now=datetime.now(UTC))

    def name_of(self, theme: Theme) -> str:
        """The name of a theme in the reader's language, else its code."""
        return named(theme, self.consultation)


def named(theme: Theme, consultation: Consultation) -> str:
    return text_in(theme.name, current_language(), consultation.default_language) or theme.code


def found(slug: str) -> tuple[Consultation, Codebook | None]:
    """The consultation of a page, and its codebook where one was begun."""
    consultation = by_slug(session(), slug)
    enter(consultation)
    return consultation, queries.codebook_of(session(), consultation)


def opened(slug: str) -> Desk:
    """The desk of a page that needs a codebook."""
    consultation, codebook = found(slug)
    if codebook is None:
        raise NotFound(_("This consultation has no codebook yet. Begin one on the workbench."))
    return Desk(consultation, codebook, signed_in_account())


def page(name: str, desk: Desk, *, status: int = 200, **context: Any) -> Response:
    """A page of the workbench with what all of them show."""
    return render(
        f"workbench/{name}.html",
        status=status,
        desk=desk,
        consultation=desk.consultation,
        codebook=desk.codebook,
        tabs=tabs(desk.slug),
        named=desk.name_of,
        **context,
    )


def tabs(slug: str) -> list[tuple[str, str, bool]]:
    """The pages of the workbench that this person may open."""
    pages = (
        (_("Overview"), "workbench.index", Permission.CODE_TEXTS),
        (_("Topics"), "workbench.topic_list", Permission.CURATE_THEMES),
        (_("Left out"), "workbench.left_out", Permission.CURATE_THEMES),
        (_("Codebook"), "workbench.codebook", Permission.CODE_TEXTS),
        (_("Label answers"), "workbench.label", Permission.CODE_TEXTS),
        (_("Coders"), "workbench.coders", Permission.CURATE_THEMES),
        (_("Agreement"), "workbench.agreement", Permission.CURATE_THEMES),
        (_("Shares"), "workbench.shares", Permission.CURATE_THEMES),
        (_("What groups say"), "workbench.keyness", Permission.CURATE_THEMES),
        (_("Translations"), "workbench.translations_asked", Permission.CODE_TEXTS),
        (_("Sign-off"), "workbench.sign", Permission.CURATE_THEMES),
        (_("Log"), "workbench.log", Permission.CURATE_THEMES),
    )
    return [
        (label, url_for(endpoint, slug=slug), request.endpoint == endpoint)
        for label, endpoint, permission in pages
        if endpoint in current_app.view_functions and may(permission, slug)
    ]


def go(endpoint: str, desk: Desk, anchor: str = "", **values: Any) -> Response:
    """See another page after a change."""
    url = url_for(f"workbench.{endpoint}", slug=desk.slug, **values)
    return redirect(f"{url}#{anchor}" if anchor else url, 303)


def record(desk: Desk, action: str, **details: Any) -> None:
    """Write an act of weight into the audit log, beside the log of edits."""
    audit.record(
        session(),
        actor=desk.account.public_id,
        action=action,
        target=f"{desk.slug}/workbench",
        now=datetime.now(UTC),
        details=details,
    )


def wanted_page() -> int:
    """The number of the page that was asked for, from 1."""
    return max(1, whole_number(request.args.get("page", ""), most_digits=6) or 1)
