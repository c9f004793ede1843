"""What becomes public: a run's tables behind the disclosure gate, and topics that people named."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from analysis.text.align import Alignment, align
from consultation.process.models import Consultation
from core.errors import Conflict, Invalid, NotFound
from core.i18n import _
from results import runs
from results.models import AnalysisRun, Audience, ConfirmedTopic, TopicMember
from results.publishing import (
    opinions,
    questions,
    rankings,
    text_quality,
    themes,
    topics,
    weighted,
)
from results.tables import Document, rounded

#: Told how much of the work is done, of how much.
Progress = Callable[[int, int], None]

#: Tables that need no other to be gated.
ROOMS: dict[str, Callable[[Document, int], Document]] = {
    "participation": questions.participation,
    "ranking": rankings.ranking,
    "opinions": opinions.opinions,
    "channels": rankings.channels,
    "themes": themes.themes,
    "text_quality": text_quality.text_quality,
}
#: Statistics of many, which are not for the public where few answered.
OF_MANY = frozenset({"ranking", "opinions"})


def publish(
    session: Session,
    consultation: Consultation,
    run: AnalysisRun,
    *,
    threshold: int,
    now: datetime,
) -> None:
    """Gate a run's tables and freeze it for the public, at once."""
    tables = {} if run.published_at else gated_tables(session, run, threshold, _say_nothing)
    freeze(session, consultation, run, tables, now)


def gated_tables(
    session: Session, run: AnalysisRun, threshold: int, progress: Progress
) -> dict[str, Document]:
    """What the public would see of a run as it is now."""
    documents = runs.tables(session, run, Audience.COMMITTEE)
    return gated(documents, topic_names(session, run), threshold, progress)


def topic_names(session: Session, run: AnalysisRun) -> dict[int, dict[str, str]]:
    """What people called the topics of a run."""
    found = session.exec(select(ConfirmedTopic).where(ConfirmedTopic.run_id == run.id))
    return {topic.topic: topic.label for topic in found}


def freeze(
    session: Session,
    consultation: Consultation,
    run: AnalysisRun,
    tables: dict[str, Document],
    now: datetime,
) -> None:
    """Make gated tables of a run public; of a run that is public already nothing changes."""
    already = run.published_at is not None
    runs.publish(session, consultation, run, now)
    if not already:
        runs.add_tables(session, run, Audience.PUBLIC, tables)


def _say_nothing(_done: int, _total: int) -> None:
    """For who waits for the end anyway."""


def gated(
    documents: dict[str, Document],
    names: dict[int, dict[str, str]],
    threshold: int,
    progress: Progress = _say_nothing,
) -> dict[str, Document]:
    """The closed set of public tables of a run."""
    found: dict[str, Document] = {}
    for place, (name, document) in enumerate(documents.items()):
        progress(place, len(documents))
        if document.get("too_few") or document.get("kind") == "number":
            # A mean of few numbers can give one of them away; means stay with the committee.
            continue
        public = _gated(documents, name, names, threshold)
        if public is not None:
            found[name] = public
    return found


def _gated(
    documents: dict[str, Document], name: str, names: dict[int, dict[str, str]], threshold: int
) -> Document | None:
    document = documents[name]
    room = name.partition("/")[0]
    if room == "summary":
        shown = questions.summary(document, threshold)
        return {**shown, "weighted": _weighted(documents, name, shown, threshold)}
    if room == "breakdown":
        overall = documents["/".join(["summary", *name.split("/")[1:3]])]
        return questions.breakdown(document, overall, threshold)
    if room == "topics":
        return topics.topics(document, names, threshold)
    if room in ROOMS and (room not in OF_MANY or document["n"] >= threshold):
        return ROOMS[room](document, threshold)
    return None


def _weighted(
    documents: dict[str, Document], name: str, public: Document, threshold: int
) -> Document | None:
    """The weighted shares of a question, held against all that is published of it."""
    committee = documents[name]
    place = name.partition("/")[2]
    breakdowns = {
        dimension: (own, questions.breakdown(own, committee, threshold))
        for dimension in weighted.DIMENSIONS
        if (own := documents.get(f"breakdown/{place}/{dimension}"))
    }
    return weighted.weighted(committee, public, breakdowns, threshold)


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

    Topics of both runs are matched over the texts that both saw (`analysis.text.align`); what
    became of each stands in the run's table `topic_changes`.
    """
    before = _members(session, previous_id)
    after = _members(session, run.id or 0)
    shared = sorted(set(before) & set(after))
    if not shared:
        return
    found = align([before[key] for key in shared], [after[key] for key in shared])
    runs.add_tables(session, run, Audience.COMMITTEE, {"topic_changes": topic_changes(found)})
    later = {earlier: number for number, earlier in found.pairs.items()}
    named = session.exec(
        select(ConfirmedTopic)
        .where(ConfirmedTopic.run_id == previous_id)
        .order_by(col(ConfirmedTopic.topic))
    ).all()
    for topic in named:
        if topic.topic in later:
            session.add(
                ConfirmedTopic(
                    run_id=run.id or 0,
                    topic=later[topic.topic],
                    label=topic.label,
                    confirmed_by=topic.confirmed_by,
                    confirmed_at=topic.confirmed_at,
                )
            )
    session.flush()


def _members(session: Session, run_id: int) -> dict[str, int]:
    """The topic of each contribution in a run."""
    rows = session.exec(
        select(TopicMember.contribution_id, TopicMember.topic).where(TopicMember.run_id == run_id)
    )
    return dict(rows.all())


def topic_changes(found: Alignment) -> Document:
    """What became of each topic since the run before: kept, split, merged, appeared, faded."""
    return {
        "rows": [
            {
                "change": step.change.value,
                "before": [str(number) for number in step.before],
                "after": [str(number) for number in step.after],
                "overlap": rounded(step.overlap),
            }
            for step in found.steps
        ]
    }
