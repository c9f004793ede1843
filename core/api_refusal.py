"""How the API refuses: problem+json (RFC 9457), whatever went wrong and wherever."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Flask, current_app, request
from flask_limiter import RateLimitExceeded
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoAddress
from werkzeug.wrappers import Response

from core.api_body import FieldError, Malformed, Unprocessable, pointer
from core.errors import DomainError, Invalid, NotFound, TooMany
from core.i18n import _


class Unknown(DomainError):
    """The call carries no token that is good."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unknown_token"


class Changed(DomainError):
    """What the call wants to replace is not what it was."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "changed"


class Unconditional(DomainError):
    """A call that must say what it expects did not."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    code = "unconditional"


class WrongMethod(DomainError):
    """The thing is there and cannot be used like this."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method"


class TooLarge(DomainError):
    """More than is taken at once."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"


class Wrong(BaseModel):
    """One thing that is wrong."""

    field: str
    message: str


class Problem(BaseModel):
    """Why a call was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong]


def refuse(error: DomainError) -> Response:
    """A refusal as problem+json."""
    titles = {
        HTTPStatus.BAD_REQUEST: _("This cannot be read"),
        HTTPStatus.UNAUTHORIZED: _("Who is calling?"),
        HTTPStatus.FORBIDDEN: _("You may not do this"),
        HTTPStatus.NOT_FOUND: _("There is no such thing"),
        HTTPStatus.METHOD_NOT_ALLOWED: _("This cannot be used like this"),
        HTTPStatus.CONFLICT: _("This does not go together with what is there"),
        HTTPStatus.PRECONDITION_FAILED: _("It was changed meanwhile"),
        HTTPStatus.PRECONDITION_REQUIRED: _("Say what you expect to change"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("This is too much at once"),
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _("Another kind of content is expected"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("Something needs mending"),
        HTTPStatus.TOO_MANY_REQUESTS: _("Too many calls"),
    }
    body = Problem(
        type=f"urn:polylogue:{error.code}",
        title=titles.get(error.status, _("This did not work")),
        status=error.status,
        detail=error.message,
        errors=[Wrong(field=one.field, message=one.message) for one in _errors(error)],
    )
    response = current_app.response_class(
        body.model_dump_json(), error.status, mimetype="application/problem+json"
    )
    if isinstance(error, Unknown):
        response.headers["WWW-Authenticate"] = 'Bearer realm="Polylogue"'
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = "60"
    return response


def _errors(error: DomainError) -> tuple[FieldError, ...]:
    if isinstance(error, Unprocessable):
        return error.errors
    if isinstance(error, Invalid) and error.field:
        return (FieldError(pointer(error.field), error.message),)
    return ()


def _refuse_often(_error: RateLimitExceeded) -> Response:
    return refuse(TooMany(_("Wait a minute, then go on.")))


def _refuse_request(error: HTTPException) -> Response:
    """What the framework refuses before a view is reached, or while a call is read."""
    if isinstance(error, MethodNotAllowed):
        response = refuse(WrongMethod(_("The header Allow says which methods there are.")))
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response
    if isinstance(error, NoAddress):
        return refuse(NotFound(_("The API has nothing at this address.")))
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return refuse(TooLarge(_("The body is too large. Send less at once.")))
    return refuse(Malformed(_("The request cannot be read.")))


def refuse_all(bp: Blueprint) -> None:
    """Refuse everything in this blueprint as problem+json."""
    bp.register_error_handler(DomainError, refuse)
    bp.register_error_handler(RateLimitExceeded, _refuse_often)
    bp.register_error_handler(HTTPException, _refuse_request)


def refuse_strays(app: Flask, root: str, otherwise: Callable[[HTTPException], Response]) -> None:
    """Addresses below `root` that lead nowhere are refused like calls; `otherwise` shows pages."""

    def show(error: HTTPException) -> Response:
        return _refuse_request(error) if request.path.startswith(root) else otherwise(error)

    app.register_error_handler(NoAddress, show)
    app.register_error_handler(MethodNotAllowed, show)
