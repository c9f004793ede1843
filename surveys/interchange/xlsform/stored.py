"""JSON in cells: what our exports add to a form so that it comes back exactly."""

import json
import re
from typing import Any, Final

#: What a cell cannot hold, what readers of workbooks take for an escape, and what other tools
#: would take for a reference.
_ESCAPE: Final = re.compile(
    "[\x7f-\x9f\u00a0\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|\\$(?=\\{)"
)


def read_stored(cell: str) -> dict[str, Any] | None:
    """The contents of one of our cells; None where somebody changed it beyond reading."""
    try:
        found = json.loads(cell or "{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def part_of(stored: dict[str, Any], name: str) -> dict[str, Any]:
    """A part that should be an object; an empty one where somebody made it something else."""
    found = stored.get(name)
    return found if isinstance(found, dict) else {}


def stored_cell(content: dict[str, Any]) -> str:
    """A cell to be read again; other tools find no reference to a question in it."""
    whole = json.dumps(content, ensure_ascii=False)
    return _ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", whole)
