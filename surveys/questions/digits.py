"""Numbers as people type them: digits of any script, a comma or a point."""

import re
import unicodedata
from decimal import Decimal

LONGEST = 60
_MARKS = str.maketrans({"٫": ".", "٬": "", "−": "-", "\u00a0": "", "\u202f": "", "’": ""})
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?\Z|[+-]?\.\d+\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([ ,.])\d{3})(?:\1\d{3})*(?:[.,]\d+)?\Z", re.ASCII)


def latin_digits(text: str) -> str:
    """The text with the digits of any script as 0 to 9."""
    return "".join(
        str(unicodedata.digit(character)) if character.isdecimal() else character
        for character in text
    )


def read_number(text: str, *, decimals: int = 0) -> Decimal | None:
    """The number that was typed, with its precision; None for what is none or could be two.

    "1,5" is one and a half. "1,234" is a thousand and more where whole numbers are wanted; where
    decimals are, it could be two numbers and is taken for neither.
    """
    cleaned = "".join(c for c in text if c not in "\u200e\u200f\u061c").strip()
    if not cleaned or len(cleaned) > LONGEST:
        return None
    cleaned = latin_digits(cleaned).translate(_MARKS)
    grouped = _GROUPED.match(cleaned)
    if grouped:
        mark = grouped[1]
        is_alone = cleaned.count(mark) == 1 and len({m for m in " ,." if m in cleaned}) == 1
        if is_alone and decimals and mark == ",":
            return None
        if not (is_alone and decimals and mark == "."):
            cleaned = cleaned.replace(mark, "")
    cleaned = cleaned.replace(",", ".")
    return Decimal(cleaned) if _NUMBER.match(cleaned) else None


def stored_number(value: str) -> Decimal | None:
    """A number as it was stored: plain digits with a point."""
    return Decimal(value) if len(value) <= LONGEST and _NUMBER.match(value) else None
