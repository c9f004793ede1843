"""Arithmetic in which nothing fails: what has no result is NaN, what is too large is infinite."""

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import reduce

from surveys.logic.values import Value, is_open, to_number

MOST_DIGITS = 30
_EXACT = Context(prec=400)


def rounded(number: float, digits: float = 0.0) -> float:
    """The nearest number with so many digits; of two equally near ones the greater."""
    if math.isnan(number) or not abs(digits) <= MOST_DIGITS:
        return math.nan
    if math.isinf(number):
        return number
    step = Decimal(1).scaleb(-int(digits))
    rule = ROUND_HALF_UP if number > 0 else ROUND_HALF_DOWN
    found = Decimal(repr(number)).quantize(step, rounding=rule, context=_EXACT)
    return math.copysign(float(found), number)


def truncated(number: float) -> float:
    """The number without what stands after its point."""
    return _whole(math.trunc, number)


def floor(number: float) -> float:
    """The greatest whole number that is not greater."""
    return _whole(math.floor, number)


def ceiling(number: float) -> float:
    """The least whole number that is not less."""
    return _whole(math.ceil, number)


def _whole(run: Callable[[float], int], number: float) -> float:
    """Zero keeps the sign of the number that it came from."""
    return math.copysign(float(run(number)), number) if math.isfinite(number) else number


def power(base: float, exponent: float) -> float:
    """`base` to the power of `exponent`."""
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and math.fmod(exponent, 2) else math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def logarithm(run: Callable[[float], float]) -> Callable[[float], float]:
    """A logarithm that knows zero."""

    def work(number: float) -> float:
        return -math.inf if number == 0 else run(number)

    return work


def safe(run: Callable[..., float], *numbers: float) -> float:
    """The result of a function of the standard library, or what stands for none."""
    try:
        return float(run(*numbers))
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def total(numbers: Iterable[float]) -> float:
    """A plain sum from left to right, the same in every version of Python."""
    return reduce(operator.add, numbers, 0.0)


def present(arguments: Sequence[Value]) -> list[float]:
    """The numbers among arguments; what was left open counts for nothing."""
    return [to_number(value) for value in arguments if not is_open(value)]


def extreme(pick: Callable[[list[float]], float], arguments: Sequence[Value]) -> float:
    """The least or the greatest of the arguments that are there; NaN if one is no number."""
    found = present(arguments)
    return pick(found) if found and not any(map(math.isnan, found)) else math.nan


def arithmetic(sign: str, left: float, right: float) -> float:
    """The result of an operator as IEEE 754 has it."""
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "mod":
            return safe(math.fmod, left, right)
    return left / right if right else _divided_by_zero(left, right)


def _divided_by_zero(left: float, zero: float) -> float:
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, zero)
