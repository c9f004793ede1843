"""Reads of the agenda, and of the trail from an item to contributions and back."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Consultation
from core.errors import NotFound
from core.i18n import _
from results.agenda.models import (
    AgendaItem,
    AgendaTrack,
    Evidence,
    EvidenceKind,
    Overlap,
)
from results.models import AnalysisRun, ConfirmedTopic, TopicMember
from results.rounds.lineage import Became, Tree, became, brought, tree_of
from results.workbench.models import ThemeMember


@dataclass(frozen=True, slots=True)
class Link:
    """One piece of evidence, ready to show."""

    evidence: Evidence
    run_public_id: str | None
    computed_at: datetime | None
    #: None where it was withdrawn or may not be quoted.
    quote: str | None
    contribution: Contribution | None


@dataclass(frozen=True, slots=True)
class ItemWithEvidence:
    """An item and what it rests on. Without evidence it is called committee-originated."""

    item: AgendaItem
    links: list[Link]

    @property
    def is_committee_originated(self) -> bool:
        return not self.links and self.item.carried_from_id is None


def items(session: Session, consultation: Consultation) -> list[AgendaItem]:
    return list(
        session.exec(
            select(AgendaItem)
            .where(AgendaItem.consultation_id == consultation.id)
            .order_by(col(AgendaItem.position), col(AgendaItem.id))
        )
    )


def item_by_public_id(session: Session, consultation: Consultation, public_id: str) -> AgendaItem:
    item = session.exec(
        select(AgendaItem).where(
            AgendaItem.public_id == public_id, AgendaItem.consultation_id == consultation.id
        )
    ).one_or_none()
    if item is None:
        raise NotFound(_("There is no such agenda item."))
    return item


def overlaps(session: Session, item: AgendaItem) -> list[Overlap]:
    return list(
        session.exec(select(Overlap).where(Overlap.item_id == item.id).order_by(col(Overlap.id)))
    )


def with_evidence(session: Session, shown: list[AgendaItem]) -> list[ItemWithEvidence]:
    """Items with their evidence, as the committee reads them."""
    found = session.exec(
        select(Evidence, AnalysisRun, Contribution)
        .outerjoin(AnalysisRun, col(AnalysisRun.id) == col(Evidence.run_id))
        .outerjoin(Contribution, col(Contribution.id) == col(Evidence.contribution_id))
        .where(col(Evidence.item_id).in_([item.id for item in shown]))
        .order_by(col(Evidence.id))
    )
    links: dict[int, list[Link]] = {}
    for evidence, run, contribution in found:
        stands = contribution is not None and contribution.state is ContributionState.RECEIVED
        links.setdefault(evidence.item_id, []).append(
            Link(
                evidence=evidence,
                run_public_id=run.public_id if run else None,
                computed_at=run.computed_at if run else None,
                quote=contribution.text if stands else None,
                contribution=contribution,
            )
        )
    return [ItemWithEvidence(item, links.get(item.id or 0, [])) for item in shown]


def merged_target(session: Session, item: AgendaItem) -> AgendaItem | None:
    """What an item was merged into."""
    return session.exec(
        select(AgendaItem).where(AgendaItem.id == item.merged_into_id)
    ).one_or_none()


def confirmed_topics(session: Session, run: AnalysisRun) -> dict[int, ConfirmedTopic]:
    """The topics of a run to which a person gave a name."""
    found = session.exec(select(ConfirmedTopic).where(ConfirmedTopic.run_id == run.id))
    return {topic.topic: topic for topic in found}


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
    memberships = session.exec(
        select(TopicMember.run_id, TopicMember.topic).where(
            TopicMember.contribution_id == contribution.id
        )
    ).all()
    topics: list[ConfirmedTopic] = []
    through: list[AgendaItem] = []
    for run_id, number in memberships:
        topics += session.exec(
            select(ConfirmedTopic).where(
                ConfirmedTopic.run_id == run_id, ConfirmedTopic.topic == number
            )
        ).all()
        through += session.exec(
            select(AgendaItem)
            .join(Evidence, col(Evidence.item_id) == col(AgendaItem.id))
            .where(
                Evidence.run_id == run_id,
                Evidence.kind == EvidenceKind.TOPIC,
                Evidence.row_key == str(number),
            )
        ).all()
    through += _through_themes(session, contribution)
    through += session.exec(
        select(AgendaItem)
        .join(Evidence, col(Evidence.item_id) == col(AgendaItem.id))
        .where(Evidence.contribution_id == contribution.id)
    ).all()
    tree = tree or tree_of(session, contribution.consultation_id)
    through += _through_rounds(session, tree, contribution)
    unique = {item.id: item for item in through}
    found = sorted(unique.values(), key=lambda item: item.position)
    return Trail(
        contribution=contribution,
        is_in_a_run=bool(memberships),
        topics=list({topic.id: topic for topic in topics}.values()),
        items=found,
        merged_into=_merged_into(session, found),
        tracks=_tracks(session, found),
        asked=became(session, tree, contribution),
    )


def _through_themes(session: Session, contribution: Contribution) -> list[AgendaItem]:
    """Items that rest on a signed-off theme to which the contribution belongs."""
    return list(
        session.exec(
            select(AgendaItem)
            .join(Evidence, col(Evidence.item_id) == col(AgendaItem.id))
            .join(
                ThemeMember,
                (col(ThemeMember.run_id) == col(Evidence.run_id))
                & (col(ThemeMember.code) == col(Evidence.row_key)),
            )
            .where(
                Evidence.kind == EvidenceKind.THEME,
                ThemeMember.contribution_id == contribution.id,
            )
        )
    )


def _through_rounds(session: Session, tree: Tree, contribution: Contribution) -> list[AgendaItem]:
    """Items that rest on the rank of what a round asked because of the contribution."""
    reached = {
        later.id
        for item, _source in brought(session, tree, contribution)
        for later in tree.after(item)
    }
    if not reached:
        return []
    ranked = session.exec(
        select(AgendaItem, Evidence)
        .join(Evidence, col(Evidence.item_id) == col(AgendaItem.id))
        .where(
            AgendaItem.consultation_id == contribution.consultation_id,
            Evidence.kind == EvidenceKind.RANKING,
        )
    )
    found = []
    for item, evidence in ranked:
        about = tree.ranked(evidence.table_name or "", evidence.row_key or "")
        if about is not None and about.id in reached:
            found.append(item)
    return found


def _merged_into(session: Session, shown: list[AgendaItem]) -> dict[int, AgendaItem]:
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


def _tracks(session: Session, shown: list[AgendaItem]) -> dict[int, AgendaTrack]:
    wanted = {item.track_id for item in shown if item.track_id is not None}
    found = {
        track.id: track
        for track in session.exec(select(AgendaTrack).where(col(AgendaTrack.id).in_(wanted)))
    }
    return {item.id or 0: found[item.track_id] for item in shown if item.track_id in found}
