"""The responses of one round as a table: out for other tools, and in from where there was no net.

Out go the responses that the API would hand out too, under the same rule; in comes what was
collected elsewhere, each row under its own id, by the services of respondents.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlmodel import Session

from analysis.types import AnswerState
from consultation.process.models import IdentityMode
from core.api_body import Unprocessable
from core.errors import Closed, DomainError
from core.i18n import _
from surveys.api_queries import released_submissions, submission_items
from surveys.collected import FILE, AnotherResponse, Collected, checked, hand_in, token_of
from surveys.interchange.notices import Notice
from surveys.interchange.tables import (
    MOST_PROBLEMS,
    About,
    Convention,
    ReadTable,
    read_responses,
    write_responses,
)
from surveys.queries import Asked
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, is_answered, without
from surveys.routing import Route, Situation
from surveys.services import seed_of

#: More than this keeps the only writer of a small store busy for too long.
MOST_ROWS: Final = 2_000
EMAIL: Final = "email"
_IDS: Final = ("id", "KEY")
_HEADING: Final = 1
_NOBODY_SAYS: Final = frozenset({AnswerState.NOT_SHOWN, AnswerState.NOT_REACHED})


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table that can be stored."""

    number: int
    given: Collected


@dataclass(slots=True)
class Taken:
    """What is in a table that was brought: rows that can be stored, and what there is to say."""

    lines: list[Line] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    problems: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class Stored:
    """What became of rows."""

    new: int = 0
    known: int = 0
    problems: list[Notice] = field(default_factory=list)


def table_of(session: Session, asked: Asked, convention: Convention, now: datetime) -> bytes:
    """The responses that may be handed out by now; days and languages where names are known."""
    rows, _withheld = released_submissions(session, asked.round, now)
    known = asked.round.identity_mode is IdentityMode.IDENTIFIED
    answers = [
        {code: _answer(one.model_dump(mode="json")) for code, one in item.answers.items()}
        for item in submission_items(session, rows)
    ]
    about = [About(row.language, row.submitted_on, None, row.seed) for row in rows] if known else ()
    return write_responses(asked.document, answers, convention, about)


def _answer(given: Answer) -> Answer:
    """An answer with its words; a text that was withdrawn is a question left open."""
    if is_answered(given) and given["value"] is None:
        return without(AnswerState.SKIPPED)
    return {name: value for name, value in given.items() if name != "text" or value is not None}


def read_table(asked: Asked, data: bytes, convention: Convention, now: datetime) -> Taken:
    """What is in the file, checked as the pages check it; nothing is stored."""
    table = read_responses(asked.document, data, convention, beside=(EMAIL,))
    found = Taken()
    for problem in table.problems:
        (found.notices if problem.row == _HEADING else found.problems).append(problem)
    if len(table.rows) > MOST_ROWS:
        message = _("At most %(limit)s rows are taken at once. Divide the file.", limit=MOST_ROWS)
        return Taken(problems=[Notice("", None, "", message)])
    _say_what_stays_out(asked, table, found)
    refused = {problem.row for problem in table.problems}
    keys: set[str] = set()
    for place, number in enumerate(table.lines):
        given = _collected(asked, table, place, now)
        faults = _faults(asked, given, number, keys, now)
        keys.add(given.key)
        if number not in refused:
            found.problems += faults
            found.lines += [] if faults else [Line(number, given)]
    del found.problems[MOST_PROBLEMS:]
    return found


def _say_what_stays_out(asked: Asked, table: ReadTable, found: Taken) -> None:
    given = {code for row in table.rows for code, one in row.items() if is_answered(one)}
    for question in asked.document.questions():
        if question.kind == FILE and question.code in given:
            message = _("Files do not come in a table: this column was left out.")
            found.notices.append(Notice("", _HEADING, question.code, message))


def _collected(asked: Asked, table: ReadTable, place: int, now: datetime) -> Collected:
    beside, about = table.beside[place], table.about[place]
    language = asked.document.language_for(about.language or asked.document.default_language)
    own = next((beside[name] for name in _IDS if beside.get(name)), "").strip()
    key = f"table-{sha256(own.encode()).hexdigest()[:40]}" if own else ""
    answers = _told(asked, table.rows[place], language, key, now)
    return Collected(key, language, answers, beside.get(EMAIL, "").strip())


def _told(
    asked: Asked, row: Mapping[str, Answer], language: str, key: str, now: datetime
) -> dict[str, Answer]:
    """What the respondent said: not what was worked out, and nothing of what was not asked."""
    said: dict[str, Answer] = {}
    for code, answer in row.items():
        question = asked.document.by_code[code]
        is_given = REGISTRY[question.kind].is_invisible or question.kind == FILE
        if answer["state"] not in _NOBODY_SAYS and not is_given:
            said[code] = answer
    seed = seed_of(token_of(asked.round, key))
    hidden = Route(
        asked.document, Situation({}, {}, seed, language, now).with_answers(said)
    ).hidden()
    return {code: one for code, one in said.items() if is_answered(one) or code not in hidden}


def _faults(
    asked: Asked, given: Collected, number: int, keys: Collection[str], now: datetime
) -> list[Notice]:
    if not given.key:
        message = _("The row has no id. Give each row one, so that none is stored twice.")
        return [Notice("", number, _IDS[0], message)]
    if given.key in keys:
        message = _("Another row has this id. Give each row one of its own.")
        return [Notice("", number, _IDS[0], message)]
    try:
        checked(asked, given, seed_of(token_of(asked.round, given.key)), now)
    except Unprocessable as error:
        return [
            Notice("", number, one.field.rpartition("/")[2], one.message) for one in error.errors
        ]
    return []


def store_lines(session: Session, asked: Asked, lines: Iterable[Line], now: datetime) -> Stored:
    """Store rows that were checked. What the store itself refuses is named, the rest is stored."""
    done = Stored()
    for line in lines:
        try:
            with session.begin_nested():
                _submission, is_new = hand_in(session, asked.round, line.given, now)
        except Closed:
            raise
        except AnotherResponse:
            message = _("A response with this id was stored before, and it says something else.")
            done.problems.append(Notice("", line.number, _IDS[0], message))
        except DomainError as error:
            done.problems.append(Notice("", line.number, "", error.message))
        else:
            done.new += is_new
            done.known += not is_new
    return done
