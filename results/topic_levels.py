"""How topics are set out for their readers: how firm each is, and in which theme of the machine."""

from collections.abc import Mapping, Sequence
from typing import Any

#: Below the first a topic falls apart when it is computed again, from the second on it stands.
FALLS_BELOW, STANDS_FROM = 0.5, 0.75


def firmness(stability: float | None) -> str:
    """How firm a topic is, from the share of its members that come out again in one."""
    if stability is None:
        return "unknown"
    if stability < FALLS_BELOW:
        return "falls"
    return "stands" if stability >= STANDS_FROM else "wavers"


def by_theme(
    document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Mapping[str, Any] | None, list[Mapping[str, Any]]]]:
    """Topics under the theme that a machine put them in; under none where one theme holds all."""
    known = document.get("themes", [])
    if len(known) < 2:
        return [(None, list(rows))] if rows else []
    found = [
        (theme, [row for row in rows if str(row.get("theme")) == theme["key"]]) for theme in known
    ]
    return [(theme, own) for theme, own in found if own]
