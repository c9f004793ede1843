"""A questionnaire as a document: sections, questions, their words in each language.

A version is stored as JSON and frozen by its hash. Question codes are stable and unique
without regard to case, because statistics packages do not tell `Q1` from `q1`.
"""

import json
import re
from collections import OrderedDict
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import Invalid
from core.i18n import text_in

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")
Texts = dict[str, str]


class DocumentPart(BaseModel):
    """A part of a document; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(DocumentPart):
    """One question; what its settings may hold is said by its type."""

    code: str
    kind: str
    label: Texts
    hint: Texts = Field(default_factory=dict)
    required: bool = False
    settings: dict[str, Any] = Field(default_factory=dict)

    def text(self, language: str, default: str) -> str:
        return text_in(self.label, language, default)


class Section(DocumentPart):
    """One page of a questionnaire."""

    code: str
    title: Texts
    intro: Texts = Field(default_factory=dict)
    questions: tuple[Question, ...]


class QuestionnaireDocument(DocumentPart):
    """A whole questionnaire."""

    title: Texts
    default_language: str
    languages: tuple[str, ...]
    sections: tuple[Section, ...]

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
        if self.default_language not in self.languages:
            raise ValueError("the default language is not among the languages")
        return self

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def question(self, code: str) -> Question | None:
        return next((found for found in self.questions() if found.code == code), None)

    def language_for(self, wanted: str) -> str:
        """The language to ask in: the wanted one, its base language, or the default."""
        for code in (wanted, wanted.split("-", maxsplit=1)[0]):
            if code in self.languages:
                return code
        return self.default_language


def read_document(raw: Any) -> QuestionnaireDocument:
    """Check a document; what is wrong is named by its place."""
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


def compiled(key: str, raw: dict[str, Any]) -> QuestionnaireDocument:
    """The parsed document of a stored version, parsed once a process: a version never changes."""
    found = _PARSED.get(key)
    if found is None:
        found = QuestionnaireDocument.model_validate(raw)
        _PARSED[key] = found
        while len(_PARSED) > _MOST_PARSED:
            _PARSED.popitem(last=False)
    return found
