"""A dialogue from its announcement to notes that count; and people with their roles."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.dialogues.models import Dialogue, DialogueState, Registration
from consultation.people.models import RoleGrant, Stakeholder
from consultation.process import rules
from consultation.process.models import Phase, PhaseKind
from core.auth.permissions import Role
from core.mail import OutboxMessage
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.pages import read_form


@pytest.fixture
def organiser(app, client, database):
    with app.app_context(), database.transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    return sign_in(client, account)


def forms(page, part):
    return [read_form(e) for e in page.find("form") if part in (e.get("action") or "")]


def plan(organiser, **changes):
    page = organiser.page("/manage/consultations/summit/dialogues/new")
    values = {
        "title_en": "Regional dialogue",
        "region": "african",
        "format": "hybrid",
        "place": "Nairobi",
        "time_zone": "Africa/Nairobi",
        "capacity": "2",
        "starts_at": (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (datetime.now(UTC) + timedelta(days=10)).strftime("%Y-%m-%dT%H:%M"),
    }
    return organiser.submit(page.form("/dialogues/new"), {**values, **changes})


def stored(database, table):
    with database.read_session() as session:
        return session.exec(select(table)).all()


def test_a_dialogue_is_planned_in_its_own_time_zone(organiser, database):
    plan(organiser, starts_at="2090-03-01T09:00", ends_at="2090-03-01T12:00")
    assert stored(database, Dialogue)[0].starts_at == datetime(2090, 3, 1, 6, 0, tzinfo=UTC)


def test_an_end_before_the_start_is_refused_and_nothing_is_lost(organiser, database):
    page = plan(organiser, ends_at="2000-01-01T00:00")
    assert page.status == 422
    assert "The end must be after the start." in page.text()
    assert page.form("/dialogues/new").fields["place"] == ["Nairobi"]
    assert stored(database, Dialogue) == []


def test_guests_register_until_the_places_are_taken(app, organiser, database):
    page = plan(organiser)
    public = f"/consultations/summit/dialogues/{stored(database, Dialogue)[0].public_id}/"
    assert app.test_client().get(public).status_code == 404
    organiser.submit(forms(page, "/announce")[0])
    guest = app.test_client()
    form = guest.page(public).form("/register")
    for name in ("a", "b", "a"):
        done = guest.submit(form, {"name": name, "email": f"{name}@example.org"})
        assert "You are registered" in done.text()
    full = guest.submit(form, {"name": "c", "email": "c@example.org", "needs": "A ramp"})
    assert full.status == 409
    assert "All places are taken" in full.text()
    assert full.form("/register").fields["needs"] == ["A ramp"]
    assert len(stored(database, Registration)) == 2
    assert len(stored(database, OutboxMessage)) == 2


def test_a_note_becomes_a_contribution_and_can_be_erased(organiser, database):
    page = plan(organiser)
    page = organiser.submit(forms(page, "/announce")[0])
    values = {"text": "Small firms cannot pay for audits.", "sector": "industry", "language": "en"}
    page = organiser.submit(forms(page, "/notes")[0], values)
    note = stored(database, Contribution)[0]
    assert (note.channel, note.region, note.sector) == (Channel.DIALOGUE, "african", "industry")
    assert stored(database, Dialogue)[0].state is DialogueState.ANNOUNCED
    organiser.submit(forms(page, "/remove")[0])
    note = stored(database, Contribution)[0]
    assert (note.text, note.state) == ("", ContributionState.WITHDRAWN)


def test_a_list_of_stakeholders_is_added_as_a_whole_or_mended(organiser, database):
    page = organiser.page("/manage/consultations/summit/people/")
    lines = "a@example.org;Ann;academia;Kenya;en\nnot an address;Bob\nb@example.org;;nonsense"
    page = organiser.submit(page.form("/stakeholders"), {"lines": lines})
    assert page.status == 422
    assert "This is not an e-mail address." in page.text()
    assert page.form("/stakeholders").fields["lines"] == [lines]
    assert stored(database, Stakeholder) == []
    good = "email;name;sector;country;language\na@example.org;Ann;academia;Namibia;en"
    organiser.submit(page.form("/stakeholders"), {"lines": good})
    assert [(p.email, p.country) for p in stored(database, Stakeholder)] == [
        ("a@example.org", "NA")
    ]


def test_the_last_organiser_stays(organiser, database):
    page = organiser.page("/manage/consultations/summit/people/")
    refused = organiser.submit(forms(page, "/revoke")[0])
    assert refused.status == 409
    page = organiser.page("/manage/consultations/summit/people/")
    give = next(form for form in forms(page, "/roles") if form.action.endswith("/roles"))
    organiser.submit(give, {"email": "new@example.org", "role": "analyst"})
    assert {row.role for row in stored(database, RoleGrant)} == {Role.ORGANISER, Role.ANALYST}


@pytest.mark.parametrize(
    ("seconds", "is_inside"), [(-1, False), (0, True), (3599, True), (3600, False)]
)
def test_a_phase_contains_its_start_and_not_its_end(seconds, is_inside):
    phase = Phase(
        consultation_id=1,
        position=1,
        kind=PhaseKind.OPEN_CALL,
        opens_at=NOW,
        closes_at=NOW + timedelta(hours=1),
    )
    moment = NOW + timedelta(seconds=seconds)
    assert rules.allowed([phase], rules.Action.RESPOND, moment).ok is is_inside
    assert not rules.allowed([phase], rules.Action.ADOPT_AGENDA, moment).ok
