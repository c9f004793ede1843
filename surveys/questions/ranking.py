"""An order of items, full or only the top ones; a drop-down an item, so no dragging is needed."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, SelectField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from core.numbers import whole_number
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
    field_name,
    instead_data,
    instead_field,
    instead_parse,
    is_answered,
    missing,
    option_labels,
    state_answer,
    state_lines,
    state_value,
    texts_of,
    unique_codes,
    without,
)
from surveys.questions.instead import both_given

#: Items that share a place are joined by it; no code holds it.
TIE = "="


class RankingSettings(ClosedSettings):
    """What a ranking may be told."""

    items: tuple[Option, ...] = Setting(min_length=2)
    top: int | None = Setting(default=None, ge=1)
    ties: bool = False
    randomise: bool = False

    _codes = field_validator("items")(unique_codes)


class Ranking(Plain):
    """Stored as item codes, the best first. Double places are named, never repaired in silence.

    Where ties are allowed, items that share a place stand in one entry, joined by "=".
    """

    kind = "ranking"
    name = _l("Ranking")
    settings = RankingSettings

    def top(self, question: Question) -> int:
        """How many places there are."""
        items = len(question.settings["items"])
        return min(int(question.settings.get("top") or items), items)

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        places = {"": _("Not ranked")}
        places |= {str(place): str(place) for place in range(1, self.top(question) + 1)}
        found: dict[str, UnboundField] = {
            field_name(question, code): SelectField(
                label, [Optional()], choices=places, validate_choice=False
            )
            for code, label in option_labels(question.settings["items"], language).items()
        }
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        places = _places(answer["value"]) if answer and is_answered(answer) else {}
        found = {
            field_name(question, entry["code"]): str(places.get(entry["code"], ""))
            for entry in question.settings["items"]
        }
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        placed = self._placed(question, form)
        if not placed:
            return instead_parse(question, form)
        return self._answer(question, placed)

    def _answer(self, question: Question, placed: list[tuple[int, str]]) -> Answer:
        if not question.settings.get("ties"):
            return answered([code for _place, code in sorted(placed, key=lambda pair: pair[0])])
        by_place = groupby(sorted(placed, key=lambda pair: pair[0]), key=lambda pair: pair[0])
        return answered([TIE.join(code for _place, code in pairs) for _key, pairs in by_place])

    def _placed(self, question: Question, form: Form) -> list[tuple[int, str]]:
        found = []
        for entry in question.settings["items"]:
            place = whole_number(form[field_name(question, entry["code"])].data or "")
            if place is not None:
                found.append((place, entry["code"]))
        return found

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        codes = [entry["code"] for entry in question.settings["items"]]
        if not codes:
            return []
        first = field_name(question, codes[0])
        if not is_answered(answer):
            return missing(question, answer, first, _("Give at least one item a place."))
        ties = bool(question.settings.get("ties"))
        order = [code for entry in answer["value"] for code in entry.split(TIE)]
        is_tied = len(order) != len(answer["value"])
        if not set(order) <= set(codes) or len(set(order)) != len(order) or (is_tied and not ties):
            return [Problem(first, _("Rank each item once."))]
        if form is not None:
            return both_given(question, form) or self._double_places(question, form)
        if len(order) > self.top(question) and not ties:
            return [Problem(first, _("Rank at most %(number)s items.", number=self.top(question)))]
        return []

    def _double_places(self, question: Question, form: Form) -> list[Problem]:
        """Each item that takes a taken place, and each gap, named at the item."""
        problems: list[Problem] = []
        taken: dict[int, str] = {}
        placed = sorted(self._placed(question, form), key=lambda pair: pair[0])
        for place, code in placed:
            field = form[field_name(question, code)]
            if not 1 <= place <= self.top(question):
                message = _("Choose a place from 1 to %(number)s.", number=self.top(question))
                problems.append(Problem(field.name, message))
            elif place in taken and not question.settings.get("ties"):
                message = _(
                    "Place %(place)s is given to “%(first)s” and to “%(second)s”. Change one.",
                    place=place,
                    first=taken[place],
                    second=str(field.label.text),
                )
                problems.append(Problem(field.name, message))
            else:
                taken[place] = str(field.label.text)
        has_gap = taken and max(taken) != len(taken) and not question.settings.get("ties")
        if not problems and has_gap:
            gap = next(place for place in range(1, max(taken)) if place not in taken)
            where = next(code for place, code in placed if place > gap)
            message = _("No item has place %(place)s. Close the gap.", place=gap)
            problems.append(Problem(field_name(question, where), message))
        return problems

    def value(self, question: Question, answer: Answer) -> str:
        del question
        return " ".join(answer["value"]).replace(TIE, " ") if is_answered(answer) else ""

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        labels = option_labels(question.settings["items"], language)
        return [
            f"{place}. {labels.get(code, code)}" for code, place in _places(answer["value"]).items()
        ]

    def measures(self, question: Question) -> Sequence[Measure]:
        items = texts_of(question.settings["items"])
        return (Measure(question.code, question.label, Shape.ORDER, items),)

    def columns(self, question: Question, language: str) -> list[Column]:
        labels = option_labels(question.settings["items"], language)
        return [Column(question.code, label, code) for code, label in labels.items()]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        codes = [entry["code"] for entry in question.settings["items"]]
        if not is_answered(answer):
            return [state_value(answer) or "", *[""] * (len(codes) - 1)]
        places = _places(answer["value"])
        return [str(places.get(code, "")) for code in codes]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        codes = [entry["code"] for entry in question.settings["items"]]
        placed = [
            (place, code)
            for code, cell in zip(codes, cells, strict=True)
            if (place := whole_number(cell)) is not None
        ]
        given = [cell for cell in cells if cell]
        if len(given) > len(placed):
            # Twice is never right, whatever the cell says, so that `problems` refuses it.
            instead = state_answer(question.settings, cells[0]) if len(given) == 1 else None
            return instead or answered([given[0], given[0]])
        return self._answer(question, placed) if placed else without(AnswerState.SKIPPED)


def _places(order: Sequence[str]) -> dict[str, int]:
    """Codes with their places; equals share the better place, as in sports."""
    found: dict[str, int] = {}
    for entry in order:
        place = len(found) + 1
        found |= dict.fromkeys(entry.split(TIE), place)
    return found
