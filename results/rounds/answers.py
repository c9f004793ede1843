"""The answers of a round as arrays: who gave them only where the round links its people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from analysis.types import AnswerState
from consultation.process.models import IdentityMode, Round
from results.snapshots import document_of
from surveys.documents import QuestionnaireDocument
from surveys.models import Submission, SubmissionState
from surveys.questions import REGISTRY
from surveys.questions.base import Measure, Shape
from surveys.questions.ranking import TIE

Floats = NDArray[np.float64]
#: Responses read at a time.
BATCH = 2_000


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
        By measure; the answer's options, the best first, or None. Equals are one entry, joined
        by "=", as a ranking keeps them.
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
    round_id: int = 0

    @property
    def n(self) -> int:
        return len(self.regions)


def _person(identity_mode: IdentityMode, stakeholder_id: int | None, key: str | None) -> str | None:
    """What links the rounds of one person; None in anonymous rounds and on open links."""
    return f"stakeholder:{stakeholder_id}" if identity_mode is IdentityMode.IDENTIFIED else key


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
    measured = measures_of(document)
    values: dict[str, list[object]] = {measure.code: [] for _code, measure in measured}
    regions, sectors, people, text_ids = [], [], [], []
    # Row by row, so that no response stays in memory when its figures are read.
    for key, person, record, region, sector, answers in _rows(session, row):
        regions.append(region)
        sectors.append(sector)
        people.append(_person(row.identity_mode, person, record) or f"response:{key}")
        text_ids.append(_texts(document, answers))
        for code, measure in measured:
            values[measure.code].append(_reading(document, answers, code, measure))
    is_linked = row.identity_mode is not IdentityMode.ANONYMOUS
    return Answers(
        document=document,
        people=people if is_linked else None,
        regions=regions,
        sectors=sectors,
        ratings={
            measure.code: np.array(
                [np.nan if v is None else float(str(v)) for v in values[measure.code]],
                dtype=np.float64,
            )
            for _code, measure in measured
            if measure.shape is Shape.SCALE
        },
        orders={
            measure.code: [_order(v, measure) for v in values[measure.code]]
            for _code, measure in measured
            if measure.shape is not Shape.SCALE
        },
        text_ids=text_ids,
        round_id=row.id or 0,
    )


def _rows(session: Session, row: Round) -> Iterable[Any]:
    """Columns of the submitted responses, in the order of their random keys."""
    return session.connection().execute(
        select_columns(
            col(Submission.id),
            col(Submission.stakeholder_id),
            col(Submission.record_key),
            col(Submission.region),
            col(Submission.sector),
            col(Submission.answers),
        )
        .where(
            col(Submission.round_id) == row.id,
            col(Submission.state) == SubmissionState.SUBMITTED,
        )
        .order_by(col(Submission.id))
        .execution_options(stream_results=True, yield_per=BATCH)
    )


def _reading(
    document: QuestionnaireDocument, answers: dict[str, Any], code: str, measure: Measure
) -> object:
    answer = answers.get(code)
    question = document.by_code[code]
    if not answer or answer["state"] != AnswerState.ANSWERED:
        return None
    reading = REGISTRY[question.kind].reading(question, answer, measure)
    return reading["value"] if reading["state"] == AnswerState.ANSWERED else None


def _order(value: object, measure: Measure) -> list[str] | None:
    """Entries, the best first; scores are put in order, and equal ones are one entry."""
    if isinstance(value, dict):
        scored = [code for code in measure.options if value.get(code) is not None]
        return [
            TIE.join(code for code in scored if value[code] == score)
            for score in sorted({value[code] for code in scored}, reverse=True)
        ]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(entry) for entry in value]
    return None


def _texts(document: QuestionnaireDocument, answers: dict[str, Any]) -> dict[str, str]:
    return {
        code: str(answer["value"])
        for code, answer in answers.items()
        if code in document.by_code and answer.get("is_text") and answer.get("value")
    }


def panel(before: Answers, after: Answers) -> tuple[list[int], list[int]] | None:
    """The rows of people who answered in both rounds; None where people are not linked."""
    if before.people is None or after.people is None:
        return None
    later = {person: place for place, person in enumerate(after.people)}
    both = [(place, later[person]) for place, person in enumerate(before.people) if person in later]
    return [first for first, _second in both], [second for _first, second in both]
