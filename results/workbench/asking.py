"""Asking the machine to code every answer: by a person, and when a theme came that it does not know."""

from datetime import datetime

from sqlmodel import Session, col, select

from consultation.process.models import Consultation
from core.jobs import Job, enqueue
from results.workbench import machine
from results.workbench.models import Codebook
from results.workbench.queries import coded_themes, themes

CODE = "code_answers"


def request_coding(session: Session, slug: str, now: datetime) -> None:
    """Queue a coding, once."""
    enqueue(session, CODE, {"slug": slug}, key=f"{CODE}:{slug}", now=now)


def keep_up(session: Session, codebook: Codebook, now: datetime) -> None:
    """Queue a coding where a theme in use is not known to the last one.

    Until it is done the new theme has no probabilities, and no queue of answers to label.
    """
    coding = machine.about(session, codebook)
    if coding is None:
        return
    used = {theme.code for theme in coded_themes(themes(session, codebook))}
    if used - set(coding.codes):
        slug = session.exec(
            select(Consultation.slug).where(Consultation.id == codebook.consultation_id)
        ).one()
        request_coding(session, slug, now)


def waiting(session: Session, slug: str) -> Job | None:
    """The coding that is queued or under way, or the last one."""
    return session.exec(
        select(Job).where(Job.key == f"{CODE}:{slug}").order_by(col(Job.id).desc())
    ).first()
