"""Changes of a questionnaire: pure functions from a document to a document.

None of them stores anything. What a change may not do is refused with words that say why.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.errors import Conflict, Invalid, NotFound
from core.i18n import _
from surveys.documents import (
    CODE,
    Question,
    QuestionnaireDocument,
    Quota,
    Section,
    Texts,
    read_document,
)
from surveys.editing.codes import free, suggested
from surveys.logic import Reference, pipes, rename
from surveys.preflight import expressions, strings
from surveys.texts import QUOTE_QUESTION

Change = Callable[[QuestionnaireDocument], QuestionnaireDocument]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that speaks of a question: a section, a question or a quota, and its part."""

    place: str
    part: str


def stored(document: QuestionnaireDocument) -> dict[str, Any]:
    """The document as it is kept: what has its default value is left out."""
    return document.model_dump(mode="json", exclude_defaults=True)


def with_(document: QuestionnaireDocument, **parts: Any) -> QuestionnaireDocument:
    """The document with other parts, its codes checked again."""
    kept = {name: getattr(document, name) for name in type(document).model_fields}
    try:
        return QuestionnaireDocument(**{**kept, **parts})
    except ValidationError as error:
        raise Invalid(error.errors()[0]["msg"].removeprefix("Value error, ")) from error


def said(texts: Texts, language: str, text: str | None) -> Texts:
    """The texts with other words in one language; no words take the text away."""
    others = {code: words for code, words in texts.items() if code != language}
    clean = (text or "").replace("\r\n", "\n").strip()
    return {**others, language: clean} if clean else others


def section_of(document: QuestionnaireDocument, code: str) -> Section:
    for section in document.sections:
        if section.code == code:
            return section
    raise NotFound(_("There is no page “%(code)s” in this questionnaire.", code=code))


def question_of(document: QuestionnaireDocument, code: str) -> Question:
    found = document.question(code)
    if found is None:
        raise NotFound(_("There is no question “%(code)s” in this questionnaire.", code=code))
    return found


# Sections ----------------------------------------------------------------------------------------


def add_section(document: QuestionnaireDocument, section: Section) -> QuestionnaireDocument:
    return with_(document, sections=(*document.sections, section))


def new_section_code(document: QuestionnaireDocument, title: str) -> str:
    return suggested(title, section_codes(document), "page")


def section_codes(document: QuestionnaireDocument) -> set[str]:
    return {section.code for section in document.sections}


def replace_section(document: QuestionnaireDocument, section: Section) -> QuestionnaireDocument:
    """The section of this code with other words or conditions."""
    section_of(document, section.code)
    return with_(
        document,
        sections=tuple(section if one.code == section.code else one for one in document.sections),
    )


def move_section(document: QuestionnaireDocument, code: str, by: int) -> QuestionnaireDocument:
    """One place up (-1) or down (1); at the end of the row nothing changes."""
    sections = list(document.sections)
    here = sections.index(section_of(document, code))
    there = min(max(here + by, 0), len(sections) - 1)
    sections.insert(there, sections.pop(here))
    return with_(document, sections=tuple(sections))


def duplicate_section(
    document: QuestionnaireDocument, code: str, more: Collection[str]
) -> QuestionnaireDocument:
    """A copy behind it; conditions inside the copy speak of the copied questions."""
    section = section_of(document, code)
    names: dict[str, str] = {}
    for question in section.questions:
        taken = {*document.by_code, *names.values(), *more}
        names[question.code] = free(question.code, taken)
    copied = _renamed(section.model_dump(mode="json"), names)
    copied["code"] = free(code, section_codes(document))
    for question in copied["questions"]:
        question["code"] = names[question["code"]]
    sections = list(document.sections)
    sections.insert(sections.index(section) + 1, Section.model_validate(copied))
    return with_(document, sections=tuple(sections))


def delete_section(document: QuestionnaireDocument, code: str) -> QuestionnaireDocument:
    """Without the section, unless something outside it speaks of its questions."""
    section = section_of(document, code)
    inside = {code, *(question.code for question in section.questions)}
    outside = [
        mention
        for question in section.questions
        for mention in mentions(document, question.code)
        if mention.place not in inside
    ]
    _refuse_if_mentioned(outside)
    return with_(document, sections=tuple(one for one in document.sections if one.code != code))


# Questions ---------------------------------------------------------------------------------------


def new_question_code(document: QuestionnaireDocument, label: str, more: Collection[str]) -> str:
    """A suggestion; `more` are codes that earlier versions used for other questions."""
    return suggested(label, {*document.by_code, *more}, "q")


def add_question(
    document: QuestionnaireDocument, section_code: str, question: Question
) -> QuestionnaireDocument:
    """The question at the end of a section."""
    section = section_of(document, section_code)
    return _with_questions(document, {section_code: (*section.questions, question)})


def replace_question(
    document: QuestionnaireDocument, code: str, question: Question
) -> QuestionnaireDocument:
    section, known = _place(document, code)
    questions = tuple(question if one is known else one for one in section.questions)
    return _with_questions(document, {section.code: questions})


def move_question(document: QuestionnaireDocument, code: str, by: int) -> QuestionnaireDocument:
    """One place up (-1) or down (1); beyond the edge of its page it goes to the next page."""
    section, question = _place(document, code)
    here = section.questions.index(question)
    if 0 <= here + by < len(section.questions):
        questions = list(section.questions)
        questions.insert(here + by, questions.pop(here))
        return _with_questions(document, {section.code: tuple(questions)})
    number = document.sections.index(section) + by
    if not 0 <= number < len(document.sections):
        return document
    target = document.sections[number]
    moved = (*target.questions, question) if by < 0 else (question, *target.questions)
    return _with_questions(
        document, {section.code: _without(section, question), target.code: moved}
    )


def move_question_to(
    document: QuestionnaireDocument, code: str, section_code: str
) -> QuestionnaireDocument:
    """To the end of another page."""
    section, question = _place(document, code)
    target = section_of(document, section_code)
    if target.code == section.code:
        return document
    return _with_questions(
        document,
        {
            section.code: _without(section, question),
            target.code: (*target.questions, question),
        },
    )


def duplicate_question(
    document: QuestionnaireDocument, code: str, more: Collection[str]
) -> tuple[QuestionnaireDocument, str]:
    """A copy behind it, and the code of the copy."""
    section, question = _place(document, code)
    new = free(code, {*document.by_code, *more})
    questions = list(section.questions)
    questions.insert(questions.index(question) + 1, question.model_copy(update={"code": new}))
    return _with_questions(document, {section.code: tuple(questions)}), new


def delete_question(document: QuestionnaireDocument, code: str) -> QuestionnaireDocument:
    """Without the question, unless something else speaks of it."""
    section, question = _place(document, code)
    _refuse_if_mentioned(one for one in mentions(document, code) if one.place != code)
    return _with_questions(document, {section.code: _without(section, question)})


def rename_question(document: QuestionnaireDocument, old: str, new: str) -> QuestionnaireDocument:
    """Another code; every condition and text that speaks of the question follows."""
    question_of(document, old)
    if old == QUOTE_QUESTION:
        message = _(
            "The code %(code)s has a meaning: the answer decides whether words are quoted. "
            "It stays.",
            code=old,
        )
        raise Invalid(message, field="code")
    if not CODE.match(new):
        message = _("A code starts with a letter and holds letters, digits and underscores.")
        raise Invalid(message, field="code")
    taken = {code.lower() for code in document.by_code if code != old}
    if new.lower() in taken:
        raise Invalid(_("Another question has the code %(code)s.", code=new), field="code")
    raw = _renamed(stored(document), {old: new})
    for section in raw["sections"]:
        for question in section["questions"]:
            if question["code"] == old:
                question["code"] = new
    return read_document(raw)


def _place(document: QuestionnaireDocument, code: str) -> tuple[Section, Question]:
    question_of(document, code)
    return document.places[code]


def _without(section: Section, question: Question) -> tuple[Question, ...]:
    return tuple(one for one in section.questions if one is not question)


def _with_questions(
    document: QuestionnaireDocument, questions: Mapping[str, tuple[Question, ...]]
) -> QuestionnaireDocument:
    return with_(
        document,
        sections=tuple(
            section.model_copy(update={"questions": questions[section.code]})
            if section.code in questions
            else section
            for section in document.sections
        ),
    )


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Every text in a document with other codes in its `${code}`s."""
    if isinstance(value, str):
        return rename(value, names)
    if isinstance(value, Mapping):
        return {key: _renamed(part, names) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(part, names) for part in value]
    return value


# References --------------------------------------------------------------------------------------


def mentions(document: QuestionnaireDocument, code: str) -> list[Mention]:
    """Every condition and text that speaks of a question, each place once."""
    return list(dict.fromkeys(_mentions(document, code)))


def _mentions(document: QuestionnaireDocument, code: str) -> Iterator[Mention]:
    for placed in expressions(document):
        if _speaks_of(placed.source, code):
            yield Mention(placed.place, placed.role)
    for path, texts in strings(document):
        if any(_speaks_of(text, code) for text in texts.values()):
            place, _dot, part = path.partition(".")
            yield Mention(place, part or path)


def _speaks_of(text: str, code: str) -> bool:
    return any(isinstance(part, Reference) and part.name == code for part in pipes(text))


def _refuse_if_mentioned(found: Iterable[Mention]) -> None:
    places = list(dict.fromkeys(f"{mention.place} ({mention.part})" for mention in found))
    if places:
        raise Conflict(
            _(
                "Nothing was deleted, because other parts speak of it: %(places)s. "
                "Change those first.",
                places=", ".join(places),
            )
        )


# Quotas ------------------------------------------------------------------------------------------


def save_quota(document: QuestionnaireDocument, quota: Quota) -> QuestionnaireDocument:
    """The quota in place of the one of its code, or behind all others."""
    known = [one.code for one in document.quotas]
    if quota.code not in known:
        return with_(document, quotas=(*document.quotas, quota))
    return with_(
        document,
        quotas=tuple(quota if one.code == quota.code else one for one in document.quotas),
    )


def delete_quota(document: QuestionnaireDocument, code: str) -> QuestionnaireDocument:
    return with_(document, quotas=tuple(one for one in document.quotas if one.code != code))
