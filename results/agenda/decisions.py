"""Decisions on items: each with a reason, sealed, and reopened only in the open."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from consultation.process import queries as process
from consultation.process.models import Consultation
from consultation.process.rules import Action, allowed
from core.errors import Closed, Invalid
from core.i18n import _
from results.agenda.drafts.queries import must_be_open
from results.agenda.models import (
    DECISIONS,
    AgendaItem,
    EventKind,
    Evidence,
    ItemEvent,
    ItemState,
    Overlap,
)
from results.agenda.review import queries as review
from results.agenda.services import must_be_undecided, words
from results.models import AnalysisRun, RunState

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, why, and what the decision names."""

    state: ItemState
    reason: Texts = field(default_factory=dict)
    merged_into: str = ""
    deferred_until: date | None = None
    referred_to: str = ""


def must_allow(session: Session, consultation: Consultation, now: datetime) -> None:
    """Decisions fall in the phases that are for them."""
    answer = allowed(process.phases(session, consultation), Action.ADOPT_AGENDA, now)
    if not answer.ok:
        raise Closed(_("No phase that allows decisions is running. The organisers set its dates."))


def decide(
    session: Session,
    consultation: Consultation,
    item: AgendaItem,
    decision: Decision,
    *,
    actor: str,
    now: datetime,
) -> ItemEvent:
    """Decide on an item that was judged, with a reason that contributors will read."""
    must_allow(session, consultation, now)
    must_be_undecided(session, item)
    _check_review(session, consultation, item, actor)
    if decision.state not in DECISIONS:
        raise Invalid(_("Choose what was decided."), field="state")
    reason = words(decision.reason)
    if not reason:
        raise Invalid(
            _("Write why it was decided this way. Contributors will read it."), field="reason"
        )
    if _rests_on_unpublished_figures(session, item):
        raise Invalid(
            _("Publish the run behind the evidence first: what is decided can be looked up."),
            field="state",
        )
    _name_targets(session, item, decision, now)
    item.state = decision.state
    item.decision_reason = reason
    item.decided_at = now
    item.decided_by = actor
    session.add(item)
    session.flush()
    event = ItemEvent(
        item_id=item.id or 0,
        kind=EventKind.DECIDED,
        state=item.state,
        reason=reason,
        details={"review": review.summary(session, item), **_targets(session, item)},
        seal=seal_of(session, item),
        actor=actor,
        at=now,
    )
    session.add(event)
    session.flush()
    return event


def _check_review(
    session: Session, consultation: Consultation, item: AgendaItem, actor: str
) -> None:
    if item.state is not ItemState.IN_REVIEW:
        raise Invalid(_("The committee judges an item before it decides on it."), field="state")
    standing = review.standing(session, consultation, item, actor)
    if standing.own is not None and standing.own.is_recused:
        raise Closed(_("You stepped aside from this item: somebody else records the decision."))
    if not standing.is_enough:
        raise Invalid(
            _(
                "%(given)s of at least %(needed)s reviews are in. Ask the others to score first.",
                given=standing.n_given,
                needed=standing.needed,
            ),
            field="state",
        )


def _name_targets(session: Session, item: AgendaItem, decision: Decision, now: datetime) -> None:
    """What the decision points at: another item, a day, another body."""
    item.merged_into_id = None
    item.deferred_until = None
    item.referred_to = ""
    if decision.state is ItemState.MERGED:
        item.merged_into_id = _merge_target(session, item, decision.merged_into).id
    if decision.state is ItemState.DEFERRED:
        if decision.deferred_until is None or decision.deferred_until <= now.date():
            raise Invalid(
                _("Name the day until which it is put off; it lies ahead."),
                field="deferred_until",
            )
        item.deferred_until = decision.deferred_until
    if decision.state is ItemState.REFERRED:
        if not decision.referred_to.strip():
            raise Invalid(_("Name the body that it is referred to."), field="referred_to")
        item.referred_to = decision.referred_to.strip()


def _merge_target(session: Session, item: AgendaItem, public_id: str) -> AgendaItem:
    target = session.exec(
        select(AgendaItem).where(
            AgendaItem.public_id == public_id, AgendaItem.consultation_id == item.consultation_id
        )
    ).one_or_none()
    if target is None or target.id == item.id:
        raise Invalid(_("Choose the item that it becomes part of."), field="merged_into")
    if target.is_decided and target.state is not ItemState.ADOPTED:
        raise Invalid(_("Choose an item that is adopted, or not yet decided."), field="merged_into")
    parts = session.exec(select(AgendaItem.id).where(AgendaItem.merged_into_id == item.id)).first()
    if parts is not None:
        raise Invalid(
            _("Other items were merged into this one, so it cannot be merged itself."),
            field="merged_into",
        )
    return target


def reopen(
    session: Session,
    consultation: Consultation,
    item: AgendaItem,
    *,
    reason: Texts,
    actor: str,
    now: datetime,
) -> None:
    """Judge a decided item again before the agenda is adopted; the old decision stays on record."""
    must_allow(session, consultation, now)
    must_be_open(session, item.consultation_id)
    session.refresh(item, with_for_update=True)
    if not item.is_decided:
        raise Invalid(_("This item is not decided."))
    if item.track_id is not None:
        raise Invalid(_("Take the item out of its track first."))
    why = words(reason)
    if not why:
        raise Invalid(_("Write why it is opened again."), field="reason")
    item.state = ItemState.CANDIDATE
    item.review_round += 1
    item.decided_at = None
    item.decided_by = None
    item.decision_reason = {}
    item.merged_into_id = None
    item.deferred_until = None
    item.referred_to = ""
    session.add(item)
    session.add(
        ItemEvent(
            item_id=item.id or 0,
            kind=EventKind.REOPENED,
            state=item.state,
            reason=why,
            actor=actor,
            at=now,
        )
    )
    session.flush()


def _rests_on_unpublished_figures(session: Session, item: AgendaItem) -> bool:
    found = session.exec(
        select(AnalysisRun.id)
        .join(Evidence, col(Evidence.run_id) == col(AnalysisRun.id))
        .where(Evidence.item_id == item.id, AnalysisRun.state != RunState.PUBLISHED)
    ).first()
    return found is not None


def _targets(session: Session, item: AgendaItem) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if item.merged_into_id is not None:
        found["merged_into"] = session.exec(
            select(AgendaItem.public_id).where(AgendaItem.id == item.merged_into_id)
        ).one()
    if item.deferred_until is not None:
        found["deferred_until"] = item.deferred_until.isoformat()
    if item.referred_to:
        found["referred_to"] = item.referred_to
    return found


def seal_of(session: Session, item: AgendaItem) -> str:
    """The hash over all that was decided upon: words, reason, who else works on it, evidence."""
    evidence = session.exec(
        select(Evidence).where(Evidence.item_id == item.id).order_by(col(Evidence.id))
    )
    overlaps = session.exec(
        select(Overlap).where(Overlap.item_id == item.id).order_by(col(Overlap.id))
    )
    content = {
        "words": [item.title, item.problem, item.deliverable, item.rationale, item.scope_note],
        "scope": item.scope.value if item.scope else None,
        "nobody_else": item.nobody_else,
        "state": item.state.value,
        "reason": item.decision_reason,
        "targets": _targets(session, item),
        "overlaps": [[row.body.value, row.name, row.complements] for row in overlaps],
        "evidence": [
            [
                *(row.kind.value, row.run_id, row.table_name, row.row_key),
                *(row.contribution_id, row.figures),
            ]
            for row in evidence
        ],
    }
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def events(session: Session, item: AgendaItem) -> list[ItemEvent]:
    """The history of an item, the oldest step first."""
    return list(
        session.exec(
            select(ItemEvent).where(ItemEvent.item_id == item.id).order_by(col(ItemEvent.id))
        )
    )


def find_altered(session: Session, consultation: Consultation) -> list[AgendaItem]:
    """Decided items that no longer are what was decided upon: somebody went around the rules."""
    altered = []
    decided = session.exec(
        select(AgendaItem)
        .where(
            AgendaItem.consultation_id == consultation.id, col(AgendaItem.decided_at).is_not(None)
        )
        .order_by(col(AgendaItem.position))
    )
    for item in decided:
        last = session.exec(
            select(ItemEvent)
            .where(ItemEvent.item_id == item.id, ItemEvent.kind == EventKind.DECIDED)
            .order_by(col(ItemEvent.id).desc())
            .limit(1)
        ).first()
        if last is not None and last.seal != seal_of(session, item):
            altered.append(item)
    return altered
