"""Best–worst sets: in each small set, the most and the least important item."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator, model_validator
from wtforms import Form, RadioField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional

from analysis.types import AnswerState
from core.i18n import _, _l
from surveys.documents import Question, Texts
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
    instead_data,
    instead_field,
    instead_parse,
    is_answered,
    label_of,
    missing,
    option_labels,
    state_answer,
    state_lines,
    state_value,
    texts_of,
    unique_codes,
    without,
)
from surveys.questions.designs import balanced_design

Design = tuple[tuple[tuple[str, ...], ...], ...]


class BestWorstSettings(ClosedSettings):
    """What best–worst sets may be told; the design is made once and then stands."""

    items: tuple[Option, ...] = Setting(min_length=3)
    per_task: int = Setting(default=4, ge=3, le=7)
    tasks: int = Setting(default=6, ge=1, le=30)
    versions: int = Setting(default=4, ge=1, le=20)
    best_label: Texts = Setting(default_factory=dict)
    worst_label: Texts = Setting(default_factory=dict)
    #: Version -> task -> items; made from a seed of the question when it is empty.
    design: Design = ()

    _codes = field_validator("items")(unique_codes)

    @model_validator(mode="before")
    @classmethod
    def _make_design(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or given.get("design"):
            return given
        return {**given, "design": design_of(given)}

    @model_validator(mode="after")
    def _design_fits(self) -> "BestWorstSettings":
        codes = {option.code for option in self.items}
        for version in self.design:
            for task in version:
                if not set(task) <= codes or len(set(task)) != len(task) or len(task) < 3:
                    message = "the design holds a set that does not fit the items"
                    raise ValueError(message)
        return self


def design_of(settings: Mapping[str, Any]) -> list[list[list[str]]]:
    """The stored design, or the one that follows from the items."""
    if settings.get("design"):
        return [[list(task) for task in version] for version in settings["design"]]
    codes = [
        str(entry["code"] if isinstance(entry, Mapping) else entry.code)
        for entry in settings["items"]
    ]
    size = min(int(settings.get("per_task", 4)), len(codes))
    return [
        balanced_design(codes, per_task=size, tasks=int(settings.get("tasks", 6)), seed=version)
        for version in range(int(settings.get("versions", 4)))
    ]


class BestWorst(Plain):
    """Stored as the version and, a task, the best and the worst item."""

    kind = "best_worst"
    name = _l("Best–worst sets")
    settings = BestWorstSettings
    is_personal = True

    def present(self, question: Question, seed: int, answer: Answer | None) -> Question:
        """The version of this respondent; one that was begun stays."""
        design = design_of(question.settings)
        version = seed % len(design)
        if answer and is_answered(answer) and 0 <= answer["value"]["version"] < len(design):
            version = answer["value"]["version"]
        settings = {**question.settings, "design": design, "version": version}
        return question.model_copy(update={"settings": settings})

    def tasks(self, question: Question) -> list[list[str]]:
        """The sets that are shown."""
        design = design_of(question.settings)
        return design[int(question.settings.get("version", 0)) % len(design)]

    def words(self, question: Question, language: str) -> tuple[str, str]:
        """The words for best and worst."""
        best = label_of(question.settings.get("best_label", {}), language)
        worst = label_of(question.settings.get("worst_label", {}), language)
        return best or _("Most important"), worst or _("Least important")

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        labels = option_labels(question.settings["items"], language)
        found: dict[str, UnboundField] = {}
        for place, task in enumerate(self.tasks(question)):
            choices = {code: labels[code] for code in task if code in labels}
            for end, words in zip(("best", "worst"), self.words(question, language), strict=True):
                found[field_name(question, f"-{place}-{end}")] = RadioField(
                    words, [Optional()], choices=choices, validate_choice=False
                )
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        given = answer["value"]["tasks"] if answer and is_answered(answer) else []
        found: dict[str, Any] = {}
        for place in range(len(self.tasks(question))):
            chosen = given[place] if place < len(given) else {}
            for end in ("best", "worst"):
                found[field_name(question, f"-{place}-{end}")] = chosen.get(end)
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        given = [
            {
                end: form[field_name(question, f"-{place}-{end}")].data
                for end in ("best", "worst")
                if form[field_name(question, f"-{place}-{end}")].data
            }
            for place in range(len(self.tasks(question)))
        ]
        if not any(given):
            return instead_parse(question, form)
        return answered({"version": int(question.settings.get("version", 0)), "tasks": given})

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        del form
        tasks = self.tasks(question)
        first = field_name(question, "-0-best")
        if not is_answered(answer):
            message = _("Choose the most and the least important in each set.")
            return missing(question, answer, first, message)
        value = answer["value"]
        if not isinstance(value, dict) or len(value.get("tasks", ())) != len(tasks):
            return [Problem(first, _("Choose from the answers in the list."))]
        return [
            Problem(field_name(question, f"-{place}-{end}"), message)
            for place, (task, given) in enumerate(zip(tasks, value["tasks"], strict=True))
            for end, message in self._faults(question, task, given).items()
        ]

    def _faults(self, question: Question, task: list[str], given: dict[str, str]) -> dict[str, str]:
        if not set(given.values()) <= set(task):
            return {"best": _("Choose from the answers in the list.")}
        if len(given) == 1:
            left = "worst" if "best" in given else "best"
            return {left: _("Choose one here as well, or neither in this set.")}
        if given and given["best"] == given["worst"]:
            return {"worst": _("The same item cannot be both. Change one.")}
        if not given and question.required is True:
            message = _("Choose the most and the least important in each set.")
            return {"best": current_text(question.required_message) or message}
        return {}

    def value(self, question: Question, answer: Answer) -> str:
        """The items that were chosen as best, set by set."""
        del question
        if not is_answered(answer):
            return ""
        return " ".join(task["best"] for task in answer["value"]["tasks"] if "best" in task)

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        labels = option_labels(question.settings["items"], language)
        best, worst = self.words(question, language)
        return [
            f"{place}. {best}: {labels.get(task['best'], task['best'])}; "
            f"{worst}: {labels.get(task['worst'], task['worst'])}"
            for place, task in enumerate(answer["value"]["tasks"], start=1)
            if len(task) == 2
        ]

    def measures(self, question: Question) -> Sequence[Measure]:
        items = texts_of(question.settings["items"])
        return (Measure(question.code, question.label, Shape.SCORES, items),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """Best minus worst, over the sets that held an item; None for an item never shown."""
        if not is_answered(answer):
            return without(AnswerState(answer["state"]))
        design = design_of(question.settings)
        shown = design[answer["value"]["version"] % len(design)]
        counts: dict[str, list[int]] = {code: [] for code in measure.options}
        for task, given in zip(shown, answer["value"]["tasks"], strict=False):
            if len(given) == 2:
                for code in task:
                    point = (given["best"] == code) - (given["worst"] == code)
                    counts.setdefault(code, []).append(point)
        scores = {
            code: sum(found) / len(found) if found else None for code, found in counts.items()
        }
        return answered(scores)

    def columns(self, question: Question, language: str) -> list[Column]:
        best, worst = self.words(question, language)
        found = [Column(question.code, _("Version"), "version")]
        for place in range(1, len(self.tasks(question)) + 1):
            found.append(Column(question.code, f"{place}: {best}", f"{place}_best"))
            found.append(Column(question.code, f"{place}: {worst}", f"{place}_worst"))
        return found

    def cells(self, question: Question, answer: Answer) -> list[str]:
        count = len(self.tasks(question))
        if not is_answered(answer):
            return [state_value(answer) or "", *[""] * (2 * count)]
        found = [str(answer["value"]["version"])]
        for task in answer["value"]["tasks"]:
            found += [task.get("best", ""), task.get("worst", "")]
        return found

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if not any(cells):
            return without(AnswerState.SKIPPED)
        if not cells[0].isdigit():
            return state_answer(question.settings, cells[0]) or without(AnswerState.SKIPPED)
        pairs = zip(cells[1::2], cells[2::2], strict=False)
        tasks = [
            {end: cell for end, cell in zip(("best", "worst"), pair, strict=True) if cell}
            for pair in pairs
        ]
        return answered({"version": int(cells[0][:4]), "tasks": tasks})
