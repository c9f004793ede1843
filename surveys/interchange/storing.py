"""Store what was read: one submission a record, its texts as contributions, and no duplicates."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from analysis.types import AnswerState
from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.contributions.services import clean_text, correct_all, hash_text, remove_all
from consultation.people.classifications import region_of
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core.db import new_id
from core.errors import Conflict, NotFound
from core.i18n import text_in
from core.security import keyed_hash
from surveys.interchange.mapping import Mapping
from surveys.interchange.responses import (
    ImportedText,
    Reading,
    Record,
    document_from,
)
from surveys.models import (
    Questionnaire,
    RoundQuestionnaire,
    Submission,
    SubmissionChannel,
    SubmissionState,
    Survey,
)
from surveys.queries import text_ids

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do."""

    added: int
    changed: int
    unchanged: int
    texts: int


def ensure_round(
    session: Session,
    consultation: Consultation,
    mapping: Mapping,
    columns: list[str],
    now: datetime,
) -> Round:
    """The round that holds this mapping's answers: found again by its questionnaire, or made.

    It is closed from the start: answers collected elsewhere are not collected here as well.
    """
    document = document_from(mapping, columns)
    digest = sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    found = session.exec(
        select(Round)
        .join(RoundQuestionnaire, col(RoundQuestionnaire.round_id) == col(Round.id))
        .join(Questionnaire, col(Questionnaire.id) == col(RoundQuestionnaire.questionnaire_id))
        .where(Round.consultation_id == consultation.id, Questionnaire.document_hash == digest)
    ).first()
    if found is not None:
        return found
    return _make_round(session, consultation, mapping, document, digest, now)


def _make_round(
    session: Session,
    consultation: Consultation,
    mapping: Mapping,
    document: dict[str, Any],
    digest: str,
    now: datetime,
) -> Round:
    numbers = session.exec(select(Round.number).where(Round.consultation_id == consultation.id))
    survey = Survey(consultation_id=consultation.id or 0, title=mapping.title, created_at=now)
    row = Round(
        consultation_id=consultation.id or 0,
        number=max(numbers, default=0) + 1,
        title=mapping.title,
        state=RoundState.CLOSED,
        identity_mode=IdentityMode.ANONYMOUS,
        has_open_link=False,
        opens_at=now.replace(microsecond=0),
        closes_at=now.replace(microsecond=1),
    )
    session.add_all([survey, row])
    session.flush()
    questionnaire = Questionnaire(
        survey_id=survey.id or 0,
        version=1,
        document=document,
        document_hash=digest,
        created_at=now,
        frozen_at=now,
    )
    session.add(questionnaire)
    session.flush()
    session.add(RoundQuestionnaire(round_id=row.id or 0, questionnaire_id=questionnaire.id or 0))
    session.flush()
    return row


def store(
    session: Session,
    consultation: Consultation,
    row: Round,
    mapping: Mapping,
    reading: Reading,
    now: datetime,
) -> Outcome:
    """Add new records, correct changed ones, leave equal ones alone; all in one transaction.

    A corrected record stays the response that it was, and each of its texts the text that it was:
    what people coded and linked stays with it, as far as the words are the same.
    """
    if row.consultation_id != consultation.id:
        raise NotFound("This round belongs to another consultation.")
    questionnaire_id = session.exec(
        select(RoundQuestionnaire.questionnaire_id).where(RoundQuestionnaire.round_id == row.id)
    ).one_or_none()
    if questionnaire_id is None:
        raise Conflict("The round has no questionnaire yet.")
    known = _known(session, row)
    records = {_answer_hash(record): record for record in reading.records}
    fresh = {key: record for key, record in records.items() if key not in known}
    changed = {
        key: record
        for key, record in records.items()
        if key in known and known[key].receipt != _checksum(record)
    }
    place = _Place(consultation, row, questionnaire_id, _labels(mapping), mapping.quotable, now)
    _add(session, place, fresh)
    _correct(session, place, changed, known)
    return Outcome(
        added=len(fresh),
        changed=len(changed),
        unchanged=len(records) - len(fresh) - len(changed),
        texts=sum(len(record.texts) for record in {**fresh, **changed}.values()),
    )


def _answer_hash(record: Record) -> str:
    return keyed_hash("import", record.key)


def _known(session: Session, row: Round) -> dict[str, Submission]:
    """Stored imports of the round by answer hash; the receipt is the content's checksum."""
    found = session.exec(
        select(Submission).where(
            Submission.round_id == row.id, Submission.channel == SubmissionChannel.IMPORT
        )
    )
    return {submission.answer_hash: submission for submission in found}


def _batches(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + BATCH] for start in range(0, len(values), BATCH))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the rows of one import go."""

    consultation: Consultation
    round: Round
    questionnaire_id: int
    labels: dict[str, str]
    is_quotable: bool
    now: datetime


def _add(session: Session, place: _Place, records: dict[str, Record]) -> None:
    submissions: list[dict[str, Any]] = []
    contributions: list[dict[str, Any]] = []
    for key, record in records.items():
        texts = _contributions(place, record, {})
        contributions += texts
        submissions.append(_submission(place, key, record, texts) | {"id": new_id()})
    _insert(session, Submission, submissions)
    _insert(session, Contribution, contributions)


def _correct(
    session: Session, place: _Place, records: dict[str, Record], known: dict[str, Submission]
) -> None:
    """Give known responses what the corrected file says; texts that it lacks are taken out."""
    submissions: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    corrected: list[dict[str, Any]] = []
    gone: list[str] = []
    for key, record in records.items():
        former = known[key]
        held = text_ids(former)
        texts = _contributions(place, record, held)
        for text in texts:
            (corrected if text["question_code"] in held else added).append(text)
        gone += [held[code] for code in held.keys() - record.texts.keys()]
        own = {
            "id": former.id,
            "revision": former.revision + 1,
            "submitted_on": former.submitted_on,
        }
        submissions.append(_submission(place, key, record, texts) | own)
    remove_all(session, sorted(gone))
    _insert(session, Contribution, added)
    correct_all(session, corrected)
    if submissions:
        session.execute(update(Submission), submissions)
        session.expire_all()


def _insert(
    session: Session, table: type[Submission | Contribution], rows: list[dict[str, Any]]
) -> None:
    for part in _batches(rows):
        session.connection().execute(insert(table), part)


def _contributions(place: _Place, record: Record, held: dict[str, str]) -> list[dict[str, Any]]:
    """The texts of a record as rows; one that stands in the store already keeps its key."""
    region = region_of(record.country, place.consultation.region_classification)
    return [
        _contribution(place, record, region, text) | {"id": held.get(text.question) or new_id()}
        for text in record.texts.values()
    ]


def _contribution(
    place: _Place, record: Record, region: str | None, text: ImportedText
) -> dict[str, Any]:
    cleaned = clean_text(text.text)
    return {
        "consultation_id": place.consultation.id,
        "channel": Channel.IMPORT,
        "state": ContributionState.RECEIVED,
        "round_id": place.round.id,
        "question_code": text.question,
        "asked": place.labels.get(text.question, text.question),
        "text": cleaned,
        "text_hash": hash_text(cleaned),
        "language": text.language,
        "declared_language": text.language,
        "region": region,
        "sector": record.sector,
        "is_quotable": place.is_quotable,
        "received_on": place.now.date(),
    }


def _submission(
    place: _Place, key: str, record: Record, texts: list[dict[str, Any]]
) -> dict[str, Any]:
    own = {
        text["question_code"]: {
            "state": AnswerState.ANSWERED.value,
            "value": text["id"],
            "is_text": True,
        }
        for text in texts
    }
    return {
        "round_id": place.round.id,
        "questionnaire_id": place.questionnaire_id,
        "answer_hash": key,
        "identity_mode": place.round.identity_mode,
        "state": SubmissionState.SUBMITTED,
        "channel": SubmissionChannel.IMPORT,
        "answers": {**record.answers, **own},
        "language": record.language,
        "region": region_of(record.country, place.consultation.region_classification),
        "sector": record.sector,
        "country": record.country,
        "revision": 1,
        "receipt": _checksum(record),
        "submitted_on": place.now.date(),
    }


def _checksum(record: Record) -> str:
    return record.content_hash()[:16]


def _labels(mapping: Mapping) -> dict[str, str]:
    labels: dict[str, str] = {}
    for question in mapping.questions:
        for column in question.labels or [question.column]:
            texts = question.labels.get(column) or question.label
            labels[column] = text_in(texts, mapping.default_language) or column
    return labels
