"""The frame of the HTTP API: who calls, what the call may do, how often, and how it is refused.

A call is admitted by a token and by nothing else: cookies count for nothing here, and so no
form of another site can speak for its reader. A token never does more than its account's role
in its one consultation allows at that moment.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, Concatenate, Generic, ParamSpec, TypeVar

from flask import Blueprint, Flask, current_app, g, jsonify, request
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from core.api_body import Malformed, Nothing, Part, read_body, read_query
from core.api_refusal import Unknown, refuse_all, refuse_strays
from core.auth.models import Account
from core.auth.permissions import API, GRANTS, Permission, requires
from core.db import READ_METHODS, get_database, session
from core.errors import DomainError, NotAllowed, NotFound
from core.i18n import _
from core.security import caller_key
from core.web import csrf, limiter, show_http_error

ROOT = "/api/v1"
LIMIT = "600 per minute"
GUESSES = "60 per minute"
MOST_ROWS = 200
LARGEST_ID = 2**31 - 1
LONGEST_TOKEN = 100

P = ParamSpec("P")
B = TypeVar("B", bound=BaseModel)
Q = TypeVar("Q", bound=BaseModel)


class Scope(StrEnum):
    """What a token may be made for."""

    QUESTIONNAIRES_READ = "questionnaires:read"
    QUESTIONNAIRES_WRITE = "questionnaires:write"
    ROUNDS_READ = "rounds:read"
    ROUNDS_WRITE = "rounds:write"
    INVITATIONS_READ = "invitations:read"
    INVITATIONS_WRITE = "invitations:write"
    SUBMISSIONS_READ = "submissions:read"
    SUBMISSIONS_WRITE = "submissions:write"


_SURVEY = frozenset({Permission.MANAGE_SURVEY})
#: What an account must be allowed to do for its token to use a scope.
NEEDED: Mapping[Scope, frozenset[Permission]] = {
    **dict.fromkeys(Scope, _SURVEY),
    Scope.INVITATIONS_READ: _SURVEY | {Permission.MANAGE_PEOPLE},
    Scope.INVITATIONS_WRITE: _SURVEY | {Permission.MANAGE_PEOPLE},
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that is good, with what stands behind it."""

    id: str
    account: Account
    slug: str
    scopes: frozenset[Scope]
    last_used_on: date | None


BearerOf = Callable[[Session, str, datetime], Bearer | None]
NoteUse = Callable[[Session, Bearer, date], None]


@dataclass(frozen=True, slots=True)
class Header:
    """A header that a call must carry."""

    name: str
    description: str
    pattern: str
    missing: type[DomainError] = Malformed


@dataclass(frozen=True, slots=True)
class Operation(Generic[B, Q]):
    """One thing the API does: what it takes, what it answers, which scope it needs."""

    method: str
    path: str
    scope: Scope
    summary: str
    body: type[B]
    query: type[Q]
    answer: type[BaseModel]
    status: int = HTTPStatus.OK
    headers: tuple[Header, ...] = ()
    #: Other good answers and refusals beside those that all calls share.
    also: tuple[int, ...] = ()
    #: Headers of the answer, with what they say.
    gives: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call(Generic[B, Q]):
    """One admitted call."""

    bearer: Bearer
    body: B
    query: Q
    #: The body as it was sent.
    raw: Any
    headers: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call gets."""

    body: BaseModel | Mapping[str, Any]
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,10}", value):
        raise ValueError("write a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_digits)]


class NumberPage(Part):
    """A part of a list in the order of its numbers."""

    limit: Whole = Field(default=50, ge=1, le=MOST_ROWS)
    cursor: Whole = Field(default=0, ge=0, le=LARGEST_ID, description="`next` of the page before")


class RandomPage(Part):
    """A part of a list in the order of its random ids: the order of arrival stays unknown."""

    limit: Whole = Field(default=50, ge=1, le=MOST_ROWS)
    cursor: str = Field(
        default="", pattern="^[a-z2-7]{0,26}$", description="`next` of the page before"
    )


class NumberInPath(BaseConverter):
    """A number from 1 with at most ten digits: larger ones name nothing, and no store takes them."""

    regex = "[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        return int(value)


Row = TypeVar("Row")


def cut(rows: list[Row], limit: int, key: Callable[[Row], object]) -> tuple[list[Row], str | None]:
    """A page out of one row more than it holds, and the cursor of the next, if there is one."""
    page = rows[:limit]
    return page, str(key(page[-1])) if len(rows) > limit else None


View = Callable[Concatenate[Call[B, Q], P], Reply]


def blueprint(name: str, module: str, prefix: str = "") -> Blueprint:
    """A blueprint of the API; whatever it refuses is refused as problem+json."""
    made = Blueprint(name, module, url_prefix=ROOT + prefix)
    refuse_all(made)
    return made


def serve(
    bp: Blueprint, operation: Operation[B, Q]
) -> Callable[[View[B, Q, P]], Callable[P, Response]]:
    """Make a view of the API. Only here CSRF is not asked for: no cookie lets a call in."""

    def decorate(view: View[B, Q, P]) -> Callable[P, Response]:
        @wraps(view)
        def admitted(*args: P.args, **kwargs: P.kwargs) -> Response:
            call = _admit(operation, str(kwargs["slug"]))
            return _answer(view(call, *args, **kwargs))

        checked = requires(API)(admitted)
        checked.operation = operation  # type: ignore[attr-defined]  # read by the OpenAPI document
        csrf.exempt(checked)
        bp.add_url_rule(
            operation.path, view.__name__, view_func=checked, methods=[operation.method]
        )
        return admitted

    return decorate


def init_app(app: Flask, bearer_of: BearerOf, note_use: NoteUse) -> None:
    """`bearer_of` finds out whose token it is, `note_use` keeps the day it was used last."""
    app.url_map.converters["id"] = NumberInPath
    app.extensions["bearer_of"] = bearer_of
    app.extensions["note_use"] = note_use
    refuse_strays(app, "/api/", show_http_error)


def _admit(operation: Operation[B, Q], slug: str) -> Call[B, Q]:
    """Check the caller first and what was sent last: strangers learn nothing about forms."""
    now = datetime.now(UTC)
    bearer = _bearer(now)
    g.api_token = bearer.id
    _count_call()
    if bearer.slug != slug:
        raise NotFound(_("This token knows no such consultation."))
    if operation.scope not in bearer.scopes:
        raise NotAllowed(_("This token lacks the scope %(scope)s.", scope=operation.scope.value))
    if not NEEDED[operation.scope] <= permissions_of(bearer):
        raise NotAllowed(_("The account of this token may not do this in the consultation."))
    _note_use(bearer, now.date())
    headers = {header.name: _header(header) for header in operation.headers}
    query = read_query(operation.query)
    if operation.body is Nothing:
        return Call(bearer, operation.body(), query, None, headers, now)
    body, raw = read_body(operation.body)
    return Call(bearer, body, query, raw, headers, now)


def _bearer(now: datetime) -> Bearer:
    given = request.authorization
    token = given.token if given is not None and given.type == "bearer" else None
    found = None
    if token and len(token) <= LONGEST_TOKEN:
        found = current_app.extensions["bearer_of"](session(), token, now)
    if found is None:
        _count_guess()
        raise Unknown(
            _("Send a token that is neither revoked nor expired: Authorization: Bearer …")
        )
    assert isinstance(found, Bearer)  # noqa: S101 - init_app got a BearerOf
    return found


def permissions_of(bearer: Bearer) -> frozenset[Permission]:
    """What the account behind a token may do now, read anew for each call."""
    roles = current_app.extensions["roles_of"](session(), bearer.account.id, bearer.slug)
    return frozenset().union(*(GRANTS[role] for role in roles))


def _note_use(bearer: Bearer, today: date) -> None:
    """Keep the day of the last use; it is the token's own and nothing of the consultation's.

    A call that writes does it in its own transaction. One that reads cannot write there, so the
    first of a day opens another for this alone.
    """
    if bearer.last_used_on == today:
        return
    note: NoteUse = current_app.extensions["note_use"]
    if request.method not in READ_METHODS:
        note(session(), bearer, today)
        return
    # Where a long write keeps the store, the next call notes the day.
    with suppress(OperationalError), get_database().transaction() as apart:
        note(apart, bearer, today)


@limiter.shared_limit(LIMIT, scope="api", key_func=lambda: str(g.get("api_token")))
def _count_call() -> None:
    """Each token has its own measure, whatever it calls."""


@limiter.shared_limit(GUESSES, scope="api-guesses", key_func=caller_key)
def _count_guess() -> None:
    """Who tries tokens is counted by where the calls come from."""


def _header(header: Header) -> str:
    value = request.headers.get(header.name)
    if value is None:
        raise header.missing(_("The header %(name)s is missing.", name=header.name))
    if not re.fullmatch(header.pattern, value):
        raise Malformed(_("The header %(name)s cannot be read.", name=header.name))
    return value


def _answer(reply: Reply) -> Response:
    if isinstance(reply.body, BaseModel):
        response = current_app.response_class(
            reply.body.model_dump_json(), mimetype="application/json"
        )
    else:
        response = jsonify(dict(reply.body))
    response.status_code = reply.status
    response.headers.update(dict(reply.headers))
    return response
