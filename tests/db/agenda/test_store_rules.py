"""What the store itself refuses of the agenda, whoever asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core import guards, schema
from core.db import Database
from core.errors import Conflict
from results.agenda import decisions
from results.agenda.drafts import services as drafts
from tests.support.agenda import (
    TODAY,
    decide,
    make_item,
)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("decision_reason = '{}'", "guard_decided_item"),
        ('title = \'{"en": "Other"}\'', "guard_decided_item"),
        ("state = 'rejected'", "guard_decided_item"),
        ("decided_at = NULL", "decided_has_its_time"),
        ("decided_at = NULL, state = 'candidate', referred_to = 'G7'", "referred_names_whom"),
        ("slot = 1", "placed_in_full"),
        ("minutes = -5", "slot_is_real|placed_in_full"),
    ],
)
def test_the_store_refuses_to_rewrite_what_was_decided(place, change, rule):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    with pytest.raises(IntegrityError, match=rule):
        session.connection().execute(text(f"UPDATE agenda_item SET {change}"))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("state = 'adopted'", "decided_has_its_time"),
        ("state = 'merged'", "decided_has_its_time|merged_names_its_item"),
        ("decided_at = created_at", "decided_has_its_time|decided_has_its_reason"),
        ("merged_into_id = id", "merged_into_another|merged_names_its_item"),
        ("deferred_until = '2030-01-01'", "deferred_has_its_date"),
        ("track_id = 1, slot = 1, minutes = 5", "only_adopted|FOREIGN KEY|fk_agenda_item_track"),
        ("scope = 'forgotten'", "item_scope"),
    ],
)
def test_the_store_refuses_half_decisions(place, change, rule):
    session, summit, _committee, _run = place
    make_item(session, summit)
    with pytest.raises(IntegrityError, match=rule):
        session.connection().execute(text(f"UPDATE agenda_item SET {change}"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item_event SET actor = 'other'",
        "UPDATE evidence SET figures = '{}'",
        "UPDATE item_review SET comment = 'other'",
        "UPDATE review_score SET score = 5",
        "UPDATE agenda_version SET note = '{}'",
    ],
)
def test_what_was_given_and_published_stays(place, statement):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    drafts.publish_draft(session, summit, drafts.Publication(), actor="x", now=TODAY)
    with pytest.raises(IntegrityError, match="guard_"):
        session.connection().execute(text(statement))


def test_a_decision_that_went_around_the_rules_is_seen_and_not_published(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    assert decisions.find_altered(session, summit) == []
    for change in (
        "decided_at = NULL, state = 'candidate', title = '{\"en\": \"Mine\"}'",
        "decided_at = created_at, state = 'adopted'",
    ):
        session.connection().execute(text(f"UPDATE agenda_item SET {change}"))
    session.expire_all()
    assert decisions.find_altered(session, summit) == [item]
    with pytest.raises(Conflict, match="not what was decided upon"):
        drafts.publish_draft(session, summit, drafts.Publication(), actor="x", now=TODAY)


def test_migrated_stores_have_every_guard(database_url):
    database = Database(database_url)
    schema.upgrade(database)
    with database.engine.connect() as connection:
        assert guards.present(connection) == {made.name for made in guards.GUARDS}
        assert len(guards.GUARDS) >= 8
    database.dispose()
