"""What was decided about a next round that is still a draft, so that it can be decided again."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from consultation.process.models import Round, RoundState
from results.rounds import sources
from results.rounds.items import Addition, Decision
from results.rounds.lineage import tree_of
from results.rounds.models import Fate, ItemStep, RoundItem


@dataclass(frozen=True, slots=True)
class Drafted:
    """Decisions about the items of the last round, and new items, as they stand."""

    decisions: dict[str, Decision]
    additions: list[Addition]
    title: dict[str, str] = field(default_factory=dict)
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def drafted(session: Session, last: Round, groups: str) -> Drafted | None:
    """The decisions behind the draft that follows a round; None where none was made.

    `groups` holds the letters that merged items share, one letter a group.
    """
    row = session.exec(
        select(Round).where(
            Round.consultation_id == last.consultation_id,
            col(Round.number) == last.number + 1,
            Round.state == RoundState.DRAFT,
        )
    ).one_or_none()
    if row is None:
        return None
    tree = tree_of(session, last.consultation_id)
    steps = [
        step
        for step in tree.steps
        if _round_id(tree.items.get(step.to_id or 0)) == row.id
        or _round_id(tree.items.get(step.from_id or 0)) == last.id
    ]
    if not steps:
        return None
    letters: dict[int, str] = {}
    decisions = {}
    additions = []
    for step in steps:
        before, after = (tree.items.get(key or 0) for key in (step.from_id, step.to_id))
        if step.fate is Fate.ADDED and after is not None:
            references = sources.references_of(session, tree.sources.get(after.id or 0, ()))
            question = after.key.partition(".")[0]
            additions.append(Addition(question, after.label, step.reason, tuple(references)))
        elif before is not None:
            decisions[before.key] = _decision(step, after, letters, groups)
    return Drafted(decisions, additions, row.title, row.opens_at, row.closes_at)


def _round_id(item: RoundItem | None) -> int | None:
    return item.round_id if item is not None else None


def _decision(
    step: ItemStep, after: RoundItem | None, letters: dict[int, str], groups: str
) -> Decision:
    if step.fate is Fate.MERGED and step.to_id is not None:
        is_first = step.to_id not in letters
        if is_first:
            letters[step.to_id] = groups[min(len(letters), len(groups) - 1)]
        label = after.label if after is not None and is_first else {}
        return Decision(Fate.MERGED, label, letters[step.to_id], step.reason)
    label = after.label if after is not None and step.fate is Fate.REWORDED else {}
    return Decision(step.fate, label, reason=step.reason)
