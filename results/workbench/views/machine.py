"""What the machine does: topics and their map, coding, shares, keyness; and signing off."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import flash, make_response, request, url_for
from sqlmodel import col, select
from werkzeug.wrappers import Response

from analysis.text.places import find_word
from consultation.contributions.models import Contribution, ContributionState
from consultation.contributions.queries import translations_of
from consultation.people.classifications import SECTORS, groups
from core import jobs as queue
from core.auth.permissions import Permission, may, requires
from core.db import session, transaction
from core.errors import Invalid, NotFound
from core.forms import BaseForm
from core.i18n import _, current_language, direction, own_name, text_in
from core.security import chart_page, current_settings
from results import runs, theme_tables
from results.dashboards import charts
from results.models import AnalysisRun, Audience
from results.quoting import head, tail
from results.refresh import request_run
from results.topic_levels import by_theme
from results.workbench import (
    asking,
    machine,
    maps,
    quality,
    queries,
    report,
    signoff,
    topics,
    working,
)
from results.workbench.files import CODE
from results.workbench.models import ThemeState
from results.workbench.population import givers, people_of
from results.workbench.views.coders import labels_for
from results.workbench.views.desk import PAGE, Desk, bp, go, opened, page, record, wanted_page

WIDTHS = (0.03, 0.05, 0.1)
#: Characters shown on each side of a word.
BESIDE = 80


@bp.post("/code")
@requires(Permission.CURATE_THEMES)
def code(slug: str) -> Response:
    """Let the machine code every answer."""
    desk = opened(slug)
    with transaction() as current:
        asking.request_coding(current, slug, datetime.now(UTC))
    flash(_("The machine is coding the answers. The overview shows how far it is."), "info")
    return go("index", desk)


@bp.post("/code/stop")
@requires(Permission.CURATE_THEMES)
def stop_code(slug: str) -> Response:
    desk = opened(slug)
    with transaction() as current:
        job = asking.waiting(current, slug)
        if job is not None and job.id is not None:
            queue.cancel(current, job.id, datetime.now(UTC))
    flash(_("The coding stops at its next step. What was coded before stays."), "info")
    return go("index", desk)


def _newest(desk: Desk) -> tuple[AnalysisRun | None, dict[str, Any]]:
    run = runs.latest(session(), desk.consultation)
    if run is None:
        return None, {"rows": []}
    found = runs.table(session(), run, Audience.COMMITTEE, "topics")
    return run, found or {"rows": []}


@bp.get("/topics")
@requires(Permission.CURATE_THEMES)
def topic_list(slug: str) -> Response:
    """The topics of the newest run beside their map."""
    desk = opened(slug)
    run, document = _newest(desk)
    chart_page()
    coding = machine.about(session(), desk.codebook)
    chosen = topics.choices(session(), run) if run else {}
    rows = queries.themes(session(), desk.codebook)
    names = {row.id: desk.name_of(row) for row in rows}
    points = maps.points_of(coding.parameters if coding else {}, run.public_id if run else "")
    drawn = maps.draw(
        document["rows"],
        points,
        {topic: names.get(theme, "") for topic, theme in chosen.items()},
        right_to_left=direction(current_language()) == "rtl",
    )
    return page(
        "topics",
        desk,
        run=run,
        document=document,
        groups=by_theme(document, document["rows"]),
        chosen=chosen,
        by_id={row.id: row for row in rows},
        charts={"map": drawn} if points else {},
        plotly_url=lambda: url_for("dashboards.plotly", v=charts.version()),
        own_name=own_name,
    )


def _row(document: dict[str, Any], number: int) -> dict[str, Any]:
    found = next((row for row in document["rows"] if row["key"] == str(number)), None)
    if found is None:
        raise NotFound(_("The run has no such topic."))
    return dict(found)


def quotes(keys: list[str]) -> dict[str, Contribution]:
    """Answers by id, as far as they were not withdrawn."""
    found = session().exec(
        select(Contribution).where(
            col(Contribution.id).in_(keys), Contribution.state == ContributionState.RECEIVED
        )
    )
    return {row.id: row for row in found}


@bp.get("/topics/<int(max=100000):number>")
@requires(Permission.CURATE_THEMES)
def topic(slug: str, number: int) -> Response:
    """One topic: its words, its exemplars, its answers page by page, and what to make of it."""
    desk = opened(slug)
    run, document = _newest(desk)
    if run is None:
        raise NotFound(_("The run has no such topic."))
    row = _row(document, number)
    at = wanted_page()
    which = "also" if request.args.get("which") == "also" else ""
    find = topics.mention_page if which else topics.member_page
    keys, total = find(session(), run, number, (at - 1) * PAGE, PAGE)
    shown = list(dict.fromkeys([*row["exemplars"], *keys]))
    rows = queries.themes(session(), desk.codebook)
    by_id = {theme.id: theme for theme in rows}
    return page(
        "topic",
        desk,
        run=run,
        row=row,
        found_theme=next(
            (one for one in document.get("themes", []) if one["key"] == str(row.get("theme"))), None
        ),
        which=which,
        keys=keys,
        total=total,
        number=at,
        size=PAGE,
        quotes=quotes(shown),
        translated=translations_of(session(), shown, current_language()),
        chosen=by_id.get(topics.choices(session(), run).get(number)),
        themes=queries.coded_themes(rows),
        own_name=own_name,
        form=BaseForm(),
    )


@bp.post("/topics/<int(max=100000):number>")
@requires(Permission.CURATE_THEMES)
def use_topic(slug: str, number: int) -> Response:
    """Make a theme of a topic, add it to one, or set it aside as noise."""
    desk = opened(slug)
    run, document = _newest(desk)
    row = _row(document, number)
    assert run is not None  # noqa: S101 - a topic without a run was not found
    what = request.form.get("what", "")
    with transaction() as current:
        if what == "add":
            target = queries.chosen_theme(current, desk.codebook, request.form.get("target", ""))
            topics.add_to_theme(current, desk.codebook, run, number, target, desk.actor())
        elif what in {"theme", "noise"}:
            given = request.form.get("code", "").strip().lower()
            if not CODE.match(given):
                raise Invalid(_("Use small letters, digits and underscores; begin with a letter."))
            language = desk.consultation.default_language
            topics.make_theme(
                current,
                desk.codebook,
                run,
                row,
                topics.Named(
                    given,
                    {language: request.form.get("name", "")},
                    ThemeState.NOISE if what == "noise" else ThemeState.ACTIVE,
                ),
                desk.actor(),
            )
        else:
            raise Invalid(_("Choose what to make of the topic."))
    flash(_("Done. The log can take it back."), "success")
    return go("topic_list", desk, f"topic-{number}")


@bp.get("/shares")
@requires(Permission.CURATE_THEMES)
def shares(slug: str) -> Response:
    """How many raise each theme, with intervals; the machine's own shares apart and named naive."""
    desk = opened(slug)
    labels = labels_for(desk)
    small = current_settings().thresholds.small_cell_flag
    found = working.gather(session(), desk.consultation, desk.codebook, labels, small)
    by = request.args.get("by", "region")
    dimension = by if by in {"region", "sector", report.CROSSING} else "region"
    advice = []
    if found is not None:
        n = len(found.ids)
        advice = [(width, report.advice(n, found.shares.overall, width)) for width in WIDTHS]
    return page(
        "shares",
        desk,
        found=found,
        labels=labels,
        by=dimension,
        advice=advice,
        coding=machine.about(session(), desk.codebook),
        group_name=_group_name(desk),
        agreed=quality.by_code(labels),
    )


@bp.get("/shares.csv")
@requires(Permission.CURATE_THEMES)
def export_shares(slug: str) -> Response:
    """The working shares as one long table, with what each rests on."""
    desk = opened(slug)
    labels = labels_for(desk)
    small = current_settings().thresholds.small_cell_flag
    found = working.gather(session(), desk.consultation, desk.codebook, labels, small)
    if found is None:
        raise NotFound(_("The machine has not coded the answers yet. Start it on the overview."))
    known = quality.quality_of(session(), desk.codebook, labels)
    rows = quality.share_lines(found, labels, known, desk.consultation)
    response = make_response(theme_tables.write_csv(rows))
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-shares-draft.csv"'
    return response


def _group_name(desk: Desk) -> Any:
    """A function that names a group in the reader's language."""
    language = current_language()
    names = {
        entry.code: text_in(dict(entry.names), language)
        for entry in (*groups(desk.consultation.region_classification), *SECTORS)
    }
    unknown = _("Unknown")

    def name(key: str) -> str:
        return " × ".join(
            names.get(part, unknown if part == "unknown" else part) for part in key.split("|")
        )

    return name


@bp.get("/keyness")
@requires(Permission.CURATE_THEMES)
def keyness(slug: str) -> Response:
    """What each region and sector says more than the others."""
    desk = opened(slug)
    coding = machine.about(session(), desk.codebook)
    by = "sector" if request.args.get("by") == "sector" else "region"
    document = (coding.parameters.get("keyness", {}) if coding else {}).get(by, [])
    known = quotes([key for one in document for term in one["terms"] for key in term["examples"]])
    shown = {
        (one["group"], term["language"], term["term"]): example_of(term, known)
        for one in document
        for term in one["terms"]
    }
    keys = [key for key in shown.values() if key]
    return page(
        "keyness",
        desk,
        by=by,
        groups=document,
        coding=coding,
        quotes=known,
        shown=shown,
        translated=translations_of(session(), keys, current_language()),
        group_name=_group_name(desk),
        own_name=own_name,
        around=around,
    )


def example_of(term: dict[str, Any], known: dict[str, Contribution]) -> str | None:
    """The answer that shows a word: one that has it in just this form comes first."""
    there = [key for key in term["examples"] if key in known]
    form = re.compile(rf"\b{re.escape(term['term'])}\b", re.IGNORECASE)
    whole = (key for key in there if form.search(known[key].text))
    return next(whole, there[0] if there else None)


def around(text: str, word: str) -> tuple[str, str, str]:
    """A text before a word, the word as it stands there, and the text after it, in short."""
    found = find_word(text, word)
    if found is None:
        return head(text, 2 * BESIDE) + (" …" if len(text) > 2 * BESIDE else ""), "", ""
    start, end = found
    before, after = text[:start], text[end:]
    return (
        f"… {tail(before, BESIDE)}" if len(before) > BESIDE else before,
        text[start:end],
        f"{head(after, BESIDE)} …" if len(after) > BESIDE else after,
    )


@bp.get("/sign-off")
@requires(Permission.CURATE_THEMES)
def sign(slug: str) -> Response:
    """What stands, what is missing, and the button."""
    desk = opened(slug)
    labels = labels_for(desk)
    audit = [key for key in labels.audit if labels.standing(key)]
    people = people_of(session(), desk.codebook.consultation_id)
    return page(
        "sign_off",
        desk,
        labels=labels,
        n_audit=len(audit),
        n_audit_people=len(set(givers(audit, people).numbers.tolist())),
        n_left=len(labels.disagreements()),
        n_both=len(labels.both()),
        versions=queries.versions(session(), desk.codebook),
        names=queries.account_names(
            session(), {row.signed_by for row in queries.versions(session(), desk.codebook)}
        ),
        form=BaseForm(),
        may_sign=may(Permission.CONFIRM_TOPICS, slug),
    )


@bp.post("/sign-off")
@requires(Permission.CONFIRM_TOPICS)
def sign_off(slug: str) -> Response:
    """Freeze a version; the next run puts its themes among its tables."""
    desk = opened(slug)
    now = datetime.now(UTC)
    with transaction() as current:
        version = signoff.sign_off(current, desk.codebook, desk.actor())
        record(desk, "sign_off_codebook", version=version.number, hash=version.content_hash)
        request_run(current, slug, now)
    flash(
        _(
            "Version %(number)s is signed off and frozen. A run is being computed; its themes will "
            "stand on the dashboard.",
            number=version.number,
        ),
        "success",
    )
    return go("index", desk)
