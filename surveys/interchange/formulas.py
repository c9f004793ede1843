"""Cells that a spreadsheet would take for formulas, made harmless so that it can be undone.

The rule: a cell that begins with any number of apostrophes and then one of = + - @, their
full-width twins, a tab or a carriage return gets one more apostrophe in front. Plain numbers such
as -5 stay as they are. Reading takes that one apostrophe away.
"""

import re
from typing import Final

_SIGNS: Final = "=+\\-@\t\r＝＋－＠"
LIME_OTHER: Final = "-oth-"
_PLAIN: Final = re.compile(rf"(?:-?[0-9]+(?:\.[0-9]+)?|{LIME_OTHER})\Z")
_LIVELY: Final = re.compile(f"'*[{_SIGNS}]")
_GUARDED: Final = re.compile(f"'+[{_SIGNS}]")


def guarded(cell: str) -> str:
    """The cell as it is written."""
    if not _LIVELY.match(cell) or _PLAIN.match(cell):
        return cell
    return f"'{cell}"


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if _GUARDED.match(cell) else cell
