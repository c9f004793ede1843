"""Conditions that no answers can meet, and questions that nobody can come to.

Found by trying every answer that matters, where these are few. Nothing is said of a condition
whose answers cannot be counted: silence here means "not known", never "reachable".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations, product

from surveys.documents import Question, QuestionnaireDocument
from surveys.logic import Expression, ExpressionError, Scope, is_true, parse

MOST_CASES = 4_000
#: Each has two values at least, so that more would be too many cases in any case.
MOST_NAMES = 12
#: What says something else tomorrow, or at another throw of the dice.
FICKLE = frozenset({"today", "now", "random", "uuid", "once"})
#: Functions that ask nothing of several answers but which they are and how many.
COUNTING = frozenset({"selected", "count-selected", "not", "true", "false", "number", "int"})
_LITERAL = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def can_hold(document: QuestionnaireDocument, source: str) -> bool:
    """Whether some answers make this condition true, each question taken as if it were shown."""
    expression = parse(source)
    cases = _cases(document, [expression], expression.names)
    return cases is None or any(_holds(expression, case.get) for case in cases)


def unreachable(document: QuestionnaireDocument) -> Iterator[str]:
    """Codes of questions that no answers lead to, in a document without faults and circles.

    Conditions that can hold on their own may still contradict the condition of their page, or
    that of a question they speak of.
    """
    for code in document.by_code:
        if not _conditions(document, code):
            continue
        around = _around(document, code)
        cases = _cases(document, around.conditions, around.names)
        if cases is not None and not any(_Visit(document, case).shows(code) for case in cases):
            yield code


def _conditions(document: QuestionnaireDocument, code: str) -> list[Expression]:
    section, question = document.places[code]
    return [parse(source) for source in (section.relevant, question.relevant) if source]


@dataclass(slots=True)
class _Around:
    """All that decides on whether a question is shown."""

    names: set[str] = field(default_factory=set)
    conditions: list[Expression] = field(default_factory=list)


def _around(document: QuestionnaireDocument, code: str) -> _Around:
    found = _Around()
    waiting, seen = [code], {code}
    while waiting and len(found.names) <= MOST_NAMES:
        for condition in _conditions(document, waiting.pop()):
            found.conditions.append(condition)
            found.names |= condition.names
            waiting += sorted(condition.names - seen)
            seen |= condition.names
    return found


def _cases(
    document: QuestionnaireDocument, conditions: Sequence[Expression], names: Iterable[str]
) -> Iterator[dict[str, str]] | None:
    """Every combination of answers that may make a difference; None where they are too many."""
    if any(condition.functions & FICKLE for condition in conditions):
        return None
    ordered = sorted(names)
    values: list[list[str]] = []
    size = 1
    for name in ordered:
        found = _possible_values(document.by_code[name], conditions)
        if found is None:
            return None
        values.append(found)
        size *= len(found)
        if size > MOST_CASES:
            return None
    return (dict(zip(ordered, case, strict=True)) for case in product(*values))


def _possible_values(question: Question, conditions: Sequence[Expression]) -> list[str] | None:
    settings = question.settings
    if question.kind == "rating_scale":
        return ["", *(str(point) for point in range(1, int(settings["points"]) + 1))]
    if question.kind == "numeric_scale":
        low, high = int(settings.get("low", 0)), int(settings.get("high", 10))
        return ["", *(str(point) for point in range(low, high + 1))]
    codes = [str(entry["code"]) for entry in settings.get("options") or ()]
    if settings.get("other"):
        codes.append("other")
    if not codes:
        return None
    if question.kind == "multiple_choice":
        return _several(codes, conditions)
    return ["", *codes]


def _several(codes: Sequence[str], conditions: Sequence[Expression]) -> list[str] | None:
    """Sets of options; those that no condition names differ by their number alone."""
    literals = {one or other for found in conditions for one, other in _literals(found)}
    functions = frozenset[str]().union(*(found.functions for found in conditions))
    named = [code for code in codes if code in literals]
    if functions - COUNTING or any(" " in text for text in literals) or len(named) > 11:
        return None
    rest = [code for code in codes if code not in literals]
    return [
        " ".join([*chosen, *rest[:others]])
        for size in range(len(named) + 1)
        for chosen in combinations(named, size)
        for others in range(len(rest) + 1)
    ]


def _literals(expression: Expression) -> list[tuple[str, str]]:
    return _LITERAL.findall(expression.source)


@dataclass(slots=True)
class _Visit:
    """One respondent with these answers; what is not shown has none."""

    document: QuestionnaireDocument
    answers: Mapping[str, str]
    known: dict[str, bool] = field(default_factory=dict)

    def shows(self, code: str) -> bool:
        found = self.known.get(code)
        if found is None:
            found = all(_holds(one, self.value) for one in _conditions(self.document, code))
            self.known[code] = found
        return found

    def value(self, code: str) -> str:
        return self.answers.get(code, "") if self.shows(code) else ""


def _holds(expression: Expression, value_of: Callable[[str], str | None]) -> bool:
    scope = Scope(
        value_of=lambda name: value_of(name) or "",
        this="",
        now=datetime(2000, 1, 1, tzinfo=UTC),
        label_of=lambda _question, option: option,
        seed=0,
    )
    try:
        return is_true(expression, scope)
    except ExpressionError:
        return True
