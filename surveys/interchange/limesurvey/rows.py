"""The tables of a .lss file, row by row. No entity is ever resolved, and sizes are bounded."""

from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from core.i18n import _
from surveys.interchange.limesurvey.remarks import Refused

MOST_BYTES: Final = 8_000_000
LONGEST_CELL: Final = 50_000
MOST_DEPTH: Final = 40
#: Since this version texts stand in tables of their own, one row a language.
OLDEST_VERSION: Final = 400
#: The tables that mean something here, with the most rows that they may have.
TABLES: Final = {
    "answers": 20_000,
    "answer_l10ns": 100_000,
    "assessments": 1_000,
    "conditions": 5_000,
    "defaultvalues": 5_000,
    "defaultvalue_l10ns": 20_000,
    "groups": 500,
    "group_l10ns": 5_000,
    "questions": 2_000,
    "subquestions": 20_000,
    "question_l10ns": 100_000,
    "question_attributes": 200_000,
    "quota": 500,
    "quota_members": 5_000,
    "quota_languagesettings": 5_000,
    "surveys": 10,
    "surveys_languagesettings": 200,
}
_DOCUMENT, _PART, _ENTRY, _ROW, _CELL = 1, 2, 3, 4, 5
Row = dict[str, str]


@dataclass(slots=True)
class Tables:
    """A file as it is: tables of rows, cells that stand for nothing left out."""

    version: int = 0
    kind: str = ""
    languages: list[str] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def of(self, table: str) -> list[Row]:
        return self.rows.get(table, [])


def read_tables(data: bytes) -> Tables:
    """Read a file, or refuse it with a word on what to do."""
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        raise Refused(_("The file is too big. At most %(limit)s MB are read.", limit=limit), "size")
    reader = _Reader()
    parser = DefusedXMLParser(
        target=reader, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException as error:
        message = _("The file declares a document type, which files of LimeSurvey never do.")
        raise Refused(message, "document type declaration") from error
    except (ParseError, LookupError, ValueError) as error:
        message = _("The file is not well-formed XML. Export the survey again.")
        raise Refused(message) from error
    _check(reader.found)
    return reader.found


def _check(tables: Tables) -> None:
    if tables.kind != "Survey":
        message = _(
            "This is no survey of LimeSurvey. Export the whole survey as “Survey structure (.lss)”."
        )
        raise Refused(message, tables.kind[:50])
    is_old = "question_l10ns" not in tables.rows and "questions" in tables.rows
    if tables.version < OLDEST_VERSION or is_old:
        message = _(
            "The file was written by an old LimeSurvey (its DBVersion is %(version)s; %(oldest)s "
            "or newer is read). Import it in a current LimeSurvey and export it again.",
            version=tables.version,
            oldest=OLDEST_VERSION,
        )
        raise Refused(message, f"DBVersion {tables.version}")


class _Reader:
    """A target of the parser that keeps rows of known tables and nothing else."""

    def __init__(self) -> None:
        self.found = Tables()
        self._path: list[str] = []
        self._row: Row = {}
        self._words: list[str] = []
        self._length = 0

    def start(self, tag: str, _attributes: object) -> None:
        self._path.append(tag)
        depth = len(self._path)
        if depth > MOST_DEPTH or (depth == _DOCUMENT and tag != "document"):
            raise Refused(_("This is no file of LimeSurvey."))
        if depth == _ROW and tag == "row":
            self._row = {}
        self._words, self._length = [], 0

    def data(self, words: str) -> None:
        self._length += len(words)
        if self._length <= LONGEST_CELL:
            self._words.append(words)
        elif self._is_wanted():
            message = _("A text is longer than %(limit)s characters.", limit=LONGEST_CELL)
            raise Refused(message, "size")

    def _is_wanted(self) -> bool:
        """Whether the words are those of a cell that is kept."""
        return len(self._path) == _CELL and self._path[1] in TABLES

    def end(self, tag: str) -> None:
        depth = len(self._path)
        words = "".join(self._words)
        match depth:
            case 2 if tag == "LimeSurveyDocType":
                self.found.kind = words.strip()
            case 2 if tag == "DBVersion":
                self.found.version = _number(words)
            case 2 if tag in TABLES:
                self.found.rows.setdefault(tag, [])
            case 3 if self._path[1] == "languages" and tag == "language":
                self.found.languages.append(words.strip())
            case 4 if self._path[1] in TABLES and self._path[2] == "rows":
                self._keep_row(self._path[1])
            case 5 if self._is_wanted():
                self._row[tag] = words
        self._path.pop()
        self._words, self._length = [], 0

    def _keep_row(self, table: str) -> None:
        rows = self.found.rows.setdefault(table, [])
        if len(rows) >= TABLES[table]:
            message = _("The table “%(table)s” has more than %(limit)s rows.")
            raise Refused(message % {"table": table, "limit": TABLES[table]}, "size")
        rows.append(self._row)

    def close(self) -> None:
        """The parser asks for it; what was found stands in `found`."""


def _number(words: str) -> int:
    cleaned = words.strip()
    is_number = cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 9
    return int(cleaned) if is_number else 0
