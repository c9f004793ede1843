"""The committee's part of the synthetic story: candidates judged, an agenda in two drafts."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.process.models import Consultation
from consultation.process.queries import challenges
from core.auth.models import Account
from results import runs
from results.agenda import decisions, intake, programme, services
from results.agenda.drafts import comments
from results.agenda.drafts import services as drafts
from results.agenda.drafts.models import AgendaVersion, Refusal
from results.agenda.models import AgendaItem, AgendaTrack, Body, ItemState, Scope
from results.agenda.queries import confirmed_topics
from results.agenda.review import services as review
from results.demo.content import TEXT_LANGUAGES, challenge_codes, fragments, process
from results.models import AnalysisRun, Audience
from results.publication import confirm_topic

ROUND = 3
UNDECIDED = {"candidate", "in_review"}


@cache
def story() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (Path(__file__).parent / "texts" / "agenda.json").read_text(encoding="utf-8")
    )
    return found


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when the story plays."""

    session: Session
    consultation: Consultation
    run: AnalysisRun
    judges: list[Account]
    now: datetime

    @property
    def chair(self) -> str:
        return self.judges[0].public_id


def play(session: Session, consultation: Consultation, run: AnalysisRun, now: datetime) -> None:
    """From candidates to a second draft that takes comments; the published run is their base."""
    emails = [member["email"] for member in story()["members"]]
    found = {
        row.email: row
        for row in session.exec(select(Account).where(col(Account.email).in_(emails)))
    }
    scene = Scene(session, consultation, run, [found[email] for email in emails], now)
    tracks = _tracks(scene)
    items = _items(scene)
    for plan, item in zip(story()["items"], items, strict=True):
        _judge(scene, plan, item)
        if plan["state"] not in UNDECIDED:
            _decide(scene, plan, item, items)
        if "track" in plan:
            programme.place(session, item, tracks[plan["track"]], plan["minutes"])
    _draft(scene, "first")
    first = _comment(scene, items)
    _reword(scene, items[0], tracks[0])
    _draft(scene, "second")
    _answer(scene, first)


def _tracks(scene: Scene) -> list[AgendaTrack]:
    start = (scene.now + timedelta(days=40)).replace(hour=9, minute=0, second=0, microsecond=0)
    return [
        programme.save_track(
            scene.session, scene.consultation, programme.TrackPlan(starts_at=start, **plan)
        )
        for plan in story()["tracks"]
    ]


def _items(scene: Scene) -> list[AgendaItem]:
    """Candidates from challenges with their evidence, and one that nobody asked for."""
    name = f"ranking/{ROUND}/ranking"
    rows = {
        row["key"]: row
        for row in runs.tables(scene.session, scene.run, Audience.COMMITTEE)[name]["rows"]
    }
    made = []
    for plan in story()["items"]:
        code = plan.get("challenge")
        if code is None:
            made.append(_propose(scene, intake.Proposal(story()["committee_item"])))
            continue
        item = intake.add_from_challenge(
            scene.session, scene.consultation, code, actor=scene.chair, now=scene.now
        )
        services.link_figures(
            scene.session, item, scene.run, table_name=name, row_key=code, now=scene.now
        )
        for key in _quotes(scene, code):
            services.link_contribution(scene.session, item, key, scene.now)
        _describe(scene, plan, item, rows[code]["label"], is_first=not made)
        made.append(item)
    _link_topics(scene, made)
    return made


def _propose(scene: Scene, proposal: intake.Proposal) -> AgendaItem:
    return intake.add_item(
        scene.session, scene.consultation, proposal, actor=scene.chair, now=scene.now
    )


def _speaks_of(text: str, language: str, code: str) -> bool:
    """Whether a text was written from the fragments of a challenge, or noted on it."""
    if any(note["text"] == text for note in process()["dialogue"]["notes"]):
        return any(
            note["text"] == text and note["challenge"] == code
            for note in process()["dialogue"]["notes"]
        )
    said = fragments(language)["challenges"][code] if language in TEXT_LANGUAGES else {}
    return any(sentence in text for part in said.values() for sentence in part)


def _quotes(scene: Scene, code: str) -> list[str]:
    """A minute of the dialogue, where there is one, and a text of the survey that may be quoted."""
    found: dict[Channel, str] = {}
    for row in scene.session.exec(
        select(Contribution)
        .where(
            Contribution.consultation_id == scene.consultation.id,
            Contribution.state == ContributionState.RECEIVED,
            col(Contribution.is_quotable),
        )
        .order_by(col(Contribution.text_hash))
    ):
        if row.channel not in found and _speaks_of(row.text, row.language, code):
            found[row.channel] = row.id
    return [found[channel] for channel in (Channel.DIALOGUE, Channel.SURVEY) if channel in found]


def name_topics(
    session: Session, consultation: Consultation, run: AnalysisRun, actor: str, now: datetime
) -> None:
    """A person reads a topic's clearest texts and gives it the name of what they speak of.

    The largest topic of a challenge gets its name; another of the same name would only confuse.
    """
    titles = {row.code: row.title for row in challenges(session, consultation)}
    rows = runs.tables(session, run, Audience.COMMITTEE)["topics"]["rows"]
    for row in sorted(rows, key=lambda row: -int(row["size"])):
        title = titles.pop(_challenge_of(session, row), None)
        if title is not None:
            confirm_topic(session, run, int(row["key"]), label=title, actor=actor, now=now)


def _challenge_of(session: Session, row: dict[str, Any]) -> str:
    """The challenge that most of a topic's clearest texts speak of; none where they differ."""
    texts = session.exec(
        select(Contribution).where(col(Contribution.id).in_(row["exemplars"]))
    ).all()
    counts = {
        code: sum(_speaks_of(one.text, one.language, code) for one in texts)
        for code in challenge_codes()
    }
    code = max(counts, key=lambda key: (counts[key], key))
    return code if 2 * counts[code] > len(texts) else ""


def _link_topics(scene: Scene, items: list[AgendaItem]) -> None:
    """Named topics as evidence of the items that they speak of."""
    by_code = {item.challenge_code: item for item in items if item.challenge_code}
    named = confirmed_topics(scene.session, scene.run)
    for row in runs.tables(scene.session, scene.run, Audience.COMMITTEE)["topics"]["rows"]:
        item = by_code.get(_challenge_of(scene.session, row))
        if item is not None and int(row["key"]) in named:
            services.link_figures(
                scene.session,
                item,
                scene.run,
                table_name="topics",
                row_key=row["key"],
                now=scene.now,
            )


def _describe(
    scene: Scene,
    plan: dict[str, Any],
    item: AgendaItem,
    label: dict[str, str],
    *,
    is_first: bool,
) -> None:
    deliverable = plan.get("deliverable", story()["default_deliverable"])
    overlap = plan["overlap"]
    services.add_overlap(
        scene.session,
        item,
        body=Body(overlap["body"]),
        name=overlap.get("name", ""),
        complements=overlap["complements"],
    )
    services.edit_item(
        scene.session,
        item,
        services.Wording(
            title=item.title,
            problem=item.problem,
            deliverable=story()["first_deliverable"] if is_first else deliverable,
            rationale={code: text % label[code] for code, text in story()["rationale"].items()},
            scope=Scope.ELSEWHERE if plan["state"] == "referred" else Scope.COMPLEMENTARY,
            scope_note={},
            lead=plan.get("lead", ""),
        ),
    )


def _judge(scene: Scene, plan: dict[str, Any], item: AgendaItem) -> None:
    """Every member scores but in an open review, where the first has still to."""
    if plan["state"] == "candidate":
        return
    review.start(scene.session, scene.consultation, item, actor=scene.chair, now=scene.now)
    criteria = [entry["code"] for entry in review.criteria_of(scene.session, scene.consultation)]
    members = list(zip(scene.judges, story()["members"], strict=True))
    for place, (judge, member) in enumerate(members):
        if plan["state"] == "in_review" and place == 0:
            continue
        score = (1, 5, 2)[place] if plan.get("split") else member["scores"]
        given = review.Given(scores=dict.fromkeys(criteria, score))
        review.give_review(
            scene.session, scene.consultation, item, given, judge=judge.public_id, now=scene.now
        )


def _decide(scene: Scene, plan: dict[str, Any], item: AgendaItem, items: list[AgendaItem]) -> None:
    state = ItemState(plan["state"])
    decision = decisions.Decision(
        state=state,
        reason=plan["reason"],
        merged_into=items[plan["into"]].public_id if "into" in plan else "",
        deferred_until=(scene.now + timedelta(days=plan["days"])).date()
        if "days" in plan
        else None,
        referred_to=plan.get("to", ""),
    )
    decisions.decide(
        scene.session, scene.consultation, item, decision, actor=scene.chair, now=scene.now
    )


def _draft(scene: Scene, name: str) -> AgendaVersion:
    publication = drafts.Publication(
        note=story()["notes"][name], comments_close_at=scene.now + timedelta(days=14)
    )
    return drafts.publish_draft(
        scene.session, scene.consultation, publication, actor=scene.chair, now=scene.now
    )


def _comment(scene: Scene, items: list[AgendaItem]) -> list[tuple[str, dict[str, Any]]]:
    """Comments on the first draft, with what the committee answers to each."""
    version = scene.session.exec(
        select(AgendaVersion).where(AgendaVersion.consultation_id == scene.consultation.id)
    ).one()
    made = []
    for plan in story()["comments"]:
        about = items[plan["item"]].public_id if plan["item"] >= 0 else ""
        remark = comments.Remark(text=plan["text"], item=about, language=plan["language"])
        row = comments.give(scene.session, scene.consultation, version, remark, scene.now)
        made.append((row.id, plan))
    return made


def _answer(scene: Scene, given: list[tuple[str, dict[str, Any]]]) -> None:
    for key, plan in given:
        comment = comments.comment_by_id(scene.session, scene.consultation, key)
        if plan.get("refuse"):
            comments.refuse(scene.session, comment, Refusal(plan["refuse"]), actor=scene.chair)
        elif plan["accept"]:
            comments.accept(scene.session, scene.consultation, comment, actor=scene.chair)


def _reword(scene: Scene, item: AgendaItem, track: AgendaTrack) -> None:
    """The first item is opened again because of a comment, and decided anew."""
    plan = story()["items"][0]
    programme.unplace(scene.session, item)
    decisions.reopen(
        scene.session,
        scene.consultation,
        item,
        reason=story()["reopened"],
        actor=scene.chair,
        now=scene.now,
    )
    services.edit_item(
        scene.session,
        item,
        services.Wording(
            title=item.title,
            problem=item.problem,
            deliverable=plan["deliverable"],
            rationale=item.rationale,
            scope=item.scope,
            scope_note=item.scope_note,
            lead=item.lead,
        ),
    )
    _judge(scene, plan, item)
    _decide(scene, plan, item, [])
    programme.place(scene.session, item, track, plan["minutes"])
    programme.move_in_track(scene.session, item, -1)
