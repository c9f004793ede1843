"""From a list of stakeholders to a number in a snapshot that names no organisation."""

import pytest
from sqlmodel import select

from consultation.people.models import Organisation, Stakeholder
from consultation.people.services import add_stakeholders, read_lines
from consultation.process.models import IdentityMode
from results import snapshots
from surveys.models import RoundQuestionnaire, Submission, SubmissionChannel, SubmissionState
from surveys.services import record_key
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_consultation

LIST = """a@example.org,A,industry,KE,en,Turbine Works
b@example.org,B,,FR,en,turbine  works
c@example.org,C,,,en,Seed Circle
d@example.org,D,,,en
"""
MODES = list(IdentityMode)


@pytest.fixture
def listed(database):
    """Two of one organisation, one of another, one of none."""

    def make(session):
        place = make_consultation(session)
        add_stakeholders(session, place, read_lines(LIST, ["en"]), NOW)
        return place, list(session.exec(select(Stakeholder).order_by(Stakeholder.email)))

    return make


def answer_all(session, row, people):
    asked = session.exec(
        select(RoundQuestionnaire).where(RoundQuestionnaire.round_id == row.id)
    ).one()
    for place, person in enumerate(people):
        is_known = row.identity_mode is IdentityMode.IDENTIFIED
        is_linked = row.identity_mode is IdentityMode.PSEUDONYMOUS
        session.add(
            Submission(
                id=f"{place:026d}",
                round_id=row.id,
                questionnaire_id=asked.questionnaire_id,
                answer_hash=f"{place:064d}",
                identity_mode=row.identity_mode,
                stakeholder_id=person.id if is_known else None,
                record_key=record_key(row.consultation_id, person.id) if is_linked else None,
                state=SubmissionState.SUBMITTED,
                channel=SubmissionChannel.INVITATION,
                language="en",
                answers={"order": {"state": "answered", "value": ["work"]}},
                submitted_on=NOW.date(),
                revision=1,
            )
        )
    session.flush()


def test_one_organisation_in_two_spellings_is_one(database, listed):
    with database.transaction() as session:
        place, people = listed(session)
        found = session.exec(select(Organisation)).all()
        assert sorted(row.name for row in found) == ["Seed Circle", "Turbine Works"]
        assert people[0].organisation_id == people[1].organisation_id
        assert people[3].organisation_id is None
        more = read_lines("e@example.org,E,,,en,SEED CIRCLE", ["en"])
        add_stakeholders(session, place, more, NOW)
        assert len(session.exec(select(Organisation)).all()) == 2


def test_a_name_that_is_too_long_is_told():
    assert read_lines("a@example.org,,,,en," + "x" * 201, ["en"])[0].problem


@pytest.mark.parametrize("mode", MODES)
def test_a_snapshot_tells_organisations_apart_where_the_round_knows_them(
    app, database, listed, mode
):
    with app.app_context(), database.transaction() as session:
        place, people = listed(session)
        row = make_asked_round(session, consultation=place, identity_mode=mode)
        answer_all(session, row, [people[2], people[0], people[3], people[1]])
        scope = snapshots.default_scope(session, place)
        frame = snapshots.freeze(session, place, scope).answers[1]
        mark = snapshots.fingerprint(session, place, scope)
        people[3].organisation_id = people[0].organisation_id
        session.add(people[3])
        session.flush()
        assert snapshots.fingerprint(session, place, scope) != mark
    found = frame[":organisation"].to_list()
    if mode is IdentityMode.ANONYMOUS:
        assert found == [None] * 4
    else:
        assert found == [1, 2, None, 2]
    assert "Turbine" not in str(frame.to_dicts())
