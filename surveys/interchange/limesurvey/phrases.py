"""Pieces of expressions, and how they are put together."""

import re
from dataclasses import dataclass
from typing import Final

from core.i18n import _
from surveys.interchange.limesurvey.script import ScriptError
from surveys.interchange.limesurvey.subjects import Sort, Subject
from surveys.interchange.xlsform.scanning import quoted

#: The code of the question that an expression is about.
THIS: Final = "."
SIGNS: Final = {"==": "=", "/": "div"}
_PATTERN: Final = re.compile(r"/(?P<body>.*)/(?P<flags>[a-zA-Z]*)", re.DOTALL)
#: How tightly a piece holds together: "or", "and", "=", "<", "+", "*", a single thing.
OR, AND, EQUAL, LESS, PLUS, TIMES, WHOLE = range(1, 8)
STRENGTH: Final = {"=": EQUAL, "!=": EQUAL, "+": PLUS, "-": PLUS, "*": TIMES, "div": TIMES}


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression of ours; `sort` is "truth", "number", "text" or "code"."""

    source: str
    sort: str
    strength: int = WHOLE

    def within(self, least: int) -> str:
        """In brackets where something around it would tear it apart."""
        return self.source if self.strength >= least else f"({self.source})"


def reference(subject: Subject) -> str:
    """The answer to a question; the one that a rule is about is a point."""
    return "." if subject.code == THIS else f"${{{subject.code}}}"


def value_of(subject: Subject) -> str:
    """The part of an answer that a variable stands for, as a text."""
    answer = reference(subject)
    if subject.sort is Sort.PLACE:
        return f"selected-at({answer}, {subject.part})"
    if subject.sort is Sort.CELL:
        behind = f"substring-after(concat(' ', {answer}, ' '), ' {subject.part}:')"
        return f"substring-before({behind}, ' ')"
    return answer


def picked(subject: Subject) -> Piece:
    option = "other" if subject.sort is Sort.OTHER else subject.part
    if subject.sort is Sort.OTHER and subject.part == "choice":
        return Piece(f"{reference(subject)} = 'other'", "truth", EQUAL)
    return Piece(f"selected({reference(subject)}, {quoted(option)})", "truth")


def tick(subject: Subject, sign: str, value: str) -> Piece:
    """An option compared with "Y" or with nothing; words beside "other" only with nothing."""
    when_picked = "x" if subject.sort is Sort.OTHER else "Y"
    holds = _holds(when_picked, sign, value), _holds("", sign, value)
    if subject.sort is Sort.OTHER and value:
        message = _("The words beside “other” cannot be compared in an expression.")
        raise ScriptError(message, "other")
    match holds:
        case (True, False):
            return picked(subject)
        case (False, True):
            return Piece(f"not({picked(subject).source})", "truth")
        case (both, _):
            return Piece("true()" if both else "false()", "truth")


def _holds(left: str, sign: str, right: str) -> bool:
    return {"==": left == right, "!=": left != right}.get(sign, False)


def compared(left: Piece, sign: str, right: Piece) -> Piece:
    ours = SIGNS.get(sign, sign)
    strength = EQUAL if ours in {"=", "!="} else LESS
    source = f"{left.within(strength + 1)} {ours} {right.within(strength + 1)}"
    return Piece(source, "truth", strength)


def concatenated(found: list[Piece]) -> Piece:
    return Piece(f"concat({', '.join(piece.source for piece in found)})", "text")


def is_number(value: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", value))


def anywhere(written: str) -> str:
    """A pattern between slashes as one for a whole text; raises where a flag has no counterpart."""
    match = _PATTERN.fullmatch(written.strip())
    if match is None:
        raise ScriptError(_("The pattern “%(pattern)s” cannot be read.", pattern=written), "regex")
    body, flags = match["body"], set(match["flags"])
    if flags - set("iu"):
        raise ScriptError(_("The pattern has marks that are not offered here."), "regex")
    # A slash needs no mark before it here.
    body = body.replace(r"\/", "/")
    start, end = body.startswith("^"), body.endswith("$") and not body.endswith(r"\$")
    has_branches = "|" in body
    inner = f"(?:{body})" if has_branches else body
    before = "" if start and not has_branches else "(?:.|\\n)*"
    after = "" if end and not has_branches else "(?:.|\\n)*"
    mark = "(?i)" if "i" in flags else ""
    return f"{mark}{before}{inner}{after}"
