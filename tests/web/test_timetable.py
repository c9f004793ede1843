"""The dates of a consultation as a calendar: for the public what it may know, and stable ids."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from consultation.dialogues.models import Dialogue, DialogueFormat, DialogueState
from consultation.process.models import PhaseKind, Round, RoundState
from core.auth.permissions import Role
from core.db import get_database
from results.agenda.drafts import services as drafts
from results.rounds.transitions import Schedule, plan
from tests.support.agenda import TODAY, decide, make_committee, make_item, make_summit
from tests.support.make import make_account, make_consultation, make_phase, make_round, sign_in

PUBLIC = "/consultations/summit/calendar.ics"
MANAGE = "/manage/consultations/summit/calendar.ics"


@pytest.fixture
def place(app):
    """An open round, one being prepared with a reminder, a dialogue, a draft with comments."""
    now = datetime.now(UTC)
    with get_database(app).transaction() as session:
        place = make_summit(session)
        make_phase(
            session, place, position=2, kind=PhaseKind.FOLLOW_UP, title={"en": "Comments; rounds"}
        )
        make_round(session, place, title={"en": "First"}, state=RoundState.OPEN)
        second = make_round(
            session, place, number=2, title={"en": "Secret plans"}, state=RoundState.DRAFT
        )
        times = [now + timedelta(days=days) for days in (20, 30, 25)]
        plan(session, second, Schedule(*times[:2], invites=True, reminders=(times[2],)), now)
        shared = {"consultation_id": place.id, "starts_at": now, "ends_at": times[0]}
        shared |= {"format": DialogueFormat.ONLINE, "online_link": "https://meet.example/secret"}
        for title, state in (("Nairobi", DialogueState.ANNOUNCED), ("Hidden", DialogueState.DRAFT)):
            session.add(Dialogue(title={"en": title}, state=state, **shared))
        decide(session, place, make_item(session, place), make_committee(session, place))
        publication = drafts.Publication(comments_close_at=TODAY + timedelta(days=5))
        drafts.publish_draft(session, place, publication, actor="x", now=TODAY)
    return place


def told(response):
    text = response.get_data(as_text=True).replace("\r\n ", "")
    return set(re.findall(r"^SUMMARY:(.*) \(.*\)\r?$", text, re.MULTILINE)), text


def test_the_public_reads_what_it_may_know(client, place):
    response = client.get(PUBLIC)
    assert response.content_type == "text/calendar; charset=utf-8"
    titles, text = told(response)
    assert {"Opens: Round 1: First", "Closes: Round 1: First", "Nairobi"} <= titles
    assert "Opens: Comments\\; rounds" in titles
    assert "Closes: Comments on the draft agenda\\, version 1" in titles
    for hidden in ("Secret plans", "Reminder", "Hidden", "meet.example", "judge", "example.org"):
        assert hidden not in text
    page = client.page("/consultations/summit/")
    assert PUBLIC in page.source


def test_the_committee_reads_what_is_being_prepared_too(app, client, place):
    assert client.get(MANAGE).status_code == 303
    with get_database(app).transaction() as session:
        account = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
    committee = sign_in(client, account)
    titles, text = told(committee.get(MANAGE))
    assert {"Opens: Round 2: Secret plans", "Reminder: Round 2: Secret plans"} <= titles
    assert "Hidden" not in text
    assert MANAGE in committee.page("/manage/consultations/summit/rounds/").source


def test_an_event_keeps_its_id_when_its_date_moves_and_no_two_share_one(app, client, place):
    def ids():
        return re.findall(r"^UID:(.*?)\r?$", told(client.get(PUBLIC))[1], re.MULTILINE)

    before = ids()
    assert len(before) == len(set(before)) >= 7
    with get_database(app).transaction() as session:
        row = session.get(Round, 1)
        row.closes_at += timedelta(days=3)
        session.add(row)
    assert sorted(ids()) == sorted(before)


def test_a_consultation_that_is_no_public_one_has_no_public_calendar(app, client):
    with get_database(app).transaction() as session:
        make_consultation(session, slug="private", is_public=False)
    assert client.get("/consultations/private/calendar.ics").status_code == 404
