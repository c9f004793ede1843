"""Names as codes: letters, digits and underscores for questions; unique without regard to case."""

import re
import unicodedata
from collections.abc import Iterable

QUESTION_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")
OPTION_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,63}\Z")
_MOST = 64
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"}
)


def plain_letters(text: str) -> str:
    """The text without accents; letters of other scripts are left out."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return decomposed.encode("ascii", "ignore").decode("ascii")


def question_code(name: str) -> str:
    """A code that is like the name."""
    if QUESTION_CODE.match(name):
        return name
    code = re.sub(r"[^A-Za-z0-9]+", "_", plain_letters(name)).strip("_")
    if not code or not code[0].isalpha():
        code = f"q_{code}" if code else "q"
    return code[:_MOST]


def option_code(name: str) -> str:
    """A code for an option that is like its name."""
    if OPTION_CODE.match(name):
        return name
    code = re.sub(r"[^A-Za-z0-9_.\-]+", "_", plain_letters(name)).strip("_")
    if code.startswith(("-", ".")):
        code = f"_{code}"
    return code[:_MOST] or "option"


class Codes:
    """Codes that were given away."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {code.lower() for code in taken}

    def take(self, wanted: str) -> str:
        """The wanted code, or one like it that is free."""
        code, number = wanted, 2
        while code.lower() in self._taken:
            tail = f"_{number}"
            code = f"{wanted[: _MOST - len(tail)]}{tail}"
            number += 1
        self._taken.add(code.lower())
        return code
