"""Groups of choices that share a list and are laid out as a table: matrices of ours."""

from dataclasses import dataclass
from typing import Any

from surveys.interchange.xlsform.context import Context, Question, joined
from surveys.interchange.xlsform.copies import Numbers
from surveys.interchange.xlsform.expressions import At
from surveys.interchange.xlsform.form import NO, YES
from surveys.interchange.xlsform.names import Codes, option_code
from surveys.interchange.xlsform.structure import Node
from surveys.interchange.xlsform.types import Sort

_LEAST_COLUMNS = 2
#: Cells that a row of a matrix has no room for.
_TOO_MUCH = ("constraint", "calculation", "choice_filter", "default", "trigger", "parameters")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a matrix, and the row above them that shows the words of the list, if any."""

    head: Node | None
    rows: list[Node]

    @property
    def first(self) -> Node:
        return self.head or self.rows[0]


def tables_in(context: Context, group: Node) -> list[Table]:
    """The matrices among the children of a group; what cannot be one stays as it is."""
    children = group.children
    if "table-list" in group.row.get("appearance").split():
        _check_table_list(context, group)
        rows = [child for child in children if child.type.sort is not Sort.NOTE]
        return [Table(None, rows)] if _fits(context, rows) else []
    found = []
    place = 0
    while place < len(children):
        head = children[place]
        place += 1
        if _appearance(head) != "label" or head.type.sort is not Sort.SELECT_ONE:
            continue
        rows = []
        while place < len(children) and _appearance(children[place]) == "list-nolabel":
            rows.append(children[place])
            place += 1
        if rows and _fits(context, rows) and _is_head(context, head, rows[0]):
            found.append(Table(head, rows))
    return found


def _appearance(node: Node) -> str:
    return node.row.get("appearance").strip()


def _is_head(context: Context, head: Node, row: Node) -> bool:
    return head.type.list_name == row.type.list_name and head.name not in context.referenced


def _fits(context: Context, rows: list[Node]) -> bool:
    """Whether rows are alike enough for one question, and nothing asks for one of them alone."""
    if not rows or any(row.type.sort is not Sort.SELECT_ONE for row in rows):
        return False
    if len({row.type.list_name for row in rows}) > 1 or any(row.type.has_other for row in rows):
        return False
    if any(row.type.feature or row.name in context.referenced for row in rows):
        return False
    if any(row.row.get(column) for row in rows for column in _TOO_MUCH):
        return False
    required = {
        row.row.get("required") if row.row.get("required") not in NO else "" for row in rows
    }
    if len(required) > 1 or required - YES - {""}:
        return False
    choices = {choice.get("name") for choice in context.lists.rows(rows[0].type.list_name)}
    return len(choices) >= _LEAST_COLUMNS


def _check_table_list(context: Context, group: Node) -> None:
    """All choices of a table share one list."""
    name = ""
    for child in group.children:
        if child.type.sort not in {Sort.SELECT_ONE, Sort.SELECT_MULTIPLE, Sort.RANK}:
            continue
        if not name and child.row.get("choice_filter"):
            context.report.problem("filter_in_table", child.row.place("choice_filter"))
        name = name or child.type.list_name
        if child.type.list_name != name:
            place = child.row.place("type")
            context.report.problem("table_lists", place, first=name, second=child.type.list_name)


def matrix_of(
    context: Context, group: Node, table: Table, numbers: Numbers, around: list[str]
) -> Question:
    """One question out of several rows."""
    owner = table.head or group
    at = At(owner, numbers)
    rows = [_row(context, row, numbers, codes) for codes in [Codes()] for row in table.rows]
    columns = context.lists.options(
        table.rows[0].type.list_name, at, context.rewriter, "", table.first.row.place("type")
    )
    is_required = table.rows[0].row.get("required") in YES
    relevant = context.expression(at, "relevant") if table.head else ""
    code = context.copies.code(owner, numbers)
    context.rewriter.known.add(code)
    label = context.label(at)
    if not label[context.default_tag]:
        label[context.default_tag] = owner.name
    question: Question = {
        "code": code,
        "kind": "matrix",
        "label": label,
        "hint": context.words(at, "hint"),
        "required": is_required,
        "relevant": joined([*around, relevant]),
        "settings": {"rows": rows, "columns": columns},
    }
    return {name: value for name, value in question.items() if value not in ({}, "")}


def _row(context: Context, row: Node, numbers: Numbers, codes: Codes) -> dict[str, Any]:
    at = At(row, numbers)
    option: dict[str, Any] = {"code": codes.take(option_code(row.name)), "label": context.label(at)}
    if not option["label"][context.default_tag]:
        if not row.row.words("hint") and not any(n.startswith("media::") for n in row.row.cells):
            context.report.problem("no_label_or_hint", row.row.place("label"), name=row.name)
        option["label"][context.default_tag] = row.name
    relevant = context.expression(at, "relevant")
    if relevant:
        option["relevant"] = relevant
    hints = {f"hint::{name}": text for name, text in row.row.words("hint").items()}
    if hints:
        context.once("no_effect", row, "hint", "hint of a row")
        option["extras"] = hints
    return option
