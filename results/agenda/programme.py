"""The programme: tracks with a budget of minutes and slots, and items in them without a clash."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from consultation.process.models import Consultation
from core.errors import Closed, Conflict, Invalid, NotFound
from core.i18n import _, text_in
from results.agenda.drafts.queries import must_be_open
from results.agenda.models import AgendaItem, AgendaTrack, ItemState
from results.agenda.services import words

Texts = dict[str, str]
MOST_TRACKS = 20
#: A day and a night: longer tracks are several tracks.
MOST_MINUTES = 24 * 60
MOST_SLOTS = 50
_APART = 1_000


@dataclass(frozen=True, slots=True)
class Placed:
    """An item at its time."""

    item: AgendaItem
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Strand:
    """A track with what stands in it."""

    track: AgendaTrack
    places: tuple[Placed, ...]

    @property
    def minutes_used(self) -> int:
        return sum(place.item.minutes or 0 for place in self.places)

    @property
    def minutes_left(self) -> int:
        return self.track.minutes - self.minutes_used

    @property
    def slots_left(self) -> int:
        return self.track.slots - len(self.places)

    @property
    def ends_at(self) -> datetime:
        """When the track's time is over, used or not."""
        return self.track.starts_at + timedelta(minutes=self.track.minutes)


def timetable(track: AgendaTrack, items: Iterable[AgendaItem]) -> Strand:
    """Items one after the other from the start of their track."""
    places = []
    moment = track.starts_at
    for item in sorted(items, key=lambda item: item.slot or 0):
        end = moment + timedelta(minutes=item.minutes or 0)
        places.append(Placed(item, moment, end))
        moment = end
    return Strand(track, tuple(places))


class ClashKind(StrEnum):
    """What cannot be in two places."""

    ROOM = "room"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Clash:
    """One room or one lead wanted in two tracks at a time."""

    kind: ClashKind
    name: str
    first: AgendaTrack
    second: AgendaTrack


def clashes(strands: list[Strand]) -> list[Clash]:
    """Rooms given to two tracks at a time, and leads who would present in two at a time.

    A room belongs to its track for the whole of the track's time. Times are half open: what ends
    at ten does not clash with what starts at ten. Names are compared without regard to case.
    """
    found = []
    for place, first in enumerate(strands):
        for second in strands[place + 1 :]:
            room = first.track.room.strip().casefold()
            if (
                room
                and room == second.track.room.strip().casefold()
                and first.track.starts_at < second.ends_at
                and second.track.starts_at < first.ends_at
            ):
                found.append(Clash(ClashKind.ROOM, first.track.room, first.track, second.track))
            found += [
                Clash(ClashKind.LEAD, one.item.lead, first.track, second.track)
                for one in first.places
                for other in second.places
                if one.item.lead
                and one.item.lead.casefold() == other.item.lead.casefold()
                and one.starts_at < other.ends_at
                and other.starts_at < one.ends_at
            ]
    return found


def strands(session: Session, consultation_id: int) -> list[Strand]:
    """All tracks of an agenda in their order."""
    tracks = session.exec(
        select(AgendaTrack)
        .where(AgendaTrack.consultation_id == consultation_id)
        .order_by(col(AgendaTrack.position))
    ).all()
    placed = session.exec(
        select(AgendaItem).where(
            AgendaItem.consultation_id == consultation_id, col(AgendaItem.track_id).is_not(None)
        )
    ).all()
    return [
        timetable(track, [item for item in placed if item.track_id == track.id]) for track in tracks
    ]


def track_by_public_id(session: Session, consultation: Consultation, public_id: str) -> AgendaTrack:
    found = session.exec(
        select(AgendaTrack).where(
            AgendaTrack.public_id == public_id, AgendaTrack.consultation_id == consultation.id
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such track."))
    return found


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """What a track is given."""

    title: Texts
    starts_at: datetime
    minutes: int
    slots: int
    audience: Texts
    room: str = ""


def save_track(
    session: Session, consultation: Consultation, plan: TrackPlan, track: AgendaTrack | None = None
) -> AgendaTrack:
    """Make a track or change one; what stands in it must still fit."""
    must_be_open(session, consultation.id or 0)
    if not words(plan.title):
        raise Invalid(_("Enter a title."), field="title")
    if not (0 < plan.minutes <= MOST_MINUTES and 0 < plan.slots <= MOST_SLOTS):
        raise Invalid(
            _(
                "Give the track 1 to %(minutes)s minutes and 1 to %(slots)s slots.",
                minutes=MOST_MINUTES,
                slots=MOST_SLOTS,
            )
        )
    row = track or _new_track(session, consultation, plan)
    row.title = words(plan.title)
    row.audience = words(plan.audience)
    row.room = plan.room.strip()
    row.starts_at = plan.starts_at
    row.minutes = plan.minutes
    row.slots = plan.slots
    session.add(row)
    session.flush()
    _must_fit(session, row)
    return row


def _new_track(session: Session, consultation: Consultation, plan: TrackPlan) -> AgendaTrack:
    others = session.exec(
        select(AgendaTrack.position).where(AgendaTrack.consultation_id == consultation.id)
    ).all()
    if len(others) >= MOST_TRACKS:
        raise Invalid(_("An agenda has at most %(limit)s tracks.", limit=MOST_TRACKS))
    return AgendaTrack(
        consultation_id=consultation.id or 0,
        position=max(others, default=0) + 1,
        title=plan.title,
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        slots=plan.slots,
    )


def delete_track(session: Session, track: AgendaTrack) -> None:
    """Take an empty track away."""
    must_be_open(session, track.consultation_id)
    standing = session.exec(select(AgendaItem.id).where(AgendaItem.track_id == track.id)).first()
    if standing is not None:
        raise Conflict(_("Take the items out of the track first."))
    session.delete(track)
    session.flush()


def place(session: Session, item: AgendaItem, track: AgendaTrack, minutes: int) -> None:
    """Put an adopted item at the end of a track, where its budget allows it."""
    must_be_open(session, item.consultation_id)
    session.refresh(item, with_for_update=True)
    if item.state is not ItemState.ADOPTED:
        raise Closed(_("Only adopted items have a place in the programme."))
    if minutes <= 0 or minutes > MOST_MINUTES:
        raise Invalid(_("Give the item a number of minutes above 0."), field="minutes")
    others = [
        row.slot or 0
        for row in session.exec(select(AgendaItem).where(AgendaItem.track_id == track.id))
        if row.id != item.id
    ]
    stays = item.track_id == track.id
    item.slot = item.slot if stays else max(others, default=0) + 1
    item.track_id = track.id
    item.minutes = minutes
    session.add(item)
    session.flush()
    _must_fit(session, track)


def unplace(session: Session, item: AgendaItem) -> None:
    """Take an item out of its track; what stood behind it moves up."""
    must_be_open(session, item.consultation_id)
    track_id = item.track_id
    item.track_id = None
    item.slot = None
    item.minutes = None
    session.add(item)
    session.flush()
    _number(
        session,
        session.exec(
            select(AgendaItem)
            .where(AgendaItem.track_id == track_id, col(AgendaItem.track_id).is_not(None))
            .order_by(col(AgendaItem.slot))
        ).all(),
    )


def _number(session: Session, ordered: Sequence[AgendaItem]) -> None:
    """Give items their slots from 1 on.

    Two items must not hold one slot, not even for a moment: first out of the way, then in.
    """
    for apart in (_APART, 0):
        for slot, other in enumerate(ordered, start=1):
            other.slot = slot + apart
            session.add(other)
        session.flush()


def move_in_track(session: Session, item: AgendaItem, step: int) -> None:
    """Exchange an item with its neighbour in the track."""
    must_be_open(session, item.consultation_id)
    ordered = list(
        session.exec(
            select(AgendaItem)
            .where(AgendaItem.track_id == item.track_id)
            .order_by(col(AgendaItem.slot))
        )
    )
    if item.track_id is None:
        raise Conflict(_("This item has no place in a track."))
    at = next(index for index, other in enumerate(ordered) if other.id == item.id)
    target = min(max(at + step, 0), len(ordered) - 1)
    ordered.insert(target, ordered.pop(at))
    _number(session, ordered)
    track = session.exec(select(AgendaTrack).where(AgendaTrack.id == item.track_id)).one()
    _must_fit(session, track)


def _must_fit(session: Session, track: AgendaTrack) -> None:
    """Refuse more than the budget of a track, and clashes with other tracks."""
    everything = strands(session, track.consultation_id)
    strand = next(one for one in everything if one.track.id == track.id)
    language = next(iter(track.title), "en")
    name = text_in(track.title, language)
    if strand.minutes_left < 0:
        raise Conflict(
            _(
                "“%(track)s” has %(budget)s minutes, and %(used)s would be needed. Give the item "
                "at most %(left)s minutes, or take another one out.",
                track=name,
                budget=track.minutes,
                used=strand.minutes_used,
                left=max(strand.minutes_left + (strand.places[-1].item.minutes or 0), 0),
            )
        )
    if strand.slots_left < 0:
        raise Conflict(
            _(
                "“%(track)s” has %(slots)s slots, and all are taken. Take an item out first.",
                track=name,
                slots=track.slots,
            )
        )
    for clash in clashes(everything):
        raise Conflict(_say(clash, language))


def _say(clash: Clash, language: str) -> str:
    first, second = text_in(clash.first.title, language), text_in(clash.second.title, language)
    if clash.kind is ClashKind.ROOM:
        return _(
            "The room “%(room)s” would hold “%(first)s” and “%(second)s” at the same time.",
            room=clash.name,
            first=first,
            second=second,
        )
    return _(
        "“%(lead)s” would present in “%(first)s” and in “%(second)s” at the same time.",
        lead=clash.name,
        first=first,
        second=second,
    )
