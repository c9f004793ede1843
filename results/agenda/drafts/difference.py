"""What changed between two published versions, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

#: A word with the blanks behind it; where a script sets no blanks between words, a character.
_PIECES = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\u0e00-\u0e7f]|[^\s\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff\u0e00-\u0e7f]+\s*|\s+"
)
WORDINGS = ("title", "problem", "deliverable", "rationale", "reason", "scope_note")
FACTS = (
    "state",
    "track",
    "slot",
    "minutes",
    "lead",
    "deferred_until",
    "referred_to",
    "merged_into",
)
#: Beyond this many words on a side the texts stand whole, one after the other.
MOST_WORDS = 4_000


class Change(StrEnum):
    """What happened to a piece of text, or to an item."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is the same, new, or gone."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """What changed in one item."""

    id: str
    change: Change
    title: dict[str, str]
    #: The name of each wording that changed, with its pieces.
    wordings: tuple[tuple[str, tuple[Piece, ...]], ...]
    #: The name of each fact that changed, with what it was and what it is.
    facts: tuple[tuple[str, Any, Any], ...]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one, with what was taken out and what was put in."""
    if before == after:
        return (Piece(Change.SAME, after),) if after else ()
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) > MOST_WORDS or len(new) > MOST_WORDS:
        return (Piece(Change.REMOVED, before), Piece(Change.ADDED, after))
    found: list[Piece] = []
    matcher = SequenceMatcher(
        None, [p.strip() for p in old], [p.strip() for p in new], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.SAME, "".join(new[c:d])))
            continue
        if b > a:
            found.append(Piece(Change.REMOVED, "".join(old[a:b])))
        if d > c:
            found.append(Piece(Change.ADDED, "".join(new[c:d])))
    return tuple(piece for piece in found if piece.text)


def difference(
    before: dict[str, Any], after: dict[str, Any], language: str, default: str
) -> list[ItemDifference]:
    """The items that differ between two versions, in the order of the later one."""
    old = {item["id"]: item for item in before["items"]}
    new = {item["id"]: item for item in after["items"]}
    found = [_compare(old.get(key), item, language, default) for key, item in new.items()]
    found += [
        _compare(item, None, language, default) for key, item in old.items() if key not in new
    ]
    return [row for row in found if row.change is not Change.SAME]


def _compare(
    before: dict[str, Any] | None, after: dict[str, Any] | None, language: str, default: str
) -> ItemDifference:
    item = after or before or {}
    wordings = []
    for name in WORDINGS:
        was = _text((before or {}).get(name, {}), language, default)
        is_now = _text((after or {}).get(name, {}), language, default)
        if was != is_now:
            wordings.append((name, pieces(was, is_now)))
    facts = tuple(
        (name, (before or {}).get(name), (after or {}).get(name))
        for name in FACTS
        if (before or {}).get(name) != (after or {}).get(name)
    )
    n_before, n_after = (len((side or {}).get("evidence", [])) for side in (before, after))
    if _evidence(before) != _evidence(after):
        facts = (*facts, ("evidence", n_before, n_after))
    if before is None or after is None:
        change = Change.ADDED if before is None else Change.REMOVED
    else:
        change = Change.CHANGED if wordings or facts else Change.SAME
    return ItemDifference(item["id"], change, item["title"], tuple(wordings), facts)


def _evidence(item: dict[str, Any] | None) -> set[str]:
    return {link["id"] for link in (item or {}).get("evidence", [])}


def _text(texts: dict[str, str], language: str, default: str) -> str:
    return texts.get(language) or texts.get(default) or next(iter(texts.values()), "")
