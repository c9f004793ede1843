"""Entering a consultation: every view inside one calls this first."""

from consultation.process.models import Consultation
from core.i18n import current_language, text_in
from core.navigation import enter_consultation


def enter(consultation: Consultation) -> None:
    """Set the synthetic label and the workspace menu for this page."""
    title = text_in(consultation.title, current_language(), consultation.default_language)
    enter_consultation(consultation.slug, title, is_synthetic=consultation.is_synthetic)
