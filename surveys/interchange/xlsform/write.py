"""Questionnaires of ours as XLSForm: valid for other tools, and the very same when they come back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from surveys.documents import Question, QuestionnaireDocument, Section, Texts
from surveys.interchange.xlsform.kinds import Part, Written, written
from surveys.interchange.xlsform.languages import DEFAULT
from surveys.interchange.xlsform.listing import COLUMN, RESERVED, Listing, choice_filter
from surveys.interchange.xlsform.names import QUESTION_CODE, Codes, question_code
from surveys.interchange.xlsform.own import PART, SECTION
from surveys.interchange.xlsform.scanning import references
from surveys.interchange.xlsform.tabling import (
    Cells,
    Table,
    harmless,
    stored_cells,
    survives,
    workbook_bytes,
)
from surveys.interchange.xlsform.wording import WORDS, Wording, is_fit, wording_of

_KEPT_COLUMNS: Final = ("media::", "no_app_error_string::")
_GROUPED: Final = re.compile(r"(?:bind|control|instance)::[\w:.\-]+\Z")
_BRACES: Final = re.compile(r"\{(\w[\w.\-]*)\}")


def write_xlsform(document: QuestionnaireDocument) -> bytes:
    """The questionnaire as a workbook of three sheets."""
    wording = wording_of(document)
    choices = Table("choices", ("list_name", "name", *wording.columns()))
    return _Writer(document, wording, Listing(wording, choices)).workbook()


@dataclass(slots=True)
class _Writer:
    document: QuestionnaireDocument
    wording: Wording
    listing: Listing
    #: Names of rows; none stands twice in the whole survey, so that references are clear.
    given: Codes = field(default_factory=Codes)
    survey: Table = field(default_factory=lambda: Table("survey"))

    def workbook(self) -> bytes:
        """Everything in its sheet."""
        self.given = Codes(self.wording.codes)
        self.survey.order = ("type", "name", *self.wording.columns())
        for section in self.document.sections:
            self.section(section)
        choices = self.listing.table
        always = {
            "survey": ["type", "name", *self.wording.in_every_language(self.survey)],
            "choices": ["list_name", "name", *self.wording.in_every_language(choices)],
        }
        tables = [self.survey, Table("settings", rows=[self.settings_row()])]
        if choices.rows:
            tables.insert(1, choices)
        return workbook_bytes(tables, always)

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
        words = {"title": section.title, "intro": section.intro}
        stored |= {part: texts for part, texts in words.items() if not self.wording.survive(texts)}
        if not is_fit(section.relevant):
            stored["relevant"] = section.relevant
        extras, lost = self.extras(section.extras)
        if lost:
            stored["extras"] = section.extras
        row = {
            "type": "begin_group",
            "name": name,
            **self.wording.cells("label", section.title),
            **self.wording.cells("hint", section.intro),
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
        made = written(question, list(self.wording.names))
        list_name = ""
        if made.shown is not None:
            list_name = self.listing.name(question.code, made.shown)
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
        rules = [question.constraint, *made.rules]
        row: Cells = {
            "type": kind,
            "name": question.code,
            **{
                cell: text
                for name, column in WORDS.items()
                for cell, text in self.wording.cells(column, getattr(question, name)).items()
            },
            "required": self.required(question),
            "relevant": question.relevant,
            "constraint": _all_of(rules),
            "choice_filter": choice_filter(made.shown or ()),
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

    def stored(self, question: Question, made: Written, kind: str, *, lost: bool) -> dict[str, Any]:
        """What a reader must be told to make the same question; {} where nothing."""
        overrides: dict[str, Any] = {}
        for name in WORDS:
            texts: Texts = getattr(question, name)
            is_cut = made.type == "begin_group" and name.endswith("_message")
            if not self.wording.survive(texts) or (texts and is_cut):
                overrides[name] = texts
        if not is_fit(question.relevant):
            overrides["relevant"] = question.relevant
        lists = {name: options for name, options in made.lists.items() if self.listing.fit(options)}
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
            found["lists"] = {n: self.listing.name(question.code, o) for n, o in lists.items()}
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
        if not is_fit(question.constraint):
            return False
        return "calculation" not in question.extras or question.kind == "note"

    def extras(self, extras: Mapping[str, str]) -> tuple[Cells, bool]:
        """Columns of other tools, and whether any of them cannot be one."""
        found: Cells = {}
        lost = False
        for name, text in extras.items():
            is_column = bool(COLUMN.match(name)) or name.startswith(_KEPT_COLUMNS)
            is_column = is_column or bool(_GROUPED.match(name))
            if name in {"type", "required"}:
                continue
            is_fit_here = survives(text, self.wording.codes) and not self.is_odd_trigger(name, text)
            if not is_column or name in RESERVED or not is_fit_here:
                lost = True
            else:
                found[name] = text
        return found, lost

    def is_odd_trigger(self, column: str, text: str) -> bool:
        """Whether a trigger names what is worked out: other tools want what people answer."""
        known = self.document.by_code
        return column == "trigger" and any(
            known[name].kind == "calculated" for name in references(text) if name in known
        )

    def part(self, part: Part, list_name: str, names: Mapping[str, str]) -> Cells:
        """A row that ours skip."""
        own = names[part.name]
        words = {tag: part.label.get(tag) or part.label.get("en", "") for tag in self.wording.names}
        first = next((text for text in part.label.values() if text), own)
        cells = {
            name: _BRACES.sub(lambda match: _named(match, names), cell) if "{" in cell else cell
            for name, cell in part.cells.items()
        }
        kind = f"{part.type} {list_name}" if part.type == "select_one" else part.type
        label = {tag: text or first for tag, text in words.items()}
        return {
            "type": kind,
            "name": own,
            **self.wording.cells("label", label),
            **cells,
            "x_kind": PART,
        }

    def settings_row(self) -> Cells:
        """The one row of the settings."""
        document = self.document
        first = self.wording.names[document.default_language]
        kept = {
            name.removeprefix("settings::"): text
            for name, text in document.extras.items()
            if name.startswith("settings::")
        }
        others = {n: t for n, t in document.extras.items() if not n.startswith("settings::")}
        columns = {
            n: t for n, t in kept.items() if survives(t, self.wording.codes) and COLUMN.match(n)
        }
        others |= {f"settings::{n}": t for n, t in kept.items() if n not in columns}
        stored: dict[str, Any] = {
            "languages": {name: tag for tag, name in self.wording.names.items()},
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
            "form_title": harmless(title, self.wording.codes),
            "default_language": "" if first == DEFAULT else first,
            "clean_text_values": "no",
            **columns,
            **stored_cells("x_document", stored),
        }


def _all_of(conditions: Iterable[str]) -> str:
    found = [condition for condition in conditions if condition]
    return found[0] if len(found) == 1 else " and ".join(f"({part})" for part in found)


def _named(match: re.Match[str], names: Mapping[str, str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    if before == "$" or match[1] not in names:
        return match[0]
    return f"${{{names[match[1]]}}}"
