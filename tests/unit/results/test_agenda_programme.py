"""Times, budgets and clashes of a programme."""

from datetime import timedelta

from results.agenda.models import AgendaItem, AgendaTrack
from results.agenda.programme import ClashKind, clashes, timetable
from tests.support.make import NOW


def track(key, *, room="", after=0, minutes=120):
    return AgendaTrack(
        id=key,
        consultation_id=1,
        position=key,
        title={"en": f"Track {key}"},
        room=room,
        starts_at=NOW + timedelta(minutes=after),
        minutes=minutes,
        slots=3,
    )


def item(slot, minutes, lead=""):
    return AgendaItem(
        consultation_id=1,
        position=slot,
        title={"en": "I"},
        slot=slot,
        minutes=minutes,
        lead=lead,
        created_at=NOW,
    )


def test_items_follow_one_another_by_slot():
    strand = timetable(track(1), [item(2, 30), item(1, 45)])
    starts = [(place.starts_at - NOW).total_seconds() / 60 for place in strand.places]
    assert starts == [0, 45]
    assert (strand.minutes_used, strand.minutes_left, strand.slots_left) == (75, 45, 1)


def test_a_lead_cannot_be_in_two_tracks_at_a_time():
    first = timetable(track(1), [item(1, 30), item(2, 30, "Audit group")])
    second = timetable(track(2), [item(1, 40, "AUDIT GROUP")])
    assert [clash.kind for clash in clashes([first, second])] == [ClashKind.LEAD]


def test_what_ends_at_ten_does_not_clash_with_what_starts_at_ten():
    first = timetable(track(1), [item(1, 30, "Audit group"), item(2, 30)])
    second = timetable(track(2, after=30), [item(1, 40, "Audit group")])
    assert clashes([first, second]) == []


def test_two_tracks_share_a_room_only_one_after_the_other():
    first = timetable(track(1, room="Hall 1"), [])
    assert clashes([first, timetable(track(2, room="hall 1 ", after=119), [])])
    assert not clashes([first, timetable(track(2, room="Hall 1", after=120), [])])
    assert not clashes([first, timetable(track(2, room="Hall 2"), [])])


def test_tracks_without_a_room_do_not_clash():
    assert clashes([timetable(track(1), []), timetable(track(2), [])]) == []
