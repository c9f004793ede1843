"""How tables of responses are headed and filled by ourselves, by LimeSurvey and by ODK.

Everything follows from what a question type says of itself: its columns, its cells and the shapes
of its measures. So a new type needs no line here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from core.numbers import whole_number
from surveys.documents import OTHER, Question, QuestionnaireDocument
from surveys.interchange.formulas import LIME_OTHER
from surveys.questions import REGISTRY
from surveys.questions.base import Column, Measure, QuestionType, Shape

STATE: Final = "state"
_TICKED: Final = "1"
_YES: Final = frozenset({"Y", "y", "1", "yes", "OK", "true", "TRUE"})
_NO: Final = frozenset({"N", "n", "0", "no", "false", "FALSE"})


@dataclass(frozen=True, slots=True)
class Layout:
    """A question in a table."""

    section: str
    question: Question
    kind: QuestionType
    columns: tuple[Column, ...]
    #: How many of the first columns say whether an option was chosen.
    ticks: int = 0
    #: Whether the columns are items, and their cells places.
    is_order: bool = False
    is_flag: bool = False
    #: Where the words beside "other" stand.
    other: int | None = None

    @property
    def code(self) -> str:
        return self.question.code

    @property
    def parts(self) -> list[str]:
        return [column.part for column in self.columns]


def layouts(document: QuestionnaireDocument) -> list[Layout]:
    """Every question that has columns."""
    found = []
    for section in document.sections:
        for question in section.questions:
            kind = REGISTRY[question.kind]
            columns = tuple(kind.columns(question, document.default_language))
            if columns:
                found.append(_layout(section.code, question, kind, columns))
    return found


def _layout(
    section: str, question: Question, kind: QuestionType, columns: tuple[Column, ...]
) -> Layout:
    measures = [one for one in kind.measures(question) if one.code == question.code]
    shape = measures[0].shape if measures else None
    parts = [column.part for column in columns]
    ticks = _ticks(measures[0], parts) if shape is Shape.CHOICES else 0
    is_choice = bool(ticks) or (shape is Shape.CHOICE and not parts[0])
    rest = parts[ticks or 1 :]
    has_words = is_choice and rest in ([OTHER], [f"{OTHER}_text"])
    other = len(parts) - 1 if has_words else None
    if rest and ticks and not has_words:
        ticks = 0
    is_order = shape is Shape.ORDER and parts == list(measures[0].options)
    is_flag = shape is Shape.FLAG and len(parts) == 1
    return Layout(section, question, kind, columns, ticks, is_order, is_flag, other)


def _ticks(measure: Measure, parts: Sequence[str]) -> int:
    codes = list(measure.options)
    return len(codes) if list(parts[: len(codes)]) == codes else 0


class Way(Protocol):
    """One convention: headings of a question, its cells on the way out and on the way in."""

    #: Columns that stand before those of the questions.
    first: tuple[str, ...]
    #: Whether states stand in columns of their own.
    has_states: bool
    #: Whether the file begins with a byte order mark.
    has_mark: bool

    def headings(self, layout: Layout) -> list[str]: ...

    def out(self, layout: Layout, cells: Sequence[str]) -> list[str]: ...

    def back(self, layout: Layout, values: Sequence[str]) -> list[str]: ...


class Own:
    """Names that statistics packages take, and a state for each question: nothing is lost."""

    first: tuple[str, ...] = ("id", "submitted_on", "language")
    has_states = True
    has_mark = False

    def headings(self, layout: Layout) -> list[str]:
        names = [column.name for column in layout.columns]
        return [*names, f"{layout.code}__{STATE}"]

    def out(self, layout: Layout, cells: Sequence[str]) -> list[str]:
        del layout
        return list(cells)

    def back(self, layout: Layout, values: Sequence[str]) -> list[str]:
        return list(values[: len(layout.columns)])


class LimeSurvey:
    """Headings by code, such as `Q1`, `Q1[other]`, `Q2[a]`, `Q4[1]`."""

    first: tuple[str, ...] = ("id", "submitdate", "lastpage", "startlanguage", "seed")
    has_states = False
    has_mark = True

    def headings(self, layout: Layout) -> list[str]:
        if layout.is_order:
            return [f"{layout.code}[{place}]" for place in range(1, len(layout.columns) + 1)]
        if layout.ticks and layout.other is not None:
            # One column says both that "other" was chosen and in which words.
            ticks = layout.parts[: layout.ticks - 1]
            return [f"{layout.code}[{part}]" for part in [*ticks, OTHER]]
        return [f"{layout.code}[{part}]" if part else layout.code for part in layout.parts]

    def out(self, layout: Layout, cells: Sequence[str]) -> list[str]:
        if layout.is_order:
            return _ordered(layout, cells)
        if layout.ticks:
            found = ["Y" if cell == _TICKED else _unless_no(cell) for cell in cells[: layout.ticks]]
            if layout.other is not None:
                words = cells[layout.other]
                found[-1] = words or (LIME_OTHER if found[-1] == "Y" else found[-1])
            return found
        if layout.is_flag:
            return ["Y" if cell == _TICKED else cell for cell in cells]
        return [_lime(layout, cell) for cell in cells]

    def back(self, layout: Layout, values: Sequence[str]) -> list[str]:
        if layout.is_order:
            return _placed(layout, values)
        if layout.ticks:
            words = values[layout.ticks - 1] if layout.other is not None else ""
            ticks = [*values[: layout.ticks]]
            if layout.other is not None:
                ticks[-1] = "Y" if words else ""
            found = _ticked(ticks)
            if layout.other is not None:
                found.append("" if words == LIME_OTHER else words)
            return found
        if layout.is_flag:
            return [_TICKED if value in _YES else "" if value in _NO else value for value in values]
        return [_ours(layout, value) for value in values]


class Odk:
    """Headings by path, such as `about/sector`; several answers in one cell and one by one."""

    first: tuple[str, ...] = ("SubmissionDate", "KEY")
    has_states = False
    has_mark = False

    def headings(self, layout: Layout) -> list[str]:
        path = f"{layout.section}/{layout.code}"
        if layout.is_order:
            return [path]
        parts = [f"{path}/{part}" if part else path for part in layout.parts]
        if layout.ticks:
            parts = [path, *parts]
        if layout.other is not None:
            parts[-1] = f"{path}_{OTHER}"
        return parts

    def out(self, layout: Layout, cells: Sequence[str]) -> list[str]:
        if layout.is_order:
            return [" ".join(entry for entry in _ordered(layout, cells) if entry)]
        if layout.is_flag:
            return ["OK" if cell == _TICKED else cell for cell in cells]
        if not layout.ticks:
            return list(cells)
        codes = layout.parts[: layout.ticks]
        chosen = [code for code, cell in zip(codes, cells, strict=False) if cell == _TICKED]
        strange = [cell for cell in cells[: layout.ticks] if cell not in {_TICKED, "0", ""}]
        ticks = [""] * layout.ticks if strange else list(cells[: layout.ticks])
        return [" ".join(chosen + strange), *ticks, *cells[layout.ticks :]]

    def back(self, layout: Layout, values: Sequence[str]) -> list[str]:
        if layout.is_order:
            return _placed(layout, values[0].split())
        if layout.is_flag:
            return [_TICKED if value in _YES else "" if value in _NO else value for value in values]
        if not layout.ticks:
            return list(values)
        codes, chosen = layout.parts[: layout.ticks], values[0].split()
        ticks = ["Y" if code in chosen else "" for code in codes]
        strange = [code for code in chosen if code not in codes]
        if strange:
            ticks[ticks.index("") if "" in ticks else 0] = strange[0]
        found = _ticked(ticks if chosen else values[1 : 1 + layout.ticks])
        return [*found, *values[1 + layout.ticks :]]


def _unless_no(cell: str) -> str:
    return "" if cell == "0" else cell


def _lime(layout: Layout, cell: str) -> str:
    """What was not shown is as empty there as what was left open."""
    if cell == "not_shown":
        return ""
    return LIME_OTHER if layout.other is not None and cell == OTHER else cell


def _ours(layout: Layout, value: str) -> str:
    return OTHER if layout.other is not None and value == LIME_OTHER else value


def _ticked(values: Sequence[str]) -> list[str]:
    """Ticks of ours: 1 and 0 where anything was chosen, nothing where nothing was."""
    found = [_TICKED if value in _YES else "" if value in _NO else value for value in values]
    if _TICKED not in found:
        return found
    return [cell or "0" for cell in found]


def _ordered(layout: Layout, cells: Sequence[str]) -> list[str]:
    """Items by their places, equals joined by "="; a state stands first."""
    places: dict[int, list[str]] = {}
    for part, cell in zip(layout.parts, cells, strict=True):
        place = whole_number(cell)
        if place is not None:
            places.setdefault(place, []).append(part)
    found = ["=".join(places[place]) for place in sorted(places)]
    if not found:
        found = [cell for cell in cells if cell][:1]
    return [*found, *[""] * len(cells)][: len(cells)]


def _placed(layout: Layout, values: Sequence[str]) -> list[str]:
    """Places by items; one word alone that is no item may be a state, and the type looks at it.

    Raises ValueError where a place holds no item, or one that has a place already.
    """
    places: dict[str, str] = {}
    strange: list[str] = []
    number = 1
    entries = [value for value in values if value]
    for entry in entries:
        codes = entry.split("=")
        if not set(codes) <= set(layout.parts) or set(codes) & set(places):
            strange.append(entry)
        places |= dict.fromkeys(codes, str(number))
        number += len(codes)
    if strange and entries != strange[:1]:
        raise ValueError(strange[0])
    found = [places.get(part, "") for part in layout.parts]
    return [*strange, *found[1:]] if strange else found
