"""Our expressions as LimeSurvey's, where both can say the same."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.i18n import _
from surveys.interchange.limesurvey.script import ScriptError
from surveys.logic import ExpressionError, parse
from surveys.logic.syntax import Call, Literal, Name, Negation, Node, Operation, This

_SIGNS: Final = {"=": "==", "div": "/"}
_STRENGTH: Final = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "div": 6,
}  # fmt: skip
_WHOLE: Final = 9
_SAME: Final = {
    "if": "if", "sum": "sum", "min": "min", "max": "max", "abs": "abs", "round": "round",
    "floor": "floor", "ceiling": "ceil", "pow": "pow", "sqrt": "sqrt", "exp": "exp", "log": "log",
    "sin": "sin", "cos": "cos", "tan": "tan", "pi": "pi", "count": "count", "concat": "join",
    "join": "implode", "string-length": "strlen", "normalize-space": "trim", "int": "intval",
    "number": "floatval",
}  # fmt: skip
_LIME_OTHER: Final = "-oth-"


@dataclass(frozen=True, slots=True)
class Target:
    """A question of ours as it stands in their file."""

    #: "value", "ticks", "rows", "order" or "agreed".
    shape: str
    code: str
    #: Our codes of options, rows or items, and theirs.
    parts: Mapping[str, str] = field(default_factory=dict)
    #: Our codes of the columns of a table, and theirs.
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def value(self) -> str:
        return f"{self.code}.NAOK"

    def part(self, name: str) -> str:
        return f"{self.code}_{name}.NAOK"

    def every(self) -> list[str]:
        """Every variable that belongs to the question."""
        names: Iterable[str] = self.parts.values()
        if self.shape == "order":
            names = map(str, range(1, len(self.parts) + 1))
        return [self.part(name) for name in names] if self.shape != "value" else [self.value]


@dataclass(frozen=True, slots=True)
class Outward:
    """Translates; raises `ScriptError` where there is no counterpart."""

    targets: Mapping[str, Target]
    #: The question that a rule is about.
    this: str = ""

    def script(self, source: str) -> str:
        """An expression as a script."""
        try:
            return self.words(parse(source).root)
        except ExpressionError as error:
            raise ScriptError(error.message, error.name) from error
        except RecursionError as error:
            raise ScriptError(_("The expression is nested too deeply."), "nesting") from error

    def words(self, node: Node, least: int = 0) -> str:
        """A part of it, in brackets where something around it would tear it apart."""
        match node:
            case Literal():
                return literal(node.value)
            case Name() | This():
                return self.variable(node)
            case Negation():
                return f"-{self.words(node.operand, _WHOLE)}"
            case Call():
                return self.call(node)
        words, strength = self.operation(node)
        return words if strength >= least else f"({words})"

    def target(self, node: Node) -> Target:
        code = self.this if isinstance(node, This) else getattr(node, "code", "")
        found = self.targets.get(code)
        if found is None:
            raise ScriptError(_("“%(code)s” is not in the file.", code=code), code)
        return found

    def variable(self, node: Name | This) -> str:
        target = self.target(node)
        if target.shape != "value":
            raise _not_whole(target)
        return "self" if isinstance(node, This) else target.value

    def operation(self, node: Operation) -> tuple[str, int]:
        if node.operator == "mod":
            raise ScriptError(_("LimeSurvey has no “mod”."), "mod")
        strength = _STRENGTH[node.operator]
        special = self.comparison(node) if node.operator in {"=", "!="} else None
        if special is not None:
            return special, _WHOLE
        sign = _SIGNS.get(node.operator, node.operator)
        left, right = self.words(node.left, strength), self.words(node.right, strength + 1)
        return f"{left} {sign} {right}", strength

    def comparison(self, node: Operation) -> str | None:
        """An answer compared with something that is written out."""
        left, right = node.left, node.right
        if isinstance(left, Literal):
            left, right = right, left
        if not isinstance(left, Name | This) or not isinstance(right, Literal):
            return None
        target, is_equal = self.target(left), node.operator == "="
        if right.value == "":
            return self.emptiness(left, target, is_empty=is_equal)
        sign = "==" if is_equal else "!="
        if target.shape == "agreed":
            agreed = f"{target.every()[0]} == 'Y'"
            return f"({agreed})" if is_equal == (right.value == "OK") else f"!({agreed})"
        if target.shape != "value":
            raise _not_whole(target)
        value = target.parts.get(str(right.value)) if isinstance(right.value, str) else None
        words = literal(right.value) if value is None else literal(value)
        return f"({self.variable(left)} {sign} {words})"

    def emptiness(self, node: Name | This, target: Target, *, is_empty: bool) -> str:
        if target.shape == "value":
            mark = "" if is_empty else "!"
            return f"{mark}is_empty({self.variable(node)})"
        sign = "==" if is_empty else ">"
        return f"(count({', '.join(target.every())}) {sign} 0)"

    def call(self, node: Call) -> str:
        special: dict[str, Callable[[Call], str]] = {
            "selected": self.selected,
            "count-selected": self.count_selected,
            "selected-at": self.selected_at,
            "regex": self.regex,
            "coalesce": self.coalesce,
            "jr:choice-name": self.shown,
        }
        if node.name in special:
            return special[node.name](node)
        plain = {"true": "(1 == 1)", "false": "(1 == 0)", "today": "date('Y-m-d')"}
        if node.name in plain:
            return plain[node.name]
        given = [self.words(one) for one in node.arguments]
        if node.name == "not":
            return f"!({given[0]})"
        if node.name in {"boolean", "string"}:
            return f"({given[0]})"
        if node.name not in _SAME:
            message = _("The function %(name)s() has no counterpart in LimeSurvey.", name=node.name)
            raise ScriptError(message, f"{node.name}()")
        return f"{_SAME[node.name]}({', '.join(given)})"

    def selected(self, node: Call) -> str:
        asked, option = node.arguments
        if not isinstance(option, Literal) or not isinstance(asked, Name | This):
            raise _not_written_out(node.name)
        target, code = self.target(asked), str(option.value)
        part, _mark, column = code.partition(":")
        match target.shape:
            case "value":
                return f"({self.variable(asked)} == {literal(target.parts.get(code, code))})"
            case "ticks" if code in target.parts:
                return f"({target.part(target.parts[code])} == 'Y')"
            case "rows" if part in target.parts:
                wanted = target.columns.get(column, column)
                return f"({target.part(target.parts[part])} == {literal(wanted)})"
            case "order" if code in target.parts:
                value = literal(target.parts[code])
                return f"({' or '.join(f'{place} == {value}' for place in target.every())})"
        message = _("“%(code)s” is no answer to “%(question)s” in the file.")
        raise ScriptError(message % {"code": code, "question": target.code}, code)

    def count_selected(self, node: Call) -> str:
        (asked,) = node.arguments
        if not isinstance(asked, Name | This):
            raise _not_written_out(node.name)
        return f"count({', '.join(self.target(asked).every())})"

    def selected_at(self, node: Call) -> str:
        asked, place = node.arguments
        if not isinstance(asked, Name):
            raise _not_written_out(node.name)
        if not isinstance(place, Literal) or isinstance(place.value, str):
            raise _not_written_out(node.name)
        target = self.target(asked)
        number = int(place.value) + 1
        if target.shape != "order" or not 1 <= number <= len(target.parts):
            raise _not_whole(target)
        return target.part(str(number))

    def regex(self, node: Call) -> str:
        text, pattern = node.arguments
        if not isinstance(pattern, Literal):
            raise _not_written_out(node.name)
        body = str(pattern.value).replace("/", r"\/")
        return f"regexMatch({literal(f'/^(?:{body})$/u')}, {self.words(text)})"

    def coalesce(self, node: Call) -> str:
        found = self.words(node.arguments[-1])
        for one in reversed(node.arguments[:-1]):
            words = self.words(one)
            found = f"if(is_empty({words}), {found}, {words})"
        return found

    def shown(self, node: Call) -> str:
        asked = node.arguments[0]
        if not isinstance(asked, Name) or self.target(asked).shape != "value":
            raise _not_written_out(node.name)
        return f"{self.target(asked).code}.shown"


def literal(value: str | float) -> str:
    """A text or a number written out; texts in single marks, as tables have double ones."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return "'" + value.replace("'", r"\'") + "'"


def _not_whole(target: Target) -> ScriptError:
    message = _("The whole answer to “%(code)s” is no single value in LimeSurvey.")
    return ScriptError(message % {"code": target.code}, target.code)


def _not_written_out(name: str) -> ScriptError:
    message = _("%(name)s() can be translated only for a question and a value that is written out.")
    return ScriptError(message % {"name": name}, f"{name}()")
