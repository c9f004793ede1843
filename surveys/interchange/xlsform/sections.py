"""The tree as pages: a group at the top is one page, what stands between groups is another."""

from dataclasses import dataclass, field
from typing import Any

from surveys.interchange.xlsform.context import Context, Question, joined
from surveys.interchange.xlsform.copies import Numbers
from surveys.interchange.xlsform.expressions import At
from surveys.interchange.xlsform.matrices import matrix_of, tables_in
from surveys.interchange.xlsform.names import Codes, question_code
from surveys.interchange.xlsform.own import own_question, own_section
from surveys.interchange.xlsform.questions import check_media, needed, questions_of
from surveys.interchange.xlsform.structure import Node

_GROUP_CELLS = frozenset(
    {
        "type", "name", "relevant", "repeat_count", "x_kind", "x_settings", "disabled",
        "choice_filter", "required", "save_to",
    }
)  # fmt: skip
Section = dict[str, Any]


@dataclass(slots=True)
class Pages:
    """The sections of a questionnaire, being made."""

    context: Context
    codes: Codes = field(default_factory=Codes)
    sections: list[Section] = field(default_factory=list)
    _loose: list[Question] = field(default_factory=list)
    _loose_codes: set[str] = field(default_factory=set)

    def make(self) -> list[Section]:
        """All sections."""
        root = self.context.copies.root
        for child in root.children:
            if child.is_group and not child.is_repeat:
                self.end_loose()
                self.add_group(child)
            elif child.is_repeat:
                self.end_loose()
                self.add_repeat(child)
            else:
                self._loose += questions(self.context, child, (), [])
        self.end_loose()
        for section in self.sections:
            section["questions"] = needed(self.context, section["questions"])
        return [
            section
            for section in self.sections
            if section["questions"] or section["code"] not in self._loose_codes
        ]

    def end_loose(self) -> None:
        """Questions outside of groups are a page of their own."""
        if self._loose:
            code = self.codes.take(f"page_{len(self.sections) + 1}")
            self._loose_codes.add(code)
            self.sections.append({"code": code, "title": {}, "questions": self._loose})
            self._loose = []

    def add_group(self, group: Node) -> None:
        at = At(group)
        if group.row.get("x_kind") not in {"", "section"}:
            self._loose += questions(self.context, group, (), [])
            return
        own = own_section(group)
        section: Section = {
            "code": self.codes.take(own.pop("code", None) or question_code(group.name)),
            "title": self.context.words(at, "label"),
            "intro": self.context.words(at, "hint"),
            "relevant": self.context.expression(at, "relevant"),
            "extras": group_extras(self.context, group),
            **own,
        }
        section = {name: value for name, value in section.items() if value or name == "title"}
        section["questions"] = children(self.context, group, (), [])
        self.sections.append(section)

    def add_repeat(self, repeat: Node) -> None:
        if repeat.type.feature == "loop":
            self.context.report.problem(
                "not_offered", repeat.row.place("type"), "loop", type="loop"
            )
            return
        for number, condition in shown_copies(self.context, repeat, ()):
            at = At(repeat, (number,))
            words = self.context.words(at, "label")
            section: Section = {
                "code": self.codes.take(f"{question_code(repeat.name)[:60]}_{number}"),
                "title": {tag: f"{text} {number}" for tag, text in words.items()},
                "relevant": joined([self.context.expression(at, "relevant"), condition]),
            }
            section = {name: value for name, value in section.items() if value or name == "title"}
            section["questions"] = children(self.context, repeat, (number,), [])
            self.sections.append(section)


def questions(context: Context, node: Node, numbers: Numbers, around: list[str]) -> list[Question]:
    """The questions of one child of a page: its own, or those of a group inside."""
    own = own_question(context, node, numbers, around)
    if own is not None:
        return own
    if not node.is_group:
        return questions_of(context, node, numbers, around)
    if not node.is_repeat:
        return inner_group(context, node, numbers, around)
    if node.type.feature == "loop":
        context.report.problem("not_offered", node.row.place("type"), "loop", type="loop")
        return []
    found: list[Question] = []
    for number, condition in shown_copies(context, node, numbers):
        at = At(node, (*numbers, number))
        conditions = [*around, context.expression(at, "relevant"), condition]
        found += heading(context, at, conditions, number)
        found += children(context, node, (*numbers, number), conditions)
    return found


def inner_group(
    context: Context, group: Node, numbers: Numbers, around: list[str]
) -> list[Question]:
    """A group inside a page: its words as a note, its condition on each of its questions."""
    at = At(group, numbers)
    conditions = [*around, context.expression(at, "relevant")]
    extras = group_extras(context, group)
    if extras:
        context.once("group_written_flat", group, "appearance", "group inside a group")
    found = children(context, group, numbers, conditions)
    is_named_by_matrix = any(question["code"] == _code(context, at) for question in found)
    return found if is_named_by_matrix else [*heading(context, at, conditions), *found]


def _code(context: Context, at: At) -> str:
    return context.copies.code(at.node, at.numbers)


def heading(
    context: Context, at: At, conditions: list[str], number: int | None = None
) -> list[Question]:
    """The words of a group as a note."""
    words = context.words(at, "label")
    if not words:
        return []
    if number is not None:
        words = {tag: f"{text} {number}" for tag, text in words.items()}
    words.setdefault(context.default_tag, next(iter(words.values())))
    code = _code(context, at)
    if number is not None:
        # The repeat itself has one code for all its copies.
        code = context.copies.code(at.node, at.numbers[:-1])
        code = context.copies.given.take(f"{code[:60]}_{number}")
    note: Question = {
        "code": code,
        "kind": "note",
        "label": words,
        "hint": context.words(at, "hint"),
        "relevant": joined(conditions),
        "settings": {},
    }
    return [{name: value for name, value in note.items() if name == "settings" or value}]


def children(context: Context, group: Node, numbers: Numbers, around: list[str]) -> list[Question]:
    """The questions in a group, with its tables as matrices."""
    tables = {id(table.first): table for table in tables_in(context, group)}
    inside = {id(row) for table in tables.values() for row in table.rows}
    found: list[Question] = []
    for child in group.children:
        table = tables.get(id(child))
        if table is not None:
            found.append(matrix_of(context, group, table, numbers, around))
        elif id(child) not in inside:
            found += questions(context, child, numbers, around)
    return found


def shown_copies(context: Context, repeat: Node, numbers: Numbers) -> list[tuple[int, str]]:
    """The copies of a repeat, each with the condition on which it is shown."""
    count = context.copies.counts[id(repeat)]
    if not count.shown:
        return [(number, "") for number in range(1, count.number + 1)]
    at = At(repeat, numbers)
    shown = context.rewriter.expression(count.shown, at, repeat.row.place("repeat_count"))
    return [
        (number, f"({shown}) >= {number}" if shown else "") for number in range(1, count.number + 1)
    ]


def group_extras(context: Context, group: Node) -> dict[str, str]:
    """What a group says that a page has no use for."""
    at = At(group)
    for name in group.row.cells:
        if name.startswith("media::"):
            check_media(context, group, name)
    return {
        name: context.rewriter.text(cell, at, group.row.place(name))
        for name, cell in group.row.others(_GROUP_CELLS).items()
    }
