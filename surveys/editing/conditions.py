"""Conditions in plain words: written for those who write no expressions, and read back to them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Invalid
from core.i18n import _, _l, text_in
from surveys.documents import Question, QuestionnaireDocument
from surveys.logic import ExpressionError, check, parse
from surveys.logic.syntax import Call, Literal, Name, Negation, Node, Operation, This
from surveys.questions import REGISTRY
from surveys.questions.base import Measure, Shape

LONGEST_LABEL = 60
#: How an expression calls the answer that it is about.
THIS = "."


class Test(StrEnum):
    """What can be asked of an answer."""

    IS = "is"
    IS_NOT = "is_not"
    INCLUDES = "includes"
    EXCLUDES = "excludes"
    MORE = "more"
    AT_LEAST = "at_least"
    LESS = "less"
    AT_MOST = "at_most"
    ANSWERED = "answered"
    OPEN = "open"


TEST_NAMES = {
    Test.IS: _l("is"),
    Test.IS_NOT: _l("is not"),
    Test.INCLUDES: _l("includes"),
    Test.EXCLUDES: _l("does not include"),
    Test.MORE: _l("is more than"),
    Test.AT_LEAST: _l("is at least"),
    Test.LESS: _l("is less than"),
    Test.AT_MOST: _l("is at most"),
    Test.ANSWERED: _l("was answered"),
    Test.OPEN: _l("was left open"),
}
_COMPARISONS = {
    Test.IS: "=",
    Test.IS_NOT: "!=",
    Test.MORE: ">",
    Test.AT_LEAST: ">=",
    Test.LESS: "<",
    Test.AT_MOST: "<=",
}
_BY_OPERATOR = {operator: test for test, operator in _COMPARISONS.items()}
_WITHOUT_VALUE = (Test.ANSWERED, Test.OPEN)
_NUMBERS = (Test.IS, Test.IS_NOT, Test.AT_LEAST, Test.MORE, Test.AT_MOST, Test.LESS)
_TESTS = {
    Shape.CHOICE: (Test.IS, Test.IS_NOT),
    Shape.CHOICES: (Test.INCLUDES, Test.EXCLUDES),
    Shape.ORDER: (Test.INCLUDES, Test.EXCLUDES),
    Shape.SCALE: _NUMBERS,
    Shape.NUMBER: _NUMBERS,
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be asked of one question: the tests, and the answers where they are known."""

    code: str
    label: str
    tests: tuple[Test, ...]
    answers: dict[str, str]


def _measure(question: Question) -> Measure | None:
    kind = REGISTRY.get(question.kind)
    found = [one for one in kind.measures(question) if one.code == question.code] if kind else []
    return found[0] if found else None


def offer(question: Question, language: str) -> Offer:
    """What a condition may ask about a question."""
    return Offer(
        question.code,
        short(text_in(question.label, language)),
        (*_tests_of(question), *_WITHOUT_VALUE),
        answers_of(question, language),
    )


def _tests_of(question: Question) -> tuple[Test, ...]:
    measure = _measure(question)
    if measure is not None:
        return _TESTS.get(measure.shape, ())
    return _TESTS[Shape.CHOICE] if answers_of(question, "en") else ()


def answers_of(question: Question, language: str) -> dict[str, str]:
    """Codes and words of the answers of a closed question; nothing for an open one."""
    measure = _measure(question)
    if measure is not None:
        return {code: text_in(dict(texts), language) for code, texts in measure.options.items()}
    kind = REGISTRY.get(question.kind)
    choices = getattr(kind, "choices", None)
    return dict(choices(question, language)) if kind and kind.attribute and choices else {}


def short(text: str) -> str:
    """A label cut at a word, for lists."""
    if len(text) <= LONGEST_LABEL:
        return text
    return f"{text[:LONGEST_LABEL].rpartition(' ')[0] or text[:LONGEST_LABEL]} …"


def written(code: str, test: Test, value: str = "") -> str:
    """The expression of a condition; `code` is a question's, or `THIS`."""
    name = code if code == THIS else f"${{{code}}}"
    if test in _WITHOUT_VALUE:
        return f"{name} {'!=' if test is Test.ANSWERED else '='} ''"
    if not value.strip():
        raise Invalid(_("Say which answer the condition is about."), field="when_value")
    if test in {Test.INCLUDES, Test.EXCLUDES}:
        call = f"selected({name}, {_quoted(value)})"
        return call if test is Test.INCLUDES else f"not({call})"
    if test in {Test.IS, Test.IS_NOT}:
        return f"{name} {_COMPARISONS[test]} {_quoted(value)}"
    return f"{name} {_COMPARISONS[test]} {_number(value)}"


def _quoted(value: str) -> str:
    value = value.strip()
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    message = _("A condition cannot hold both kinds of quotation marks. Leave one out.")
    raise Invalid(message, field="when_value")


def _number(value: str) -> str:
    """A number as it stands, a date in quotes; anything else cannot be compared."""
    text = value.strip()
    try:
        float(text)
    except ValueError:
        if len(text) == 10 and text[4] == text[7] == "-":
            return f"'{text}'"
        message = _("Enter a number, or a date such as 2027-01-31.")
        raise Invalid(message, field="when_value") from None
    return text


def joined(before: str, new: str, how: str) -> str:
    """A condition beside those that stand already; `how` is "and" or "or"."""
    if not before.strip():
        return new
    other = "or" if how == "and" else "and"
    try:
        root = parse(before).root
    except ExpressionError:
        return f"{before} {how} {new}"
    needs_brackets = isinstance(root, Operation) and root.operator == other
    return f"({before}) {how} {new}" if needs_brackets else f"{before} {how} {new}"


def fault_of(source: str, known: Collection[str]) -> str:
    """What is wrong with an expression, and at which character; "" if nothing is."""
    if not source.strip():
        return ""
    try:
        faults = check(parse(source), known)
    except ExpressionError as error:
        faults = [error]
    if not faults:
        return ""
    first = faults[0]
    return _(
        "At character %(place)s, before “%(rest)s”: %(problem)s",
        place=first.position + 1,
        rest=source[first.position : first.position + 20] or _("the end"),
        problem=first.message,
    )


# Reading back ------------------------------------------------------------------------------------


def in_words(source: str, document: QuestionnaireDocument, language: str) -> str:
    """A condition in plain words, or as it is written where it is more than that."""
    if not source.strip():
        return ""
    try:
        return _words(parse(source).root, document, language) or source
    except ExpressionError:
        return source


def _words(node: Node, document: QuestionnaireDocument, language: str) -> str | None:
    if isinstance(node, Operation) and node.operator in {"and", "or"}:
        left = _words(node.left, document, language)
        right = _words(node.right, document, language)
        if left is None or right is None or _mixes(node):
            return None
        if node.operator == "and":
            return _("%(left)s and %(right)s", left=left, right=right)
        return _("%(left)s or %(right)s", left=left, right=right)
    found = _test_in(node)
    if found is None:
        return None
    code, test, value = found
    return _sentence(code, test, value, document, language)


def _mixes(node: Operation) -> bool:
    """Whether "and" and "or" stand together, which words without brackets cannot tell apart."""
    parts = (node.left, node.right)
    return any(
        isinstance(part, Operation)
        and part.operator in {"and", "or"}
        and part.operator != node.operator
        for part in parts
    )


def _test_in(node: Node) -> tuple[str, Test, str] | None:
    """The question, the test and the value of one simple condition."""
    match node:
        case Call(name="selected", arguments=(Name() | This() as left, Literal() as right)):
            return _code(left), Test.INCLUDES, _value(right)
        case Call(name="not", arguments=(Call() as inner,)):
            found = _test_in(inner)
            is_inclusion = found is not None and found[1] is Test.INCLUDES
            return (found[0], Test.EXCLUDES, found[2]) if found and is_inclusion else None
        case Operation(left=Name() | This() as left, right=Literal() | Negation() as right):
            return _comparison(node.operator, left, right)
    return None


def _comparison(
    operator: str, left: Name | This, right: Literal | Negation
) -> tuple[str, Test, str] | None:
    value = _value(right)
    test = _BY_OPERATOR.get(operator)
    if test is None or value is None:
        return None
    if value == "":
        by_operator = {"=": Test.OPEN, "!=": Test.ANSWERED}
        empty = by_operator.get(operator)
        return (_code(left), empty, "") if empty else None
    return _code(left), test, value


def _code(node: Name | This) -> str:
    return node.code if isinstance(node, Name) else THIS


def _value(node: Node) -> str:
    if isinstance(node, Negation) and isinstance(node.operand, Literal):
        return f"-{_value(node.operand)}"
    if not isinstance(node, Literal):
        return ""
    return node.value if isinstance(node.value, str) else f"{node.value:g}"


def _sentence(
    code: str, test: Test, value: str, document: QuestionnaireDocument, language: str
) -> str:
    question = document.question(code)
    label = _("the answer") if question is None else offer(question, language).label
    answer = answers_of(question, language).get(value, value) if question else value
    values = {"question": label, "answer": short(answer)}
    sentences = {
        Test.IS: _("“%(question)s” is “%(answer)s”", **values),
        Test.IS_NOT: _("“%(question)s” is not “%(answer)s”", **values),
        Test.INCLUDES: _("“%(question)s” includes “%(answer)s”", **values),
        Test.EXCLUDES: _("“%(question)s” does not include “%(answer)s”", **values),
        Test.MORE: _("“%(question)s” is more than %(answer)s", **values),
        Test.AT_LEAST: _("“%(question)s” is at least %(answer)s", **values),
        Test.LESS: _("“%(question)s” is less than %(answer)s", **values),
        Test.AT_MOST: _("“%(question)s” is at most %(answer)s", **values),
        Test.ANSWERED: _("“%(question)s” was answered", question=label),
        Test.OPEN: _("“%(question)s” was left open", question=label),
    }
    return sentences[test]
