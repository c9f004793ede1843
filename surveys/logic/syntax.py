"""From words to a tree: precedence climbing with limits on depth and size."""

from dataclasses import dataclass, field
from functools import lru_cache

from surveys.logic.errors import ExpressionError, unsupported
from surveys.logic.tokens import Token, TokenKind, tokenise

MOST_DEPTH = 60
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
    """A parsed expression, with what it refers to."""

    source: str
    root: Node
    names: frozenset[str]
    functions: frozenset[str]
    uses_this: bool


@lru_cache(maxsize=4_096)
def parse(source: str) -> Expression:
    """Read an expression; raises `ExpressionError` with the place of the fault."""
    parser = _Parser(tokenise(source))
    root = parser.whole()
    return Expression(
        source=source,
        root=root,
        names=frozenset(parser.names),
        functions=frozenset(parser.functions),
        uses_this=parser.uses_this,
    )


@dataclass(slots=True)
class _Parser:
    tokens: list[Token]
    place: int = 0
    depth: int = 0
    nodes: int = 0
    names: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    uses_this: bool = False

    def peek(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.peek()
        self.place += 1
        return token

    def whole(self) -> Node:
        if self.peek().kind is TokenKind.END:
            raise ExpressionError("The expression is empty.", 0)
        root = self.expression(0)
        if self.peek().kind is not TokenKind.END:
            raise self.unexpected(self.peek())
        return root

    def unexpected(self, token: Token) -> ExpressionError:
        if token.kind is TokenKind.END:
            return ExpressionError(
                "The expression breaks off: something is missing.", token.position
            )
        return ExpressionError(f"“{token.text}” cannot stand here.", token.position)

    def count(self, token: Token) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise ExpressionError("The expression has too many parts.", token.position, "too_long")

    def expression(self, least: int) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ExpressionError(
                "The expression is nested too deeply.", self.peek().position, "too_deep"
            )
        left = self.operand()
        while self.peek().kind is TokenKind.OPERATOR and STRENGTH[self.peek().text] > least:
            token = self.take()
            self.count(token)
            right = self.expression(STRENGTH[token.text])
            left = Operation(token.text, left, right, token.position)
        self.depth -= 1
        return left

    def operand(self) -> Node:
        token = self.take()
        self.count(token)
        simple = self.simple(token)
        if simple is not None:
            return simple
        if token.kind is TokenKind.OPEN:
            inner = self.expression(0)
            self.close(token)
            return inner
        if token.kind is TokenKind.NAME:
            return self.call(token)
        if token.kind is TokenKind.OPERATOR and token.text == "-":
            return Negation(self.expression(_SIGN), token.position)
        raise self.unexpected(token)

    def simple(self, token: Token) -> Node | None:
        match token.kind:
            case TokenKind.NUMBER:
                return Literal(float(token.text), token.position)
            case TokenKind.TEXT:
                return Literal(token.text, token.position)
            case TokenKind.REFERENCE:
                self.names.add(token.text)
                return Name(token.text, token.position)
            case TokenKind.THIS:
                self.uses_this = True
                return This(token.position)
        return None

    def close(self, opened: Token) -> None:
        if self.peek().kind is not TokenKind.CLOSE:
            if self.peek().kind is TokenKind.END:
                raise ExpressionError("This bracket is not closed.", opened.position)
            raise self.unexpected(self.peek())
        self.place += 1

    def call(self, token: Token) -> Node:
        if self.peek().kind is not TokenKind.OPEN:
            raise unsupported(f"A path (“{token.text}”)", token.position)
        opened = self.take()
        arguments: list[Node] = []
        if self.peek().kind is not TokenKind.CLOSE:
            arguments.append(self.expression(0))
            while self.peek().kind is TokenKind.COMMA:
                self.take()
                arguments.append(self.expression(0))
        self.close(opened)
        self.functions.add(token.text)
        return Call(token.text, tuple(arguments), token.position)
