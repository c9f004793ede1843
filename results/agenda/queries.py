"""Reads of the agenda, and of the trail from an item to contributions; trails.py leads back."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Consultation
from core.errors import NotFound
from core.i18n import _
from results.agenda.models import AgendaItem, Evidence, Overlap
from results.models import AnalysisRun, ConfirmedTopic


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
