"""Patterns that cannot hang: RE2 works in time linear in the text, whatever the pattern."""

import re
from functools import lru_cache
from typing import Any

import re2

from surveys.logic.errors import ExpressionError

MOST_CHARACTERS = 10_000
_MEMORY = 1 << 21
_NAMED = (
    (re.compile(r"(?<!\\)\(\?<?[=!]"), "looking ahead or behind in a pattern"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[1-9]"), "a reference back inside a pattern"),
    (re.compile(r"(?<!\\)(?:\\\\)*\\[icIC]"), "the XML name classes of a pattern (\\i, \\c)"),
    (re.compile(r"(?<!\\)[*+?}]\+"), "a possessive repetition in a pattern"),
)


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """The pattern, ready to use; raises `ExpressionError` where it is wrong or not offered."""
    if len(pattern) > MOST_CHARACTERS:
        raise ExpressionError("The pattern is too long.", code="pattern")
    for found, name in _NAMED:
        if found.search(pattern):
            raise ExpressionError(f"{name} is not offered here.", code="unsupported", name=name)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeError) as error:
        raise ExpressionError(f"The pattern is not valid: {error}", code="pattern") from error


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text fits the pattern; anything that goes wrong is a no."""
    if len(text) > MOST_CHARACTERS:
        return False
    try:
        return compiled(pattern).fullmatch(text) is not None
    except (ExpressionError, re2.error, UnicodeError):
        return False
