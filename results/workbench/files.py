"""A codebook as a file: CSV for a spreadsheet, JSON for a program; what goes out comes back equal."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

from babel import Locale, UnknownLocaleError

from consultation.contributions.services import clean_text
from core.i18n import _
from results.workbench.edits import WORDS
from results.workbench.models import Theme, ThemeKind, ThemeState
from results.workbench.services import LONGEST_NAME, LONGEST_TEXT, MOST_THEMES
from surveys.interchange.formulas import guarded, unguarded

STARTING = Path(__file__).with_name("starting.json")
FORMAT: Final = "polylogue-codebook"
MOST_BYTES: Final = 5_000_000
MOST_PROBLEMS: Final = 200
CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_FIRST: Final = ("code", "kind", "parent", "state", "merged_into")
#: Columns that say how well a theme was coded; they are written for readers and never taken in.
QUALITY: Final = (
    *("kappa", "alpha", "coded_by_two", "not_blind"),
    *("sample_coded", "signed_version"),
)
_BOM: Final = "\ufeff"
_SEPARATORS: Final = (",", ";", "\t")
_STATES: Final = frozenset(state.value for state in ThemeState)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a codebook file. A field that the file does not speak of is None."""

    code: str
    kind: str | None = None
    parent: str | None = None
    state: str | None = None
    merged_into: str | None = None
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    row: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where."""

    row: int | None
    column: str
    message: str


@dataclass(slots=True)
class ReadFile:
    """What was in a file; it is taken in only where there are no problems."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def problem(self, row: int | None, column: str, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(row, column, message))


def entries_of(themes: Iterable[Theme]) -> list[Entry]:
    """The themes as a file holds them; of what was taken out only what the others refer to."""
    everything = list(themes)
    kept = _kept(everything)
    rows = [theme for theme in everything if theme.id in kept]
    codes = {theme.id: theme.code for theme in rows}
    return [
        Entry(
            code=theme.code,
            kind=theme.kind.value,
            parent=codes.get(theme.parent_id, ""),
            state=theme.state.value,
            merged_into=codes.get(theme.merged_into_id, ""),
            words={name: dict(getattr(theme, name)) for name in WORDS},
        )
        for theme in rows
    ]


def _kept(themes: list[Theme]) -> set[int | None]:
    """The ids of what is not taken out, of its areas, and of all that it was merged into."""
    by_id = {theme.id: theme for theme in themes}
    found: set[int | None] = set()
    waiting = [theme.id for theme in themes if theme.state is not ThemeState.DROPPED]
    while waiting:
        theme = by_id.get(waiting.pop())
        if theme is not None and theme.id not in found:
            found.add(theme.id)
            waiting += [theme.parent_id, theme.merged_into_id]
    return found


def write_json(entries: Iterable[Entry], quality: Mapping[str, Any] | None = None) -> bytes:
    """The document; how well it was coded stands beside it, and reading passes over that."""
    document = document_of(entries) | ({} if quality is None else {"quality": dict(quality)})
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def document_of(entries: Iterable[Entry]) -> dict[str, Any]:
    """The document of a codebook, without what is empty."""
    rows = []
    for entry in entries:
        row: dict[str, Any] = {"code": entry.code}
        for name in ("kind", "parent", "state", "merged_into"):
            if getattr(entry, name):
                row[name] = getattr(entry, name)
        row |= {name: texts for name, texts in entry.words.items() if texts}
        rows.append(row)
    return {"format": FORMAT, "version": 1, "themes": rows}


def write_csv(
    entries: list[Entry],
    languages: list[str],
    quality: Callable[[str], Mapping[str, str]] | None = None,
) -> bytes:
    """A row a theme, a column a text and language; no cell starts a formula.

    `quality` gives the cells of a code that say how well it was coded.
    """
    found = {language for entry in entries for texts in entry.words.values() for language in texts}
    order = [*languages, *sorted(found - set(languages))]
    stream = StringIO(newline="")
    writer = csv.writer(stream)
    columns = [(name, language) for name in WORDS for language in order]
    more = () if quality is None else QUALITY
    writer.writerow([*_FIRST, *(f"{name}_{language}" for name, language in columns), *more])
    for entry in entries:
        cells = [getattr(entry, name) or "" for name in _FIRST]
        cells += [entry.words.get(name, {}).get(language, "") for name, language in columns]
        if quality is not None:
            known = quality(entry.code)
            cells += [known[name] for name in QUALITY]
        writer.writerow(map(guarded, cells))
    return (_BOM + stream.getvalue()).encode()


def starting() -> ReadFile:
    """Our own codebook to begin with: eight areas and twenty themes, in English and French."""
    return read(STARTING.read_bytes(), "starting.json", "en")


def read(data: bytes, name: str, default_language: str) -> ReadFile:
    """Read a file; what does not fit is named by row and column, and then nothing is taken in."""
    found = ReadFile()
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        found.problem(
            None, "", _("The file is too big. At most %(limit)s MB are read.", limit=limit)
        )
        return found
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found.problem(None, "", _("The file is not encoded in UTF-8. Save it as UTF-8."))
        return found
    rows = _json_rows(text, found) if name.lower().endswith(".json") else _csv_rows(text, found)
    if len(rows) > MOST_THEMES:
        message = _(
            "The file has %(n)s rows. A codebook holds at most %(limit)s themes.",
            n=len(rows),
            limit=MOST_THEMES,
        )
        found.problem(None, "", message)
        return found
    _Checker(found, default_language).check(rows)
    return found


def _json_rows(text: str, found: ReadFile) -> list[tuple[int, dict[str, Any]]]:
    def pairs(row: list[tuple[str, Any]]) -> dict[str, Any]:
        # Names are shown again, and half a character cannot be.
        names = [clean_text(name) for name, _value in row]
        for name in sorted({name for name in names if names.count(name) > 1}):
            found.problem(None, name, _twice(name))
        return dict(zip(names, (value for _name, value in row), strict=True))

    try:
        raw = json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        found.problem(None, "", _("This is no JSON file."))
        return []
    rows = raw.get("themes") if isinstance(raw, dict) else None
    if not isinstance(rows, list):
        found.problem(None, "themes", _("The file holds no list of themes."))
        return []
    flat: list[tuple[int, dict[str, Any]]] = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            found.problem(number, "", _("This entry is no theme."))
            continue
        cells: dict[str, Any] = {}
        for key, value in row.items():
            nested = key in WORDS and isinstance(value, dict)
            more = {f"{key}_{tag}": text for tag, text in value.items()} if nested else {key: value}
            for column in sorted(more.keys() & cells.keys()):
                found.problem(number, column, _twice(key if nested else column.split("_")[0]))
            cells |= more
        flat.append((number, cells))
    return flat


def _twice(other: str) -> str:
    return _("The same text stands in “%(other)s” too. Keep one of the two.", other=other)


def _csv_rows(text: str, found: ReadFile) -> list[tuple[int, dict[str, Any]]]:
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    rows: list[tuple[int, dict[str, Any]]] = []
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
        headings = [_heading(cell) for cell in next(reader, [])]
        # Spreadsheets write columns that only look filled.
        while headings and not headings[-1]:
            headings.pop()
        for heading in sorted({one for one in headings if headings.count(one) > 1}):
            found.problem(1, heading, _("Two columns have this heading."))
        for number, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            filled = len(headings)
            if len(cells) < filled or any(cell.strip() for cell in cells[filled:]):
                found.problem(number, "", _("The row has more or fewer cells than the heading."))
                continue
            rows.append((number, dict(zip(headings, map(unguarded, cells[:filled]), strict=True))))
    except csv.Error as error:
        message = _("The file cannot be read as a table: %(reason)s.", reason=str(error))
        found.problem(None, "", message)
    return rows


def _heading(cell: str) -> str:
    """A heading in one spelling: small letters, and the tag of a language as tags are written."""
    name, separator, language = cell.strip().partition("_")
    name = name.lower()
    return (
        f"{name}_{language_tag(language)}" if separator and name in WORDS else cell.strip().lower()
    )


def language_tag(written: str) -> str:
    """The tag of a language as it was written; only its letters are made small and capital.

    `zh-TW` and `iw` stay what they are: to a consultation another spelling is another language.
    """
    first, *rest = written.strip().replace("_", "-").split("-")
    cased = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(cased.get(len(part), str.lower)(part) for part in rest)])


class _Checker:
    """Rows of cells to entries."""

    def __init__(self, found: ReadFile, default_language: str) -> None:
        self.found = found
        self.default = default_language
        self.columns: dict[str, tuple[str, str] | None] = {}

    def check(self, rows: list[tuple[int, dict[str, Any]]]) -> None:
        if not rows and not self.found.problems:
            self.found.problem(None, "", _("The file holds no theme."))
        seen: dict[str, int] = {}
        for number, cells in rows:
            entry = self.entry(number, cells)
            if entry is None:
                continue
            if entry.code in seen:
                message = _("The code stands in row %(row)s already.", row=seen[entry.code])
                self.found.problem(number, "code", message)
            seen.setdefault(entry.code, number)
            self.found.entries.append(entry)

    def entry(self, number: int, cells: Mapping[str, Any]) -> Entry | None:
        texts: dict[str, str] = {}
        for column, value in cells.items():
            if value is not None and not isinstance(value, str):
                self.found.problem(number, column, _("This must be a text."))
                return None
            texts[column] = clean_text(value or "")
        code = texts.get("code", "").lower()
        if not CODE.match(code):
            message = _(
                "Give each theme a code of at most 40 small letters, digits and underscores "
                "that begins with a letter."
            )
            self.found.problem(number, "code", message)
            return None
        return Entry(
            code=code,
            kind=self.one_of(number, "kind", texts, {kind.value for kind in ThemeKind}),
            parent=_lower(texts.get("parent")),
            state=self.one_of(number, "state", texts, _STATES),
            merged_into=_lower(texts.get("merged_into")),
            words=self.words(number, texts),
            row=number,
        )

    def one_of(
        self, number: int, column: str, texts: Mapping[str, str], allowed: Iterable[str]
    ) -> str | None:
        value = texts.get(column, "").lower()
        if value and value not in allowed:
            message = _("This must be one of: %(values)s.", values=", ".join(sorted(allowed)))
            self.found.problem(number, column, message)
        return value or None

    def words(self, number: int, texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        columns: dict[tuple[str, str], str] = {}
        for column, text in texts.items():
            place = self.place(number, column)
            if place is None:
                continue
            if place in columns:
                self.found.problem(number, column, _twice(columns[place]))
            columns[place] = column
            name, language = place
            longest = LONGEST_NAME if name == "name" else LONGEST_TEXT
            if len(text) > longest:
                message = _("Write at most %(limit)s characters.", limit=longest)
                self.found.problem(number, column, message)
            found.setdefault(name, {})[language] = text
        return found

    def place(self, number: int, column: str) -> tuple[str, str] | None:
        """The text and the language that a column holds; a bare heading means the first language."""
        if column not in self.columns:
            self.columns[column] = self.read_heading(number, column)
        return self.columns[column]

    def read_heading(self, number: int, column: str) -> tuple[str, str] | None:
        if column in _FIRST or column in QUALITY:
            return None
        name, _separator, language = column.partition("_")
        if name not in WORDS:
            self.found.left_out.append(column)
            return None
        if not language:
            return name, self.default
        tag = language_tag(language)
        try:
            Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            self.found.problem(number, column, _("There is no such language."))
            return None
        return name, tag


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()
