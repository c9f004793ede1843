"""A questionnaire at a glance: its pages and questions, its size, its languages, its faults."""

from dataclasses import dataclass

from core.i18n import text_in
from surveys.documents import Question, QuestionnaireDocument, Section
from surveys.editing import translation
from surveys.editing.conditions import in_words
from surveys.editing.languages import name_of
from surveys.preflight import Finding, Severity, estimated_minutes, findings
from surveys.questions import REGISTRY


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question of the outline."""

    number: int
    question: Question
    label: str
    kind: str
    condition: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One page of the outline."""

    section: Section
    title: str
    condition: str
    questions: list[QuestionRow]


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """How far a language is."""

    code: str
    name: str
    missing: int
    texts: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding with what it leads to: a question, a section, the settings, or nothing."""

    message: str
    place: str
    question: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the outline shows beside its buttons."""

    sections: list[SectionRow]
    questions: int
    minutes: int
    languages: list[LanguageRow]
    faults: list[Remark]
    doubts: list[Remark]


def overview(document: QuestionnaireDocument, language: str) -> Overview:
    """The outline of a questionnaire in the reader's language."""
    rows, number = [], 0
    for section in document.sections:
        questions = []
        for question in section.questions:
            number += 1
            questions.append(_row(document, question, number, language))
        title = text_in(section.title, language, document.default_language)
        condition = in_words(section.relevant, document, language)
        rows.append(SectionRow(section, title, condition, questions))
    texts, lacking = translation.count(document), translation.missing(document)
    found = findings(document)
    return Overview(
        sections=rows,
        questions=number,
        minutes=estimated_minutes(document),
        languages=[
            LanguageRow(code, name_of(code), lacking[code], texts) for code in document.languages
        ],
        faults=_remarks(document, found, Severity.FAULT),
        doubts=_remarks(document, found, Severity.DOUBT),
    )


def _row(
    document: QuestionnaireDocument, question: Question, number: int, language: str
) -> QuestionRow:
    kind = REGISTRY.get(question.kind)
    return QuestionRow(
        number=number,
        question=question,
        label=text_in(question.label, language, document.default_language),
        kind=str(kind.name) if kind else question.kind,
        condition=in_words(question.relevant, document, language),
    )


def _remarks(
    document: QuestionnaireDocument, found: list[Finding], severity: Severity
) -> list[Remark]:
    sections = {section.code for section in document.sections}
    remarks = []
    for finding in found:
        if finding.severity is severity:
            place = finding.place.partition(".")[0]
            is_question = place in document.by_code
            remarks.append(
                Remark(
                    message=finding.message,
                    place=finding.place,
                    question=place if is_question else "",
                    section=place if place in sections and not is_question else "",
                )
            )
    return remarks
