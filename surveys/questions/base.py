"""What a question type owns: its fields, its answer, its checks and its export columns.

Nothing outside a type's file, its template and the registry knows the type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, SelectField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, page_language, text_in
from surveys.documents import OPTION_CODE, OTHER, DocumentPart, Question, Texts

#: {"state": AnswerState, "value": …}: how an answer is stored. A choice with words of its own
#: carries them in "text" until they are stored, and then the id of their contribution in "text_id".
Answer = dict[str, Any]
NO_OPINION = "no_opinion"
REFUSED = "refused"
#: The part of the input that says why there is no answer; no code begins with a hyphen.
INSTEAD = "-instead"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer, in words that say how to mend it, and at which field."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export: the question alone, or one part of it."""

    code: str
    label: str
    part: str = ""

    @property
    def name(self) -> str:
        """The name that statistics packages take."""
        return f"{self.code}__{self.part}" if self.part else self.code


class Shape(StrEnum):
    """What analysis needs to know of a measure; it knows nothing of question types."""

    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    ORDER = "order"
    SCORES = "scores"
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that a question measures, in a shape that can be summarised.

    The value of a reading is, by shape: CHOICE a code; CHOICES codes; SCALE an integer from
    `low` to `high`; ORDER codes, the best first, equals joined by "="; SCORES a number an
    option, or None; NUMBER a number; FLAG a truth value; TEXT nothing (the words stand in their
    contribution, under the measure's code).
    """

    code: str
    label: Mapping[str, str]
    shape: Shape
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    low: int = 1
    high: int = 0
    #: ORDER: whether what was not ranked counts as last; else it is missing.
    unranked_is_last: bool = True


class Settings(DocumentPart):
    """What a type may be told; the editor and the published schema are made from it."""


class ClosedSettings(Settings):
    """Every closed question can be answered with "no opinion" and, if wished, refused."""

    no_opinion: bool = False
    no_opinion_label: Texts = Setting(default_factory=dict)
    refusal: bool = False


class Option(DocumentPart):
    """Something to choose, to rank, or to rate."""

    code: str
    label: Texts
    relevant: str = ""
    #: Stays at its place when the others are shuffled.
    is_anchored: bool = False
    extras: dict[str, str] = Setting(default_factory=dict)

    @field_validator("code")
    @classmethod
    def _code_is_good(cls, code: str) -> str:
        if not OPTION_CODE.match(code):
            message = (
                f"option {code!r}: a code holds letters, digits, points, hyphens and underscores, "
                "at most 64, and begins with one of the first two or an underscore"
            )
            raise ValueError(message)
        return code


def unique_codes(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """For the validators of settings: no code stands twice in a list."""
    seen: set[str] = set()
    for option in options:
        if option.code.lower() in seen:
            message = f"the code {option.code!r} is used twice"
            raise ValueError(message)
        seen.add(option.code.lower())
    return options


class QuestionType(Protocol):
    """One kind of question.

    All methods but `present` take a question as it was presented: options that do not concern
    this respondent are gone, and the rest stand in the respondent's order.
    """

    kind: str
    #: Its name in the editor, translated when rendered.
    name: str
    #: Whether the answer is a free text, which lives in its contribution alone.
    is_text: bool
    #: Whether it takes no answer from the respondent at all.
    is_silent: bool
    #: Whether `present` depends on the respondent.
    is_personal: bool
    #: Whether it is never on a page: the questionnaire works its value out.
    is_invisible: bool
    #: "country", "region" or "sector" where the answer is that attribute of the respondent.
    attribute: str

    @property
    def settings(self) -> type[Settings]:
        """What the question may be told."""

    def present(self, question: Question, seed: int, answer: Answer | None) -> Question:
        """The question as one respondent gets it; most types give it back unchanged."""

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        """The inputs of the question, by name."""

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        """What the inputs show for a stored answer."""

    def parse(self, question: Question, form: Form) -> Answer:
        """The answer that was typed; what makes no sense is left to `problems`."""

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        """What is wrong with an answer. Pure; an import or API passes no form."""

    def wants_more(self, question: Question, answer: Answer) -> bool:
        """Whether the page comes again with the next part of this question."""

    def value(self, question: Question, answer: Answer) -> str:
        """The answer as expressions see it: "" for none, codes with spaces between them."""

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        """The answer as its writer reads it back, a line a part."""

    def measures(self, question: Question) -> Sequence[Measure]:
        """What there is to analyse; nothing for what identifies a person."""

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """What one respondent's answer says of one measure."""

    def columns(self, question: Question, language: str) -> list[Column]:
        """The columns of an export."""

    def cells(self, question: Question, answer: Answer) -> list[str]:
        """The cells under `columns`."""

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        """The answer that `cells` made; what makes no sense is left to `problems`."""


class Plain:
    """What most types have in common; a type overrides what differs."""

    is_text = False
    is_silent = False
    is_personal = False
    is_invisible = False
    attribute = ""

    def present(self, question: Question, seed: int, answer: Answer | None) -> Question:
        del seed, answer
        return question

    def wants_more(self, question: Question, answer: Answer) -> bool:
        del question, answer
        return False

    def value(self, question: Question, answer: Answer) -> str:
        del question
        return str(answer["value"]) if is_answered(answer) else ""

    def measures(self, question: Question) -> Sequence[Measure]:
        del question
        return ()

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        del question, measure
        return {"state": answer["state"], "value": answer["value"]}

    def columns(self, question: Question, language: str) -> list[Column]:
        return [Column(question.code, question.text(language, language))]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else ""]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        del question
        return answered(cells[0]) if cells[0] else without(AnswerState.SKIPPED)


def field_name(question: Question, part: str = "") -> str:
    """The name of an input; codes hold no hyphen, so parts cannot collide."""
    return f"q_{question.code}-{part}" if part else f"q_{question.code}"


def answered(value: Any) -> Answer:
    return {"state": AnswerState.ANSWERED.value, "value": value}


def without(state: AnswerState) -> Answer:
    return {"state": state.value, "value": None}


def is_answered(answer: Answer | None) -> bool:
    return bool(answer) and (answer or {}).get("state") == AnswerState.ANSWERED


def label_of(texts: Mapping[str, str], language: str) -> str:
    return text_in(dict(texts), language)


def option_labels(entries: list[dict[str, Any]], language: str) -> dict[str, str]:
    """Codes with their labels, in the order of the questionnaire."""
    return {entry["code"]: label_of(entry["label"], language) for entry in entries}


def texts_of(entries: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, str]]:
    """Codes with their labels in every language."""
    return {entry["code"]: entry["label"] for entry in entries}


def missing(question: Question, answer: Answer, field: str, default: str) -> list[Problem]:
    """The problem of a required question that was left open, in the author's words if given."""
    if question.required is not True or answer["state"] != AnswerState.SKIPPED:
        return []
    return [Problem(field, current_text(question.required_message) or default)]


def current_text(texts: Mapping[str, str]) -> str:
    """A text of the author in the language of the page."""
    return text_in(dict(texts), page_language()) if texts else ""


def states_offered(settings: Mapping[str, Any], language: str) -> dict[str, str]:
    """What can be said instead of an answer, with the words for it."""
    found = {}
    if settings.get("no_opinion"):
        given = label_of(settings.get("no_opinion_label", {}), language)
        found[NO_OPINION] = given or _("No opinion")
    if settings.get("refusal"):
        found[REFUSED] = _("I prefer not to say")
    return found


_STATES = {NO_OPINION: AnswerState.DONT_KNOW, REFUSED: AnswerState.REFUSED}


def state_answer(settings: Mapping[str, Any], value: str) -> Answer | None:
    """The answer that says why there is none, if that was chosen and is offered."""
    state = _STATES.get(value)
    offered = settings.get("no_opinion" if value == NO_OPINION else "refusal")
    return without(state) if state is not None and offered else None


def state_value(answer: Answer | None) -> str | None:
    """The choice that stands for "no opinion" or a refusal."""
    states = {state.value: value for value, state in _STATES.items()}
    return states.get(answer["state"]) if answer else None


#: How long the words beside "other" may be.
OTHER_LENGTH = 500


def other_label(question: Question, language: str) -> str:
    """The words of the option that stands for an answer of one's own."""
    return label_of(question.settings.get("other_label", {}), language) or _("Other")


def words_label(question: Question, language: str) -> str:
    """What stands over the line for the words beside "other"."""
    return _("If “%(other)s”: in your words", other=other_label(question, language))


def other_code(question: Question) -> str:
    """What the words beside "other" are called among the contributions."""
    return f"{question.code}__{OTHER}"


def other_measure(question: Question, measure: Measure) -> tuple[Measure, Measure]:
    """A choice with "other" among its options, and the words beside it."""
    given = question.settings.get("other_label") or {"en": "Other", "fr": "Autre", "ar": "غير ذلك"}
    options = {**measure.options, OTHER: given}
    words = Measure(other_code(question), question.label, Shape.TEXT)
    return replace(measure, options=options), words


def other_problems(question: Question, answer: Answer, form: Form | None) -> list[Problem]:
    """The words beside "other": needed where they were asked for, and not too long."""
    text = str(answer.get("text", ""))
    name = field_name(question, "-text")
    if len(text) > OTHER_LENGTH:
        message = _(
            "Your text is %(over)s characters too long. It may have %(limit)s.",
            over=len(text) - OTHER_LENGTH,
            limit=OTHER_LENGTH,
        )
        return [Problem(name, message)]
    if not text and form is not None:
        return [Problem(name, _("Say in a few words what you mean by “other”."))]
    return []


def instead_field(question: Question, language: str) -> dict[str, UnboundField]:
    """For questions of several inputs: one more that says why there is no answer."""
    offered = states_offered(question.settings, language)
    if not offered:
        return {}
    choices = {"": _("I answer above"), **offered}
    label = _("Instead of an answer")
    field = SelectField(label, [Optional()], choices=choices, validate_choice=False)
    return {field_name(question, INSTEAD): field}


def instead_data(question: Question, answer: Answer | None) -> dict[str, Any]:
    """What the input of `instead_field` shows."""
    return {field_name(question, INSTEAD): state_value(answer) or ""}


def instead_parse(question: Question, form: Form) -> Answer:
    """The answer where none of the other inputs was filled in."""
    name = field_name(question, INSTEAD)
    chosen = (form[name].data or "") if name in form else ""
    return state_answer(question.settings, chosen) or without(AnswerState.SKIPPED)


def line_of(label: str, value: object) -> str:
    """What was answered beside what it answers; languages differ in the space before the colon."""
    return _("%(label)s: %(value)s", label=label, value=value)


def state_lines(question: Question, answer: Answer, language: str) -> list[str]:
    """What a respondent reads back who gave no answer."""
    words = states_offered(question.settings, language).get(state_value(answer) or "")
    return [words] if words else []
