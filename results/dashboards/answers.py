"""What the lists of answers on the dashboard share: whose are asked for, how many, where they went.

A list holds what a run counted, as it stands now, without what was withdrawn since.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from analysis.breakdown import UNKNOWN
from analysis.text.tokens import base_language
from consultation.contributions.models import Channel, Contribution, ContributionState
from core.i18n import _, current_language, own_name, text_in
from core.numbers import whole_number
from results.agenda.trails import Trail, trails
from results.models import AnalysisRun, TopicMention
from results.rounds.lineage import Place, places_of, tree_of
from results.rounds.models import SourceKind
from results.tables import Document, group_names

SHOWN = 20


class Origin(NamedTuple):
    """From where and in which language an answer came."""

    region: str
    sector: str
    channel: str
    language: str


#: The columns of an origin, in its order.
COLUMNS = (
    col(Contribution.region),
    col(Contribution.sector),
    col(Contribution.channel),
    col(Contribution.language),
)


def origin_of(region: str | None, sector: str | None, channel: str, language: str) -> Origin:
    """The origin of an answer; a language counts without its region or script."""
    return Origin(region or UNKNOWN, sector or UNKNOWN, str(channel), base_language(language))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose answers are asked for; empty is everybody's, `unknown` those that name no group."""

    region: str = ""
    sector: str = ""
    channel: str = ""
    language: str = ""

    @classmethod
    def of(cls, filters: Mapping[str, str]) -> "Chosen":
        found = {name: filters.get(name, "")[:40].replace("\x00", "") for name in Origin._fields}
        return cls(**{**found, "language": base_language(found["language"])})

    @property
    def filters(self) -> dict[str, str]:
        """What stands in the address."""
        found = {name: getattr(self, name) for name in Origin._fields}
        return {name: value for name, value in found.items() if value}

    def holds(self, origin: Origin) -> bool:
        return all(getattr(origin, name) == value for name, value in self.filters.items())


@dataclass(frozen=True, slots=True)
class Listed:
    """The answers that a reader may see, counted by where they came from."""

    counts: Counter[Origin]
    #: The languages as answers have them, which may name a region or a script.
    tags: frozenset[str] = field(default=frozenset(), kw_only=True)

    @property
    def total(self) -> int:
        return self.counts.total()

    def count(self, chosen: Chosen) -> int:
        return sum(n for origin, n in self.counts.items() if chosen.holds(origin))

    def by(self, name: str) -> list[tuple[str, int]]:
        """Each region, sector, channel or language with its answers, the largest first."""
        found: Counter[str] = Counter()
        for origin, n in self.counts.items():
            found[getattr(origin, name)] += n
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    def conditions(self, chosen: Chosen) -> list[Any]:
        """What the answers that are asked for have in common, for a query."""
        wanted: list[Any] = []
        for name, value in chosen.filters.items():
            column = col(getattr(Contribution, name))
            if name == "language":
                wanted.append(column.in_([tag for tag in self.tags if base_language(tag) == value]))
            elif name == "channel":
                wanted.append(column.in_([one for one in Channel if one == value]))
            else:
                wanted.append(column.is_(None) if value == UNKNOWN else column == value)
        return wanted


def standing(run: AnalysisRun) -> list[Any]:
    """The answers of a run that may be read: those that were not taken back since."""
    return [
        Contribution.consultation_id == run.consultation_id,
        Contribution.state == ContributionState.RECEIVED,
    ]


def page_number(filters: Mapping[str, str]) -> int:
    return max(1, whole_number(filters.get("page", ""), most_digits=6) or 1)


def names_of_groups(document: Document) -> dict[str, str]:
    """Names of regions and sectors in the reader's language."""
    language = current_language()
    found = {key: text_in(label, language) or key for key, label in group_names(document).items()}
    return found | {UNKNOWN: _("Unknown")}


def channel_names() -> dict[str, str]:
    return {
        "survey": _("Written in surveys"),
        "dialogue": _("Noted in dialogues"),
        "import": _("Written elsewhere"),
        "comment": _("Comments on a draft"),
    }


def language_name(tag: str) -> str:
    known = {"mul": _("Several languages"), "und": _("language not known")}
    return known.get(tag) or own_name(tag)


@dataclass(frozen=True, slots=True)
class Onward:
    """Where an answer went, and what the run found in it."""

    trail: Trail
    #: Codes of signed-off themes.
    themes: list[str]
    #: The topic that it belongs to, then those that it speaks of also.
    topics: list[int]


def onward(
    session: Session, run: AnalysisRun, answers: Sequence[Contribution], *, is_blind: bool
) -> dict[str, Onward]:
    """Where a page of answers went. Who codes may be blind to any theme, so that none is told."""
    keys = [answer.id for answer in answers]
    tree = tree_of(session, run.consultation_id)
    places = places_of(session, keys)
    if is_blind:
        places = {
            key: {place for place in own if place[0] is not SourceKind.THEME}
            for key, own in places.items()
        }
    mentions = _mentions(session, run, keys)
    return {
        key: Onward(
            trail,
            themes=_within(run, SourceKind.THEME, places[key]),
            topics=[
                *map(int, _within(run, SourceKind.TOPIC, places[key])),
                *mentions.get(key, []),
            ],
        )
        for key, trail in trails(session, answers, tree, places).items()
    }


def _within(run: AnalysisRun, kind: SourceKind, places: Iterable[Place]) -> list[str]:
    return sorted(key or "" for one, run_id, key in places if one is kind and run_id == run.id)


def _mentions(session: Session, run: AnalysisRun, keys: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, topic in session.exec(
        select(TopicMention.contribution_id, TopicMention.topic)
        .where(TopicMention.run_id == run.id, col(TopicMention.contribution_id).in_(keys))
        .order_by(col(TopicMention.confidence).desc(), col(TopicMention.topic))
    ):
        found.setdefault(key, []).append(topic)
    return found
