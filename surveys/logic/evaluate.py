"""Work an expression out, in bounded steps."""

import math
import operator
from dataclasses import dataclass

from surveys.logic.errors import ExpressionError
from surveys.logic.functions import FUNCTIONS, Scope
from surveys.logic.names import Reference, pipes
from surveys.logic.syntax import Call, Expression, Literal, Name, Negation, Node, Operation, This
from surveys.logic.values import Value, compare, to_number, to_text, to_truth

MOST_STEPS = 10_000


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression; raises `ExpressionError` where it cannot be worked out."""
    return _Evaluation(scope).value(expression.root)


def is_true(expression: Expression, scope: Scope) -> bool:
    """Whether an expression is true."""
    return to_truth(evaluate(expression, scope))


def as_text(value: Value) -> str:
    """A value as an answer is stored; what is no number is no answer."""
    return "" if isinstance(value, float) and not math.isfinite(value) else to_text(value)


@dataclass(slots=True)
class _Evaluation:
    scope: Scope
    steps: int = 0

    def value(self, node: Node) -> Value:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise ExpressionError("The expression takes too many steps.", code="too_long")
        match node:
            case Literal():
                return node.value
            case Name():
                return self.scope.value_of(node.code)
            case This():
                return self.scope.this
            case Negation():
                return -to_number(self.value(node.operand))
            case Operation():
                return self.operation(node)
        return self.call(node)

    def operation(self, node: Operation) -> Value:
        if node.operator == "and":
            return to_truth(self.value(node.left)) and to_truth(self.value(node.right))
        if node.operator == "or":
            return to_truth(self.value(node.left)) or to_truth(self.value(node.right))
        left, right = self.value(node.left), self.value(node.right)
        if node.operator in {"=", "!=", "<", "<=", ">", ">="}:
            return compare(node.operator, left, right)
        return _arithmetic(node.operator, to_number(left), to_number(right))

    def call(self, node: Call) -> Value:
        if node.name == "if" and len(node.arguments) == 3:
            condition, then, otherwise = node.arguments
            return self.value(then if to_truth(self.value(condition)) else otherwise)
        if node.name == "once" and len(node.arguments) == 1:
            return self.scope.this or self.value(node.arguments[0])
        if node.name == "jr:choice-name" and len(node.arguments) == 2:
            return self.choice_name(node)
        function = FUNCTIONS.get(node.name)
        if function is None or not function.fewest <= len(node.arguments) <= function.most:
            raise ExpressionError(
                f"{node.name}() cannot be called like this.", node.position, "function", node.name
            )
        return function.run([self.value(argument) for argument in node.arguments], self.scope)

    def choice_name(self, node: Call) -> Value:
        """The words of the chosen option; the second argument names the question in quotes."""
        chosen, named = node.arguments
        codes = to_text(self.value(chosen)).split()
        code = _named_question(named)
        return ", ".join(self.scope.label_of(code, option) for option in codes)


def _named_question(node: Node) -> str:
    if isinstance(node, Name):
        return node.code
    if isinstance(node, Literal) and isinstance(node.value, str):
        found = pipes(node.value)
        if len(found) == 1 and isinstance(found[0], Reference):
            return found[0].name
    raise ExpressionError(
        "jr:choice-name() takes an answer and the question in quotes: '${code}'.",
        node.position,
        "function",
        "jr:choice-name",
    )


_ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": operator.truediv,
    "mod": math.fmod,
}


def _arithmetic(sign: str, left: float, right: float) -> float:
    try:
        return float(_ARITHMETIC[sign](left, right))
    except ZeroDivisionError:
        return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left)
    except (ValueError, OverflowError):
        return math.nan
