"""Work an expression out, in bounded steps."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from surveys.logic.errors import ExpressionError
from surveys.logic.functions import FUNCTIONS, Here, Scope, fault_of_call, limited
from surveys.logic.mathematics import arithmetic
from surveys.logic.syntax import (
    CHOICE_NAME,
    Call,
    Expression,
    Literal,
    Name,
    Negation,
    Node,
    Operation,
    This,
    choice_reference,
)
from surveys.logic.values import Value, codes_of, compare, is_open, to_number, to_text, to_truth

MOST_STEPS = 10_000
#: So many characters of a text cost one step more.
CHARACTERS_A_STEP = 1_000


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression; raises `ExpressionError` where it cannot be worked out."""
    return _Evaluation(expression, scope).value(expression.root)


def is_true(expression: Expression, scope: Scope) -> bool:
    """Whether an expression is true."""
    return to_truth(evaluate(expression, scope))


def as_text(value: Value) -> str:
    """A value as an answer is stored; what is no number is no answer."""
    return "" if isinstance(value, float) and not math.isfinite(value) else to_text(value)


@dataclass(slots=True)
class _Evaluation:
    expression: Expression
    scope: Scope
    steps: int = 0

    def value(self, node: Node) -> Value:
        found = limited(self.raw(node))
        self.steps += 1 + (len(found) // CHARACTERS_A_STEP if isinstance(found, str) else 0)
        if self.steps > MOST_STEPS:
            message = "The expression takes too many steps."
            raise ExpressionError(message, node.position, "too_long")
        return found

    def raw(self, node: Node) -> Value:
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
                return self.chain(node)
        return self.call(node)

    def chain(self, node: Operation) -> Value:
        """A chain such as `a or b or c` leans to the left, deeper than the stack may be."""
        links = list(_links(node))
        found = self.value(links[-1].left)
        for link in reversed(links):
            found = self.operation(link, found)
        return found

    def operation(self, node: Operation, left: Value) -> Value:
        if node.operator == "and":
            return to_truth(left) and to_truth(self.value(node.right))
        if node.operator == "or":
            return to_truth(left) or to_truth(self.value(node.right))
        right = self.value(node.right)
        if node.operator in {"=", "!=", "<", "<=", ">", ">="}:
            return compare(node.operator, left, right)
        return arithmetic(node.operator, to_number(left), to_number(right))

    def call(self, node: Call) -> Value:
        fault = fault_of_call(node.name, len(node.arguments), node.position)
        if fault is not None:
            raise fault
        match node.name:
            case "if":
                condition, then, otherwise = node.arguments
                return self.value(then if to_truth(self.value(condition)) else otherwise)
            case "coalesce":
                found = map(self.value, node.arguments)
                return next((value for value in found if not is_open(value)), "")
            case "once":
                return self.scope.this or self.value(node.arguments[0])
            case "jr:choice-name":
                return self.choice_name(node)
        given = [self.value(argument) for argument in node.arguments]
        here = Here(self.scope, self.expression.source, node.position)
        return FUNCTIONS[node.name].run(given, here)

    def choice_name(self, node: Call) -> Value:
        """The words of the chosen option, or of several."""
        question = choice_reference(node)
        if question is None:
            raise misnamed_choice(node)
        codes = codes_of(self.value(node.arguments[0]))
        return ", ".join(self.scope.label_of(question.code, code) for code in codes)


def misnamed_choice(node: Call) -> ExpressionError:
    """The second argument of `jr:choice-name()` is not the name of a question."""
    message = "jr:choice-name() takes an answer, and the question in quotes: '${code}'."
    return ExpressionError(message, node.position, "arguments", CHOICE_NAME)


def _links(node: Operation) -> Iterator[Operation]:
    link: Node = node
    while isinstance(link, Operation):
        yield link
        link = link.left
