"""Responses that look alike. They are shown and counted beside the others, never dropped.

An open link cannot know who answers. What can be seen without storing anything about browsers or
addresses is in the answers themselves: the same words as others, or the same closed answers all
through. Both happen innocently, in a campaign for instance; so these are signals and no verdicts.

Pure: responses in, frozen dataclasses out.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

#: Shorter texts ("no comment") are alike by chance; an ideograph counts as three letters.
FEWEST_LETTERS = 20
#: With fewer closed answers than this, equal ones say nothing.
FEWEST_ANSWERS = 10

Figure = TypeVar("Figure")


class Likeness(StrEnum):
    """What the members of a group have in common."""

    TEXTS = "texts"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Response:
    """One submitted response: its words and its closed answers, by question."""

    id: str
    texts: Mapping[str, str] = field(default_factory=dict)
    closed: Mapping[str, Any] = field(default_factory=dict)
    region: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Responses that have a text, or all their closed answers, in common."""

    likeness: Likeness
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """How many others one response looks like."""

    same_texts: int = 0
    same_answers: int = 0

    @property
    def is_raised(self) -> bool:
        return self.same_texts > 0 or self.same_answers > 0


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group of responses look like others."""

    flagged: int
    n: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The signals of a round. `counted_once`: how many there are if look-alikes count once."""

    n: int
    flagged: int
    same_texts: int
    same_answers: int
    counted_once: int
    by_region: Mapping[str | None, Share]
    by_sector: Mapping[str | None, Share]


def duplicate_groups(responses: Iterable[Response]) -> list[DuplicateGroup]:
    """Groups of two and more that look alike; a response may stand in several."""
    known = sorted(responses, key=lambda response: response.id)
    by_text: dict[tuple[str, str], list[str]] = {}
    by_answers: dict[str, list[str]] = {}
    for response in known:
        for code, text in response.texts.items():
            folded = fold(text)
            if weight(folded) >= FEWEST_LETTERS:
                by_text.setdefault((code, folded), []).append(response.id)
        if len(response.closed) >= FEWEST_ANSWERS:
            key = json.dumps(response.closed, sort_keys=True, ensure_ascii=False)
            by_answers.setdefault(key, []).append(response.id)
    texts = sorted({tuple(ids) for ids in by_text.values() if len(ids) > 1})
    answers = sorted({tuple(ids) for ids in by_answers.values() if len(ids) > 1})
    return [
        *(DuplicateGroup(Likeness.TEXTS, ids) for ids in texts),
        *(DuplicateGroup(Likeness.ANSWERS, ids) for ids in answers),
    ]


def fold(text: str) -> str:
    """A text without what differs between copies: case, marks, spaces, punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def weight(folded: str) -> int:
    """The length of a folded text in letters of an alphabet."""
    return sum(3 if unicodedata.east_asian_width(character) == "W" else 1 for character in folded)


def signals(responses: Sequence[Response]) -> dict[str, Signal]:
    """What is alike, for each response."""
    groups = duplicate_groups(responses)
    texts, answers = _others(groups, Likeness.TEXTS), _others(groups, Likeness.ANSWERS)
    return {
        response.id: Signal(texts.get(response.id, 0), answers.get(response.id, 0))
        for response in responses
    }


def _others(groups: Sequence[DuplicateGroup], likeness: Likeness) -> dict[str, int]:
    """How many others each member shares a group with; members of equal groups are counted once.

    A campaign puts thousands into one group, so that no set is made for each of them.
    """
    memberships: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        if group.likeness is likeness:
            for member in group.members:
                memberships.setdefault(member, []).append(number)
    sizes = {
        numbers: len(set().union(*(groups[number].members for number in numbers))) - 1
        for numbers in {tuple(numbers) for numbers in memberships.values()}
    }
    return {member: sizes[tuple(numbers)] for member, numbers in memberships.items()}


def counted_once(responses: Sequence[Response]) -> list[Response]:
    """The responses with one, the first by id, of each group of look-alikes."""
    first: dict[str, str] = {response.id: response.id for response in responses}

    def root(id_: str) -> str:
        while first[id_] != id_:
            first[id_] = first[first[id_]]
            id_ = first[id_]
        return id_

    for group in duplicate_groups(responses):
        for member in group.members[1:]:
            low, high = sorted((root(group.members[0]), root(member)))
            first[high] = low
    return [response for response in responses if root(response.id) == response.id]


def with_and_without(
    responses: Sequence[Response], figure: Callable[[Sequence[Response]], Figure]
) -> tuple[Figure, Figure]:
    """A figure over all responses, and over those in which look-alikes count once."""
    return figure(responses), figure(counted_once(responses))


def summarise(responses: Sequence[Response]) -> Summary:
    """The signals of a round in numbers."""
    found = signals(responses)
    return Summary(
        n=len(responses),
        flagged=sum(signal.is_raised for signal in found.values()),
        same_texts=sum(signal.same_texts > 0 for signal in found.values()),
        same_answers=sum(signal.same_answers > 0 for signal in found.values()),
        counted_once=len(counted_once(responses)),
        by_region=_shares(responses, found, lambda response: response.region),
        by_sector=_shares(responses, found, lambda response: response.sector),
    )


def _shares(
    responses: Sequence[Response],
    found: Mapping[str, Signal],
    part: Callable[[Response], str | None],
) -> dict[str | None, Share]:
    counts: dict[str | None, list[int]] = {}
    for response in responses:
        count = counts.setdefault(part(response), [0, 0])
        count[0] += found[response.id].is_raised
        count[1] += 1
    order = sorted(counts, key=lambda code: (code is None, code or ""))
    return {code: Share(*counts[code]) for code in order}
