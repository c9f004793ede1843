"""Names inside texts and expressions: piping, renaming, and what hangs on what."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from surveys.logic.errors import ExpressionError

_REFERENCE = re.compile(r"\$\{\s*([A-Za-z_][\w.\-]*)\s*\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """The place of an earlier answer in a text."""

    name: str


def pipes(text: str) -> list[str | Reference]:
    """Split a text at its `${code}`s; nothing else in it has a meaning."""
    found: list[str | Reference] = []
    place = 0
    for match in _REFERENCE.finditer(text):
        if match.start() > place:
            found.append(text[place : match.start()])
        found.append(Reference(match[1]))
        place = match.end()
    if place < len(text) or not found:
        found.append(text[place:])
    return found


def rename(source: str, names: Mapping[str, str]) -> str:
    """The expression or text with other codes in its `${code}`s."""

    def renamed(match: re.Match[str]) -> str:
        return f"${{{names[match[1]]}}}" if match[1] in names else match[0]

    return _REFERENCE.sub(renamed, source)


def order(needs: Mapping[str, Collection[str]]) -> list[str]:
    """Codes so that each comes after what it needs; a circle is refused and spelt out."""
    known: dict[str, Iterable[str]] = {
        code: [need for need in wanted if need in needs] for code, wanted in needs.items()
    }
    try:
        return list(TopologicalSorter(known).static_order())
    except CycleError as error:
        circle = [str(code) for code in reversed(error.args[1])]
        message = f"These questions hang on each other in a circle: {' → '.join(circle)}."
        raise ExpressionError(message, code="cycle", name=circle[0]) from error
