"""Every expression in forms that other people made is read, or refused by its name."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pytest
import xlrd

from surveys.logic import ExpressionError, check, parse
from tests.plugins.shared import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "xlsform"
FILES = sorted(path for path in FOLDER.glob("*") if path.suffix in {".xlsx", ".xls", ".csv"})
EXPRESSIONS = {
    "relevant",
    "relevance",
    "constraint",
    "calculation",
    "calculate",
    "required",
    "read_only",
    "readonly",
    "choice_filter",
    "repeat_count",
}
WORDS = {"yes", "no", "true", "false"}


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of the sheet `survey`."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, data_only=True)
        names = [name for name in book.sheetnames if name.strip().lower() == "survey"]
        for name in names:
            for row in book[name].iter_rows(values_only=True):
                yield ["" if cell is None else str(cell) for cell in row]
    elif path.suffix == ".xls":
        sheets = xlrd.open_workbook(path).sheets()
        for sheet in (sheet for sheet in sheets if sheet.name.strip().lower() == "survey"):
            for number in range(sheet.nrows):
                yield [str(cell) for cell in sheet.row_values(number)]
    else:
        yield from csv_rows(path)


def csv_rows(path: Path) -> Iterator[list[str]]:
    """All sheets stand in one file, each behind its name."""
    sheet = ""
    with path.open(encoding="utf-8", newline="") as file:
        for first, *row in filter(None, csv.reader(file)):
            sheet = first.strip().lower() or sheet
            if sheet == "survey" and any(row):
                yield row


@cache
def expressions(path: Path) -> list[str]:
    head, *body = rows(path)
    names = [name.strip().lower().rpartition(":")[2] for name in head]
    cells = (
        cell.strip()
        for row in body
        for name, cell in zip(names, row, strict=False)
        if name in EXPRESSIONS
    )
    return [cell for cell in cells if cell and cell.lower() not in WORDS]


def faults(source: str) -> list[ExpressionError]:
    try:
        expression = parse(source)
    except ExpressionError as error:
        return [error]
    return check(expression, expression.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_expression_is_read_or_refused_by_name(path):
    for source in expressions(path):
        for fault in faults(source):
            assert fault.code.startswith("unsupported"), source
            assert fault.name in source, source


def test_only_paths_and_names_without_marks_are_refused(shared_data):
    """A reader that refused everything would pass the test above."""
    found = [source for path in FILES for source in expressions(path)]
    refused = [source for source in found if faults(source)]
    assert len(found) > 90
    assert 0 < len(refused) < 35
    marks = ("../", "=cf", "=yes", "YES_NO")
    assert all(any(mark in source for mark in marks) for source in refused)
