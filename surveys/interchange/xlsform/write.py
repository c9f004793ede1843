"""Questionnaires of ours as XLSForm: valid for other tools, and the very same when they come back."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from surveys.documents import Question, QuestionnaireDocument, Section, Texts
from surveys.interchange.xlsform.form import NO, YES
from surveys.interchange.xlsform.kinds import Part, Written, written
from surveys.interchange.xlsform.languages import DEFAULT, UNKNOWN, full_name
from surveys.interchange.xlsform.names import QUESTION_CODE, Codes, question_code
from surveys.interchange.xlsform.own import PART, SECTION
from surveys.interchange.xlsform.scanning import quoted, straight
from surveys.interchange.xlsform.tabling import (
    Cells,
    Table,
    harmless,
    stored_cells,
    survives,
    workbook_bytes,
)

_WORDS: Final = {
    "label": "label",
    "hint": "hint",
    "guidance": "guidance_hint",
    "required_message": "required_message",
    "constraint_message": "constraint_message",
}
_COLUMN: Final = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_KEPT_COLUMNS: Final = ("media::", "no_app_error_string::")
#: Columns of ours that no column of another tool may overwrite.
_RESERVED: Final = frozenset({"list_name", "name", "label", "type", "x_rule", "x_relevant"})
_BRACES: Final = re.compile(r"\{(\w[\w.\-]*)\}")


def write_xlsform(document: QuestionnaireDocument) -> bytes:
    """The questionnaire as a workbook of three sheets."""
    return _Writer(document).workbook()


@dataclass(slots=True)
class _Writer:
    document: QuestionnaireDocument
    names: dict[str, str] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()
    given: Codes = field(default_factory=Codes)
    list_names: Codes = field(default_factory=Codes)
    survey: Table = field(default_factory=lambda: Table("survey"))
    choices: Table = field(default_factory=lambda: Table("choices"))
    settings: Table = field(default_factory=lambda: Table("settings"))
    _lists: dict[str, str] = field(default_factory=dict)

    def workbook(self) -> bytes:
        """Everything in its sheet."""
        self.names = _language_names(self.document)
        self.codes = frozenset(self.document.by_code)
        self.given = Codes(self.codes)
        words = [self.column(name, tag) for name in _WORDS.values() for tag in self.names]
        self.survey.order = ("type", "name", *words)
        self.choices.order = ("list_name", "name", *words)
        for section in self.document.sections:
            self.section(section)
        self.settings.rows.append(self.settings_row())
        always = {
            "survey": ["type", "name", *self.translated(self.survey)],
            "choices": ["list_name", "name", *self.translated(self.choices)],
        }
        tables = [self.survey, self.choices, self.settings]
        return workbook_bytes([table for table in tables if table.rows or table is self.survey], always)

    def translated(self, table: Table) -> list[str]:
        """Every translated column in every language, filled or not."""
        found: list[str] = []
        for column in table.columns():
            name, _mark, language = column.rpartition("::")
            if name and language in self.names.values():
                found += [self.column(name, tag) for tag in self.names]
            elif column in _WORDS.values() and DEFAULT in self.names.values():
                found += [self.column(column, tag) for tag in self.names]
        return list(dict.fromkeys(found))

    def column(self, name: str, tag: str) -> str:
        language = self.names.get(tag, tag)
        return name if language == DEFAULT else f"{name}::{language}"

    def words(self, name: str, texts: Mapping[str, str]) -> Cells:
        """Texts in the columns of their languages, as other tools can take them."""
        return {
            self.column(name, tag): harmless(text, self.codes)
            for tag, text in texts.items()
            if text and tag in self.names
        }

    def survive(self, texts: Mapping[str, str]) -> bool:
        return all(
            tag in self.names and survives(text, self.codes) for tag, text in texts.items()
        )

    def section(self, section: Section) -> None:
        """A page is a group."""
        code = section.code
        is_good = bool(QUESTION_CODE.match(code))
        name = self.given.take(code if is_good else question_code(code))
        stored: dict[str, Any] = {}
        if name != code:
            stored["code"] = code
        if section.randomise:
            stored["randomise"] = True
        for part, texts in (("title", section.title), ("intro", section.intro)):
            if not self.survive(texts):
                stored[part] = texts
        if not _is_fit(section.relevant):
            stored["relevant"] = section.relevant
        extras, lost = self.extras(section.extras)
        if lost:
            stored["extras"] = section.extras
        row = {
            "type": "begin_group",
            "name": name,
            **self.words("label", section.title),
            **self.words("hint", section.intro),
            "relevant": section.relevant,
            **extras,
        }
        if stored:
            row |= {"x_kind": SECTION, **stored_cells("x_settings", stored)}
        self.survey.rows.append(row)
        for question in section.questions:
            self.question(question)
        self.survey.rows.append({"type": "end_group"})

    def question(self, question: Question) -> None:
        """A row, with the rows that help other tools around it."""
        made = written(question, list(self.names))
        list_name = ""
        if made.shown is not None:
            list_name = self.list(question.code, made.shown)
        names = {
            part.name: self.given.take(question_code(f"{question.code}_{part.name}"))
            for part in (*made.before, *made.inside, *made.after)
        }
        for part in made.before:
            self.survey.rows.append(self.part(part, list_name, names))
        self.survey.rows.append(self.row(question, made, list_name))
        for part in made.inside:
            self.survey.rows.append(self.part(part, list_name, names))
        if made.type == "begin_group":
            self.survey.rows.append({"type": "end_group"})
        for part in made.after:
            self.survey.rows.append(self.part(part, list_name, names))

    def row(self, question: Question, made: Written, list_name: str) -> Cells:
        """The row of the question itself."""
        extras, lost = self.extras(question.extras)
        kind = made.type
        if made.is_plain and "type" in question.extras:
            kind = question.extras["type"]
        elif list_name and kind != "begin_group":
            kind = f"{kind} {list_name}"
        choice_filter = self.choice_filter(made)
        rules = [question.constraint, *made.rules]
        row: Cells = {
            "type": kind,
            "name": question.code,
            **{
                cell: text
                for name, column in _WORDS.items()
                for cell, text in self.words(column, getattr(question, name)).items()
            },
            "required": self.required(question),
            "relevant": question.relevant,
            "constraint": _all_of(rules),
            "choice_filter": choice_filter,
            **made.cells,
            **extras,
        }
        pairs = [cells.get("parameters", "") for cells in (made.cells, extras)]
        row["parameters"] = " ".join(filter(None, pairs))
        if made.type == "begin_group":
            for name in ("required", "constraint", *self.columns_of(row, "_message")):
                row.pop(name, None)
        stored = self.stored(question, made, kind, lost=lost)
        if stored:
            row |= {"x_kind": question.kind, **stored_cells("x_settings", stored)}
        return row

    @staticmethod
    def columns_of(row: Cells, ending: str) -> list[str]:
        return [name for name in row if name.partition("::")[0].endswith(ending)]

    @staticmethod
    def required(question: Question) -> str:
        if question.kind in {"note", "calculated"}:
            return ""
        if question.required == "soft":
            return question.extras.get("required", "")
        return "yes" if question.required else ""

    def stored(
        self, question: Question, made: Written, kind: str, *, lost: bool
    ) -> dict[str, Any]:
        """What a reader must be told to make the same question; {} where nothing."""
        overrides: dict[str, Any] = {}
        for name in _WORDS:
            texts: Texts = getattr(question, name)
            is_cut = made.type == "begin_group" and name.endswith("_message")
            if not self.survive(texts) or (texts and is_cut):
                overrides[name] = texts
        if not _is_fit(question.relevant):
            overrides["relevant"] = question.relevant
        lists = {name: options for name, options in made.lists.items() if self.fit(options)}
        is_plain = (
            made.is_plain
            and not overrides
            and not lost
            and not made.rules
            and len(lists) == len(made.lists)
            and self.is_usual(question)
        )
        if is_plain:
            return {}
        overrides |= {"constraint": question.constraint} if question.constraint else {}
        overrides |= {"required": question.required} if question.required else {}
        overrides |= {"extras": question.extras} if question.extras else {}
        settings = {name: v for name, v in question.settings.items() if name not in lists}
        found: dict[str, Any] = {"as": kind, "settings": settings, "question": overrides}
        if lists:
            found["lists"] = {n: self.list(question.code, o) for n, o in lists.items()}
        return {name: part for name, part in found.items() if part or name == "as"}

    def is_usual(self, question: Question) -> bool:
        """Whether rules and marks are such as a reader would make them."""
        if question.required == "soft" and not question.extras.get("required"):
            return False
        if question.required != "soft" and "required" in question.extras:
            return False
        if question.kind in {"note", "calculated"} and (
            question.required or question.constraint or question.constraint_message
            or question.required_message or "calculation" in question.extras
        ):  # fmt: skip
            return False
        if not _is_fit(question.constraint):
            return False
        return "calculation" not in question.extras or question.kind == "note"

    def extras(self, extras: Mapping[str, str]) -> tuple[Cells, bool]:
        """Columns of other tools, and whether any of them cannot be one."""
        found: Cells = {}
        lost = False
        for name, text in extras.items():
            is_column = bool(_COLUMN.match(name)) or name.startswith(_KEPT_COLUMNS)
            is_column = is_column or re.match(r"(?:bind|control|instance)::[\w:.\-]+\Z", name)
            if name in {"type", "required"}:
                continue
            if not is_column or name in _RESERVED or not survives(text, self.codes):
                lost = True
            else:
                found[name] = text
        return found, lost

    def part(self, part: Part, list_name: str, names: Mapping[str, str]) -> Cells:
        """A row that ours skip."""
        own = names[part.name]
        words = {tag: part.label.get(tag) or part.label.get("en", "") for tag in self.names}
        first = next((text for text in part.label.values() if text), own)
        cells = {
            name: _BRACES.sub(lambda match: _named(match, names), cell) if "{" in cell else cell
            for name, cell in part.cells.items()
        }
        kind = f"{part.type} {list_name}" if part.type == "select_one" else part.type
        label = {tag: text or first for tag, text in words.items()}
        return {"type": kind, "name": own, **self.words("label", label), **cells, "x_kind": PART}

    def fit(self, options: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a list comes back from the choices as it is."""
        return all(self._fits(option) for option in options) and bool(options)

    def _fits(self, option: Mapping[str, Any]) -> bool:
        extras = option.get("extras", {})
        relevant = option.get("relevant", "")
        is_usual = set(option) <= {"code", "label", "relevant", "is_anchored", "extras"}
        is_usual = is_usual and option.get("is_anchored", True) is True
        is_usual = is_usual and ("relevant" not in option or bool(relevant))
        is_usual = is_usual and ("extras" not in option or bool(extras))
        label = option["label"]
        has_first = bool(label.get(self.document.default_language))
        return (
            is_usual
            and has_first
            and self.survive(label)
            and _is_fit(relevant)
            and (not relevant or survives(relevant, self.codes))
            and all(survives(text, self.codes) for text in extras.values())
        )

    def list(self, code: str, options: Sequence[Mapping[str, Any]]) -> str:
        """The name of a list; the same options are written once."""
        key = json.dumps(options, sort_keys=True, ensure_ascii=False)
        if key not in self._lists:
            self._lists[key] = self.list_names.take(code)
            rules = _rules(options)
            for option in options:
                self.choices.rows.append(self.choice(self._lists[key], option, rules))
        return self._lists[key]

    def choice(self, name: str, option: Mapping[str, Any], rules: Mapping[str, str]) -> Cells:
        """One row of the choices."""
        row: Cells = {"list_name": name, "name": option["code"]}
        label = option["label"]
        if not any(label.get(tag) for tag in self.names):
            first = next((text for text in label.values() if text), option["code"])
            label = {self.document.default_language: label.get("en") or first}
        row |= self.words("label", label)
        others: dict[str, str] = {}
        for column, text in option.get("extras", {}).items():
            if column == "name":
                row["x_name"] = text
            elif (_COLUMN.match(column) or column.startswith("media::")) and (
                column not in _RESERVED and not column.startswith("x_")
            ):
                row[column] = text
            else:
                others[column] = text
        if others:
            row |= stored_cells("x_extras", others)
        if option.get("is_anchored"):
            row["x_anchored"] = "yes"
        if rules:
            relevant = option.get("relevant", "")
            row |= {"x_relevant": relevant, "x_rule": rules.get(relevant, "0")}
        return row

    @staticmethod
    def choice_filter(made: Written) -> str:
        """The options' own conditions as one filter, for other tools."""
        rules = _rules(made.shown or ())
        if not rules:
            return ""
        parts = [f"x_rule = {quoted(mark)} and ({rule})" for rule, mark in rules.items()]
        return " or ".join(["x_rule = '0'", *(f"({part})" for part in parts)])

    def settings_row(self) -> Cells:
        """The one row of the settings."""
        document = self.document
        first = self.names[document.default_language]
        kept = {
            name.removeprefix("settings::"): text
            for name, text in document.extras.items()
            if name.startswith("settings::")
        }
        others = {n: t for n, t in document.extras.items() if not n.startswith("settings::")}
        columns = {n: t for n, t in kept.items() if survives(t, self.codes) and _COLUMN.match(n)}
        others |= {f"settings::{n}": t for n, t in kept.items() if n not in columns}
        stored: dict[str, Any] = {
            "languages": {name: tag for tag, name in self.names.items()},
            "shown": list(document.languages),
            "title": document.title,
            "kept": list(columns),
            "extras": others,
            "quotas": [quota.model_dump(exclude_defaults=True) for quota in document.quotas],
            "thanks": document.thanks,
            "theme_colour": document.theme_colour,
        }
        stored = {name: part for name, part in stored.items() if part or name == "kept"}
        title = document.title.get(document.default_language) or next(
            iter(document.title.values()), ""
        )
        return {
            "form_title": harmless(title, self.codes),
            "default_language": "" if first == DEFAULT else first,
            "clean_text_values": "no",
            **columns,
            **stored_cells("x_document", stored),
        }


def _language_names(document: QuestionnaireDocument) -> dict[str, str]:
    """Tags -> names of languages as titles of columns; the default language first."""
    found: dict[str, str] = {}
    tags = [document.default_language, *document.languages]
    for tag in dict.fromkeys(tags):
        name = document.extras.get(f"language::{tag}", "")
        if not name:
            is_unknown = tag == UNKNOWN and tag == document.default_language
            name = DEFAULT if is_unknown else full_name(tag)
        number = 2
        while name in found.values():
            name, number = f"{full_name(tag)} {number}", number + 1
        found[tag] = name
    return found


def _rules(options: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The different conditions of options, numbered."""
    conditions = dict.fromkeys(option.get("relevant", "") for option in options)
    return {rule: str(number) for number, rule in enumerate(filter(None, conditions), start=1)}


def _is_fit(expression: str) -> bool:
    """Whether an expression comes back as it is."""
    is_word = expression in YES | NO and expression not in {"true()", "false()"}
    return straight(expression).strip() == expression and not is_word


def _all_of(conditions: Iterable[str]) -> str:
    found = [condition for condition in conditions if condition]
    return found[0] if len(found) == 1 else " and ".join(f"({part})" for part in found)


def _named(match: re.Match[str], names: Mapping[str, str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    if before == "$" or match[1] not in names:
        return match[0]
    return f"${{{names[match[1]]}}}"
