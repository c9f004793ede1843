"""Codes of questions, sections and options: suggested from their words, and never used twice."""

import re
import unicodedata
from collections.abc import Collection

from surveys.documents import CODE, OPTION_CODE

LONGEST = 32
MOST_WORDS = 4
#: Words that say nothing about a question, in the languages whose letters make good codes.
_SILENT = (
    "a an and any are as at be by can could did do does for from had has have how if in is it "
    "its may might most much of on or our please should so than that the their them there "
    "these they this those to us was we were what when where which who whom whose why will "
    "with would you your au aux avec ce ces cet cette comment dans de des du elle en est et "
    "il la le les leur mais ne nos notre nous ou par pas pour quand que quel quelle quelles "
    "quels qui quoi sa se ses si son sont sur un une vos votre vous al como con cual cuando "
    "del donde el ella es esta este las lo los no para por quien su sus una usted y"
)
_EMPTY_WORDS = frozenset(_SILENT.split())
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_A_LETTER.sub(" ", letters).split()


def suggested(text: str, taken: Collection[str], fallback: str) -> str:
    """A free code made of the words of a text; `fallback` with a number where it has no letters."""
    words = _words(text)
    telling = [word for word in words if len(word) > 1 and word not in _EMPTY_WORDS] or words
    base = ""
    for word in telling[:MOST_WORDS]:
        longer = f"{base}_{word}" if base else word[:LONGEST]
        if len(longer) <= LONGEST:
            base = longer
    return free(base, taken) if CODE.match(base) else numbered(fallback, taken)


def suggested_option(text: str, taken: Collection[str]) -> str:
    """A free code of an option; numbers may stand as they are."""
    words = _words(text)
    if len(words) == 1 and OPTION_CODE.match(words[0]) and words[0] not in _lower(taken):
        return words[0]
    return suggested(text, taken, "o")


def free(code: str, taken: Collection[str]) -> str:
    """The code itself, or with the first number behind it that nobody has."""
    known = _lower(taken)
    if code.lower() not in known:
        return code
    number = 2
    while f"{code}_{number}".lower() in known:
        number += 1
    return f"{code}_{number}"


def numbered(prefix: str, taken: Collection[str]) -> str:
    known = _lower(taken)
    number = 1
    while f"{prefix}{number}" in known:
        number += 1
    return f"{prefix}{number}"


def _lower(codes: Collection[str]) -> set[str]:
    return {code.lower() for code in codes}
