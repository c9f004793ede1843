"""Responses as a table (CSV) in three conventions, out and in."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from io import StringIO
from typing import Final

from analysis.types import AnswerState
from core.db import new_id
from core.i18n import _
from surveys.documents import QuestionnaireDocument
from surveys.interchange.conventions import Layout, LimeSurvey, Odk, Own, Way, layouts
from surveys.interchange.formulas import guarded, unguarded
from surveys.interchange.notices import Notice
from surveys.questions.base import Answer, is_answered, without

MOST_BYTES: Final = 100_000_000
MOST_ROWS: Final = 500_000
MOST_PROBLEMS: Final = 1_000
_LONGEST_HEAD: Final = 1_000_000
BOM: Final = "\ufeff"
#: What LimeSurvey puts between a code and the question when it writes both.
_CODE_END: Final = "---"
_SEPARATORS: Final = (",", ";", "\t")
_ODD: Final = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


class Convention(StrEnum):
    """How a table is headed and filled."""

    OWN = "own"
    LIMESURVEY = "limesurvey"
    ODK = "odk"


_WAYS: Final[Mapping[Convention, Way]] = {
    Convention.OWN: Own(),
    Convention.LIMESURVEY: LimeSurvey(),
    Convention.ODK: Odk(),
}


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a response beside its answers; of moments only the day."""

    language: str = ""
    submitted_on: date | None = None
    last_page: int | None = None
    seed: int | None = None


@dataclass(slots=True)
class ReadTable:
    """A table that was read; an answer with a problem is not among the rows."""

    rows: list[dict[str, Answer]] = field(default_factory=list)
    problems: list[Notice] = field(default_factory=list)
    about: list[About] = field(default_factory=list)
    #: The line of each row, the heading being line 1.
    lines: list[int] = field(default_factory=list)
    #: The first columns of each row and those that the caller asked for, as they stand.
    beside: list[dict[str, str]] = field(default_factory=list)


def write_responses(
    document: QuestionnaireDocument,
    answers: Iterable[Mapping[str, Answer]],
    convention: Convention,
    about: Sequence[About] = (),
) -> bytes:
    """A row a response. Free texts are the values of their answers, not the ids of contributions.

    The ids are drawn for this file alone, so that two files cannot be joined by them.
    """
    way, asked = _WAYS[Convention(convention)], layouts(document)
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    headings = [heading for names in _headings(way, asked) for heading in names]
    writer.writerow(map(guarded, [*way.first, *headings]))
    for number, given in enumerate(answers):
        known = about[number] if number < len(about) else About()
        row = [*_first_cells(way, known)]
        for layout in asked:
            row += _cells(way, layout, given.get(layout.code))
        writer.writerow(map(guarded, row))
    return ((BOM if way.has_mark else "") + stream.getvalue()).encode("utf-8", "replace")


def _headings(way: Way, asked: Sequence[Layout]) -> list[list[str]]:
    """The headings of each question; one that is taken gets a number."""
    taken = {name.lower() for name in way.first}
    found = []
    for layout in asked:
        names = []
        for name in way.headings(layout):
            free, number = name, 2
            while free.lower() in taken:
                free, number = f"{name}_{number}", number + 1
            taken.add(free.lower())
            names.append(free)
        found.append(names)
    return found


def _first_cells(way: Way, about: About) -> Iterable[str]:
    day = about.submitted_on.isoformat() if about.submitted_on else ""
    known = {
        "id": new_id(),
        "KEY": f"uuid:{new_id()}",
        "submitted_on": day,
        "submitdate": day,
        "SubmissionDate": day,
        "language": about.language,
        "startlanguage": about.language,
        "lastpage": "" if about.last_page is None else str(about.last_page),
        "seed": "" if about.seed is None else str(about.seed),
    }
    return (known[name] for name in way.first)


def _cells(way: Way, layout: Layout, answer: Answer | None) -> list[str]:
    """The cells of one question, its state behind them where the convention has states."""
    empty = [""] * len(layout.columns)
    cells = empty if answer is None else layout.kind.cells(layout.question, answer)
    if not way.has_states:
        return way.out(layout, cells)
    if not is_answered(answer):
        cells = empty
    return [*way.out(layout, cells), "" if answer is None else str(answer["state"])]


def read_responses(
    document: QuestionnaireDocument,
    data: bytes,
    convention: Convention,
    beside: Sequence[str] = (),
) -> ReadTable:
    """Read a table that follows the convention; what does not fit is named by row and column.

    `beside` names columns that are no questions and are wanted all the same.
    """
    way, asked = _WAYS[Convention(convention)], layouts(document)
    found = ReadTable()
    reader = _Reader(way, asked, found, beside)
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        reader.problem(
            None, "", _("The file is too big. At most %(limit)s MB are read.", limit=limit)
        )
        return found
    try:
        reader.read(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        reader.problem(None, "", _("The file is not encoded in UTF-8. Save it as UTF-8."))
    except csv.Error as error:
        message = _("The file cannot be read as a table: %(reason)s.", reason=str(error))
        reader.problem(None, "", message)
    return found


@dataclass(slots=True)
class _Reader:
    way: Way
    asked: list[Layout]
    found: ReadTable
    beside: Sequence[str]

    def problem(self, row: int | None, column: str, message: str) -> None:
        if len(self.found.problems) < MOST_PROBLEMS:
            self.found.problems.append(Notice("", row, column, message))

    def read(self, text: str) -> None:
        if "\x00" in text:
            raise csv.Error("NUL")
        names = _headings(self.way, self.asked)
        known = {*self.way.first, *self.beside, *(name for one in names for name in one)}
        separator = max(_SEPARATORS, key=lambda sign: len(known & set(_first_row(text, sign))))
        rows = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
        headings = [_heading(cell) for cell in next(rows, [])]
        self.check_headings(headings, names, known)
        places = {name: place for place, name in reversed(list(enumerate(headings)))}
        for number, cells in enumerate(rows, start=2):
            if number - 1 > MOST_ROWS:
                message = _("The file has more than %(limit)s rows.", limit=MOST_ROWS)
                self.problem(number, "", message)
                return
            if not any(cells):
                continue
            if len(cells) != len(headings):
                message = _("The row has more or fewer cells than the heading. It was not read.")
                self.problem(number, "", message)
                continue
            self.row(number, list(map(unguarded, cells)), names, places)

    def check_headings(
        self, headings: Sequence[str], names: Sequence[Sequence[str]], known: set[str]
    ) -> None:
        """Headings that stand twice, that nobody knows, and that are missing."""
        seen: set[str] = set()
        for heading in headings:
            if heading in seen:
                self.problem(1, heading, _("Two columns have this heading. The first one counts."))
            elif heading not in known:
                message = _(
                    "There is no such question in the questionnaire. The column was left out."
                )
                self.problem(1, heading, message)
            seen.add(heading)
        for one in names:
            missing = [name for name in one if name not in seen]
            if missing and len(missing) < len(one):
                for name in missing:
                    self.problem(1, name, _("The column is missing. Its cells count as empty."))

    def row(
        self,
        number: int,
        cells: Sequence[str],
        names: Sequence[Sequence[str]],
        places: Mapping[str, int],
    ) -> None:
        row: dict[str, Answer] = {}
        for layout, headings in zip(self.asked, names, strict=True):
            if not any(heading in places for heading in headings):
                continue
            values = [cells[places[name]] if name in places else "" for name in headings]
            state = AnswerState.ANSWERED.value
            if self.way.has_states:
                state = values.pop() if headings[-1] in places else state
            answer = self.answer(number, layout, headings, values, state)
            if answer is not None:
                row[layout.code] = answer
        self.found.rows.append(row)
        self.found.lines.append(number)
        first = {name: cells[places[name]] for name in self.way.first if name in places}
        also = {name: cells[places[name]] for name in self.beside if name in places}
        self.found.about.append(_about(first))
        self.found.beside.append(first | also)

    def answer(
        self, number: int, layout: Layout, headings: Sequence[str], values: list[str], state: str
    ) -> Answer | None:
        """One answer, or None with a problem, or None where there is none at all."""
        if state != AnswerState.ANSWERED:
            return self.unanswered(number, headings[-1], state, values)
        try:
            cells = self.way.back(layout, values)
            answer = layout.kind.from_cells(layout.question, cells)
            problems = layout.kind.problems(layout.question, answer, None)
        except _ODD:
            message = _("The cells make no answer to this question.")
            self.problem(number, headings[0], message)
            return None
        if problems and is_answered(answer):
            self.problem(number, headings[0], problems[0].message)
            return None
        return answer

    def unanswered(
        self, number: int, heading: str, state: str, values: Sequence[str]
    ) -> Answer | None:
        if any(values):
            message = _("There is an answer although the state says there is none.")
            self.problem(number, heading, message)
            return None
        if not state:
            return None
        try:
            return without(AnswerState(state))
        except ValueError:
            message = _("“%(state)s” is no state of an answer.", state=state[:50])
            self.problem(number, heading, message)
            return None


def _first_row(text: str, separator: str) -> list[str]:
    try:
        start = StringIO(text[:_LONGEST_HEAD], newline="")
        rows = csv.reader(start, delimiter=separator)
        return [_heading(cell) for cell in next(rows, [])]
    except csv.Error:
        return []


def _heading(cell: str) -> str:
    return unguarded(cell).split(_CODE_END, maxsplit=1)[0].strip()


def _about(known: Mapping[str, str]) -> About:
    language = known.get("language") or known.get("startlanguage") or ""
    day = next(
        (
            known[name]
            for name in ("submitted_on", "submitdate", "SubmissionDate")
            if known.get(name)
        ),
        "",
    )
    return About(
        language, _day(day), _whole(known.get("lastpage", "")), _whole(known.get("seed", ""))
    )


def _day(cell: str) -> date | None:
    """The day of a date or a moment; the hour is not kept."""
    try:
        return date.fromisoformat(cell.strip()[:10])
    except ValueError:
        return None


def _whole(cell: str) -> int | None:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 16 else None
