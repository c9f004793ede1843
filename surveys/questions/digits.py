"""Numbers as people type them: digits of any script, a comma or a point, thousands apart."""

import re
import unicodedata
from decimal import Decimal

LONGEST = 60
#: One shape for each sign; what only ever stands between thousands becomes a space.
_MARKS = str.maketrans({"٫": ".", "،": ",", "٬": " ", "’": " ", "'": " ", "−": "-"})
_PLAIN = re.compile(r"[+-]?\d+\Z", re.ASCII)
_ONE_MARK = re.compile(r"[+-]?\d*([.,])\d+\Z", re.ASCII)
_GROUPS = re.compile(
    r"[+-]?[1-9]\d{0,2}(?P<mark>[ ,.])\d{3}(?:(?P=mark)\d{3})*(?:(?!(?P=mark))[.,]\d+)?\Z",
    re.ASCII,
)
#: As in South Asia: 12,34,567.
_LAKHS = re.compile(r"[+-]?[1-9]\d?(?P<mark>,)(?:\d{2},)+\d{3}(?:\.\d+)?\Z", re.ASCII)
_STORED = re.compile(r"-?\d+(?:\.\d+)?\Z", re.ASCII)


def latin_digits(text: str) -> str:
    """The text with the digits of any script as 0 to 9."""
    return "".join(
        str(unicodedata.digit(character)) if character.isdecimal() else character
        for character in text
    )


def read_number(text: str, *, decimals: int = 0, mark: str = "") -> Decimal | None:
    """The number that was typed, with its precision; None for what is none or could be two.

    "1,5" and "1.5" are one and a half; "1 234", "1,234,567" and "1.234,5" have their thousands
    apart. A lone comma or point before three digits begins a fraction where the language writes
    fractions so. Otherwise it parts thousands where whole numbers are asked for, and is taken for
    neither where fractions are.

    Parameters
    ----------
    text : str
    decimals : int
        How many digits behind the point are asked for.
    mark : {"", ",", "."}
        What stands before a fraction in the language of the page. Where there is no page, as in
        an import, a point begins a fraction and a comma before three digits says nothing sure.
    """
    cleaned = _clean(text) if len(text) <= 4 * LONGEST else ""
    if not cleaned or len(cleaned) > LONGEST:
        return None
    if _PLAIN.match(cleaned):
        return _number(cleaned)
    grouped = _GROUPS.match(cleaned) or _LAKHS.match(cleaned)
    single = _ONE_MARK.match(cleaned)
    if single and (not grouped or single[1] == (mark or ".")):
        return _number(cleaned.replace(",", "."))
    if grouped is None or (single and (decimals or not mark)):
        return None
    return _number(cleaned.replace(grouped["mark"], "").replace(",", "."))


def _clean(text: str) -> str:
    """Without marks of direction; all spaces alike, digits and signs in one shape."""
    seen = "".join(
        " " if character.isspace() else character
        for character in text
        if unicodedata.category(character) != "Cf"
    )
    return latin_digits(seen.strip()).translate(_MARKS)


def _number(plain: str) -> Decimal:
    number = Decimal(plain)
    return number or abs(number)


def stored_number(value: str) -> Decimal | None:
    """A number as it was stored: plain digits with a point."""
    return Decimal(value) if len(value) <= LONGEST + 2 and _STORED.match(value) else None
