"""Rows as questions of ours."""

from collections.abc import Callable
from typing import Any, Final

from surveys.interchange.xlsform.columns import MEDIA
from surveys.interchange.xlsform.context import Context, Question, joined
from surveys.interchange.xlsform.copies import Numbers
from surveys.interchange.xlsform.expressions import At
from surveys.interchange.xlsform.form import NO, YES, FormRow
from surveys.interchange.xlsform.parameters import (
    Bounds,
    bounds_of,
    check_ticks,
    parameters_of,
)
from surveys.interchange.xlsform.scanning import quoted
from surveys.interchange.xlsform.selects import (
    MULTIPLE_CHOICE,
    SINGLE_CHOICE,
    choice_settings,
    ranking,
)
from surveys.interchange.xlsform.structure import Node
from surveys.interchange.xlsform.types import HINTED, MOMENTS, OWN_RULES, TODAY, Sort

#: How many digits after the point a decimal number may have.
DECIMALS = 6
#: What a question about a picture takes.
IMAGES_ONLY: Final = {"documents": False, "tables": False}
_TAKEN: Final = frozenset(
    {
        "type", "name", "relevant", "required", "constraint", "calculation", "choice_filter",
        "parameters", "disabled", "list_name", "x_kind", "x_settings", "repeat_count",
        "save_to",
    }
)  # fmt: skip
#: Columns that mean something elsewhere and nothing here.
_WITHOUT_EFFECT: Final = ("default", "trigger", "autoplay", "query")
_WITH_OPTIONS: Final = frozenset({"single_choice", "multiple_choice", "ranking", "matrix"})
_GIVEN_BACK = "_if_needed"
_UNSEEN = frozenset({Sort.CALCULATE, Sort.HIDDEN, Sort.METADATA})
Settings = dict[str, Any]


def questions_of(
    context: Context, node: Node, numbers: Numbers, around: list[str]
) -> list[Question]:
    """The questions that one row makes: mostly one, sometimes with words of one's own after it."""
    at = At(node, numbers)
    row, sort = node.row, node.type.sort
    if sort is Sort.UNKNOWN:
        return []
    if sort is Sort.REFUSED:
        context.report.problem(
            "not_offered", row.place("type"), node.type.feature, type=row.get("type")
        )
        return []
    found = parameters_of(row, node.type, context.report)
    kind, settings = _MAKERS[sort](context, at, found)
    code = context.copies.code(node, numbers)
    label, hint = _label(context, at)
    question: Question = {"code": code, "kind": kind, "label": label, "hint": hint}
    question["guidance"] = context.words(at, "guidance_hint")
    question |= _rules(context, at, kind, around)
    question["settings"] = settings
    question["extras"] = _extras(context, at, found, kind)
    _tell(context, node, kind)
    if sort is Sort.METADATA:
        question[_GIVEN_BACK] = id(node)
    context.rewriter.known.add(code)
    made = [{name: value for name, value in question.items() if value not in ({}, "")}]
    made[0].setdefault("settings", {})
    if sort is Sort.RANK and node.type.has_other:
        made.append(_words_of_other(context, made[0]))
    return made


def needed(context: Context, questions: list[Question]) -> list[Question]:
    """Without the questions that exist only to be referred to, where nothing refers to them."""
    kept = []
    for question in questions:
        node_id = question.pop(_GIVEN_BACK, None)
        if node_id is None or node_id in context.rewriter.needed:
            kept.append(question)
    return kept


def _label(context: Context, at: At) -> tuple[dict[str, str], dict[str, str]]:
    """The label and the hint; a question with only a hint is asked with it."""
    node, row = at.node, at.node.row
    label, hint = context.label(at), context.words(at, "hint")
    if not any(label.values()) and hint:
        label, hint = context.label(at, "hint"), {}
    if label[context.default_tag]:
        return label, hint
    label[context.default_tag] = node.name
    if node.type.sort in _UNSEEN or node.is_unseen:
        return label, hint
    has_picture = any(name.startswith("media::") for name in row.cells)
    if has_picture or node.type.word in HINTED or row.get("appearance") == "label":
        context.report.notice("no_label", row.place("label"), name=node.name)
    else:
        context.report.problem("no_label_or_hint", row.place("label"), name=node.name)
    return label, hint


def _rules(context: Context, at: At, kind: str, around: list[str]) -> Question:
    node, row = at.node, at.node.row
    found: Question = {
        "required": False,
        "relevant": joined([*around, context.expression(at, "relevant")]),
    }
    if kind not in {"note", "calculated"}:
        found["required"] = _required(context, at)
        found["required_message"] = context.words(at, "required_message")
        own = OWN_RULES.get(node.type.word, "")
        found["constraint"] = joined([own, context.expression(at, "constraint")])
        found["constraint_message"] = context.words(at, "constraint_message")
    elif row.get("constraint"):
        context.expression(at, "constraint")
        context.once("no_effect", node, "constraint", "constraint")
    return found


def _required(context: Context, at: At) -> bool | str:
    cell = at.node.row.get("required")
    if not cell or cell in NO:
        return False
    open_copies = [
        number
        for repeat, number in zip(at.node.repeats(), at.numbers, strict=True)
        if context.copies.counts[id(repeat)].is_open
    ]
    if any(number > 1 for number in open_copies):
        return False
    if cell in YES:
        return True
    context.expression(at, "required")
    context.report.notice(
        "required_expression", at.node.row.place("required"), "required expression"
    )
    return "soft"


def _extras(context: Context, at: At, found: dict[str, str], kind: str) -> dict[str, str]:
    """What we do not use and keep all the same."""
    node, row = at.node, at.node.row
    extras = _other_columns(context, at)
    used = {"randomize"} if kind in {"single_choice", "multiple_choice", "ranking"} else set()
    if kind == "numeric_scale":
        used = {"start", "end", "step", "tick_labelset"}
    rest = " ".join(f"{name}={value}" for name, value in found.items() if name not in used)
    if rest:
        extras["parameters"] = context.rewriter.text(rest, at, row.place("parameters"))
    if row.get("required") not in YES | NO | {""}:
        extras["required"] = context.rewriter.with_codes(
            row.get("required"), at, row.place("required")
        )
    if node.type.feature and node.type.sort is not Sort.SELECT_ONE:
        extras["type"] = node.type.word
    for name in _unused(row, kind):
        context.once("no_effect", node, name, name)
        extras[name] = context.rewriter.text(row.get(name), at, row.place(name))
    if row.get("calculation") and kind != "calculated":
        extras["calculation"] = context.expression(at, "calculation")
    return extras


def _unused(row: FormRow, kind: str) -> list[str]:
    """Columns that mean something for rows of another kind than this one."""
    names = ["repeat_count"] if kind in _WITH_OPTIONS else ["repeat_count", "choice_filter"]
    return [name for name in names if row.get(name)]


def _other_columns(context: Context, at: At) -> dict[str, str]:
    node, row = at.node, at.node.row
    extras = {
        name: context.rewriter.text(cell, at, row.place(name))
        for name, cell in row.others(_TAKEN).items()
    }
    for name in extras:
        if name.startswith("media::"):
            check_media(context, node, name)
            context.once("no_effect", node, "media", name.split("::")[1])
        elif name in _WITHOUT_EFFECT:
            context.once("no_effect", node, name, name)
    for language, text in row.words("no_app_error_string").items():
        extras[f"no_app_error_string::{language}"] = text
    return extras


def check_media(context: Context, node: Node, name: str) -> None:
    """Pictures and sounds are of four kinds, and a big picture needs a small one."""
    kind = name.split("::")[1]
    place = node.row.place("media")
    if kind not in MEDIA:
        context.report.problem("media_unknown", place, name=kind)
    kinds = {cell.split("::")[1] for cell in node.row.cells if cell.startswith("media::")}
    if kind == "big-image" and "image" not in kinds:
        context.report.problem("big_image_alone", place)


def _tell(context: Context, node: Node, kind: str) -> None:
    """What is asked in another way than the form says."""
    row, feature = node.row, node.type.feature
    if feature == "select_one_external":
        context.report.notice("outside_list", row.place("type"), feature)
    elif feature:
        context.report.notice(
            "asked_simpler", row.place("type"), feature, type=node.type.word, kind=kind
        )
    if node.type.sort is Sort.METADATA:
        context.report.notice(
            "not_collected", row.place("type"), node.type.word, type=node.type.word
        )
    if "search(" in row.get("appearance").replace(" ", ""):
        context.report.problem("not_offered", row.place("appearance"), "search()", type="search()")
    if row.get("read_only") not in NO | {""} and kind not in {"note", "calculated"}:
        context.once("no_effect", node, "read_only", "read_only")


def _text(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    row = at.node.row
    if row.get("calculation"):
        return _visible_calculation(context, at)
    if row.get("read_only") in YES and row.words("label"):
        return "note", {}
    is_long = "multiline" in row.get("appearance").split()
    is_long = is_long or any(
        cell not in {"", "1"} for cell in (row.get("rows"), found.get("rows", ""))
    )
    return ("long_text" if is_long else "short_text"), {}


def _visible_calculation(context: Context, at: At) -> tuple[str, Settings]:
    """A question whose answer is worked out takes none from the respondent."""
    if at.node.row.words("label"):
        context.report.notice(
            "calculation_unseen",
            at.node.row.place("calculation"),
            "calculation shown in a question",
        )
    return "calculated", {"calculation": context.expression(at, "calculation") or "''"}


def _whole_number(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    del found
    if at.node.row.get("calculation"):
        return _visible_calculation(context, at)
    return "number", {}


def _number(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    kind, settings = _whole_number(context, at, found)
    return kind, {"decimals": DECIMALS} if kind == "number" else settings


def _range(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    bounds = bounds_of(at.node.row, found, context.report)
    if bounds is None:
        return "number", {}
    list_name = found.get("tick_labelset", "")
    names = [choice.get("name") for choice in context.lists.rows(list_name)]
    check_ticks(at.node.row, bounds, found, names, context.report)
    if not bounds.is_scale:
        context.report.notice("range_as_number", at.node.row.place("parameters"), "range")
        return "number", _bounded_number(bounds)
    settings: Settings = {"low": int(bounds.start), "high": int(bounds.end)}
    if names:
        settings |= _tick_labels(context, at, list_name, bounds)
    return "numeric_scale", settings


def _bounded_number(bounds: Bounds) -> Settings:
    low, high = sorted((bounds.start, bounds.end))
    places = max(-int(part.normalize().as_tuple().exponent) for part in (low, high, bounds.step))
    settings: Settings = {"minimum": float(low), "maximum": float(high)}
    return {**settings, "decimals": min(places, DECIMALS)} if places > 0 else settings


def _tick_labels(context: Context, at: At, list_name: str, bounds: Bounds) -> Settings:
    place = at.node.row.place("parameters")
    options = context.lists.options(list_name, at, context.rewriter, "", place)
    by_name = {option["code"]: option["label"] for option in options}
    ends = {"low_label": str(int(bounds.start)), "high_label": str(int(bounds.end))}
    return {name: by_name[code] for name, code in ends.items() if code in by_name}


def _date(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    del found
    return _visible_calculation(context, at) if at.node.row.get("calculation") else ("date", {})


def _fixed(kind: str) -> Callable[[Context, At, dict[str, str]], tuple[str, Settings]]:
    def make(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
        del context, at, found
        return kind, {}

    return make


def _calculate(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    del found
    row = at.node.row
    if row.get("calculation"):
        return "calculated", {"calculation": context.expression(at, "calculation") or "''"}
    default = row.get("default")
    if at.node.type.word != "calculate" and not default:
        return "calculated", {"calculation": "''"}
    if not _is_dynamic(default):
        context.report.problem("no_calculation", row.place("calculation"), name=at.node.name)
        return "calculated", {"calculation": "''"}
    value = context.rewriter.expression(default, at, row.place("default"))
    return "calculated", {"calculation": f"once({value})" if value else "''"}


def _is_dynamic(default: str) -> bool:
    """Whether a prefilled value is worked out."""
    return any(sign in default for sign in ("${", "(", "+", "*", "-", "|", " div ", " mod "))


def _hidden(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    row = at.node.row
    if row.get("calculation"):
        return _calculate(context, at, found)
    return "calculated", {"calculation": quoted(row.get("default"))}


def _file(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    """A file to hand in, or only words about it; sounds and films are never taken."""
    del found
    feature = at.node.type.feature
    if "file" not in context.kinds or feature in {"audio", "video"}:
        return "short_text", {}
    return "file", dict(IMAGES_ONLY) if feature == "image" else {}


def _metadata(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    """The day is no secret; nothing else of a device or a person is looked at."""
    del context, found
    word = at.node.type.word
    if word in TODAY:
        return "calculated", {"calculation": "today()"}
    return "calculated", {"calculation": "once(now())" if word in MOMENTS else "''"}


def _words_of_other(context: Context, ranked: Question) -> Question:
    code = context.copies.given.take(f"{ranked['code']}_other"[:64])
    words = {context.default_tag: "Specify other."}
    relevant = f"selected(${{{ranked['code']}}}, 'other')"
    context.rewriter.known.add(code)
    found = {"code": code, "kind": "short_text", "label": words, "relevant": relevant}
    return {**found, "settings": {}}


_MAKERS: Final[dict[Sort, Callable[[Context, At, dict[str, str]], tuple[str, Settings]]]] = {
    Sort.SHORT_TEXT: _text,
    Sort.WHOLE_NUMBER: _whole_number,
    Sort.NUMBER: _number,
    Sort.RANGE: _range,
    Sort.SELECT_ONE: lambda context, at, found: choice_settings(context, at, found, SINGLE_CHOICE),
    Sort.SELECT_MULTIPLE: lambda context, at, found: choice_settings(
        context, at, found, MULTIPLE_CHOICE
    ),
    Sort.RANK: ranking,
    Sort.DATE: _date,
    Sort.NOTE: _fixed("note"),
    Sort.ACKNOWLEDGE: _fixed("consent"),
    Sort.CALCULATE: _calculate,
    Sort.HIDDEN: _hidden,
    Sort.FILE: _file,
    Sort.METADATA: _metadata,
}
