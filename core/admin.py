"""/admin: jobs and the audit log, for administrators of the installation."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response

from core import audit, jobs
from core.auth.permissions import ADMINISTRATOR, requires, signed_in_account
from core.db import session, transaction
from core.forms import BaseForm
from core.numbers import whole_number
from core.web import render

bp = Blueprint("admin", __name__, url_prefix="/admin")
ROWS = 100


@bp.get("/jobs")
@requires(ADMINISTRATOR)
def show_jobs() -> Response:
    found = jobs.latest(session(), ROWS)
    return render(
        "admin/jobs.html",
        jobs=found,
        counts=jobs.counts(session()),
        is_running=any(job.state is jobs.JobState.RUNNING for job in found),
        form=BaseForm(),
    )


@bp.post("/jobs/<int(max=9223372036854775807):job_id>/<any(cancel, retry):action>")
@requires(ADMINISTRATOR)
def change_job(job_id: int, action: str) -> Response:
    now = datetime.now(UTC)
    with transaction() as current:
        change = jobs.cancel if action == "cancel" else jobs.retry
        if change(current, job_id, now):
            audit.record(
                current,
                actor=signed_in_account().public_id,
                action=f"{action}_job",
                target=f"jobs/{job_id}",
                now=now,
            )
    return redirect(url_for("admin.show_jobs"), 303)


@bp.get("/audit")
@requires(ADMINISTRATOR)
def show_audit() -> Response:
    """The newest entries; whether the chain holds is checked over all of them."""
    before = whole_number(request.args.get("before", ""), most_digits=18)
    query = select(audit.AuditEntry).order_by(col(audit.AuditEntry.id).desc()).limit(ROWS)
    if before is not None:
        query = query.where(col(audit.AuditEntry.id) < before)
    entries = session().exec(query).all()
    return render(
        "admin/audit.html",
        entries=entries,
        has_older=len(entries) == ROWS,
        breaks=list(audit.find_breaks(session()))[:ROWS],
    )
