"""Quotas: how many submitted responses of a kind are taken, counted where they are written."""

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from core.errors import Closed
from core.i18n import _, text_in
from surveys.documents import Quota
from surveys.models import QuotaCount, Submission
from surveys.queries import Asked
from surveys.routing import Route


def settle(session: Session, asked: Asked, submission: Submission, route: Route) -> None:
    """Count a submitted response in each quota whose condition it meets, or refuse it whole."""
    met = {quota.code: quota for quota in asked.document.quotas if route.holds(quota.condition)}
    for code in sorted(set(submission.quotas) - set(met)):
        _leave(session, submission, code)
    for code in sorted(set(met) - set(submission.quotas)):
        _join(session, asked, submission, met[code])
    submission.quotas = sorted(met)


def release(session: Session, submission: Submission) -> None:
    """A withdrawn response makes room."""
    for code in submission.quotas:
        _leave(session, submission, code)
    submission.quotas = []


def _join(session: Session, asked: Asked, submission: Submission, quota: Quota) -> None:
    row = {"round_id": submission.round_id, "code": quota.code, "taken": 0}
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(QuotaCount).values(row).on_conflict_do_nothing())
    changed = connection.execute(
        update(QuotaCount)
        .where(
            col(QuotaCount.round_id) == submission.round_id,
            col(QuotaCount.code) == quota.code,
            col(QuotaCount.taken) < quota.limit,
        )
        .values(taken=col(QuotaCount.taken) + 1)
    )
    if changed.rowcount != 1:
        words = text_in(quota.message, submission.language, asked.document.default_language)
        raise Closed(
            words
            or _(
                "Enough people like you have answered already. "
                "Your answers are kept as a draft and are not counted. Thank you for coming."
            )
        )


def _leave(session: Session, submission: Submission, code: str) -> None:
    session.connection().execute(
        update(QuotaCount)
        .where(
            col(QuotaCount.round_id) == submission.round_id,
            col(QuotaCount.code) == code,
            col(QuotaCount.taken) > 0,
        )
        .values(taken=col(QuotaCount.taken) - 1)
    )
