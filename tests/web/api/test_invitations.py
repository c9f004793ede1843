"""Invitations by the API: who gets one, and what is told of it."""

import json

from sqlmodel import select

from consultation.people.models import Stakeholder
from core.mail import OutboxMessage
from surveys.models import Invitation, Submission, SubmissionState
from surveys.reaching.models import StakeholderDelivery
from tests.support.api import close, count, rows
from tests.support.make import (
    NOW,
    make_stakeholder,
)


def test_an_invitation_goes_out_once_and_its_link_is_told_to_nobody(app, program):
    first = program.post("/rounds/1/invitations", {"email": "Ada@Example.org", "language": "fr"})
    second = program.post("/rounds/1/invitations", {"email": "ada@example.org", "name": "A"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    assert set(first.get_json()) == {"id", "email", "name", "language", "sent_on", "has_answered"}
    (mail,) = rows(app, OutboxMessage)
    assert mail.recipient == "ada@example.org"
    token = mail.body.partition("/s/")[2].partition("/")[0]
    assert token
    listed = program.get("/rounds/1/invitations").get_data(as_text=True)
    assert token not in listed + first.get_data(as_text=True)
    assert json.loads(listed)["items"] == [first.get_json()]


def test_who_left_the_list_is_not_written_to(app, database, place, program):
    with database.transaction() as session:
        make_stakeholder(session, place["summit"][0], email="ada@example.org", unsubscribed_at=NOW)
    assert program.post("/rounds/1/invitations", {"email": "ada@example.org"}).status_code == 409
    assert count(app, OutboxMessage) == 0


def test_an_address_that_mail_came_back_from_is_not_written_to(app, database, place, program):
    with database.transaction() as session:
        person = make_stakeholder(session, place["summit"][0], email="ada@example.org")
        session.add(
            StakeholderDelivery(stakeholder_id=person.id, address="ada@example.org", bounced_at=NOW)
        )
    assert program.post("/rounds/1/invitations", {"email": "ada@example.org"}).status_code == 409
    assert count(app, OutboxMessage) == count(app, Invitation) == 0


def test_nobody_is_invited_to_a_closed_round(app, database, program):
    close(database)
    assert program.post("/rounds/1/invitations", {"email": "ada@example.org"}).status_code == 409
    assert count(app, Stakeholder) == 0


def test_who_has_answered_is_told_only_once_it_is_marked(app, database, program):
    made = program.post("/rounds/1/invitations", {"email": "ada@example.org"}).get_json()
    (mail,) = rows(app, OutboxMessage)
    token = mail.body.partition("/s/")[2].partition("/")[0]
    client = app.test_client()
    page = client.submit(client.page(f"/s/{token}/1").form("/s/"), {"q_consent": "y"})
    client.submit(client.page(f"/s/{token}/check").form("/submit"))
    assert rows(app, Submission)[0].state is SubmissionState.SUBMITTED, page.text()
    assert program.get("/rounds/1/invitations").get_json()["items"] == [made]
    with database.transaction() as session:
        row = session.exec(select(Invitation)).one()
        row.has_answered = True
        session.add(row)
    assert program.get("/rounds/1/invitations").get_json()["items"][0]["has_answered"] is True
