"""What readers see of an answer: its words, without what leads to a person.

Only its author reads it as it was written. Names of people are left to those who read before they
quote; addresses, numbers, links and handles are taken out here, wherever an answer is shown.
"""

import unicodedata

from analysis.privacy.redact import Trace, redact
from core.i18n import _l

#: In square brackets, so that nobody takes a mark for the author's word.
MARKS = {
    Trace.LINK: _l("[link]"),
    Trace.EMAIL: _l("[email address]"),
    Trace.HANDLE: _l("[account name]"),
    Trace.ACCOUNT: _l("[account number]"),
    Trace.PHONE: _l("[telephone number]"),
    Trace.NUMBER: _l("[number]"),
}

#: How much of a piece may be left out so that it ends with a whole word; no space there, no matter.
_SPARED = 0.3


def redacted(text: str) -> str:
    """The words of an answer, in the marks of the reader's language."""
    return redacted_part(text)[0]


def redacted_part(
    text: str, span: tuple[int, int] | None = None
) -> tuple[str, tuple[int, int] | None]:
    """The words of an answer, and where a passage of it stands in them."""
    found = redact(text, {trace: str(mark) for trace, mark in MARKS.items()})
    if span is None or span[1] > len(text):
        return found.text, None
    return found.text, found.moved(*span)


def head(text: str, most: int) -> str:
    """The first words, at most so many characters; within a word only where spaces are far."""
    if len(text) <= most:
        return text
    end = most
    while end and unicodedata.category(text[end]).startswith("M"):
        end -= 1  # A letter keeps its marks.
    if not text[end].isspace():
        space = max((place for place in range(end) if text[place].isspace()), default=-1)
        if space >= end * (1 - _SPARED):
            end = space
    return text[:end].rstrip()


def tail(text: str, most: int) -> str:
    """The last words, at most so many characters; within a word only where spaces are far."""
    if len(text) <= most:
        return text
    start = len(text) - most
    while start < len(text) and unicodedata.category(text[start]).startswith("M"):
        start += 1
    if not text[start - 1].isspace():
        space = next((place for place in range(start, len(text)) if text[place].isspace()), None)
        if space is not None and space <= start + most * _SPARED:
            start = space
    return text[start:].lstrip()
