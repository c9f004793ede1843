"""Reads of published versions and of comments on them."""

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Consultation
from core.errors import Closed, NotFound
from core.i18n import _
from results.agenda.drafts.models import AgendaComment, AgendaVersion, CommentState, VersionKind
from results.agenda.models import AgendaItem


def versions(session: Session, consultation: Consultation) -> list[AgendaVersion]:
    """All published versions, the newest first."""
    return list(
        session.exec(
            select(AgendaVersion)
            .where(AgendaVersion.consultation_id == consultation.id)
            .order_by(col(AgendaVersion.number).desc())
        )
    )


def latest(session: Session, consultation: Consultation) -> AgendaVersion | None:
    return session.exec(
        select(AgendaVersion)
        .where(AgendaVersion.consultation_id == consultation.id)
        .order_by(col(AgendaVersion.number).desc())
        .limit(1)
    ).first()


def by_number(session: Session, consultation: Consultation, number: int) -> AgendaVersion:
    found = session.exec(
        select(AgendaVersion).where(
            AgendaVersion.consultation_id == consultation.id, AgendaVersion.number == number
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such version of the agenda."))
    return found


def adopted(session: Session, consultation_id: int) -> AgendaVersion | None:
    """The version that ended the work on the agenda."""
    return session.exec(
        select(AgendaVersion).where(
            AgendaVersion.consultation_id == consultation_id,
            AgendaVersion.kind == VersionKind.ADOPTED,
        )
    ).one_or_none()


def must_be_open(session: Session, consultation_id: int) -> None:
    """Refuse a change of the agenda after its adoption.

    On PostgreSQL the row lock makes a change and the adoption wait for each other; SQLite's
    writers queue.
    """
    session.exec(
        select(Consultation.id).where(Consultation.id == consultation_id).with_for_update()
    ).one()
    if adopted(session, consultation_id) is not None:
        raise Closed(_("The agenda was adopted. What was adopted is not rewritten."))


def waiting_count(session: Session, consultation: Consultation) -> int:
    return session.exec(
        select(func.count())
        .select_from(AgendaComment)
        .join(AgendaVersion, col(AgendaVersion.id) == col(AgendaComment.version_id))
        .where(
            AgendaVersion.consultation_id == consultation.id,
            AgendaComment.state == CommentState.WAITING,
        )
    ).one()


CommentRow = tuple[AgendaComment, AgendaVersion, AgendaItem | None, Contribution | None]


def comments(session: Session, consultation: Consultation) -> list[CommentRow]:
    """Comments with the version and the item they speak of, and their words once accepted."""
    found = session.exec(
        select(AgendaComment, AgendaVersion, AgendaItem, Contribution)
        .join(AgendaVersion, col(AgendaVersion.id) == col(AgendaComment.version_id))
        .outerjoin(AgendaItem, col(AgendaItem.id) == col(AgendaComment.item_id))
        .outerjoin(Contribution, col(Contribution.id) == col(AgendaComment.contribution_id))
        .where(AgendaVersion.consultation_id == consultation.id)
        .order_by(col(AgendaComment.received_on), col(AgendaComment.id))
    )
    return [(comment, of, item, words) for comment, of, item, words in found]


def public_comments(session: Session, consultation: Consultation) -> list[CommentRow]:
    """Comments on any version that a person accepted and whose words still stand."""
    return [
        row
        for row in comments(session, consultation)
        if row[3] is not None and row[3].state is ContributionState.RECEIVED
    ]
