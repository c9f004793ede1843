"""What is said while a file is read or written, collected in one place."""

from dataclasses import dataclass, field

from surveys.interchange.notices import Notice

MOST = 1_000


class Refused(Exception):
    """A file that is not read any further."""

    def __init__(self, message: str, feature: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.feature = feature


@dataclass(slots=True)
class Report:
    """Notices and problems; each is said once."""

    notices: list[Notice] = field(default_factory=list)
    problems: list[Notice] = field(default_factory=list)

    def notice(self, place: str, message: str, feature: str = "", column: str = "") -> None:
        """Something that was changed or left out on the way."""
        _add(self.notices, Notice(place, None, column, message, feature))

    def problem(self, place: str, message: str, feature: str = "", column: str = "") -> None:
        """Something that has to be mended first."""
        _add(self.problems, Notice(place, None, column, message, feature))


def _add(known: list[Notice], said: Notice) -> None:
    if len(known) < MOST and said not in known:
        known.append(said)
