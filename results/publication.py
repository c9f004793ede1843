"""What becomes public: a run's tables behind the disclosure gate, and topics that people named."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consultation.process.models import Consultation
from core.errors import Conflict, Invalid, NotFound
from core.i18n import _
from results import runs
from results.models import AnalysisRun, Audience, ConfirmedTopic, TopicMember
from results.publishing import questions, rankings, themes, topics
from results.tables import Document

#: A new topic takes over a confirmed name when it holds at least this part of the old members.
SAME_TOPIC = 0.5


def publish(
    session: Session,
    consultation: Consultation,
    run: AnalysisRun,
    *,
    threshold: int,
    now: datetime,
) -> None:
    """Gate a run's tables and freeze it for the public."""
    already = run.published_at is not None
    runs.publish(session, consultation, run, now)
    if not already:
        documents = runs.tables(session, run, Audience.COMMITTEE)
        names = {
            topic.topic: topic.label
            for topic in session.exec(select(ConfirmedTopic).where(ConfirmedTopic.run_id == run.id))
        }
        runs.add_tables(session, run, Audience.PUBLIC, gated(documents, names, threshold))


def gated(
    documents: dict[str, Document], names: dict[int, dict[str, str]], threshold: int
) -> dict[str, Document]:
    """The closed set of public tables of a run."""
    found: dict[str, Document] = {}
    for name, document in documents.items():
        if document.get("too_few") or document.get("kind") == "number":
            # A mean of few numbers can give one of them away; means stay with the committee.
            continue
        room = name.partition("/")[0]
        if room == "summary":
            found[name] = questions.summary(document, threshold)
        elif room == "breakdown":
            overall = documents["/".join(["summary", *name.split("/")[1:3]])]
            found[name] = questions.breakdown(document, overall, threshold)
        elif room == "participation":
            found[name] = questions.participation(document, threshold)
        elif room == "ranking" and document["n"] >= threshold:
            found[name] = rankings.ranking(document, threshold)
        elif room == "channels":
            found[name] = rankings.channels(document, threshold)
        elif room == "topics":
            found[name] = topics.topics(document, names, threshold)
        elif room == "themes":
            found[name] = themes.themes(document, threshold)
    return found


def confirm_topic(
    session: Session,
    run: AnalysisRun,
    number: int,
    *,
    label: dict[str, str],
    actor: str,
    now: datetime,
) -> ConfirmedTopic:
    """A person gives a topic its name."""
    if run.published_at is not None:
        raise Conflict(_("This run is published. Name topics in the next run."))
    words = {code: text.strip()[:200] for code, text in label.items() if text.strip()}
    if not words:
        raise Invalid(_("Enter a name for the topic."), field="label")
    rows = runs.tables(session, run, Audience.COMMITTEE).get("topics", {}).get("rows", [])
    if str(number) not in {row["key"] for row in rows}:
        raise NotFound(_("The run has no such topic."))
    known = session.exec(
        select(ConfirmedTopic).where(
            ConfirmedTopic.run_id == run.id, ConfirmedTopic.topic == number
        )
    ).one_or_none()
    topic = known or ConfirmedTopic(
        run_id=run.id or 0, topic=number, label=words, confirmed_by=actor, confirmed_at=now
    )
    topic.label = words
    topic.confirmed_by = actor
    topic.confirmed_at = now
    session.add(topic)
    session.flush()
    return topic


def carry_confirmed(session: Session, previous_id: int, run: AnalysisRun) -> None:
    """What people named keeps its name in the next run, where the topic is still the same.

    The new topic that holds most of the old members takes the name, if it holds half of them.
    """
    named = session.exec(
        select(ConfirmedTopic)
        .where(ConfirmedTopic.run_id == previous_id)
        .order_by(col(ConfirmedTopic.topic))
    ).all()
    if not named:
        return
    before = _members(session, previous_id)
    after = _members(session, run.id or 0)
    taken: set[int] = set()
    for topic in named:
        members = before.get(topic.topic, set())
        overlap = {
            number: len(members & others) for number, others in after.items() if number not in taken
        }
        if not members or not overlap:
            continue
        best = min(overlap, key=lambda number: (-overlap[number], number))
        if overlap[best] >= SAME_TOPIC * len(members):
            taken.add(best)
            session.add(
                ConfirmedTopic(
                    run_id=run.id or 0,
                    topic=best,
                    label=topic.label,
                    confirmed_by=topic.confirmed_by,
                    confirmed_at=topic.confirmed_at,
                )
            )
    session.flush()


def _members(session: Session, run_id: int) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows: Any = session.exec(
        select(TopicMember.topic, TopicMember.contribution_id).where(TopicMember.run_id == run_id)
    )
    for number, contribution in rows:
        found.setdefault(number, set()).add(contribution)
    return found
