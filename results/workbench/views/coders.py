"""Who codes, what is drawn at random, how far the two agree, and what is left to settle."""

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import flash, request
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, current_language, own_name
from core.numbers import whole_number
from results.workbench import agreement as agreeing
from results.workbench import blindness, edits, population, queries, readings, services
from results.workbench.labels import Disagreement, Labels, audit_members, read_labels
from results.workbench.models import EditKind, Judgement, RulingKind
from results.workbench.views.desk import Desk, bp, go, opened, page, record

ANSWERS_SHOWN = 10


def labels_for(desk: Desk) -> Labels:
    """What people said, as far as this person may see it: a coder sees no one else's first code."""
    rows = queries.themes(session(), desk.codebook)
    found = read_labels(session(), desk.codebook, rows)
    place = queries.place_of(session(), desk.codebook, desk.account.id or 0)
    return found if place is None else found.seen_from(place)


@bp.get("/coders")
@requires(Permission.CURATE_THEMES)
def coders(slug: str) -> Response:
    """The two places, the random sample, the questions."""
    desk = opened(slug)
    candidates = queries.candidates(session(), desk.consultation)
    return page(
        "coders",
        desk,
        places=queries.places(session(), desk.codebook),
        candidates=candidates,
        seeing={
            place: blindness.would_not_be_blind(session(), desk.codebook, candidates, place)
            for place in (1, 2)
        },
        done={place: readings.progress(session(), desk.codebook, place) for place in (1, 2)},
        sample=readings.sample_of(session(), desk.codebook),
        questions=population.questions(session(), desk.codebook),
        form=BaseForm(),
    )


@bp.post("/coders")
@requires(Permission.CURATE_THEMES)
def assign_coder(slug: str) -> Response:
    desk = opened(slug)
    place = _number(request.form.get("place", ""))
    account_id = request.form.get("account", "")
    known = {row.public_id: row for row in queries.candidates(session(), desk.consultation)}
    if account_id and account_id not in known:
        raise Invalid(_("Choose somebody with the role of analyst or coder."))
    with transaction() as current:
        account = known.get(account_id)
        readings.assign(current, desk.codebook, place, account, datetime.now(UTC))
        record(desk, "assign_coder", place=place, account=account_id)
        seeing = blindness.would_not_be_blind(
            current, desk.codebook, [account] if account else [], place
        )
        if account is not None and seeing:
            flash(not_blind_words(account.name), "warning")
    flash(_("The coders were changed."), "success")
    return go("coders", desk)


def not_blind_words(name: str) -> str:
    """What it means that somebody has a place who could see the other coder's codes."""
    return _(
        "%(name)s could see codes of the other coder. What %(name)s says of those answers is "
        "marked as not blind wherever the agreement is shown. Choose somebody else if you can.",
        name=name,
    )


def _number(text: str) -> int:
    return whole_number(text) or 0


@bp.post("/sample")
@requires(Permission.CURATE_THEMES)
def draw_sample(slug: str) -> Response:
    """Draw the random sample, or make it larger; its seed is stored."""
    desk = opened(slug)
    now = datetime.now(UTC)
    with transaction() as current:
        sample = readings.draw(
            current,
            desk.codebook,
            _number(request.form.get("size", "")),
            seed=secrets.randbelow(2**31),
            by=desk.account.public_id,
            now=now,
        )
        record(desk, "draw_audit_sample", size=sample.size, seed=sample.seed)
    drawn = len(audit_members(session(), desk.codebook))
    flash(_("The sample was drawn: %(n)s answers.", n=drawn), "success")
    return go("coders", desk)


@bp.post("/questions")
@requires(Permission.CURATE_THEMES)
def choose_questions(slug: str) -> Response:
    desk = opened(slug)
    with transaction() as current:
        known = {code for code, _asked, _n in population.questions(current, desk.codebook)}
        wanted = [code for code in request.form.getlist("question") if code in known]
        whole = [] if set(wanted) == known else wanted
        services.set_questions(current, desk.codebook, whole, desk.actor())
    flash(_("The questions were chosen. Let the machine code the answers again."), "success")
    return go("coders", desk)


@bp.get("/agreement")
@requires(Permission.CURATE_THEMES)
def agreement(slug: str) -> Response:
    """How far the coders agree, theme by theme; only over answers that both have read."""
    desk = opened(slug)
    labels = labels_for(desk)
    rows = agreeing.by_theme(labels)
    return page(
        "agreement",
        desk,
        rows=rows,
        n_not_blind=max((row.not_blind for row in rows), default=0),
        seeing=blindness.names_of_seeing(session(), desk.codebook),
        n_both=len(labels.both()),
        n_left=len(labels.disagreements()),
        places=queries.places(session(), desk.codebook),
    )


@bp.get("/adjudicate")
@requires(Permission.CURATE_THEMES)
def adjudicate(slug: str) -> Response:
    """Answers of which the coders say different things, each with its words."""
    desk = opened(slug)
    labels = labels_for(desk)
    left = labels.disagreements()
    by_answer: dict[str, list[Disagreement]] = {}
    for one in left:
        by_answer.setdefault(one.contribution_id, []).append(one)
    shown = []
    for key, entries in list(by_answer.items())[:ANSWERS_SHOWN]:
        answer = population.answer(session(), desk.codebook, key)
        if answer is not None:
            shown.append((answer, entries))
    keys = [answer.id for answer, _entries in shown]
    context: dict[str, Any] = {
        "shown": shown,
        "n_answers": len(by_answer),
        "n_left": len(left),
        "themes": labels.themes,
        "translated": translations_of(session(), keys, current_language()),
        "own_name": own_name,
        "form": BaseForm(),
    }
    return page("adjudicate", desk, **context)


@bp.post("/adjudicate")
@requires(Permission.CURATE_THEMES)
def settle(slug: str) -> Response:
    """The last word on the themes of one answer."""
    desk = opened(slug)
    key = request.form.get("contribution", "")
    with transaction() as current:
        labels = labels_for(desk)
        open_themes = {
            labels.themes[one.theme].public_id: labels.themes[one.theme].id or 0
            for one in labels.disagreements()
            if one.contribution_id == key
        }
        words = [
            services.Word(open_themes[name[2:]], key, Judgement(value))
            for name, value in sorted(request.form.items())
            if name[2:] in open_themes and name.startswith("t-") and value in {"yes", "no"}
        ]
        if not words:
            raise Invalid(_("Say yes or no to at least one of the themes."))
        changes = services.rulings(
            current, desk.codebook, words, RulingKind.ADJUDICATED, desk.actor()
        )
        name = ", ".join(
            sorted(
                theme.code
                for theme in labels.themes
                if theme.id in {word.theme_id for word in words}
            )
        )
        edits.commit(current, desk.codebook, EditKind.ADJUDICATE, name, changes, desk.actor())
    flash(_("The answer was settled."), "success")
    return go("adjudicate", desk)
