"""Two consultations and a program, for the tests of the API as an adversary would use it."""

import pytest

from consultation.process.models import RoundState
from core.auth.permissions import Role
from surveys import instruments
from tests.support.api import OTHER_DOCUMENT, Program, make_token
from tests.support.journey import make_asked_round
from tests.support.make import (
    NOW,
    make_account,
    make_consultation,
    make_phase,
    make_round,
)


@pytest.fixture
def place(app, database):
    """Two consultations, each with an asked round, a draft and an organiser."""
    with app.app_context(), database.transaction() as session:
        made = {}
        for slug in ("summit", "other"):
            consultation = make_consultation(session, slug=slug)
            make_phase(session, consultation)
            make_asked_round(session, consultation=consultation)
            make_round(session, consultation, number=2, state=RoundState.DRAFT)
            draft = instruments.add(session, consultation, OTHER_DOCUMENT, NOW)
            account = make_account(
                session,
                email=f"{slug}@example.org",
                consultation=consultation,
                roles=(Role.ORGANISER,),
            )
            made[slug] = (consultation, account, draft.id)
    return made


@pytest.fixture
def program(app, database, place):
    """A program that may do everything in the first consultation."""
    consultation, account, _draft = place["summit"]
    with app.app_context(), database.transaction() as session:
        token = make_token(session, account, consultation)
    return Program(app, token)
