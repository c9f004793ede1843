"""Make a research export of a published run: once made it never changes."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlmodel import Session, col, select

from consultation.process.models import Consultation, Round
from core.errors import Conflict, NotFound
from core.i18n import _
from results import snapshots
from results.models import AnalysisRun, Audience, Release, RunState
from results.releases.package import About, build
from results.runs import snapshot_of, tables

FOLDER = "releases"


def make(
    session: Session,
    consultation: Consultation,
    run: AnalysisRun,
    *,
    instance: Path,
    k: int,
    actor: str,
    now: datetime,
) -> Release:
    """Build the file from the run's own snapshot, so that it matches the published figures."""
    if run.state is not RunState.PUBLISHED:
        raise Conflict(_("Publish the run first: a release matches published figures."))
    snapshot = snapshot_of(session, run)
    frozen = snapshots.load(snapshot, instance / snapshots.FOLDER)
    rounds = session.exec(
        select(Round)
        .where(
            Round.consultation_id == consultation.id,
            col(Round.number).in_(list(frozen.answers)),
        )
        .order_by(col(Round.number))
    )
    documents = {row.number: snapshots.document_of(session, row) for row in rounds}
    package = build(
        about=About(
            slug=consultation.slug,
            region_classification=consultation.region_classification,
            is_synthetic=consultation.is_synthetic,
        ),
        run={
            "id": run.public_id,
            "computed_at": run.computed_at.date().isoformat(),
            "snapshot": snapshot.content_hash,
            "seed": run.seed,
            "versions": run.versions,
            "parameters": run.parameters,
        },
        public_tables=tables(session, run, Audience.PUBLIC),
        documents={number: found for number, found in documents.items() if found},
        frames=frozen.answers,
        k=k,
    )
    release = Release(
        consultation_id=consultation.id or 0,
        run_id=run.id or 0,
        file_hash=sha256(package.content).hexdigest(),
        file_size=len(package.content),
        loss=package.loss,
        made_by=actor,
        made_at=now,
    )
    path = file_of(release, instance)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(package.content)
    session.add(release)
    session.flush()
    return release


def file_of(release: Release, instance: Path) -> Path:
    """Where a release's file stands; its name is its hash."""
    return instance / FOLDER / f"{release.file_hash}.zip"


def all_of(session: Session, consultation: Consultation) -> list[tuple[Release, AnalysisRun]]:
    """The releases of a consultation with their runs, newest first."""
    found = session.exec(
        select(Release, AnalysisRun)
        .join(AnalysisRun, col(AnalysisRun.id) == col(Release.run_id))
        .where(Release.consultation_id == consultation.id)
        .order_by(col(Release.made_at).desc())
    )
    return [(release, run) for release, run in found]


def by_public_id(session: Session, consultation: Consultation, public_id: str) -> Release:
    found = session.exec(
        select(Release).where(
            Release.public_id == public_id, Release.consultation_id == consultation.id
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such release."))
    return found
