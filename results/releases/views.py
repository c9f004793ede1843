"""/manage/consultations/<slug>/releases: research exports of published runs."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from consultation.process.navigation import enter
from consultation.process.queries import by_slug
from core import audit
from core.auth.permissions import Permission, requires, signed_in_account
from core.db import session, transaction
from core.forms import BaseForm
from core.i18n import _
from core.security import current_settings
from core.web import render
from results import runs
from results.releases import services

bp = Blueprint("releases", __name__, url_prefix="/manage/consultations/<slug>/releases")


@bp.get("/")
@requires(Permission.EXPORT_RESEARCH)
def index(slug: str) -> Response:
    consultation = by_slug(session(), slug)
    enter(consultation)
    return render(
        "releases/index.html",
        consultation=consultation,
        releases=services.all_of(session(), consultation),
        run=runs.latest_published(session(), consultation),
        k=current_settings().thresholds.public_count,
        form=BaseForm(),
    )


@bp.post("/new")
@requires(Permission.EXPORT_RESEARCH)
def new(slug: str) -> Response:
    settings = current_settings()
    now = datetime.now(UTC)
    actor = signed_in_account().public_id
    with transaction() as current:
        consultation = by_slug(current, slug)
        run = runs.by_public_id(current, consultation, request.form.get("run", ""))
        release = services.make(
            current,
            consultation,
            run,
            instance=settings.instance_path,
            k=settings.thresholds.public_count,
            actor=actor,
            now=now,
        )
        audit.record(
            current,
            actor=actor,
            action="make_release",
            target=f"{slug}/releases/{release.public_id}",
            details={"hash": release.file_hash},
            now=now,
        )
    flash(_("The release was made. It will not change any more."), "success")
    return redirect(url_for("releases.index", slug=slug), 303)


@bp.get("/<release_id>.zip")
@requires(Permission.EXPORT_RESEARCH)
def download(slug: str, release_id: str) -> Response:
    consultation = by_slug(session(), slug)
    release = services.by_public_id(session(), consultation, release_id)
    return send_file(
        services.file_of(release, current_settings().instance_path),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{slug}-{release.public_id[:8]}.zip",
    )
