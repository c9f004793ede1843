"""The three sheets of a form, cell by cell under the one names of their columns."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from surveys.interchange.xlsform.columns import TRANSLATABLE, Column, columns_by_title
from surveys.interchange.xlsform.languages import DEFAULT, tag_of
from surveys.interchange.xlsform.remarks import Place, Report, refuse
from surveys.interchange.xlsform.scanning import straight
from surveys.interchange.xlsform.sheets import Book, Row, Sheet

YES = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE", "true()", "TRUE()", "True()"})
NO = frozenset({"no", "No", "NO", "false", "False", "FALSE", "false()", "FALSE()", "False()"})
_SPACES = re.compile(r"( )+")
_SEVERAL = 2
SETTING_TYPES: Final = {
    "form_title": "form_title",
    "set_form_title": "form_title",
    "form_id": "form_id",
    "set_form_id": "form_id",
    "prefix": "prefix",
}
#: Cells that are no words for people.
_EXACT = frozenset(
    {
        "type", "name", "relevant", "required", "constraint", "calculation", "read_only",
        "repeat_count", "choice_filter", "parameters", "trigger", "list_name", "appearance",
        "disabled", "default",
    }
)  # fmt: skip
Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of the survey or the choices."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    #: Words in their languages: column, language, text.
    texts: Mapping[str, Texts]
    titles: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def words(self, column: str) -> Texts:
        return self.texts.get(column, {})

    def place(self, column: str = "") -> Place:
        """Where a cell stands, with the column as the file calls it."""
        return Place(self.sheet, self.number, self.titles.get(column, column))

    def others(self, known: Iterable[str]) -> dict[str, str]:
        """The cells that nobody asked for."""
        names = set(known)
        return {name: cell for name, cell in self.cells.items() if name not in names and name}


@dataclass(slots=True)
class Form:
    """A form as it was written."""

    rows: list[FormRow]
    lists: dict[str, list[FormRow]]
    outside_lists: dict[str, list[FormRow]]
    settings: dict[str, str]
    #: Names of languages in the order of the columns; the default one first.
    languages: list[str]
    default_language: str
    has_entities: bool = False
    #: Rows of the survey that are settings in truth.
    setting_rows: list[FormRow] = field(default_factory=list)


def form_of(book: Book, report: Report) -> Form:
    """Read the sheets; what every tool refuses is refused here."""
    survey = book.sheet("survey")
    if "survey" not in book.sheets or not (survey.columns or survey.rows):
        raise refuse("no_survey", Place("survey"))
    settings = _settings(book.sheet("settings"), report)
    for name in ("entities", "osm"):
        if book.sheet(name).rows:
            report.notice("sheet_not_used", Place(name), name, sheet=name)
    strip = settings.get("clean_text_values", "yes") not in NO
    columns = columns_by_title("survey", survey.columns)
    names = {column.name for column in columns.values()}
    if "type" not in names:
        raise refuse("no_type_column", Place("survey", 1))
    choice_sheet = book.sheet("choices")
    choices = columns_by_title("choices", choice_sheet.columns)
    if choice_sheet.rows and "name" not in {column.name for column in choices.values()}:
        raise refuse("no_choice_name_column", Place("choices", 1))
    outside = columns_by_title("external_choices", book.sheet("external_choices").columns)
    found = _languages([*columns.values(), *choices.values()], settings.get("default_language", ""))
    fallback = found[0]
    rows = [_row("survey", row, columns, fallback, strip=strip) for row in survey.rows]
    taken = _take_settings(rows, settings)
    return Form(
        rows=rows,
        lists=_lists(choice_sheet, choices, fallback, report),
        outside_lists=_lists(book.sheet("external_choices"), outside, fallback, report),
        settings=settings,
        languages=found,
        default_language=fallback,
        has_entities=bool(book.sheet("entities").rows),
        setting_rows=taken,
    )


def _languages(columns: list[Column], default: str) -> list[str]:
    """Languages by their columns, the default one first; texts without one are in the default.

    Where every label names its language, a hint without one is no language of its own.
    """
    words = [column for column in columns if column.name in TRANSLATABLE]
    words = [column for column in words if not column.name.startswith("media::")]
    named = list(dict.fromkeys(column.language for column in words if column.language))
    plain = any(not column.language for column in words)
    labels = [column for column in words if column.name == "label"]
    first = _default_among(named, default) if default else ""
    if not first:
        first = default if default and (plain or not named) else ""
    if not first and (not labels or not labels[0].language or not named):
        first = DEFAULT
    first = first or named[0]
    return [first, *(name for name in named if name != first)]


def _default_among(named: list[str], default: str) -> str:
    """The language that the settings mean, even where they spell it in another way."""
    if default in named:
        return default
    tag = tag_of(default)
    return next((name for name in named if tag and tag_of(name) == tag), "")


def _settings(sheet: Sheet, report: Report) -> dict[str, str]:
    if not sheet.rows:
        return {}
    columns = columns_by_title("settings", sheet.columns)
    if len(sheet.rows) >= _SEVERAL:
        report.notice("settings_rows", Place("settings", sheet.rows[1].number))
    found: dict[str, str] = {}
    for title, cell in sheet.rows[0].cells.items():
        column = columns.get(title)
        if column is not None:
            is_ours = column.key == "form_title" or column.key.startswith("x_")
            found[column.key] = cell if is_ours else straight(cell)
    return found


def _take_settings(rows: list[FormRow], settings: dict[str, str]) -> list[FormRow]:
    """Old forms hold some of their settings among the questions."""
    taken = []
    for row in list(rows):
        name = SETTING_TYPES.get(row.get("type"))
        if name and row.get("disabled") not in YES:
            settings[name] = row.get("name")
            rows.remove(row)
            taken.append(row)
    return taken


def _row(
    sheet: str, row: Row, columns: Mapping[str, Column], default: str, *, strip: bool
) -> FormRow:
    cells: dict[str, str] = {}
    texts: dict[str, Texts] = {}
    plain: dict[str, str] = {}
    titles: dict[str, str] = {}
    for title, raw in row.cells.items():
        column = columns.get(title)
        if column is None:
            continue
        is_ours = column.name.startswith("x_")
        cell = _SPACES.sub(" ", raw).strip() if strip and not is_ours else raw
        titles.setdefault(column.name, title)
        if column.name in TRANSLATABLE and not column.name.startswith("media::"):
            if column.language:
                texts.setdefault(column.name, {})[column.language] = cell
            else:
                plain[column.name] = cell
        else:
            cells[column.key] = straight(cell) if column.name in _EXACT else cell
    for name, cell in plain.items():
        texts.setdefault(name, {}).setdefault(default, cell)
    return FormRow(sheet, row.number, cells, texts, titles)


def _lists(
    sheet: Sheet, columns: Mapping[str, Column], default: str, report: Report
) -> dict[str, list[FormRow]]:
    found: dict[str, list[FormRow]] = {}
    for row in sheet.rows:
        read = _row(sheet.name, row, columns, default, strip=False)
        name = read.get("list_name")
        if name:
            found.setdefault(name, []).append(read)
        else:
            report.notice("choice_without_list", read.place("list_name"))
    return found
