"""/dashboards/<slug>/topics and /themes: what was found in texts, and the answers behind it."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, redirect, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response as BaseResponse

from consultation.contributions.models import Contribution, ContributionState
from consultation.contributions.queries import translations_of
from consultation.process.models import Consultation
from consultation.process.queries import by_slug
from core.auth.permissions import Permission, may, requires, signed_in_account
from core.db import session, transaction
from core.errors import NotFound
from core.forms import BaseForm
from core.i18n import _, current_language, direction, own_name, text_in
from core.security import chart_page, safe_target
from core.web import render
from results import runs, theme_tables, topic_scope
from results.agenda.queries import confirmed_topics
from results.dashboards import answers, courses, themes
from results.dashboards.views.frame import bp, load, plotly_url, record
from results.models import Audience, Misreading
from results.refresh import request_run
from results.snapshots import all_documents
from results.tables import group_names
from results.topic_levels import by_theme
from results.workbench import sorting, translations
from results.workbench.edits import Actor
from results.workbench.queries import codebook_of


@bp.get("/dashboards/<slug>/topics")
@requires(Permission.VIEW_DASHBOARD)
def topics(slug: str) -> BaseResponse:
    consultation, run = load(slug)
    documents = runs.tables(session(), run, Audience.COMMITTEE) if run else {}
    document = documents.get("topics", {"rows": []})
    wanted = request.args.get("language", "")
    rows = [row for row in document["rows"] if not wanted or row["language"] == wanted]
    quotes = {key for row in rows for key in row["exemplars"]}
    quotes |= {key for row in document.get("campaign_rows", []) for key in row["keys"]}
    misreadings = _misreadings(consultation)
    has_codebook = codebook_of(session(), consultation) is not None
    names = group_names(document)
    foreign = quotes | {contribution.id for _said, contribution in misreadings}
    return render(
        "dashboards/topics.html",
        themes=documents.get("themes", {}),
        quality=documents.get("text_quality", {}),
        consultation=consultation,
        run=run,
        document=document,
        groups=by_theme(document, rows),
        reasons=sorting.reason_names(),
        has_codebook=has_codebook,
        topic_languages=_topic_languages(document),
        wanted=wanted,
        quotes=_quotes(quotes),
        translated=translations_of(session(), foreign, current_language()),
        names=names,
        channel_names=answers.channel_names(),
        day_of=courses.day_of,
        language_name=answers.language_name,
        region_name=lambda key: text_in(names.get(key, {}), current_language()) or key,
        named=confirmed_topics(session(), run) if run else {},
        misreadings=misreadings,
        questions=topic_scope.asked(
            session(), consultation, all_documents(session(), consultation)
        ),
        own_name=own_name,
        form=BaseForm(),
    )


@bp.get("/dashboards/<slug>/themes/<code>")
@requires(Permission.VIEW_DASHBOARD)
def theme(slug: str, code: str) -> BaseResponse:
    """One theme: its shares by region and sector, answers that stand for it, and all its answers."""
    consultation, run = load(slug)
    if run is None:
        raise NotFound(_("There are no figures yet."))
    document = runs.table(session(), run, Audience.COMMITTEE, "themes")
    chart_page()
    reader = themes.reader_of(session(), consultation, run, code, signed_in_account())
    listed = themes.listed(session(), reader)
    found = themes.theme_of(document, code, listed)
    chosen = answers.Chosen.of(request.args)
    number = answers.page_number(request.args)
    members = themes.members(session(), reader, listed, chosen, (number - 1) * answers.SHOWN)
    exemplars = themes.exemplars(session(), reader, found.row["exemplars"])
    quoted = {answer.id for answer in (*exemplars, *(member.answer for member in members))}
    right_to_left = direction(current_language()) == "rtl"
    return render(
        "dashboards/theme.html",
        consultation=consultation,
        run=run,
        theme=found,
        listed=listed,
        chosen=chosen,
        members=members,
        exemplars=exemplars,
        number=number,
        total=listed.count(chosen),
        missing=listed.missing(found.row),
        size=answers.SHOWN,
        names=answers.names_of_groups(document),
        channel_names=answers.channel_names(),
        language_name=answers.language_name,
        theme_names=themes.theme_names(document, consultation.default_language),
        topic_names={
            number: text_in(topic.label, current_language(), consultation.default_language)
            for number, topic in confirmed_topics(session(), run).items()
        },
        translated=translations_of(session(), quoted, current_language()),
        own_name=own_name,
        charts=themes.drawings(found, right_to_left=right_to_left),
        plotly_url=plotly_url,
    )


@bp.get("/dashboards/<slug>/themes.csv")
@requires(Permission.VIEW_DASHBOARD)
def export_themes(slug: str) -> Response:
    """Every share of every theme, by group, with what it rests on, as one table."""
    consultation, run = load(slug)
    document = runs.table(session(), run, Audience.COMMITTEE, "themes") if run else {}
    if run is None or not document.get("rows"):
        raise NotFound(_("There are no figures of themes yet."))
    rows = theme_tables.lines(document, current_language(), consultation.default_language)
    response = Response(theme_tables.write_csv(rows), content_type="text/csv; charset=utf-8")
    name = f"{slug}-themes-{run.public_id[:8]}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/dashboards/<slug>/over-time")
@requires(Permission.VIEW_DASHBOARD)
def over_time(slug: str) -> BaseResponse:
    """Which themes appear, grow and fade over rounds and fortnights."""
    consultation, run = load(slug)
    chart_page()
    document = runs.table(session(), run, Audience.COMMITTEE, "emergence") if run else {}
    copies, some = courses.counted(document, request.args.get("copies", ""))
    by, series = courses.chosen(some, request.args.get("by", ""))
    rows = courses.ordered(series)
    named = confirmed_topics(session(), run) if run else {}
    names = [courses.name_of(row, named, consultation.default_language) for row in rows]
    periods = courses.period_names(by, series)
    right_to_left = direction(current_language()) == "rtl"
    return render(
        "dashboards/over_time.html",
        consultation=consultation,
        run=run,
        document=document,
        copies=copies,
        by=by,
        series=series,
        rows=list(zip(rows, names, strict=True)),
        periods=list(zip(series.get("periods", []), periods, strict=True)),
        days_of=courses.days_of,
        changes=runs.table(session(), run, Audience.COMMITTEE, "topic_changes") if run else {},
        charts={"courses": courses.drawing(rows, names, periods, right_to_left=right_to_left)}
        if rows
        else {},
        plotly_url=plotly_url,
    )


def _topic_languages(document: dict[str, Any]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for row in document["rows"]:
        counts[row["language"]] = counts.get(row["language"], 0) + row["size"]
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _quotes(ids: set[str]) -> dict[str, Contribution]:
    """Texts by id; the committee reads all of them, with the mark of what may be quoted."""
    found = session().exec(
        select(Contribution).where(
            col(Contribution.id).in_(ids), Contribution.state == ContributionState.RECEIVED
        )
    )
    return {row.id: row for row in found}


def _misreadings(consultation: Consultation) -> list[tuple[Misreading, Contribution]]:
    found = session().exec(
        select(Misreading, Contribution)
        .join(Contribution, col(Contribution.id) == col(Misreading.contribution_id))
        .where(
            Contribution.consultation_id == consultation.id, col(Misreading.is_resolved).is_(False)
        )
        .order_by(col(Misreading.received_on), col(Misreading.id))
    )
    return [(misreading, contribution) for misreading, contribution in found]


@bp.post("/dashboards/<slug>/topics/questions")
@requires(Permission.CONFIRM_TOPICS)
def choose_questions(slug: str) -> BaseResponse:
    """Which questions topics are learned from; the next run goes by it."""
    now = datetime.now(UTC)
    with transaction() as current:
        consultation = by_slug(current, slug)
        documents = all_documents(current, consultation)
        wanted = request.form.getlist("question")
        chosen = topic_scope.choose(current, consultation, documents, wanted)
        if chosen is not None:
            record("choose_topic_questions", slug, now, {"questions": chosen})
            if may(Permission.RUN_ANALYSIS, slug):
                request_run(current, slug, now)
    if chosen is None:
        flash(_("Nothing was changed: these questions are read already."), "info")
    elif may(Permission.RUN_ANALYSIS, slug):
        flash(_("The figures are being computed. Reload this page in a moment."), "info")
    else:
        flash(_("Topics are learned from these questions from the next run on."), "success")
    return redirect(url_for("dashboards.topics", slug=slug), 303)


@bp.post("/dashboards/<slug>/translations/<contribution_id>")
@requires(Permission.VIEW_DASHBOARD)
def ask_translation(slug: str, contribution_id: str) -> BaseResponse:
    """One click: somebody who reads both languages finds the request on the workbench."""
    with transaction() as current:
        consultation = by_slug(current, slug)
        actor = Actor(by=signed_in_account().public_id, now=datetime.now(UTC))
        translations.ask(current, consultation, contribution_id, current_language(), actor)
    flash(_("The translation was asked for."), "success")
    return redirect(
        safe_target(request.form.get("next"), url_for("dashboards.topics", slug=slug)), 303
    )
