"""A program that calls the API with a token."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlmodel import Session, func, select
from werkzeug.test import TestResponse

from consultation.people.api_tokens import MARK, ApiToken
from consultation.process.models import Consultation, Round, RoundState
from core.api import Scope
from core.api_document import endpoints
from core.auth.models import Account
from core.db import Database, get_database
from core.security import keyed_hash, new_token
from tests.support.journey import DOCUMENT

ANSWERS: dict[str, Any] = {
    "consent": {"state": "answered", "value": True},
    "sector": {"state": "answered", "value": "academia"},
    "country": {"state": "answered", "value": "NA"},
    "safety": {"state": "answered", "value": 4},
    "order": {"state": "answered", "value": ["rights", "water"]},
    "groups": {"state": "answered", "value": ["a", "b"]},
    "why": {"state": "answered", "value": "Rights first <b>always</b>."},
    "may_quote": {"state": "answered", "value": "no"},
}

OTHER_DOCUMENT = {**DOCUMENT, "title": {"en": "Another survey"}}


def make_token(
    session: Session,
    account: Account,
    consultation: Consultation,
    *,
    scopes: frozenset[Scope] = frozenset(Scope),
    **values: Any,
) -> str:
    """A token in the store, also one that nobody could make: for refusals."""
    token = MARK + new_token()
    now = datetime.now(UTC)
    session.add(
        ApiToken(
            **{
                "account_id": account.id,
                "consultation_id": consultation.id,
                "name": "A program",
                "token_hash": keyed_hash("api-token", token),
                "scopes": sorted(scopes),
                "created_at": now - timedelta(days=1),
                "expires_at": now + timedelta(days=1),
                **values,
            }
        )
    )
    session.flush()
    return token


class Program:
    """Calls below one consultation; each call is on its own, without cookies."""

    def __init__(self, app: Flask, token: str, slug: str = "summit") -> None:
        self.app, self.token, self.slug = app, token, slug

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        client = self.app.test_client(use_cookies=False)
        url = f"/api/v1/consultations/{self.slug}{path}"
        return client.open(url, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", path, json=body, headers=named)

    def hand_in(self, answers: Any = None, *, key: str = "form-0001", **more: Any) -> TestResponse:
        """Hand a response in to a round, by default the whole one above."""
        number = more.pop("number", 1)
        body = {"language": "en", "answers": ANSWERS if answers is None else answers, **more}
        return self.post(f"/rounds/{number}/submissions", body, Idempotency_Key=key)


def places_of(response: TestResponse) -> list[str]:
    """Where a refusal says that something is wrong."""
    return [wrong["field"] for wrong in response.get_json()["errors"]]


def count(app: Flask, table: Any) -> int:
    """How many rows a table has."""
    with get_database(app).read_session() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def rows(app: Flask, table: Any) -> list[Any]:
    """All rows of a table."""
    with get_database(app).read_session() as session:
        return list(session.exec(select(table)))


def every_call(app: Flask, slug: str, questionnaire_id: int = 1) -> Iterator[tuple[Any, str]]:
    """Method and address of every operation."""
    for endpoint in endpoints(app.url_map, app.view_functions):
        path = endpoint.path.format(slug=slug, number=1, questionnaire_id=questionnaire_id)
        yield endpoint.operation, path


def close(database: Database) -> None:
    """Close every round."""
    with database.transaction() as session:
        for row in session.exec(select(Round)):
            row.state = RoundState.CLOSED
            session.add(row)
