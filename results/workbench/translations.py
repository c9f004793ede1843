"""Translations that readers ask for and people write. No text leaves the installation for it."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from analysis.text.tokens import base_language
from consultation.contributions.models import Contribution, ContributionState, Translation
from consultation.contributions.services import clean_text
from consultation.process.models import Consultation
from core.errors import Conflict, Invalid, NotFound
from core.i18n import _
from results.workbench.edits import Actor

LONGEST = 20_000
SHOWN = 100
#: Who asked, where it was a reader without an account.
PUBLIC = "public"
MOST_WAITING = 200


def of(session: Session, contribution: Contribution, language: str) -> Translation | None:
    """The translation of a text, asked for or written."""
    return session.exec(
        select(Translation).where(
            Translation.contribution_id == contribution.id, Translation.language == language
        )
    ).one_or_none()


def _own(session: Session, consultation: Consultation, key: str) -> Contribution:
    found = session.exec(
        select(Contribution).where(
            Contribution.id == key,
            Contribution.consultation_id == consultation.id,
            Contribution.state == ContributionState.RECEIVED,
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such answer, or it was withdrawn."))
    return found


def ask(
    session: Session, consultation: Consultation, key: str, language: str, actor: Actor
) -> Translation:
    """Ask once; asking again changes nothing."""
    contribution = _own(session, consultation, key)
    known = of(session, contribution, language)
    if known is not None:
        return known
    row = Translation(
        contribution_id=contribution.id,
        language=language,
        requested_by=actor.by,
        requested_at=actor.now,
    )
    session.add(row)
    session.flush()
    return row


def ask_in_public(
    session: Session, consultation: Consultation, key: str, language: str, now: datetime
) -> Translation:
    """A reader without an account asks; kept is that somebody did, and not who.

    So much as a committee can serve: with `MOST_WAITING` requests of the public waiting, no more
    are taken. A request for what was asked for already is always welcome.
    """
    contribution = _own(session, consultation, key)
    known = of(session, contribution, language)
    if known is not None:
        return known
    if base_language(contribution.language) == base_language(language):
        raise Invalid(_("This text is in your language already."))
    n_waiting = session.exec(
        select(func.count())
        .select_from(Translation)
        .join(Contribution, col(Contribution.id) == col(Translation.contribution_id))
        .where(
            Contribution.consultation_id == consultation.id,
            Translation.requested_by == PUBLIC,
            col(Translation.translated_at).is_(None),
        )
    ).one()
    if n_waiting >= MOST_WAITING:
        raise Conflict(
            _("Many translations are waited for already. Come back when some are written.")
        )
    return ask(session, consultation, key, language, Actor(by=PUBLIC, now=now))


def write(
    session: Session, consultation: Consultation, key: str, language: str, text: str, actor: Actor
) -> Translation:
    """Write what was asked for, or better it."""
    row = of(session, _own(session, consultation, key), language)
    if row is None:
        raise NotFound(_("Nobody asked for this translation."))
    words = clean_text(text)
    if not words or len(words) > LONGEST:
        raise Invalid(_("Write between 1 and %(limit)s characters.", limit=LONGEST), field="text")
    row.text = words
    row.translated_by, row.translated_at = actor.by, actor.now
    session.add(row)
    session.flush()
    return row


def waiting(session: Session, consultation: Consultation) -> list[tuple[Translation, Contribution]]:
    """What was asked for and not written yet, the oldest first."""
    found = session.exec(
        select(Translation, Contribution)
        .join(Contribution, col(Contribution.id) == col(Translation.contribution_id))
        .where(
            Contribution.consultation_id == consultation.id,
            col(Translation.translated_at).is_(None),
            Contribution.state == ContributionState.RECEIVED,
        )
        .order_by(col(Translation.requested_at), col(Translation.id))
        .limit(SHOWN)
    )
    return list(found.all())
