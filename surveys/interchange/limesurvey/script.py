"""The Expression Manager's language as a tree: what LimeSurvey's conditions are written in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.i18n import _

MOST_CHARACTERS: Final = 8_000
MOST_NESTING: Final = 40
#: Signs such as "+" in one row; "and" and "or" may stand in longer rows.
MOST_CHAINED: Final = 60
MOST_TOKENS: Final = 1_500

_TOKENS: Final = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>\d+(?:\.\d+)?|\.\d+)(?![\w.])
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<name>[A-Za-z_]\w*(?:\.\w+)*(?:[:\#]\w+)?|\d+X\d+X\w+(?:\#\d)?(?:\.\w+)?)
  | (?P<sign>==|!=|<=|>=|&&|\|\||[-+*/<>!(),=%])
    """,
    re.VERBOSE | re.DOTALL,
)
_ALIASES: Final = {
    "&&": "and", "||": "or", "!": "not", "eq": "==", "ne": "!=", "lt": "<", "le": "<=",
    "gt": ">", "ge": ">=",
}  # fmt: skip
_STRENGTH: Final = {
    "or": 1, "and": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6,
}  # fmt: skip
_WORDS: Final = frozenset({"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge"})
_SUFFIXES: Final = frozenset(
    {
        "NAOK", "code", "value", "valueNAOK", "shown", "question", "relevance", "relevanceStatus",
        "mandatory", "qid", "gid", "qseq", "gseq", "grelevance", "jsName", "sgqa", "type", "rowdivid",
    }
)  # fmt: skip


class ScriptError(Exception):
    """A piece that cannot be read, or has no counterpart; `feature` names it."""

    def __init__(self, message: str, feature: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.feature = feature


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotation marks."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    value: str


@dataclass(frozen=True, slots=True)
class Variable:
    """An answer, and what of it is meant."""

    name: str
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Unary:
    """A sign before something: "not" or "-"."""

    sign: str
    operand: "Part"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two things with a sign between them."""

    sign: str
    left: "Part"
    right: "Part"


@dataclass(frozen=True, slots=True)
class Junction:
    """Several things that all, or of which one, must hold: "and" or "or"."""

    sign: str
    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple["Part", ...]


Part = Text | Number | Variable | Unary | Binary | Junction | Call


def read_script(source: str) -> Part:
    """The tree of an expression; raises `ScriptError`."""
    if len(source) > MOST_CHARACTERS:
        raise ScriptError(_("The expression is too long."), "size")
    reader = _Reader(list(_tokens(source)))
    found = reader.expression(0)
    if reader.place < len(reader.tokens):
        raise reader.unexpected()
    return found


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    place = count = 0
    while place < len(source):
        match = _TOKENS.match(source, place)
        count += 1
        if match is None or count > MOST_TOKENS:
            piece = source[place : place + 20]
            raise ScriptError(_("“%(piece)s” cannot be read.", piece=piece), piece)
        place = match.end()
        kind, words = str(match.lastgroup), match[0]
        if kind == "name" and words.lower() in _WORDS:
            kind, words = "sign", words.lower()
        if kind != "space":
            yield kind, _ALIASES.get(words, words) if kind == "sign" else words


@dataclass(slots=True)
class _Reader:
    tokens: list[tuple[str, str]]
    place: int = 0
    depth: int = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def unexpected(self) -> ScriptError:
        kind, words = self.peek()
        if kind == "end":
            return ScriptError(_("The expression breaks off."))
        if words == "=":
            return ScriptError(_("Giving a variable a value is not offered here."), "=")
        return ScriptError(_("“%(piece)s” cannot stand here.", piece=words), words)

    def expression(self, least: int) -> Part:
        self.depth += 1
        if self.depth > MOST_NESTING:
            raise ScriptError(_("The expression is nested too deeply."), "nesting")
        left, length = self.operand(), 0
        while (strength := self.strength()) > least:
            sign = self.tokens[self.place][1]
            self.place += 1
            left = _joined(sign, left, self.expression(strength))
            length += isinstance(left, Binary)
            if length > MOST_CHAINED:
                raise ScriptError(_("The expression is nested too deeply."), "nesting")
        self.depth -= 1
        return left

    def strength(self) -> int:
        kind, words = self.peek()
        return _STRENGTH.get(words, 0) if kind == "sign" else 0

    def operand(self) -> Part:
        kind, words = self.peek()
        self.place += 1
        match kind:
            case "number":
                return Number(words)
            case "text":
                return Text(re.sub(r"\\([\"'])", r"\1", words[1:-1]))
            case "name":
                return self.call(words) if self.peek() == ("sign", "(") else _variable(words)
            case "sign" if words in {"not", "-"}:
                return Unary(words, self.expression(6))
            case "sign" if words == "+":
                return self.expression(6)
            case "sign" if words == "(":
                inner = self.expression(0)
                self.close()
                return inner
        self.place -= 1
        raise self.unexpected()

    def close(self) -> None:
        if self.peek() != ("sign", ")"):
            raise self.unexpected()
        self.place += 1

    def call(self, name: str) -> Part:
        self.place += 1
        arguments: list[Part] = []
        if self.peek() != ("sign", ")"):
            arguments.append(self.expression(0))
            while self.peek() == ("sign", ","):
                self.place += 1
                arguments.append(self.expression(0))
        self.close()
        return Call(name, tuple(arguments))


def _joined(sign: str, left: Part, right: Part) -> Part:
    """Chains of "and" and "or" stay flat, however long they are."""
    if sign not in {"and", "or"}:
        return Binary(sign, left, right)
    before = left.parts if isinstance(left, Junction) and left.sign == sign else (left,)
    return Junction(sign, (*before, right))


def _variable(words: str) -> Variable:
    name, _point, suffix = words.rpartition(".")
    if name and suffix in _SUFFIXES:
        return Variable(name, suffix)
    return Variable(words)


_PIECE: Final = re.compile(r"\{(?=[^\s{}])((?:[^{}\"']|\"[^\"]*\"|'[^']*')*)\}")


def pieces(text: str) -> list[tuple[bool, str]]:
    """A text split at its `{expressions}`: whether a piece is one, and its words."""
    found: list[tuple[bool, str]] = []
    place = 0
    for match in _PIECE.finditer(text):
        if match.start() > place:
            found.append((False, text[place : match.start()]))
        found.append((True, match[1].strip()))
        place = match.end()
    if place < len(text):
        found.append((False, text[place:]))
    return found
