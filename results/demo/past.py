"""The edition before the synthetic one: adopted, held, and judged by what it delivered."""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from consultation.contributions import services as contributions
from consultation.contributions.models import Channel
from consultation.dialogues.models import Dialogue, DialogueFormat, DialogueState
from consultation.people.models import RoleGrant
from consultation.process.models import Consultation
from consultation.process.services import create_from_template
from core.auth.models import Account
from core.auth.permissions import Role
from results.agenda import decisions, intake, services
from results.agenda.drafts import services as drafts
from results.agenda.models import AgendaItem, ItemState, Scope
from results.agenda.review import services as review
from results.outcomes import services as outcomes
from results.outcomes.models import Source, Verdict

SLUG = "demo-summit-past"
TEMPLATE = "summit_preparation"
#: Days before today: when it began, when its agenda was adopted, when the verdicts came.
BEGAN, ADOPTED, JUDGED = 420, 290, 60


@cache
def story() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (Path(__file__).parent / "texts" / "past.json").read_text(encoding="utf-8")
    )
    return found


def play(
    session: Session, following: Consultation, judges: list[Account], now: datetime
) -> Consultation:
    """The earlier edition of the series that `following` belongs to from here on."""
    then = now - timedelta(days=ADOPTED)
    edition = create_from_template(
        session,
        TEMPLATE,
        slug=SLUG,
        title=story()["title"],
        starts_on=(now - timedelta(days=BEGAN)).date(),
        now=now - timedelta(days=BEGAN),
    )
    edition.is_synthetic = True
    edition.is_public = True
    for consultation in (edition, following):
        outcomes.name_series(session, consultation, story()["series"])
    for account in judges:
        session.add(
            RoleGrant(
                consultation_id=edition.id or 0,
                account_id=account.id or 0,
                role=Role.COMMITTEE,
                granted_at=then,
            )
        )
    dialogue = _dialogue(session, edition, then)
    items = [_item(session, edition, dialogue, plan, judges, then) for plan in story()["items"]]
    actor = judges[0].public_id
    for publish in (drafts.publish_draft, drafts.adopt):
        publish(session, edition, drafts.Publication(), actor=actor, now=then)
    for plan, item in zip(story()["items"], items, strict=True):
        _outcome(session, edition, plan, item, actor, now - timedelta(days=JUDGED))
    return edition


def _dialogue(session: Session, edition: Consultation, then: datetime) -> Dialogue:
    starts = then - timedelta(days=30)
    made = Dialogue(
        consultation_id=edition.id or 0,
        title=story()["dialogue"],
        format=DialogueFormat.ONLINE,
        state=DialogueState.HELD,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
    )
    session.add(made)
    session.flush()
    return made


def _item(
    session: Session,
    edition: Consultation,
    dialogue: Dialogue,
    plan: dict[str, Any],
    judges: list[Account],
    then: datetime,
) -> AgendaItem:
    """An adopted item that rests on a minute of the dialogue."""
    actor = judges[0].public_id
    minute = contributions.receive(
        session,
        contributions.Source(
            consultation_id=edition.id or 0, channel=Channel.DIALOGUE, dialogue_id=dialogue.id
        ),
        contributions.Wording("dialogue", story()["dialogue"]["en"], "en"),
        text=plan["minute"],
        today=dialogue.starts_at.date(),
        is_quotable=True,
    )
    proposal = intake.Proposal(plan["title"])
    item = intake.add_item(session, edition, proposal, actor=actor, now=then)
    services.link_contribution(session, item, minute.id, then)
    services.edit_item(
        session,
        item,
        services.Wording(
            title=plan["title"],
            problem=plan["problem"],
            deliverable=plan["deliverable"],
            rationale=story()["reason"],
            scope=Scope.INSIDE,
            scope_note={},
            nobody_else=True,
        ),
    )
    review.start(session, edition, item, actor=actor, now=then)
    criteria = [entry["code"] for entry in review.criteria_of(session, edition)]
    given = review.Given(scores=dict.fromkeys(criteria, 4))
    for judge in judges:
        review.give_review(session, edition, item, given, judge=judge.public_id, now=then)
    decision = decisions.Decision(ItemState.ADOPTED, story()["reason"])
    decisions.decide(session, edition, item, decision, actor=actor, now=then)
    return item


def _outcome(
    session: Session,
    edition: Consultation,
    plan: dict[str, Any],
    item: AgendaItem,
    actor: str,
    when: datetime,
) -> None:
    for source in Source:
        said = plan.get(source.value)
        if said is None:
            continue
        given = outcomes.Assessment(
            source=source,
            verdict=Verdict(said["verdict"]),
            assessor=said["assessor"],
            statement=said["statement"],
            assessed_on=when.date(),
            links=said.get("links", []),
        )
        made = outcomes.assess(session, edition, item, given, actor=actor, now=when)
        if source is Source.INDEPENDENT and "disagreement" in plan:
            outcomes.disagree(
                session, edition, made.public_id, actor=actor, now=when, **plan["disagreement"]
            )


def committee(session: Session, emails: list[str]) -> list[Account]:
    """The members of the committee, in the order of their addresses."""
    return list(
        session.exec(
            select(Account).where(col(Account.email).in_(emails)).order_by(col(Account.email))
        )
    )
