"""Decisions on items: what they need, and one of several at a time."""

import threading

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from consultation.process.models import Consultation, Phase
from core.errors import Closed, DomainError, Invalid
from results.agenda import decisions, programme, services
from results.agenda.models import AgendaItem, AgendaTrack, ItemEvent, ItemState
from tests.support.agenda import (
    TODAY,
    decide,
    describe,
    judge,
    make_committee,
    make_item,
    make_run,
    make_summit,
    plan,
)


def test_each_decision_names_what_it_points_at(place):
    session, summit, committee, run = place
    kept = decide(session, summit, make_item(session, summit, "work", run=run), committee)
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee)

    def attempt(state, **targets):
        decision = decisions.Decision(state, {"en": "So."}, **targets)
        decisions.decide(session, summit, item, decision, actor="x", now=TODAY)

    for state, targets, field in (
        (ItemState.MERGED, {}, "merged_into"),
        (ItemState.MERGED, {"merged_into": item.public_id}, "merged_into"),
        (ItemState.DEFERRED, {}, "deferred_until"),
        (ItemState.DEFERRED, {"deferred_until": TODAY.date()}, "deferred_until"),
        (ItemState.REFERRED, {"referred_to": "  "}, "referred_to"),
        (ItemState.CANDIDATE, {}, "state"),
    ):
        with pytest.raises(Invalid) as refused:
            attempt(state, **targets)
        assert refused.value.field == field
        session.refresh(item)
    attempt(ItemState.MERGED, merged_into=kept.public_id)
    assert item.merged_into_id == kept.id


def test_a_decision_needs_its_phase_and_its_reason(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee)
    with pytest.raises(Invalid, match="why it was decided"):
        decisions.decide(
            session,
            summit,
            item,
            decisions.Decision(ItemState.ADOPTED, {"en": " "}),
            actor="x",
            now=TODAY,
        )
    session.exec(select(Phase)).one().closes_at = TODAY
    session.flush()
    with pytest.raises(Closed, match="No phase"):
        decisions.decide(
            session,
            summit,
            item,
            decisions.Decision(ItemState.ADOPTED, {"en": "Yes."}),
            actor="x",
            now=TODAY,
        )


def test_a_decided_item_is_opened_again_only_with_a_reason_that_stays(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    for attempt in (
        lambda: describe(session, item),
        lambda: services.link_contribution(session, item, "x", TODAY),
        lambda: decide(session, summit, item, committee),
    ):
        with pytest.raises(Closed):
            attempt()
    with pytest.raises(Invalid, match="why it is opened"):
        decisions.reopen(session, summit, item, reason={}, actor="x", now=TODAY)
    decisions.reopen(session, summit, item, reason={"en": "New."}, actor="x", now=TODAY)
    decide(session, summit, item, committee, ItemState.REJECTED)
    history = [(e.kind.value, e.state.value) for e in decisions.events(session, item)]
    assert history == [
        ("proposed", "candidate"),
        ("review_started", "in_review"),
        ("decided", "adopted"),
        ("reopened", "candidate"),
        ("review_started", "in_review"),
        ("decided", "rejected"),
    ]
    assert decisions.find_altered(session, summit) == []


def _race(store, acts):
    """Run each act in a transaction of its own, at the same time; what each raised."""
    barrier = threading.Barrier(len(acts))
    failures: list[Exception | None] = [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            with store.transaction() as session:
                act(session)
        except (DomainError, IntegrityError) as error:
            failures[place] = error

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_of_parallel_decisions_one_stands(store):
    with store.transaction() as session:
        summit = make_summit(session)
        committee = make_committee(session, summit)
        item = make_item(session, summit, run=make_run(session, summit))
        judge(session, summit, item, committee)

    def act(session):
        mine = session.exec(select(AgendaItem)).one()
        here = session.exec(select(Consultation)).one()
        decision = decisions.Decision(ItemState.ADOPTED, {"en": "Yes."})
        decisions.decide(session, here, mine, decision, actor="x", now=TODAY)

    failures = _race(store, [act] * 4)
    assert sum(failure is None for failure in failures) == 1
    with store.read_session() as session:
        kinds = [event.kind for event in session.exec(select(ItemEvent))]
    assert kinds.count("decided") == 1


def test_parallel_placing_stays_within_the_budget(store):
    with store.transaction() as session:
        summit = make_summit(session)
        committee = make_committee(session, summit)
        run = make_run(session, summit)
        for code in ("water", "work", "rights", "energy"):
            decide(session, summit, make_item(session, summit, code, run=run), committee)
        programme.save_track(session, summit, plan(minutes=60, slots=2))
        ids = [item.public_id for item in session.exec(select(AgendaItem))]

    def act(key):
        def place_it(session):
            track = session.exec(select(AgendaTrack)).one()
            query = select(AgendaItem).where(AgendaItem.public_id == key)
            programme.place(session, session.exec(query).one(), track, 30)

        return place_it

    failures = _race(store, [act(key) for key in ids])
    assert sum(failure is None for failure in failures) == 2
    with store.read_session() as session:
        slots = [item.slot for item in session.exec(select(AgendaItem)) if item.slot]
    assert sorted(slots) == [1, 2]
