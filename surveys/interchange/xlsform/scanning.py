"""The pieces of an expression: texts in quotation marks, references, names and the rest.

Good for rewriting what the expression language itself does not know; reading it is its own work.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_NAME = r"[^\W\d][\w.\-]*"
REFERENCE = re.compile(r"\$\{([^{}]+)\}")
GOOD_NAME = re.compile(rf"{_NAME}(?::{_NAME})?\Z")
_PIECES = re.compile(
    rf"""
    (?P<text>"[^"]*"|'[^']*')
  | (?P<reference>\$\{{[^}}]*\}}?)
  | (?P<path>(?:current\(\)/)?(?:\.\./|/|\./)(?:(?:\.\.|{_NAME})/)*(?:\.\.|{_NAME}))
  | (?P<name>{_NAME}(?::{_NAME})?)
  | (?P<number>\d+(?:\.\d*)?|\.\d+)
  | (?P<space>\s+)
  | (?P<sign><=|>=|!=|\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SMART = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


class PieceKind(StrEnum):
    """What a piece is."""

    TEXT = "text"
    REFERENCE = "reference"
    PATH = "path"
    NAME = "name"
    NUMBER = "number"
    SPACE = "space"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece with its words."""

    kind: PieceKind
    text: str

    @property
    def name(self) -> str:
        """What a reference refers to."""
        return self.text[2:-1].strip()


def pieces(source: str) -> list[Piece]:
    """Split a text; joined again they are the text."""
    return [Piece(PieceKind(str(m.lastgroup)), m[0]) for m in _PIECES.finditer(source)]


def straight(source: str) -> str:
    """Typographic quotation marks and hard spaces are meant as plain ones."""
    return source.translate(_SMART)


def references(text: str) -> Iterator[str]:
    """The names between `${` and `}`, as they stand there."""
    for match in REFERENCE.finditer(text):
        yield match[1]


def is_broken(text: str) -> bool:
    """Whether a `${` begins no reference; an empty one is no reference and does no harm."""
    begun = text.count("${") - text.count("${}")
    return begun != sum(1 for _name in references(text))


def replace_references(text: str, change: Callable[[str], str]) -> str:
    """The text with other words in the place of its `${name}`s."""
    return REFERENCE.sub(lambda match: change(match[1].strip()), text)


def quoted(text: str) -> str:
    """A text as a literal; XPath has no way to escape, so one kind of mark must be free."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    parts = [f"'{part}'" for part in text.split("'")]
    return "concat(" + ', "\'", '.join(parts) + ")"
