"""A form as plain sheets, whatever the file was: rows of texts under the names of their columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from surveys.interchange.xlsform.remarks import Place, Report, refuse

#: The sheets that mean something, by their names in lower case.
SHEETS: Final = ("survey", "choices", "settings", "external_choices", "entities", "osm")
MOST_ROWS: Final = {"survey": 2_000, "choices": 20_000, "external_choices": 20_000}
MOST_OTHER_ROWS = 1_000
MOST_COLUMNS = 500
LONGEST_CELL = 40_000
#: Other tools stop reading after so many blank rows or columns.
BLANK_ROWS = 60
BLANK_COLUMNS = 20
_SPACES = re.compile(r"( )+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; only cells that hold something."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Sheet:
    """One sheet: the names of its columns as they were written, and its rows."""

    name: str
    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """The sheets of a file."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def sheet(self, name: str) -> Sheet:
        """A sheet, or an empty one where the file has none."""
        return self.sheets.get(name) or Sheet(name)


def limit_of(sheet: str) -> int:
    return MOST_ROWS.get(sheet, MOST_OTHER_ROWS)


def columns_of(sheet: str, titles: Iterable[object], report: Report) -> list[str | None]:
    """The names of the columns; reading stops after a run of blank ones."""
    found: list[str | None] = []
    blank = 0
    for place, title in enumerate(titles):
        if place >= MOST_COLUMNS:
            raise refuse("too_many_columns", Place(sheet, 1), "size", limit=MOST_COLUMNS)
        if title is None or (isinstance(title, str) and not title.strip()):
            if blank == BLANK_COLUMNS:
                break
            blank += 1
            found.append(None)
            continue
        if not isinstance(title, str):
            raise refuse("column_is_number", Place(sheet, 1), title=title)
        blank = 0
        name = _SPACES.sub(" ", title.strip())
        if name in found:
            if title in found:
                raise refuse("column_twice", Place(sheet, 1, name), name=name)
            report.notice("column_twice_but_spaces", Place(sheet, 1, name), name=name)
        found.append(name)
    while found and found[-1] is None:
        found.pop()
    return found


def add_rows(
    sheet: Sheet,
    columns: Sequence[str | None],
    rows: Iterable[tuple[int, Sequence[str]]],
    report: Report,
) -> None:
    """Take the rows in; blank ones are left out, and a long blank stretch ends the sheet."""
    sheet.columns = [name for name in columns if name is not None]
    untitled = [place for place, name in enumerate(columns) if name is None]
    last = 1
    for number, cells in rows:
        kept = {
            name: cell
            for name, cell in zip(columns, cells, strict=False)
            if name is not None and cell
        }
        if not kept:
            if number - last > BLANK_ROWS * 20:
                break
            continue
        if number - last > BLANK_ROWS + 1:
            report.notice("rows_after_blank", Place(sheet.name, number), "blank rows")
            break
        last = number
        if any(place < len(cells) and cells[place] for place in untitled):
            report.notice("cells_without_title", Place(sheet.name, number))
            untitled = []
        _check_size(sheet, number, kept)
        sheet.rows.append(Row(number, kept))


def _check_size(sheet: Sheet, number: int, cells: dict[str, str]) -> None:
    limit = limit_of(sheet.name)
    if len(sheet.rows) >= limit:
        raise refuse("too_many_rows", Place(sheet.name, number), "size", limit=limit)
    for name, cell in cells.items():
        if len(cell) > LONGEST_CELL:
            place = Place(sheet.name, number, name)
            raise refuse("cell_too_long", place, "size", limit=LONGEST_CELL)
