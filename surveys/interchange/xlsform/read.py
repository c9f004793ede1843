"""XLSForm files as questionnaires of ours."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.errors import Invalid
from surveys.documents import QuestionnaireDocument, read_document
from surveys.interchange.xlsform.notices import Notice, notice_of
from surveys.interchange.xlsform.remarks import Place, Remark, remark_from
from surveys.interchange.xlsform.sandbox import import_apart
from surveys.questions import REGISTRY


@dataclass(frozen=True, slots=True)
class Imported:
    """A form as a questionnaire; where there are problems, the document is empty."""

    document: dict[str, Any]
    notices: list[Notice]
    problems: list[Notice]


def read_xlsform(data: bytes, filename: str, *, language: str = "und") -> Imported:
    """Read a .xlsx, .xls, .csv or .md form.

    `language` is the tag of texts whose language the form does not say. The file is parsed in a
    process of its own, so that it can be refused whatever it holds.
    """
    found = import_apart(data, filename, language, REGISTRY)
    problems = [remark_from(remark) for remark in found["problems"]]
    document = found["document"]
    if document and not problems:
        problems = _faults(document)
    return Imported(
        document={} if problems else document,
        notices=[notice_of(remark_from(remark)) for remark in found["notices"]],
        problems=[notice_of(remark) for remark in problems],
    )


def _faults(document: dict[str, Any]) -> list[Remark]:
    """What our own models say against a document: a fault of the import, but never a crash."""
    try:
        read = read_document(document)
    except Invalid as error:
        return [_fault(str(error))]
    return _settings_faults(read)


def _settings_faults(document: QuestionnaireDocument) -> list[Remark]:
    found = []
    for question in document.questions():
        try:
            REGISTRY[question.kind].settings.model_validate(question.settings)
        except (ValidationError, LookupError, TypeError, ValueError, AttributeError) as error:
            found.append(_fault(f"{question.code}: {error}"))
    return found


def _fault(reason: str) -> Remark:
    values = {"reason": " ".join(reason.split())[:300]}
    return Remark("not_a_questionnaire", Place("survey"), "", values)
