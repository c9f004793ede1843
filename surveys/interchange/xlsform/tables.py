"""Read forms that are written as text: comma-separated values and Markdown tables."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

from surveys.interchange.xlsform.remarks import Place, Report, refuse
from surveys.interchange.xlsform.sheets import (
    SHEETS,
    Book,
    Row,
    Sheet,
    add_rows,
    columns_of,
)

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*\Z")
_COMMENT = re.compile(r"(.*\|)\s*#[^|]*\Z", re.DOTALL)
#: A line with its number: the name of a sheet, if it begins one, and the cells.
Line = tuple[int, str, list[str]]
LEAST_COMMAS = 4
LEAST_BARS = 5
LONGEST_FIELD = 131_072
#: More than any sheet may have.
MOST_LINES = 25_000


def decode(data: bytes) -> str:
    """Text files are UTF-8, with or without a mark at their beginning."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse("not_utf8", None, "character encoding") from error


def read_csv(data: bytes, report: Report) -> Book:
    """The first column names the sheets; a row of its own or the row of the titles."""
    text = decode(data)
    if "\0" in text:
        report.notice("null_characters", Place())
        text = text.replace("\0", " ")
    if text[:5_000].count(",") < LEAST_COMMAS:
        raise refuse("not_a_form")
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(StringIO(text, newline=""))
    try:
        return _book(_csv_lines(reader), report, lone=False)
    except csv.Error as error:
        raise refuse("not_a_form") from error


def _csv_lines(reader: Any) -> Iterator[Line]:
    for line in reader:
        number = reader.line_num
        if len(line) == 1:
            yield number, line[0].strip(), []
        elif line:
            yield number, line[0].strip(), [cell.strip() for cell in line[1:]]


def read_markdown(data: bytes, report: Report) -> Book:
    """Tables whose first column names the sheet."""
    text = decode(data)
    if text[:5_000].count("|") < LEAST_BARS:
        raise refuse("not_a_form")
    return _book(_markdown_lines(text), report, lone=True)


def _markdown_lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        comment = _COMMENT.match(line)
        line = comment[1] if comment else line
        if not line.startswith("|") or line.count("|") < 2 or _RULE.match(line):
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(line[1:])]
        if cells and not cells[-1]:
            cells.pop()
        yield number, cells[0] if cells else "", cells[1:]


def _book(lines: Iterator[Line], report: Report, *, lone: bool) -> Book:
    """The sheets; where one comes twice, a second table takes the place of the first."""
    parts: dict[str, list[tuple[int, list[str]]]] = {}
    name = ""
    for number, title, cells in lines:
        if title:
            name = title
            if parts.get(name):
                report.notice("sheet_again", Place(name.lower(), number), "", sheet=name)
            parts[name] = []
        if any(cells):
            if not name:
                raise refuse("row_before_sheet", Place("", number))
            parts[name].append((number, cells))
            if len(parts[name]) > MOST_LINES:
                raise refuse("too_many_rows", Place(name.lower(), number), "size", limit=MOST_LINES)
    book = Book()
    for title, rows in parts.items():
        known = title.lower()
        if known not in SHEETS:
            if not (lone and len(parts) == 1):
                book.ignored.append(title)
                continue
            known = "survey"
        book.sheets[known] = _sheet(known, rows, report)
    return book


def _sheet(name: str, rows: list[tuple[int, list[str]]], report: Report) -> Sheet:
    sheet = Sheet(name)
    if rows:
        # A gap between two lines of a text file means nothing.
        numbered = [(place, cells) for place, (_line, cells) in enumerate(rows[1:], start=2)]
        lines = {place: line for place, (line, _cells) in enumerate(rows[1:], start=2)}
        columns = columns_of(name, rows[0][1], report)
        for line, cells in rows[1:]:
            if any(cells[len(columns) :]):
                raise refuse("cell_without_title", Place(name, line))
        add_rows(sheet, columns, numbered, report)
        sheet.rows = [Row(lines[row.number], row.cells) for row in sheet.rows]
    return sheet
