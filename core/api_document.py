"""The OpenAPI 3.1 document of the API, made from the operations and their models."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Map
from werkzeug.wrappers import Response

from core.api import LARGEST_ID, Header, Operation, blueprint
from core.api_body import MEDIA_TYPE, Nothing
from core.api_refusal import Problem
from core.auth.permissions import PUBLIC, requires

TITLE = "Polylogue"
VERSION = "1"
REFERENCE = "#/components/schemas/{model}"
#: What a call with any token may get, beside what its operation says.
ALWAYS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
)
WITH_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
NUMBER = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
PARAMETERS: dict[str, dict[str, Any]] = {
    "slug": {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$"},
    "number": NUMBER,
    "questionnaire_id": NUMBER,
}
_ARGUMENT = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z_]+)>")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation and where it is."""

    name: str
    path: str
    operation: Operation[Any, Any]


def endpoints(rules: Map, views: Mapping[str, Any]) -> Iterator[Endpoint]:
    """Every operation of the API."""
    for rule in rules.iter_rules():
        found = getattr(views[rule.endpoint], "operation", None)
        if isinstance(found, Operation):
            path = _ARGUMENT.sub(r"{\1}", rule.rule)
            yield Endpoint(rule.endpoint.rpartition(".")[2], path, found)


def document(rules: Map, views: Mapping[str, Any]) -> dict[str, Any]:
    """The whole document."""
    found = sorted(endpoints(rules, views), key=lambda one: (one.path, one.operation.method))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in found:
        paths.setdefault(endpoint.path, {})[endpoint.operation.method.lower()] = _described(
            endpoint
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": "Surveys of one consultation. A token belongs to one account and one "
            "consultation and is made on the page /account/tokens.",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(found),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(found: Iterable[Endpoint]) -> dict[str, Any]:
    models: dict[type[BaseModel], None] = {Problem: None}
    for endpoint in found:
        models[endpoint.operation.answer] = None
        if endpoint.operation.body is not Nothing:
            models[endpoint.operation.body] = None
    _refs, schema = models_json_schema(
        [(model, "validation") for model in models], ref_template=REFERENCE
    )
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


def _described(endpoint: Endpoint) -> dict[str, Any]:
    operation = endpoint.operation
    described: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": operation.summary,
        "description": f"Needs the scope `{operation.scope.value}`.",
        "security": [{"token": []}],
        "parameters": [*_path(endpoint.path), *_query(operation.query), *_headers(operation)],
        "responses": _responses(operation),
    }
    if operation.body is not Nothing:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    return described


def _content(model: type[BaseModel], kind: str = MEDIA_TYPE) -> dict[str, Any]:
    return {kind: {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}


def _path(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{([a-z_]+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": PARAMETERS[name]}


def _query(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    for name, schema in (
        model.model_json_schema()["properties"].items() if model.model_fields else ()
    ):
        described = {"name": name, "in": "query", "required": False, "schema": schema}
        yield described


def _headers(operation: Operation[Any, Any]) -> Iterator[dict[str, Any]]:
    for header in operation.headers:
        yield _header(header)


def _header(header: Header) -> dict[str, Any]:
    return {
        "name": header.name,
        "in": "header",
        "required": True,
        "description": header.description,
        "schema": {"type": "string", "pattern": f"^{header.pattern}$"},
    }


def _responses(operation: Operation[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done", "content": _content(operation.answer)}
    if operation.gives:
        good["headers"] = {
            name: {"description": words, "schema": {"type": "string"}, "required": True}
            for name, words in operation.gives.items()
        }
    refusals: set[int] = {*ALWAYS, *(header.missing.status for header in operation.headers)}
    if operation.headers:
        refusals.add(HTTPStatus.BAD_REQUEST)
    if operation.body is not Nothing:
        refusals |= {*WITH_BODY}
    if operation.query.model_fields:
        refusals.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    accepted = {operation.status, *(code for code in operation.also if code < 400)}
    refusals |= {code for code in operation.also if code >= 400}
    return {
        **{str(code): good for code in sorted(accepted)},
        **{
            str(code): {
                "description": HTTPStatus(code).phrase,
                "content": _content(Problem, "application/problem+json"),
            }
            for code in sorted(refusals)
        },
    }


bp = blueprint("api", __name__)


@bp.get("/openapi.json")
@requires(PUBLIC)
def openapi() -> Response:
    """What the API offers; it holds nothing of any consultation."""
    return jsonify(document(current_app.url_map, current_app.view_functions))
