"""The words of an expression. In XPath `div` is an operator only where one can stand."""

import re
from enum import StrEnum
from typing import NamedTuple

from surveys.logic.errors import ExpressionError, unsupported
from surveys.logic.references import CODE

MOST_CHARACTERS = 4_000


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    TEXT = "text"
    REFERENCE = "reference"
    THIS = "this"
    NAME = "name"
    OPERATOR = "operator"
    PATH = "path"
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    END = "end"


class Token(NamedTuple):
    """One word with its place."""

    kind: TokenKind
    text: str
    position: int


WORD_OPERATORS = frozenset({"and", "or", "div", "mod"})
_OPERANDS = {TokenKind.NUMBER, TokenKind.TEXT, TokenKind.REFERENCE, TokenKind.THIS, TokenKind.CLOSE}
_PATTERN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<reference>\$\{{[^{{}}]*\}})
  | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
  | (?P<text>"[^"]*"|'[^']*')
  | (?P<operator><=|>=|!=|=|<|>|\+|-|\*)
  | (?P<path>\.\.|//?|::|[@\[\]|])
  | (?P<this>\.)
  | (?P<name>{CODE}(?::{CODE})?)
  | (?P<open>\() | (?P<close>\)) | (?P<comma>,)
    """,
    re.VERBOSE,
)
_CODE = re.compile(CODE)
_KINDS = {
    "number": TokenKind.NUMBER,
    "this": TokenKind.THIS,
    "operator": TokenKind.OPERATOR,
    "path": TokenKind.PATH,
    "open": TokenKind.OPEN,
    "close": TokenKind.CLOSE,
    "comma": TokenKind.COMMA,
}
_ADVICE = {
    "&": "Write “and” instead of “&”.",
    "!": "Write “!=” for “is not”, and not(…) for the opposite of something.",
    "%": "Write “mod” for the remainder of a division.",
    "$": "A question is named like this: ${code}.",
    **dict.fromkeys("‘’‚“”„«»´`", "Put texts in straight quotation marks: 'text'."),
    **dict.fromkeys("'\"", "A text is not closed: its quotation mark is missing."),
}


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
            stray = source[place]
            message = _ADVICE.get(stray, f"“{stray}” cannot stand here.")
            raise ExpressionError(message, place, name=stray)
        if match.lastgroup != "space":
            found.append(_token(match, found[-1] if found else None))
        place = match.end()
    return [*found, Token(TokenKind.END, "", len(source))]


def _token(match: re.Match[str], before: Token | None) -> Token:
    place, text = match.start(), match[0]
    match match.lastgroup:
        case "reference":
            return _reference(text[2:-1].strip(), place)
        case "text":
            return Token(TokenKind.TEXT, text[1:-1], place)
        case "name":
            return _word(text, place, before)
        case kind:
            return Token(_KINDS[str(kind)], text, place)


def _word(word: str, place: int, before: Token | None) -> Token:
    if before is None or before.kind not in _OPERANDS:
        return Token(TokenKind.NAME, word, place)
    if word not in WORD_OPERATORS and word.lower() in WORD_OPERATORS:
        message = f"Write “{word.lower()}” in small letters."
        raise ExpressionError(message, place, name=word)
    kind = TokenKind.OPERATOR if word in WORD_OPERATORS else TokenKind.NAME
    return Token(kind, word, place)


def _reference(name: str, place: int) -> Token:
    feature, mark, _rest = name.partition("#")
    if mark:
        raise unsupported(f"An answer of an earlier form (“{feature}#”)", place, feature)
    if not _CODE.fullmatch(name):
        message = f"“{name}” cannot be the code of a question."
        raise ExpressionError(message, place, name=name)
    return Token(TokenKind.REFERENCE, name, place)
