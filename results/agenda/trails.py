"""The trail from contributions to the agenda: of many at once, in a few queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlmodel import Session, col, or_, select

from consultation.contributions.models import Contribution
from results.agenda.models import AgendaItem, AgendaTrack, Evidence, EvidenceKind
from results.models import ConfirmedTopic
from results.rounds.lineage import Became, Place, Tree, became, brought, places_of, tree_of
from results.rounds.models import SourceKind

T = TypeVar("T")
#: What evidence calls the groups of texts that it names.
_GROUPS = {EvidenceKind.TOPIC: SourceKind.TOPIC, EvidenceKind.THEME: SourceKind.THEME}


@dataclass(frozen=True, slots=True)
class Trail:
    """Where one contribution went: the topics people confirmed, and the items it is behind."""

    contribution: Contribution
    is_in_a_run: bool
    topics: list[ConfirmedTopic]
    items: list[AgendaItem]
    #: What an item was merged into, and the track it has, by the item's id.
    merged_into: dict[int, AgendaItem] = field(default_factory=dict)
    tracks: dict[int, AgendaTrack] = field(default_factory=dict)
    #: Items that rounds asked about because of it.
    asked: list[Became] = field(default_factory=list)


def trail(session: Session, contribution: Contribution, tree: Tree | None = None) -> Trail:
    """From a contribution to the agenda: directly, through a topic, or through an item of a round."""
    tree = tree or tree_of(session, contribution.consultation_id)
    places = places_of(session, [contribution.id])
    return trails(session, [contribution], tree, places)[contribution.id]


def trails(
    session: Session,
    contributions: Sequence[Contribution],
    tree: Tree,
    places: Mapping[str, Collection[Place]],
) -> dict[str, Trail]:
    """The trails of contributions of one consultation, through the places that are named."""
    if not contributions:
        return {}
    named = _confirmed(session, places.values())
    evidence = _evidence(session, contributions)
    items = {row.id: _items(row, evidence, tree, places[row.id]) for row in contributions}
    shown = {item.id: item for own in items.values() for item in own}
    merged_into = _merged_into(session, shown.values())
    tracks = _tracks(session, shown.values())
    return {
        row.id: Trail(
            contribution=row,
            is_in_a_run=any(kind is SourceKind.TOPIC for kind, _run, _key in places[row.id]),
            topics=[topic for place, topic in named.items() if place in places[row.id]],
            items=items[row.id],
            merged_into=_of(items[row.id], merged_into),
            tracks=_of(items[row.id], tracks),
            asked=became(tree, row.id, places[row.id]),
        )
        for row in contributions
    }


def _confirmed(
    session: Session, places: Iterable[Collection[Place]]
) -> dict[Place, ConfirmedTopic]:
    """The topics to which people gave a name, in the order in which they did."""
    runs = {run for own in places for kind, run, _key in own if kind is SourceKind.TOPIC}
    found = session.exec(
        select(ConfirmedTopic)
        .where(col(ConfirmedTopic.run_id).in_(runs))
        .order_by(col(ConfirmedTopic.run_id), col(ConfirmedTopic.id))
    )
    return {(SourceKind.TOPIC, topic.run_id, str(topic.topic)): topic for topic in found}


def _evidence(
    session: Session, contributions: Sequence[Contribution]
) -> list[tuple[AgendaItem, Evidence]]:
    """Items with what they rest on: these texts, or anything that many texts stand behind."""
    found = session.exec(
        select(AgendaItem, Evidence)
        .join(Evidence, col(Evidence.item_id) == col(AgendaItem.id))
        .where(
            AgendaItem.consultation_id == contributions[0].consultation_id,
            or_(
                col(Evidence.contribution_id).in_([row.id for row in contributions]),
                col(Evidence.kind).in_([*_GROUPS, EvidenceKind.RANKING]),
            ),
        )
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    )
    return [(item, evidence) for item, evidence in found]


def _items(
    contribution: Contribution,
    evidence: Iterable[tuple[AgendaItem, Evidence]],
    tree: Tree,
    places: Collection[Place],
) -> list[AgendaItem]:
    reached = {
        later.id
        for item, _source in brought(tree, contribution.id, places)
        for later in tree.after(item)
    }
    found: dict[int | None, AgendaItem] = {}
    for item, one in evidence:
        if (
            one.contribution_id == contribution.id
            or (one.kind in _GROUPS and (_GROUPS[one.kind], one.run_id, one.row_key) in places)
            or (one.kind is EvidenceKind.RANKING and _is_ranked(tree, one, reached))
        ):
            found[item.id] = item
    return list(found.values())


def _is_ranked(tree: Tree, evidence: Evidence, reached: Collection[int | None]) -> bool:
    """Whether it is the rank of what a round asked because of the contribution."""
    if not reached:
        return False
    about = tree.ranked(evidence.table_name or "", evidence.row_key or "")
    return about is not None and about.id in reached


def _of(items: Iterable[AgendaItem], found: Mapping[int, T]) -> dict[int, T]:
    return {item.id or 0: found[item.id or 0] for item in items if item.id in found}


def _merged_into(session: Session, shown: Collection[AgendaItem]) -> dict[int, AgendaItem]:
    wanted = {item.merged_into_id for item in shown if item.merged_into_id is not None}
    targets = {
        item.id: item
        for item in session.exec(select(AgendaItem).where(col(AgendaItem.id).in_(wanted)))
    }
    return {
        item.id or 0: targets[item.merged_into_id]
        for item in shown
        if item.merged_into_id in targets
    }


def _tracks(session: Session, shown: Collection[AgendaItem]) -> dict[int, AgendaTrack]:
    wanted = {item.track_id for item in shown if item.track_id is not None}
    found = {
        track.id: track
        for track in session.exec(select(AgendaTrack).where(col(AgendaTrack.id).in_(wanted)))
    }
    return {item.id or 0: found[item.track_id] for item in shown if item.track_id in found}
