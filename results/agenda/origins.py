"""Where a ranked item comes from: back through the rounds to the texts, and forward again.

Only what the public may read: rounds that have opened, texts whose authors allow quoting. Of
other texts it is said how many there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from results import runs
from results.agenda.quotes import Quote, quotes_of
from results.models import AnalysisRun, Audience, RunState, TopicMember
from results.quoting import redacted, redacted_part
from results.rounds.lineage import Tree, Written, brought, places_of, tree_of, written
from results.rounds.models import Fate, ItemSource, RoundItem, SourceKind
from results.tables import Document, Texts
from results.workbench.models import ThemeMember

#: How many quotes stand behind one topic or theme.
MOST_QUOTES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One round of the way back: what was asked there, and how it came from the round before."""

    round_number: int
    label: Texts
    #: None in the first round, or where nothing is on record.
    fate: Fate | None
    before: list[Texts]


@dataclass(frozen=True, slots=True)
class Behind:
    """A topic or a theme that a new item came from, with words of some who raised it."""

    kind: SourceKind
    label: Texts
    quotes: list[Quote]


@dataclass(frozen=True, slots=True)
class Origin:
    """The way from a ranked item back to what people wrote."""

    steps: list[Step]
    quotes: list[tuple[Quote, tuple[int, int] | None]]
    closed: int
    withdrawn: int
    groups: list[Behind]


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of a round that a contribution became."""

    round_number: int
    label: Texts


def origin_of(session: Session, consultation: Consultation, link: Document) -> Origin | None:
    """Where the item comes from that a place in a ranking is about; None where nothing is known."""
    if link["kind"] != "ranking":
        return None
    tree = tree_of(session, consultation.id or 0)
    item = _about(tree, link)
    if item is None:
        return None
    path = [one for one in tree.before(item) if tree.is_asked(one)]
    found = _written(session, tree, path)
    if len(path) < 2 and found.is_empty:
        return None
    said = quotes_of(session, [text for _source, text, _passage in found.quotable])
    passages = [redacted_part(text.text, span)[1] for _source, text, span in found.quotable]
    return Origin(
        steps=[_step(tree, one) for one in path],
        quotes=list(zip(said, passages, strict=True)),
        closed=found.closed,
        withdrawn=found.withdrawn,
        groups=[
            Behind(source.kind, source.label, _quotes_behind(session, source))
            for source in found.groups
        ],
    )


def _about(tree: Tree, link: Document) -> RoundItem | None:
    item = tree.ranked(link.get("table") or "", link.get("row") or "")
    return item if item is not None and tree.is_asked(item) else None


def _written(session: Session, tree: Tree, path: Iterable[RoundItem]) -> Written:
    return written(
        session, [source for one in path for source in tree.sources.get(one.id or 0, ())]
    )


def _step(tree: Tree, item: RoundItem) -> Step:
    steps = tree.steps_to(item)
    olds = (tree.items.get(step.from_id or 0) for step in steps)
    before = [old.label for old in olds if old is not None]
    return Step(tree.round_of(item).number, item.label, steps[0].fate if steps else None, before)


def _quotes_behind(session: Session, source: ItemSource) -> list[Quote]:
    """Words of a topic or a theme that was published: of others nothing is known in public."""
    run = session.exec(select(AnalysisRun).where(AnalysisRun.id == source.run_id)).one()
    room = "topics" if source.kind is SourceKind.TOPIC else "themes"
    rows = runs.table(session, run, Audience.PUBLIC, room).get("rows", [])
    if run.state is not RunState.PUBLISHED or all(
        str(row["key"]) != source.row_key for row in rows
    ):
        return []
    query = select(Contribution).where(col(Contribution.is_quotable))
    if source.kind is SourceKind.TOPIC:
        query = (
            query.join(TopicMember, col(TopicMember.contribution_id) == col(Contribution.id))
            .where(TopicMember.run_id == run.id, TopicMember.topic == int(source.row_key or 0))
            .order_by(col(TopicMember.confidence).desc(), col(Contribution.id))
        )
    else:
        query = (
            query.join(ThemeMember, col(ThemeMember.contribution_id) == col(Contribution.id))
            .where(ThemeMember.run_id == run.id, ThemeMember.code == source.row_key)
            .order_by(
                col(ThemeMember.is_human).desc(),
                col(ThemeMember.probability).desc(),
                col(Contribution.id),
            )
        )
    return quotes_of(session, session.exec(query.limit(MOST_QUOTES)).all())


def items_through_rounds(
    session: Session, tree: Tree, items: list[Document], contribution: Contribution
) -> tuple[list[Document], list[Asked]]:
    """Agenda items that rest on the rank of what a contribution became, and what it became."""
    places = places_of(session, [contribution.id])[contribution.id] if tree.sources else set()
    own = [item for item, _source in brought(tree, contribution.id, places) if tree.is_asked(item)]
    reached = {later.id for item in own for later in tree.after(item)}
    found = []
    for item in items:
        about = (_about(tree, link) for link in item["evidence"] if link["kind"] == "ranking")
        if any(one is not None and one.id in reached for one in about):
            found.append(item)
    asked = {item.id: Asked(tree.round_of(item).number, item.label) for item in own}
    return found, list(asked.values())


def graph(
    session: Session, consultation: Consultation, items: list[Document]
) -> tuple[list[Document], list[Document]]:
    """Nodes and edges from places in rankings back to texts; texts by the link that names them."""
    tree = tree_of(session, consultation.id or 0)
    nodes: dict[str, Document] = {}
    edges: dict[tuple[str, str, str], None] = {}
    for item in items:
        for link in item["evidence"]:
            about = _about(tree, link) if link["kind"] == "ranking" else None
            if about is not None:
                edges[link["id"], tree.named(about), "ranks"] = None
                _trace(session, tree, about, nodes, edges)
    pairs = [{"from": start, "to": end, "type": kind} for start, end, kind in edges]
    return list(nodes.values()), pairs


def _trace(
    session: Session,
    tree: Tree,
    item: RoundItem,
    nodes: dict[str, Document],
    edges: dict[tuple[str, str, str], None],
) -> None:
    """Add an item of a round with all that it descends from."""
    path = [one for one in tree.before(item) if tree.is_asked(one)]
    names = {one.id: tree.named(one) for one in path}
    for one in path:
        if names[one.id] in nodes:
            continue
        found = _written(session, tree, [one])
        nodes[names[one.id]] = {
            "id": names[one.id],
            "type": "round_item",
            "round": tree.round_of(one).number,
            "label": one.label,
            "closed_texts": found.closed,
            "withdrawn_texts": found.withdrawn,
        }
        for step in tree.steps_to(one):
            if step.from_id in names:
                edges[names[one.id], names[step.from_id], step.fate.value] = None
        for source, node in _sources(found):
            nodes[source.public_id] = {"id": source.public_id, **node}
            edges[names[one.id], source.public_id, "added_from"] = None


def _sources(found: Written) -> list[tuple[ItemSource, Document]]:
    texts: list[tuple[ItemSource, Document]] = [
        (source, {"type": "contribution", "language": text.language, "text": redacted(text.text)})
        for source, text, _passage in found.quotable
    ]
    groups: list[tuple[ItemSource, Document]] = [
        (source, {"type": source.kind.value, "label": source.label}) for source in found.groups
    ]
    return texts + groups
