"""The programme: tracks with budgets, places and leads."""

import pytest

from core.errors import Closed, Conflict
from results.agenda import programme
from results.agenda.models import ItemState
from tests.support.agenda import (
    decide,
    make_item,
    plan,
)


def test_a_track_refuses_more_than_its_budget_in_a_clear_sentence(place):
    session, summit, committee, run = place
    track = programme.save_track(session, summit, plan())
    items = [
        decide(session, summit, make_item(session, summit, code, run=run), committee)
        for code in ("water", "work")
    ]
    programme.place(session, items[0], track, 70)
    with session.begin_nested() as savepoint:
        with pytest.raises(
            Conflict, match=r"“Ministers” has 100 minutes, and 110 would be needed.*at most 30"
        ):
            programme.place(session, items[1], track, 40)
        savepoint.rollback()
    programme.place(session, items[1], track, 30)
    with pytest.raises(Conflict, match="has 90 minutes"):
        programme.save_track(session, summit, plan(minutes=90), track)


def test_order_within_a_track_moves_by_one(place):
    session, summit, committee, run = place
    track = programme.save_track(session, summit, plan())
    items = [
        decide(session, summit, make_item(session, summit, code, run=run), committee)
        for code in ("water", "work", "rights")
    ]
    for item in items:
        programme.place(session, item, track, 20)
    programme.move_in_track(session, items[2], -1)
    (strand,) = programme.strands(session, summit.id)
    assert [p.item.challenge_code for p in strand.places] == ["water", "rights", "work"]
    assert [p.item.slot for p in strand.places] == [1, 2, 3]
    with pytest.raises(Conflict, match="out of the track first"):
        programme.delete_track(session, track)
    programme.unplace(session, items[0])
    (strand,) = programme.strands(session, summit.id)
    assert [(p.item.challenge_code, p.item.slot) for p in strand.places] == [
        ("rights", 1),
        ("work", 2),
    ]


def test_a_lead_in_two_places_is_refused(place):
    session, summit, committee, run = place
    tracks = [
        programme.save_track(session, summit, plan(title={"en": name})) for name in ("A", "B")
    ]
    for code, track in (("water", tracks[0]), ("work", tracks[1])):
        item = make_item(session, summit, code, run=run, lead="Audit group")
        decide(session, summit, item, committee)
        if track is tracks[0]:
            programme.place(session, item, track, 20)
            continue
        with pytest.raises(Conflict, match="“Audit group” would present in “A” and in “B”"):
            programme.place(session, item, track, 20)


def test_only_adopted_items_have_a_place(place):
    session, summit, committee, run = place
    track = programme.save_track(session, summit, plan())
    item = decide(
        session, summit, make_item(session, summit, run=run), committee, ItemState.REJECTED
    )
    with pytest.raises(Closed, match="Only adopted"):
        programme.place(session, item, track, 20)
