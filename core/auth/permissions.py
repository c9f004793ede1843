"""What each role may do, and the decorator without which no view exists.

Default deny: a view that carries no permission is refused at the first request and by a test.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from core.auth.models import Account
from core.db import session
from core.errors import NotAllowed, NotFound
from core.i18n import _

P = ParamSpec("P")
R = TypeVar("R")


class Role(StrEnum):
    """Roles within one consultation. The administrator of the installation is none of them."""

    ORGANISER = "organiser"
    COMMITTEE = "committee"
    FACILITATOR = "facilitator"
    ANALYST = "analyst"
    RESEARCHER = "researcher"
    OBSERVER = "observer"
    CODER = "coder"


class Permission(StrEnum):
    """What a view can ask for."""

    PUBLIC = "public"  # anybody, signed in or not
    TOKEN = "token"  # noqa: S105 - whoever holds the private link of the page
    API = "api"  # whoever holds a token of the API with the scope; `core.api` checks it
    SIGNED_IN = "signed_in"
    ADMINISTER = "administer"  # the installation
    CREATE_CONSULTATION = "create_consultation"
    VIEW_WORKSPACE = "view_workspace"
    MANAGE_CONSULTATION = "manage_consultation"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_SURVEY = "manage_survey"
    WRITE_DIALOGUE_NOTES = "write_dialogue_notes"
    VIEW_DASHBOARD = "view_dashboard"
    RUN_ANALYSIS = "run_analysis"
    CONFIRM_TOPICS = "confirm_topics"
    CODE_TEXTS = "code_texts"
    CURATE_THEMES = "curate_themes"
    EDIT_AGENDA = "edit_agenda"
    ADOPT_AGENDA = "adopt_agenda"
    PUBLISH_RESULTS = "publish_results"
    EXPORT_RESEARCH = "export_research"


PUBLIC = Permission.PUBLIC
TOKEN = Permission.TOKEN
API = Permission.API
SIGNED_IN = Permission.SIGNED_IN
ADMINISTRATOR = Permission.ADMINISTER

_EVERY_ROLE = {Permission.VIEW_WORKSPACE}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ORGANISER: frozenset(
        _EVERY_ROLE
        | {
            Permission.MANAGE_CONSULTATION,
            Permission.MANAGE_PEOPLE,
            Permission.MANAGE_SURVEY,
            Permission.WRITE_DIALOGUE_NOTES,
            Permission.VIEW_DASHBOARD,
            Permission.RUN_ANALYSIS,
            Permission.EDIT_AGENDA,
            Permission.PUBLISH_RESULTS,
        }
    ),
    Role.COMMITTEE: frozenset(
        _EVERY_ROLE
        | {
            Permission.VIEW_DASHBOARD,
            Permission.CONFIRM_TOPICS,
            Permission.EDIT_AGENDA,
            Permission.ADOPT_AGENDA,
            Permission.PUBLISH_RESULTS,
        }
    ),
    Role.FACILITATOR: frozenset(_EVERY_ROLE | {Permission.WRITE_DIALOGUE_NOTES}),
    Role.ANALYST: frozenset(
        _EVERY_ROLE
        | {
            Permission.VIEW_DASHBOARD,
            Permission.RUN_ANALYSIS,
            Permission.CONFIRM_TOPICS,
            Permission.CODE_TEXTS,
            Permission.CURATE_THEMES,
        }
    ),
    Role.RESEARCHER: frozenset(_EVERY_ROLE | {Permission.EXPORT_RESEARCH}),
    Role.OBSERVER: frozenset(_EVERY_ROLE),
    Role.CODER: frozenset(_EVERY_ROLE | {Permission.CODE_TEXTS}),
}
_WITHOUT_CONSULTATION = {
    Permission.SIGNED_IN,
    Permission.ADMINISTER,
    Permission.CREATE_CONSULTATION,
}

RolesOf = Callable[[Session, int, str], frozenset[Role]]


def init_app(app: Flask, roles_of: RolesOf) -> None:
    """`roles_of` reads the roles of an account in the consultation of a slug."""
    app.extensions["roles_of"] = roles_of
    app.before_request(_refuse_unclassified)


def current_account() -> Account | None:
    """Who is signed in, read once per request by `core.auth.views.load_account`."""
    account: Account | None = g.get("account")
    return account


def signed_in_account() -> Account:
    """Who is signed in, on a page that required it."""
    account = current_account()
    if account is None:
        raise NotAllowed(_("Sign in to see this page."))
    return account


def may(permission: Permission, slug: str) -> bool:
    """Whether the reader may do this in that consultation; templates hide what is refused."""
    account = current_account()
    return account is not None and permission in permissions_in(account, slug)


def permissions_in(account: Account, slug: str) -> frozenset[Permission]:
    """All that an account may do in one consultation."""
    known: dict[str, frozenset[Permission]] = g.setdefault("permissions", {})
    if slug not in known:
        roles = current_app.extensions["roles_of"](session(), account.id, slug)
        known[slug] = frozenset().union(*(GRANTS[role] for role in roles))
    return known[slug]


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Declare what a view needs. Views inside a consultation take its `slug`."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if permission not in {Permission.PUBLIC, Permission.TOKEN, Permission.API}:
                account = current_account()
                if account is None:
                    return _ask_to_sign_in()
                _check(account, permission, kwargs.get("slug"))
            return view(*args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]  # read by the route test
        return checked

    return decorate


def _ask_to_sign_in() -> Response:
    if request.method != "GET":
        raise NotAllowed(_("Your session has ended. Sign in, go back, and send the form again."))
    return redirect(url_for("auth.sign_in", next=request.full_path.rstrip("?")), 303)


def _check(account: Account, permission: Permission, slug: Any) -> None:
    if permission is Permission.SIGNED_IN:
        return
    if permission in _WITHOUT_CONSULTATION:
        if not account.is_administrator:
            raise NotAllowed(_("Only an administrator of this installation may do this."))
        return
    held = permissions_in(account, str(slug)) if slug else frozenset()
    if not held:
        raise NotFound(_("There is no such page, or it is not open to you."))
    if permission not in held:
        raise NotAllowed(_("Your role in this consultation does not include this."))


def _refuse_unclassified() -> None:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return
    if not hasattr(current_app.view_functions[endpoint], "permission"):
        message = f"The view {endpoint} declares no permission."
        raise RuntimeError(message)
