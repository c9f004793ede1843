"""How a candidate comes in: from a challenge, a topic, a theme, a contribution, or a person."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Challenge, Consultation
from core.errors import Invalid, NotFound
from core.i18n import _
from results.agenda import services
from results.agenda.drafts.queries import must_be_open
from results.agenda.models import AgendaItem, EventKind, ItemEvent, ItemState, Origin
from results.models import AnalysisRun, ConfirmedTopic

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a candidate starts with."""

    title: Texts
    origin: Origin = Origin.COMMITTEE
    problem: Texts = field(default_factory=dict)
    deliverable: Texts = field(default_factory=dict)
    challenge_code: str | None = None
    carried_from_id: int | None = None


def add_item(
    session: Session, consultation: Consultation, proposal: Proposal, *, actor: str, now: datetime
) -> AgendaItem:
    """A new candidate at the end of the list."""
    must_be_open(session, consultation.id or 0)
    title = services.words(proposal.title)
    if not title:
        raise Invalid(_("Enter a title."), field="title")
    last = session.exec(
        select(func.max(AgendaItem.position)).where(AgendaItem.consultation_id == consultation.id)
    ).one()
    item = AgendaItem(
        consultation_id=consultation.id or 0,
        position=(last or 0) + 1,
        title=title,
        problem=services.words(proposal.problem),
        deliverable=services.words(proposal.deliverable),
        origin=proposal.origin,
        challenge_code=proposal.challenge_code,
        carried_from_id=proposal.carried_from_id,
        created_at=now,
        created_by=actor,
    )
    session.add(item)
    session.flush()
    session.add(
        ItemEvent(
            item_id=item.id or 0,
            kind=EventKind.PROPOSED,
            state=ItemState.CANDIDATE,
            details={"origin": proposal.origin.value},
            actor=actor,
            at=now,
        )
    )
    session.flush()
    return item


def add_from_challenge(
    session: Session, consultation: Consultation, code: str, *, actor: str, now: datetime
) -> AgendaItem:
    """A candidate named after a challenge of this consultation, with its description."""
    challenge = session.exec(
        select(Challenge).where(
            Challenge.consultation_id == consultation.id, Challenge.code == code
        )
    ).one_or_none()
    if challenge is None:
        raise NotFound(_("This consultation has no such challenge."))
    proposal = Proposal(
        title=challenge.title,
        origin=Origin.CHALLENGE,
        problem=challenge.description,
        challenge_code=challenge.code,
    )
    return add_item(session, consultation, proposal, actor=actor, now=now)


def add_from_topic(
    session: Session, consultation: Consultation, public_id: str, *, actor: str, now: datetime
) -> AgendaItem:
    """A candidate named after a topic that people named, with the topic as its first evidence."""
    topic = session.exec(
        select(ConfirmedTopic)
        .join(AnalysisRun)
        .where(
            ConfirmedTopic.public_id == public_id, AnalysisRun.consultation_id == consultation.id
        )
    ).one_or_none()
    if topic is None:
        raise NotFound(_("There is no such confirmed topic."))
    proposal = Proposal(title=topic.label, origin=Origin.TOPIC)
    item = add_item(session, consultation, proposal, actor=actor, now=now)
    run = session.exec(select(AnalysisRun).where(AnalysisRun.id == topic.run_id)).one()
    services.link_figures(
        session, item, run, table_name="topics", row_key=str(topic.topic), now=now
    )
    return item


def add_from_row(
    session: Session,
    consultation: Consultation,
    run: AnalysisRun,
    *,
    table_name: str,
    row_key: str,
    actor: str,
    now: datetime,
) -> AgendaItem:
    """A candidate named after a row of a run that carries a name, such as a signed-off theme."""
    row = services.row_of(session, run, table_name, row_key)
    label = row.get("label")
    if not isinstance(label, dict):
        raise Invalid(_("Choose what the item starts from."))
    proposal = Proposal(
        title={code: str(text)[: services.LONGEST_TITLE] for code, text in label.items()},
        origin=Origin.THEME,
    )
    item = add_item(session, consultation, proposal, actor=actor, now=now)
    services.link_figures(session, item, run, table_name=table_name, row_key=row_key, now=now)
    return item


def add_from_contribution(
    session: Session, consultation: Consultation, contribution_id: str, *, actor: str, now: datetime
) -> AgendaItem:
    """A candidate that one contribution asks for; the committee finds its title."""
    contribution = session.exec(
        select(Contribution).where(
            Contribution.id == contribution_id,
            Contribution.consultation_id == consultation.id,
            Contribution.state == ContributionState.RECEIVED,
        )
    ).one_or_none()
    if contribution is None:
        raise NotFound(_("There is no such contribution in this consultation."))
    proposal = Proposal(
        title={consultation.default_language: _("New item from a contribution")},
        origin=Origin.CONTRIBUTION,
    )
    item = add_item(session, consultation, proposal, actor=actor, now=now)
    services.link_contribution(session, item, contribution_id, now)
    return item


def start_item(
    session: Session, consultation: Consultation, source: str, *, actor: str, now: datetime
) -> AgendaItem:
    """A new item from `challenge:<code>`, `topic:<id>`, `contribution:<id>`, `row:…` or `blank`.

    `row` names a run, a table and a key: `row:<run>|<table>|<key>`.
    """
    kind, _separator, key = source.partition(":")
    if kind == "challenge":
        return add_from_challenge(session, consultation, key, actor=actor, now=now)
    if kind == "topic":
        return add_from_topic(session, consultation, key, actor=actor, now=now)
    if kind == "contribution":
        return add_from_contribution(session, consultation, key.strip(), actor=actor, now=now)
    if kind == "row" and key.count("|") == 2:
        run_id, table_name, row_key = key.split("|")
        run = services.run_by_public_id(session, consultation, run_id)
        return add_from_row(
            session,
            consultation,
            run,
            table_name=table_name,
            row_key=row_key,
            actor=actor,
            now=now,
        )
    if kind == "blank":
        title = {consultation.default_language: _("New item")}
        return add_item(session, consultation, Proposal(title), actor=actor, now=now)
    raise Invalid(_("Choose what the item starts from."))
