"""Names inside expressions and texts: renaming, and what hangs on what."""

import re
from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

from surveys.logic.errors import ExpressionError
from surveys.logic.references import REFERENCE
from surveys.logic.syntax import Call, Expression, Literal, Name, choice_reference, parse, walk


def rename(source: str, names: Mapping[str, str]) -> str:
    """The expression or text with other codes in its `${code}`s.

    In an expression, texts in quotes stay as they are, but for the question that
    `jr:choice-name()` names in quotes. A text that is no expression has no such quotes.
    """
    try:
        places = _places(parse(source))
    except ExpressionError:
        places = None

    def renamed(match: re.Match[str]) -> str:
        is_name = places is None or match.start() in places
        return f"${{{names[match[1]]}}}" if is_name and match[1] in names else match[0]

    return REFERENCE.sub(renamed, source)


def _places(expression: Expression) -> set[int]:
    """Where the references of an expression begin."""
    places: set[int] = set()
    for node in walk(expression.root):
        if isinstance(node, Name):
            places.add(node.position)
        elif isinstance(node, Call) and choice_reference(node):
            named = node.arguments[1]
            if isinstance(named, Literal):
                places.add(expression.source.index("$", named.position))
    return places


def order(needs: Mapping[str, Expression | Collection[str]]) -> list[str]:
    """Codes so that each comes after what it needs; a circle is refused and spelt out.

    What a code needs is said by an expression or by a list of codes; what is not among the keys
    does not matter here.
    """
    known = {code: _needed(wanted, needs) for code, wanted in needs.items()}
    try:
        return list(TopologicalSorter(known).static_order())
    except CycleError as error:
        circle = [str(code) for code in reversed(error.args[1])]
        message = f"These questions hang on each other in a circle: {' → '.join(circle)}."
        raise ExpressionError(message, code="cycle", name=circle[0]) from error


def _needed(wanted: Expression | Collection[str], known: Collection[str]) -> list[str]:
    """In one order, so that every run of the program finds the same."""
    names = wanted.names if isinstance(wanted, Expression) else wanted
    return sorted(set(names).intersection(known))
