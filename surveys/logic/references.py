"""Places of answers in texts: `${code}`."""

import re
from dataclasses import dataclass

CODE = r"[^\W\d][\w.\-]*"
REFERENCE = re.compile(rf"\$\{{\s*({CODE})\s*\}}")


@dataclass(frozen=True, slots=True)
class Reference:
    """The place of an earlier answer in a text."""

    name: str


def pipes(text: str) -> list[str | Reference]:
    """Split a text at its `${code}`s; nothing else in it has a meaning."""
    found: list[str | Reference] = []
    place = 0
    for match in REFERENCE.finditer(text):
        if match.start() > place:
            found.append(text[place : match.start()])
        found.append(Reference(match[1]))
        place = match.end()
    if place < len(text) or not found:
        found.append(text[place:])
    return found


def quoted_reference(text: str) -> str | None:
    """The code in a text that is one `${code}` and nothing else."""
    match = REFERENCE.fullmatch(text.strip())
    return match[1] if match else None
