"""What every page inside a consultation shares: its name, its label, its menu."""

from flask import current_app, g, request, url_for

from consultation.process.models import Consultation
from core.auth.permissions import Permission, may
from core.i18n import _, current_language, text_in


def enter(consultation: Consultation) -> None:
    """Set the synthetic label and the workspace menu for this page."""
    slug = consultation.slug
    g.is_synthetic = consultation.is_synthetic
    g.nav_title = text_in(consultation.title, current_language(), consultation.default_language)
    entries = [
        (_("Overview"), "manage.show", Permission.VIEW_WORKSPACE),
        (_("Phases"), "manage.phases", Permission.MANAGE_CONSULTATION),
        (_("People"), "people.index", Permission.MANAGE_PEOPLE),
        (_("Surveys and rounds"), "manage_surveys.index", Permission.MANAGE_SURVEY),
        (_("Dialogues"), "manage_dialogues.index", Permission.WRITE_DIALOGUE_NOTES),
        (_("Dashboard"), "dashboards.show", Permission.VIEW_DASHBOARD),
        (_("Topics"), "dashboards.topics", Permission.VIEW_DASHBOARD),
        (_("Agenda"), "agenda.index", Permission.EDIT_AGENDA),
        (_("Research exports"), "releases.index", Permission.EXPORT_RESEARCH),
    ]
    g.nav = [
        (label, url_for(endpoint, slug=slug), request.endpoint == endpoint)
        for label, endpoint, permission in entries
        if endpoint in current_app.view_functions and may(permission, slug)
    ]
