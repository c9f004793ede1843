"""Save a computed run with its tables, find the run a page shows, publish one."""

import platform
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, delete, select

from analysis.text.quality import TextKind
from consultation.process.models import Consultation
from core.errors import Conflict, NotFound
from core.i18n import _
from results.agenda.models import Evidence
from results.models import (
    AnalysisRun,
    Audience,
    ConfirmedTopic,
    LeftOut,
    RunState,
    RunTable,
    Snapshot,
    TopicMember,
    TopicMention,
)
from results.rounds.models import ItemSource
from results.snapshots import Scope
from results.workbench.models import ThemeMember, TopicChoice

#: New figures reach an audience in batches of at least this many new answers.
SMALLEST_BATCH = 10
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "polars", "nltk")


@dataclass(frozen=True, slots=True)
class Computed:
    """What a computation leaves behind: documents by name and the topic of each contribution."""

    committee: dict[str, dict[str, Any]]
    members: list[tuple[str, int, float]]
    parameters: dict[str, Any]
    seed: int
    seconds: float
    theme_members: list[tuple[str, str, bool, float]] = field(default_factory=list)
    #: Further topics that a contribution speaks of.
    mentions: list[tuple[str, int, float]] = field(default_factory=list)
    #: Contributions with nothing to read, and why.
    left_out: list[tuple[str, TextKind]] = field(default_factory=list)
    #: Contribution, hash of its words, and the language that they read in.
    languages: list[tuple[str, str, str]] = field(default_factory=list)


def versions() -> dict[str, str]:
    """What computed the figures, so that somebody can compute them again."""
    found = {name: version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), **found}


def save(
    session: Session,
    consultation: Consultation,
    snapshot: Snapshot,
    scope: Scope,
    computed: Computed,
    now: datetime,
) -> AnalysisRun:
    """Store a run and let it replace the live run of its scope; a published one stays."""
    for old in session.exec(
        select(AnalysisRun).where(
            AnalysisRun.consultation_id == consultation.id,
            AnalysisRun.scope_key == scope.key,
            AnalysisRun.state == RunState.LIVE,
        )
    ):
        if not _has_human_work(session, old):
            session.delete(old)
    session.flush()
    run = AnalysisRun(
        consultation_id=consultation.id or 0,
        snapshot_id=snapshot.id or 0,
        scope_key=scope.key,
        parameters=computed.parameters,
        versions=versions(),
        seed=computed.seed,
        seconds=round(computed.seconds, 3),
        computed_at=now,
    )
    session.add(run)
    session.flush()
    add_tables(session, run, Audience.COMMITTEE, computed.committee)
    if computed.members:
        session.connection().execute(
            insert(TopicMember),
            [
                {
                    "run_id": run.id,
                    "contribution_id": contribution,
                    "topic": topic,
                    "confidence": confidence,
                }
                for contribution, topic, confidence in computed.members
            ],
        )
    if computed.mentions:
        session.connection().execute(
            insert(TopicMention),
            [
                {
                    "run_id": run.id,
                    "topic": topic,
                    "contribution_id": contribution,
                    "confidence": confidence,
                }
                for contribution, topic, confidence in computed.mentions
            ],
        )
    if computed.left_out:
        session.connection().execute(
            insert(LeftOut),
            [
                {"run_id": run.id, "contribution_id": contribution, "kind": kind}
                for contribution, kind in computed.left_out
            ],
        )
    if computed.theme_members:
        names = ("code", "contribution_id", "is_human", "probability")
        session.connection().execute(
            insert(ThemeMember),
            [
                {"run_id": run.id, **dict(zip(names, member, strict=True))}
                for member in computed.theme_members
            ],
        )
    return run


def _has_human_work(session: Session, run: AnalysisRun) -> bool:
    """People's work wins: confirmed topics, themes, evidence and items of a round keep a run alive."""
    confirmed = select(ConfirmedTopic.id).where(ConfirmedTopic.run_id == run.id).limit(1)
    evidence = select(Evidence.id).where(Evidence.run_id == run.id).limit(1)
    chosen = select(TopicChoice.topic).where(TopicChoice.run_id == run.id).limit(1)
    asked = select(ItemSource.id).where(ItemSource.run_id == run.id).limit(1)
    works = (confirmed, evidence, chosen, asked)
    return any(session.exec(work).first() is not None for work in works)


def add_tables(
    session: Session, run: AnalysisRun, audience: Audience, tables: dict[str, dict[str, Any]]
) -> None:
    """Store documents by name; their order stays."""
    if tables:
        session.connection().execute(
            insert(RunTable),
            [
                {
                    "run_id": run.id,
                    "audience": audience,
                    "name": name,
                    "position": position,
                    "body": body,
                }
                for position, (name, body) in enumerate(tables.items())
            ],
        )


def latest(session: Session, consultation: Consultation) -> AnalysisRun | None:
    """The newest run, live or published: what the committee's dashboard shows."""
    return session.exec(
        select(AnalysisRun)
        .where(AnalysisRun.consultation_id == consultation.id)
        .order_by(col(AnalysisRun.computed_at).desc(), col(AnalysisRun.id).desc())
    ).first()


def latest_published(session: Session, consultation: Consultation) -> AnalysisRun | None:
    """The newest published run: all that the public ever sees."""
    return session.exec(
        select(AnalysisRun)
        .where(
            AnalysisRun.consultation_id == consultation.id,
            AnalysisRun.state == RunState.PUBLISHED,
        )
        .order_by(col(AnalysisRun.published_at).desc(), col(AnalysisRun.id).desc())
    ).first()


def by_public_id(session: Session, consultation: Consultation, public_id: str) -> AnalysisRun:
    """A run of this consultation; another consultation's run does not exist here."""
    run = session.exec(
        select(AnalysisRun).where(
            AnalysisRun.public_id == public_id, AnalysisRun.consultation_id == consultation.id
        )
    ).one_or_none()
    if run is None:
        raise NotFound(_("There is no such run in this consultation."))
    return run


def tables(session: Session, run: AnalysisRun, audience: Audience) -> dict[str, dict[str, Any]]:
    """The documents of a run by name, in the order in which they were computed."""
    found = session.exec(
        select(RunTable.name, RunTable.body)
        .where(RunTable.run_id == run.id, RunTable.audience == audience)
        .order_by(col(RunTable.position))
    )
    return {name: dict(body) for name, body in found}


def tables_under(
    session: Session, run: AnalysisRun, audience: Audience, prefix: str
) -> dict[str, dict[str, Any]]:
    """The documents of a run whose names begin alike, such as `ranking/`."""
    found = session.exec(
        select(RunTable.name, RunTable.body)
        .where(
            RunTable.run_id == run.id,
            RunTable.audience == audience,
            col(RunTable.name).startswith(prefix, autoescape=True),
        )
        .order_by(col(RunTable.position))
    )
    return {name: dict(body) for name, body in found}


def table(session: Session, run: AnalysisRun, audience: Audience, name: str) -> dict[str, Any]:
    """One document of a run; empty where the run has none of this name."""
    found = session.exec(
        select(RunTable.body).where(
            RunTable.run_id == run.id, RunTable.audience == audience, RunTable.name == name
        )
    ).one_or_none()
    return dict(found or {})


def snapshot_of(session: Session, run: AnalysisRun) -> Snapshot:
    return session.exec(select(Snapshot).where(Snapshot.id == run.snapshot_id)).one()


def refuse_few(session: Session, consultation: Consultation, run: AnalysisRun) -> None:
    """Say no to a run that differs by a few answers from the one published last."""
    before = latest_published(session, consultation)
    if before is not None:
        old, new = snapshot_of(session, before), snapshot_of(session, run)
        difference = abs(new.n_submissions - old.n_submissions)
        is_edited = difference == 0 and new.content_hash != old.content_hash
        if is_edited or 0 < difference < SMALLEST_BATCH:
            raise Conflict(
                _(
                    "Only a few answers differ from the figures published before: whoever "
                    "compares the two could read single answers. Publish when %(needed)s or "
                    "more have come in.",
                    needed=SMALLEST_BATCH,
                )
            )


def publish(
    session: Session, consultation: Consultation, run: AnalysisRun, now: datetime
) -> AnalysisRun:
    """Freeze a run for the public; refused while it differs by a few answers from the last one."""
    if run.state is RunState.PUBLISHED:
        return run
    refuse_few(session, consultation, run)
    run.state = RunState.PUBLISHED
    run.published_at = now
    session.add(run)
    session.flush()
    return run


def forget_unused_snapshots(session: Session) -> None:
    """Drop the rows of snapshots that no run refers to."""
    used = select(AnalysisRun.snapshot_id)
    session.exec(delete(Snapshot).where(col(Snapshot.id).not_in(used)))
