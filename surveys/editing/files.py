"""Questionnaires from files and into files: which format is which, and what there is to say."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from core.errors import Invalid
from core.i18n import _
from core.later import Later
from surveys import instruments
from surveys.documents import QuestionnaireDocument
from surveys.editing.changes import stored
from surveys.editing.languages import is_known
from surveys.interchange.limesurvey.read import read_lss
from surveys.interchange.limesurvey.write import write_limesurvey
from surveys.interchange.xlsform.read import read_xlsform

if TYPE_CHECKING:
    from surveys.interchange.xlsform import write as xlsform
else:
    xlsform = Later("surveys.interchange.xlsform.write")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Endings of files that can be brought in.
READABLE = (".xlsx", ".xls", ".csv", ".md", ".lss", ".json")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say about a file, and where in it."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a file; no document where something must be mended first."""

    document: QuestionnaireDocument | None
    notices: tuple[Line, ...]
    problems: tuple[Line, ...]


def read(data: bytes, filename: str, language: str) -> Found:
    """A file as a questionnaire, with everything there is to know before it is used.

    `language` is the one of texts whose language the file does not say.
    """
    ending = PurePath(filename).suffix.lower()
    if ending == ".json":
        return _checked(read_json(data), (), ())
    if ending == ".lss":
        survey = read_lss(data)
        notices = (_line(one.place, one.row, one.column, one.message) for one in survey.notices)
        problems = (_line(one.place, one.row, one.column, one.message) for one in survey.problems)
        return _checked(survey.document, notices, problems)
    form = read_xlsform(data, filename, language=language)
    notices = (_line(one.sheet, one.row, one.column, one.message) for one in form.notices)
    problems = (_line(one.sheet, one.row, one.column, one.message) for one in form.problems)
    return _checked(form.document, notices, problems)


def _line(place: str, row: int | None, column: str, message: str) -> Line:
    parts = [place, _("row %(row)s", row=row) if row else "", column]
    return Line(", ".join(part for part in parts if part), message)


def read_json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("The file is not a JSON document. Choose another file.")) from error


def _checked(raw: Any, notices: Iterable[Line], problems: Iterable[Line]) -> Found:
    """Whether our own models take what was read; what they say against it is one more problem."""
    said = tuple(problems)
    document = None
    if raw and not said:
        try:
            document = instruments.check(raw)
        except Invalid as error:
            said = (Line("", error.message),)
    for code in document.languages if document else ():
        if not is_known(code):
            message = _("“%(code)s” is no language we know.", code=code)
            said, document = (*said, Line("languages", message)), None
    return Found(document, tuple(notices), said)


def as_json(document: QuestionnaireDocument) -> bytes:
    """Everything there is, for another installation of ours."""
    return (json.dumps(stored(document), ensure_ascii=False, indent=2) + "\n").encode()


def as_limesurvey(document: QuestionnaireDocument) -> bytes:
    """Their text table; `lost_in_limesurvey` says what is different in it."""
    return write_limesurvey(document).data


def lost_in_limesurvey(document: QuestionnaireDocument) -> tuple[Line, ...]:
    """What LimeSurvey has no counterpart for, or knows under another name."""
    found = write_limesurvey(document)
    return tuple(
        _line(one.place, one.row, one.column, one.message)
        for one in (*found.problems, *found.notices)
    )


def as_xlsform(document: QuestionnaireDocument) -> bytes:
    """The questionnaire as a workbook that other tools read."""
    return xlsform.write_xlsform(document)


#: By the ending of the file: how it is written, and what it is called on the wire.
WRITERS: dict[str, tuple[Callable[[QuestionnaireDocument], bytes], str]] = {
    "xlsx": (as_xlsform, XLSX),
    "txt": (as_limesurvey, "text/tab-separated-values; charset=utf-8"),
    "json": (as_json, "application/json"),
}
