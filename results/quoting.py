"""What readers see of an answer: its words, without what leads to a person.

Only its author reads it as it was written. Names of people are left to those who read before they
quote; addresses, numbers, links and handles are taken out here, wherever an answer is shown.
"""

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
