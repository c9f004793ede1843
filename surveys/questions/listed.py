"""Country, region and sector: a single choice from a list that the house keeps."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from wtforms import Form, SelectField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional
from wtforms.widgets import html_params

from analysis.types import AnswerState
from consultation.people.classifications import (
    DEFAULT_REGION,
    SECTORS,
    countries_sorted,
    groups,
)
from core.i18n import _, _l
from surveys.documents import Question
from surveys.questions.base import (
    Answer,
    ClosedSettings,
    Plain,
    Problem,
    answered,
    field_name,
    is_answered,
    missing,
    state_answer,
    state_value,
    states_offered,
    without,
)


class ListedSettings(ClosedSettings):
    """What a choice from a list of the house may be told."""


@lru_cache(maxsize=64)
def _option_tags(choices: tuple[tuple[str, str], ...]) -> str:
    """The tags of a long list, which is the same for everybody of one language."""
    return "".join(
        f'<option value="{escape(code)}">{escape(label)}</option>' for code, label in choices
    )


class _ListWidget:
    """A drop-down list whose options are written once."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        tags = _option_tags(tuple(field.choices.items()))
        if field.data:
            chosen = f'<option value="{escape(str(field.data))}"'
            tags = tags.replace(f"{chosen}>", f"{chosen} selected>", 1)
        around = html_params(**{"id": field.id, "name": field.name, **attributes})
        return Markup(f"<select {around}>{tags}</select>")  # noqa: S704 - all was escaped above


class Listed(Plain):
    """A drop-down list with an empty first line; a list of 249 is too long for buttons."""

    kind = ""
    settings = ListedSettings

    def choices(self, question: Question, language: str) -> dict[str, str]:
        """Codes and labels in the reader's language."""
        raise NotImplementedError

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        return {
            field_name(question): SelectField(
                question.text(language, language),
                [Optional()],
                choices={
                    "": _("Choose, or leave open"),
                    **self.choices(question, language),
                    **states_offered(question.settings, language),
                },
                validate_choice=False,
                widget=_ListWidget(),
            )
        }

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        chosen = answer["value"] if answer and is_answered(answer) else state_value(answer)
        return {field_name(question): chosen or ""}

    def parse(self, question: Question, form: Form) -> Answer:
        return self.from_cells(question, [form[field_name(question)].data or ""])

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if not cells[0]:
            return without(AnswerState.SKIPPED)
        return state_answer(question.settings, cells[0]) or answered(cells[0])

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        name = field_name(question)
        if not is_answered(answer):
            return missing(question, answer, name, _("Choose an answer."))
        if answer["value"] not in self.choices(question, "en"):
            return [Problem(name, _("Choose one of the answers in the list."))]
        return []

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            words = states_offered(question.settings, language).get(state_value(answer) or "")
            return [words] if words else []
        return [self.choices(question, language).get(answer["value"], str(answer["value"]))]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        del question
        return [str(answer["value"]) if is_answered(answer) else state_value(answer) or ""]


class Country(Listed):
    """A country of ISO 3166-1; names come from CLDR in the reader's language."""

    kind = attribute = "country"
    name = _l("Country")

    def choices(self, question: Question, language: str) -> dict[str, str]:
        del question
        return dict(countries_sorted(language))


class Sector(Listed):
    """A sector of the house's list."""

    kind = attribute = "sector"
    name = _l("Sector")

    def choices(self, question: Question, language: str) -> dict[str, str]:
        del question
        return {sector.code: sector.name(language) for sector in SECTORS}


class RegionSettings(ListedSettings):
    """Which division of the world is offered."""

    classification: str = DEFAULT_REGION


class Region(Listed):
    """A region, where the country itself is more than people wish to say."""

    kind = attribute = "region"
    name = _l("Region")
    settings = RegionSettings

    def choices(self, question: Question, language: str) -> dict[str, str]:
        code = question.settings.get("classification", DEFAULT_REGION)
        return {group.code: group.name(language) for group in groups(code)}
