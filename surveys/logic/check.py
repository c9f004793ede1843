"""What is wrong with an expression in the questionnaire that it stands in."""

from collections.abc import Collection, Iterator

from surveys.logic.dates import unknown_code
from surveys.logic.errors import ExpressionError
from surveys.logic.evaluate import misnamed_choice
from surveys.logic.functions import fault_of_call
from surveys.logic.patterns import compiled
from surveys.logic.syntax import (
    CHOICE_NAME,
    Call,
    Expression,
    Literal,
    Name,
    choice_reference,
    walk,
)
from surveys.logic.values import to_text


def check(expression: Expression, known: Collection[str]) -> list[ExpressionError]:
    """Unknown questions and functions, wrong numbers of arguments, patterns that do not work."""
    faults: list[ExpressionError] = []
    for node in walk(expression.root):
        if isinstance(node, Name):
            faults += _name_faults(node, known)
        elif isinstance(node, Call):
            faults += _call_faults(node, known)
    return sorted(faults, key=lambda fault: fault.position)


def _name_faults(node: Name, known: Collection[str]) -> Iterator[ExpressionError]:
    if node.code not in known:
        message = f"There is no question “{node.code}”."
        yield ExpressionError(message, node.position, "unknown_question", node.code)


def _call_faults(node: Call, known: Collection[str]) -> Iterator[ExpressionError]:
    fault = fault_of_call(node.name, len(node.arguments), node.position)
    if fault is not None:
        yield fault
        return
    if node.name == CHOICE_NAME:
        yield from _choice_faults(node, known)
    elif node.name == "regex":
        yield from _pattern_faults(node)
    elif node.name in {"format-date", "format-date-time"}:
        yield from _format_faults(node)


def _choice_faults(node: Call, known: Collection[str]) -> Iterator[ExpressionError]:
    question = choice_reference(node)
    if question is None:
        yield misnamed_choice(node)
    elif isinstance(node.arguments[1], Literal):
        yield from _name_faults(question, known)


def _pattern_faults(node: Call) -> Iterator[ExpressionError]:
    pattern = node.arguments[1]
    if not isinstance(pattern, Literal):
        return
    try:
        compiled(to_text(pattern.value))
    except ExpressionError as error:
        yield ExpressionError(error.message, pattern.position, error.code, error.name)


def _format_faults(node: Call) -> Iterator[ExpressionError]:
    pattern = node.arguments[1]
    code = unknown_code(to_text(pattern.value)) if isinstance(pattern, Literal) else None
    if code:
        message = (
            f"{node.name}() knows no “{code}”. It knows %Y %y %m %n %b %d %e %a %H %h %M %S %3."
        )
        yield ExpressionError(message, pattern.position, "format", code)
