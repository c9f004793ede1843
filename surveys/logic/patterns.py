"""Patterns that cannot hang: RE2 works in time linear in the text, whatever the pattern.

Authors write patterns for ODK, which hands them to Java. Most mean the same here; some are
spelt differently and are translated; the rest is refused by its name rather than misunderstood.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

from surveys.logic.errors import ExpressionError

MOST_CHARACTERS = 4_000
LONGEST_TEXT = 10_000
MOST_REPETITIONS = 1_000
_MEMORY = 1 << 22

_GROUPS = {
    "(?=": "lookahead",
    "(?!": "lookahead",
    "(?<=": "lookbehind",
    "(?<!": "lookbehind",
    "(?>": "atomic group",
}
_ESCAPES = {
    "Z": r"\z",
    "e": r"\x1B",
    "h": r"[ \t\x{A0}\x{1680}\x{180E}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]",
    "R": r"(?:\r\n|[\n\x0B\f\r\x{85}\x{2028}\x{2029}])",
}
_REFUSED_ESCAPES = {
    **dict.fromkeys("123456789k", "backreference"),
    **dict.fromkeys("iIcC", "name class of XML Schema"),
    "0": "octal number",
    "G": "end of the last match",
    "N": "name of a character",
    "X": "cluster of marks",
}
#: Java's names for the classes of POSIX.
_POSIX = re.compile(
    "Lower|Upper|ASCII|Alpha|Digit|Alnum|Punct|Graph|Print|Blank|Cntrl|XDigit|Space"
)
_PROPERTY = re.compile(r"\\([pP])\{\^?(?:Is|gc=|script=|sc=|general_category=)?(\w+)\}")
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_QUOTED = re.compile(r"\\Q.*?(?:\\E|\Z)", re.DOTALL)
_REPETITION = re.compile(r"\{([0-9]*)(,?)([0-9]*)\}")
_POSIX_CLASS = re.compile(r"\[:\^?[a-z]+:\]")
#: The flags of Java that RE2 does not know, or knows as something else.
_FLAGS = re.compile(r"\(\?[a-zA-Z]*[Uudx][a-zA-Z-]*[:)]")
_AGAIN = re.compile(r"(?:[*+?]|\{[0-9,]+\})\+")


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Any:
    """The pattern, ready to use; raises `ExpressionError` where it is wrong or not offered."""
    if len(pattern) > MOST_CHARACTERS:
        raise ExpressionError("The pattern is too long.", code="pattern")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(_Translation(pattern).whole(), options)
    except UnicodeError as error:
        raise ExpressionError("The pattern has a broken character.", code="pattern") from error
    except re2.error as error:
        message = f"The pattern is not valid: {_reason(error)}."
        raise ExpressionError(message, code="pattern") from error


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text fits the pattern; anything that goes wrong is a no."""
    if len(text) > LONGEST_TEXT:
        return False
    try:
        return compiled(pattern).fullmatch(text) is not None
    except (ExpressionError, re2.error, UnicodeError):
        return False


@dataclass(slots=True)
class _Translation:
    """One walk over a pattern, which puts Java's spelling into RE2's."""

    pattern: str
    place: int = 0
    is_in_class: bool = False
    done: list[str] = field(default_factory=list)

    def whole(self) -> str:
        while self.place < len(self.pattern):
            character = self.pattern[self.place]
            if character == "\\":
                self.escape()
            elif self.is_in_class:
                self.inside_class(character)
            else:
                self.outside_class(character)
        return "".join(self.done)

    def put(self, written: str, length: int) -> None:
        self.done.append(written)
        self.place += length

    def at(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        return expression.match(self.pattern, self.place)

    def escape(self) -> None:
        following = self.pattern[self.place + 1 : self.place + 2]
        if following in _REFUSED_ESCAPES:
            raise _refused(_REFUSED_ESCAPES[following], f"\\{following}")
        if following in {"Q", "u", "p", "P"}:
            self.long_escape(following)
        elif following in _ESCAPES:
            if self.is_in_class and following in {"R", "Z", "h"}:
                raise _refused("class within a class", f"\\{following}")
            self.put(_ESCAPES[following], 2)
        elif following > "\x7f":
            self.put(following, 2)
        else:
            self.put(f"\\{following}", 2)

    def long_escape(self, letter: str) -> None:
        if letter == "Q" and (quoted := self.at(_QUOTED)):
            inside = quoted[0][2:].removesuffix("\\E")
            self.put(_SIGN.sub(r"\\\g<0>", inside), len(quoted[0]))
        elif letter == "u" and (code := self.at(_UNICODE)):
            self.put(f"\\x{{{code[1]}}}", len(code[0]))
        elif letter in {"p", "P"} and (named := self.at(_PROPERTY)):
            self.put(self.property(named[1], named[2], "^" in named[0]), len(named[0]))
        else:
            self.put(f"\\{letter}", 2)

    def property(self, letter: str, name: str, is_negated: bool) -> str:
        outside = (letter == "P") != is_negated
        if _POSIX.fullmatch(name):
            written = f"[:{'^' if outside else ''}{name.lower()}:]"
            return written if self.is_in_class else f"[{written}]"
        written = f"\\{'P' if outside else 'p'}{{{name}}}"
        try:
            re2.compile(written, _quiet())
        except re2.error as error:
            raise _refused("class of characters", name) from error
        return written

    def inside_class(self, character: str) -> None:
        if character == "]":
            self.is_in_class = False
            self.put(character, 1)
        elif character == "[":
            posix = self.at(_POSIX_CLASS)
            if posix is None:
                raise _refused("class within a class", "[", " For the sign, write “\\[”.")
            self.put(posix[0], len(posix[0]))
        elif self.pattern.startswith("&&", self.place):
            raise _refused("intersection of classes", "&&")
        else:
            self.put(character, 1)

    def outside_class(self, character: str) -> None:
        if character == "[":
            self.open_class()
            return
        for start, name in _GROUPS.items():
            if self.pattern.startswith(start, self.place):
                raise _refused(name, start)
        if flags := self.at(_FLAGS):
            raise _refused("flag", flags[0])
        if possessive := self.at(_AGAIN):
            raise _refused("possessive repetition", possessive[0])
        repetition = self.at(_REPETITION)
        if repetition:
            _refuse_repetition(repetition)
            self.put(repetition[0], len(repetition[0]))
        else:
            self.put(character, 1)

    def open_class(self) -> None:
        """A bracket right after the opening one is a sign of its own."""
        self.is_in_class = True
        start = "[^" if self.pattern.startswith("[^", self.place) else "["
        self.put(start, len(start))
        if self.pattern.startswith("]", self.place):
            self.put(r"\]", 1)


def _quiet() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


def _refused(name: str, written: str, advice: str = "") -> ExpressionError:
    message = f"A pattern with “{written}” ({name}) is not offered here.{advice}"
    return ExpressionError(message, 0, "unsupported", name)


def _refuse_repetition(match: re.Match[str]) -> None:
    low, comma, high = match.groups()
    if not low and (comma or high):
        raise ExpressionError(
            f"In a pattern, write {{0,{high}}} instead of {match[0]}.", code="pattern"
        )
    if any(len(number) > 4 or int(number) > MOST_REPETITIONS for number in (low, high) if number):
        message = (
            f"A pattern can repeat something at most {MOST_REPETITIONS} times. "
            "Use string-length() for longer texts."
        )
        raise ExpressionError(message, code="pattern")
