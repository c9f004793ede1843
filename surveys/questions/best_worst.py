"""Best–worst sets: in each small set, the most and the least important item."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import Field as Setting
from pydantic import ValidationInfo, field_validator
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
    line_of,
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
from surveys.questions.instead import both_given, can_be_taken_back

PER_TASK = 4
VERSIONS = 4
MOST_TASKS = 30
#: How often each item is shown to one respondent where nothing else is said.
TIMES = 3
ENDS = ("best", "worst")

#: Version -> set -> items.
Design = tuple[tuple[tuple[str, ...], ...], ...]
#: What was chosen in a set; None where the set was left open.
Choice = dict[str, str] | None


class BestWorstSettings(ClosedSettings):
    """What best–worst sets may be told; the design is made once and then stands."""

    items: tuple[Option, ...] = Setting(min_length=3, max_length=60)
    per_task: int = Setting(default=PER_TASK, ge=3, le=7)
    #: How many sets a respondent gets; by default so many that each item comes three times.
    tasks: int | None = Setting(default=None, ge=1, le=MOST_TASKS)
    versions: int = Setting(default=VERSIONS, ge=1, le=20)
    best_label: Texts = Setting(default_factory=dict)
    worst_label: Texts = Setting(default_factory=dict)
    #: Version -> set -> items; made from the items where it is empty.
    design: Design = Setting(default=(), validate_default=True)

    @field_validator("items")
    @classmethod
    def _items_are_the_same_for_all(cls, items: tuple[Option, ...]) -> tuple[Option, ...]:
        if any(item.relevant for item in items):
            message = "the sets are the same whoever answers; take the items' conditions away"
            raise ValueError(message)
        return unique_codes(items)

    @field_validator("design")
    @classmethod
    def _design_fits(cls, design: Design, info: ValidationInfo) -> Design:
        if not {"items", "per_task", "tasks", "versions"} <= set(info.data):
            return design
        if not design:
            return design_of(info.data)
        codes = {option.code for option in info.data["items"]}
        for task in (task for version in design for task in version):
            if not set(task) <= codes or len(set(task)) != len(task) or len(task) < 2:
                message = "the plan holds a set that does not fit the items; empty it to draw anew"
                raise ValueError(message)
        if len({len(version) for version in design}) != 1 or not design[0]:
            message = "every version of the plan needs the same number of sets, at least one"
            raise ValueError(message)
        return design


def design_of(settings: Mapping[str, Any]) -> Design:
    """The stored design, or the one that follows from the items."""
    if settings.get("design"):
        return tuple(tuple(tuple(task) for task in version) for version in settings["design"])
    codes = tuple(
        str(entry["code"] if isinstance(entry, Mapping) else entry.code)
        for entry in settings["items"]
    )
    per_task = min(int(settings.get("per_task") or PER_TASK), len(codes))
    needed = -(-TIMES * len(codes) // per_task)
    tasks = int(settings.get("tasks") or min(needed, MOST_TASKS))
    return _designed(codes, per_task, tasks, int(settings.get("versions") or VERSIONS))


@lru_cache(maxsize=64)
def _designed(codes: tuple[str, ...], per_task: int, tasks: int, versions: int) -> Design:
    drawn = balanced_design(codes, per_task=per_task, tasks=tasks, versions=versions, seed=1)
    return tuple(tuple(tuple(task) for task in version) for version in drawn)


class BestWorst(Plain):
    """Stored as {"version": number, "tasks": [{"best": item, "worst": item} or None, …]}.

    Versions are counted from 1. A set that was left open is None; one of the two alone is a
    mistake that is named.
    """

    kind = "best_worst"
    name = _l("Best–worst sets")
    settings = BestWorstSettings
    is_personal = True

    def present(self, question: Question, seed: int, answer: Answer | None) -> Question:
        """The version of this respondent; one that was begun stays."""
        design = design_of(question.settings)
        begun = answer["value"] if answer and is_answered(answer) else None
        known = begun.get("version") if isinstance(begun, dict) else None
        version = known if _is_version(known, design) else seed % len(design) + 1
        settings = {**question.settings, "version": version}
        return question.model_copy(update={"settings": settings})

    def version(self, question: Question) -> int:
        return int(question.settings.get("version", 1))

    def tasks(self, question: Question) -> Sequence[Sequence[str]]:
        """The sets that are shown."""
        return design_of(question.settings)[self.version(question) - 1]

    def words(self, question: Question, language: str) -> tuple[str, str]:
        """The words for best and worst."""
        best = label_of(question.settings.get("best_label", {}), language)
        worst = label_of(question.settings.get("worst_label", {}), language)
        return best or _("Most important"), worst or _("Least important")

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        labels = option_labels(question.settings["items"], language)
        clear = {"": _("No answer")} if can_be_taken_back(question) else {}
        found: dict[str, UnboundField] = {}
        for place, task in enumerate(self.tasks(question)):
            choices = {code: labels.get(code, code) for code in task} | clear
            for end, words in zip(ENDS, self.words(question, language), strict=True):
                found[_input(question, place, end)] = RadioField(
                    words, [Optional()], choices=choices, validate_choice=False
                )
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        given = answer["value"]["tasks"] if answer and is_answered(answer) else []
        found: dict[str, Any] = {}
        for place in range(len(self.tasks(question))):
            chosen = (given[place] if place < len(given) else None) or {}
            for end in ENDS:
                found[_input(question, place, end)] = chosen.get(end) or None
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        given = [
            _choice([form[_input(question, place, end)].data or "" for end in ENDS])
            for place in range(len(self.tasks(question)))
        ]
        if not any(given):
            return instead_parse(question, form)
        return answered({"version": self.version(question), "tasks": given})

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        first = _input(question, 0, "best")
        if not is_answered(answer):
            message = _("Choose the most and the least important in each set.")
            return missing(question, answer, first, message)
        sets = self._shown(question, answer)
        if sets is None:
            return [Problem(first, _("Choose from the answers in the list."))]
        return [
            Problem(_input(question, place, end), message)
            for place, (task, given) in enumerate(sets)
            for end, message in self._faults(question, place + 1, task, given).items()
        ] or both_given(question, form)

    def _shown(
        self, question: Question, answer: Answer
    ) -> list[tuple[Sequence[str], Choice]] | None:
        """Each set of the answered version with what was chosen; None where that makes no sense."""
        value, design = answer["value"], design_of(question.settings)
        if not isinstance(value, dict) or set(value) != {"version", "tasks"}:
            return None
        version, given = value["version"], value["tasks"]
        if not _is_version(version, design):
            return None
        tasks = design[version - 1]
        if not isinstance(given, list) or len(given) != len(tasks):
            return None
        if not any(given) or not all(_is_choice(chosen) for chosen in given):
            return None
        return list(zip(tasks, given, strict=True))

    def _faults(
        self, question: Question, number: int, task: Sequence[str], given: Choice
    ) -> dict[str, str]:
        """What is wrong in one set, by the end it is wrong at."""
        if given is None:
            needed = _("Set %(number)s: choose the most and the least important.", number=number)
            words = current_text(question.required_message) or needed
            return {"best": words} if question.required is True else {}
        strange = [end for end in ENDS if given[end] and given[end] not in task]
        if strange:
            return dict.fromkeys(strange, _("Choose from the answers in the list."))
        left = [end for end in ENDS if not given[end]]
        if left:
            message = _("Set %(number)s: choose one here as well, or none at all.", number=number)
            return {left[0]: message}
        if given["best"] == given["worst"]:
            message = _("Set %(number)s: one item cannot be both. Change one.", number=number)
            return {"worst": message}
        return {}

    def value(self, question: Question, answer: Answer) -> str:
        """The items chosen more often as the best than as the worst, those with most lead first."""
        scores = self._scores(question, answer)
        above = [code for code, score in scores.items() if score is not None and score > 0]
        return " ".join(sorted(above, key=lambda code: -(scores[code] or 0)))

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        labels = option_labels(question.settings["items"], language)
        best, worst = self.words(question, language)
        return [
            f"{place}. {line_of(best, labels.get(given['best'], given['best']))}; "
            f"{line_of(worst, labels.get(given['worst'], given['worst']))}"
            for place, given in enumerate(answer["value"]["tasks"], start=1)
            if given
        ]

    def measures(self, question: Question) -> Sequence[Measure]:
        items = texts_of(question.settings["items"])
        return (Measure(question.code, question.label, Shape.SCORES, items),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """Times best less times worst, by the sets answered that held an item: from −1 to 1."""
        del measure
        if not is_answered(answer):
            return without(AnswerState(answer["state"]))
        return answered(self._scores(question, answer))

    def _scores(self, question: Question, answer: Answer) -> dict[str, float | None]:
        points: dict[str, list[int]] = {entry["code"]: [] for entry in question.settings["items"]}
        sets = self._shown(question, answer) if is_answered(answer) else None
        for task, given in sets or []:
            if given:
                for code in points.keys() & set(task):
                    points[code].append((given["best"] == code) - (given["worst"] == code))
        return {code: sum(got) / len(got) if got else None for code, got in points.items()}

    def columns(self, question: Question, language: str) -> list[Column]:
        best, worst = self.words(question, language)
        found = [Column(question.code, _("Version"), "version")]
        for place in range(1, len(self.tasks(question)) + 1):
            found.append(Column(question.code, f"{place}: {best}", f"{place}_best"))
            found.append(Column(question.code, f"{place}: {worst}", f"{place}_worst"))
        return found

    def cells(self, question: Question, answer: Answer) -> list[str]:
        if not is_answered(answer):
            return [state_value(answer) or "", *[""] * (2 * len(self.tasks(question)))]
        chosen = ((given or {}).get(end, "") for given in answer["value"]["tasks"] for end in ENDS)
        return [str(answer["value"]["version"]), *chosen]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if not any(cells):
            return without(AnswerState.SKIPPED)
        version = cells[0]
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 4 else 0
        tasks = [_choice(pair) for pair in zip(cells[1::2], cells[2::2], strict=False)]
        instead = state_answer(question.settings, version)
        return instead or answered({"version": number or version, "tasks": tasks})


def _input(question: Question, place: int, end: str) -> str:
    return field_name(question, f"-{place}-{end}")


def _is_version(number: object, design: Design) -> bool:
    return type(number) is int and 1 <= number <= len(design)


def _choice(ends: Sequence[str]) -> Choice:
    return dict(zip(ENDS, ends, strict=True)) if any(ends) else None


def _is_choice(given: object) -> bool:
    """Whether this has the shape of what is chosen in a set."""
    if not isinstance(given, dict):
        return given is None
    return set(given) == set(ENDS) and all(isinstance(code, str) for code in given.values())
