"""What the public reads: the newest version, what was decided since, and the way back and forth.

Every link on these pages leads somewhere: an item names its evidence, evidence names the
contributions whose authors let themselves be quoted, and a contribution names its items.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Consultation
from core.errors import NotFound
from core.i18n import _
from results import runs
from results.agenda import origins
from results.agenda.drafts import queries as drafts
from results.agenda.drafts.document import build, find_item
from results.agenda.drafts.models import AgendaVersion
from results.agenda.models import AgendaItem, Evidence
from results.agenda.quotes import Quote, quotes_of
from results.models import AnalysisRun, Audience, ConfirmedTopic, TopicMember
from results.rounds.lineage import tree_of
from results.tables import Document, Texts
from results.workbench.models import ThemeMember

#: How many quotes stand beside a topic or a theme.
MOST_QUOTES = 10


@dataclass(frozen=True, slots=True)
class PublicAgenda:
    """The document that stands, the version it is, and what was decided since."""

    body: Document
    version: AgendaVersion | None
    #: Items decided after the version, or decided otherwise since.
    since: list[Document]
    #: Ids of items of the version that are being judged again.
    reopened: frozenset[str]

    def item(self, public_id: str) -> Document | None:
        """An item as it stands for the public."""
        found = find_item(self.body, public_id)
        return found or next((item for item in self.since if item["id"] == public_id), None)

    @property
    def items(self) -> list[Document]:
        known = {item["id"] for item in self.body["items"]}
        return [*self.body["items"], *(item for item in self.since if item["id"] not in known)]


def agenda(session: Session, consultation: Consultation) -> PublicAgenda:
    """The newest version; where there is none yet, the decisions so far."""
    live = build(session, consultation)
    version = drafts.latest(session, consultation)
    if version is None:
        return PublicAgenda(live, None, [], frozenset())
    frozen = {item["id"]: item for item in version.body["items"]}
    since = [item for item in live["items"] if _decision(item) != _decision(frozen.get(item["id"]))]
    standing = {item["id"] for item in live["items"]}
    return PublicAgenda(version.body, version, since, frozenset(set(frozen) - standing))


def _decision(item: Document | None) -> object:
    return (item or {}).get("decision")


def quotes(session: Session, shown: PublicAgenda) -> dict[str, Quote]:
    """The contributions behind the items shown, by the id of the evidence that names them."""
    found = session.exec(
        select(Evidence.public_id, Contribution)
        .join(Contribution, col(Contribution.id) == col(Evidence.contribution_id))
        .where(col(Evidence.public_id).in_(_links(shown)))
    )
    rows = found.all()
    said = quotes_of(session, [contribution for _key, contribution in rows])
    return {key: quote for (key, _row), quote in zip(rows, said, strict=True)}


def _links(shown: PublicAgenda) -> list[str]:
    return [
        link["id"] for item in (*shown.body["items"], *shown.since) for link in item["evidence"]
    ]


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """One piece of evidence: the table it is a row of, quotes, and the items that rest on it."""

    link: Document
    run: AnalysisRun | None
    table: Document | None
    quotes: list[Quote]
    items: list[Document]
    #: Of a place in a ranking: where the item that was ranked came from.
    origin: origins.Origin | None


def evidence_page(
    session: Session, consultation: Consultation, shown: PublicAgenda, public_id: str
) -> EvidencePage:
    """What a reader finds who asks what an item rests on."""
    link = next(
        (link for item in shown.items for link in item["evidence"] if link["id"] == public_id),
        None,
    )
    if link is None or "run" not in link:
        raise NotFound(_("There is no such evidence on this agenda."))
    run = runs.by_public_id(session, consultation, link["run"])
    table = runs.tables(session, run, Audience.PUBLIC).get(link["table"])
    rests = [
        item for item in shown.items if any(_same_row(link, other) for other in item["evidence"])
    ]
    origin = origins.origin_of(session, consultation, link)
    return EvidencePage(link, run, table, _group_quotes(session, run, link), rests, origin)


def _same_row(one: Document, other: Document) -> bool:
    return all(one.get(name) == other.get(name) for name in ("run", "table", "row"))


def _group_quotes(session: Session, run: AnalysisRun, link: Document) -> list[Quote]:
    """Contributions of a topic or a theme whose authors let themselves be quoted, clearest first.

    Of a theme, those that people coded stand before those that only the machine did.
    """
    if link.get("figures") is None:
        return []
    query = select(Contribution)
    if link["kind"] == "topic":
        query = (
            query.join(TopicMember, col(TopicMember.contribution_id) == col(Contribution.id))
            .where(TopicMember.run_id == run.id, TopicMember.topic == int(link["row"]))
            .order_by(col(TopicMember.confidence).desc(), col(Contribution.id))
        )
    elif link["kind"] == "theme":
        query = (
            query.join(ThemeMember, col(ThemeMember.contribution_id) == col(Contribution.id))
            .where(ThemeMember.run_id == run.id, ThemeMember.code == link["row"])
            .order_by(
                col(ThemeMember.is_human).desc(),
                col(ThemeMember.probability).desc(),
                col(Contribution.id),
            )
        )
    else:
        return []
    found = session.exec(
        query.where(
            Contribution.state == ContributionState.RECEIVED, col(Contribution.is_quotable)
        ).limit(MOST_QUOTES)
    )
    return quotes_of(session, found.all())


@dataclass(frozen=True, slots=True)
class ContributionPage:
    """One contribution and where it went."""

    quote: Quote
    #: The names of the topics and themes that people put it under.
    groups: list[Texts]
    items: list[Document]
    #: Items of rounds that it became, by the round and their words.
    asked: list[origins.Asked]


def contribution_page(
    session: Session, consultation: Consultation, shown: PublicAgenda, key: str
) -> ContributionPage:
    """A contribution behind a published item; any other does not exist for the public.

    A contribution named as evidence itself has its page, with its words where they may be
    quoted. One that is behind an item only as a part of a topic, or because a round asked about
    it, has a page if it may be quoted.
    """
    contribution = session.exec(
        select(Contribution).where(
            Contribution.id == key, Contribution.consultation_id == consultation.id
        )
    ).one_or_none()
    if contribution is None:
        raise NotFound(_("There is no such contribution on this agenda."))
    direct = _direct_items(session, shown, key)
    through, groups = _items_through_groups(session, shown, contribution)
    tree = tree_of(session, consultation.id or 0)
    ranked, asked = origins.items_through_rounds(session, tree, shown.items, contribution)
    quote = quotes_of(session, [contribution])[0]
    is_quoted = quote.text is not None
    if not direct and not ((through or ranked) and is_quoted):
        raise NotFound(_("There is no such contribution on this agenda."))
    items = {item["id"]: item for item in (*direct, *through, *ranked)}
    return ContributionPage(
        quote, groups if is_quoted else [], list(items.values()), asked if is_quoted else []
    )


def _direct_items(session: Session, shown: PublicAgenda, key: str) -> list[Document]:
    named = set(
        session.exec(select(Evidence.public_id).where(Evidence.contribution_id == key)).all()
    )
    return [item for item in shown.items if any(link["id"] in named for link in item["evidence"])]


def _items_through_groups(
    session: Session, shown: PublicAgenda, contribution: Contribution
) -> tuple[list[Document], list[Texts]]:
    """Items that rest on a topic or a theme to which the contribution belongs, and their names."""
    places = _places(session, contribution)
    items: list[Document] = []
    names: dict[tuple[str, str, str], Texts] = {}
    for item in shown.items:
        for link in item["evidence"]:
            place = (link["kind"], link.get("run", ""), link.get("row", ""))
            if place in places and link.get("figures"):
                items.append(item)
                names[place] = link["figures"].get("label", {})
    return items, [name for name in names.values() if name]


def _places(session: Session, contribution: Contribution) -> set[tuple[str, str, str]]:
    """The named topics and the themes of a contribution: kind, run and key of each."""
    topics = session.exec(
        select(AnalysisRun.public_id, TopicMember.topic)
        .join(AnalysisRun, col(AnalysisRun.id) == col(TopicMember.run_id))
        .join(
            ConfirmedTopic,
            (col(ConfirmedTopic.run_id) == col(TopicMember.run_id))
            & (col(ConfirmedTopic.topic) == col(TopicMember.topic)),
        )
        .where(TopicMember.contribution_id == contribution.id)
    )
    themes = session.exec(
        select(AnalysisRun.public_id, ThemeMember.code)
        .join(AnalysisRun, col(AnalysisRun.id) == col(ThemeMember.run_id))
        .where(ThemeMember.contribution_id == contribution.id)
    )
    return {("topic", run, str(number)) for run, number in topics} | {
        ("theme", run, code) for run, code in themes
    }


def graph(session: Session, consultation: Consultation, shown: PublicAgenda) -> Document:
    """The evidence graph as nodes and edges, for machines; the public part alone."""
    said = quotes(session, shown)
    nodes: list[Document] = []
    edges: list[Document] = []
    for item in shown.items:
        nodes.append({"id": item["id"], "type": "item", "state": item["state"]})
        if item.get("decision"):
            nodes.append({"id": item["decision"], "type": "decision", "on": item["decided_on"]})
            edges.append({"from": item["id"], "to": item["decision"], "type": "decided_by"})
        if item["merged_into"]:
            edges.append({"from": item["id"], "to": item["merged_into"], "type": "merged_into"})
        for link in item["evidence"]:
            node = {"id": link["id"], "type": link["kind"]}
            quote = said.get(link["id"])
            if quote is not None:
                node |= {"language": quote.language, "text": quote.text}
                node |= {"is_withdrawn": quote.is_withdrawn}
            nodes.append(node)
            edges.append({"from": item["id"], "to": link["id"], "type": "rests_on"})
            if link.get("run"):
                edges.append({"from": link["id"], "to": link["run"], "type": "computed_by"})
    nodes += [
        {"id": key, "type": "run"}
        for key in dict.fromkeys(
            link["run"] for item in shown.items for link in item["evidence"] if link.get("run")
        )
    ]
    more_nodes, more_edges = origins.graph(session, consultation, shown.items)
    return {"nodes": nodes + more_nodes, "edges": edges + more_edges}


def history_item(session: Session, consultation: Consultation, public_id: str) -> AgendaItem:
    """The row of an item that the public sees, for its history."""
    return session.exec(
        select(AgendaItem).where(
            AgendaItem.public_id == public_id, AgendaItem.consultation_id == consultation.id
        )
    ).one()
