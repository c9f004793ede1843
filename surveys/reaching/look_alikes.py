"""The submitted responses of a round as `surveys.duplicates` takes them, and their summary."""

from collections import OrderedDict
from typing import Any

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution, ContributionState
from surveys.documents import QuestionnaireDocument
from surveys.duplicates import Response, Summary, summarise
from surveys.models import Submission, SubmissionState
from surveys.queries import Asked, text_id
from surveys.questions import REGISTRY
from surveys.questions.base import Shape, is_answered

_KEPT: OrderedDict[tuple[str, int, int], Summary] = OrderedDict()
_MOST_KEPT = 32


def responses_of(session: Session, asked: Asked) -> list[Response]:
    """What was submitted in a round: words, and closed answers without who and where."""
    words = {
        key: (code, text)
        for key, code, text in session.exec(
            select(Contribution.id, Contribution.question_code, Contribution.text).where(
                Contribution.round_id == asked.round.id,
                Contribution.state == ContributionState.RECEIVED,
            )
        )
    }
    rows = session.exec(
        select(Submission.id, Submission.answers, Submission.region, Submission.sector)
        .where(Submission.round_id == asked.round.id, Submission.state == SubmissionState.SUBMITTED)
        .order_by(col(Submission.id))
    )
    closed = closed_codes(asked.document)
    found = []
    for key, answers, region, sector in rows:
        ids = (text_id(answer) for answer in answers.values())
        texts = dict(words[one] for one in ids if one in words)
        values: dict[str, Any] = {}
        for code in closed:
            if is_answered(answers.get(code)):
                values |= _single_answers(code, answers[code]["value"])
        found.append(Response(key, texts, values, region, sector))
    return found


def _single_answers(code: str, value: Any) -> dict[str, Any]:
    """Each row of a matrix is an answer of its own."""
    if isinstance(value, dict):
        return {f"{code}.{row}": given for row, given in value.items() if given is not None}
    return {code: value}


def closed_codes(document: QuestionnaireDocument) -> list[str]:
    """Questions about views: neither words, nor agreement, nor who somebody is."""
    return [
        question.code
        for question in document.questions()
        if not REGISTRY[question.kind].is_invisible
        and not REGISTRY[question.kind].attribute
        and any(
            measure.shape not in {Shape.TEXT, Shape.FLAG}
            for measure in REGISTRY[question.kind].measures(question)
        )
    ]


def summary_of(session: Session, asked: Asked) -> Summary:
    """The signals of a round, worked out again only where a response came, changed or went."""
    count, revisions = session.exec(
        select(func.count(), func.coalesce(func.sum(Submission.revision), 0)).where(
            Submission.round_id == asked.round.id, Submission.state == SubmissionState.SUBMITTED
        )
    ).one()
    key = (asked.round.public_id, int(count), int(revisions))
    found = _KEPT.get(key)
    if found is None:
        found = summarise(responses_of(session, asked))
        _KEPT[key] = found
        while len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return found
