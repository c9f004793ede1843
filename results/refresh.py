"""Pull: look whether the sources changed since the last run, and compute a new one if so."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlmodel import Session, col, func, select

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from consultation.people.queries import targets
from consultation.process.models import Consultation, Round, RoundState
from consultation.process.queries import by_slug
from consultation.process.services import close_due_rounds
from consultation.targets.queries import frozen_first
from core.db import Database
from core.jobs import UNFINISHED, Handler, Job, JobContext, JobState, cancel, enqueue
from core.later import Later
from core.security import current_settings
from results import runs, snapshots
from results.computing import vectors
from results.computing.inputs import SEED, Inputs, Progress, SignedOff
from results.models import AnalysisRun, Snapshot
from results.publication import carry_confirmed
from results.snapshots import Frozen, Scope
from results.workbench.population import people_of
from results.workbench.queries import latest_version
from results.workbench.topics import carry_choices
from surveys.models import Submission, SubmissionState

if TYPE_CHECKING:
    from results import compute
else:
    compute = Later("results.compute")

log = structlog.get_logger("refresh")
LOOK = "look_for_changes"
COMPUTE = "compute_run"
#: Automatic refreshes wait for this many new answers, so that no two looks show one person.
SMALLEST_BATCH = runs.SMALLEST_BATCH
#: A run that somebody stopped is not begun again by itself before this time is over.
AFTER_CANCEL = timedelta(hours=1)


def look_for_changes(context: JobContext) -> None:
    """Close rounds that are due; queue a run for each consultation whose answers changed."""
    now = datetime.now(UTC)
    with context.database.transaction() as session:
        close_due_rounds(session, now)
    with context.database.read_session() as session:
        due = [
            row.slug
            for row in session.exec(select(Consultation).order_by(col(Consultation.id)))
            if _is_due(session, row) and not _was_cancelled(session, row.slug, now)
        ]
    with context.database.transaction() as session:
        for slug in due:
            request_run(session, slug, now)


def request_run(session: Session, slug: str, now: datetime) -> None:
    """Queue a run of a consultation, once."""
    enqueue(session, COMPUTE, {"slug": slug}, key=f"{COMPUTE}:{slug}", now=now)


def cancel_run(session: Session, slug: str, now: datetime) -> bool:
    """End the run that waits, or ask the one under way to stop; whether there was one."""
    # Of one key at most one job is unfinished.
    number = session.exec(
        select(Job.id).where(Job.key == f"{COMPUTE}:{slug}", col(Job.state).in_(UNFINISHED))
    ).first()
    return number is not None and cancel(session, number, now)


def _was_cancelled(session: Session, slug: str, now: datetime) -> bool:
    """Whether somebody stopped the last run so lately that it is not begun again unasked."""
    last = session.exec(
        select(Job).where(Job.key == f"{COMPUTE}:{slug}").order_by(col(Job.id).desc()).limit(1)
    ).first()
    return (
        last is not None
        and last.state is JobState.CANCELLED
        and last.finished_at is not None
        and last.finished_at > now - AFTER_CANCEL
    )


def _is_due(session: Session, consultation: Consultation) -> bool:
    scope = snapshots.default_scope(session, consultation)
    last = _last_run(session, consultation, scope)
    if last is None:
        return _count(session, consultation) >= SMALLEST_BATCH
    before = runs.snapshot_of(session, last)
    if snapshots.fingerprint(session, consultation, scope) == before.fingerprint:
        return False
    moved = abs(_count(session, consultation) - before.n_submissions)
    return moved >= SMALLEST_BATCH or not _has_open_round(session, consultation)


def _last_run(session: Session, consultation: Consultation, scope: Scope) -> AnalysisRun | None:
    return session.exec(
        select(AnalysisRun)
        .where(AnalysisRun.consultation_id == consultation.id, AnalysisRun.scope_key == scope.key)
        .order_by(col(AnalysisRun.computed_at).desc(), col(AnalysisRun.id).desc())
    ).first()


def _count(session: Session, consultation: Consultation) -> int:
    return session.exec(
        select(func.count())
        .select_from(Submission)
        .join(Round, col(Round.id) == col(Submission.round_id))
        .where(
            Round.consultation_id == consultation.id,
            Submission.state == SubmissionState.SUBMITTED,
        )
    ).one()


def _has_open_round(session: Session, consultation: Consultation) -> bool:
    return (
        session.exec(
            select(Round.id).where(
                Round.consultation_id == consultation.id, Round.state == RoundState.OPEN
            )
        ).first()
        is not None
    )


def compute_run(context: JobContext) -> None:
    """The durable job: what it saves commits together with its end, so a run exists once."""
    folder = current_settings().instance_path
    slug = str(context.args["slug"])
    now = datetime.now(UTC)
    prepared = _prepare(context.database, slug, folder, now)
    if prepared is None:
        return
    computed = _compute(prepared.inputs, context.progress)
    with context.finish() as session:
        _save(session, slug, prepared, computed, now)


def refresh(database: Database, slug: str, *, now: datetime, folder: Path | None = None) -> bool:
    """Compute a run at once, if anything changed; whether it did."""
    prepared = _prepare(database, slug, folder or current_settings().instance_path, now)
    if prepared is None:
        return False
    computed = _compute(prepared.inputs, lambda _done, _total: None)
    with database.transaction() as session:
        _save(session, slug, prepared, computed, now)
    return True


class _Prepared:
    """What was frozen, and what the computation needs beside it."""

    def __init__(self, scope: Scope, snapshot: Snapshot, inputs: Inputs) -> None:
        self.scope = scope
        self.snapshot = snapshot
        self.inputs = inputs


def _prepare(database: Database, slug: str, folder: Path, now: datetime) -> _Prepared | None:
    with database.read_session() as session:
        database.hold_still(session)
        consultation = by_slug(session, slug)
        scope = snapshots.default_scope(session, consultation)
        last = _last_run(session, consultation, scope)
        mark = snapshots.fingerprint(session, consultation, scope)
        if last is not None and runs.snapshot_of(session, last).fingerprint == mark:
            return None
        frozen = snapshots.freeze(session, consultation, scope)
        inputs = replace(
            _inputs(session, consultation, scope, frozen),
            vectors=vectors.folder_of(folder, consultation.slug),
            dask=current_settings().dask,
        )
        snapshot = snapshots.keep(frozen, consultation, scope, mark, folder / snapshots.FOLDER)
    with database.transaction() as session:
        snapshot.frozen_at = now
        session.add(snapshot)
        session.flush()
    return _Prepared(scope, snapshot, inputs)


def _inputs(session: Session, consultation: Consultation, scope: Scope, frozen: Frozen) -> Inputs:
    rounds = session.exec(
        select(Round)
        .where(Round.consultation_id == consultation.id, col(Round.number).in_(scope.rounds))
        .order_by(col(Round.number))
    ).all()
    documents = {row.number: snapshots.document_of(session, row) for row in rounds}
    ids = set(frozen.contributions["id"].to_list())
    found = session.exec(
        select(Contribution.id, Contribution.text).where(
            Contribution.consultation_id == consultation.id
        )
    )
    return Inputs(
        frozen=frozen,
        documents={number: document for number, document in documents.items() if document},
        texts={key: text for key, text in found if key in ids},
        region_classification=consultation.region_classification,
        targets=targets(session, consultation),
        targets_frozen=frozen_first(session, consultation),
        languages=tuple(consultation.languages),
        small=current_settings().thresholds.small_cell_flag,
        signed_off=_signed_off(session, consultation),
        people=people_of(session, consultation.id or 0),
    )


def _signed_off(session: Session, consultation: Consultation) -> SignedOff | None:
    """The codebook that people signed off last."""
    version = latest_version(session, consultation)
    if version is None:
        return None
    return SignedOff(
        number=version.number,
        document=version.document,
        labels=version.labels,
        content_hash=version.content_hash,
    )


def _compute(inputs: Inputs, progress: Progress) -> runs.Computed:
    started = time.perf_counter()
    result = compute.compute(inputs, progress)
    return runs.Computed(
        committee=result.documents,
        members=result.members,
        mentions=result.mentions,
        theme_members=result.theme_members,
        left_out=result.left_out,
        languages=result.languages,
        parameters=_parameters(inputs),
        seed=inputs.seed,
        seconds=time.perf_counter() - started,
    )


def _parameters(inputs: Inputs) -> dict[str, Any]:
    return {
        "region_classification": inputs.region_classification,
        "targets": inputs.targets,
        "small_cell_flag": inputs.small,
        "weighting": "none",
        "seed": SEED,
    }


def _save(
    session: Session, slug: str, prepared: _Prepared, computed: runs.Computed, now: datetime
) -> None:
    consultation = by_slug(session, slug)
    previous = _last_run(session, consultation, prepared.scope)
    run = runs.save(session, consultation, prepared.snapshot, prepared.scope, computed, now)
    if previous is not None and previous.id is not None:
        carry_confirmed(session, previous.id, run)
        carry_choices(session, previous, run)
    n_other = contributions.read_in(session, consultation.id or 0, computed.languages)
    log.info("run_saved", run=run.public_id, seconds=run.seconds, other_languages=n_other)


HANDLERS: dict[str, Handler] = {LOOK: look_for_changes, COMPUTE: compute_run}
#: Kinds that take long enough to be in the way of pages.
HEAVY = frozenset({COMPUTE})
SCHEDULE: tuple[tuple[str, float], ...] = ((LOOK, 60.0),)
