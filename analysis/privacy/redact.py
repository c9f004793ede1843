"""What leads to a person is taken out of a quote: addresses, numbers, links, handles.

Names of people cannot be found by a pattern. A quote is read by a person before it is shown;
this takes out what a reader overlooks, and says how often it did.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Trace(StrEnum):
    """What was taken out."""

    LINK = "link"
    EMAIL = "email"
    HANDLE = "handle"
    #: A bank account or card number.
    ACCOUNT = "account"
    PHONE = "phone"
    #: Any other number of six digits or more: passports, identity cards, registers.
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text and what was taken out of it.

    Attributes
    ----------
    text : str
        With a mark such as `[email]` in the place of each trace.
    traces : tuple of (Trace, int, int)
        What it was, and its place in the original, in order.
    marks : tuple of (int, int)
        Where the mark of each trace stands in `text`.
    """

    text: str
    traces: tuple[tuple[Trace, int, int], ...]
    marks: tuple[tuple[int, int], ...]

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Where a passage of the original stands now; a trace at its edge is in it as a whole.

        Examples
        --------
        >>> found = redact("Ask a.b@example.org today.")
        >>> found.text[slice(*found.moved(20, 26))]
        'today.'
        """
        return self._now(start, is_end=False), self._now(end, is_end=True)

    def _now(self, place: int, *, is_end: bool) -> int:
        before = 0
        for (_trace, start, end), mark in zip(self.traces, self.marks, strict=True):
            if place <= start:
                break
            if place < end:
                return mark[is_end]
            before = mark[1] - end
        return place + before


# Digits of any script; separators as people write them. A match of an open length begins only
# where such a piece begins, so that a hostile text costs no more than its length.
_PATTERNS: tuple[tuple[Trace, re.Pattern[str]], ...] = (
    (
        Trace.EMAIL,
        re.compile(r"(?<![\w.+%'-])[\w.+%'-]++(?:@|＠|\s?[\[(]at[\])]\s?)[\w.-]{1,200}\w"),
    ),
    (
        Trace.LINK,
        re.compile(
            r"\b(?:https?|ftp)://[^\s<>\"”»]++"
            r"|\bwww\.[^\s<>\"”»]++"
            r"|(?<![\w.-])[a-z0-9-]++(?:\.[a-z0-9-]+)*"
            r"\.(?:com|org|net|int|gov|edu|info|io|eu|uk|de|fr|cn|ru|br|in|za|ke|ng|ch|be|sg|ca)"
            r"(?:/[^\s<>\"”»]*+)?(?![\w@])",
            re.IGNORECASE,
        ),
    ),
    (Trace.HANDLE, re.compile(r"(?<![\w@])@[A-Za-z_]\w{1,40}")),
    (
        Trace.ACCOUNT,
        re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b"),
    ),
    (
        Trace.PHONE,
        re.compile(r"(?<![\w.,])(?:\+|00|\(0|[0٠۰])\d?(?:[\s().\-/]{0,2}\d){6,14}(?!\w)"),
    ),
    (Trace.ACCOUNT, re.compile(r"(?<!\w)\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?!\w)")),
    (Trace.NUMBER, re.compile(r"(?<![\w.,])[A-Z]{0,3}\d{6,20}(?![\w]|[.,]\d)")),
)


def redact(text: str, marks: Mapping[Trace, str] | None = None) -> Redacted:
    """Take e-mail addresses, links, handles, account, telephone and long numbers out.

    Parameters
    ----------
    text : str
    marks : mapping of Trace to str, optional
        What to put in the place of each; `[email]` and so on without.

    Returns
    -------
    Redacted

    Notes
    -----
    Years, shares, sums with separators and articles of a law stay. O(length).

    Examples
    --------
    >>> redact("Write to a.b@example.org or +41 22 123 45 67.").text
    'Write to [email] or [phone].'
    >>> redact("In 2025, 1,250,000 people and 35.5 % under article 12.").traces
    ()
    """
    found: list[tuple[Trace, int, int]] = []
    for trace, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            # A full stop or a bracket after a link belongs to the sentence.
            while trace is Trace.LINK and text[end - 1] in ".,;:!?)]}'’":
                end -= 1
            found.append((trace, start, end))
    kept = _without_overlap(found)
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    done = length = 0
    for trace, start, end in kept:
        mark = f"[{trace.value}]" if marks is None else marks[trace]
        parts += [text[done:start], mark]
        length += start - done + len(mark)
        places.append((length - len(mark), length))
        done = end
    return Redacted("".join([*parts, text[done:]]), tuple(kept), tuple(places))


def _without_overlap(found: Sequence[tuple[Trace, int, int]]) -> list[tuple[Trace, int, int]]:
    """Of traces that overlap the earlier pattern wins."""
    kept: list[tuple[Trace, int, int]] = []
    order = {trace: place for place, trace in enumerate(Trace)}
    order[Trace.EMAIL], order[Trace.LINK] = 0, 1
    last = -1
    for trace, start, end in sorted(found, key=lambda one: (one[1], order[one[0]], -one[2])):
        if start >= last:
            kept.append((trace, start, end))
            last = end
        else:
            # What sticks out behind an overlap is hidden with it.
            previous = kept[-1]
            last = max(last, end)
            kept[-1] = (previous[0], previous[1], last)
    return kept
