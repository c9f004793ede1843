"""Phrases that say nothing, and how a text is written out to be compared with them."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from analysis.text.scripts import MARKS
from analysis.text.tokens import normalise

_LETTER = re.compile(r"[^\W_]")
_ENDING = re.compile(rf"(?:[^\W_]|[{MARKS}])")


def plain(text: str) -> str:
    """A text without case, width, control characters and double spaces."""
    return " ".join(normalise(text).replace("’", "'").split())


def letters_of(text: str) -> str:
    """A text without what stands around its letters; the marks of the last one are part of it.

    O(characters): what anybody may type is read once from either end.
    """
    first = _LETTER.search(text)
    end = len(text)
    while end and not _ENDING.match(text, end - 1):
        end -= 1
    return "" if first is None else text[first.start() : end]


@cache
def document() -> dict[str, dict[str, Any]]:
    """The lists of `fillers.json`: section, then language, then phrases."""
    text = files("analysis.text").joinpath("fillers.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


@cache
def phrases(section: str) -> frozenset[str]:
    """The phrases of a section in all languages, as they are written."""
    return frozenset(plain(one) for listed in document()[section].values() for one in listed)


@cache
def fillers(section: str) -> frozenset[str]:
    """The same, with and without what stands around their letters."""
    whole = phrases(section)
    return whole | {letters_of(phrase) for phrase in whole} - {""}
