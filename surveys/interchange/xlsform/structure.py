"""Rows as a tree of groups, repeats and questions."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from surveys.interchange.xlsform.form import YES, FormRow
from surveys.interchange.xlsform.parameters import check_audit, parameters_of
from surveys.interchange.xlsform.remarks import Report, refuse
from surveys.interchange.xlsform.scanning import GOOD_NAME
from surveys.interchange.xlsform.types import Sort, Type, type_of

#: The name of the form itself, which no repeat may have.
ROOT = "data"
META = "meta"
MOST_DEPTH = 40
_BEGINS = (Sort.BEGIN_GROUP, Sort.BEGIN_REPEAT)
_ENDS = {Sort.END_GROUP: Sort.BEGIN_GROUP, Sort.END_REPEAT: Sort.BEGIN_REPEAT}


@dataclass(slots=True)
class Node:
    """A question, or a group or repeat with what stands in it."""

    row: FormRow
    type: Type
    name: str
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return self.type.sort in _BEGINS

    @property
    def is_repeat(self) -> bool:
        return self.type.sort is Sort.BEGIN_REPEAT

    @property
    def is_unseen(self) -> bool:
        """Whether a row is worked out and has no words to show."""
        if self.type.sort is Sort.CALCULATE:
            return True
        has_words = bool(self.row.words("label") or self.row.words("hint"))
        return not has_words and bool(self.row.get("calculation") or self.row.get("trigger"))

    def above(self) -> list["Node"]:
        """The groups around it, the outermost first."""
        found: list[Node] = []
        node = self.parent
        while node is not None and node.parent is not None:
            found.append(node)
            node = node.parent
        return found[::-1]

    def repeats(self) -> list["Node"]:
        """The repeats around it, the outermost first."""
        return [node for node in self.above() if node.is_repeat]

    def walk(self) -> Iterator["Node"]:
        """Everything in it, in the order of the form."""
        for child in self.children:
            yield child
            yield from child.walk()


def tree_of(rows: list[FormRow], report: Report, root_name: str = ROOT) -> Node:
    """The tree of a survey; what does not close, has no name or a name twice is a problem."""
    return _Builder(report, root_name).build(rows)


@dataclass(slots=True)
class _Builder:
    report: Report
    root_name: str
    repeat_names: set[str] = field(default_factory=set)
    has_audit: bool = False

    def build(self, rows: list[FormRow]) -> Node:
        empty = FormRow("survey", 1, {}, {}, {})
        root = Node(empty, Type(Sort.BEGIN_GROUP, ""), self.root_name)
        open_node = root
        for row in rows:
            if row.get("disabled"):
                self.report.notice("disabled_column", row.place("disabled"))
                if row.get("disabled") in YES:
                    continue
            kind = self.kind_of(row)
            if kind is None:
                continue
            if kind.sort in _ENDS:
                open_node = self.close(open_node, row, kind)
                continue
            node = self.node(row, kind, open_node)
            if node is not None:
                open_node.children.append(node)
                open_node = node if node.is_group else open_node
        if open_node is not root:
            word = open_node.type.word
            self.report.problem("not_closed", open_node.row.place("type"), type=word)
        return root

    def kind_of(self, row: FormRow) -> Type | None:
        cell = row.get("type")
        if cell:
            return type_of(cell)
        if row.get("name") or row.words("label"):
            self.report.problem("no_type", row.place("type"))
        elif any(row.cells.values()) or row.texts:
            self.report.notice("row_without_type", row.place())
        return None

    def close(self, node: Node, row: FormRow, kind: Type) -> Node:
        is_match = node.parent is not None and node.type.sort is _ENDS[kind.sort]
        is_match = is_match and (kind.feature == "loop") == (node.type.feature == "loop")
        if not is_match or node.parent is None:
            self.report.problem("not_opened", row.place("type"), type=kind.word)
            return node
        return node.parent

    def node(self, row: FormRow, kind: Type, parent: Node) -> Node | None:
        name = row.get("name")
        if kind.word == "audit":
            self.audit(row, kind)
            return None
        if kind.sort is Sort.UNKNOWN:
            self.report.problem("unknown_type", row.place("type"), type=kind.word)
        if not name:
            if kind.word != "note":
                self.report.problem("no_name", row.place("name"), type=kind.word)
                if kind.sort not in _BEGINS:
                    return None
            name = f"generated_note_name_{row.number}" if kind.word == "note" else "_"
        elif not GOOD_NAME.match(name):
            self.report.problem("bad_name", row.place("name"), name=name)
        else:
            self.check_name(row, kind, name, parent)
        if kind.sort in _BEGINS:
            parameters_of(row, kind, self.report)
        node = Node(row, kind, name, parent)
        if len(node.above()) > MOST_DEPTH:
            raise refuse("too_deep", row.place("type"), "size", limit=MOST_DEPTH)
        return node

    def audit(self, row: FormRow, kind: Type) -> None:
        """A log of the device stands beside the form; there is one of it, and not here."""
        if row.get("name") not in {"", "audit"}:
            self.report.problem("audit_name", row.place("name"), name=row.get("name"))
        if self.has_audit:
            self.report.problem("name_twice", row.place("name"), name="audit")
        self.has_audit = True
        check_audit(row, parameters_of(row, kind, self.report), self.report)
        self.report.notice("not_collected", row.place("type"), kind.word, type=kind.word)

    def check_name(self, row: FormRow, kind: Type, name: str, parent: Node) -> None:
        if name == META:
            self.report.problem("reserved_name", row.place("name"), name=name)
        elif any(child.name == name for child in parent.children):
            self.report.problem("name_twice", row.place("name"), name=name)
        if kind.sort is Sort.BEGIN_REPEAT and kind.feature != "loop":
            if name in self.repeat_names or name == self.root_name:
                self.report.problem("repeat_name", row.place("name"), name=name)
            self.repeat_names.add(name)
