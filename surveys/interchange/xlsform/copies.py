"""Repeats as a fixed number of copies, and the codes of everything that is asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from surveys.interchange.xlsform.names import QUESTION_CODE, Codes, question_code
from surveys.interchange.xlsform.remarks import Report, refuse
from surveys.interchange.xlsform.structure import Node

#: Where a form leaves the number of repeats to whoever fills it in.
USUAL_COPIES = 3
MOST_COPIES = 20
MOST_QUESTIONS = 5_000
_WHOLE = re.compile(r"\d{1,4}(?:\.0+)?\Z")
#: Which copy of each repeat around a question, the outermost first.
Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many copies a repeat gets, and the expression that says how many are shown."""

    number: int
    shown: str = ""
    is_open: bool = False


@dataclass(slots=True)
class Copies:
    """Every question with its copies, and the code of each."""

    root: Node
    report: Report
    counts: dict[int, Count] = field(default_factory=dict)
    by_name: dict[str, list[Node]] = field(default_factory=dict)
    _codes: dict[tuple[int, Numbers], str] = field(default_factory=dict)
    given: Codes = field(default_factory=Codes)

    def prepare(self) -> None:
        """Count the repeats and give every node its codes."""
        for node in self.root.walk():
            self.by_name.setdefault(node.name, []).append(node)
            if node.is_repeat:
                self.counts[id(node)] = self._count(node)
        self._give_codes()

    def _count(self, node: Node) -> Count:
        source = node.row.get("repeat_count").strip()
        place = node.row.place("repeat_count" if source else "type")
        if _WHOLE.match(source):
            number = int(float(source))
            if number > MOST_COPIES:
                self.report.notice("repeat_cut", place, "repeat", wanted=number, limit=MOST_COPIES)
            self.report.notice("repeat", place, "repeat", number=min(number, MOST_COPIES))
            return Count(min(number, MOST_COPIES))
        self.report.notice("repeat", place, "repeat", number=USUAL_COPIES)
        return Count(USUAL_COPIES, source, is_open=not source)

    def _give_codes(self) -> None:
        """Names that are good codes and stand alone are kept before any other gets a code."""
        seen: dict[str, int] = {}
        for node in self.root.walk():
            seen[node.name.lower()] = seen.get(node.name.lower(), 0) + 1
        late: list[Node] = []
        for node in self.root.walk():
            is_good = bool(QUESTION_CODE.match(node.name)) and seen[node.name.lower()] == 1
            if is_good and not node.repeats():
                self._codes[id(node), ()] = self.given.take(node.name)
            else:
                late.append(node)
        number = 0
        for node in late:
            for numbers in self.of(node):
                number += 1
                if number > MOST_QUESTIONS:
                    place = node.row.place("type")
                    raise refuse("too_many_questions", place, "size", limit=MOST_QUESTIONS)
                tail = "".join(f"_{place}" for place in numbers)
                base = question_code(node.name)[: 64 - len(tail)]
                self._codes[id(node), numbers] = self.given.take(f"{base}{tail}")

    def of(self, node: Node) -> Iterator[Numbers]:
        """All copies of a node."""
        yield from _combined([self.counts[id(repeat)].number for repeat in node.repeats()])

    def within(self, node: Node, numbers: Numbers, here: list[Node]) -> list[str]:
        """The codes of a node as seen from a place: its own copy, or all there are."""
        around = node.repeats()
        shared = 0
        for mine, theirs in zip(here, around, strict=False):
            if mine is not theirs:
                break
            shared += 1
        fixed = numbers[:shared]
        rest = _combined([self.counts[id(repeat)].number for repeat in around[shared:]])
        return [self.code(node, fixed + more) for more in rest]

    def code(self, node: Node, numbers: Numbers) -> str:
        return self._codes.get((id(node), numbers), node.name)

    def node(self, name: str) -> Node | None:
        """The one node of a name."""
        found = self.by_name.get(name, [])
        return found[0] if len(found) == 1 else None


def _combined(counts: list[int]) -> Iterator[Numbers]:
    if not counts:
        yield ()
        return
    for number in range(1, counts[0] + 1):
        for rest in _combined(counts[1:]):
            yield (number, *rest)
