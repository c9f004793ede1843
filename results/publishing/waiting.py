"""Publishing as a job: what may be told of hidden counts is worked out for a while."""

from datetime import UTC, datetime

from sqlmodel import Session

from consultation.process.models import Consultation
from consultation.process.queries import by_slug
from core.errors import Conflict
from core.jobs import Handler, JobContext, enqueue
from core.security import current_settings
from results import publication, runs
from results.models import AnalysisRun

PUBLISH = "publish_run"


def key_of(slug: str) -> str:
    """The key of the one publishing of a consultation that is under way."""
    return f"{PUBLISH}:{slug}"


def request(session: Session, consultation: Consultation, run: AnalysisRun, now: datetime) -> None:
    """Queue the publishing of a run, once; refused where it differs by a few answers."""
    if run.published_at is not None:
        return
    runs.refuse_few(session, consultation, run)
    wanted = {"slug": consultation.slug, "run": run.public_id}
    enqueue(session, PUBLISH, wanted, key=key_of(consultation.slug), now=now)


def publish_run(context: JobContext) -> None:
    """The durable job. Topics that got another name meanwhile are gated again."""
    slug, wanted = str(context.args["slug"]), str(context.args["run"])
    threshold = current_settings().thresholds.public_count
    with context.database.read_session() as session:
        run = runs.by_public_id(session, by_slug(session, slug), wanted)
        names = publication.topic_names(session, run)
        tables = publication.gated_tables(session, run, threshold, context.progress)
    with context.finish() as session:
        consultation = by_slug(session, slug)
        run = runs.by_public_id(session, consultation, wanted)
        if publication.topic_names(session, run) != names:
            raise Conflict("Topics were named while their run was being published.")
        publication.freeze(session, consultation, run, tables, datetime.now(UTC))


HANDLERS: dict[str, Handler] = {PUBLISH: publish_run}
SCHEDULE: tuple[tuple[str, float], ...] = ()
HEAVY = frozenset({PUBLISH})
