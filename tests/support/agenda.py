"""A consultation with a committee, a published run, and items on their way."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.contributions.services import hash_text
from consultation.process.models import Challenge, Consultation, PhaseKind, Round
from core.auth.models import Account
from core.auth.permissions import Role
from results.agenda import decisions, intake, programme, services
from results.agenda.drafts import services as drafts
from results.agenda.drafts.models import AgendaVersion
from results.agenda.models import AgendaItem, ItemState, Scope
from results.agenda.review import services as review
from results.models import (
    AnalysisRun,
    Audience,
    ConfirmedTopic,
    RunState,
    RunTable,
    Snapshot,
    TopicMember,
)
from tests.support.make import NOW, make_account, make_consultation, make_phase, make_round

RANKED = ("water", "work", "rights", "energy", "audits", "schools")
CODES = ("urgency", "support", "feasibility", "added_value")
#: Later than `NOW`: phases of the makers run around today.
TODAY = datetime.now(NOW.tzinfo)


def make_committee(
    session: Session, consultation: Consultation, size: int = 3, prefix: str = "judge"
) -> list[Account]:
    return [
        make_account(
            session,
            email=f"{prefix}{number}@example.org",
            consultation=consultation,
            roles=(Role.COMMITTEE,),
        )
        for number in range(size)
    ]


def make_summit(session: Session, *, slug: str = "summit", **values: Any) -> Consultation:
    """A consultation whose phases allow decisions, with challenges."""
    place = make_consultation(session, slug=slug, **values)
    make_phase(session, place, kind=PhaseKind.ADOPTION)
    for position, code in enumerate(RANKED, start=1):
        session.add(
            Challenge(
                consultation_id=place.id,
                code=code,
                position=position,
                title={"en": code.capitalize(), "ar": f"{code} بالعربية"},
                description={"en": f"What is wrong with {code}."},
            )
        )
    session.flush()
    return place


def _ranks(order: tuple[str, ...]) -> dict[str, list[int]]:
    return {key: [place, max(place - 1, 1), place + 1] for place, key in enumerate(order, 1)}


def _row(place: int, key: str) -> dict[str, Any]:
    return {
        "key": key,
        "label": {"en": key.capitalize()},
        "rank": place,
        "best_rank": max(place - 1, 1),
        "worst_rank": place + 1,
        "mean_position": float(place),
        "low": 1.0,
        "high": 6.0,
    }


def make_run(session: Session, consultation: Consultation, *, n: int = 120) -> AnalysisRun:
    """A published run with one ranking and one named topic, as publishing would leave it."""
    snapshot = Snapshot(
        consultation_id=consultation.id,
        scope={},
        fingerprint="f",
        content_hash="c",
        n_submissions=n,
        n_contributions=0,
        frozen_at=NOW,
    )
    session.add(snapshot)
    session.flush()
    run = AnalysisRun(
        consultation_id=consultation.id,
        snapshot_id=snapshot.id,
        scope_key="s",
        state=RunState.PUBLISHED,
        parameters={},
        versions={},
        seed=1,
        seconds=0.1,
        computed_at=NOW,
        published_at=NOW,
    )
    session.add(run)
    session.flush()
    order = {
        "title": {"en": "What matters most"},
        "n": n,
        "rows": [_row(place, key) for place, key in enumerate(RANKED, 1)],
        "by": {
            "region": [
                {
                    "key": "african",
                    "label": {"en": "African Group", "ar": "المجموعة الأفريقية"},
                    "n": 40,
                    "ranks": _ranks(RANKED[::-1]),
                }
            ],
            "sector": [],
        },
    }
    share = {"count": 30.0, "base": 100.0, "share": 0.3, "low": 0.2, "high": 0.4}
    topic = {"key": "1", "language": "en", "terms": ["well"], "size": 30, "share": share}
    public_topic = {"key": "1", "label": {"en": "Wells"}, "count": 30} | {
        name: share[name] for name in ("share", "low", "high")
    }
    committee = {
        "ranking/1/order": {**order, "rows": [{**row, "n": n} for row in order["rows"]]},
        "topics": {
            "rows": [{**topic, "exemplars": []}],
            "n": n,
            "n_usable": 100,
            "n_undecided": 0,
            "kinds": {},
            "groups": {},
        },
    }
    theme = {"key": "T1", "label": {"en": "Thirst"}, "share": {**share, "n_audit": 200}}
    committee["themes"] = {"title": {"en": "Themes"}, "n_usable": 100, "rows": [theme]}
    public_theme = {**share, "key": "T1", "label": {"en": "Thirst"}}
    public = {"ranking/1/order": order, "topics": {"rows": [public_topic], "n_usable": 100}}
    public["themes"] = {"n_usable": 100, "rows": [public_theme]}
    for audience, tables in ((Audience.COMMITTEE, committee), (Audience.PUBLIC, public)):
        for position, (name, body) in enumerate(tables.items()):
            session.add(
                RunTable(run_id=run.id, audience=audience, name=name, position=position, body=body)
            )
    session.add(
        ConfirmedTopic(
            run_id=run.id, topic=1, label={"en": "Wells"}, confirmed_by="x", confirmed_at=NOW
        )
    )
    session.flush()
    return run


def make_text(
    session: Session,
    consultation: Consultation,
    text: str,
    *,
    run: AnalysisRun | None = None,
    **values: Any,
) -> Contribution:
    """A contribution of a survey, in the run's topic where a run is given."""
    row = session.exec(select(Round).where(Round.consultation_id == consultation.id)).first()
    row = row or make_round(session, consultation)
    made = Contribution(
        **{
            "consultation_id": consultation.id,
            "channel": Channel.SURVEY,
            "state": ContributionState.RECEIVED,
            "round_id": row.id,
            "question_code": "why",
            "asked": "Why?",
            "text": text,
            "text_hash": hash_text(text),
            "language": "en",
            "declared_language": values.get("language", "en"),
            "is_quotable": True,
            "received_on": NOW.date(),
            **values,
        }
    )
    session.add(made)
    session.flush()
    if run is not None:
        session.add(TopicMember(run_id=run.id, contribution_id=made.id, topic=1, confidence=0.9))
        session.flush()
    return made


def describe(session: Session, item: AgendaItem, **changes: Any) -> AgendaItem:
    """Give a candidate all that a review needs."""
    values: dict[str, Any] = {
        "title": item.title,
        "problem": {"en": "Wells run dry."},
        "deliverable": {"en": "A list of wells."},
        "rationale": {"en": "Many raised it."},
        "scope": Scope.INSIDE,
        "scope_note": {},
        "nobody_else": True,
    }
    services.edit_item(session, item, services.Wording(**{**values, **changes}))
    return item


def make_item(
    session: Session,
    consultation: Consultation,
    code: str = "water",
    *,
    run: AnalysisRun | None = None,
    **changes: Any,
) -> AgendaItem:
    """A described candidate, resting on its place in the ranking of the run."""
    item = intake.add_from_challenge(session, consultation, code, actor="x", now=TODAY)
    if run is not None:
        services.link_figures(
            session, item, run, table_name="ranking/1/order", row_key=code, now=TODAY
        )
    return describe(session, item, **changes)


def judge(
    session: Session,
    consultation: Consultation,
    item: AgendaItem,
    committee: list[Account],
    scores: tuple[int, ...] = (4, 4, 4),
) -> None:
    """Start the review and let each member score."""
    review.start(session, consultation, item, actor="x", now=TODAY)
    for account, score in zip(committee, scores, strict=False):
        given = review.Given(scores=dict.fromkeys(CODES, score))
        review.give_review(session, consultation, item, given, judge=account.public_id, now=TODAY)


def decide(
    session: Session,
    consultation: Consultation,
    item: AgendaItem,
    committee: list[Account],
    state: ItemState = ItemState.ADOPTED,
    **targets: Any,
) -> AgendaItem:
    """Judge an item and decide on it."""
    judge(session, consultation, item, committee)
    if state is ItemState.DEFERRED:
        targets.setdefault("deferred_until", TODAY.date() + timedelta(days=90))
    decisions.decide(
        session,
        consultation,
        item,
        decisions.Decision(state, {"en": "It matters.", "ar": "لأنه مهم."}, **targets),
        actor=committee[0].public_id,
        now=TODAY,
    )
    return item


def plan(**changes: Any) -> programme.TrackPlan:
    """A track of a hundred minutes with three places."""
    values: dict[str, Any] = {
        "title": {"en": "Ministers"},
        "audience": {},
        "starts_at": TODAY + timedelta(days=30),
        "minutes": 100,
        "slots": 3,
    }
    return programme.TrackPlan(**{**values, **changes})


def publish(session: Session, summit: Consultation, *, days: int | None = None) -> AgendaVersion:
    """Publish a draft, open for comments for so many days."""
    closes = TODAY + timedelta(days=days) if days else None
    publication = drafts.Publication(comments_close_at=closes)
    return drafts.publish_draft(session, summit, publication, actor="x", now=TODAY)
