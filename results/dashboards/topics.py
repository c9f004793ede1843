"""What the page of one topic shows: its figures as a run keeps them, and its answers as they stand now."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution
from core.errors import NotFound
from core.i18n import _, current_language, text_in
from results.dashboards import answers
from results.dashboards.answers import Chosen, Listed, Onward, Origin
from results.models import AnalysisRun, ConfirmedTopic, TopicMember, TopicMention
from results.tables import Document
from results.topic_words import topic_words


class Which(StrEnum):
    """How answers belong to a topic: as their own, or as a further one that they speak of."""

    MAIN = "main"
    ALSO = "also"

    @classmethod
    def of(cls, filters: Mapping[str, str]) -> "Which":
        return cls.ALSO if filters.get("which") == cls.ALSO else cls.MAIN

    @property
    def table(self) -> type[TopicMember] | type[TopicMention]:
        return TopicMember if self is Which.MAIN else TopicMention

    def counted(self, row: Document) -> int:
        """How many answers the run counted."""
        return int(row["size"] if self is Which.MAIN else row.get("also", 0))


@dataclass(frozen=True, slots=True)
class Member:
    """One answer of a topic, how sure the machine is of it, and where it went."""

    answer: Contribution
    confidence: float
    onward: Onward


@dataclass(frozen=True, slots=True)
class Topic:
    """A row of the run's table of topics, with the theme of the machine that holds it."""

    row: Document
    theme: Document | None


def topic_of(document: Document, number: int) -> Topic:
    row = next((row for row in document.get("rows", []) if row["key"] == str(number)), None)
    if row is None:
        raise NotFound(_("The run has no such topic."))
    known = document.get("themes", [])
    # One theme that holds every topic tells nothing.
    within = (theme for theme in known if len(known) > 1 and str(row.get("theme")) == theme["key"])
    return Topic(row, next(within, None))


def topic_names(
    document: Document, named: Mapping[int, ConfirmedTopic], fallback: str
) -> dict[int, str]:
    """The name that people gave to each topic of a run, else its first words."""
    language = current_language()
    found = {int(row["key"]): topic_words(row).first(4) for row in document.get("rows", [])}
    given = {number: text_in(topic.label, language, fallback) for number, topic in named.items()}
    return found | {number: name for number, name in given.items() if name}


def listed(session: Session, run: AnalysisRun, number: int, which: Which) -> Listed:
    """Count the answers by where they came from."""
    table = which.table
    found = session.connection().execute(
        select_columns(*answers.COLUMNS, func.count())
        .join(table, col(table.contribution_id) == col(Contribution.id))
        .where(col(table.run_id) == run.id, col(table.topic) == number, *answers.standing(run))
        .group_by(*answers.COLUMNS)
    )
    counts: Counter[Origin] = Counter()
    tags = set()
    for region, sector, channel, language, n in found:
        counts[answers.origin_of(region, sector, channel, language)] += n
        tags.add(language)
    return Listed(counts, tags=frozenset(tags))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The answers of a topic that are asked for, and whether their reader codes themes."""

    number: int
    which: Which
    chosen: Chosen
    is_blind: bool


def members(
    session: Session, run: AnalysisRun, listed: Listed, wanted: Wanted, start: int
) -> list[Member]:
    """A page of answers, those first that the machine is surest of."""
    table = wanted.which.table
    found = session.exec(
        select(Contribution, table.confidence)
        .join(table, col(table.contribution_id) == col(Contribution.id))
        .where(table.run_id == run.id, table.topic == wanted.number, *answers.standing(run))
        .where(*listed.conditions(wanted.chosen))
        .order_by(col(table.confidence).desc(), col(Contribution.id))
        .offset(start)
        .limit(answers.SHOWN)
    ).all()
    shown = [answer for answer, _confidence in found]
    went = answers.onward(session, run, shown, is_blind=wanted.is_blind)
    return [Member(answer, confidence, went[answer.id]) for answer, confidence in found]
