"""What may be shown of a contribution to the public: its words, or why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution, ContributionState, Translation
from results.quoting import redacted
from results.tables import Texts


@dataclass(frozen=True, slots=True)
class Quote:
    """What may be shown of one contribution: its words, or why there are none."""

    id: str
    channel: str
    asked: str
    language: str
    #: None where it was withdrawn or its author did not allow quoting.
    text: str | None
    is_withdrawn: bool
    #: Language -> what a person wrote in it; only of what may be quoted.
    translations: Texts = field(default_factory=dict)
    #: Languages into which somebody asked for a translation that is not written yet.
    asked_in: frozenset[str] = frozenset()


def quotes_of(session: Session, contributions: Sequence[Contribution]) -> list[Quote]:
    """What may be shown of contributions, with the translations that there are."""
    open_ones = [row.id for row in contributions if _is_open(row)]
    written: dict[str, Texts] = {}
    asked: dict[str, set[str]] = {}
    for row in session.exec(
        select(Translation).where(col(Translation.contribution_id).in_(open_ones))
    ):
        if row.translated_at is None:
            asked.setdefault(row.contribution_id, set()).add(row.language)
        else:
            written.setdefault(row.contribution_id, {})[row.language] = redacted(row.text)
    return [
        replace(
            quote_of(row),
            translations=written.get(row.id, {}),
            asked_in=frozenset(asked.get(row.id, ())),
        )
        for row in contributions
    ]


def _is_open(contribution: Contribution) -> bool:
    return contribution.state is ContributionState.RECEIVED and contribution.is_quotable


def quote_of(contribution: Contribution) -> Quote:
    return Quote(
        id=contribution.id,
        channel=contribution.channel.value,
        asked=contribution.asked,
        language=contribution.language,
        text=redacted(contribution.text) if _is_open(contribution) else None,
        is_withdrawn=contribution.state is ContributionState.WITHDRAWN,
    )
