"""Several rows on one scale. Each row is a group of radio buttons of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, RadioField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    ClosedSettings,
    Column,
    Measure,
    Option,
    Plain,
    Problem,
    Shape,
    answered,
    current_text,
    field_name,
    is_answered,
    option_labels,
    state_answer,
    state_value,
    states_offered,
    texts_of,
    unique_codes,
    without,
)


class MatrixSettings(ClosedSettings):
    """What a matrix may be told."""

    rows: tuple[Option, ...] = Setting(min_length=1)
    columns: tuple[Option, ...] = Setting(min_length=2)
    #: Whether the columns are the points of a scale, the lowest first.
    is_scale: bool = True
    #: Of a required matrix: every row, or at least one.
    required_rows: Literal["all", "any"] = "all"
    randomise: bool = False

    _rows = field_validator("rows")(unique_codes)
    _columns = field_validator("columns")(unique_codes)


class Matrix(Plain):
    """Stored as row -> column; a row without an opinion keeps that as its value."""

    kind = "matrix"
    name = _l("Several rows on one scale")
    settings = MatrixSettings

    def rows(self, question: Question) -> list[str]:
        return [entry["code"] for entry in question.settings["rows"]]

    def choices(self, question: Question, language: str) -> dict[str, str]:
        found = option_labels(question.settings["columns"], language)
        return found | states_offered(question.settings, language)

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        choices = self.choices(question, language)
        if question.required is not True:
            choices[""] = _("No answer")
        return {
            field_name(question, code): RadioField(
                label, [Optional()], choices=choices, validate_choice=False
            )
            for code, label in option_labels(question.settings["rows"], language).items()
        }

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        given = answer["value"] if answer and is_answered(answer) else {}
        every = state_value(answer)
        return {field_name(question, code): given.get(code, every) for code in self.rows(question)}

    def parse(self, question: Question, form: Form) -> Answer:
        rows = self.rows(question)
        return self.from_cells(
            question, [form[field_name(question, code)].data or "" for code in rows]
        )

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        rows = self.rows(question)
        given = {code: cell for code, cell in zip(rows, cells, strict=False) if cell}
        if not given:
            return without(AnswerState.SKIPPED)
        if len(given) == len(rows) and len(set(given.values())) == 1:
            instead = state_answer(question.settings, next(iter(given.values())))
            if instead:
                return instead
        return answered(given)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        rows = self.rows(question)
        given = answer["value"] if is_answered(answer) else {}
        offered = set(self.choices(question, "en"))
        if not isinstance(given, dict) or not set(given) <= set(rows):
            first = field_name(question, rows[0])
            return [Problem(first, _("Choose from the answers in the list."))]
        wrong = [code for code in given if given[code] not in offered]
        if wrong:
            message = _("Choose one of the answers in the list.")
            return [Problem(field_name(question, code), message) for code in wrong]
        is_open = is_answered(answer) or answer["state"] == AnswerState.SKIPPED
        if question.required is not True or not is_open:
            return []
        left = [code for code in rows if code not in given]
        if not left or (given and question.settings.get("required_rows") == "any"):
            return []
        message = current_text(question.required_message) or _("Choose an answer in this row.")
        return [Problem(field_name(question, code), message) for code in left]

    def value(self, question: Question, answer: Answer) -> str:
        """The chosen columns, row by row; a row left open is a hyphen."""
        if not is_answered(answer):
            return ""
        return " ".join(answer["value"].get(code, "-") for code in self.rows(question))

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        choices = self.choices(question, language)
        if not is_answered(answer):
            words = choices.get(state_value(answer) or "")
            return [words] if words else []
        labels = option_labels(question.settings["rows"], language)
        given = answer["value"]
        return [
            f"{label}: {choices.get(given[code], given[code])}"
            for code, label in labels.items()
            if code in given
        ]

    def measures(self, question: Question) -> Sequence[Measure]:
        columns = texts_of(question.settings["columns"])
        is_scale = question.settings.get("is_scale", True)
        if is_scale:
            columns = {str(place): label for place, label in enumerate(columns.values(), start=1)}
        shape = Shape.SCALE if is_scale else Shape.CHOICE
        return [
            Measure(
                f"{question.code}__{entry['code']}",
                {
                    language: f"{question.label.get(language, '')} – {text}".removeprefix(" – ")
                    for language, text in entry["label"].items()
                },
                shape,
                columns,
                low=1,
                high=len(columns),
            )
            for entry in question.settings["rows"]
        ]

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        if not is_answered(answer):
            return without(AnswerState(answer["state"]))
        chosen = answer["value"].get(measure.code.removeprefix(f"{question.code}__"))
        if chosen is None:
            return without(AnswerState.SKIPPED)
        instead = state_answer(question.settings, chosen)
        if instead:
            return instead
        if measure.shape is Shape.CHOICE:
            return answered(chosen)
        codes = [entry["code"] for entry in question.settings["columns"]]
        return answered(codes.index(chosen) + 1)

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = option_labels(question.settings["rows"], language)
        return [Column(question.code, label, code) for code, label in labels.items()]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        rows = self.rows(question)
        if not is_answered(answer):
            return [state_value(answer) or ""] * len(rows)
        return [answer["value"].get(code, "") for code in rows]
