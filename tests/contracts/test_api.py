"""The API does what its OpenAPI document says, whatever is sent."""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from sqlmodel import SQLModel

from app import create_app
from consultation.people import api_tokens
from core.api import Scope
from core.auth.permissions import Role
from core.db import get_database
from tests.plugins.application import make_settings
from tests.support.journey import make_asked_round
from tests.support.make import make_account, make_consultation, make_round

DOCUMENT = "/api/v1/openapi.json"
# Beyond what a schema can say: codes that are unique, options that exist, a document that is still
# what it was. These operations may refuse what their schema allows.
RULES = {
    "add_questionnaire": [422],
    "replace_questionnaire": [412, 422],
    "change_round": [422],
    "add_invitation": [422],
    "add_submission": [422],
}
USUAL = ["2xx", "3xx", 401, 403, 404, 409, 429]
# The schemas are read while tests are collected; the tables come with the first test.
FOLDER = Path(tempfile.mkdtemp(prefix="polylogue-api-"))
application = create_app(make_settings(FOLDER))


def schema(**parameters):
    """Positive data is accepted, but for the rules above; a missing If-Match is 428."""
    config = schemathesis.Config.from_dict(
        {
            "parameters": parameters,
            # Every call below carries a token, whatever is generated.
            "generation": {"with-security-parameters": False},
            "checks": {
                "missing_required_header": {
                    "expected-statuses": [400, 401, 403, 406, 415, 422, 428]
                }
            },
            "operations": [
                {
                    "include-operation-id": name,
                    "checks": {"positive_data_acceptance": {"expected-statuses": [*USUAL, *more]}},
                }
                for name, more in RULES.items()
            ],
        }
    )
    return schemathesis.openapi.from_wsgi(DOCUMENT, application, config=config)


anywhere = schema()
inside = schema(**{"path.slug": "summit", "path.number": 1, "path.questionnaire_id": 1})
few = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def token():
    """A consultation with rounds, and a token that may do everything in it."""
    database = get_database(application)
    SQLModel.metadata.create_all(database.engine)
    with application.app_context(), database.transaction() as session:
        place = make_consultation(session)
        make_asked_round(session, consultation=place)
        make_round(session, place, number=2)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
        wish = api_tokens.Wish("schemathesis", frozenset(Scope), 90)
        _row, made = api_tokens.create(session, account, place, wish, datetime.now(UTC))
    yield made
    database.dispose()
    shutil.rmtree(FOLDER)


@anywhere.parametrize()
@few
def test_every_call_anywhere_is_answered_as_documented(case, token):
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


@inside.parametrize()
@few
def test_every_call_to_what_exists_is_answered_as_documented(case, token):
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
