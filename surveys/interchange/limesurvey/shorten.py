"""Codes as LimeSurvey takes them: letters and digits, few, unique; every change is told."""

import re
from dataclasses import dataclass, field
from typing import Final

from core.i18n import _
from surveys.interchange.limesurvey.remarks import Report

QUESTION: Final = 20
ANSWER: Final = 5
_OTHER_SIGNS: Final = re.compile(r"[^A-Za-z0-9]")


@dataclass(slots=True)
class Shortener:
    """Codes of one list."""

    report: Report
    place: str
    longest: int
    #: Whether a code has to begin with a letter.
    needs_letter: bool = True
    taken: set[str] = field(default_factory=set)

    def take(self, code: str, letter: str = "A") -> str:
        """The code, or one like it that fits and is free."""
        plain = _OTHER_SIGNS.sub("", code.replace("-", "m") if _is_number(code) else code)
        if not plain or (self.needs_letter and not plain[0].isalpha()):
            plain = f"{letter}{plain}"
        short, number = plain[: self.longest], 2
        while short.lower() in self.taken:
            tail = str(number)
            short = f"{plain[: self.longest - len(tail)]}{tail}"
            number += 1
        self.taken.add(short.lower())
        if short != code:
            message = _("The code “%(old)s” is “%(new)s” in the file.", old=code, new=short)
            self.report.notice(self.place, message, "code", code)
        return short


def _is_number(code: str) -> bool:
    return code.removeprefix("-").isdigit()
