"""Read .xlsx and .xls. Runs in a process of its own, after the archive was checked."""

import datetime as dt
import struct
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import openpyxl
import xlrd

from surveys.interchange.xlsform.archive import check_archive
from surveys.interchange.xlsform.remarks import Place, Report, refuse
from surveys.interchange.xlsform.sheets import SHEETS, Book, Sheet, add_rows, columns_of

_ZIP = b"PK"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MACROS = "_VBA_PROJECT".encode("utf-16-le")
NotReadable = (
    BadZipFile,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    struct.error,
    SyntaxError,
    AssertionError,
    EOFError,
    RecursionError,
)


def read_xlsx(data: bytes, report: Report) -> Book:
    """Read a workbook; the size that a sheet claims to have is not believed."""
    if data.startswith(_COMPOUND):
        is_locked = _LOCKED in data
        code, feature = ("locked", "password") if is_locked else ("wrong_suffix", "")
        raise refuse(code, None, feature)
    check_archive(data)
    if not openpyxl.DEFUSEDXML or openpyxl.LXML:
        raise RuntimeError("openpyxl must parse with defusedxml")
    try:
        return _xlsx_book(data, report)
    except NotReadable as error:
        raise refuse("not_a_workbook") from error


def _xlsx_book(data: bytes, report: Report) -> Book:
    workbook = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    sheets = [(name, workbook[name]) for name in workbook.sheetnames]
    book = Book()
    for name, sheet in sheets:
        known = _known(name, len(sheets))
        if known is None or not hasattr(sheet, "reset_dimensions"):
            book.ignored.append(name)
            continue
        sheet.reset_dimensions()
        _take_in(book, known, _xlsx_rows(sheet), report)
    return book


def read_xls(data: bytes, report: Report) -> Book:
    """Read a workbook of the old binary kind."""
    if data.startswith(_ZIP):
        raise refuse("wrong_suffix")
    if _MACROS in data:
        report.notice("macros_ignored", Place(), "macros")
    try:
        return _xls_book(data, report)
    except xlrd.XLRDError as error:
        is_locked = "encrypted" in str(error).lower()
        raise refuse("locked" if is_locked else "not_a_workbook") from error
    except (xlrd.compdoc.CompDocError, *NotReadable) as error:
        raise refuse("not_a_workbook") from error


def _xls_book(data: bytes, report: Report) -> Book:
    workbook = xlrd.open_workbook(file_contents=data, logfile=_Nowhere())
    book = Book()
    for sheet in workbook.sheets():
        known = _known(sheet.name, workbook.nsheets)
        if known is None:
            book.ignored.append(sheet.name)
            continue
        _take_in(book, known, _xls_rows(sheet, workbook.datemode), report)
    return book


class _Nowhere:
    """Where xlrd's remarks go."""

    def write(self, text: str) -> None:
        del text


def _known(name: str, number_of_sheets: int) -> str | None:
    """What a sheet is for; a lone sheet is the survey whatever it is called."""
    lower = name.lower()
    if lower in SHEETS:
        return lower
    return "survey" if number_of_sheets == 1 else None


def _take_in(
    book: Book, name: str, rows: Iterator[tuple[int, Sequence[Any]]], report: Report
) -> None:
    sheet = Sheet(name)
    book.sheets[name] = sheet
    first = next(rows, None)
    if first is None:
        return
    titles = first[1] if first[0] == 1 else ()
    columns = columns_of(name, titles, report)
    add_rows(
        sheet,
        columns,
        ((number, [text_of(cell) for cell in cells[: len(columns)]]) for number, cells in rows),
        report,
    )


def _xlsx_rows(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    yield from enumerate(sheet.iter_rows(values_only=True), start=1)


def _xls_rows(sheet: Any, datemode: int) -> Iterator[tuple[int, Sequence[Any]]]:
    for number in range(sheet.nrows):
        cells = sheet.row(number)
        yield number + 1, [_xls_value(cell, datemode) for cell in cells]


def _xls_value(cell: Any, datemode: int) -> Any:
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        parts = xlrd.xldate_as_tuple(cell.value, datemode)
        if parts[:3] == (0, 0, 0):
            return dt.time(*parts[3:])
        return dt.datetime(*parts)  # noqa: DTZ001 - a cell has no time zone
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "")
    return cell.value


def text_of(value: object) -> str:
    """A cell as text: whole numbers without a point, truth in capitals, no outer spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
