"""Responses collected elsewhere: read with a mapping, checked row by row, stored once.

The record id of a row decides its place: running the same file again changes nothing, and a
corrected file replaces just the rows that differ.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.types import AnswerState
from consultation.people.classifications import find_country
from core.errors import Invalid
from surveys.interchange.mapping import MappedQuestion, Mapping, match_label

LONGEST_FIELD = 1_000_000
TEXT_KINDS = frozenset({"long_text", "short_text"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that would not be stored, and why; never what the row said."""

    file: str
    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportedText:
    """One free text of a record."""

    question: str
    text: str
    language: str


@dataclass(slots=True)
class Record:
    """One response as it will be stored."""

    key: str
    line: int
    language: str
    sector: str | None
    country: str | None
    answers: dict[str, dict[str, Any]]
    texts: dict[str, ImportedText] = field(default_factory=dict)

    def content_hash(self) -> str:
        """Changes when anything of the record changes."""
        content = [
            self.language,
            self.sector,
            self.country,
            self.answers,
            {code: [text.text, text.language] for code, text in self.texts.items()},
        ]
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class Reading:
    """All that the files hold, and all that is wrong with them."""

    records: list[Record] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    unmapped_columns: list[str] = field(default_factory=list)


def read_files(mapping: Mapping, files: list[Path]) -> Reading:
    """Read every file that the mapping names; a missing one is said before anything is read."""
    by_name = {path.name: path for path in files}
    wanted = [mapping.responses.file, *([mapping.texts.file] if mapping.texts else [])]
    missing = [name for name in wanted if name not in by_name]
    if missing:
        message = f"The mapping names {', '.join(missing)}; add it to the command."
        raise Invalid(message)
    reading = _read_responses(mapping, by_name[mapping.responses.file])
    if mapping.texts:
        _read_texts(mapping, by_name[mapping.texts.file], reading)
    return reading


def questions_by_column(mapping: Mapping, columns: list[str]) -> dict[str, MappedQuestion]:
    """Which question each column answers; a pattern takes the columns it has labels for."""
    found: dict[str, MappedQuestion] = {}
    for question in mapping.questions:
        names = list(question.labels) if "*" in question.column else [question.column]
        for name in names:
            if question.kind in TEXT_KINDS or name in columns:
                found[name] = question
    return found


def _read_responses(mapping: Mapping, path: Path) -> Reading:
    reading = Reading()
    with path.open(encoding=mapping.responses.encoding, newline="") as stream:
        csv.field_size_limit(LONGEST_FIELD)
        rows = csv.DictReader(stream, delimiter=mapping.responses.delimiter)
        columns = reading.columns = list(rows.fieldnames or [])
        questions = questions_by_column(mapping, columns)
        _check_columns(mapping, columns, path)
        reading.unmapped_columns = _unmapped(mapping, columns, questions)
        seen: set[str] = set()
        for row in rows:
            problems: list[tuple[str, str]] = []
            record = _read_row(mapping, questions, row, rows.line_num, problems)
            if not record.key:
                problems.append((mapping.responses.record, "the record id is empty"))
            elif record.key in seen:
                problems.append((mapping.responses.record, "the record id stands twice"))
            seen.add(record.key)
            if problems:
                reading.refusals.extend(
                    Refusal(path.name, rows.line_num, column, reason) for column, reason in problems
                )
            else:
                reading.records.append(record)
    return reading


def _check_columns(mapping: Mapping, columns: list[str], path: Path) -> None:
    needed = [mapping.responses.record]
    needed += [part.column for part in (mapping.language, mapping.sector, mapping.country) if part]
    needed += [
        question.column
        for question in mapping.questions
        if question.kind not in TEXT_KINDS and "*" not in question.column
    ]
    absent = sorted(set(needed) - set(columns))
    if absent:
        message = f"{path.name} has no column {', '.join(absent)}. Mend the mapping or the file."
        raise Invalid(message)


def _unmapped(
    mapping: Mapping, columns: list[str], questions: dict[str, MappedQuestion]
) -> list[str]:
    used = {mapping.responses.record, *mapping.ignore, *questions}
    used |= {part.column for part in (mapping.language, mapping.sector, mapping.country) if part}
    return [column for column in columns if column not in used]


def _read_row(
    mapping: Mapping,
    questions: dict[str, MappedQuestion],
    row: dict[str, str],
    line: int,
    problems: list[tuple[str, str]],
) -> Record:
    """One row; what does not fit goes to `problems` as column and reason."""
    if None in row or None in row.values():
        problems.append(("(row)", "the row has more or fewer cells than the heading"))
    answers = {
        column: _read_answer(mapping, question, column, row.get(column) or "", problems)
        for column, question in questions.items()
        if question.kind not in TEXT_KINDS
    }
    return Record(
        key=(row.get(mapping.responses.record) or "").strip(),
        line=line,
        language=_coded(mapping.language, row, problems) or mapping.default_language,
        sector=_coded(mapping.sector, row, problems),
        country=_country(mapping, row, problems),
        answers=answers,
    )


def _coded(part: Any, row: dict[str, str], problems: list[tuple[str, str]]) -> str | None:
    if part is None:
        return None
    label = (row.get(part.column) or "").strip()
    try:
        return match_label(part.codes, label)
    except KeyError:
        if label:
            problems.append((part.column, "the mapping has no code for this label"))
        return None


def _country(mapping: Mapping, row: dict[str, str], problems: list[tuple[str, str]]) -> str | None:
    if mapping.country is None:
        return None
    name = (row.get(mapping.country.column) or "").strip()
    if not name:
        return None
    code = mapping.country.aliases.get(name) or find_country(name, mapping.country.language)
    if code is None:
        problems.append((mapping.country.column, "no country has this name; add an alias"))
    return code


def _read_answer(
    mapping: Mapping,
    question: MappedQuestion,
    column: str,
    cell: str,
    problems: list[tuple[str, str]],
) -> dict[str, Any]:
    label = cell.strip()
    missing = {**mapping.missing, **question.missing}
    if label in missing:
        return {"state": missing[label], "value": None}
    try:
        return {"state": AnswerState.ANSWERED.value, "value": _value(question, label)}
    except KeyError:
        problems.append((column, "the mapping has no code for this label"))
    except ValueError:
        problems.append((column, f"expected a whole number from 1 to {question.points}"))
    return {"state": AnswerState.SKIPPED.value, "value": None}


def _value(question: MappedQuestion, label: str) -> Any:
    if question.kind == "rating_scale":
        value = int(match_label(question.codes, label) or "") if question.codes else int(label)
        if not 1 <= value <= question.points:
            raise ValueError(label)
        return value
    if question.kind == "multiple_choice":
        parts = [part.strip() for part in label.split(question.separator) if part.strip()]
        return [match_label(question.codes, part) for part in parts]
    return match_label(question.codes, label)


def _read_texts(mapping: Mapping, path: Path, reading: Reading) -> None:
    part = mapping.texts
    if part is None:
        return
    records = {record.key: record for record in reading.records}
    wanted = {q.column for q in mapping.questions if q.kind in TEXT_KINDS}
    for line, item in _json_lines(path, reading):
        record = records.get(str(item.get(part.record, "")))
        question = str(item.get(part.question, ""))
        text = item.get(part.text)
        if record is None:
            reason = "no stored response has this record id"
            reading.refusals.append(Refusal(path.name, line, part.record, reason))
        elif question not in wanted:
            reason = "the mapping has no question of this name"
            reading.refusals.append(Refusal(path.name, line, part.question, reason))
        elif question in record.texts:
            reason = "this record has a text for this question already"
            reading.refusals.append(Refusal(path.name, line, part.question, reason))
        elif not isinstance(text, str) or not text.strip():
            reading.refusals.append(Refusal(path.name, line, part.text, "the text is empty"))
        else:
            label = str(item.get(part.language or "", ""))
            record.texts[question] = ImportedText(
                question, text, _text_language(mapping, label) or record.language
            )


def _text_language(mapping: Mapping, label: str) -> str | None:
    if mapping.language is None or not label:
        return None
    try:
        return match_label(mapping.language.codes, label)
    except KeyError:
        return None


def _json_lines(path: Path, reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig") as stream:
        for line, text in enumerate(stream, start=1):
            if not text.strip():
                continue
            try:
                item = json.loads(text)
            except json.JSONDecodeError:
                item = None
            if isinstance(item, dict):
                yield line, item
            else:
                reading.refusals.append(Refusal(path.name, line, "(line)", "not a JSON object"))


def document_from(mapping: Mapping, columns: list[str]) -> dict[str, Any]:
    """The questionnaire that the mapping describes, so that imported answers have one."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for column, question in questions_by_column(mapping, columns).items():
        label = question.labels.get(column) or question.label or {"en": column}
        entry = {
            "code": column,
            "kind": question.kind,
            "label": label,
            "required": False,
            "settings": _settings_of(question),
        }
        sections.setdefault(question.section, []).append(entry)
    language = mapping.default_language
    return {
        "title": mapping.title,
        "default_language": language,
        "languages": [language],
        "sections": [
            {
                "code": code,
                "title": mapping.sections.get(code) or {language: code},
                "questions": entries,
            }
            for code, entries in sections.items()
        ],
    }


def _settings_of(question: MappedQuestion) -> dict[str, Any]:
    no_opinion = "dont_know" in question.missing.values()
    if question.kind == "rating_scale":
        return {"points": question.points, "no_opinion": no_opinion}
    if question.kind in TEXT_KINDS:
        return {"max_length": LONGEST_FIELD, "quotable": False}
    codes = dict.fromkeys(question.codes.values())
    return {
        "options": [
            {"code": code, "label": question.options.get(code) or {"en": code.replace("_", " ")}}
            for code in codes
        ],
        "no_opinion": no_opinion,
        **({"group": True} if question.group else {}),
    }
