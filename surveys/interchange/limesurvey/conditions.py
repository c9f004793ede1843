"""LimeSurvey's expressions as ours, where both can say the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.i18n import _
from surveys.interchange.limesurvey.script import (
    Binary,
    Call,
    Junction,
    Number,
    Part,
    ScriptError,
    Text,
    Unary,
    Variable,
    pieces,
    read_script,
)
from surveys.interchange.limesurvey.subjects import Sort, Subject
from surveys.interchange.xlsform.scanning import quoted

_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_SIGNS: Final = {"==": "=", "/": "div"}
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_EMPTY: Final = frozenset({"is_empty", "empty", "is_null"})
#: Functions that work on numbers and give one, by our names.
_NUMERIC: Final = {
    "abs": "abs", "ceil": "ceiling", "floor": "floor", "round": "round", "pow": "pow",
    "sqrt": "sqrt", "exp": "exp", "log": "log", "sin": "sin", "cos": "cos", "tan": "tan",
    "pi": "pi", "min": "min", "max": "max", "sum": "sum", "intval": "int", "floatval": "number",
}  # fmt: skip
#: What of a variable can be had here.
_SUFFIXES: Final = frozenset({"", "NAOK", "code", "value", "valueNAOK"})
_PATTERN: Final = re.compile(r"/(?P<body>.*)/(?P<flags>[a-zA-Z]*)", re.DOTALL)
#: How tightly a piece holds together: "or", "and", "=", "<", "+", "*", a single thing.
_OR, _AND, _EQUAL, _LESS, _PLUS, _TIMES, _WHOLE = range(1, 8)
_STRENGTH: Final = {"=": _EQUAL, "!=": _EQUAL, "+": _PLUS, "-": _PLUS, "*": _TIMES, "div": _TIMES}


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression of ours; `sort` is "truth", "number", "text" or "code"."""

    source: str
    sort: str
    strength: int = _WHOLE

    def within(self, least: int) -> str:
        """In brackets where something around it would tear it apart."""
        return self.source if self.strength >= least else f"({self.source})"


@dataclass(frozen=True, slots=True)
class Translator:
    """Puts expressions into ours; `this` is what `self` and `this` speak of."""

    subjects: Mapping[str, Subject]
    this: Subject | None = None

    def condition(self, source: str) -> str:
        """A condition; raises `ScriptError` where it has no counterpart."""
        return self.truth(read_script(_bare(source))).source

    def value(self, source: str) -> Piece:
        """An expression for its value."""
        return self.piece(read_script(_bare(source)))

    def equation(self, source: str) -> Piece:
        """Words with `{expressions}` among them, as one text, or the value of a single one."""
        found = [
            self.value(words) if is_script else Piece(quoted(words), "text")
            for is_script, words in pieces(source)
            if words.strip() or not is_script
        ]
        found = [piece for piece in found if piece.source.strip("'\" ")] or found
        if len(found) == 1:
            return found[0]
        if not found:
            raise ScriptError(_("The equation is empty."), "equation")
        return _concatenated(found)

    def truth(self, part: Part) -> Piece:
        """A part as something that holds or does not."""
        match part:
            case Junction():
                strength = _AND if part.sign == "and" else _OR
                holds = (self.truth(one).within(strength + 1) for one in part.parts)
                return Piece(f" {part.sign} ".join(holds), "truth", strength)
            case Unary(sign="not"):
                return self.opposite(part.operand)
            case Variable() if (subject := self.subject(part)) is not None:
                return self.is_filled(subject)
            case Number(value=value):
                return Piece("true()" if float(value) else "false()", "truth")
        found = self.piece(part)
        if found.sort == "truth":
            return found
        if found.sort == "number":
            return Piece(f"boolean({found.source})", "truth")
        return Piece(f"{found.within(_LESS)} != ''", "truth", _EQUAL)

    def opposite(self, part: Part) -> Piece:
        """That something does not hold, without a double "not"."""
        match part:
            case Unary(sign="not"):
                return self.truth(part.operand)
            case Call(name=name, arguments=(argument,)) if name.lower() in _EMPTY:
                return self.filled(argument)
        found = self.truth(part).source
        is_not = found.startswith("not(") and found.count("(") == 1
        return Piece(found[4:-1] if is_not else f"not({found})", "truth")

    def subject(self, part: Part) -> Subject | None:
        """The variable that a part is, if it is one; raises where nobody knows it."""
        if not isinstance(part, Variable) or part.suffix == "shown":
            return None
        if part.suffix not in _SUFFIXES:
            raise ScriptError(_("“.%(name)s” is not offered here.", name=part.suffix), part.suffix)
        name = part.name.removeprefix("that.")
        if name in {"self", "this"} and self.this is not None:
            return self.this
        found = self.subjects.get(name)
        if found is None:
            raise ScriptError(_("There is no answer “%(name)s” here.", name=part.name), part.name)
        return found

    def is_filled(self, subject: Subject) -> Piece:
        """That there is an answer, and not 0."""
        if subject.sort is Sort.NUMBER:
            return Piece(f"boolean(number({_reference(subject)}))", "truth")
        return self._filled(subject)

    def _filled(self, subject: Subject) -> Piece:
        if subject.sort in {Sort.PICKED, Sort.OTHER}:
            return _picked(subject)
        return Piece(f"{_value(subject)} != ''", "truth", _EQUAL)

    def filled(self, part: Part) -> Piece:
        """That something is not empty."""
        subject = self.subject(part)
        if subject is not None:
            return self._filled(subject)
        return Piece(f"{self.piece(part).within(_LESS)} != ''", "truth", _EQUAL)

    def piece(self, part: Part) -> Piece:
        """Any part for its value."""
        match part:
            case Text(value=value):
                return Piece(quoted(value), "text")
            case Number(value=value):
                return Piece(value, "number")
            case Variable(suffix="shown"):
                return self.shown(part)
            case Variable():
                return self.variable(part)
            case Unary(sign="-"):
                return Piece(f"-{self.number(part.operand).within(_WHOLE)}", "number", _TIMES)
            case Binary():
                return self.binary(part)
            case Call():
                return self.call(part)
        return self.truth(part)

    def variable(self, part: Variable) -> Piece:
        subject = self.subject(part)
        if subject is None or subject.sort is Sort.OTHER:
            raise _no_words(part)
        if subject.sort is Sort.PICKED:
            return Piece(f"if({_picked(subject).source}, 'Y', '')", "text")
        sorts = {Sort.NUMBER: "number", Sort.TEXT: "text"}
        return Piece(_value(subject), sorts.get(subject.sort, "code"))

    def shown(self, part: Variable) -> Piece:
        """The words of an answer."""
        subject = self.subject(Variable(part.name))
        if subject is None or subject.sort not in {Sort.CHOICE, Sort.TEXT, Sort.NUMBER}:
            raise _no_words(part)
        reference = _reference(subject)
        if subject.sort is not Sort.CHOICE:
            return Piece(reference, "text")
        return Piece(f"jr:choice-name({reference}, '{reference}')", "text")

    def number(self, part: Part) -> Piece:
        """A part where a number is needed."""
        found = self.piece(part)
        if found.sort == "truth":
            return Piece(f"number({found.source})", "number")
        return Piece(found.source, "number", found.strength)

    def binary(self, part: Binary) -> Piece:
        if part.sign in _ORDER or part.sign in {"==", "!="}:
            return self.comparison(part)
        left, right = self.piece(part.left), self.piece(part.right)
        if part.sign == "+" and "number" not in {left.sort, right.sort}:
            return _concatenated([left, right])
        if part.sign == "+" and "text" in {left.sort, right.sort}:
            message = _("“+” between a number and a text cannot be taken over.")
            raise ScriptError(message, "+")
        sign = _SIGNS.get(part.sign, part.sign)
        strength = _STRENGTH[sign]
        left, right = self.number(part.left), self.number(part.right)
        source = f"{left.within(strength)} {sign} {right.within(strength + 1)}"
        return Piece(source, "number", strength)

    def comparison(self, part: Binary) -> Piece:
        left, right, sign = part.left, part.right, part.sign
        if isinstance(left, Text | Number) and not isinstance(right, Text | Number):
            left, right, sign = right, left, _FLIPPED.get(sign, sign)
        subject = self.subject(left)
        if subject is not None and isinstance(right, Text | Number):
            return self.against(subject, sign, right)
        return _compared(self.piece(left), sign, self.piece(right))

    def against(self, subject: Subject, sign: str, literal: Text | Number) -> Piece:
        """A variable compared with something that is written out."""
        value = literal.value
        if subject.sort in {Sort.PICKED, Sort.OTHER}:
            return _tick(subject, sign, value)
        if subject.sort is Sort.CELL and sign in {"==", "!="} and value:
            column = subject.options.get(value, value)
            chosen = f"selected(${{{subject.code}}}, {quoted(f'{subject.part}:{column}')})"
            return Piece(chosen if sign == "==" else f"not({chosen})", "truth")
        is_number = isinstance(literal, Number) or (
            _is_number(value) and (sign in _ORDER or subject.sort is Sort.NUMBER)
        )
        own = subject.options.get(value)
        if own is not None and sign in {"==", "!="}:
            right = Piece(quoted(own), "text")
        else:
            right = Piece(value if is_number else quoted(value), "number" if is_number else "text")
        return _compared(Piece(_value(subject), "code"), sign, right)

    def call(self, part: Call) -> Piece:
        name = part.name.lower()
        given = part.arguments
        if name in _EMPTY and len(given) == 1:
            return self.opposite(Call("is_empty", given))
        if name in {"count", "countif"} and given:
            return self.count(name, given)
        if name == "if" and len(given) == 3:
            return self.choice(given)
        if name in _NUMERIC:
            words = ", ".join(self.number(one).source for one in given)
            return Piece(f"{_NUMERIC[name]}({words})", "number")
        found = self.of_texts(part.name, name, given)
        if found is None:
            message = _("The function %(name)s() has no counterpart here.", name=part.name)
            raise ScriptError(message, f"{part.name}()")
        return found

    def of_texts(self, written: str, name: str, given: tuple[Part, ...]) -> Piece | None:
        """Functions that work on texts."""
        if name == "regexmatch" and len(given) == 2 and isinstance(given[0], Text):
            pattern = anywhere(given[0].value)
            return Piece(f"regex({self.piece(given[1]).source}, {quoted(pattern)})", "truth")
        words = [] if name == "date" else [self.piece(one).source for one in given]
        match name, words:
            case "strlen", [text]:
                return Piece(f"string-length({text})", "number")
            case "trim", [text]:
                return Piece(f"normalize-space({text})", "text")
            case "join", [_text, *_more]:
                return Piece(f"concat({', '.join(words)})", "text")
            case "implode", [_mark, _text, *_more]:
                return Piece(f"join({', '.join(words)})", "text")
            case (("is_numeric" | "is_int" | "is_float"), [text]):
                return Piece(f"number({text}) = number({text})", "truth", _EQUAL)
        if written == "date" and given == (Text("Y-m-d"),):
            return Piece("today()", "text")
        return None

    def choice(self, given: tuple[Part, ...]) -> Piece:
        condition, then, otherwise = (
            self.truth(given[0]),
            self.piece(given[1]),
            self.piece(given[2]),
        )
        sort = then.sort if then.sort == otherwise.sort else "text"
        return Piece(f"if({condition.source}, {then.source}, {otherwise.source})", sort)

    def count(self, name: str, given: tuple[Part, ...]) -> Piece:
        """How many of several are answered, or answered just so."""
        counted = given[1:] if name == "countif" else given
        subjects = [self.subject(one) for one in counted]
        known = [subject for subject in subjects if subject is not None]
        if name == "count" and len(known) == len(given):
            whole = _whole_question(known)
            if whole:
                return Piece(f"count-selected({whole})", "number")
            if all(one.sort not in {Sort.PICKED, Sort.OTHER} for one in known):
                return Piece(f"count({', '.join(map(_value, known))})", "number")
        if name == "count":
            holds = [self.filled(one) for one in counted]
        else:
            holds = [self.truth(Binary("==", one, given[0])) for one in counted]
        source = " + ".join(f"number({one.source})" for one in holds) or "0"
        return Piece(source, "number", _PLUS if len(holds) > 1 else _WHOLE)


def _bare(source: str) -> str:
    text = source.strip()
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text


def _no_words(part: Variable) -> ScriptError:
    message = _("The words of “%(name)s” cannot be had in an expression.", name=part.name)
    return ScriptError(message, part.name)


def _reference(subject: Subject) -> str:
    return f"${{{subject.code}}}"


def _value(subject: Subject) -> str:
    """The part of an answer that a variable stands for, as a text."""
    reference = _reference(subject)
    if subject.sort is Sort.PLACE:
        return f"selected-at({reference}, {subject.part})"
    if subject.sort is Sort.CELL:
        behind = f"substring-after(concat(' ', {reference}, ' '), ' {subject.part}:')"
        return f"substring-before({behind}, ' ')"
    return reference


def _picked(subject: Subject) -> Piece:
    option = "other" if subject.sort is Sort.OTHER else subject.part
    if subject.sort is Sort.OTHER and subject.part == "choice":
        return Piece(f"{_reference(subject)} = 'other'", "truth", _EQUAL)
    return Piece(f"selected({_reference(subject)}, {quoted(option)})", "truth")


def _tick(subject: Subject, sign: str, value: str) -> Piece:
    """An option compared with "Y" or with nothing; words beside "other" only with nothing."""
    when_picked = "x" if subject.sort is Sort.OTHER else "Y"
    holds = _holds(when_picked, sign, value), _holds("", sign, value)
    if subject.sort is Sort.OTHER and value:
        message = _("The words beside “other” cannot be compared in an expression.")
        raise ScriptError(message, "other")
    picked = _picked(subject)
    match holds:
        case (True, False):
            return picked
        case (False, True):
            return Piece(f"not({picked.source})", "truth")
        case (both, _):
            return Piece("true()" if both else "false()", "truth")


def _holds(left: str, sign: str, right: str) -> bool:
    return {"==": left == right, "!=": left != right}.get(sign, False)


def _compared(left: Piece, sign: str, right: Piece) -> Piece:
    ours = _SIGNS.get(sign, sign)
    strength = _EQUAL if ours in {"=", "!="} else _LESS
    source = f"{left.within(strength + 1)} {ours} {right.within(strength + 1)}"
    return Piece(source, "truth", strength)


def _concatenated(found: list[Piece]) -> Piece:
    return Piece(f"concat({', '.join(piece.source for piece in found)})", "text")


def _is_number(value: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", value))


def _whole_question(subjects: list[Subject]) -> str:
    """The question whose options these all are, if none is left out."""
    first = subjects[0]
    parts = {(subject.code, subject.part) for subject in subjects}
    is_whole = (
        all(one.sort is Sort.PICKED and one.code == first.code for one in subjects)
        and len(parts) == len(subjects) == first.siblings
    )
    return _reference(first) if is_whole else ""


def anywhere(written: str) -> str:
    """A pattern between slashes as one for a whole text; raises where a flag has no counterpart."""
    match = _PATTERN.fullmatch(written.strip())
    if match is None:
        raise ScriptError(_("The pattern “%(pattern)s” cannot be read.", pattern=written), "regex")
    body, flags = match["body"], set(match["flags"])
    if flags - set("iu"):
        raise ScriptError(_("The pattern has marks that are not offered here."), "regex")
    # A slash needs no mark before it here.
    body = body.replace(r"\/", "/")
    start, end = body.startswith("^"), body.endswith("$") and not body.endswith(r"\$")
    has_branches = "|" in body
    inner = f"(?:{body})" if has_branches else body
    before = "" if start and not has_branches else "(?:.|\\n)*"
    after = "" if end and not has_branches else "(?:.|\\n)*"
    mark = "(?i)" if "i" in flags else ""
    return f"{mark}{before}{inner}{after}"
