"""Where the items of all rounds come from and what became of them, from a text and back to it."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Round, RoundState
from results.models import TopicMember
from results.rounds.items import LISTS, RATINGS
from results.rounds.models import Fate, ItemSource, ItemStep, RoundItem, SourceKind
from results.workbench.models import ThemeMember
from surveys.models import Questionnaire, RoundQuestionnaire

Texts = dict[str, str]
#: Tables of a run that speak of the items of a round: `ranking/<round>/<question or section>`.
RANKING = "ranking"


@dataclass(frozen=True, slots=True)
class Tree:
    """The items of every round of one consultation, and the steps between them.

    An item that was taken out of its questionnaire again before it was asked is not among them.
    """

    rounds: Mapping[int, Round]
    items: Mapping[int, RoundItem]
    steps: tuple[ItemStep, ...]
    #: By the item that they brought.
    sources: Mapping[int, list[ItemSource]]
    _before: dict[int, list[ItemStep]] = field(default_factory=dict)
    _after: dict[int, list[ItemStep]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for step in self.steps:
            if step.to_id is not None:
                self._before.setdefault(step.to_id, []).append(step)
            if step.from_id is not None:
                self._after.setdefault(step.from_id, []).append(step)

    def round_of(self, item: RoundItem) -> Round:
        return self.rounds[item.round_id]

    def is_asked(self, item: RoundItem) -> bool:
        """Whether its round has opened, so that it is what people were asked."""
        return self.round_of(item).state is not RoundState.DRAFT

    def steps_to(self, item: RoundItem) -> list[ItemStep]:
        return self._before.get(item.id or 0, [])

    def steps_from(self, item: RoundItem) -> list[ItemStep]:
        return self._after.get(item.id or 0, [])

    def before(self, item: RoundItem) -> list[RoundItem]:
        """The item and all that it descends from, the last round first."""
        return self._walk(item, lambda one: (step.from_id for step in self.steps_to(one)))

    def after(self, item: RoundItem) -> list[RoundItem]:
        """The item and all that descends from it."""
        return self._walk(item, lambda one: (step.to_id for step in self.steps_from(one)))

    def _walk(
        self, item: RoundItem, following: Callable[[RoundItem], Iterable[int | None]]
    ) -> list[RoundItem]:
        found: dict[int, RoundItem] = {}
        waiting = [item]
        while waiting:
            one = waiting.pop(0)
            if (one.id or 0) not in found:
                found[one.id or 0] = one
                waiting += [self.items[key] for key in following(one) if key and key in self.items]
        return list(found.values())

    def ranked(self, table: str, row: str) -> RoundItem | None:
        """The item that a row of a ranking is about."""
        room, _slash, rest = table.partition("/")
        number, _slash, source = rest.partition("/")
        if room != RANKING:
            return None
        own = [item for item in self.items.values() if str(self.round_of(item).number) == number]
        keys = {item.key: item for item in own}
        return keys.get(f"{source}.{row}") or keys.get(row)

    def named(self, item: RoundItem) -> str:
        """What an item is called where machines read: its round and its key."""
        return f"round/{self.round_of(item).number}/{item.key}"


def tree_of(session: Session, consultation_id: int) -> Tree:
    """Read the lineage of a consultation."""
    rounds = {
        row.id or 0: row
        for row in session.exec(select(Round).where(Round.consultation_id == consultation_id))
    }
    asked = _asked(session, rounds)
    items = {
        item.id or 0: item
        for item in session.exec(
            select(RoundItem)
            .where(col(RoundItem.round_id).in_(list(rounds)))
            .order_by(col(RoundItem.round_id), col(RoundItem.position))
        )
        if item.key in asked.get(item.round_id, ())
    }
    steps = session.exec(
        select(ItemStep)
        .where(col(ItemStep.to_id).in_(list(items)) | col(ItemStep.from_id).in_(list(items)))
        .order_by(col(ItemStep.id))
    ).all()
    sources: dict[int, list[ItemSource]] = {}
    for source in session.exec(
        select(ItemSource)
        .where(col(ItemSource.item_id).in_(list(items)))
        .order_by(col(ItemSource.id))
    ):
        sources.setdefault(source.item_id, []).append(source)
    return Tree(rounds, items, tuple(steps), sources)


def _asked(session: Session, rounds: Iterable[int]) -> dict[int, set[str]]:
    """The keys of the items that each round asks about, as its questionnaire now stands."""
    rows = session.exec(
        select(RoundQuestionnaire.round_id, Questionnaire.document)
        .join(Questionnaire, col(Questionnaire.id) == col(RoundQuestionnaire.questionnaire_id))
        .where(
            col(RoundQuestionnaire.round_id).in_(
                select(RoundItem.round_id).where(col(RoundItem.round_id).in_(list(rounds)))
            )
        )
    )
    return {round_id: set(_keys(document)) for round_id, document in rows}


def _keys(document: Mapping[str, Any]) -> Iterable[str]:
    for section in document["sections"]:
        for question in section["questions"]:
            if question["kind"] in RATINGS:
                yield question["code"]
            elif question["kind"] in LISTS:
                for entry in question["settings"][LISTS[question["kind"]]]:
                    yield f"{question['code']}.{entry['code']}"


@dataclass(frozen=True, slots=True)
class Written:
    """The texts behind an item, as far as they may be read by others than the committee."""

    #: Texts whose authors allow quoting, each with the passage that counts, if one was named.
    quotable: list[tuple[ItemSource, Contribution, tuple[int, int] | None]]
    #: How many stay closed, because their authors did not allow quoting.
    closed: int
    #: How many were taken back since.
    withdrawn: int
    #: Topics and themes.
    groups: list[ItemSource]

    @property
    def is_empty(self) -> bool:
        return not (self.quotable or self.closed or self.withdrawn or self.groups)


def written(session: Session, sources: Iterable[ItemSource]) -> Written:
    """Sort sources by what may be shown of them."""
    given = list(sources)
    keys = [source.contribution_id for source in given if source.contribution_id]
    texts = {
        row.id: row
        for row in session.exec(select(Contribution).where(col(Contribution.id).in_(keys)))
    }
    quotable, closed, withdrawn, groups = [], 0, 0, []
    for source in given:
        text = texts.get(source.contribution_id or "")
        if source.kind is not SourceKind.CONTRIBUTION:
            groups.append(source)
        elif text is None or text.state is not ContributionState.RECEIVED:
            withdrawn += 1
        elif text.is_quotable:
            quotable.append((source, text, passage_of(source, text)))
        else:
            closed += 1
    return Written(quotable, closed, withdrawn, groups)


def passage_of(source: ItemSource, text: Contribution) -> tuple[int, int] | None:
    """The passage that counts; None where there is none, or the text is another by now."""
    if source.text_hash is None or source.text_hash != text.text_hash:
        return None
    return source.passage_start or 0, source.passage_end or 0


#: A topic or a theme that a text belongs to: its kind, its run and its key there.
Place = tuple[SourceKind, int | None, str | None]


def places_of(session: Session, keys: Collection[str]) -> dict[str, set[Place]]:
    """The topics and themes that texts belong to, by text."""
    found: dict[str, set[Place]] = {key: set() for key in keys}
    for key, run_id, number in session.exec(
        select(TopicMember.contribution_id, TopicMember.run_id, TopicMember.topic).where(
            col(TopicMember.contribution_id).in_(keys)
        )
    ):
        found[key].add((SourceKind.TOPIC, run_id, str(number)))
    for key, run_id, code in session.exec(
        select(ThemeMember.contribution_id, ThemeMember.run_id, ThemeMember.code).where(
            col(ThemeMember.contribution_id).in_(keys)
        )
    ):
        found[key].add((SourceKind.THEME, run_id, code))
    return found


def brought(tree: Tree, key: str, places: Container[Place]) -> list[tuple[RoundItem, ItemSource]]:
    """The items that a text is behind, by itself or through a topic or a theme."""
    return [
        (tree.items[item_id], source)
        for item_id, sources in tree.sources.items()
        for source in sources
        if source.contribution_id == key or (source.kind, source.run_id, source.row_key) in places
    ]


@dataclass(frozen=True, slots=True)
class Onward:
    """What a later round made of an item."""

    round_number: int
    fate: Fate
    label: Texts | None
    reason: str


@dataclass(frozen=True, slots=True)
class Became:
    """An item of a round that a text became, and how it went on."""

    round_number: int
    label: Texts
    #: The name of the topic or the theme that the text came through.
    through: Texts | None
    later: list[Onward]


def became(tree: Tree, key: str, places: Container[Place]) -> list[Became]:
    """What a contributor reads: rounds that are still being prepared are not spoken of."""
    found: dict[int, Became] = {}
    for item, source in brought(tree, key, places):
        if not tree.is_asked(item):
            continue
        through = None if source.kind is SourceKind.CONTRIBUTION else source.label
        if (item.id or 0) not in found or through is None:
            found[item.id or 0] = Became(
                tree.round_of(item).number, item.label, through, _later(tree, item)
            )
    return sorted(found.values(), key=lambda one: one.round_number)


def _later(tree: Tree, item: RoundItem) -> list[Onward]:
    steps: list[Onward] = []
    for one in tree.after(item):
        number = tree.round_of(one).number
        following = [row for row in tree.rounds.values() if row.number == number + 1]
        for step in tree.steps_from(one):
            after = tree.items.get(step.to_id or 0)
            if not following or following[0].state is RoundState.DRAFT:
                continue
            if after is None and step.fate is not Fate.DROPPED:
                continue
            steps.append(Onward(number + 1, step.fate, after.label if after else None, step.reason))
    return sorted(steps, key=lambda one: one.round_number)
