"""From words to a tree: precedence climbing with limits on depth and size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from surveys.logic.errors import NOT_OFFERED, ExpressionError, unsupported, unsupported_function
from surveys.logic.references import quoted_reference
from surveys.logic.tokens import Token, TokenKind, tokenise

#: Brackets, calls and signs within one another.
MOST_NESTING = 60
#: The same with right operands, which also cost a call each: it keeps the interpreter's stack low.
MOST_DEPTH = 150
MOST_NODES = 1_000
STRENGTH = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
}
_SIGN = 7
CHOICE_NAME = "jr:choice-name"
#: These read the current answer when they are called without an argument; once() always does.
READS_THIS = frozenset({"string-length", "normalize-space"})
_PATH = re.compile(r"[^\s()=<>+*,|'\"]*")


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text written in the expression."""

    value: str | float
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """The answer to another question."""

    code: str
    position: int


@dataclass(frozen=True, slots=True)
class This:
    """The answer that the expression is about."""

    position: int


@dataclass(frozen=True, slots=True)
class Negation:
    """A minus sign before something."""

    operand: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and what stands between them."""

    operator: str
    left: "Node"
    right: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple["Node", ...]
    position: int


Node = Literal | Name | This | Negation | Operation | Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression, with what it refers to. The source alone says what it is."""

    source: str
    root: Node = field(compare=False, repr=False)
    names: frozenset[str] = field(compare=False)
    functions: frozenset[str] = field(compare=False)
    uses_this: bool = field(compare=False)


@lru_cache(maxsize=4_096)
def parse(source: str) -> Expression:
    """Read an expression; raises `ExpressionError` with the place of the fault."""
    root = _Parser(source, tokenise(source)).whole()
    nodes = list(walk(root))
    return Expression(
        source=source,
        root=root,
        names=frozenset(_names(nodes)),
        functions=frozenset(node.name for node in nodes if isinstance(node, Call)),
        uses_this=any(map(_reads_this, nodes)),
    )


def walk(root: Node) -> Iterator[Node]:
    """Every node of a tree; chains of operators may be far deeper than the interpreter's stack."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case Negation():
                waiting.append(node.operand)
            case Operation():
                waiting += (node.right, node.left)
            case Call():
                waiting += reversed(node.arguments)


def choice_reference(node: Call) -> Name | None:
    """The question that `jr:choice-name()` speaks of: '${code}', or the bare reference."""
    if node.name != CHOICE_NAME or len(node.arguments) != 2:
        return None
    match node.arguments[1]:
        case Name() as name:
            return name
        case Literal(value=str() as text, position=position):
            code = quoted_reference(text)
            return Name(code, position) if code else None
    return None


def _names(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Name):
            yield node.code
        elif isinstance(node, Call) and (quoted := choice_reference(node)):
            yield quoted.code


def _simple(token: Token) -> Node | None:
    match token.kind:
        case TokenKind.NUMBER:
            return Literal(float(token.text), token.position)
        case TokenKind.TEXT:
            return Literal(token.text, token.position)
        case TokenKind.REFERENCE:
            return Name(token.text, token.position)
        case TokenKind.THIS:
            return This(token.position)
    return None


def _reads_this(node: Node) -> bool:
    match node:
        case This() | Call(name="once"):
            return True
        case Call(arguments=()):
            return node.name in READS_THIS
    return False


@dataclass(slots=True)
class _Parser:
    source: str
    tokens: list[Token]
    place: int = 0
    depth: int = 0
    nesting: int = -1
    nodes: int = 0

    def peek(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.peek()
        self.place += 1
        return token

    def whole(self) -> Node:
        if self.peek().kind is TokenKind.END:
            raise ExpressionError("The expression is empty.", 0)
        root = self.nested()
        if self.peek().kind is not TokenKind.END:
            raise self.unexpected(self.peek())
        return root

    def unexpected(self, token: Token) -> ExpressionError:
        if token.kind is TokenKind.END:
            message = "The expression breaks off: something is missing."
            return ExpressionError(message, token.position)
        if token.kind is TokenKind.PATH:
            return self.path(token)
        message = f"“{token.text}” cannot stand here."
        return ExpressionError(message, token.position, name=token.text)

    def path(self, start: Token) -> ExpressionError:
        """A place in a form, which other tools let expressions speak of."""
        if start.text == "|":
            return unsupported("A union of paths (“|”)", start.position, "|")
        if start.text == "]":
            return ExpressionError("“]” cannot stand here.", start.position, name="]")
        if start.text == "[":
            return unsupported("A path with a condition (“[…]”)", start.position, "[")
        match = _PATH.match(self.source, start.position)
        written = match[0] if match else start.text
        return unsupported(f"A path through the form (“{written}”)", start.position, written)

    def word(self, token: Token) -> ExpressionError:
        word = token.text
        message = (
            f"“{word}” stands alone. Put a text in quotation marks ('{word}'), "
            f"and name a question like this: ${{{word}}}."
        )
        return ExpressionError(message, token.position, "unsupported", word)

    def count(self, token: Token) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise ExpressionError("The expression has too many parts.", token.position, "too_long")

    def nested(self, least: int = 0) -> Node:
        self.nesting += 1
        if self.nesting > MOST_NESTING:
            raise self.too_deep()
        node = self.expression(least)
        self.nesting -= 1
        return node

    def too_deep(self) -> ExpressionError:
        message = "The expression is nested too deeply."
        return ExpressionError(message, self.peek().position, "too_deep")

    def expression(self, least: int) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise self.too_deep()
        left = self.operand()
        while self.peek().kind is TokenKind.OPERATOR and STRENGTH[self.peek().text] > least:
            token = self.take()
            self.count(token)
            right = self.expression(STRENGTH[token.text])
            left = Operation(token.text, left, right, token.position)
        self.refuse_steps(left)
        self.depth -= 1
        return left

    def refuse_steps(self, node: Node) -> None:
        """A path that goes on from a function, as in instance('list')/item."""
        is_path = self.peek().kind is TokenKind.PATH
        if is_path and isinstance(node, Call) and node.name in NOT_OFFERED:
            raise unsupported_function(node.name, node.position)

    def operand(self) -> Node:
        token = self.take()
        self.count(token)
        simple = _simple(token)
        if simple is not None:
            return simple
        if token.kind is TokenKind.NAME:
            return self.call(token)
        if token.kind is TokenKind.OPEN:
            inner = self.nested()
            self.close(token)
            return inner
        if token.kind is TokenKind.OPERATOR and token.text == "-":
            return Negation(self.nested(_SIGN), token.position)
        raise self.unexpected(token)

    def close(self, opened: Token) -> None:
        if self.peek().kind is not TokenKind.CLOSE:
            if self.peek().kind is TokenKind.END:
                raise ExpressionError("This bracket is not closed.", opened.position)
            raise self.unexpected(self.peek())
        self.place += 1

    def call(self, token: Token) -> Node:
        following = self.take()
        if following.kind is not TokenKind.OPEN:
            if following.kind is not TokenKind.PATH:
                raise self.word(token)
            raise self.path(following if following.text == "|" else token)
        if token.text in NOT_OFFERED and self.peek().kind is TokenKind.PATH:
            raise unsupported_function(token.text, token.position)
        arguments: list[Node] = []
        if self.peek().kind is not TokenKind.CLOSE:
            arguments.append(self.nested())
            while self.peek().kind is TokenKind.COMMA:
                self.place += 1
                arguments.append(self.nested())
        self.close(following)
        return Call(token.text, tuple(arguments), token.position)
