"""The words of an expression. In XPath `div` is an operator only where one can stand."""

import re
from dataclasses import dataclass
from enum import StrEnum

from surveys.logic.errors import ExpressionError, unsupported

MOST_CHARACTERS = 4_000


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    TEXT = "text"
    REFERENCE = "reference"
    THIS = "this"
    NAME = "name"
    OPERATOR = "operator"
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One word with its place."""

    kind: TokenKind
    text: str
    position: int


WORD_OPERATORS = frozenset({"and", "or", "div", "mod"})
_OPERANDS = {TokenKind.NUMBER, TokenKind.TEXT, TokenKind.REFERENCE, TokenKind.THIS, TokenKind.CLOSE}
_REFUSED = {
    "/": "a path to another part of the form",
    "@": "an attribute",
    "[": "a path with a condition",
    "|": "a union of paths",
    "..": "the parent of a question (..)",
}
_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<reference>\$\{\s*(?P<name>[^{}\s]+)\s*\})
  | (?P<number>\d+(?:\.\d*)?|\.\d+)
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<operator><=|>=|!=|=|<|>|\+|-|\*)
  | (?P<parent>\.\.)
  | (?P<this>\.)
  | (?P<word>[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?)
  | (?P<open>\() | (?P<close>\)) | (?P<comma>,)
  | (?P<refused>[/@\[|])
    """,
    re.VERBOSE,
)
_CODE = re.compile(r"[A-Za-z_][\w.\-]*\Z")


def tokenise(source: str) -> list[Token]:
    """Split an expression; the last token marks its end."""
    if len(source) > MOST_CHARACTERS:
        message = f"The expression is longer than {MOST_CHARACTERS} characters."
        raise ExpressionError(message, MOST_CHARACTERS, "too_long")
    found: list[Token] = []
    place = 0
    while place < len(source):
        match = _PATTERN.match(source, place)
        if match is None:
            raise _stray(source, place)
        if match.lastgroup != "space":
            found.append(_token(match, found[-1] if found else None))
        place = match.end()
    return [*found, Token(TokenKind.END, "", len(source))]


def _stray(source: str, place: int) -> ExpressionError:
    character = source[place]
    if character in "'\"":
        return ExpressionError("A text is not closed: its quotation mark is missing.", place)
    if character == "$":
        return ExpressionError("A question is named like this: ${code}.", place)
    return ExpressionError(f"“{character}” cannot stand here.", place)


_SIMPLE = {
    "number": TokenKind.NUMBER,
    "this": TokenKind.THIS,
    "operator": TokenKind.OPERATOR,
    "open": TokenKind.OPEN,
    "close": TokenKind.CLOSE,
    "comma": TokenKind.COMMA,
}


def _token(match: re.Match[str], before: Token | None) -> Token:
    place, kind = match.start(), str(match.lastgroup)
    if match["reference"]:
        return _reference(match["name"], place)
    if kind == "text":
        return Token(TokenKind.TEXT, match["text"][1:-1], place)
    if kind == "word":
        word = match["word"]
        is_operator = word in WORD_OPERATORS and before is not None and before.kind in _OPERANDS
        return Token(TokenKind.OPERATOR if is_operator else TokenKind.NAME, word, place)
    if kind in _SIMPLE:
        return Token(_SIMPLE[kind], match[0], place)
    raise unsupported(_REFUSED[match[0]], place)


def _reference(name: str, place: int) -> Token:
    if "#" in name:
        raise unsupported(f"{name.partition('#')[0]}#", place)
    if not _CODE.match(name):
        raise ExpressionError(f"“{name}” cannot be the code of a question.", place)
    return Token(TokenKind.REFERENCE, name, place)
