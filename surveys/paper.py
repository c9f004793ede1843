"""A questionnaire on paper: boxes to tick, numbers to write, lines to write on.

What is printed follows from the inputs that a question's type asks for on a screen, so that a new
type prints without being known here. Pages and options stand in the order that a response keyed in
from paper will have (`PAPER_SEED`). Every question carries its code, for the one who keys it in.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.widgets import HiddenInput

from core.i18n import _, text_in
from surveys.documents import Question, QuestionnaireDocument
from surveys.questions import REGISTRY
from surveys.questions.base import INSTEAD, Shape, field_name
from surveys.routing import OPTION_LISTS, Route, Situation

#: All random orders of a response that is keyed in follow from this seed, as those of the form do.
PAPER_SEED = 0
#: Longer lists, such as that of countries, are not printed: there is a line to write on.
MOST_BOXES = 30
MOST_COLUMNS = 11
LONG_TEXT_LINES = 7
_EQUALS = re.compile(r"\$\{(\w+)\}\s*=\s*['\"]([^'\"]*)['\"]")
_SELECTED = re.compile(r"selected\(\s*\$\{(\w+)\}\s*,\s*['\"]([^'\"]*)['\"]\s*\)")


class Layout(StrEnum):
    """How a part of a question stands on paper."""

    BOXES = "boxes"
    GRID = "grid"
    NUMBERS = "numbers"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to fill in: boxes side by side, a grid, a column of numbers, or lines."""

    layout: Layout
    legend: str = ""
    choices: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    lines: int = 0
    several: bool = False


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """A question as it is printed. What asks nothing has no number."""

    number: int | None
    code: str
    label: str
    hint: str
    statement: str
    condition: str
    instruction: str
    is_required: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PaperSection:
    """A page of the questionnaire."""

    title: str
    intro: str
    condition: str
    questions: tuple[PaperQuestion, ...]


def paper_sections(
    document: QuestionnaireDocument, language: str, now: datetime
) -> list[PaperSection]:
    """The whole questionnaire, with what concerns only some people marked so."""
    numbers = _numbers(document)
    situation = Situation({}, {}, PAPER_SEED, language, now)
    printed = []
    for page in Route(_for_everybody(document), situation).pages():
        original = next(part for part in document.sections if part.code == page.section.code)
        questions = tuple(
            _question(document, question, numbers, language) for question in page.section.questions
        )
        printed.append(
            PaperSection(
                title=text_in(page.section.title, language, document.default_language),
                intro=text_in(page.section.intro, language, document.default_language),
                condition=condition_words(document, original.relevant, numbers, language),
                questions=questions,
            )
        )
    return printed


def _numbers(document: QuestionnaireDocument) -> dict[str, int]:
    """The numbers of the questions that want an answer."""
    asking = [
        question.code
        for question in document.questions()
        if not REGISTRY[question.kind].is_silent and not REGISTRY[question.kind].is_invisible
    ]
    return {code: number for number, code in enumerate(asking, start=1)}


def _for_everybody(document: QuestionnaireDocument) -> QuestionnaireDocument:
    """The document without conditions: on paper nothing can be hidden."""
    sections = tuple(
        section.model_copy(
            update={
                "relevant": "",
                "questions": tuple(_unconditional(question) for question in section.questions),
            }
        )
        for section in document.sections
    )
    return document.model_copy(update={"sections": sections})


def _unconditional(question: Question) -> Question:
    settings = {
        name: [{**entry, "relevant": ""} for entry in value]
        if name in OPTION_LISTS and isinstance(value, list)
        else value
        for name, value in question.settings.items()
    }
    return question.model_copy(update={"relevant": "", "settings": settings})


def _question(
    document: QuestionnaireDocument, question: Question, numbers: Mapping[str, int], language: str
) -> PaperQuestion:
    default = document.default_language
    parts = parts_of(question, language)
    statement = question.settings.get("text")
    return PaperQuestion(
        number=numbers.get(question.code),
        code=question.code,
        label=question.text(language, default),
        hint=text_in(question.hint, language, default),
        statement=text_in(statement, language, default) if isinstance(statement, dict) else "",
        condition=condition_words(
            document, document.by_code[question.code].relevant, numbers, language
        ),
        instruction=_instruction(question, parts, language),
        is_required=question.required is True,
        parts=parts,
    )


def parts_of(question: Question, language: str) -> tuple[Part, ...]:
    """What there is to fill in, from the inputs that the type asks for."""
    kind = REGISTRY[question.kind]
    if kind.is_silent:
        return ()
    instead = field_name(question, INSTEAD)
    inputs = kind.fields(question, language)
    main = [field for name, field in inputs.items() if name != instead and not _is_hidden(field)]
    parts: list[Part] = []
    if _is_order(question):
        ranked = [field for field in main if _choices(field)]
        parts.append(Part(Layout.NUMBERS, rows=tuple(_label(field) for field in ranked)))
        main = [field for field in main if not _choices(field)]
    repeated = question.text(language, language)
    for choices, group in groupby(main, key=_choices):
        parts += _parts_of_group(list(group), choices, repeated)
    if instead in inputs:
        parts.append(Part(Layout.BOXES, choices=_choices(inputs[instead])))
    return tuple(parts) or (Part(Layout.LINES, lines=1),)


def _parts_of_group(
    group: list[UnboundField], choices: tuple[str, ...], repeated: str
) -> list[Part]:
    """Inputs that follow each other and offer the same."""
    if choices and len(group) > 1 and len(choices) <= MOST_COLUMNS:
        rows = tuple(_label(field) for field in group)
        return [Part(Layout.GRID, choices=choices, rows=rows)]
    if not choices and len(group) > 1 and not any(_is_long(field) for field in group):
        return [Part(Layout.NUMBERS, rows=tuple(_label(field) for field in group))]
    return [_part(field, choices, repeated) for field in group]


def _part(field: UnboundField, choices: tuple[str, ...], repeated: str) -> Part:
    # The label of a main input repeats the question, which stands above it already.
    legend = "" if _label(field) == repeated else _label(field)
    if issubclass(field.field_class, BooleanField):
        return Part(Layout.BOXES, choices=(_label(field),))
    if choices and len(choices) <= MOST_BOXES:
        several = issubclass(field.field_class, SelectMultipleField)
        return Part(Layout.BOXES, legend=legend, choices=choices, several=several)
    return Part(Layout.LINES, legend=legend, lines=LONG_TEXT_LINES if _is_long(field) else 1)


def _is_hidden(field: UnboundField) -> bool:
    return isinstance(field.kwargs.get("widget"), HiddenInput)


def _is_long(field: UnboundField) -> bool:
    return issubclass(field.field_class, TextAreaField)


def _is_order(question: Question) -> bool:
    return any(
        measure.shape is Shape.ORDER for measure in REGISTRY[question.kind].measures(question)
    ) and _fields_offer_places(question)


def _fields_offer_places(question: Question) -> bool:
    """Whether each item has a list of places, 1 and so on, of its own."""
    fields = REGISTRY[question.kind].fields(question, "en").values()
    first = next((_choices(field) for field in fields if _choices(field)), ())
    return bool(first) and all(choice.isdigit() for choice in first)


def _label(field: UnboundField) -> str:
    given = field.args[0] if field.args else field.kwargs.get("label", "")
    return str(given or "")


def _choices(field: UnboundField) -> tuple[str, ...]:
    """The words of what can be chosen; the empty choice is a box left empty."""
    if not issubclass(field.field_class, (RadioField, SelectField)):
        return ()
    return tuple(str(label) for value, label in _pairs(field.kwargs.get("choices")) if value)


def _pairs(choices: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(choices, Mapping):
        for value, label in choices.items():
            if isinstance(label, Mapping | list | tuple):
                yield from _pairs(label)
            else:
                yield value, label
        return
    for entry in choices or ():
        if isinstance(entry, SelectChoice):
            yield entry.value, entry.label
        else:
            yield entry[0], entry[1]


def _instruction(question: Question, parts: tuple[Part, ...], language: str) -> str:
    """One line that says how to fill the question in."""
    first = parts[0] if parts else Part(Layout.LINES)
    if first.layout is Layout.LINES:
        return _line_instruction(question, language)
    if first.layout is Layout.GRID:
        return _("Tick one box in each row.")
    if first.layout is Layout.NUMBERS:
        return _number_instruction(question)
    if first.layout is Layout.BOXES and len(first.choices) > 1:
        return _box_instruction(question, first)
    return ""


def _line_instruction(question: Question, language: str) -> str:
    inputs = REGISTRY[question.kind].fields(question, language).values()
    if any(issubclass(field.field_class, FileField) for field in inputs):
        return _("Write the title here, and fasten the paper itself to this form.")
    unit = question.settings.get("unit")
    if isinstance(unit, dict) and unit:
        return _("In %(unit)s.", unit=text_in(unit, language))
    return ""


def _number_instruction(question: Question) -> str:
    if question.settings.get("total"):
        return _("Share out %(total)s points.", total=question.settings["total"])
    if not _is_order(question):
        return ""
    if question.settings.get("top"):
        return _(
            "Write 1 beside what comes first, 2 beside the next, up to %(top)s.",
            top=question.settings["top"],
        )
    return _("Write 1 beside what comes first, 2 beside the next, and so on.")


def _box_instruction(question: Question, part: Part) -> str:
    if not part.several:
        return _("Tick one box.")
    if question.settings.get("max_choices"):
        return _("Tick up to %(limit)s boxes.", limit=question.settings["max_choices"])
    return _("Tick all boxes that apply.")


def condition_words(
    document: QuestionnaireDocument, source: str, numbers: Mapping[str, int], language: str
) -> str:
    """Whom a question concerns, in words where the condition is a plain one."""
    if not source.strip():
        return ""
    plain = source.strip()
    found = _EQUALS.fullmatch(plain) or _SELECTED.fullmatch(plain)
    if found and found[1] in numbers:
        return _(
            "Only if you answered “%(answer)s” to question %(number)s.",
            answer=_answer_words(document.by_code[found[1]], found[2], language),
            number=numbers[found[1]],
        )
    return _("Only where this holds: %(condition)s", condition=plain)


def _answer_words(question: Question, code: str, language: str) -> str:
    """The words of an answer's code, as the type itself would show them."""
    kind = REGISTRY[question.kind]
    for field in kind.fields(question, language).values():
        if issubclass(field.field_class, (RadioField, SelectField)):
            for value, label in _pairs(field.kwargs.get("choices")):
                if str(value) == code:
                    return str(label)
    return code
