"""Writes of an item that is not decided yet: its words, who else works on it, its evidence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consultation.contributions.models import Channel, Contribution, ContributionState
from core.errors import Closed, Invalid, NotFound
from core.i18n import _
from results.agenda.drafts.queries import must_be_open
from results.agenda.models import (
    AgendaItem,
    Body,
    Evidence,
    EvidenceKind,
    ItemState,
    Overlap,
    Scope,
)
from results.models import AnalysisRun, Audience
from results.runs import by_public_id as run_by_public_id
from results.runs import tables

__all__ = ["run_by_public_id"]
Texts = dict[str, str]
LONGEST_TITLE = 200
MOST_OVERLAPS = 20
MOST_EVIDENCE = 200


def words(texts: Texts) -> Texts:
    """The texts that say something, without the blanks around them."""
    return {code: text.strip() for code, text in texts.items() if text.strip()}


@dataclass(frozen=True, slots=True)
class Wording:
    """What an item says."""

    title: Texts
    problem: Texts
    deliverable: Texts
    rationale: Texts
    scope: Scope | None
    scope_note: Texts
    lead: str = ""
    nobody_else: bool = False


def edit_item(session: Session, item: AgendaItem, wording: Wording) -> None:
    """Change the words of a candidate; judges and decisions need words that stand still."""
    must_be_candidate(session, item)
    title = words(wording.title)
    if not title:
        raise Invalid(_("Enter a title."), field="title")
    if wording.nobody_else and _overlaps(session, item):
        raise Invalid(
            _("Others who work on it are listed. Remove them, or take back that nobody else does."),
            field="nobody_else",
        )
    item.title = title
    item.problem = words(wording.problem)
    item.deliverable = words(wording.deliverable)
    item.rationale = words(wording.rationale)
    item.scope = wording.scope
    item.scope_note = words(wording.scope_note)
    item.lead = wording.lead.strip()
    item.nobody_else = wording.nobody_else
    session.add(item)
    session.flush()


def _overlaps(session: Session, item: AgendaItem) -> list[Overlap]:
    return list(session.exec(select(Overlap).where(Overlap.item_id == item.id)))


def add_overlap(
    session: Session, item: AgendaItem, *, body: Body, name: str, complements: Texts
) -> Overlap:
    """Say who else works on it, and how the item complements that."""
    must_be_candidate(session, item)
    how = words(complements)
    if not how:
        raise Invalid(_("Say how the item complements what they do."), field="complements")
    if body is Body.OTHER and not name.strip():
        raise Invalid(_("Name the body that works on it."), field="name")
    if len(_overlaps(session, item)) >= MOST_OVERLAPS:
        raise Invalid(_("List at most %(limit)s bodies.", limit=MOST_OVERLAPS), field="name")
    item.nobody_else = False
    made = Overlap(item_id=item.id or 0, body=body, name=name.strip(), complements=how)
    session.add_all([item, made])
    session.flush()
    return made


def remove_overlap(session: Session, item: AgendaItem, public_id: str) -> None:
    must_be_candidate(session, item)
    found = session.exec(
        select(Overlap).where(Overlap.item_id == item.id, Overlap.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("This entry is not there any more."))
    session.delete(found)
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
    must_be_undecided(session, item)
    if run.consultation_id != item.consultation_id:
        raise NotFound(_("There is no such run in this consultation."))
    row = row_of(session, run, table_name, row_key)
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
    must_be_undecided(session, item)
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
    is_minute = contribution.channel is Channel.DIALOGUE
    return _add(
        session,
        Evidence(
            item_id=item.id or 0,
            kind=EvidenceKind.MINUTE if is_minute else EvidenceKind.CONTRIBUTION,
            contribution_id=contribution_id,
            added_at=now,
        ),
    )


def unlink(session: Session, item: AgendaItem, public_id: str) -> None:
    """Take a link back while nothing is decided."""
    must_be_undecided(session, item)
    found = session.exec(
        select(Evidence).where(Evidence.item_id == item.id, Evidence.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("This evidence is not linked any more."))
    session.delete(found)
    session.flush()


def move(session: Session, item: AgendaItem, step: int) -> None:
    """Exchange an item with its neighbour."""
    must_be_open(session, item.consultation_id)
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


def row_of(session: Session, run: AnalysisRun, table_name: str, row_key: str) -> dict[str, Any]:
    """The row of a run's table that evidence names."""
    return find_row(tables(session, run, Audience.COMMITTEE), table_name, row_key)


def find_row(documents: dict[str, dict[str, Any]], table_name: str, row_key: str) -> dict[str, Any]:
    for row in documents.get(table_name, {}).get("rows", []):
        if str(row.get("key")) == row_key:
            found: dict[str, Any] = row
            return found
    raise NotFound(_("The run has no such row."))


def _kind_of(table_name: str) -> EvidenceKind:
    room = table_name.partition("/")[0]
    known = {
        "ranking": EvidenceKind.RANKING,
        "topics": EvidenceKind.TOPIC,
        "themes": EvidenceKind.THEME,
    }
    return known.get(room, EvidenceKind.SUMMARY)


def must_be_candidate(session: Session, item: AgendaItem) -> None:
    must_be_undecided(session, item)
    if item.state is not ItemState.CANDIDATE:
        raise Closed(
            _("The committee is judging this item. Take it back before you change its words.")
        )


def must_be_undecided(session: Session, item: AgendaItem) -> None:
    """Read again under a lock, so that no change slips past a decision of the same moment."""
    must_be_open(session, item.consultation_id)
    session.refresh(item, with_for_update=True)
    if item.is_decided:
        raise Closed(_("This item was decided. What was decided is not rewritten."))


def _add(session: Session, evidence: Evidence) -> Evidence:
    linked = session.exec(select(Evidence.id).where(Evidence.item_id == evidence.item_id)).all()
    if len(linked) >= MOST_EVIDENCE:
        raise Invalid(_("Link at most %(limit)s pieces of evidence.", limit=MOST_EVIDENCE))
    session.add(evidence)
    session.flush()
    return evidence
