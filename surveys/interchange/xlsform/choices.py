"""Lists of choices as options, and filters as the options' own conditions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from surveys.interchange.xlsform.expressions import At, Rewriter
from surveys.interchange.xlsform.form import NO, YES, Form, FormRow
from surveys.interchange.xlsform.names import Codes, option_code
from surveys.interchange.xlsform.remarks import Place, Report, refuse
from surveys.interchange.xlsform.scanning import Piece, PieceKind, pieces, quoted, straight
from surveys.interchange.xlsform.stored import read_stored
from surveys.logic import ExpressionError, Scope, is_true, parse

MOST_OPTIONS = 50_000
_OPERATORS = frozenset({"and", "or", "div", "mod"})
_OPERANDS = frozenset({PieceKind.TEXT, PieceKind.REFERENCE, PieceKind.NAME, PieceKind.NUMBER})
#: What a cell that is not there equals: nothing.
_NOTHING = "number('')"
_KNOWN = ("list_name", "name", "x_name", "x_relevant", "x_rule", "x_anchored", "x_extras")
Option = dict[str, Any]


@dataclass(slots=True)
class Lists:
    """The lists of a form: checked once, with a code for each choice."""

    form: Form
    report: Report
    default_tag: str
    #: Words in their languages, by tags.
    words: Callable[[Mapping[str, str]], dict[str, str]]
    codes: dict[str, dict[int, str]] = field(default_factory=dict)
    _count: int = 0
    _told: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Names are there and stand alone; media and stray columns are spoken of."""
        may_repeat = self.form.settings.get("allow_choice_duplicates", "no") in YES
        for name, rows in self.form.lists.items():
            self.codes[name] = self._check_list(rows, may_repeat=may_repeat)
        for name, rows in self.form.outside_lists.items():
            self.codes.setdefault(f"external {name}", self._check_list(rows, may_repeat=True))

    def _check_list(self, rows: list[FormRow], *, may_repeat: bool) -> dict[int, str]:
        seen: dict[str, str] = {}
        labels: dict[str, Mapping[str, str]] = {}
        given = Codes()
        codes: dict[int, str] = {}
        for row in rows:
            name = row.get("name")
            if not name:
                self.report.problem("choice_without_name", row.place("name"))
                continue
            if name in seen:
                if not may_repeat:
                    self.report.problem("choice_twice", row.place("name"), name=name)
                elif labels[name] != row.words("label"):
                    self.report.notice("choice_shared", row.place("name"), name=name)
                codes[row.number] = seen[name]
                continue
            codes[row.number] = seen[name] = given.take(option_code(name))
            labels[name] = row.words("label")
            if codes[row.number] != name:
                values = {"name": name, "code": codes[row.number]}
                self.report.notice("choice_renamed", row.place("name"), **values)
        return codes

    def rows(self, name: str) -> list[FormRow]:
        return self.form.lists.get(name, [])

    def renamed(self, key: str, rows: list[FormRow]) -> dict[str, str]:
        """Names whose codes are not the same."""
        codes = self.codes.get(key, {})
        pairs = ((row.get("name"), codes.get(row.number, "")) for row in rows)
        return {name: code for name, code in pairs if name and code and name != code}

    def options(
        self, name: str, at: At, rewriter: Rewriter, choice_filter: str, place: Place, *,
        is_outside: bool = False,
    ) -> list[Option]:  # fmt: skip
        """The options of one question."""
        key = f"external {name}" if is_outside else name
        rows = (self.form.outside_lists if is_outside else self.form.lists).get(name, [])
        is_ours = any(row.get("x_rule") for row in rows)
        chosen = None
        if choice_filter and not is_ours:
            chosen = Filter(self, rewriter, at, place, choice_filter, rows)
        found: dict[str, Option] = {}
        conditions: dict[str, list[str]] = {}
        for row in rows:
            code = self.codes[key].get(row.number)
            if code is None:
                continue
            self._count += 1
            if self._count > MOST_OPTIONS:
                raise refuse("too_many_options", place, "size", limit=MOST_OPTIONS)
            relevant = chosen.condition(row, code) if chosen else ""
            if row.get("x_relevant"):
                source = row.get("x_relevant")
                relevant = rewriter.expression(source, at, row.place("x_relevant"))
            conditions.setdefault(code, []).append(relevant)
            if code not in found:
                found[code] = self._option(row, code, at, rewriter)
        return [_with_condition(option, conditions[code]) for code, option in found.items()]

    def _option(self, row: FormRow, code: str, at: At, rewriter: Rewriter) -> Option:
        texts = {
            language: rewriter.text(text, at, row.place("label"))
            for language, text in self.words(row.words("label")).items()
        }
        if not texts.get(self.default_tag):
            self._tell("choice_without_label", row.place("label"), row.get("list_name"))
            texts[self.default_tag] = next(iter(texts.values()), row.get("name"))
        option: Option = {"code": code, "label": texts}
        extras = {k: v for k, v in row.others(_KNOWN).items() if k}
        if any(name.startswith("media::") for name in extras):
            self._tell("media_not_shown", row.place(), row.get("list_name"))
        extras |= read_extras(row.get("x_extras"))
        if row.get("name") != code or row.get("x_name"):
            extras["name"] = row.get("x_name") or row.get("name")
        if extras:
            option["extras"] = extras
        if row.get("x_anchored") in YES:
            option["is_anchored"] = True
        return option

    def _tell(self, code: str, place: Place, list_name: str) -> None:
        """Once a list is enough."""
        if f"{code} {list_name}" not in self._told:
            self._told.add(f"{code} {list_name}")
            feature = "media" if code == "media_not_shown" else ""
            self.report.notice(code, place, feature, list=list_name)


def read_extras(cell: str) -> dict[str, str]:
    """Columns that could not be columns in one of our exports."""
    found = read_stored(cell) or {}
    return {str(name): str(value) for name, value in found.items()}


def _with_condition(option: Option, conditions: list[str]) -> Option:
    """A choice that stands in its list several times is there when one of its rows is."""
    different = list(dict.fromkeys(conditions))
    if "" in different:
        return option
    joined = different[0] if len(different) == 1 else " or ".join(f"({c})" for c in different)
    return {**option, "relevant": joined}


@dataclass(slots=True)
class Filter:
    """A choice_filter: the columns of each choice put in as texts."""

    lists: Lists
    rewriter: Rewriter
    at: At
    place: Place
    source: str
    rows: list[FormRow]
    _parts: list[tuple[str, str]] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = pieces(self.rewriter.with_codes(straight(self.source), self.at, self.place))
        columns = {name for row in self.rows for name in row.cells} | self._label_names()
        values = {cell for row in self.rows for name, cell in row.cells.items() if name in columns}
        for number, piece in enumerate(found):
            if not self._is_column(found, number):
                self._parts.append(("", piece.text))
            elif piece.text in columns or piece.text not in values:
                if piece.text not in columns:
                    self.lists.report.notice(
                        "no_such_column", self.place, "choice_filter", name=piece.text
                    )
                self._parts.append((piece.text, ""))
            else:
                # A word that is no column but stands in one: its quotation marks were forgotten.
                self.lists.report.notice("word_as_text", self.place, name=piece.text)
                self._parts.append(("", quoted(piece.text)))

    @staticmethod
    def _label_names() -> set[str]:
        return {"name", "label"}

    @staticmethod
    def _is_column(found: list[Piece], number: int) -> bool:
        piece = found[number]
        if piece.kind is not PieceKind.NAME:
            return False
        rest = [other for other in found[number + 1 :] if other.kind is not PieceKind.SPACE]
        if rest and rest[0].text == "(":
            return False
        before = [other for other in found[:number] if other.kind is not PieceKind.SPACE]
        after_operand = bool(before) and (before[-1].kind in _OPERANDS or before[-1].text == ")")
        return not (piece.text in _OPERATORS and after_operand)

    def condition(self, row: FormRow, code: str) -> str:
        """When this choice is offered; "" for always."""
        words = [text or self._cell(row, code, column) for column, text in self._parts]
        source = "".join(words).strip()
        if source not in self._known:
            self._known[source] = self._finished(source)
        return self._known[source]

    def _cell(self, row: FormRow, code: str, column: str) -> str:
        if column == "name":
            return quoted(code)
        if column == "label":
            return quoted(next(iter(row.words("label").values()), ""))
        cell = row.get(column)
        return quoted(cell) if cell else _NOTHING

    def _finished(self, source: str) -> str:
        if source in YES:
            return ""
        if source in NO:
            return "false()"
        text = self.rewriter.finished(source, self.at, self.place)
        return folded(text) if text else ""


def folded(text: str) -> str:
    """A condition that hangs on no answer is worked out at once: "" or `false()`."""
    expression = parse(text)
    if expression.names or expression.uses_this or expression.functions & _PERSONAL:
        return text
    scope = Scope(
        value_of=lambda _name: "",
        this="",
        now=datetime(2000, 1, 1, tzinfo=UTC),
        label_of=lambda _question, option: option,
        seed=0,
    )
    try:
        return "" if is_true(expression, scope) else "false()"
    except ExpressionError:
        return text


_PERSONAL = frozenset({"today", "now", "random", "uuid", "once", "jr:choice-name"})
