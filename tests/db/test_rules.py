"""The rules that the store itself keeps, tried with raw SQL, on both stores."""

from datetime import UTC, datetime, timedelta

import pytest
from scipy.stats import spearmanr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel, select

from consultation.process.models import Consultation, IdentityMode
from core import audit
from core.audit import AuditEntry
from core.jobs import JobContext
from surveys import invitations, services
from surveys.models import Invitation, PendingMark, Submission
from surveys.queries import asked_in
from surveys.questions.base import answered
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_consultation, make_stakeholder

INSERT = text(
    "INSERT INTO submission (id, round_id, questionnaire_id, answer_hash, identity_mode, "
    "stakeholder_id, record_key, state, channel, answers, language, revision, submitted_on) "
    "VALUES (:id, :round, :questionnaire, :hash, :mode, :stakeholder, :key, :state, "
    "'open_link', '{}', 'en', 0, :day)"
)


@pytest.fixture
def place(store):
    with store.transaction() as session:
        row = make_asked_round(session)
        person = make_stakeholder(session, session.exec(select(Consultation)).one())
        asked = asked_in(session, row.id)
        return {"round": row.id, "questionnaire": asked.questionnaire_id, "person": person.id}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"mode": "anonymous", "stakeholder": "person"}, "only_identified_rounds_name_people"),
        ({"mode": "identified"}, "only_identified_rounds_name_people"),
        ({"mode": "anonymous", "key": "k"}, "anonymous_has_no_record_key"),
        ({"state": "submitted"}, "submitted_has_its_day"),
        ({"mode": "unheard_of"}, "identity_mode"),
        ({"state": "lost"}, "submission_state"),
    ],
)
def test_the_store_refuses_a_half_anonymous_row(store, place, changes, rule):
    row = {
        "id": "x",
        "hash": "h",
        "mode": "anonymous",
        "stakeholder": None,
        "key": None,
        "state": "draft",
        "day": None,
        "round": place["round"],
        "questionnaire": place["questionnaire"],
    }
    row.update({k: place["person"] if v == "person" else v for k, v in changes.items()})
    with pytest.raises(IntegrityError, match=rule), store.transaction() as session:
        session.connection().execute(INSERT, row)


def test_one_link_can_have_one_response(store, place):
    row = {
        "hash": "h",
        "mode": "anonymous",
        "stakeholder": None,
        "key": None,
        "state": "draft",
        "day": None,
        "round": place["round"],
        "questionnaire": place["questionnaire"],
    }
    with store.transaction() as session:
        session.connection().execute(INSERT, {**row, "id": "a"})
    with pytest.raises(IntegrityError), store.transaction() as session:
        session.connection().execute(INSERT, {**row, "id": "b"})


def test_a_read_session_cannot_write(store):
    with pytest.raises(DBAPIError), store.read_session() as session:
        session.connection().execute(text("DELETE FROM consultation"))


@pytest.fixture
def invited(app, database):
    """Twenty-five people who were invited and answered, in one order; with their tokens."""
    with app.app_context(), database.transaction() as session:
        consultation = make_consultation(session)
        row = make_asked_round(session, consultation=consultation)
        people = [
            make_stakeholder(session, consultation, email=f"person{n}@example.org")
            for n in range(25)
        ]
        tokens = [invitations.invite(session, consultation, row, one, NOW) for one in people]
    return row, tokens


def respond(app, database, tokens):
    with app.app_context():
        for token in tokens:
            with database.transaction() as session:
                save = services.Save({"consent": {**answered(value=True)}}, "en")
                services.save_page(session, token, save, datetime.now(UTC))
                services.submit(session, token, datetime.now(UTC))
                invitations.note_answered(session, token)


def rows_of(database, table):
    with database.read_session() as session:
        return [row.model_dump(mode="json") for row in session.exec(select(table))]


def test_no_equal_value_joins_an_invitation_and_its_answer(app, database, invited):
    _row, tokens = invited
    respond(app, database, tokens)
    common = {"round_id", "has_answered", "sent_on"}
    left = [
        value
        for row in rows_of(database, Invitation)
        for name, value in row.items()
        if name not in common and isinstance(value, (str, int))
    ]
    right = [
        str(value)
        for row in rows_of(database, Submission)
        for value in row.values()
        if isinstance(value, str)
    ]
    shared = {str(value) for value in left if len(str(value)) > 2} & set(right)
    assert shared == set()


def test_the_order_of_rows_says_nothing_about_the_order_of_answers(app, database, invited):
    _row, tokens = invited
    respond(app, database, tokens)
    with app.app_context(), database.read_session() as session:
        stored = session.connection().execute(text("SELECT answer_hash FROM submission")).scalars()
        place = {key: index for index, key in enumerate(stored)}
        order = [place[services.keyed_hash("answer", token)] for token in tokens]
    assert abs(spearmanr(range(len(order)), order).statistic) < 0.6


def test_marks_arrive_in_batches_of_ten_or_at_the_end(app, database, invited):
    row, tokens = invited
    context = JobContext(database, app, 0, "test", {})

    def marked():
        with app.app_context():
            invitations.mark_answered(context)
        return sum(entry["has_answered"] for entry in rows_of(database, Invitation))

    respond(app, database, tokens[:9])
    assert marked() == 0
    assert len(rows_of(database, PendingMark)) == 9
    respond(app, database, tokens[9:12])
    assert marked() == 12
    respond(app, database, tokens[12:14])
    assert marked() == 12
    with database.transaction() as session:
        closing = session.merge(row)
        closing.closes_at = closing.opens_at + timedelta(hours=1)
    assert marked() == 14
    assert rows_of(database, PendingMark) == []


def test_a_sealed_mark_does_not_name_its_invitation(app, database, invited):
    _row, tokens = invited
    respond(app, database, tokens[:3])
    names = {entry["id"] for entry in rows_of(database, Invitation)}
    sealed = " ".join(entry["sealed"] for entry in rows_of(database, PendingMark))
    assert not any(name in sealed for name in names)


@pytest.mark.parametrize("mode", list(IdentityMode))
def test_each_identity_mode_stores_what_it_promises(app, database, mode):
    with app.app_context(), database.transaction() as session:
        consultation = make_consultation(session)
        row = make_asked_round(session, consultation=consultation, identity_mode=mode)
        person = make_stakeholder(session, consultation)
        token = invitations.invite(session, consultation, row, person, NOW)
    respond(app, database, [token])
    stored = rows_of(database, Submission)[0]
    assert (stored["stakeholder_id"] is not None) == (mode is IdentityMode.IDENTIFIED)
    assert (stored["record_key"] is not None) == (mode is IdentityMode.PSEUDONYMOUS)


def test_the_audit_log_shows_every_change(store):
    with store.transaction() as session:
        for number in range(4):
            audit.record(session, actor="a", action=f"act{number}", target="t", now=NOW)
    with store.read_session() as session:
        assert list(audit.find_breaks(session)) == []
    with store.transaction() as session:
        session.connection().execute(
            text("UPDATE audit_entry SET action = 'other' WHERE action = 'act1'")
        )
    with store.read_session() as session:
        assert list(audit.find_breaks(session)) == [2]
    with store.transaction() as session:
        session.delete(session.exec(select(AuditEntry).where(AuditEntry.action == "act2")).one())
    with store.read_session() as session:
        assert list(audit.find_breaks(session)) == [2, 4]


def test_every_table_has_a_primary_key_and_named_constraints():
    for table in SQLModel.metadata.tables.values():
        assert table.primary_key.columns
        assert all(constraint.name for constraint in table.constraints)
