"""What all parts of one import share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.interchange.xlsform.choices import Lists
from surveys.interchange.xlsform.copies import Copies
from surveys.interchange.xlsform.expressions import At, Rewriter
from surveys.interchange.xlsform.form import Form
from surveys.interchange.xlsform.remarks import Report
from surveys.interchange.xlsform.structure import Node

Question = dict[str, Any]


@dataclass(slots=True)
class Context:
    """One import at work."""

    form: Form
    report: Report
    copies: Copies
    rewriter: Rewriter
    lists: Lists
    #: Names of languages -> tags.
    tags: Mapping[str, str]
    default_tag: str
    #: Names that something refers to.
    referenced: frozenset[str]
    #: The question types there are.
    kinds: frozenset[str]
    _told: set[str] = field(default_factory=set)

    def words(self, at: At, column: str) -> dict[str, str]:
        """The words of a column by tags, with codes in the place of names."""
        row = at.node.row
        found: dict[str, str] = {}
        for name, text in row.words(column).items():
            tag = self.tags.get(name)
            if tag is not None:
                found[tag] = self.rewriter.text(text, at, row.place(column))
        return found

    def label(self, at: At, column: str = "label") -> dict[str, str]:
        """The words of a label, which must have some in the default language."""
        found = self.words(at, column)
        if not found.get(self.default_tag):
            if found:
                self.report.notice("label_in_other_language", at.node.row.place("label"))
            found = {**found, self.default_tag: next(iter(found.values()), "")}
        return found

    def expression(self, at: At, column: str) -> str:
        """The expression in a cell, in our codes; "" for none."""
        source = at.node.row.get(column)
        return self.rewriter.expression(source, at, at.node.row.place(column)) if source else ""

    def once(self, code: str, node: Node, column: str, feature: str) -> None:
        """A notice that is given once for the whole form."""
        if f"{code} {feature}" not in self._told:
            self._told.add(f"{code} {feature}")
            self.report.notice(code, node.row.place(column), feature, feature=feature)


def joined(conditions: Iterable[str]) -> str:
    """All of the conditions at once."""
    found = [condition for condition in dict.fromkeys(conditions) if condition]
    if len(found) <= 1:
        return found[0] if found else ""
    return " and ".join(f"({condition})" for condition in found)
