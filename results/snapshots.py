"""Freeze the answers of a declared scope into two columnar files named by their content.

One file holds the structured answers, a row a submission, without any id: rows stand in the
order of their random keys. The other holds the contributions' ids, codes and text hashes; the
words stay in the contribution table, so that an erased text is gone from every later reading.
"""

import io
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from analysis.types import AnswerState
from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.people.models import Target
from consultation.people.queries import organisation_mark, organisation_members
from consultation.process.models import Consultation, IdentityMode, Round
from consultation.targets.queries import frozen_first
from results import topic_scope
from results.campaigns import campaign_of, campaigns
from results.models import Snapshot
from results.workbench.models import PutBack
from results.workbench.queries import latest_version, put_back
from surveys.documents import QuestionnaireDocument
from surveys.models import Questionnaire, RoundQuestionnaire, Submission, SubmissionState
from surveys.questions import REGISTRY
from surveys.questions.base import Measure, Shape
from surveys.services import record_key
from surveys.shown import shuffles

FOLDER = "snapshots"
#: Columns of a respondent; the colon keeps them apart from questions of the same name.
NOT_REACHED: dict[str, Any] = {"state": AnswerState.NOT_REACHED.value, "value": None}
COLUMN_TYPES: dict[Shape, Any] = {
    Shape.CHOICE: pl.String,
    Shape.CHOICES: pl.List(pl.String),
    Shape.SCALE: pl.Int64,
    Shape.ORDER: pl.List(pl.String),
    Shape.SCORES: pl.List(pl.Float64),
    Shape.NUMBER: pl.Float64,
    Shape.TEXT: pl.String,
    Shape.FLAG: pl.Boolean,
}
ATTRIBUTES = (":region", ":sector", ":country", ":language", ":channel")
#: A number that tells organisations of one round apart, and nothing else of them.
ORGANISATION = ":organisation"
#: The same for campaigns: responses that came with copies of one text.
CAMPAIGN = ":campaign"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run speaks of: rounds by number, channels by name."""

    rounds: tuple[int, ...]
    channels: tuple[str, ...] = tuple(channel.value for channel in Channel)

    @property
    def key(self) -> str:
        """A short stable name of the scope, for finding its runs."""
        return sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A snapshot in memory: a frame of answers per round, and the frame of contributions."""

    answers: dict[int, pl.DataFrame]
    contributions: pl.DataFrame


def default_scope(session: Session, consultation: Consultation) -> Scope:
    """Every round that was ever opened, and every channel."""
    numbers = session.exec(
        select(Round.number)
        .where(Round.consultation_id == consultation.id)
        .order_by(col(Round.number))
    )
    return Scope(rounds=tuple(numbers))


def fingerprint(session: Session, consultation: Consultation, scope: Scope) -> str:
    """What would change if any source in the scope changed; cheap at any size.

    Each save of a submission raises its revision and each withdrawal lowers the count, so the
    pair (count, sum of revisions) moves with every change. Dialogue notes and comments
    are few and are read whole.
    """
    rounds = _rounds(session, consultation, scope)
    parts: list[Any] = [asdict(scope), consultation.region_classification]
    for row in rounds:
        counted = session.exec(
            select(func.count(), func.coalesce(func.sum(Submission.revision), 0)).where(
                Submission.round_id == row.id, Submission.state == SubmissionState.SUBMITTED
            )
        ).one()
        parts.append([row.number, *counted, _document_hash(session, row)])
    parts.append(
        [
            list(found)
            for found in session.exec(
                select(Contribution.id, Contribution.text_hash, Contribution.state)
                .where(
                    Contribution.consultation_id == consultation.id,
                    col(Contribution.channel).in_((Channel.DIALOGUE, Channel.COMMENT)),
                )
                .order_by(Contribution.id)
            )
        ]
    )
    parts.append(
        [
            list(found)
            for found in session.exec(
                select(Target.dimension, Target.code, Target.share)
                .where(Target.consultation_id == consultation.id)
                .order_by(col(Target.dimension), Target.code)
            )
        ]
    )
    parts.append(frozen_first(session, consultation))
    known, mark = organisation_mark(session, consultation.id or 0)
    if known:
        parts.append(["organisations", known, mark])
    read_anyway = put_back(session, consultation)
    if read_anyway:
        parts.append(["put back", sorted(read_anyway)])
    not_read = topic_scope.unread(session, consultation, documents_of(session, consultation, scope))
    if not_read:
        parts.append(["not read for topics", not_read])
    signed_off = latest_version(session, consultation)
    if signed_off is not None:
        parts.append(["codebook", signed_off.content_hash])
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _document_hash(session: Session, row: Round) -> str | None:
    return session.exec(
        select(Questionnaire.document_hash)
        .join(
            RoundQuestionnaire,
            col(RoundQuestionnaire.questionnaire_id) == col(Questionnaire.id),
        )
        .where(RoundQuestionnaire.round_id == row.id)
    ).one_or_none()


def _rounds(session: Session, consultation: Consultation, scope: Scope) -> list[Round]:
    return list(
        session.exec(
            select(Round)
            .where(Round.consultation_id == consultation.id, col(Round.number).in_(scope.rounds))
            .order_by(col(Round.number))
        )
    )


def document_of(session: Session, row: Round) -> QuestionnaireDocument | None:
    """The questionnaire that a round asks."""
    found = session.exec(
        select(Questionnaire.document)
        .join(
            RoundQuestionnaire,
            col(RoundQuestionnaire.questionnaire_id) == col(Questionnaire.id),
        )
        .where(RoundQuestionnaire.round_id == row.id)
    ).one_or_none()
    return None if found is None else QuestionnaireDocument.model_validate(found)


def documents_of(
    session: Session, consultation: Consultation, scope: Scope
) -> list[QuestionnaireDocument]:
    """The questionnaires of the rounds of a scope, in their order."""
    found = (document_of(session, row) for row in _rounds(session, consultation, scope))
    return [document for document in found if document is not None]


def all_documents(session: Session, consultation: Consultation) -> list[QuestionnaireDocument]:
    """The questionnaires of every round, in their order."""
    return documents_of(session, consultation, default_scope(session, consultation))


def freeze(session: Session, consultation: Consultation, scope: Scope) -> Frozen:
    """Read the scope. The session only reads, so that nobody who answers has to wait."""
    return Frozen(
        answers={
            row.number: _answers_frame(session, row)
            for row in _rounds(session, consultation, scope)
        },
        contributions=_contributions_frame(session, consultation, scope),
    )


def keep(
    frozen: Frozen, consultation: Consultation, scope: Scope, mark: str, folder: Path
) -> Snapshot:
    """Write the files of a snapshot, named by their content, and describe them."""
    content = {f"answers-{number}": _parquet(frame) for number, frame in frozen.answers.items()}
    content["contributions"] = _parquet(frozen.contributions)
    digest = sha256()
    for name in sorted(content):
        digest.update(name.encode() + b"\x00" + sha256(content[name]).digest())
    snapshot = Snapshot(
        consultation_id=consultation.id or 0,
        scope=asdict(scope),
        fingerprint=mark,
        content_hash=digest.hexdigest(),
        n_submissions=sum(frame.height for frame in frozen.answers.values()),
        n_contributions=frozen.contributions.height,
        frozen_at=datetime.now(UTC),
    )
    target = folder / snapshot.content_hash
    target.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        # Written aside and renamed, so that a killed process leaves no half file behind.
        (target / f"{name}.partial").write_bytes(data)
        (target / f"{name}.partial").replace(target / f"{name}.parquet")
    return snapshot


def load(snapshot: Snapshot, folder: Path) -> Frozen:
    """Read a snapshot's files back."""
    source = folder / snapshot.content_hash
    return Frozen(
        answers={
            number: pl.read_parquet(source / f"answers-{number}.parquet")
            for number in snapshot.scope["rounds"]
        },
        contributions=pl.read_parquet(source / "contributions.parquet"),
    )


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def _answers_frame(session: Session, row: Round) -> pl.DataFrame:
    """One row a submission; two columns a question: `code` and `code:state`."""
    document = document_of(session, row)
    # A free text leaves only its state here: its words, and its id, stand elsewhere.
    questions = [] if document is None else list(document.questions())
    measured = [
        (question, measure)
        for question in questions
        for measure in REGISTRY[question.kind].measures(question)
    ]
    drawn = [] if document is None else shuffles(document)
    columns: dict[str, list[Any]] = {name: [] for name in ATTRIBUTES}
    for _question, measure in measured:
        columns[measure.code] = []
        columns[f"{measure.code}:state"] = []
    columns |= {shuffle.column: [] for shuffle in drawn}
    organisations = _organisations(session, row)
    families = campaigns(session, row)
    numbers: dict[int, int] = {}
    sent: dict[int, int] = {}
    columns |= {ORGANISATION: [], CAMPAIGN: []}
    found = session.connection().execute(
        select_columns(
            col(Submission.region),
            col(Submission.sector),
            col(Submission.country),
            col(Submission.language),
            col(Submission.channel),
            col(Submission.answers),
            col(Submission.seed),
            col(Submission.stakeholder_id),
            col(Submission.record_key),
        )
        .where(
            col(Submission.round_id) == row.id,
            col(Submission.state) == SubmissionState.SUBMITTED,
        )
        .order_by(col(Submission.id))
    )
    for region, sector, country, language, channel, answers, seed, person, record in found:
        attributes = (region, sector, country, language, str(channel))
        for name, value in zip(ATTRIBUTES, attributes, strict=True):
            columns[name].append(value)
        for question, measure in measured:
            answer = answers.get(question.code, NOT_REACHED)
            reading = REGISTRY[question.kind].reading(question, answer, measure)
            columns[measure.code].append(_column_value(measure, reading["value"]))
            columns[f"{measure.code}:state"].append(str(reading["state"]))
        # Numbered as they come, which is by chance: no number outlives its snapshot.
        member = organisations.get(person if person is not None else record)
        columns[ORGANISATION].append(numbered(numbers, member))
        columns[CAMPAIGN].append(numbered(sent, campaign_of(answers, families)))
        for shuffle in drawn:
            columns[shuffle.column].append(shuffle.seen(seed, channel, answers))
    schema: dict[str, Any] = dict.fromkeys(columns, pl.String)
    schema |= {measure.code: COLUMN_TYPES[measure.shape] for _question, measure in measured}
    schema |= {ORGANISATION: pl.UInt32, CAMPAIGN: pl.UInt32}
    schema |= {shuffle.column: pl.List(pl.UInt16) for shuffle in drawn}
    return pl.DataFrame(columns, schema=schema)


def _organisations(session: Session, row: Round) -> dict[int | str | None, int]:
    """The organisation behind a person's answers, by the person or by the pseudonym.

    Nobody's in an anonymous round, and nothing for those who came by an open link.
    """
    members = organisation_members(session, row.consultation_id)
    if row.identity_mode is IdentityMode.IDENTIFIED:
        return {person: own for person, own in members.items()}  # noqa: C416 - another type of key
    if row.identity_mode is IdentityMode.PSEUDONYMOUS:
        return {record_key(row.consultation_id, person): own for person, own in members.items()}
    return {}


def numbered(numbers: dict[int, int], key: int | None) -> int | None:
    """The number of a key, given out in the order in which keys come."""
    return None if key is None else numbers.setdefault(key, len(numbers) + 1)


def _column_value(measure: Measure, value: Any) -> Any:
    """Scores stand in the order of their options."""
    if measure.shape is Shape.SCORES and value is not None:
        return [None if value.get(code) is None else float(value[code]) for code in measure.options]
    return value


def _contributions_frame(
    session: Session, consultation: Consultation, scope: Scope
) -> pl.DataFrame:
    types = dict.fromkeys(
        ("id", "question", "channel", "language", "region", "sector"), pl.String
    ) | {
        "quotable": pl.Boolean,
        "text_hash": pl.String,
        "round": pl.Int64,
        "received_on": pl.Date,
        "put_back": pl.Boolean,
    }
    numbers = select(Round.id).where(
        Round.consultation_id == consultation.id, col(Round.number).in_(scope.rounds)
    )
    found = session.connection().execute(
        select_columns(
            col(Contribution.id),
            col(Contribution.question_code),
            col(Contribution.channel),
            col(Contribution.declared_language),
            col(Contribution.region),
            col(Contribution.sector),
            col(Contribution.is_quotable),
            col(Contribution.text_hash),
            col(Round.number),
            col(Contribution.received_on),
            col(PutBack.contribution_id).is_not(None),
        )
        .outerjoin(
            PutBack,
            (col(PutBack.contribution_id) == col(Contribution.id))
            & (col(PutBack.text_hash) == col(Contribution.text_hash)),
        )
        .outerjoin(Round, col(Round.id) == col(Contribution.round_id))
        .where(
            col(Contribution.consultation_id) == consultation.id,
            col(Contribution.state) == ContributionState.RECEIVED,
            col(Contribution.channel).in_(scope.channels),
            col(Contribution.round_id).in_(numbers) | col(Contribution.round_id).is_(None),
        )
        .order_by(col(Contribution.id))
    )
    rows = [[str(value) if isinstance(value, Channel) else value for value in row] for row in found]
    unread = topic_scope.unread(session, consultation, documents_of(session, consultation, scope))
    return pl.DataFrame(rows, schema=types, orient="row").with_columns(
        pl.col("question").is_in(unread).not_().alias("for_topics")
    )
