"""/dashboards/<slug>/topics/<number>: one topic that a machine found, and all its answers."""

from datetime import UTC, datetime

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consultation.contributions.queries import translations_of
from consultation.process.queries import by_slug
from core.auth.permissions import Permission, may, requires, signed_in_account
from core.db import session, transaction
from core.errors import NotFound
from core.i18n import _, current_language
from core.web import render
from results import publication, runs
from results.agenda.queries import confirmed_topics
from results.dashboards import answers, themes, topics
from results.dashboards.views.frame import bp, load, record
from results.models import Audience
from results.workbench.queries import codebook_of, place_of


@bp.get("/dashboards/<slug>/topics/<int(max=100000):number>")
@requires(Permission.VIEW_DASHBOARD)
def topic(slug: str, number: int) -> BaseResponse:
    """The figures of a topic, and the answers that each of its numbers leads to."""
    consultation, run = load(slug)
    if run is None:
        raise NotFound(_("There are no figures yet."))
    document = runs.table(session(), run, Audience.COMMITTEE, "topics")
    found = topics.topic_of(document, number)
    which = topics.Which.of(request.args)
    chosen = answers.Chosen.of(request.args)
    codebook = codebook_of(session(), consultation)
    listed = topics.listed(session(), run, number, which)
    page = answers.page_number(request.args)
    place = codebook and place_of(session(), codebook, signed_in_account().id or 0)
    wanted = topics.Wanted(number, which, chosen, is_blind=place is not None)
    members = topics.members(session(), run, listed, wanted, (page - 1) * answers.SHOWN)
    named = confirmed_topics(session(), run)
    default = consultation.default_language
    quoted = {member.answer.id for member in members}
    return render(
        "dashboards/topic.html",
        consultation=consultation,
        run=run,
        topic=found,
        document=document,
        given=named.get(number),
        which=which,
        listed=listed,
        missing=max(0, which.counted(found.row) - listed.total),
        chosen=chosen,
        members=members,
        number=page,
        total=listed.count(chosen),
        size=answers.SHOWN,
        names=answers.names_of_groups(document),
        channel_names=answers.channel_names(),
        language_name=answers.language_name,
        theme_names=themes.theme_names(
            runs.table(session(), run, Audience.COMMITTEE, "themes"), default
        ),
        topic_names=topics.topic_names(document, named, default),
        is_on_workbench=codebook is not None and may(Permission.CURATE_THEMES, slug),
        translated=translations_of(session(), quoted, current_language()),
    )


@bp.post("/dashboards/<slug>/topics/<int(max=100000):number>")
@requires(Permission.CONFIRM_TOPICS)
def confirm(slug: str, number: int) -> BaseResponse:
    """A person names a topic; only then may others see it."""
    now = datetime.now(UTC)
    with transaction() as current:
        consultation = by_slug(current, slug)
        run = runs.by_public_id(current, consultation, request.form.get("run", ""))
        label = {
            code: request.form.get(f"label_{code}", "").replace("\x00", "")
            for code in consultation.languages
        }
        actor = signed_in_account().public_id
        publication.confirm_topic(current, run, number, label=label, actor=actor, now=now)
        record("confirm_topic", f"{slug}/runs/{run.public_id}/topics/{number}", now)
        # Whoever looked at an older run goes on with it.
        shown = run.public_id if "is_asked" in request.form else None
    language = request.form.get("language", "")
    url = url_for("dashboards.topics", slug=slug, language=language, run=shown)
    return redirect(f"{url}#topic-{number}", 303)
