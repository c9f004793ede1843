"""The words of a topic as its reader sees them: in the reader's language where it has some."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import _, current_language, wider

#: No single language: what several share, and what nobody could tell.
NO_LANGUAGE = frozenset({"mul", "und", ""})


@dataclass(frozen=True, slots=True)
class Words:
    """Words and the language that they are in; an empty tag where that is no single one."""

    language: str
    terms: tuple[str, ...]

    def first(self, most: int, between: str = " · ") -> str:
        """The strongest words in a row."""
        return between.join(self.terms[:most])


def words_of(row: Mapping[str, Any], reader: str) -> Words:
    """The words of a topic for a reader of this language; else those of most of its texts."""
    for tag in wider(reader):
        own = row.get("terms_in", {}).get(tag)
        if own:
            return Words(tag, tuple(own))
    language = str(row.get("terms_language") or row.get("language") or "")
    return Words("" if language in NO_LANGUAGE else language, tuple(row.get("terms", ())))


def topic_words(row: Mapping[str, Any]) -> Words:
    """The same for whoever reads the page; a topic whose texts share no words has its number."""
    found = words_of(row, current_language())
    if found.terms or "key" not in row:
        return found
    name = _("Found theme") if "topics" in row else _("Topic")
    return Words(current_language(), (f"{name} {row['key']}",))
