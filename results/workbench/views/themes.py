"""One theme: its words, its answers, and what can be done with both."""

from flask import flash, request
from werkzeug.wrappers import Response

from consultation.contributions.queries import translations_of
from core.auth.permissions import Permission, requires
from core.db import session, transaction
from core.errors import Invalid
from core.forms import BaseForm
from core.i18n import _, current_language, ngettext, own_name
from core.numbers import whole_number
from results.workbench import members, queries, services, topics
from results.workbench.forms import LABELS, fill, sections, theme_form, words_in
from results.workbench.members import Show
from results.workbench.models import Theme, ThemeKind, ThemeState
from results.workbench.views.codebook import area_named, areas_of
from results.workbench.views.coders import labels_for
from results.workbench.views.desk import Desk, bp, go, opened, page, wanted_page
from results.workbench.views.machine import quotes

THEME = "/themes/<theme_id>"
SHOWN = 25
#: Answers that are read to find the parts of a theme.
MOST_READ = 800


def opened_theme(slug: str, theme_id: str) -> tuple[Desk, Theme, list[Theme]]:
    """A theme, with its desk and all themes beside it."""
    desk = opened(slug)
    theme = queries.theme_by_public_id(session(), desk.codebook, theme_id)
    return desk, theme, queries.themes(session(), desk.codebook)


def form_of(desk: Desk, theme: Theme, rows: list[Theme]) -> type[BaseForm]:
    return theme_form(
        desk.consultation.languages,
        areas_of(desk, rows),
        is_new=False,
        is_area=theme.kind is ThemeKind.AREA,
    )


@bp.get(THEME + "/edit")
@requires(Permission.CURATE_THEMES)
def edit_theme(slug: str, theme_id: str) -> Response:
    desk, theme, rows = opened_theme(slug, theme_id)
    form = form_of(desk, theme, rows)(formdata=None)
    parent = next((row.code for row in rows if row.id == theme.parent_id), "")
    fill(form, theme, parent, desk.consultation.languages)
    return _edit_page(desk, theme, form)


def _edit_page(desk: Desk, theme: Theme, form: BaseForm, status: int = 200) -> Response:
    return page(
        "edit",
        desk,
        status=status,
        theme=theme,
        form=form,
        sections=sections(form, desk.consultation.languages),
        labels=LABELS,
        is_stale=status == services.Stale.status,
    )


@bp.post(THEME + "/edit")
@requires(Permission.CURATE_THEMES)
def save_theme(slug: str, theme_id: str) -> Response:
    """Save, or show beside one another what was typed and what somebody saved meanwhile."""
    desk, theme, rows = opened_theme(slug, theme_id)
    languages = desk.consultation.languages
    form = form_of(desk, theme, rows)()
    if not form.validate():
        return _edit_page(desk, theme, form, 422)
    parent = area_named(rows, form["parent"].data) if "parent" in form else None
    try:
        revision = whole_number(form["revision"].data or "")
        with transaction() as current:
            services.change_theme(
                current,
                desk.codebook,
                theme,
                words=words_in(form, theme, languages),
                parent=parent,
                revision=-1 if revision is None else revision,
                actor=desk.actor(),
            )
    except services.Stale as error:
        form["revision"].data = str(theme.revision)
        return _edit_page(desk, theme, form, error.status)
    except Invalid as error:
        form.refuse(error)
        return _edit_page(desk, theme, form, 422)
    flash(_("The theme was saved."), "success")
    return go("theme", desk, theme_id=theme_id)


@bp.post(THEME + "/state")
@requires(Permission.CURATE_THEMES)
def set_state(slug: str, theme_id: str) -> Response:
    """In use, noise, only proposed, or taken out."""
    desk, theme, _rows = opened_theme(slug, theme_id)
    wanted = request.form.get("state", "")
    if wanted not in {state.value for state in services.CHOOSABLE}:
        raise Invalid(_("Choose what to do with the theme."))
    with transaction() as current:
        services.set_state(current, desk.codebook, theme, ThemeState(wanted), desk.actor())
    flash(_("The theme was changed. The log can take it back."), "success")
    return go("theme", desk, theme_id=theme_id)


@bp.post(THEME + "/merge")
@requires(Permission.CURATE_THEMES)
def merge_theme(slug: str, theme_id: str) -> Response:
    """Its answers count for another theme from now on."""
    desk, theme, _rows = opened_theme(slug, theme_id)
    with transaction() as current:
        target = queries.chosen_theme(current, desk.codebook, request.form.get("target", ""))
        services.merge(current, desk.codebook, theme, target, desk.actor())
    flash(_("The themes were merged. The log can take it back."), "success")
    return go("theme", desk, theme_id=target.public_id)


@bp.get(THEME)
@requires(Permission.CURATE_THEMES)
def theme(slug: str, theme_id: str) -> Response:
    """What a theme means, its answers page by page, and what can be done with both."""
    desk, shown, rows = opened_theme(slug, theme_id)
    by_id = {row.id: row for row in rows}
    wanted = request.args.get("show", "")
    show = Show(wanted) if wanted in {kind.value for kind in Show} else Show.ALL
    found = members.of_theme(session(), desk.codebook, shown, labels_for(desk), show)
    number = wanted_page()
    part = found[(number - 1) * SHOWN : number * SHOWN]
    keys = [row.id for row in part]
    return page(
        "theme",
        desk,
        theme=shown,
        area=by_id.get(shown.parent_id),
        merged_into=by_id.get(shown.merged_into_id),
        others=[row for row in queries.coded_themes(rows) if row.id != shown.id],
        labels=LABELS,
        members=part,
        total=len(found),
        number=number,
        size=SHOWN,
        show=show.value,
        quotes=quotes(keys),
        translated=translations_of(session(), keys, current_language()),
        own_name=own_name,
        form=BaseForm(),
    )


@bp.post(THEME + "/move")
@requires(Permission.CURATE_THEMES)
def move_answers(slug: str, theme_id: str) -> Response:
    """Answers out of the theme, or into another one: a person has the last word on them."""
    desk, shown, _rows = opened_theme(slug, theme_id)
    with transaction() as current:
        chosen = request.form.get("target", "")
        target = queries.chosen_theme(current, desk.codebook, chosen) if chosen else None
        keys = request.form.getlist("answer")
        services.move(current, desk.codebook, keys, shown, target, desk.actor())
    flash(
        ngettext("%(num)s answer was moved.", "%(num)s answers were moved.", len(set(keys))),
        "success",
    )
    return go("theme", desk, theme_id=theme_id)


@bp.post(THEME + "/keep")
@requires(Permission.CURATE_THEMES)
def keep_answers(slug: str, theme_id: str) -> Response:
    """A person says that these answers do belong here."""
    desk, shown, _rows = opened_theme(slug, theme_id)
    keys = request.form.getlist("answer")
    with transaction() as current:
        services.keep(current, desk.codebook, keys, shown, desk.actor())
    flash(
        ngettext("%(num)s answer was kept.", "%(num)s answers were kept.", len(set(keys))),
        "success",
    )
    return go("theme", desk, theme_id=theme_id)


@bp.post(THEME + "/split")
@requires(Permission.CURATE_THEMES)
def split_theme(slug: str, theme_id: str) -> Response:
    """Parts that a machine proposes; people name them and take them into use."""
    desk, shown, _rows = opened_theme(slug, theme_id)
    with transaction() as current:
        found = members.of_theme(current, desk.codebook, shown, labels_for(desk), Show.ALL)
        texts = quotes([row.id for row in found[:MOST_READ]])
        made = topics.propose_parts(
            current,
            desk.codebook,
            shown,
            [(row.text, row.language) for row in texts.values()],
            parts=whole_number(request.form.get("parts", "")) or 0,
            actor=desk.actor(),
        )
    names = ", ".join(desk.name_of(part) for part in made)
    flash(_("Proposed parts: %(names)s. Name them and take them into use.", names=names), "success")
    return go("codebook", desk)
