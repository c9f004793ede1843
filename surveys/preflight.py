"""What a questionnaire should be told before it opens: faults that stop it, and doubts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from pydantic import BaseModel, ValidationError

from core.errors import Invalid
from core.i18n import _, own_name, text_in
from surveys.documents import Question, QuestionnaireDocument, Texts
from surveys.logic import (
    ExpressionError,
    Reference,
    check,
    order,
    parse,
    pipes,
)
from surveys.questions import REGISTRY
from surveys.reachability import can_hold, unreachable
from surveys.routing import OPTION_LISTS
from surveys.uploads.store import are_open

#: Words a minute of calm reading on a phone, and seconds that answering takes beside reading.
WORDS_A_MINUTE = 180
ANSWER_SECONDS = {"long_text": 60, "short_text": 20, "note": 0, "calculated": 0}
SECONDS = 6
SECONDS_AN_ITEM = 3
LEAST_CONTRAST = 4.5
SHOWN = 3


class Severity(StrEnum):
    """A fault keeps a round from opening; a doubt is for a person to judge."""

    FAULT = "fault"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to think about, and where: a question, a section, or ""."""

    severity: Severity
    place: str
    message: str


def findings(document: QuestionnaireDocument) -> list[Finding]:
    """Everything there is to say about a questionnaire before it opens."""
    found = [*_settings_faults(document), *_expression_faults(document)]
    if not found:
        found += _circles(document)
    if not found:
        found += _dead_branches(document)
    return [
        *found,
        *_doubts_about_order(document),
        *_empty_sections(document),
        *_files(document),
        *_missing_translations(document),
        *_theme_faults(document),
    ]


def require_sound(document: QuestionnaireDocument) -> None:
    """Refuse a questionnaire with faults; all of them are named."""
    faults = [found for found in findings(document) if found.severity is Severity.FAULT]
    if faults:
        listed = "; ".join(f"{fault.place}: {fault.message}" for fault in faults[:10])
        raise Invalid(_("This questionnaire cannot be used yet. %(problems)s", problems=listed))


def _fault(place: str, message: str) -> Finding:
    return Finding(Severity.FAULT, place, message)


def _doubt(place: str, message: str) -> Finding:
    return Finding(Severity.DOUBT, place, message)


def settings_of(question: Question) -> BaseModel:
    """The settings of a question, checked by its type; raises pydantic's error."""
    return REGISTRY[question.kind].settings.model_validate(question.settings)


def _settings_faults(document: QuestionnaireDocument) -> Iterator[Finding]:
    for question in document.questions():
        if question.kind not in REGISTRY:
            message = _("There is no question type “%(kind)s”.", kind=question.kind)
            yield _fault(question.code, message)
            continue
        try:
            settings_of(question)
        except ValidationError as error:
            for problem in error.errors()[:SHOWN]:
                place = ".".join(str(part) for part in problem["loc"])
                yield _fault(question.code, f"{place}: {problem['msg']}")


@dataclass(frozen=True, slots=True)
class Placed:
    """An expression with the place it stands at."""

    place: str
    role: str
    source: str


def expressions(document: QuestionnaireDocument) -> Iterator[Placed]:
    """Every expression of a document."""
    for section in document.sections:
        if section.relevant:
            yield Placed(section.code, "relevant", section.relevant)
        for question in section.questions:
            yield from _question_expressions(question)
    for quota in document.quotas:
        yield Placed(quota.code, "condition", quota.condition)


def _question_expressions(question: Question) -> Iterator[Placed]:
    for role in ("relevant", "constraint"):
        source = getattr(question, role)
        if source:
            yield Placed(question.code, role, source)
    if question.settings.get("calculation"):
        yield Placed(question.code, "calculation", question.settings["calculation"])
    for name in OPTION_LISTS:
        for entry in question.settings.get(name) or ():
            if isinstance(entry, Mapping) and entry.get("relevant"):
                yield Placed(question.code, f"{name}.{entry.get('code')}", entry["relevant"])


def _expression_faults(document: QuestionnaireDocument) -> Iterator[Finding]:
    known = set(document.by_code)
    for placed in expressions(document):
        try:
            problems = check(parse(placed.source), known)
        except ExpressionError as error:
            problems = [error]
        for problem in problems:
            where = _("%(role)s, character %(place)s", role=placed.role, place=problem.position + 1)
            yield _fault(placed.place, f"{where}: {problem.message}")
    for place, texts in strings(document):
        for name in {part.name for part in _references(texts)} - known:
            message = _("The text speaks of “%(name)s”, which is no question.", name=name)
            yield _fault(place, message)


def _references(texts: Texts) -> Iterator[Reference]:
    for text in texts.values():
        yield from (part for part in pipes(text) if isinstance(part, Reference))


def strings(document: QuestionnaireDocument) -> Iterator[tuple[str, Texts]]:
    """Every translatable text with its place, such as `sector.label` or `first.options.a.label`."""
    for name in ("title", "thanks"):
        yield name, getattr(document, name)
    for section in document.sections:
        yield from (
            (f"{section.code}.{name}", getattr(section, name)) for name in ("title", "intro")
        )
        for question in section.questions:
            yield from _question_strings(question)
    for quota in document.quotas:
        yield f"{quota.code}.message", quota.message


def _question_strings(question: Question) -> Iterator[tuple[str, Texts]]:
    for name in ("label", "hint", "guidance", "required_message", "constraint_message"):
        yield f"{question.code}.{name}", getattr(question, name)
    if question.kind not in REGISTRY:
        return
    try:
        settings = settings_of(question)
    except ValidationError:
        return
    yield from _model_strings(question.code, settings)


def _model_strings(place: str, model: BaseModel) -> Iterator[tuple[str, Texts]]:
    """Texts are known by the mark that their type carries."""
    for name, declared in type(model).model_fields.items():
        value = getattr(model, name)
        if "texts" in declared.metadata:
            yield f"{place}.{name}", value
        elif isinstance(value, tuple):
            for entry in value:
                if isinstance(entry, BaseModel):
                    yield from _model_strings(f"{place}.{name}.{getattr(entry, 'code', '')}", entry)


def _circles(document: QuestionnaireDocument) -> Iterator[Finding]:
    """Questions whose being shown, or whose value, hangs on itself."""
    needs: dict[str, set[str]] = {}
    for section in document.sections:
        around = parse(section.relevant).names if section.relevant else frozenset()
        for question in section.questions:
            own = parse(question.relevant).names if question.relevant else frozenset()
            worked = question.settings.get("calculation")
            value = parse(worked).names if worked else frozenset()
            needs[question.code] = set(own | around | value)
    try:
        order(needs)
    except ExpressionError as error:
        yield _fault(error.name or "", error.message)


def _dead_branches(document: QuestionnaireDocument) -> Iterator[Finding]:
    """Conditions that no answers can meet, and questions that nobody can come to."""
    dead = False
    for placed in expressions(document):
        if placed.role not in {"constraint", "calculation"} and not can_hold(
            document, placed.source
        ):
            dead = True
            message = _("No answer can ever make this true: %(rule)s", rule=placed.source)
            yield _fault(placed.place, message)
    if dead:
        return
    for code in unreachable(document):
        yield _doubt(
            code,
            _(
                "Nobody can come to this question: its condition contradicts the one of its page "
                "or of a question that it depends on."
            ),
        )


def _doubts_about_order(document: QuestionnaireDocument) -> Iterator[Finding]:
    """Conditions about questions that come later on the way."""
    places = {code: number for number, code in enumerate(document.by_code)}
    first = {s.code: places[s.questions[0].code] for s in document.sections if s.questions}
    for placed in expressions(document):
        own = places.get(placed.place, first.get(placed.place))
        if own is None or placed.role in {"constraint", "condition"}:
            continue
        try:
            names = parse(placed.source).names
        except ExpressionError:
            continue
        for name in sorted(names):
            if places.get(name, -1) > own:
                yield _doubt(
                    placed.place, _("It depends on “%(code)s”, which comes later.", code=name)
                )


def _empty_sections(document: QuestionnaireDocument) -> Iterator[Finding]:
    for section in document.sections:
        if not section.questions:
            yield _doubt(section.code, _("This page has no question and is never shown."))


def holds_files(document: QuestionnaireDocument) -> bool:
    """Whether respondents are asked for files."""
    return any(question.kind == "file" for question in document.questions())


def _files(document: QuestionnaireDocument) -> Iterator[Finding]:
    for question in document.questions():
        if question.kind != "file":
            continue
        if not are_open():
            yield _fault(
                question.code, _("This installation takes no files. Ask for words instead.")
            )
        else:
            yield _doubt(question.code, _("What a file says of itself may name its author."))


def _missing_translations(document: QuestionnaireDocument) -> Iterator[Finding]:
    for language in document.languages:
        if language == document.default_language:
            continue
        missing = [
            place
            for place, texts in strings(document)
            if texts.get(document.default_language) and not texts.get(language)
        ]
        if missing:
            yield _doubt(
                "",
                _(
                    "%(number)s texts are missing in %(language)s and will be shown in "
                    "%(default)s: %(places)s …",
                    number=len(missing),
                    language=own_name(language),
                    default=own_name(document.default_language),
                    places=", ".join(missing[:SHOWN]),
                ),
            )


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of a colour "#rrggbb" with white, as WCAG 2.2 defines it."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _theme_faults(document: QuestionnaireDocument) -> Iterator[Finding]:
    if not document.theme_colour:
        return
    contrast = contrast_with_white(document.theme_colour)
    if contrast < LEAST_CONTRAST:
        yield _fault(
            "theme_colour",
            _(
                "The colour is too light to read on white: contrast %(contrast)s, "
                "needed %(least)s. Choose a darker one.",
                contrast=f"{contrast:.1f}",
                least=LEAST_CONTRAST,
            ),
        )


def estimated_minutes(document: QuestionnaireDocument) -> int:
    """How long an answer takes: reading every word once, and a while for each question."""
    words = sum(
        len(text_in(texts, document.default_language).split())
        for _place, texts in strings(document)
    )
    seconds = sum(_seconds(question) for question in document.questions())
    return max(1, round(words / WORDS_A_MINUTE + seconds / 60))


def _seconds(question: Question) -> float:
    fixed = ANSWER_SECONDS.get(question.kind)
    if fixed is not None:
        return fixed
    items: list[Any] = [
        *(question.settings.get("items") or ()),
        *(question.settings.get("rows") or ()),
    ]
    return SECONDS + SECONDS_AN_ITEM * len(list(islice(items, 50)))
