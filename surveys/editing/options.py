"""Options as lines of text: `code | label`, one a line, without losing what else they carry."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.i18n import text_in
from surveys.editing.codes import suggested_option

SEPARATOR = "|"
Entry = Mapping[str, Any]
_SPACE = re.compile(r"\s+")


def as_lines(entries: Iterable[Entry], language: str) -> str:
    """What the text area shows; a label that is missing in the language is left empty."""
    return "\n".join(
        f"{entry['code']} {SEPARATOR} {_one_line(entry['label'].get(language, ''))}".rstrip()
        for entry in entries
    )


def _one_line(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def from_lines(text: str, known: Sequence[Entry], language: str) -> list[dict[str, Any]]:
    """The options of the lines.

    Translations and conditions follow the code, and the label where only the code was changed.
    """
    parts = [_parts(line) for line in text.splitlines() if line.strip()]
    given = {code for code, _label in parts if code}
    by_code = {entry["code"]: entry for entry in known}
    by_label = {
        _one_line(entry["label"].get(language, "")): entry
        for entry in known
        if entry["code"] not in given
    }
    found: list[dict[str, Any]] = []
    taken = set(given)
    for written, label in parts:
        before = by_code.get(written) or by_label.get(label) or {}
        code = written or before.get("code") or suggested_option(label, taken)
        taken.add(code)
        found.append(_entry(before, code, label, language))
    return found


def _parts(line: str) -> tuple[str, str]:
    """Code and label; a line without a separator is all label."""
    code, separator, label = line.partition(SEPARATOR)
    if not separator:
        return "", _one_line(line)
    return code.strip(), _one_line(label)


def _entry(before: Entry, code: str, label: str, language: str) -> dict[str, Any]:
    texts = dict(before.get("label", {}))
    if label:
        texts[language] = label
    elif language in texts:
        del texts[language]
    return {**before, "code": code, "label": texts}


def recoded(before: Sequence[Entry], after: Sequence[Entry], language: str) -> list[str]:
    """Codes that were given up for another one under the same label."""
    kept = {entry["code"] for entry in after}
    labels = {_one_line(text_in(dict(entry["label"]), language)) for entry in _new(before, after)}
    return [
        entry["code"]
        for entry in before
        if entry["code"] not in kept
        and _one_line(text_in(dict(entry["label"]), language)) in labels
    ]


def _new(before: Sequence[Entry], after: Sequence[Entry]) -> list[Entry]:
    known = {entry["code"] for entry in before}
    return [entry for entry in after if entry["code"] not in known]


def stepped(entries: list[dict[str, Any]], verb: str, code: str) -> list[dict[str, Any]]:
    """The options with one of them moved up or down, or taken away."""
    here = next((place for place, entry in enumerate(entries) if entry["code"] == code), None)
    if here is None:
        return entries
    moved = list(entries)
    entry = moved.pop(here)
    if verb == "remove":
        return moved
    steps = {"up": -1, "down": 1}
    moved.insert(min(max(here + steps.get(verb, 0), 0), len(moved)), entry)
    return moved
