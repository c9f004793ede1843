"""Writes of the agenda: build an item, link its evidence, decide. People decide, never a run."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Challenge, Consultation
from core.errors import Closed, Invalid, NotFound
from core.i18n import _
from results.agenda.models import AgendaItem, Evidence, EvidenceKind, ItemState
from results.models import AnalysisRun, Audience, ConfirmedTopic, RunState
from results.runs import tables

DECISIONS = (ItemState.ADOPTED, ItemState.DEFERRED, ItemState.REJECTED)


def add_item(
    session: Session,
    consultation: Consultation,
    *,
    title: dict[str, str],
    now: datetime,
    challenge_code: str | None = None,
) -> AgendaItem:
    """A new draft item at the end of the agenda."""
    if not any(text.strip() for text in title.values()):
        raise Invalid(_("Enter a title."), field="title")
    last = session.exec(
        select(func.max(AgendaItem.position)).where(AgendaItem.consultation_id == consultation.id)
    ).one()
    item = AgendaItem(
        consultation_id=consultation.id or 0,
        position=(last or 0) + 1,
        title={code: text.strip() for code, text in title.items() if text.strip()},
        challenge_code=challenge_code,
        created_at=now,
    )
    session.add(item)
    session.flush()
    return item


def add_item_from_challenge(
    session: Session, consultation: Consultation, code: str, now: datetime
) -> AgendaItem:
    """A draft item named after a challenge of this consultation."""
    challenge = session.exec(
        select(Challenge).where(
            Challenge.consultation_id == consultation.id, Challenge.code == code
        )
    ).one_or_none()
    if challenge is None:
        raise NotFound(_("This consultation has no such challenge."))
    return add_item(
        session, consultation, title=challenge.title, now=now, challenge_code=challenge.code
    )


def add_item_from_topic(
    session: Session, consultation: Consultation, topic: ConfirmedTopic, now: datetime
) -> AgendaItem:
    """A draft item named after a confirmed topic, with the topic as its first evidence."""
    item = add_item(session, consultation, title=topic.label, now=now)
    run = session.exec(select(AnalysisRun).where(AnalysisRun.id == topic.run_id)).one()
    link_figures(session, item, run, table_name="topics", row_key=str(topic.topic), now=now)
    return item


def edit_item(
    session: Session, item: AgendaItem, *, title: dict[str, str], rationale: dict[str, str]
) -> None:
    """Change the words of a draft; a decided item keeps its words."""
    _must_be_draft(item)
    if not any(text.strip() for text in title.values()):
        raise Invalid(_("Enter a title."), field="title")
    item.title = {code: text.strip() for code, text in title.items() if text.strip()}
    item.rationale = {code: text.strip() for code, text in rationale.items() if text.strip()}
    session.add(item)
    session.flush()


def link_figures(
    session: Session,
    item: AgendaItem,
    run: AnalysisRun,
    *,
    table_name: str,
    row_key: str,
    now: datetime,
) -> Evidence:
    """Link a row of a run's table; its figures are copied, because figures freeze."""
    _must_be_draft(item)
    if run.consultation_id != item.consultation_id:
        raise NotFound(_("There is no such run in this consultation."))
    row = find_row(tables(session, run, Audience.COMMITTEE), table_name, row_key)
    known = select(Evidence).where(
        Evidence.item_id == item.id,
        Evidence.run_id == run.id,
        Evidence.table_name == table_name,
        Evidence.row_key == row_key,
    )
    found = session.exec(known).one_or_none()
    if found is not None:
        return found
    return _add(
        session,
        Evidence(
            item_id=item.id or 0,
            kind=_kind_of(table_name),
            run_id=run.id,
            table_name=table_name,
            row_key=row_key,
            figures=row,
            added_at=now,
        ),
    )


def link_contribution(
    session: Session, item: AgendaItem, contribution_id: str, now: datetime
) -> Evidence:
    """Link one contribution of this consultation; its words stay where they are."""
    _must_be_draft(item)
    contribution = session.exec(
        select(Contribution).where(
            Contribution.id == contribution_id,
            Contribution.consultation_id == item.consultation_id,
            Contribution.state == ContributionState.RECEIVED,
        )
    ).one_or_none()
    if contribution is None:
        raise NotFound(_("There is no such contribution in this consultation."))
    found = session.exec(
        select(Evidence).where(
            Evidence.item_id == item.id, Evidence.contribution_id == contribution_id
        )
    ).one_or_none()
    if found is not None:
        return found
    return _add(
        session,
        Evidence(
            item_id=item.id or 0,
            kind=EvidenceKind.CONTRIBUTION,
            contribution_id=contribution_id,
            added_at=now,
        ),
    )


def unlink(session: Session, item: AgendaItem, public_id: str) -> None:
    """Take a link back while the item is a draft."""
    _must_be_draft(item)
    found = session.exec(
        select(Evidence).where(Evidence.item_id == item.id, Evidence.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("This evidence is not linked any more."))
    session.delete(found)
    session.flush()


def decide(
    session: Session,
    item: AgendaItem,
    *,
    state: ItemState,
    reason: dict[str, str],
    actor: str,
    now: datetime,
) -> None:
    """Adopt, defer or reject an item, once, with a reason that contributors will read."""
    _must_be_draft(item)
    if state not in DECISIONS:
        raise Invalid(_("Choose what was decided."), field="state")
    words = {code: text.strip() for code, text in reason.items() if text.strip()}
    if not words:
        raise Invalid(
            _("Write why it was decided this way. Contributors will read it."), field="reason"
        )
    if state is ItemState.ADOPTED and not any(item.rationale.values()):
        raise Invalid(_("Write the rationale before the item is adopted."), field="state")
    if _rests_on_unpublished_figures(session, item):
        raise Invalid(
            _("Publish the run behind the evidence first: what is decided can be looked up."),
            field="state",
        )
    item.state = state
    item.decision_reason = words
    item.decided_at = now
    item.decided_by = actor
    session.add(item)
    session.flush()


def _rests_on_unpublished_figures(session: Session, item: AgendaItem) -> bool:
    found = session.exec(
        select(AnalysisRun.id)
        .join(Evidence, col(Evidence.run_id) == col(AnalysisRun.id))
        .where(Evidence.item_id == item.id, AnalysisRun.state != RunState.PUBLISHED)
    ).first()
    return found is not None


def move(session: Session, item: AgendaItem, step: int) -> None:
    """Exchange an item with its neighbour."""
    ordered = list(
        session.exec(
            select(AgendaItem)
            .where(AgendaItem.consultation_id == item.consultation_id)
            .order_by(col(AgendaItem.position), col(AgendaItem.id))
        )
    )
    place = next(index for index, other in enumerate(ordered) if other.id == item.id)
    target = min(max(place + step, 0), len(ordered) - 1)
    ordered.insert(target, ordered.pop(place))
    for position, other in enumerate(ordered, start=1):
        other.position = position
        session.add(other)
    session.flush()


def find_row(documents: dict[str, dict[str, Any]], table_name: str, row_key: str) -> dict[str, Any]:
    """The row of a run's table that evidence names."""
    for row in documents.get(table_name, {}).get("rows", []):
        if str(row.get("key")) == row_key:
            found: dict[str, Any] = row
            return found
    raise NotFound(_("The run has no such row."))


def _kind_of(table_name: str) -> EvidenceKind:
    room = table_name.rpartition("/")[0] or table_name
    if "ranking" in room or table_name.startswith("ranking"):
        return EvidenceKind.RANKING
    return EvidenceKind.TOPIC if table_name.startswith("topics") else EvidenceKind.SUMMARY


def _must_be_draft(item: AgendaItem) -> None:
    if item.state is not ItemState.DRAFT:
        raise Closed(_("This item was decided. What was decided is not rewritten."))


def _add(session: Session, evidence: Evidence) -> Evidence:
    session.add(evidence)
    session.flush()
    return evidence
