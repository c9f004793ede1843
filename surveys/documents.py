"""A questionnaire as a document: sections, questions, their words in each language.

A version is stored as JSON and frozen by its hash. Question codes are stable and unique
without regard to case, because statistics packages do not tell `Q1` from `q1`.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import Invalid
from core.i18n import find_language, text_in
from surveys.logic import ExpressionError, order, parse

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")
#: Codes of options and items: no white space, because several are stored in one cell.
OPTION_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,63}\Z")
#: Control characters but tabs and line breaks, halves of characters, and what is no character.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: What the house keeps for itself among the options of a question.
OTHER = "other"
#: One text in each language; the mark lets translations be found by walking the models.
Texts = Annotated[dict[str, str], "texts"]
#: Columns of other tools that we do not use, kept so that an export gives them back.
Extras = dict[str, str]
T = TypeVar("T")


class DocumentPart(BaseModel):
    """A part of a document; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(DocumentPart):
    """One question; what its settings may hold is said by its type.

    `relevant`, `constraint` and the options' own `relevant` are expressions of `surveys.logic`.
    """

    code: str
    kind: str
    label: Texts
    hint: Texts = Field(default_factory=dict)
    guidance: Texts = Field(default_factory=dict)
    #: "soft" asks once more and then lets go on.
    required: bool | Literal["soft"] = False
    required_message: Texts = Field(default_factory=dict)
    relevant: str = ""
    constraint: str = ""
    constraint_message: Texts = Field(default_factory=dict)
    settings: dict[str, Any] = Field(default_factory=dict)
    extras: Extras = Field(default_factory=dict)

    def text(self, language: str, default: str) -> str:
        return text_in(self.label, language, default)


class Section(DocumentPart):
    """One page of a questionnaire."""

    code: str
    title: Texts
    intro: Texts = Field(default_factory=dict)
    questions: tuple[Question, ...]
    relevant: str = ""
    #: Whether each respondent gets the questions in an order of their own.
    randomise: bool = False
    extras: Extras = Field(default_factory=dict)


class Quota(DocumentPart):
    """At most `limit` submitted responses for which the condition holds."""

    code: str
    condition: str
    limit: int = Field(ge=0)
    message: Texts = Field(default_factory=dict)


class QuestionnaireDocument(DocumentPart):
    """A whole questionnaire."""

    title: Texts
    default_language: str
    languages: tuple[str, ...]
    sections: tuple[Section, ...]
    quotas: tuple[Quota, ...] = ()
    #: Words after a response was handed in.
    thanks: Texts = Field(default_factory=dict)
    #: "#rrggbb", for headings and buttons; refused where it cannot be read on white.
    theme_colour: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")
    extras: Extras = Field(default_factory=dict)

    @model_validator(mode="after")
    def _codes_are_good(self) -> Self:
        seen: set[str] = set()
        for question in self.questions():
            if not CODE.match(question.code):
                message = (
                    f"question {question.code!r}: a code starts with a letter and holds letters, "
                    "digits and underscores"
                )
                raise ValueError(message)
            if question.code.lower() in seen:
                message = f"question {question.code!r}: the code is used twice"
                raise ValueError(message)
            if not question.label.get(self.default_language):
                message = (
                    f"question {question.code!r}: the label in {self.default_language} is missing"
                )
                raise ValueError(message)
            seen.add(question.code.lower())
        codes = [section.code.lower() for section in self.sections]
        if len(set(codes)) != len(codes):
            raise ValueError("two sections have the same code")
        if self.default_language not in self.languages:
            raise ValueError("the default language is not among the languages")
        return self

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    @cached_property
    def by_code(self) -> dict[str, Question]:
        return {question.code: question for question in self.questions()}

    @cached_property
    def sequence(self) -> tuple[str, ...]:
        """Codes in an order in which each question follows those that it hangs on."""
        needs = {
            question.code: names_in(section.relevant)
            | names_in(question.relevant)
            | names_in(str(question.settings.get("calculation", "")))
            for section in self.sections
            for question in section.questions
        }
        try:
            return tuple(order(needs))
        except ExpressionError:
            # A circle, which no round can open with.
            return tuple(needs)

    @cached_property
    def places(self) -> dict[str, tuple[Section, Question]]:
        """Each question with its section."""
        return {q.code: (section, q) for section in self.sections for q in section.questions}

    @cached_property
    def steady(self) -> frozenset[str]:
        """Codes of questions whose words, options and order are the same for everybody."""
        return frozenset(q.code for q in self.questions() if not _varies(q))

    @cached_property
    def _worked_out(self) -> dict[Callable[..., Any], Any]:
        return {}

    def once(self, work: Callable[[Self], T]) -> T:
        """What `work` makes of this document: made once, as a document never changes."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        found: T = self._worked_out[work]
        return found

    def question(self, code: str) -> Question | None:
        return self.by_code.get(code)

    @cached_property
    def has_expressions(self) -> bool:
        """Whether what a respondent sees depends on anything but the document."""
        return any(
            section.relevant or section.randomise or any(map(_has_expressions, section.questions))
            for section in self.sections
        )

    def language_for(self, *wanted: str) -> str:
        """The language to ask in: the first wanted one that there is, if wider, or the default."""
        found = (find_language(tag, self.languages) for tag in wanted)
        return next((code for code in found if code), self.default_language)


def names_in(source: str) -> frozenset[str]:
    """The questions that an expression refers to; none where it cannot be read."""
    try:
        return parse(source).names if source else frozenset()
    except ExpressionError:
        return frozenset()


_LIVELY = re.compile(r'\$\{|"(?:relevant|constraint)": "[^"]|"randomise": true')


def _has_expressions(question: Question) -> bool:
    return bool(question.relevant or question.constraint or _varies(question))


def _varies(question: Question) -> bool:
    """Whether the words, the options or their order depend on who is asked."""
    stored = question.model_dump(exclude={"extras", "code", "relevant", "constraint"})
    return bool(_LIVELY.search(json.dumps(stored, ensure_ascii=False)))


def _unseen(raw: Any, place: str = "questionnaire") -> Iterator[str]:
    """The places of texts with characters that no page may hold and no store takes."""
    if isinstance(raw, str):
        if _UNSEEN.search(raw):
            yield place
    elif isinstance(raw, dict):
        for name, value in raw.items():
            yield from _unseen(str(name), f"{place}: a name")
            yield from _unseen(value, f"{place}.{name}")
    elif isinstance(raw, list | tuple):
        for number, value in enumerate(raw):
            yield from _unseen(value, f"{place}.{number}")


def read_document(raw: Any) -> QuestionnaireDocument:
    """Check a document; what is wrong is named by its place."""
    unseen = next(_unseen(raw), None)
    if unseen is not None:
        place = unseen.encode("ascii", "backslashreplace").decode()
        message = "This is not a questionnaire we can use. A text holds a control character"
        raise Invalid(f"{message}: {_UNSEEN.sub('', place)}")
    try:
        return QuestionnaireDocument.model_validate(raw)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'questionnaire'}: {problem['msg']}"
            for problem in error.errors()[:10]
        )
        message = f"This is not a questionnaire we can use. {problems}"
        raise Invalid(message) from error


def document_hash(raw: dict[str, Any]) -> str:
    """The fingerprint of a document; equal content gives equal hashes."""
    return sha256(
        json.dumps(raw, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()


_PARSED: OrderedDict[str, QuestionnaireDocument] = OrderedDict()
_MOST_PARSED = 64


def known_document(key: str) -> QuestionnaireDocument | None:
    """The document of this hash, if this process has parsed it."""
    return _PARSED.get(key)


def compiled(key: str, raw: dict[str, Any]) -> QuestionnaireDocument:
    """The parsed document of a stored version, parsed once a process: a version never changes."""
    found = _PARSED.get(key)
    if found is None:
        found = QuestionnaireDocument.model_validate(raw)
        _PARSED[key] = found
        while len(_PARSED) > _MOST_PARSED:
            _PARSED.popitem(last=False)
    return found
