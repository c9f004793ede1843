"""Files made for tests: workbooks out of rows, and small forms read and written."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from surveys.documents import QuestionnaireDocument
from surveys.interchange.xlsform.read import Imported, read_xlsform
from surveys.interchange.xlsform.write import write_xlsform

SHEET = "xl/worksheets/sheet1.xml"


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def simple_workbook(*rows: Sequence[object]) -> bytes:
    return workbook({"survey": [("type", "name", "label"), *(rows or (("text", "q", "Q"),))]})


def changed(data: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one member changed."""
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == member else content)
    return buffer.getvalue()


def with_member(data: bytes, name: str, content: bytes = b"x") -> bytes:
    buffer = BytesIO(data)
    with ZipFile(buffer, "a") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def read_markdown(form: str) -> Imported:
    return read_xlsform(form.encode(), "form.md")


def document_of(form: str) -> QuestionnaireDocument:
    imported = read_markdown(form)
    assert imported.problems == []
    return QuestionnaireDocument.model_validate(imported.document)


def there_and_back(document: QuestionnaireDocument) -> dict[str, Any]:
    """The document after it was written and read again."""
    imported = read_xlsform(write_xlsform(document), "export.xlsx")
    assert imported.problems == []
    return QuestionnaireDocument.model_validate(imported.document).model_dump(mode="json")
