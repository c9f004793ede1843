"""Every text of a questionnaire with its place, to be read side by side and written back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from surveys.documents import Question, QuestionnaireDocument, Texts, read_document
from surveys.editing.changes import stored
from surveys.logic import Reference, pipes
from surveys.preflight import settings_of
from surveys.questions import REGISTRY

#: The part of the page that is about the questionnaire as a whole.
GENERAL = "-general"
QUOTAS = "-quotas"
_QUESTION_TEXTS = ("label", "hint", "guidance", "required_message", "constraint_message")


@dataclass(frozen=True, slots=True)
class Place:
    """One text: its path in the document, the part it stands in, what it is, and its words."""

    path: tuple[str, ...]
    part: str
    #: The question, option or quota that it belongs to, and which of its texts it is.
    owner: str
    role: str
    texts: Texts

    @property
    def name(self) -> str:
        """The name of its input."""
        return "t:" + "/".join(self.path)


def places(document: QuestionnaireDocument) -> Iterator[Place]:
    """Every text that could be translated, in the order of the questionnaire."""
    for name in ("title", "thanks"):
        yield Place((name,), GENERAL, "", name, getattr(document, name))
    for section in document.sections:
        for name in ("title", "intro"):
            path = ("sections", section.code, name)
            yield Place(path, section.code, "", name, getattr(section, name))
        for question in section.questions:
            yield from _of_question(section.code, question)
    for quota in document.quotas:
        yield Place(("quotas", quota.code, "message"), QUOTAS, quota.code, "message", quota.message)


def _of_question(part: str, question: Question) -> Iterator[Place]:
    path = ("sections", part, "questions", question.code)
    for name in _QUESTION_TEXTS:
        yield Place((*path, name), part, question.code, name, getattr(question, name))
    if question.kind not in REGISTRY:
        return
    try:
        settings = settings_of(question)
    except ValidationError:
        return
    for inner, role, texts in _of_model(settings, ()):
        yield Place((*path, "settings", *inner), part, question.code, role, texts)


def _of_model(
    model: BaseModel, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str, Texts]]:
    for name, declared in type(model).model_fields.items():
        value = getattr(model, name)
        if "texts" in declared.metadata:
            yield (*path, name), path[-1] if path else name, value
        elif isinstance(value, tuple):
            for entry in value:
                if isinstance(entry, BaseModel):
                    code = str(getattr(entry, "code", ""))
                    yield from _of_model(entry, (*path, name, code))


@dataclass(frozen=True, slots=True)
class Line:
    """A text beside its translation."""

    place: Place
    source: str
    target: str
    #: What a respondent reads in the target language, and in which language it really is.
    shown: str
    shown_language: str
    #: Codes of questions whose answers stand in the source and not in the target.
    lost: tuple[str, ...]

    @property
    def is_missing(self) -> bool:
        return bool(self.shown) and not self.target

    @property
    def rows(self) -> int:
        return min(1 + max(len(self.source), len(self.target)) // 55, 12)


def lines(document: QuestionnaireDocument, source: str, target: str) -> list[Line]:
    """Everything that is said in the source or shown in its stead, beside the target."""
    found = (_line(document, place, source, target) for place in places(document))
    return [line for line in found if line.source or line.target or line.shown]


def _line(document: QuestionnaireDocument, place: Place, source: str, target: str) -> Line:
    texts = place.texts
    shown_language = fallback(texts, target, document.default_language)
    original, translated = texts.get(source, ""), texts.get(target, "")
    lost = _names(original) - _names(translated) if translated else set()
    return Line(
        place=place,
        source=original,
        target=translated,
        shown=texts.get(shown_language, ""),
        shown_language=shown_language,
        lost=tuple(sorted(lost)),
    )


def fallback(texts: Mapping[str, str], language: str, default: str) -> str:
    """The language that is shown to somebody who asked for another one; "" for none."""
    for code in (language, language.split("-", maxsplit=1)[0], default, *texts):
        if texts.get(code):
            return code
    return ""


def _names(text: str) -> set[str]:
    return {part.name for part in pipes(text) if isinstance(part, Reference)}


def missing(document: QuestionnaireDocument) -> dict[str, int]:
    """How many texts each language lacks."""
    found = dict.fromkeys(document.languages, 0)
    for place in places(document):
        if any(place.texts.values()):
            for language in document.languages:
                found[language] += not place.texts.get(language)
    return found


def count(document: QuestionnaireDocument) -> int:
    """How many texts there are to translate."""
    return sum(1 for place in places(document) if any(place.texts.values()))


def translated(
    document: QuestionnaireDocument, language: str, words: Mapping[str, str]
) -> QuestionnaireDocument:
    """The document with the given words, by the names of their inputs; "" takes a text away."""
    raw = stored(document)
    for place in places(document):
        if place.name in words:
            _put(raw, place.path, language, words[place.name].replace("\r\n", "\n").strip())
    return read_document(raw)


def _put(raw: dict[str, Any], path: tuple[str, ...], language: str, text: str) -> None:
    """Write one text; entries of lists are found by their codes."""
    here: Any = raw
    for step in path[:-1]:
        if isinstance(here, list):
            here = next(entry for entry in here if entry["code"] == step)
        else:
            here = here.setdefault(step, {})
    texts = dict(here.get(path[-1], {}))
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)
    here[path[-1]] = texts
