"""Expressions of a form in the codes of our questionnaire."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from surveys.interchange.xlsform.copies import Copies, Numbers
from surveys.interchange.xlsform.form import NO, YES
from surveys.interchange.xlsform.remarks import Place, Report
from surveys.interchange.xlsform.scanning import (
    REFERENCE,
    Piece,
    PieceKind,
    pieces,
    quoted,
    replace_references,
    straight,
)
from surveys.interchange.xlsform.structure import Node
from surveys.logic import ExpressionError, check, parse
from surveys.logic.functions import FUNCTIONS
from surveys.logic.syntax import Call, Literal, Name, Negation, Operation, This
from surveys.logic.syntax import Node as Part
from surveys.logic.tokens import WORD_OPERATORS

#: Functions that take every copy of a question.
_SEVERAL = frozenset({"sum", "count", "min", "max", "join", "concat", "count-non-empty"})
_LAST_SAVED = "last-saved#"
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_SAME = frozenset({"selected-at", "coalesce", "string", "normalize-space", "once"})
#: After these begins a side of an operation, so that a word is a name.
_BEFORE_A_SIDE = frozenset(
    {"(", ",", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", *WORD_OPERATORS}
)
_SUM = re.compile(r"\s*(\d{1,4})\s*(?:([+-])\s*(\d{1,4})\s*)?\Z")


@dataclass(frozen=True, slots=True)
class At:
    """The place of an expression: a node, and which copy of it."""

    node: Node
    numbers: Numbers = ()

    @property
    def repeats(self) -> list[Node]:
        around = self.node.repeats()
        return [*around, self.node] if self.node.is_repeat else around


@dataclass(slots=True)
class Rewriter:
    """Puts codes in the place of names, and says what cannot be taken over."""

    copies: Copies
    report: Report
    #: Codes of questions -> names of options -> their codes, where the two differ.
    options: dict[str, Mapping[str, str]] = field(default_factory=dict)
    #: Questions that exist only because something refers to them.
    needed: dict[int, Node] = field(default_factory=dict)
    #: All codes that expressions may use.
    known: set[str] = field(default_factory=set)
    _good: set[str] = field(default_factory=set)

    def expression(self, source: str, at: At, place: Place) -> str:
        """The expression in our codes, or "" with a problem where it cannot be taken over."""
        text = straight(source).strip()
        if text in YES:
            return "true()"
        if text in NO:
            return "false()"
        return self.finished(self.with_codes(text, at, place), at, place)

    def with_codes(self, text: str, at: At, place: Place) -> str:
        """References and positions replaced; the rest as it was."""
        found = self._in_small(self._paths(pieces(text)), place)
        found = self._positions(found, at)
        found = self._indexed(found)
        return self._referred(found, at, place)

    def finished(self, text: str, at: At, place: Place) -> str:
        """The expression with the codes of options, after it was checked."""
        try:
            text = self._recoded(text, at)
            faults = [] if text in self._good else check(parse(text), self.known)
        except ExpressionError as error:
            faults = [error]
        for fault in faults:
            is_call = fault.code in {"unsupported_function", "unknown_function", "arguments"}
            feature = f"{fault.name}()" if is_call else fault.name or "expression"
            values = {"reason": fault.message, "position": fault.position + 1}
            self.report.problem("expression", place, feature, **values)
        if faults:
            return ""
        self._good.add(text)
        return text

    def text(self, source: str, at: At, place: Place) -> str:
        """Words with `${name}`s in them."""
        if "${" not in source:
            return source
        return replace_references(source, lambda name: self._one(name, at, place))

    def _one(self, name: str, at: At, place: Place) -> str:
        codes = self._codes(name, at, place)
        if len(codes) > 1:
            self.report.notice("first_copy", place, "repeat", name=name)
        return f"${{{codes[0]}}}" if codes else "…"

    def _codes(self, name: str, at: At, place: Place) -> list[str]:
        node = None if name.startswith(_LAST_SAVED) else self.copies.node(name)
        if node is None:
            feature = "last-saved" if name.startswith(_LAST_SAVED) else f"${{{name}}}"
            self.report.problem("reference_not_offered", place, feature, name=name)
            return []
        if node.is_group:
            self.report.problem("group_reference", place, "reference to a group", name=name)
            return []
        self.needed[id(node)] = node
        codes = self.copies.within(node, at.numbers, at.repeats)
        self.known.update(codes)
        if not codes:
            self.report.problem("no_copies", place, "repeat", name=name)
        return codes

    def _paths(self, found: list[Piece]) -> list[Piece]:
        """Paths to a question by its name are references in an older spelling."""
        return [self._reference_for(p) if p.kind is PieceKind.PATH else p for p in found]

    def _in_small(self, found: list[Piece], place: Place) -> list[Piece]:
        """Spreadsheets write `TRUE()` and `AND` in capitals; XPath means the small ones."""
        changed: list[Piece] = []
        for number, piece in enumerate(found):
            small = piece.text.lower()
            if piece.kind is PieceKind.NAME and small != piece.text and _is_known(found, number):
                self.report.notice("capitals", place, name=piece.text, small=small)
                changed.append(Piece(PieceKind.NAME, small))
            else:
                changed.append(piece)
        return changed

    def _reference_for(self, path: Piece) -> Piece:
        last = path.text.rpartition("/")[2]
        node = self.copies.node(last)
        is_question = node is not None and not node.is_group
        return Piece(PieceKind.REFERENCE, f"${{{last}}}") if is_question else path

    def _positions(self, found: list[Piece], at: At) -> list[Piece]:
        """`position(..)` is the number of the copy."""
        changed: list[Piece] = []
        place = 0
        while place < len(found):
            words = "".join(piece.text for piece in found[place : place + 6])
            match = re.match(r"position\(\s*(\.\.(?:/\.\.)*)\s*\)", words)
            if match and found[place].text == "position":
                number = _position(at, match[1].count(".."))
                changed.append(Piece(PieceKind.NUMBER, str(number)))
                length = 0
                while length < len(match[0]):
                    length += len(found[place].text)
                    place += 1
                continue
            changed.append(found[place])
            place += 1
        return changed

    def _indexed(self, found: list[Piece]) -> list[Piece]:
        """`indexed-repeat(${q}, ${repeat}, 2)` is the second copy of the question."""
        source = "".join(piece.text for piece in found)
        if "indexed-repeat" not in source:
            return found

        def picked(match: re.Match[str]) -> str:
            index = _SUM.match(match[3])
            node, repeat = self.copies.node(match[1].strip()), self.copies.node(match[2].strip())
            if index is None or node is None or repeat is None or node.repeats() != [repeat]:
                return match[0]
            number = int(index[1])
            if index[2]:
                number += int(index[3]) if index[2] == "+" else -int(index[3])
            if not 1 <= number <= self.copies.counts[id(repeat)].number:
                return "''"
            code = self.copies.code(node, (number,))
            self.needed[id(node)] = node
            self.known.add(code)
            return f"${{={code}}}"

        pattern = r"indexed-repeat\(\s*\$\{([^}]+)\}\s*,\s*\$\{([^}]+)\}\s*,([^(),]+)\)"
        return pieces(re.sub(pattern, picked, source))

    def _referred(self, found: list[Piece], at: At, place: Place) -> str:
        around: list[str] = []
        words: list[str] = []
        for number, piece in enumerate(found):
            if piece.text == "(":
                before = _neighbour(found, number, -1)
                around.append(before.text if before and before.kind is PieceKind.NAME else "")
            elif piece.text == ")" and around:
                around.pop()
            named = _named_in(piece) if around and around[-1] == "jr:choice-name" else None
            if named is not None:
                words.append(f"'{self._reference(named, '', at, place)}'")
            elif piece.kind is PieceKind.REFERENCE:
                function = around[-1] if around and _is_alone(found, number) else ""
                words.append(self._reference(piece, function, at, place))
            else:
                words.append(piece.text)
        return "".join(words)

    def _reference(self, piece: Piece, function: str, at: At, place: Place) -> str:
        if piece.name.startswith("="):
            return f"${{{piece.name[1:]}}}"
        node = self.copies.node(piece.name)
        if node is not None and node.is_repeat and function == "count":
            return self._number_of(node, at, place)
        codes = self._codes(piece.name, at, place)
        if len(codes) > 1 and function not in _SEVERAL:
            self.report.notice("first_copy", place, "repeat", name=piece.name)
            codes = codes[:1]
        return ", ".join(f"${{{code}}}" for code in codes) or "''"

    def _number_of(self, repeat: Node, at: At, place: Place) -> str:
        """One argument a copy: a text where it counts, nothing where it does not."""
        count = self.copies.counts[id(repeat)]
        inside = [node for node in repeat.walk() if not node.is_group]
        if count.is_open and inside:
            parts = []
            for number in range(1, count.number + 1):
                numbers = (*at.numbers[: len(repeat.repeats())], number)
                codes = [self.copies.code(node, numbers) for node in inside[:8]]
                self.known.update(codes)
                self.needed.update({id(node): node for node in inside[:8]})
                parts.append("concat(" + ", ".join(f"${{{code}}}" for code in codes) + ")")
            return ", ".join(parts)
        if count.shown:
            shown = self.with_codes(count.shown, At(repeat, at.numbers), place)
            numbers_shown = range(1, count.number + 1)
            return ", ".join(f"if(({shown}) >= {number}, 'x', '')" for number in numbers_shown)
        return ", ".join(["'x'"] * count.number) or "''"

    def _recoded(self, text: str, at: At) -> str:
        """The codes of options in the place of their names."""
        own = self.copies.code(at.node, at.numbers)
        if not any(code in text for code in self.options) and own not in self.options:
            return text
        changes: list[tuple[int, int, str]] = []
        _find_options(parse(text).root, text, own, self.options, changes)
        for start, end, code in sorted(changes, reverse=True):
            text = f"{text[:start]}{quoted(code)}{text[end:]}"
        return text


def _neighbour(found: list[Piece], place: int, step: int) -> Piece | None:
    place += step
    while 0 <= place < len(found):
        if found[place].kind is not PieceKind.SPACE:
            return found[place]
        place += step
    return None


def _named_in(piece: Piece) -> Piece | None:
    """The reference that stands in quotation marks: `jr:choice-name(${q}, '${q}')`."""
    match = REFERENCE.fullmatch(piece.text[1:-1].strip())
    is_text = piece.kind is PieceKind.TEXT and match is not None
    return Piece(PieceKind.REFERENCE, match[0]) if is_text and match else None


def _is_known(found: list[Piece], place: int) -> bool:
    """Whether a word in small letters is a function that is called, or stands between two sides."""
    word = found[place].text.lower()
    before, after = _neighbour(found, place, -1), _neighbour(found, place, 1)
    if word in WORD_OPERATORS:
        return before is not None and before.text not in _BEFORE_A_SIDE and after is not None
    return word in FUNCTIONS and after is not None and after.text == "("


def _is_alone(found: list[Piece], place: int) -> bool:
    """Whether a reference is a whole argument."""
    before, after = _neighbour(found, place, -1), _neighbour(found, place, 1)
    return bool(before and after and before.text in {"(", ","} and after.text in {")", ","})


def _position(at: At, steps: int) -> int:
    """The number of the copy that lies so many steps above."""
    node: Node | None = at.node
    for _step in range(steps):
        node = node.parent if node is not None else None
    while node is not None and not node.is_repeat:
        node = node.parent
    if node is None:
        return 1
    place = len(node.repeats())
    return at.numbers[place] if place < len(at.numbers) else 1


def _find_options(
    part: Part,
    text: str,
    own: str,
    options: Mapping[str, Mapping[str, str]],
    changes: list[tuple[int, int, str]],
) -> None:
    """Literals that are compared with the answer to a choice."""
    pairs: list[tuple[Part, Part]] = []
    inner: tuple[Part, ...] = ()
    match part:
        case Operation():
            inner = (part.left, part.right)
            if part.operator in {"=", "!="}:
                pairs = [(part.left, part.right), (part.right, part.left)]
        case Negation():
            inner = (part.operand,)
        case Call():
            inner = part.arguments
            if part.name == "selected" and len(part.arguments) > 1:
                pairs = [(part.arguments[0], part.arguments[1])]
    for subject, literal in pairs:
        codes = options.get(_subject(subject, own))
        change = _change(literal, text, codes) if codes else None
        if change and change not in changes:
            changes.append(change)
    for child in inner:
        _find_options(child, text, own, options, changes)


def _subject(part: Part, own: str) -> str:
    match part:
        case Name():
            return part.code
        case This():
            return own
        case Call() if part.name in _SAME and part.arguments:
            return _subject(part.arguments[0], own)
    return ""


def _change(part: Part, text: str, codes: Mapping[str, str]) -> tuple[int, int, str] | None:
    start = part.position
    match part:
        case Literal(value=str()):
            end = text.index(text[start], start + 1) + 1
            name = str(part.value).strip()
        case Literal():
            end = _number_end(text, start)
            name = text[start:end]
        case Negation(operand=Literal(value=float())):
            end = _number_end(text, part.operand.position)
            name = text[start:end].replace(" ", "")
        case _:
            return None
    return (start, end, codes[name]) if name in codes else None


def _number_end(text: str, start: int) -> int:
    match = _NUMBER.match(text, start)
    return match.end() if match else start
