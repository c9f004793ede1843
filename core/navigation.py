"""The workspace menu of a consultation: what each role finds there, by endpoint."""

from flask import current_app, g, request, url_for

from core.auth.permissions import Permission, may
from core.i18n import _l

MENU = (
    (_l("Overview"), "manage.show", Permission.VIEW_WORKSPACE),
    (_l("Phases"), "manage.phases", Permission.MANAGE_CONSULTATION),
    (_l("Targets"), "targets.show", Permission.MANAGE_CONSULTATION),
    (_l("People"), "people.index", Permission.MANAGE_PEOPLE),
    (_l("Surveys and rounds"), "manage_surveys.index", Permission.MANAGE_SURVEY),
    (_l("Rounds"), "rounds.index", Permission.VIEW_DASHBOARD),
    (_l("Dialogues"), "manage_dialogues.index", Permission.WRITE_DIALOGUE_NOTES),
    (_l("Dashboard"), "dashboards.show", Permission.VIEW_DASHBOARD),
    (_l("Ranking"), "rankings.show", Permission.VIEW_DASHBOARD),
    (_l("Opinion groups"), "opinions.show", Permission.VIEW_DASHBOARD),
    (_l("Topics"), "dashboards.topics", Permission.VIEW_DASHBOARD),
    (_l("Workbench"), "workbench.index", Permission.CODE_TEXTS),
    (_l("Agenda"), "manage_agenda.index", Permission.EDIT_AGENDA),
    (_l("Research exports"), "releases.index", Permission.EXPORT_RESEARCH),
)


def enter_consultation(slug: str, title: str, *, is_synthetic: bool) -> None:
    """Set what every page inside a consultation shares: its label and its menu."""
    g.is_synthetic = is_synthetic
    g.nav_title = title
    g.nav = [
        (label, url_for(endpoint, slug=slug), request.endpoint == endpoint)
        for label, endpoint, permission in MENU
        if endpoint in current_app.view_functions and may(permission, slug)
    ]
