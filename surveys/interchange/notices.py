"""What an import says to the person who brought a file: where, and what to do about it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Notice:
    """One remark on a file; shown escaped, as any other text."""

    #: The sheet, table or question that it is about.
    place: str
    row: int | None
    column: str
    message: str
    #: What could not be taken over as it was, for notices that count such things.
    feature: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """A questionnaire that was read, or None where problems forbid it.

    Notices say what was changed on the way; problems say what has to be mended first.
    """

    document: dict[str, Any] | None
    notices: tuple[Notice, ...] = ()
    problems: tuple[Notice, ...] = ()
