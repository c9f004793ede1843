"""What a call to the API sends, read strictly: one JSON value, known fields only, nothing coerced.

Every refusal names the place by a JSON pointer and never repeats what was sent.
"""

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import DomainError, Invalid
from core.i18n import _

MEDIA_TYPE = "application/json"
DEEPEST = 32
#: Beyond this not every reader of JSON sees the same number (RFC 8259, section 6).
LARGEST_NUMBER = 2**53 - 1
MOST_ERRORS = 50
# NUL, and halves of characters that stand alone: no store takes them.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Model = TypeVar("Model", bound=BaseModel)


class Part(BaseModel):
    """A part of what a call sends; unknown fields are refused, so nothing is assigned by luck."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Part):
    """For calls that send no body, or no query."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong, and where: a JSON pointer into the body, or the name of a parameter."""

    field: str
    message: str


class Malformed(DomainError):
    """What was sent cannot be read at all."""

    status = HTTPStatus.BAD_REQUEST
    code = "malformed"


class WrongMediaType(DomainError):
    """The body is of another kind than JSON."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "media_type"


class Unprocessable(Invalid):
    """What was sent can be read, and breaks rules; all of them are named."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)[:MOST_ERRORS]
        super().__init__(_("Some of what was sent does not fit. Mend the fields in `errors`."))


def pointer(*parts: str | int) -> str:
    """The JSON pointer (RFC 6901) of a place."""
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return "".join(f"/{part}" for part in escaped)


def read_body(model: type[Model]) -> tuple[Model, Any]:
    """The body of this request: checked, and as it was sent."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != MEDIA_TYPE or charset != "utf-8":
        raise WrongMediaType(_("Send the body as %(kind)s in UTF-8.", kind=MEDIA_TYPE))
    data = request.get_data(cache=False)
    raw = parse(data)
    try:
        return model.model_validate_json(data, strict=True), raw
    except ValidationError as error:
        raise refusal(error) from error


def read_query(model: type[Model]) -> Model:
    """The query of this request; a name given twice is as wrong as an unknown one."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Unprocessable(FieldError(name, _("Give this once.")) for name in sorted(twice))
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise refusal(error, is_query=True) from error


def refusal(error: ValidationError, *, is_query: bool = False) -> Unprocessable:
    """What a model found wrong."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return Unprocessable(
        FieldError(
            ".".join(map(str, one["loc"])) if is_query else pointer(*one["loc"]),
            one["msg"].removeprefix("Value error, "),
        )
        for one in found
    )


def parse(data: bytes) -> Any:
    """One JSON value without double names, infinite or huge numbers, or bottomless nesting."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_number,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        message = _("The body is not one JSON value in UTF-8 with each name once.")
        raise Malformed(message) from error
    _require_storable(value)
    return value


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _no_number(text)
    return number


def _require_storable(value: Any) -> None:
    """Walk without recursion: who sends the value decides how deep it is."""
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    wrong: list[FieldError] = []
    while waiting and len(wrong) < MOST_ERRORS:
        found, path = waiting.pop()
        if len(path) > DEEPEST:
            raise Malformed(_("The body is nested too deeply."))
        if isinstance(found, dict):
            waiting.extend((part, (*path, name)) for name, part in found.items())
            if any(_UNSTORABLE.search(name) for name in found):
                wrong.append(FieldError(pointer(*path), _("A name holds a forbidden character.")))
        elif isinstance(found, list):
            waiting.extend((part, (*path, place)) for place, part in enumerate(found))
        elif isinstance(found, str) and _UNSTORABLE.search(found):
            wrong.append(FieldError(pointer(*path), _("The text holds a forbidden character.")))
        elif isinstance(found, int | float) and abs(found) > LARGEST_NUMBER:
            wrong.append(FieldError(pointer(*path), _("The number is too large.")))
    # A pointer through a name that cannot be written cannot be written either.
    kept = [one for one in wrong if not _UNSTORABLE.search(one.field)]
    if wrong:
        raise Unprocessable(kept or [FieldError("", _("A name holds a forbidden character."))])
