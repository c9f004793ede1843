"""Targets and the stopping rule stay as they were frozen: for raw SQL too, on both stores."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from analysis.delphi.stopping import StoppingRule
from consultation.people.models import Target, TargetDimension
from consultation.process import services as process
from consultation.process.models import Consultation, RoundState
from consultation.targets import queries, services
from consultation.targets.models import TargetRegistration
from consultation.targets.services import Declared
from core import schema
from core.db import Database
from core.errors import Conflict, Invalid
from tests.support.make import NOW, make_consultation, make_round

SECTOR = TargetDimension.SECTOR
SHARES = {SECTOR: {"government": 0.5, "academia": 0.5}, TargetDimension.REGION: {}}


def said(shares=SHARES, **rule):
    return Declared(shares, {"en": "Equal voices."}, StoppingRule(**rule))


@pytest.fixture
def place(store):
    with store.transaction() as session:
        found = make_consultation(session)
        services.declare(session, found, said(most_rounds=4))
        return found


@pytest.fixture
def frozen(store, place):
    with store.transaction() as session:
        services.freeze(session, place.id, "a" * 26, NOW)
    return place


def refused(store, statement):
    with pytest.raises(DBAPIError) as refusal, store.transaction() as session:
        session.connection().execute(text(statement))
    return str(refusal.value.orig)


def test_what_is_declared_can_be_changed_until_it_is_frozen(store, place):
    with store.transaction() as session:
        services.declare(session, place, said({SECTOR: {"industry": 1.0}}))
        assert queries.stopping_rule(session, place).most_rounds == 3
    with store.read_session() as session:
        assert [row.code for row in session.exec(select(Target))] == ["industry"]


def test_raw_sql_cannot_change_frozen_targets(store, frozen):
    insert = (
        "INSERT INTO target (consultation_id, dimension, code, share) "
        f"VALUES ({frozen.id}, 'sector', 'media', 0.1)"
    )
    for statement in ("UPDATE target SET share = 0.9", "DELETE FROM target", insert):
        assert "targets_are_frozen" in refused(store, statement)


def test_targets_cannot_be_moved_into_or_out_of_a_frozen_consultation(store, frozen):
    with store.transaction() as session:
        other = make_consultation(session, slug="other")
        session.add(Target(consultation_id=other.id, dimension=SECTOR, code="media", share=0.1))
    move = "UPDATE target SET consultation_id = {there} WHERE consultation_id = {here}"
    out = move.format(here=frozen.id, there=other.id)
    assert "targets_are_frozen" in refused(store, out)
    into = move.format(here=other.id, there=frozen.id)
    assert "targets_are_frozen" in refused(store, into)


def test_raw_sql_cannot_change_a_frozen_rule(store, frozen):
    thaw = "frozen_at = NULL, frozen_by = NULL, is_before_first_round = FALSE"
    for statement in (
        "UPDATE target_registration SET stopping_rule = '{}'",
        f"UPDATE target_registration SET {thaw}",
        "DELETE FROM target_registration",
    ):
        assert "registration_is_frozen" in refused(store, statement)
    with store.read_session() as session:
        assert queries.stopping_rule(session, frozen).most_rounds == 4


def test_nobody_can_claim_later_to_have_been_first(store, place):
    with store.transaction() as session:
        make_round(session, place)
    claim = (
        "UPDATE target_registration SET frozen_at = '2020-01-01 00:00:00', frozen_by = 'x', "
        "is_before_first_round = TRUE"
    )
    assert "a_round_has_opened" in refused(store, claim)
    with store.transaction() as session:
        row = services.freeze(session, place.id, "a" * 26, NOW)
        assert not row.is_before_first_round
        assert not queries.frozen_first(session, place)


def test_opening_the_first_round_freezes_what_stands(store, place):
    with store.transaction() as session:
        row = make_round(session, place, state=RoundState.DRAFT)
        process.set_round_state(session, row, RoundState.OPEN, NOW)
    with store.transaction() as session:
        assert queries.frozen_first(session, place)
        assert queries.registration(session, place).frozen_by == services.AT_OPENING
        with pytest.raises(Conflict):
            services.declare(session, place, said())
        second = make_round(session, place, number=2, state=RoundState.DRAFT)
        process.set_round_state(session, second, RoundState.OPEN, NOW + timedelta(days=1))
        assert queries.registration(session, place).frozen_at == NOW


def test_a_round_without_any_declaration_freezes_the_usual_rule(store):
    with store.transaction() as session:
        bare = make_consultation(session, slug="bare")
        row = make_round(session, bare, state=RoundState.DRAFT)
        process.set_round_state(session, row, RoundState.OPEN, NOW)
        assert queries.registration(session, bare).stopping_rule == asdict(StoppingRule())


def test_a_whole_consultation_can_be_deleted(store, frozen):
    with store.transaction() as session:
        session.delete(session.get(Consultation, frozen.id))
    with store.read_session() as session:
        assert session.exec(select(Target)).all() == []
        assert session.exec(select(TargetRegistration)).all() == []


@pytest.mark.parametrize(
    "shares",
    [
        {"government": 0.5, "academia": 0.4},
        {"government": 1.5},
        {"unknown": 0.2},
        {"government": 1.0, "unknown": 1.0},
    ],
)
def test_shares_that_do_not_add_up_are_refused(store, place, shares):
    with store.transaction() as session, pytest.raises(Invalid):
        services.declare(session, place, said({SECTOR: shares}))


def test_the_migrations_put_the_same_triggers(store, tmp_path):
    if store.dialect != "sqlite":
        names = "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'guard_target%' ORDER BY 1"
        with store.read_session() as session:
            found = session.connection().execute(text(names)).scalars().all()
        assert found == ["guard_target", "guard_target_registration"]
        return
    triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    migrated = Database(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    schema.upgrade(migrated)
    with store.read_session() as ours, migrated.read_session() as theirs:
        expected = ours.connection().execute(text(triggers)).all()
        assert theirs.connection().execute(text(triggers)).all() == expected
    migrated.dispose()
