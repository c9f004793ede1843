"""Several rows on one scale. Each row is a group of radio buttons of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import Field as Setting
from pydantic import field_validator, model_validator
from wtforms import Form, RadioField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l, page_language
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
    line_of,
    missing,
    option_labels,
    state_answer,
    state_lines,
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

    @model_validator(mode="after")
    def _a_scale_is_the_same_for_all(self) -> Self:
        if self.is_scale and any(column.relevant for column in self.columns):
            message = "the points of a scale are shown to everybody; take their conditions away"
            raise ValueError(message)
        return self


class Matrix(Plain):
    """Stored as row -> column, where a row may have "no opinion" or a refusal instead.

    A row that was left open has None; a row that was not shown is absent. If every row says
    the same instead of an answer, so does the question.
    """

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
        if question.required is not True or question.settings.get("required_rows") == "any":
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
        return self._answer(
            question,
            {code: form[field_name(question, code)].data or None for code in self.rows(question)},
        )

    def _answer(self, question: Question, given: dict[str, str | None]) -> Answer:
        chosen = set(given.values())
        if chosen <= {None}:
            return without(AnswerState.SKIPPED)
        instead = state_answer(question.settings, chosen.pop() or "") if len(chosen) == 1 else None
        return instead or answered(given)

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        rows = self.rows(question)
        if not rows:
            return []
        first = field_name(question, rows[0])
        if not is_answered(answer):
            return missing(question, answer, first, self._what_is_needed(question))
        given = answer["value"]
        if not isinstance(given, dict) or not set(given) <= set(rows):
            return [Problem(first, _("Choose from the answers in the list."))]
        offered = self.choices(question, "en")
        return [
            Problem(field_name(question, code), _("Choose one of the answers in the list."))
            for code, column in given.items()
            if column is not None and not (isinstance(column, str) and column in offered)
        ] or self._open_rows(question, given)

    def _what_is_needed(self, question: Question) -> str:
        if question.settings.get("required_rows") == "any":
            return _("Choose an answer in at least one row.")
        return _("Choose an answer in each row.")

    def _open_rows(self, question: Question, given: Mapping[str, str | None]) -> list[Problem]:
        """Each row that has to be answered and is not."""
        left = [code for code in self.rows(question) if given.get(code) is None]
        if question.required is not True or not left:
            return []
        if question.settings.get("required_rows") == "any" and any(given.values()):
            return []
        words = current_text(question.required_message)
        labels = option_labels(question.settings["rows"], page_language())
        return [
            Problem(
                field_name(question, code),
                words or _("Choose an answer for “%(row)s”.", row=labels[code]),
            )
            for code in left
        ]

    def value(self, question: Question, answer: Answer) -> str:
        """Rows with their columns, such as "water:high health:low"; rows without one are left out.

        So `selected(${question}, 'water:high')` asks about one row.
        """
        if not is_answered(answer):
            return ""
        columns = {entry["code"] for entry in question.settings["columns"]}
        return " ".join(
            f"{row}:{column}" for row, column in answer["value"].items() if column in columns
        )

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        choices = self.choices(question, language)
        labels = option_labels(question.settings["rows"], language)
        return [
            line_of(labels.get(row, row), choices.get(column, column))
            for row, column in answer["value"].items()
            if column is not None
        ]

    def measures(self, question: Question) -> Sequence[Measure]:
        columns = texts_of(question.settings["columns"])
        is_scale = question.settings.get("is_scale", True)
        if is_scale:
            columns = {str(place): label for place, label in enumerate(columns.values(), start=1)}
        return [
            Measure(
                f"{question.code}__{entry['code']}",
                {
                    language: f"{question.label.get(language, '')} – {text}".removeprefix(" – ")
                    for language, text in entry["label"].items()
                },
                Shape.SCALE if is_scale else Shape.CHOICE,
                columns,
                high=len(columns),
            )
            for entry in question.settings["rows"]
        ]

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """What became of one row; a row that was not shown says so."""
        if not is_answered(answer):
            return without(AnswerState(answer["state"]))
        row = measure.code.removeprefix(f"{question.code}__")
        if row not in answer["value"]:
            return without(AnswerState.NOT_SHOWN)
        chosen = answer["value"][row]
        if chosen is None:
            return without(AnswerState.SKIPPED)
        instead = state_answer(question.settings, chosen)
        if instead or measure.shape is Shape.CHOICE:
            return instead or answered(chosen)
        codes = [entry["code"] for entry in question.settings["columns"]]
        return answered(codes.index(chosen) + 1)

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = option_labels(question.settings["rows"], language)
        return [Column(question.code, label, code) for code, label in labels.items()]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        rows = self.rows(question)
        if not is_answered(answer):
            return [state_value(answer) or ""] * len(rows)
        unseen = AnswerState.NOT_SHOWN.value
        return [answer["value"].get(code, unseen) or "" for code in rows]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        given = {
            code: cell or None
            for code, cell in zip(self.rows(question), cells, strict=False)
            if cell != AnswerState.NOT_SHOWN
        }
        return self._answer(question, given)
