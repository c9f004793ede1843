"""The languages of a form: from their names in the columns to tags, and back."""

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError

#: What texts are in when no column says it.
DEFAULT = "default"
UNKNOWN = "und"
#: Tags for languages whose names nobody knows; each stands for one of them.
_SPARE = (UNKNOWN, "und-001", "und-150", "und-Latn", "und-Zyyy", "und-Zxxx")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)\s*\Z")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_OWN_NAMES = (
    "ar am az bg bn bs ca cs da de el en es et fa fi fr ha he hi hr hu hy id it ja ka kk km ko ku "
    "ky lo lt lv mk mn ms my nb ne nl pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg th tr uk "
    "ur uz vi yo zh zu"
)


def tags_for(names: list[str], default: str) -> dict[str, str]:
    """A tag for each name, no two alike; names that are left over get none."""
    found: dict[str, str] = {}
    for name in names:
        wanted = default if name == DEFAULT else tag_of(name)
        for tag in (wanted, *_SPARE):
            if tag and tag not in found.values():
                found[name] = tag
                break
    return found


def tag_of(name: str) -> str:
    """The tag of a language as people write it: “English (en)”, “fr”, “Kiswahili”; "" if unknown."""
    bracketed = _IN_BRACKETS.search(name)
    if bracketed and (tag := _checked(bracketed[1].strip())):
        return tag
    bare = _IN_BRACKETS.sub("", name).strip()
    known = _known_names().get(bare.casefold()) or _known_names().get(name.strip().casefold())
    if known:
        return known
    return _checked(bare) if len(bare) <= 3 or "-" in bare or "_" in bare else ""


def _checked(code: str) -> str:
    if not _TAG.match(code):
        return ""
    first, *rest = code.replace("_", "-").split("-")
    tag = "-".join([first.lower(), *(_cased(part) for part in rest)])
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    return tag if locale.language and (first.lower() == UNKNOWN or _is_language(first)) else ""


def _cased(part: str) -> str:
    if len(part) == 4:
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()


@cache
def _is_language(code: str) -> bool:
    lower = code.lower()
    return lower in Locale("en").languages or len(lower) == 3


@cache
def _known_names() -> Mapping[str, str]:
    found = {
        name.casefold(): code
        for code, name in Locale("en").languages.items()
        if _checked(code.replace("_", "-"))
    }
    for code in _OWN_NAMES.split():
        own = Locale(code).get_language_name(code)
        if own:
            found.setdefault(own.casefold(), code)
    return found


def full_name(tag: str) -> str:
    """A language as the title of a column: its own name and a code that other tools know."""
    primary = tag.split("-", maxsplit=1)[0]
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return f"{tag} ({primary})"
    own = locale.get_display_name("en") if primary != UNKNOWN else tag
    plain = re.sub(r"[():\s]+", " ", own or tag).strip()
    return f"{plain} ({primary})"
