"""Many programs at the same moment, on both stores."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import SQLModel, select

from app import create_app
from consultation.contributions.models import Contribution
from consultation.people.api_tokens import ApiToken
from consultation.process.models import IdentityMode, Round
from core.auth.permissions import Role
from core.db import get_database
from core.mail import OutboxMessage
from surveys import instruments
from surveys.api_queries import released_until
from surveys.models import Invitation, Submission, SubmissionChannel, SubmissionState
from tests.plugins.application import make_settings
from tests.support.api import ANSWERS, Program, make_token
from tests.support.journey import DOCUMENT, make_asked_round
from tests.support.make import NOW, make_account, make_consultation, make_stakeholder

TWICE = 24


@pytest.fixture
def place(database_url, tmp_path):
    """An application on either store, with one open round and a program."""
    app = create_app(make_settings(tmp_path, database_url=database_url))
    database = get_database(app)
    SQLModel.metadata.create_all(database.engine)
    with app.app_context(), database.transaction() as session:
        consultation = make_consultation(session)
        make_asked_round(session, consultation=consultation)
        account = make_account(session, consultation=consultation, roles=(Role.ORGANISER,))
        token = make_token(session, account, consultation)
    yield app, database, consultation, Program(app, token)
    database.dispose()


def at_once(calls):
    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(lambda call: call(), calls))


def everything(database, table):
    with database.read_session() as session:
        return list(session.exec(select(table)))


def test_parallel_replays_of_one_key_leave_one_response(place):
    _app, database, _consultation, program = place
    found = at_once([program.hand_in] * TWICE)
    assert sorted(response.status_code for response in found) == [200] * (TWICE - 1) + [201]
    assert all(response.get_json() == found[0].get_json() for response in found)
    (stored,) = everything(database, Submission)
    assert stored.channel is SubmissionChannel.API
    assert stored.state is SubmissionState.SUBMITTED
    assert len(everything(database, Contribution)) == 1


def test_parallel_calls_with_one_key_and_two_responses_keep_one(place):
    _app, database, _consultation, program = place
    other = {**ANSWERS, "safety": {"state": "answered", "value": 1}}
    found = at_once([program.hand_in, lambda: program.hand_in(other)] * 8)
    codes = [response.status_code for response in found]
    assert codes.count(201) == 1
    assert codes.count(200) == 7
    assert codes.count(409) == 8
    assert len(everything(database, Submission)) == 1


def test_parallel_keys_for_one_person_leave_one_response(place):
    _app, database, consultation, program = place
    with database.transaction() as session:
        row = session.exec(select(Round)).one()
        row.identity_mode = IdentityMode.IDENTIFIED
        session.add(row)
        make_stakeholder(session, consultation, email="ada@example.org")
    calls = [
        lambda number=number: program.hand_in(email="ada@example.org", key=f"form-{number:04}")
        for number in range(TWICE)
    ]
    codes = [response.status_code for response in at_once(calls)]
    assert sorted(codes) == [201] + [409] * (TWICE - 1)
    assert len(everything(database, Submission)) == 1


def test_parallel_invitations_of_one_person_send_one_mail(place):
    _app, database, _consultation, program = place
    body = {"email": "ada@example.org"}
    found = at_once([lambda: program.post("/rounds/1/invitations", body)] * TWICE)
    codes = [response.status_code for response in found]
    assert codes.count(201) == 1
    assert set(codes) <= {200, 201, 409}
    assert len(everything(database, Invitation)) == 1
    assert len(everything(database, OutboxMessage)) == 1


def test_parallel_replacements_of_one_draft_lose_none(place):
    app, database, consultation, program = place
    with app.app_context(), database.transaction() as session:
        draft = instruments.add(session, consultation, {**DOCUMENT, "title": {"en": "D"}}, NOW)
    path = f"/questionnaires/{draft.id}"
    tag = program.get(path).headers["ETag"]
    calls = [
        lambda number=number: program.call(
            "PUT",
            path,
            json={**DOCUMENT, "title": {"en": f"D{number}"}},
            headers={"If-Match": tag},
        )
        for number in range(8)
    ]
    codes = [response.status_code for response in at_once(calls)]
    assert sorted(codes) == [200] + [412] * 7


def test_parallel_first_readings_of_a_day_all_get_through(place):
    _app, database, _consultation, program = place
    found = at_once([lambda: program.get("/rounds")] * TWICE)
    assert {response.status_code for response in found} == {200}
    (token,) = everything(database, ApiToken)
    assert token.last_used_on == datetime.now(UTC).date()


@pytest.mark.parametrize(
    ("counts", "released"),
    [([], None), ([9], None), ([10], 0), ([6, 5, 9], 1), ([6, 5, 9, 1], 3), ([4, 4], None)],
)
def test_days_are_released_together_as_soon_as_they_hold_ten(place, counts, released):
    """`counts` are responses of the days before today; today's are never released."""
    app, database, _consultation, _program = place
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=len(counts) - number) for number in range(len(counts))]
    with app.app_context(), database.transaction() as session:
        row = session.exec(select(Round)).one()
        for day, many in zip([*days, today], [*counts, 30], strict=True):
            session.add_all(
                Submission(
                    round_id=row.id,
                    questionnaire_id=1,
                    answer_hash=f"{day}{number}",
                    identity_mode=IdentityMode.ANONYMOUS,
                    channel=SubmissionChannel.OPEN_LINK,
                    state=SubmissionState.SUBMITTED,
                    language="en",
                    submitted_on=day,
                )
                for number in range(many)
            )
        session.flush()
        until = released_until(session, row, today)
    if released is None:
        assert until < min([*days, today])
    else:
        assert until == days[released]
