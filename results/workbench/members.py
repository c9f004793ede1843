"""The answers of a theme: those that people put there first, then those the machine is surest of."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from results.models import TopicMember
from results.workbench import machine
from results.workbench.labels import Labels
from results.workbench.models import Codebook, Theme, TopicChoice
from results.workbench.population import answers


class Show(StrEnum):
    """Which answers of a theme a page shows."""

    ALL = "all"
    PEOPLE = "people"
    MACHINE = "machine"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Member:
    """One answer of a theme. `human` is None where no person said anything that stands."""

    id: str
    probability: float
    human: bool | None


def of_theme(
    session: Session, codebook: Codebook, theme: Theme, labels: Labels, show: Show
) -> list[Member]:
    """The answers in the theme, people's before the machine's; what people refuse is not in it."""
    likely = _likely(session, codebook, theme)
    place = next((n for n, row in enumerate(labels.themes) if row.id == theme.id), None)
    said: dict[str, bool] = {}
    if place is not None:
        for key in labels.answers():
            standing = labels.standing(key)
            if place in standing:
                said[key] = standing[place]
    in_scope = {answer.id for answer in answers(session, codebook)}
    rows = [
        Member(key, likely.get(key, 0.0), said.get(key))
        for key in likely.keys() | said.keys()
        if key in in_scope
    ]
    kept = [row for row in rows if _is_shown(row, show)]
    return sorted(kept, key=lambda row: (row.human is None, -row.probability, row.id))


def _is_shown(row: Member, show: Show) -> bool:
    if show is Show.REJECTED:
        return row.human is False
    if show is Show.PEOPLE:
        return row.human is True
    if show is Show.MACHINE:
        return row.human is None
    return row.human is not False


def _likely(session: Session, codebook: Codebook, theme: Theme) -> dict[str, float]:
    """Where the machine puts answers into the theme; before it knows it, the topics it came from."""
    coded = machine.load(session, codebook)
    column = coded.column(theme.code) if coded is not None else None
    if coded is not None and column is not None:
        least = coded.threshold(theme.code)
        return {
            key: float(value)
            for key, value in zip(coded.ids, column.tolist(), strict=True)
            if value >= least
        }
    found = session.exec(
        select(TopicMember.contribution_id, TopicMember.confidence)
        .join(
            TopicChoice,
            (col(TopicChoice.run_id) == col(TopicMember.run_id))
            & (col(TopicChoice.topic) == col(TopicMember.topic)),
        )
        .where(TopicChoice.theme_id == theme.id)
    )
    return dict(found.all())
