"""The expression language of questionnaires: the XLSForm subset of XPath 1.0, on the server only."""

from surveys.logic.check import check
from surveys.logic.errors import ExpressionError
from surveys.logic.evaluate import as_text, evaluate, is_true
from surveys.logic.functions import Scope
from surveys.logic.names import order, rename
from surveys.logic.patterns import compiled as compiled_pattern
from surveys.logic.references import Reference, pipes
from surveys.logic.syntax import Expression, parse
from surveys.logic.values import Value

__all__ = [
    "Expression",
    "ExpressionError",
    "Reference",
    "Scope",
    "Value",
    "as_text",
    "check",
    "compiled_pattern",
    "evaluate",
    "is_true",
    "order",
    "parse",
    "pipes",
    "rename",
]
