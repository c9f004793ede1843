"""A number, typed with any digits; stored as text, so that its precision stays."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from pydantic import Field as Setting
from pydantic import model_validator
from wtforms import Form, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l, page_language
from surveys.documents import Question, Texts
from surveys.questions.base import (
    Answer,
    ClosedSettings,
    Measure,
    Plain,
    Problem,
    Shape,
    answered,
    field_name,
    instead_data,
    instead_field,
    instead_parse,
    is_answered,
    label_of,
    missing,
    state_answer,
    state_lines,
    state_value,
    without,
)
from surveys.questions.digits import read_number, stored_number
from surveys.questions.instead import both_given
from surveys.questions.locales import decimal_mark, upright

MOST_DECIMALS = 10
#: What was typed and is no number is kept no longer than this.
LONGEST_SHOWN = 100


class NumberSettings(ClosedSettings):
    """What a number may be told."""

    minimum: float | None = Setting(default=None, allow_inf_nan=False)
    maximum: float | None = Setting(default=None, allow_inf_nan=False)
    decimals: int = Setting(default=0, ge=0, le=MOST_DECIMALS)
    #: What is counted, such as "people"; shown behind the question.
    unit: Texts = Setting(default_factory=dict)

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("the smallest number is greater than the greatest")
        return self


class Number(Plain):
    """A line of text that brings up the keyboard of numbers.

    It is shown and read with the mark before fractions that the language of the page has.
    """

    kind = "number"
    name = _l("Number")
    settings = NumberSettings

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        render = {"autocomplete": "off", "dir": "ltr", "class": "short"}
        low = _bound(question, "minimum")
        if low is not None and low >= 0:
            # The keyboards of numbers have no minus on some phones.
            decimals = int(question.settings.get("decimals", 0))
            render["inputmode"] = "decimal" if decimals else "numeric"
        field = StringField(question.text(language, language), [Optional()], render_kw=render)
        return {field_name(question): field, **instead_field(question, language)}

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        value = str(answer["value"]) if answer and is_answered(answer) else ""
        shown = _in_words(value, page_language()) if value else ""
        return {field_name(question): shown, **instead_data(question, answer)}

    def parse(self, question: Question, form: Form) -> Answer:
        typed = (form[field_name(question)].data or "").strip()
        if not typed:
            return instead_parse(question, form)
        return self._answer(question, typed, decimal_mark(page_language()))

    def _answer(self, question: Question, typed: str, mark: str) -> Answer:
        decimals = int(question.settings.get("decimals", 0))
        number = read_number(typed, decimals=decimals, mark=mark)
        return answered(typed[:LONGEST_SHOWN] if number is None else format(number, "f"))

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Write a number."))
        message = self._fault(question, answer["value"])
        return [Problem(name, message)] if message else both_given(question, form)

    def _fault(self, question: Question, value: Any) -> str:
        number = stored_number(value) if isinstance(value, str) else None
        decimals = int(question.settings.get("decimals", 0))
        if number is None:
            return _how_to_write(decimals)
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > decimals:
            if not decimals:
                return _("Write a whole number, without a comma or a point.")
            return _("Write at most %(number)s digits behind the point.", number=decimals)
        low, high = _bound(question, "minimum"), _bound(question, "maximum")
        if low is not None and number < low:
            return _("Write a number of at least %(low)s.", low=_plain(low))
        if high is not None and number > high:
            return _("Write a number of at most %(high)s.", high=_plain(high))
        return ""

    def unit(self, question: Question, language: str) -> str:
        return label_of(question.settings.get("unit", {}), language)

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        shown = upright(_in_words(str(answer["value"]), language), language)
        return [f"{shown} {self.unit(question, language)}".strip()]

    def measures(self, question: Question) -> Sequence[Measure]:
        return (Measure(question.code, question.label, Shape.NUMBER),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        del question, measure
        value = float(answer["value"]) if is_answered(answer) else None
        return {"state": answer["state"], "value": value}

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else state_value(answer) or ""]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        """Outside a page there is no language: a point begins a fraction."""
        if not cells[0].strip():
            return without(AnswerState.SKIPPED)
        return state_answer(question.settings, cells[0]) or self._answer(question, cells[0], "")


def _how_to_write(decimals: int) -> str:
    if not decimals:
        return _("Write a whole number in digits, such as 12, and nothing beside it.")
    return _(
        "Write a number in digits, such as %(example)s, without marks between thousands.",
        example=f"12{decimal_mark(page_language())}5",
    )


def _bound(question: Question, name: str) -> Decimal | None:
    given = question.settings.get(name)
    return None if given is None else Decimal(str(given))


def _plain(number: Decimal) -> str:
    """A bound as people write it: no exponent, no zeros behind the point."""
    text = format(number, "f")
    shown = text.rstrip("0").rstrip(".") if "." in text else text
    return _in_words(shown, page_language())


def _in_words(value: str, language: str) -> str:
    """A stored number as the language writes it; what is none stays as it was typed."""
    return value if stored_number(value) is None else value.replace(".", decimal_mark(language))
