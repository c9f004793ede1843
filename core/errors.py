"""One tree of errors. A message is a sentence that tells the reader what to do next.

Domain code raises these; one handler in `core.web` renders them as a page, a fragment or
problem+json. `SettingsError` stands apart: it stops the start of the program.
"""

from http import HTTPStatus


class SettingsError(Exception):
    """The installation cannot start as configured."""


class DomainError(Exception):
    """A request that the rules refuse."""

    status = HTTPStatus.BAD_REQUEST
    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """The thing does not exist, or the asker may not know that it does."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class NotAllowed(DomainError):
    """The asker is known and lacks the permission."""

    status = HTTPStatus.FORBIDDEN
    code = "not_allowed"


class Conflict(DomainError):
    """Somebody or something else got there first."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class Closed(DomainError):
    """The phase or the round does not allow this now."""

    status = HTTPStatus.CONFLICT
    code = "closed"


class TooMany(DomainError):
    """Too many tries in a short time."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many"


class Invalid(DomainError):
    """The input breaks a rule; `field` names the input it belongs to, if one does."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
