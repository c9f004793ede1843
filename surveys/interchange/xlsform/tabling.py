"""Sheets being written: rows of named cells, and the columns in a fixed order."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from surveys.interchange.xlsform.scanning import REFERENCE
from surveys.interchange.xlsform.stored import stored_cell

LONGEST_CELL: Final = 32_767
_CHUNK: Final = 30_000
#: What XML cannot hold.
_BAD: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPED: Final = re.compile(r"_x[0-9A-Fa-f]{4}_")
_OPEN: Final = "${"
#: A file says when it was made; ours are the same whenever they are.
_MADE: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no time zone
Cells = dict[str, str]


@dataclass(slots=True)
class Table:
    """A sheet being written."""

    name: str
    order: tuple[str, ...] = ()
    rows: list[Cells] = field(default_factory=list)

    def columns(self) -> list[str]:
        """Columns that hold something: the known ones first, then the others as they came."""
        used = dict.fromkeys(name for row in self.rows for name, cell in row.items() if cell)
        known = [name for name in self.order if name in used]
        return [*known, *(name for name in used if name not in known)]


def workbook_bytes(tables: Iterable[Table], always: Mapping[str, Iterable[str]]) -> bytes:
    """The file; every cell is a text, whatever it begins with."""
    workbook = Workbook(write_only=True)
    workbook.properties.created = _MADE
    for table in tables:
        sheet: Any = workbook.create_sheet(table.name)
        columns = table.columns()
        columns += [name for name in always.get(table.name, ()) if name not in columns]
        sheet.append([_cell(sheet, name) for name in columns])
        for row in table.rows:
            sheet.append([_cell(sheet, row.get(name, "")) for name in columns])
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value="")
    cell.value = writable(text)
    cell.data_type = "s"
    return cell


def writable(text: str) -> str:
    """The text without what a cell cannot hold."""
    return _BAD.sub(" ", text)[:LONGEST_CELL]


def survives(text: str, codes: Iterable[str]) -> bool:
    """Whether a text comes back from a cell as it went in, and no tool stumbles over it."""
    if not text or text != text.strip() or len(text) > LONGEST_CELL or _BAD.search(text):
        return False
    if _ESCAPED.search(text):
        return False
    return _OPEN not in text or _only_good_references(text, codes)


def _only_good_references(text: str, codes: Iterable[str]) -> bool:
    good = set(codes)
    return all(match[1] in good for match in REFERENCE.finditer(text)) and _OPEN not in (
        REFERENCE.sub("", text)
    )


def harmless(text: str, codes: Iterable[str]) -> str:
    """The text as other tools can take it: no broken references."""
    good = set(codes)

    def kept(match: re.Match[str]) -> str:
        return match[0] if match[1] in good else f"$ {match[0][1:]}"

    without = REFERENCE.sub(kept, text)
    pieces = re.split(r"(\$\{[^}]*\})", without)
    return "".join(
        piece if REFERENCE.fullmatch(piece) else piece.replace(_OPEN, "$ {") for piece in pieces
    ).strip()


def stored_cells(name: str, content: dict[str, Any]) -> Cells:
    """JSON in one cell, or in several where it is long."""
    whole = stored_cell(content)
    pieces = _pieces(whole)
    return {name if n == 1 else f"{name}_{n}": piece for n, piece in enumerate(pieces, start=1)}


def _pieces(whole: str) -> list[str]:
    """Pieces that begin and end with something that no reader strips."""
    found = []
    while whole:
        end = _CHUNK
        while end < len(whole) and (whole[end - 1].isspace() or whole[end].isspace()):
            end -= 1
        found.append(whole[:end])
        whole = whole[end:]
    return found
