"""The words of a submission: they live in contributions, and its answers hold only their ids."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from analysis.types import AnswerState
from consultation.contributions import services as contributions
from consultation.contributions.models import Channel, Contribution, ContributionState
from surveys.documents import Question
from surveys.models import Submission, SubmissionState
from surveys.queries import Asked, text_id
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, is_answered, other_code

QUOTE_QUESTION = "may_quote"
QUOTE_REFUSED = "no"


@dataclass(frozen=True, slots=True)
class _Words:
    """What somebody wrote, and the question that asked for it."""

    code: str
    asked: str
    language: str
    text: str


def store(
    session: Session,
    asked: Asked,
    submission: Submission,
    answers: dict[str, Answer],
    today: date,
) -> dict[str, Answer]:
    """Answers as they are stored: new words go to contributions, changed ones are replaced."""
    kept: dict[str, Answer] = {}
    for code, answer in answers.items():
        question = asked.document.question(code)
        if question is None:
            continue
        known = find(session, submission.answers.get(code, {}))
        words = _words_of(asked, submission, question, answer)
        stored = _keep(session, asked, submission, known, words, today)
        kept[code] = _stored_answer(question, answer, stored)
    return kept


def _words_of(asked: Asked, submission: Submission, question: Question, answer: Answer) -> _Words:
    is_text = REGISTRY[question.kind].is_text
    text = str(answer["value"]) if is_text and is_answered(answer) else answer.get("text", "")
    return _Words(
        code=question.code if is_text else other_code(question),
        asked=question.text(submission.language, asked.document.default_language),
        language=submission.language,
        text=contributions.clean_text(text),
    )


def _stored_answer(question: Question, answer: Answer, stored: Contribution | None) -> Answer:
    if REGISTRY[question.kind].is_text:
        if stored is None:
            state = AnswerState.SKIPPED.value if is_answered(answer) else answer["state"]
            return {"state": state, "value": None}
        return {"state": AnswerState.ANSWERED.value, "value": stored.id, "is_text": True}
    kept = {key: value for key, value in answer.items() if key != "text"}
    return kept if stored is None else {**kept, "text_id": stored.id}


def _keep(
    session: Session,
    asked: Asked,
    submission: Submission,
    known: Contribution | None,
    words: _Words,
    today: date,
) -> Contribution | None:
    if known is not None and not words.text:
        contributions.remove(session, known)
        return None
    if known is not None:
        if known.text != words.text:
            known.declared_language = words.language
            contributions.replace_text(session, known, words.text)
        return known
    if not words.text:
        return None
    is_draft = submission.state is SubmissionState.DRAFT
    return contributions.receive(
        session,
        contributions.Source(
            consultation_id=asked.consultation.id or 0,
            channel=Channel.SURVEY,
            round_id=asked.round.id,
        ),
        contributions.Wording(question_code=words.code, asked=words.asked, language=words.language),
        text=words.text,
        today=today,
        state=ContributionState.DRAFT if is_draft else ContributionState.RECEIVED,
    )


def find(session: Session, answer: Answer) -> Contribution | None:
    """The contribution that holds an answer's words."""
    known = text_id(answer)
    return session.get(Contribution, known) if known else None


def of_submission(session: Session, submission: Submission) -> list[Contribution]:
    """The contributions whose ids stand in the answers."""
    found = (find(session, answer) for answer in submission.answers.values())
    return [contribution for contribution in found if contribution is not None]


def settle(session: Session, submission: Submission) -> None:
    """Texts follow their submission's region, sector and consent once it is handed in."""
    quotable = _may_quote(submission.answers)
    for stored in of_submission(session, submission):
        if stored.state is not ContributionState.WITHDRAWN:
            stored.state = ContributionState.RECEIVED
            stored.region = submission.region
            stored.sector = submission.sector
            stored.is_quotable = quotable
            session.add(stored)


def withdraw(session: Session, submission: Submission) -> None:
    """Erase the words of a submission."""
    for stored in of_submission(session, submission):
        contributions.withdraw(session, stored)


def _may_quote(answers: dict[str, Any]) -> bool:
    """Only an explicit yes; no answer is a no."""
    answer = answers.get(QUOTE_QUESTION)
    return bool(answer and is_answered(answer) and answer["value"] != QUOTE_REFUSED)
