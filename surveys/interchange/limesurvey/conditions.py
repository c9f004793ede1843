"""LimeSurvey's expressions as ours, where both can say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.i18n import _
from surveys.interchange.limesurvey.phrases import (
    AND,
    EQUAL,
    LESS,
    OR,
    PLUS,
    SIGNS,
    STRENGTH,
    TIMES,
    WHOLE,
    Piece,
    anywhere,
    compared,
    concatenated,
    is_number,
    picked,
    reference,
    tick,
    value_of,
)
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
        return concatenated(found)

    def truth(self, part: Part) -> Piece:
        """A part as something that holds or does not."""
        match part:
            case Junction():
                strength = AND if part.sign == "and" else OR
                holds = (self.truth(one).within(strength + 1) for one in part.parts)
                return Piece(f" {part.sign} ".join(holds), "truth", strength)
            case Unary(sign="not"):
                return self.opposite(part.operand)
            case Variable() if (subject := self.subject(part)) is not None:
                return self.is_filled(subject)
            case Number(value=value):
                return Piece("true()" if float(value) else "false()", "truth")
        return _as_truth(self.piece(part))

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
            return Piece(f"boolean(number({reference(subject)}))", "truth")
        return self._filled(subject)

    def _filled(self, subject: Subject) -> Piece:
        if subject.sort in {Sort.PICKED, Sort.OTHER}:
            return picked(subject)
        return Piece(f"{value_of(subject)} != ''", "truth", EQUAL)

    def filled(self, part: Part) -> Piece:
        """That something is not empty."""
        subject = self.subject(part)
        if subject is not None:
            return self._filled(subject)
        return Piece(f"{self.piece(part).within(LESS)} != ''", "truth", EQUAL)

    def piece(self, part: Part) -> Piece:
        """Any part for its value."""
        match part:
            case Text(value=value):
                found = Piece(quoted(value), "text")
            case Number(value=value):
                found = Piece(value, "number")
            case Variable():
                found = self.shown(part) if part.suffix == "shown" else self.variable(part)
            case Unary(sign="-"):
                operand = self.number(part.operand).within(WHOLE)
                found = Piece(f"-{operand}", "number", TIMES)
            case Binary():
                found = self.binary(part)
            case Call():
                found = self.call(part)
            case _:
                found = self.truth(part)
        return found

    def variable(self, part: Variable) -> Piece:
        subject = self.subject(part)
        if subject is None or subject.sort is Sort.OTHER:
            raise _no_words(part)
        if subject.sort is Sort.PICKED:
            return Piece(f"if({picked(subject).source}, 'Y', '')", "text")
        sorts = {Sort.NUMBER: "number", Sort.TEXT: "text"}
        return Piece(value_of(subject), sorts.get(subject.sort, "code"))

    def shown(self, part: Variable) -> Piece:
        """The words of an answer."""
        subject = self.subject(Variable(part.name))
        if subject is None or subject.sort not in {Sort.CHOICE, Sort.TEXT, Sort.NUMBER}:
            raise _no_words(part)
        answer = reference(subject)
        if subject.sort is not Sort.CHOICE:
            return Piece(answer, "text")
        return Piece(f"jr:choice-name({answer}, '{answer}')", "text")

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
        sorts = {left.sort, right.sort}
        if part.sign == "+" and "number" not in sorts and "text" in sorts:
            return concatenated([left, right])
        if part.sign == "+" and ("text" in sorts or sorts == {"code"}):
            message = _("“+” is taken over between two numbers or two texts only.")
            raise ScriptError(message, "+")
        sign = SIGNS.get(part.sign, part.sign)
        strength = STRENGTH[sign]
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
        return compared(self.piece(left), sign, self.piece(right))

    def against(self, subject: Subject, sign: str, literal: Text | Number) -> Piece:
        """A variable compared with something that is written out."""
        value = literal.value
        if subject.sort in {Sort.PICKED, Sort.OTHER}:
            return tick(subject, sign, value)
        if subject.sort is Sort.CELL and sign in {"==", "!="} and value:
            column = subject.options.get(value, value)
            chosen = f"selected({reference(subject)}, {quoted(f'{subject.part}:{column}')})"
            return Piece(chosen if sign == "==" else f"not({chosen})", "truth")
        may_be_number = sign in _ORDER or subject.sort is Sort.NUMBER
        sort = "text"
        if isinstance(literal, Number) or (may_be_number and is_number(value)):
            sort = "number"
        own = subject.options.get(value)
        if own is not None and sign in {"==", "!="}:
            right = Piece(quoted(own), "text")
        else:
            right = Piece(value if sort == "number" else quoted(value), sort)
        return compared(Piece(value_of(subject), "code"), sign, right)

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
        if written == "date":
            return Piece("today()", "text") if given == (Text("Y-m-d"),) else None
        words = [self.piece(one).source for one in given]
        found = None
        match name, words:
            case "strlen", [text]:
                found = Piece(f"string-length({text})", "number")
            case "trim", [text]:
                found = Piece(f"normalize-space({text})", "text")
            case "join", [_text, *_more]:
                found = Piece(f"concat({', '.join(words)})", "text")
            case "implode", [_mark, _text, *_more]:
                found = Piece(f"join({', '.join(words)})", "text")
            case (("is_numeric" | "is_int" | "is_float"), [text]):
                found = Piece(f"number({text}) = number({text})", "truth", EQUAL)
        return found

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
                return Piece(f"count({', '.join(map(value_of, known))})", "number")
        if name == "count":
            holds = [self.filled(one) for one in counted]
        else:
            holds = [self.truth(Binary("==", one, given[0])) for one in counted]
        source = " + ".join(f"number({one.source})" for one in holds) or "0"
        return Piece(source, "number", PLUS if len(holds) > 1 else WHOLE)


def _as_truth(found: Piece) -> Piece:
    if found.sort == "truth":
        return found
    if found.sort == "number":
        return Piece(f"boolean({found.source})", "truth")
    return Piece(f"{found.within(LESS)} != ''", "truth", EQUAL)


def _bare(source: str) -> str:
    text = source.strip()
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text


def _no_words(part: Variable) -> ScriptError:
    message = _("The words of “%(name)s” cannot be had in an expression.", name=part.name)
    return ScriptError(message, part.name)


def _whole_question(subjects: list[Subject]) -> str:
    """The question whose options these all are, if none is left out."""
    first = subjects[0]
    parts = {(subject.code, subject.part) for subject in subjects}
    is_whole = (
        all(one.sort is Sort.PICKED and one.code == first.code for one in subjects)
        and len(parts) == len(subjects) == first.siblings
    )
    return reference(first) if is_whole else ""
