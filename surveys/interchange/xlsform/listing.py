"""Lists of options as the sheet of choices."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from surveys.interchange.xlsform.names import Codes
from surveys.interchange.xlsform.scanning import quoted
from surveys.interchange.xlsform.tabling import Cells, Table, stored_cells, survives
from surveys.interchange.xlsform.wording import Wording, is_fit

#: What the title of a column may be that is not ours.
COLUMN: Final = re.compile(r"[A-Za-z_][\w.\-]*\Z")
#: Columns of ours that no column of another tool may overwrite.
RESERVED: Final = frozenset({"list_name", "name", "label", "type", "x_rule", "x_relevant"})


@dataclass(slots=True)
class Listing:
    """The choices being written."""

    wording: Wording
    table: Table
    names: Codes = field(default_factory=Codes)
    _lists: dict[str, str] = field(default_factory=dict)

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
        has_first = bool(label.get(self.wording.default_language))
        return (
            is_usual
            and has_first
            and self.wording.survive(label)
            and is_fit(relevant)
            and (not relevant or survives(relevant, self.wording.codes))
            and all(survives(text, self.wording.codes) for text in extras.values())
        )

    def name(self, code: str, options: Sequence[Mapping[str, Any]]) -> str:
        """The name of a list; the same options are written once."""
        key = json.dumps(options, sort_keys=True, ensure_ascii=False)
        if key not in self._lists:
            self._lists[key] = self.names.take(code)
            rules = rules_of(options)
            for option in options:
                self.table.rows.append(self.choice(self._lists[key], option, rules))
        return self._lists[key]

    def choice(self, name: str, option: Mapping[str, Any], rules: Mapping[str, str]) -> Cells:
        """One row of the choices."""
        row: Cells = {"list_name": name, "name": option["code"]}
        label = option["label"]
        if not any(label.get(tag) for tag in self.wording.names):
            first = next((text for text in label.values() if text), option["code"])
            label = {self.wording.default_language: label.get("en") or first}
        row |= self.wording.cells("label", label)
        others: dict[str, str] = {}
        for column, text in option.get("extras", {}).items():
            if column == "name":
                row["x_name"] = text
            elif (COLUMN.match(column) or column.startswith("media::")) and (
                column not in RESERVED and not column.startswith("x_")
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


def choice_filter(options: Iterable[Mapping[str, Any]]) -> str:
    """The options' own conditions as one filter, for other tools."""
    rules = rules_of(options)
    if not rules:
        return ""
    parts = [f"x_rule = {quoted(mark)} and ({rule})" for rule, mark in rules.items()]
    return " or ".join(["x_rule = '0'", *(f"({part})" for part in parts)])


def rules_of(options: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The different conditions of options, numbered."""
    conditions = dict.fromkeys(option.get("relevant", "") for option in options)
    return {rule: str(number) for number, rule in enumerate(filter(None, conditions), start=1)}
