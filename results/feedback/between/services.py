"""Writes on the way from the last round: that it was seen, and an answer kept in one click."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from core.errors import Conflict, NotFound
from core.i18n import _
from core.security import keyed_hash
from results.feedback.between.queries import Between, between, last_outcome
from results.rounds.models import FeedbackSeen
from surveys.queries import Respondent, find_respondent
from surveys.services import Save, require_open, save_page, settle_edit


def _respondent(session: Session, token: str) -> Respondent:
    found = find_respondent(session, token)
    if found is None or last_outcome(session, found.asked) is None:
        raise NotFound(_("This link leads nowhere. Check that you copied all of it."))
    return found


def note_seen(session: Session, token: str, now: datetime) -> None:
    """Note that the bearer of a link saw the feedback; a second time changes nothing."""
    asked = _respondent(session, token).asked
    require_open(session, asked.round, now)
    row = {
        "round_id": asked.round.id,
        "answer_hash": keyed_hash("answer", token),
        "seen_on": now.date(),
    }
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(FeedbackSeen).values(row).on_conflict_do_nothing())


def keep(session: Session, token: str, question: str, language: str, now: datetime) -> int:
    """Give an earlier answer again, or all of them where no question is named; how many."""
    respondent = _respondent(session, token)
    require_open(session, respondent.asked.round, now)
    found = between(session, respondent, token)
    answers = _chosen(found, question)
    note_seen(session, token, now)
    submission = save_page(session, token, Save(answers=answers, language=language), now)
    settle_edit(session, respondent.asked, submission, now)
    return len(answers)


def _chosen(found: Between | None, question: str) -> dict[str, dict[str, object]]:
    keepable = found.keepable if found else {}
    answers = {question: keepable[question]} if question in keepable else {}
    if not question:
        answers = dict(keepable)
    if not answers:
        raise Conflict(_("There is no earlier answer to keep here. Answer the question itself."))
    return answers
