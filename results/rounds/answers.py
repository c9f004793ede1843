"""The answers of a round as arrays: who gave them only where the round links its people."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from analysis.types import AnswerState
from consultation.process.models import IdentityMode, Round
from results.snapshots import document_of
from surveys.documents import QuestionnaireDocument
from surveys.models import Submission, SubmissionState
from surveys.questions import REGISTRY
from surveys.questions.base import Measure, Shape

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """One round.

    Attributes
    ----------
    document : QuestionnaireDocument
    people : list of str, or None where the round does not link its people
    regions, sectors : list of str or None
    ratings : dict of str to ndarray, shape (n,)
        By measure; NaN where there is no answer.
    orders : dict of str to list
        By measure; the answer's options, the best first, or None.
    text_ids : list of dict
        For each response the contribution of each question that was answered in words.
    """

    document: QuestionnaireDocument
    people: list[str] | None
    regions: list[str | None]
    sectors: list[str | None]
    ratings: dict[str, Floats]
    orders: dict[str, list[list[str] | None]]
    text_ids: list[dict[str, str]]

    @property
    def n(self) -> int:
        return len(self.regions)


def person_of(submission: Submission) -> str | None:
    """What links the rounds of one person; None in anonymous rounds and on open links."""
    if submission.identity_mode is IdentityMode.IDENTIFIED:
        return f"stakeholder:{submission.stakeholder_id}"
    return submission.record_key


def measures_of(document: QuestionnaireDocument) -> list[tuple[str, Measure]]:
    """Ratings and orders, each with its question."""
    return [
        (question.code, measure)
        for question in document.questions()
        for measure in REGISTRY[question.kind].measures(question)
        if measure.shape in {Shape.SCALE, Shape.ORDER, Shape.SCORES}
    ]


def answers_of(session: Session, row: Round) -> Answers | None:
    """What was submitted in a round; None where it asks nothing."""
    document = document_of(session, row)
    if document is None:
        return None
    found = session.exec(
        select(Submission)
        .where(Submission.round_id == row.id, Submission.state == SubmissionState.SUBMITTED)
        .order_by(col(Submission.id))
    ).all()
    people = [person_of(submission) for submission in found]
    ratings: dict[str, Floats] = {}
    orders: dict[str, list[list[str] | None]] = {}
    for code, measure in measures_of(document):
        readings = [_reading(document, submission, code, measure) for submission in found]
        if measure.shape is Shape.SCALE:
            ratings[measure.code] = np.array(
                [np.nan if value is None else float(str(value)) for value in readings],
                dtype=np.float64,
            )
        else:
            orders[measure.code] = [_order(value, measure) for value in readings]
    is_linked = row.identity_mode is not IdentityMode.ANONYMOUS
    return Answers(
        document=document,
        people=[person or f"response:{one.id}" for person, one in zip(people, found, strict=True)]
        if is_linked
        else None,
        regions=[submission.region for submission in found],
        sectors=[submission.sector for submission in found],
        ratings=ratings,
        orders=orders,
        text_ids=[_texts(document, submission) for submission in found],
    )


def _reading(
    document: QuestionnaireDocument, submission: Submission, code: str, measure: Measure
) -> object:
    answer = submission.answers.get(code)
    question = document.by_code[code]
    if not answer or answer["state"] != AnswerState.ANSWERED:
        return None
    reading = REGISTRY[question.kind].reading(question, answer, measure)
    return reading["value"] if reading["state"] == AnswerState.ANSWERED else None


def _order(value: object, measure: Measure) -> list[str] | None:
    """Options, the best first; scores are put in order, equals in the order of the list."""
    if isinstance(value, dict):
        scored = {code: score for code, score in value.items() if score is not None}
        return sorted(scored, key=lambda code: (-scored[code], list(measure.options).index(code)))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [code for entry in value for code in str(entry).split("=")]
    return None


def _texts(document: QuestionnaireDocument, submission: Submission) -> dict[str, str]:
    return {
        code: str(answer["value"])
        for code, answer in submission.answers.items()
        if code in document.by_code and answer.get("is_text") and answer.get("value")
    }


def panel(before: Answers, after: Answers) -> tuple[list[int], list[int]] | None:
    """The rows of people who answered in both rounds; None where people are not linked."""
    if before.people is None or after.people is None:
        return None
    later = {person: place for place, person in enumerate(after.people)}
    both = [(place, later[person]) for place, person in enumerate(before.people) if person in later]
    return [first for first, _second in both], [second for _first, second in both]
