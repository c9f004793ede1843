"""What the variables of a LimeSurvey expression are among our questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from core.i18n import _
from surveys.interchange.limesurvey.remarks import Refused, Report
from surveys.interchange.limesurvey.survey import Choice, LimeQuestion, Survey
from surveys.interchange.xlsform.names import Codes, option_code, question_code
from surveys.questions.base import NO_OPINION, REFUSED

LIME_OTHER: Final = "-oth-"
OTHER: Final = "other"
#: Words that answers of ours keep for themselves.
_KEPT: Final = (OTHER, NO_OPINION, REFUSED, "not_shown")
SINGLE: Final = frozenset("L!OYG5")
SEVERAL: Final = frozenset("MP")
MATRICES: Final = frozenset("FHABCE")
TEXTS: Final = frozenset("STU")
SPLIT: Final = frozenset("QK")
GRIDS: Final = frozenset(":;")
#: The most questions that one grid may become.
MOST_CELLS: Final = 60
FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "Y": ("Y", "N"),
    "G": ("F", "M"),
    "5": tuple("12345"),
    "A": tuple("12345"),
    "B": (*"123456789", "10"),
    "C": tuple("YUN"),
    "E": tuple("ISD"),
}


class Sort(StrEnum):
    """What can be done with a variable."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    #: An option of several, ticked or not.
    PICKED = "picked"
    #: One row of a matrix, or one item that got points.
    CELL = "cell"
    #: The item at one place of an order.
    PLACE = "place"
    #: The words beside "other".
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Subject:
    """One variable: the question of ours, and which part of its answer."""

    sort: Sort
    code: str
    part: str = ""
    #: Their codes of options and ours.
    options: Mapping[str, str] = field(default_factory=dict)
    #: How many options there are beside this one.
    siblings: int = 0


@dataclass(slots=True)
class Named:
    """The codes that one question of theirs has here."""

    code: str
    shape: str
    #: By scale and code of theirs: codes of options, rows or items.
    parts: dict[tuple[int, str], str] = field(default_factory=dict)
    answers: dict[tuple[int, str], str] = field(default_factory=dict)
    #: Codes of further questions, by what they are: a part, "comment", a scale.
    questions: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Names:
    """Codes of everything, and what variables mean."""

    survey: Survey
    report: Report
    codes: Codes = field(default_factory=Codes)
    named: dict[str, Named] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)

    def give(self) -> None:
        """Give every question its codes; questions as such before what is made of them."""
        questions = [question for group in self.survey.groups for question in group.questions]
        for question in questions:
            if question.qid in self.named:
                message = _("Two questions have the number %(number)s.", number=question.qid)
                raise Refused(message, "number of a question")
            self.named[question.qid] = Named(self._code(question), shape_of(question))
        for question in questions:
            self._parts(question, self.named[question.qid])

    def _code(self, question: LimeQuestion) -> str:
        code = self.codes.take(question_code(question.code))
        if code != question.code:
            message = _("The code “%(old)s” is “%(new)s” here.", old=question.code, new=code)
            self.report.notice(code, message, "code")
        return code

    def say(self, question: LimeQuestion, name: str, subject: Subject) -> None:
        """A variable by the name in expressions, and by its older name with ids."""
        self.subjects[f"{question.code}{name}"] = subject
        old = name.removeprefix("_")
        self.subjects[f"{self.survey.sid}X{question.gid}X{question.qid}{old}"] = subject

    def _parts(self, question: LimeQuestion, named: Named) -> None:
        match named.shape:
            case "choice" | "multiple":
                self._choices(question, named)
            case "matrix":
                self._matrix(question, named)
            case "dual":
                self._dual(question, named)
            case "ranking":
                self._ranking(question, named)
            case "split" | "points":
                self._split(question, named)
            case "grid" | "ticks":
                self._grid(question, named)
            case "number" | "text":
                sort = Sort.NUMBER if named.shape == "number" else Sort.TEXT
                self.say(question, "", Subject(sort, named.code))

    def further(self, named: Named, key: str, wanted: str) -> str:
        """The code of one more question that comes of this one."""
        code = self.codes.take(question_code(wanted))
        named.questions[key] = code
        return code

    def options(
        self, question: LimeQuestion, choices: tuple[Choice, ...]
    ) -> dict[tuple[int, str], str]:
        """Codes of options, each list with codes of its own."""
        given: dict[int, Codes] = {}
        found: dict[tuple[int, str], str] = {}
        for choice in choices:
            codes = given.setdefault(choice.scale, Codes(_KEPT))
            code = codes.take(option_code(choice.code))
            place = self.named[question.qid].code
            if (choice.scale, choice.code) in found:
                message = _("Two answers have the code “%(code)s”. Rename one.", code=choice.code)
                self.report.problem(place, message, "code")
            elif code != choice.code:
                message = _("The code “%(old)s” is “%(new)s” here.", old=choice.code, new=code)
                self.report.notice(place, message, "code")
            found[choice.scale, choice.code] = code
        return found

    def _choices(self, question: LimeQuestion, named: Named) -> None:
        fixed = tuple(Choice(code, {}) for code in FIXED.get(question.type, ()))
        if named.shape == "choice":
            named.answers = self.options(question, fixed or question.answers)
            known = {code: ours for (_scale, code), ours in named.answers.items()}
            options = {**known, LIME_OTHER: OTHER}
            self.say(question, "", Subject(Sort.CHOICE, named.code, "", options))
        else:
            named.parts = self.options(question, question.parts_of(0))
            for part in question.parts_of(0):
                self._option(question, named, part)
        self.say(question, "_other", Subject(Sort.OTHER, named.code, named.shape))
        if question.type == "O":
            code = self.further(named, "comment", f"{named.code}_comment")
            self.say(question, "_comment", Subject(Sort.TEXT, code))

    def _option(self, question: LimeQuestion, named: Named, part: Choice) -> None:
        option = named.parts[0, part.code]
        subject = Subject(Sort.PICKED, named.code, option, siblings=len(question.parts_of(0)))
        self.say(question, f"_{part.code}", subject)
        if question.type == "P":
            code = self.further(named, part.code, f"{named.code}_{option}_comment")
            self.say(question, f"_{part.code}comment", Subject(Sort.TEXT, code))

    def _matrix(self, question: LimeQuestion, named: Named) -> None:
        fixed = tuple(Choice(code, {}) for code in FIXED.get(question.type, ()))
        named.parts = self.options(question, question.parts_of(0))
        named.answers = self.options(question, fixed or question.answers_of(0))
        columns = {code: ours for (_scale, code), ours in named.answers.items()}
        for part in question.parts_of(0):
            subject = Subject(Sort.CELL, named.code, named.parts[0, part.code], columns)
            self.say(question, f"_{part.code}", subject)

    def _dual(self, question: LimeQuestion, named: Named) -> None:
        named.parts = self.options(question, question.parts_of(0))
        named.answers = self.options(question, question.answers)
        for scale in (0, 1):
            wanted = f"{named.code}_{scale + 1}"
            code = self.further(named, str(scale), wanted)
            columns = {old: new for (at, old), new in named.answers.items() if at == scale}
            for part in question.parts_of(0):
                subject = Subject(Sort.CELL, code, named.parts[0, part.code], columns)
                self.say(question, f"_{part.code}_{scale}", subject)
                self.say(question, f"_{part.code}#{scale}", subject)

    def _ranking(self, question: LimeQuestion, named: Named) -> None:
        named.parts = self.options(question, question.answers or question.parts_of(0))
        options = {code: ours for (_scale, code), ours in named.parts.items()}
        for place in range(len(named.parts)):
            subject = Subject(Sort.PLACE, named.code, str(place), options)
            self.say(question, f"_{place + 1}", subject)

    def _split(self, question: LimeQuestion, named: Named) -> None:
        if named.shape == "points":
            named.parts = self.options(question, question.parts_of(0))
        for part in question.parts_of(0):
            if named.shape == "points":
                subject = Subject(Sort.CELL, named.code, named.parts[0, part.code])
            else:
                sort = Sort.NUMBER if question.type == "K" else Sort.TEXT
                code = self.further(named, part.code, f"{named.code}_{part.code}")
                subject = Subject(sort, code)
            self.say(question, f"_{part.code}", subject)

    def _grid(self, question: LimeQuestion, named: Named) -> None:
        named.parts = self.options(question, question.parts)
        columns = question.parts_of(1)
        for row in question.parts_of(0):
            if named.shape == "ticks":
                self.further(named, row.code, f"{named.code}_{row.code}")
            for column in columns:
                name = f"_{row.code}_{column.code}"
                self.say(question, name, self._cell(question, named, row, column))

    def _cell(self, question: LimeQuestion, named: Named, row: Choice, column: Choice) -> Subject:
        if named.shape == "ticks":
            code, option = named.questions[row.code], named.parts[1, column.code]
            return Subject(Sort.PICKED, code, option, siblings=len(question.parts_of(1)))
        wanted = f"{named.code}_{row.code}_{column.code}"
        code = self.further(named, f"{row.code} {column.code}", wanted)
        return Subject(Sort.NUMBER if question.type == ":" else Sort.TEXT, code)


def shape_of(question: LimeQuestion) -> str:
    """What a question becomes; "" for what is not taken over."""
    kind = question.type
    if is_hidden(question) and kind != "*":
        return "text" if kind in TEXTS | SINGLE | {"N", "D"} else ""
    shapes = {
        "R": "ranking", "1": "dual", "D": "text", "|": "text", "*": "text", "N": "number",
        "X": "note",
    }  # fmt: skip
    groups = ((SINGLE, "choice"), (SEVERAL, "multiple"), (MATRICES, "matrix"), (SPLIT, "split"))
    found = next((shape for kinds, shape in groups if kind in kinds), shapes.get(kind, ""))
    if kind in TEXTS:
        return "number" if kind == "S" and question.attribute("numbers_only") else "text"
    if kind == "K" and _total(question):
        return "points"
    if kind in GRIDS:
        if len(question.parts_of(0)) * len(question.parts_of(1)) > MOST_CELLS:
            return ""
        return "ticks" if question.attribute("multiflexible_checkbox") else "grid"
    return found


def is_hidden(question: LimeQuestion) -> bool:
    """Whether nobody ever sees the question."""
    return bool(question.attribute("hidden")) or question.relevance in {"0", "false"}


def _total(question: LimeQuestion) -> int:
    """The sum that several numbers have to make, where it is a whole number above 0."""
    wanted = question.number("equals_num_value")
    is_whole = wanted is not None and wanted == int(wanted) and 1 <= wanted <= 1_000_000
    return int(wanted or 0) if is_whole and len(question.parts_of(0)) > 1 else 0
