"""What there is to say about a file, before it is put into the reader's language."""

from dataclasses import asdict, dataclass, field
from typing import Any

#: So many are kept of each kind; a file with more faults than this is not mended line by line.
MOST_REMARKS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A cell, a row (no column), a sheet (row 0), or the file itself."""

    sheet: str = ""
    row: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say: the code of a sentence, and what stands in its gaps."""

    code: str
    place: Place
    #: What is not offered here, in the words of other tools; "" for a plain mistake.
    feature: str = ""
    values: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The file cannot be read any further."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.code)
        self.remark = remark


def refuse(
    code: str, place: Place | None = None, feature: str = "", /, **values: object
) -> Refused:
    """The error that ends the reading."""
    return Refused(Remark(code, place or Place(), feature, _strings(values)))


@dataclass(slots=True)
class Report:
    """All remarks about one file."""

    notices: list[Remark] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)

    def notice(self, code: str, place: Place, feature: str = "", /, **values: object) -> None:
        """Something the reader should know; the import goes on."""
        self._add(self.notices, Remark(code, place, feature, _strings(values)))

    def problem(self, code: str, place: Place, feature: str = "", /, **values: object) -> None:
        """Something that keeps the form from being used."""
        self._add(self.problems, Remark(code, place, feature, _strings(values)))

    @staticmethod
    def _add(remarks: list[Remark], remark: Remark) -> None:
        if len(remarks) < MOST_REMARKS and remark not in remarks[-20:]:
            remarks.append(remark)

    def as_data(self) -> dict[str, Any]:
        return {
            "notices": [asdict(remark) for remark in self.notices],
            "problems": [asdict(remark) for remark in self.problems],
        }


def remark_from(data: dict[str, Any]) -> Remark:
    """The remark that `Report.as_data` made."""
    place = Place(**data["place"])
    return Remark(data["code"], place, data["feature"], data["values"])


def _strings(values: dict[str, object]) -> dict[str, str]:
    return {name: _short(str(value)) for name, value in values.items()}


def _short(text: str, most: int = 300) -> str:
    """Long cells are cut in messages; what does not print is left out."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text[:most])
    return clean if len(text) <= most else f"{clean}…"
