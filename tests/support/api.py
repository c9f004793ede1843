"""A program that calls the API with a token."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from consultation.people.api_tokens import MARK, ApiToken
from consultation.process.models import Consultation
from core.api import Scope
from core.auth.models import Account
from core.security import keyed_hash, new_token

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
