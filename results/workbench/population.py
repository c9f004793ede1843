"""The answers that a codebook speaks of: received, to its questions, and with something to read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import JSON, String, cast, column, true
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from analysis.text.quality import TextKind, kind_of
from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Round
from results.workbench.models import Codebook, PutBack
from surveys.models import Submission, SubmissionState
from surveys.queries import text_id_of

_AT_ONCE = 500
#: Whether words say something, by their hash and language, since a page asks it of thousands.
_LOOKED_AT: dict[tuple[str, str], bool] = {}
_MOST_KEPT = 100_000
#: A person's word on an answer holds as long as the answer has the same words.
_PUT_BACK = (col(PutBack.contribution_id) == col(Contribution.id)) & (
    col(PutBack.text_hash) == col(Contribution.text_hash)
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer without its words."""

    id: str
    language: str
    region: str | None
    sector: str | None


def _in_scope(codebook: Codebook) -> tuple[Any, ...]:
    wanted: list[Any] = [
        col(Contribution.consultation_id) == codebook.consultation_id,
        col(Contribution.state) == ContributionState.RECEIVED,
    ]
    if codebook.questions:
        wanted.append(col(Contribution.question_code).in_(codebook.questions))
    return tuple(wanted)


def answers(session: Session, codebook: Codebook) -> list[Answer]:
    """Every answer in scope by id; those with nothing to read are among them."""
    found = session.connection().execute(
        select_columns(
            col(Contribution.id),
            col(Contribution.language),
            col(Contribution.region),
            col(Contribution.sector),
        )
        .where(*_in_scope(codebook))
        .order_by(col(Contribution.id))
    )
    return [Answer(*row) for row in found]


def readable(session: Session, codebook: Codebook) -> list[tuple[Answer, str]]:
    """The answers with something to read, and their words; empty ones and pointers are left out."""
    found = session.connection().execute(
        select_columns(
            col(Contribution.id),
            col(Contribution.language),
            col(Contribution.region),
            col(Contribution.sector),
            col(Contribution.text),
            col(PutBack.contribution_id).is_not(None),
        )
        .outerjoin(PutBack, _PUT_BACK)
        .where(*_in_scope(codebook))
        .order_by(col(Contribution.id))
    )
    return [
        (Answer(*row[:4]), row[4])
        for row in found
        if is_readable(row[4], row[1], is_put_back=row[5])
    ]


def people(session: Session, codebook: Codebook) -> dict[str, int]:
    """Who gave each answer of the consultation of a codebook."""
    return people_of(session, codebook.consultation_id)


def people_of(session: Session, consultation_id: int) -> dict[str, int]:
    """The same of a consultation."""
    return numbered(owners_of(session, consultation_id))


def numbered(owners: Mapping[str, str]) -> dict[str, int]:
    """The same as a number for each who gave answers."""
    numbers: dict[str, int] = {}
    return {key: numbers.setdefault(who, len(numbers)) for key, who in owners.items()}


def owners_of(session: Session, consultation_id: int) -> dict[str, str]:
    """Who gave each answer of a survey, by names that hold as long as the computation.

    In an anonymous round whoever answered is one person in that round; where a pseudonym or a name
    tells that somebody answered in several rounds, that is one person too. Minutes and comments
    are in no survey: they are nobody's here.
    """
    given = func.json_each(col(Submission.answers)).table_valued(column("value", JSON))
    found = session.connection().execute(
        select_columns(
            col(Submission.id),
            col(Submission.stakeholder_id),
            col(Submission.record_key),
            text_id_of(given.c.value),
        )
        .select_from(Submission)
        .join(Round, col(Round.id) == col(Submission.round_id))
        .join(given, true())
        .where(
            col(Round.consultation_id) == consultation_id,
            col(Submission.state) == SubmissionState.SUBMITTED,
            # Most answers are choices: these are passed over without a look inside.
            cast(given.c.value, String).like("%text%"),
            text_id_of(given.c.value).is_not(None),
        )
        .order_by(col(Submission.id)),
        execution_options={"yield_per": _AT_ONCE},
    )
    return {
        key: f"person:{person}" if person is not None else f"record:{record or own}"
        for own, person, record, key in found
    }


@dataclass(frozen=True, slots=True)
class Givers:
    """Who gave answers: a number for each, how many people are known, and whose answers are not.

    `numbers` and `is_known` have one an answer; an answer of nobody that is known has a number of
    its own.
    """

    numbers: NDArray[np.int64]
    is_known: NDArray[np.bool_]
    n_people: int

    @property
    def n_unknown(self) -> int:
        return int((~self.is_known).sum())

    @property
    def is_one_each(self) -> bool:
        """Whether everybody is known and gave one answer, so that answers are people."""
        return self.n_unknown == 0 and self.n_people == len(self.numbers)


def givers(keys: Sequence[str], people: Mapping[str, int]) -> Givers:
    """Who gave these answers."""
    own = [people.get(key) for key in keys]
    nobody = max(people.values(), default=-1) + 1
    numbers = [nobody + row if who is None else who for row, who in enumerate(own)]
    is_known = np.array([who is not None for who in own], dtype=np.bool_)
    return Givers(np.array(numbers, dtype=np.int64), is_known, len(set(own) - {None}))


def readable_ids(session: Session, codebook: Codebook, known: Collection[str]) -> list[str]:
    """The answers with something to read by id; the words of `known` ones are not looked at again."""
    keys = [answer.id for answer in answers(session, codebook)]
    fresh = set(readable_among(session, codebook, [key for key in keys if key not in known]))
    return [key for key in keys if key in known or key in fresh]


def readable_among(
    session: Session, codebook: Codebook, keys: Sequence[str], known: Collection[str] = ()
) -> Iterator[str]:
    """Those of these answers that are in scope and have something to read, in this order.

    The words of `known` ones are not looked at.
    """
    for start in range(0, len(keys), _AT_ONCE):
        part = keys[start : start + _AT_ONCE]
        found = session.connection().execute(
            select_columns(
                col(Contribution.id),
                col(Contribution.text),
                col(Contribution.text_hash),
                col(Contribution.language),
                col(PutBack.contribution_id).is_not(None),
            )
            .outerjoin(PutBack, _PUT_BACK)
            .where(col(Contribution.id).in_(part), *_in_scope(codebook))
        )
        rows = {row[0]: row for row in found}
        for key in part:
            if key in rows:
                _id, text, text_hash, language, is_put_back = rows[key]
                if key in known or is_put_back or _says_something(text, text_hash, language):
                    yield key


def _says_something(text: str, text_hash: str, language: str) -> bool:
    """The same as `is_readable`; words are looked at once."""
    found = _LOOKED_AT.get((text_hash, language))
    if found is None:
        if len(_LOOKED_AT) >= _MOST_KEPT:
            _LOOKED_AT.clear()
        found = _LOOKED_AT[text_hash, language] = is_readable(text, language)
    return found


def is_readable(text: str, language: str, *, is_put_back: bool = False) -> bool:
    """Whether an answer says something, or a person wants it read whatever it looks like."""
    return is_put_back or kind_of(text, language) is TextKind.USABLE


def answer(session: Session, codebook: Codebook, key: str) -> Contribution | None:
    """One answer in scope; another consultation's does not exist."""
    return session.exec(
        select(Contribution).where(Contribution.id == key, *_in_scope(codebook))
    ).one_or_none()


def questions(session: Session, codebook: Codebook) -> list[tuple[str, str, int]]:
    """Code, wording and number of answers of each question that has free answers."""
    found = session.connection().execute(
        select_columns(
            col(Contribution.question_code),
            func.max(Contribution.asked),
            func.count(),
        )
        .where(
            col(Contribution.consultation_id) == codebook.consultation_id,
            col(Contribution.state) == ContributionState.RECEIVED,
        )
        .group_by(col(Contribution.question_code))
        .order_by(col(Contribution.question_code))
    )
    return [(code, asked, count) for code, asked, count in found]
