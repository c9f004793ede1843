"""A number, typed with any digits; stored as text, so that its precision stays."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import Field as Setting
from wtforms import Form, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
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

MOST_DECIMALS = 10


class NumberSettings(ClosedSettings):
    """What a number may be told."""

    minimum: float | None = None
    maximum: float | None = None
    decimals: int = Setting(default=0, ge=0, le=MOST_DECIMALS)
    #: What is counted, such as "people"; shown behind the input.
    unit: Texts = Setting(default_factory=dict)


class Number(Plain):
    """A line of text that brings up the keyboard of numbers."""

    kind = "number"
    name = _l("Number")
    settings = NumberSettings

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        decimals = int(question.settings.get("decimals", 0))
        render = {"inputmode": "decimal" if decimals else "numeric", "autocomplete": "off"}
        field = StringField(question.text(language, language), [Optional()], render_kw=render)
        return {field_name(question): field, **instead_field(question, language)}

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        value = answer["value"] if answer and is_answered(answer) else ""
        return {field_name(question): value, **instead_data(question, answer)}

    def parse(self, question: Question, form: Form) -> Answer:
        typed = (form[field_name(question)].data or "").strip()
        return self._answer(question, typed) if typed else instead_parse(question, form)

    def _answer(self, question: Question, typed: str) -> Answer:
        number = read_number(typed, decimals=int(question.settings.get("decimals", 0)))
        return answered(typed[:100] if number is None else format(number, "f"))

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Write a number."))
        message = self._fault(question, str(answer["value"]))
        return [Problem(name, message)] if message else []

    def _fault(self, question: Question, value: str) -> str:
        number = stored_number(value)
        settings = question.settings
        if number is None:
            return _("Write a number in digits, such as 12 or 3.5.")
        decimals = int(settings.get("decimals", 0))
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > decimals:
            if not decimals:
                return _("Write a whole number.")
            return _("Write at most %(number)s digits behind the point.", number=decimals)
        low, high = settings.get("minimum"), settings.get("maximum")
        if low is not None and number < Decimal(str(low)):
            return _("Write a number of at least %(low)s.", low=format(low, "g"))
        if high is not None and number > Decimal(str(high)):
            return _("Write a number of at most %(high)s.", high=format(high, "g"))
        return ""

    def unit(self, question: Question, language: str) -> str:
        return label_of(question.settings.get("unit", {}), language)

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        return [f"{answer['value']} {self.unit(question, language)}".strip()]

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
        if not cells[0]:
            return without(AnswerState.SKIPPED)
        return state_answer(question.settings, cells[0]) or self._answer(question, cells[0])
