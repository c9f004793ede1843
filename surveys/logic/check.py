"""What is wrong with an expression in the questionnaire that it stands in."""

from collections.abc import Collection, Iterator

from surveys.logic.errors import ExpressionError, unsupported
from surveys.logic.functions import FUNCTIONS, NOT_OFFERED, SPECIAL
from surveys.logic.patterns import compiled
from surveys.logic.syntax import Call, Expression, Literal, Name, Negation, Node, Operation


def check(expression: Expression, known: Collection[str]) -> list[ExpressionError]:
    """Unknown questions and functions, wrong numbers of arguments, patterns that do not work."""
    return list(_faults(expression.root, known))


def _faults(node: Node, known: Collection[str]) -> Iterator[ExpressionError]:
    match node:
        case Name() if node.code not in known:
            message = f"There is no question “{node.code}”."
            yield ExpressionError(message, node.position, "unknown_question", node.code)
        case Negation():
            yield from _faults(node.operand, known)
        case Operation():
            yield from _faults(node.left, known)
            yield from _faults(node.right, known)
        case Call():
            yield from _call_faults(node)
            for argument in node.arguments:
                yield from _faults(argument, known)


def _call_faults(node: Call) -> Iterator[ExpressionError]:
    function = FUNCTIONS.get(node.name)
    bounds = (function.fewest, function.most) if function else SPECIAL.get(node.name)
    if bounds is None:
        yield _unknown(node)
        return
    fewest, most = bounds
    if not fewest <= len(node.arguments) <= most:
        wanted = str(fewest) if fewest == most else f"at least {fewest}"
        message = f"{node.name}() takes {wanted} arguments, not {len(node.arguments)}."
        yield ExpressionError(message, node.position, "arguments", node.name)
    elif node.name == "regex" and isinstance(node.arguments[1], Literal):
        try:
            compiled(str(node.arguments[1].value))
        except ExpressionError as error:
            place = node.arguments[1].position
            yield ExpressionError(error.message, place, error.code, error.name)


def _unknown(node: Call) -> ExpressionError:
    if node.name in NOT_OFFERED:
        found = unsupported(f"The function {node.name}()", node.position)
        return ExpressionError(found.message, node.position, "unsupported_function", node.name)
    message = f"There is no function “{node.name}”."
    return ExpressionError(message, node.position, "unknown_function", node.name)
