"""The form of a question type's settings, made from the model of those settings.

It knows no type: a flag becomes a box to tick, a number a number field, a text one field in the
questionnaire's main language, a list of options a line an option. What it cannot show it keeps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from wtforms import BooleanField, Form, SelectField, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional
from wtforms.widgets import NumberInput, TextInput

from core.i18n import _
from surveys.editing.languages import name_of
from surveys.editing.options import as_lines, from_lines
from surveys.editing.wording import label_of_setting, note_on_setting, value_name

PREFIX = "set_"
EXPRESSIONS = frozenset({"calculation"})


class Shown(StrEnum):
    """How a setting stands in the form."""

    FLAG = "flag"
    NUMBER = "number"
    LINE = "line"
    CHOICE = "choice"
    TEXTS = "texts"
    OPTIONS = "options"
    CODES = "codes"
    #: Nothing that a form can show; it stays as it is.
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a type."""

    name: str
    shown: Shown
    info: FieldInfo
    choices: tuple[str, ...] = ()
    is_optional: bool = False

    @property
    def field(self) -> str:
        return PREFIX + self.name

    @property
    def label(self) -> str:
        return label_of_setting(self.name, self.info.title)


def settings_in(model: type[BaseModel]) -> list[Setting]:
    """Every setting of a model, the options first: they are what a question is about."""
    found = [_setting(name, info) for name, info in model.model_fields.items()]
    order = {Shown.OPTIONS: 0}
    return sorted(found, key=lambda setting: order.get(setting.shown, 1))


def _setting(name: str, info: FieldInfo) -> Setting:
    if "texts" in info.metadata:
        return Setting(name, Shown.TEXTS, info)
    alternatives = _alternatives(info.annotation)
    kinds = [kind for kind in alternatives if kind is not type(None)]
    if len(kinds) != 1:
        return Setting(name, Shown.KEPT, info)
    is_optional = len(kinds) != len(alternatives)
    return Setting(name, _shown(kinds[0]), info, _choices(kinds[0]), is_optional=is_optional)


_SIMPLE = {
    bool: Shown.FLAG,
    int: Shown.NUMBER,
    float: Shown.NUMBER,
    str: Shown.LINE,
    date: Shown.LINE,
}


def _shown(kind: Any) -> Shown:
    if _choices(kind):
        return Shown.CHOICE
    if get_origin(kind) is not tuple:
        return _SIMPLE.get(kind, Shown.KEPT)
    entry = get_args(kind)[0]
    if entry is str:
        return Shown.CODES
    is_model = isinstance(entry, type) and issubclass(entry, BaseModel)
    return (
        Shown.OPTIONS if is_model and {"code", "label"} <= set(entry.model_fields) else Shown.KEPT
    )


def _choices(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return tuple(str(value) for value in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(member.value) for member in kind)
    return ()


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)


# The form ----------------------------------------------------------------------------------------


def form_fields(
    model: type[BaseModel], stored: Mapping[str, Any], language: str
) -> dict[str, UnboundField]:
    """The inputs of a type's settings, by name; texts in one language."""
    return {
        setting.field: _field(setting, language)
        for setting in settings_in(model)
        if setting.shown is not Shown.KEPT or stored.get(setting.name)
    }


def _field(setting: Setting, language: str) -> UnboundField:
    label = setting.label
    note = setting.info.description or note_on_setting(setting.name)
    match setting.shown:
        case Shown.KEPT:
            return BooleanField(_("Keep as it stands: %(setting)s", setting=label), [Optional()])
        case Shown.FLAG:
            return BooleanField(label, [Optional()], description=note)
        case Shown.CHOICE:
            return _choice_field(setting, label, note)
        case Shown.TEXTS | Shown.OPTIONS:
            return _words_field(setting, label, note, language)
    widget, render = TextInput(), {"dir": "ltr" if setting.name in EXPRESSIONS else "auto"}
    if setting.shown is Shown.NUMBER:
        widget, render = NumberInput(), _bounds(setting.info)
    return StringField(label, [Optional()], description=note, widget=widget, render_kw=render)


def _choice_field(setting: Setting, label: str, note: str) -> SelectField:
    empty = {"": _("Not set")} if setting.is_optional else {}
    choices = {**empty, **{value: value_name(value) for value in setting.choices}}
    return SelectField(
        label, [Optional()], description=note, choices=choices, validate_choice=False
    )


def _words_field(setting: Setting, label: str, note: str, language: str) -> TextAreaField:
    render: dict[str, Any] = {"lang": language, "dir": "auto", "rows": 2}
    if setting.shown is Shown.OPTIONS:
        render |= {"rows": 8, "class": "lines"}
        note = note or _("One a line: a short code, a bar, the words. The code may be left out.")
    label = f"{label} ({name_of(language)})"
    return TextAreaField(label, [Optional()], description=note, render_kw=render)


def _bounds(info: FieldInfo) -> dict[str, Any]:
    """What the number field says of its limits, and steps where fractions are allowed."""
    found: dict[str, Any] = {"class": "number"}
    for rule in info.metadata:
        for name, attribute in (("ge", "min"), ("gt", "min"), ("le", "max"), ("lt", "max")):
            value = getattr(rule, name, None)
            if value is not None:
                found[attribute] = value
    if float in _alternatives(info.annotation):
        found["step"] = "any"
    return found


def shown_data(model: type[BaseModel], stored: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the inputs show for stored settings, or for a new question's defaults."""
    return {
        setting.field: _shown_value(setting, stored.get(setting.name, _default(setting)), language)
        for setting in settings_in(model)
    }


def _default(setting: Setting) -> Any:
    return (
        None if setting.info.is_required() else setting.info.get_default(call_default_factory=True)
    )


def _shown_value(setting: Setting, value: Any, language: str) -> Any:
    match setting.shown:
        case Shown.FLAG | Shown.KEPT:
            return bool(value)
        case Shown.TEXTS:
            return (value or {}).get(language, "")
        case Shown.OPTIONS:
            return as_lines(value or (), language)
        case Shown.CODES:
            return " ".join(value or ())
    return "" if value is None else str(value.value if isinstance(value, Enum) else value)


def typed(
    model: type[BaseModel], form: Form, stored: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """The settings as they were typed, over the stored ones; nothing is checked yet."""
    found = dict(stored)
    for setting in settings_in(model):
        if setting.field in form:
            before = found.pop(setting.name, None)
            value = _typed_value(setting, before, form[setting.field].data, language)
            if value is not None:
                found[setting.name] = value
    return found


def _typed_value(setting: Setting, before: Any, data: Any, language: str) -> Any:
    """What was typed into one input; None where nothing was said."""
    match setting.shown:
        case Shown.FLAG:
            return bool(data) if bool(data) != bool(_default(setting)) else None
        case Shown.KEPT:
            return before if data else None
        case Shown.TEXTS:
            text = (data or "").replace("\r\n", "\n").strip()
            others = {code: words for code, words in (before or {}).items() if code != language}
            return ({**others, language: text} if text else others) or None
        case Shown.OPTIONS:
            return from_lines(data or "", before or (), language)
        case Shown.CODES:
            return (data or "").replace(",", " ").split() or None
    return (data or "").strip() or None


@dataclass(frozen=True, slots=True)
class Checked:
    """Settings as they are stored, and what is wrong with them by field."""

    settings: dict[str, Any]
    problems: dict[str, list[str]]


def checked(model: type[BaseModel], raw: Mapping[str, Any], language: str) -> Checked:
    """Typed settings held against their model; numbers become numbers."""
    problems: dict[str, list[str]] = {}
    for setting in settings_in(model):
        if setting.shown is Shown.OPTIONS:
            missing = _without_words(raw.get(setting.name) or (), language)
            if missing:
                problems[setting.field] = missing
    try:
        settings = model.model_validate(raw)
    except ValidationError as error:
        for problem in error.errors():
            place = str(problem["loc"][0]) if problem["loc"] else ""
            field = PREFIX + place if place else ""
            problems.setdefault(field, []).append(_in_our_words(problem))
        return Checked(dict(raw), problems)
    return Checked(_stored(model, settings, raw), problems)


def _without_words(entries: Sequence[Mapping[str, Any]], language: str) -> list[str]:
    return [
        _(
            "Line %(line)s: the words in %(language)s are missing.",
            line=number,
            language=name_of(language),
        )
        for number, entry in enumerate(entries, start=1)
        if not entry["label"].get(language)
    ]


def _stored(model: type[BaseModel], settings: BaseModel, raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, with its right type, and the numbers and choices that were left to us."""
    whole = settings.model_dump(mode="json")
    lean = settings.model_dump(mode="json", exclude_defaults=True)
    kept = {
        setting.name: whole[setting.name]
        for setting in settings_in(model)
        if setting.shown in {Shown.NUMBER, Shown.CHOICE, Shown.LINE}
        and whole[setting.name] not in (None, "")
    }
    return {**{name: lean[name] for name in raw if name in lean}, **kept}


def _in_our_words(problem: ErrorDetails) -> str:
    context = problem.get("ctx", {})
    kind = problem["type"]
    limits = {
        "greater_than_equal": _("Enter %(limit)s or more.", limit=context.get("ge")),
        "greater_than": _("Enter more than %(limit)s.", limit=context.get("gt")),
        "less_than_equal": _("Enter %(limit)s or less.", limit=context.get("le")),
        "less_than": _("Enter less than %(limit)s.", limit=context.get("lt")),
        "too_short": _("Enter at least %(limit)s.", limit=context.get("min_length")),
        "too_long": _("Enter at most %(limit)s.", limit=context.get("max_length")),
        "int_parsing": _("Enter a whole number."),
        "int_from_float": _("Enter a whole number."),
        "float_parsing": _("Enter a number."),
        "missing": _("This is needed."),
        "string_too_short": _("This is needed."),
        "string_pattern_mismatch": _("This is not in the right form."),
    }
    words = limits.get(kind) or problem["msg"].removeprefix("Value error, ")
    line = next((part for part in problem["loc"][1:] if isinstance(part, int)), None)
    return words if line is None else _("Line %(line)s: %(problem)s", line=line + 1, problem=words)
