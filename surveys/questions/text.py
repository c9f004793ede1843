"""Free text, short and long. The words live in a contribution; the answer holds its id."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from wtforms import Form, StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    Measure,
    Plain,
    Problem,
    Settings,
    Shape,
    answered,
    field_name,
    is_answered,
    missing,
    without,
)

SHORT = 200
LONG = 2_000
LONGEST = 20_000


class TextSettings(Settings):
    """What a free text may be told."""

    max_length: int | None = Setting(default=None, ge=1, le=LONGEST)
    #: Whether its words may be quoted where the respondent agreed to quotation.
    quotable: bool = False


class ShortText(Plain):
    """One line."""

    kind = "short_text"
    name = _l("Short text")
    is_text = True
    settings = TextSettings
    widget: Any = StringField
    longest = SHORT

    def limit(self, question: Question) -> int:
        return int(question.settings.get("max_length") or self.longest)

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        return {
            field_name(question): self.widget(
                question.text(language, language), [Optional()], render_kw={"dir": "auto"}
            )
        }

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        return {field_name(question): answer["value"] if answer and is_answered(answer) else ""}

    def parse(self, question: Question, form: Form) -> Answer:
        text = (form[field_name(question)].data or "").replace("\r\n", "\n").strip()
        return answered(text) if text else without(AnswerState.SKIPPED)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Write an answer."))
        over = len(str(answer["value"])) - self.limit(question)
        if over > 0:
            message = _(
                "Your text is %(over)s characters too long. It may have %(limit)s.",
                over=over,
                limit=self.limit(question),
            )
            return [Problem(name, message)]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        del question, language
        return str(answer["value"]).split("\n") if is_answered(answer) else []

    def measures(self, question: Question) -> Sequence[Measure]:
        return (Measure(question.code, question.label, Shape.TEXT),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        del question, measure
        return {"state": answer["state"], "value": None}


class LongText(ShortText):
    """Several lines."""

    kind = "long_text"
    name = _l("Long text")
    widget = TextAreaField
    longest = LONG

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        return {
            field_name(question): TextAreaField(
                question.text(language, language),
                [Optional()],
                render_kw={"dir": "auto", "rows": 6},
            )
        }
