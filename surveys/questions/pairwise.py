"""Pairs to compare, chosen as one goes; "can't decide" is an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Setting
from pydantic import field_validator
from wtforms import Form, RadioField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from analysis.types import AnswerState
from core.i18n import _, _l, ngettext
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
    instead_data,
    instead_field,
    instead_parse,
    is_answered,
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
from surveys.questions.designs import Comparison, next_pairs
from surveys.questions.instead import both_given, can_be_taken_back, chosen_instead

RESULTS = ("left", "right", "tie")
#: A pair that was shown and left open, because its whole page was.
OPEN = "open"
SIGNS = {"left": ">", "right": "<", "tie": "=", OPEN: "?"}
PER_PAGE = 5
#: The input that says how many pairs had been compared when the page was shown.
SEEN = "-seen"


class PairwiseSettings(ClosedSettings):
    """What comparisons of pairs may be told."""

    items: tuple[Option, ...] = Setting(min_length=2, max_length=60)
    #: How many pairs one respondent gets; by default one and a half for each item.
    pairs: int | None = Setting(default=None, ge=1, le=200)
    per_page: int = Setting(default=PER_PAGE, ge=1, le=20)

    _codes = field_validator("items")(unique_codes)


class Pairwise(Plain):
    """Stored as [left, right, "left" | "right" | "tie"] in the order asked.

    A page asks the pairs that follow from the seed and the answers so far, and no others are
    taken from it. Below them stand those compared before, which may still be changed; the pairs
    that followed from them stay. Pairs left open are asked again on the next page. Who leaves a
    whole page open goes on to the next question: that page's pairs are kept as "open".
    """

    kind = "pairwise"
    name = _l("Pairs to compare")
    settings = PairwiseSettings
    is_personal = True

    def wanted(self, question: Question) -> int:
        """How many pairs there are to compare in all."""
        items = len(question.settings["items"])
        wanted = int(question.settings.get("pairs") or -(-3 * items // 2))
        return min(wanted, items * (items - 1) // 2)

    def present(self, question: Question, seed: int, answer: Answer | None) -> Question:
        """The pairs to ask next, in "current", and those compared before, in "earlier"."""
        codes = [entry["code"] for entry in question.settings["items"]]
        given = answer["value"] if answer and is_answered(answer) else []
        earlier = [
            [left, right, result]
            for left, right, result in given
            if {left, right} <= set(codes) and result != OPEN
        ]
        earlier = earlier[: self.wanted(question)]
        size = int(question.settings.get("per_page") or PER_PAGE)
        count = min(size, self.wanted(question) - len(earlier))
        asked = [(left, right, result) for left, right, result in earlier]
        current = next_pairs(codes, asked, count=count, seed=seed)
        settings = {**question.settings, "earlier": earlier, "current": current}
        return question.model_copy(update={"settings": settings})

    def current(self, question: Question) -> list[tuple[str, str]]:
        """The pairs to ask next."""
        if "current" not in question.settings:
            question = self.present(question, 0, None)
        return [(left, right) for left, right in question.settings["current"]]

    def earlier(self, question: Question) -> list[list[str]]:
        """The pairs compared before, with their results."""
        return [list(pair) for pair in question.settings.get("earlier", [])]

    def input(self, question: Question, left: str, right: str) -> str:
        """The name of a pair's input; codes may hold hyphens, and two pairs must not meet."""
        return field_name(question, f"-{left.replace('-', ':')}-{right.replace('-', ':')}")

    def fields(self, question: Question, language: str) -> Mapping[str, UnboundField]:
        labels = option_labels(question.settings["items"], language)
        clear = {"": _("No answer")} if can_be_taken_back(question) else {}
        found: dict[str, UnboundField] = {}
        before = [(left, right) for left, right, _result in self.earlier(question)]
        for left, right in [*self.current(question), *before]:
            choices = {"left": labels[left], "right": labels[right], "tie": _("I cannot decide")}
            found[self.input(question, left, right)] = RadioField(
                _("Which one?"), [Optional()], choices=choices | clear, validate_choice=False
            )
        found[field_name(question, SEEN)] = StringField(widget=HiddenInput())
        return found | instead_field(question, language)

    def data(self, question: Question, answer: Answer | None) -> Mapping[str, Any]:
        found = {
            self.input(question, left, right): result
            for left, right, result in self.earlier(question)
        }
        found[field_name(question, SEEN)] = str(len(found))
        return found | instead_data(question, answer)

    def parse(self, question: Question, form: Form) -> Answer:
        earlier, current = self.earlier(question), self.current(question)
        asked = {pair: self._chosen(question, form, pair) for pair in current}
        given = [[*pair, result] for pair, result in asked.items() if result]
        if not given and chosen_instead(question, form):
            return instead_parse(question, form)
        kept = []
        for left, right, known in earlier:
            result = self._chosen(question, form, (left, right))
            if result != "":
                kept.append([left, right, known if result is None else result])
        # A page that was sent twice, or grew old in another window, did not show these pairs.
        was_seen = form[field_name(question, SEEN)].data == str(len(earlier))
        if kept and not given and was_seen:
            given = [[*pair, OPEN] for pair in current]
        return answered(kept + given) if kept or given else instead_parse(question, form)

    def _chosen(self, question: Question, form: Form, pair: tuple[str, str]) -> str | None:
        """What was chosen; "" where an answer was taken back, None where nothing was sent."""
        chosen: str | None = form[self.input(question, *pair)].data
        return chosen

    def problems(self, question: Question, answer: Answer, form: Form | None) -> list[Problem]:
        if not self.wanted(question):
            return []
        pairs = [*self.current(question), *((a, b) for a, b, _result in self.earlier(question))]
        first = self.input(question, *pairs[0])
        if not is_answered(answer):
            return missing(question, answer, first, _("Choose one of each pair."))
        fault = self._fault(question, answer["value"])
        if fault:
            return [Problem(first, fault)]
        return self._left(question, answer, first, form) or both_given(question, form)

    def _fault(self, question: Question, value: Any) -> str:
        """What makes no sense in the pairs of an answer."""
        codes = {entry["code"] for entry in question.settings["items"]}
        is_list = isinstance(value, list) and bool(value)
        if not is_list or not all(_is_comparison(pair, codes) for pair in value):
            return _("Choose one of each pair.")
        is_open = [result == OPEN for _left, _right, result in value]
        if is_open != sorted(is_open):
            return _("Choose one of each pair.")
        if len({frozenset(pair[:2]) for pair in value}) != len(value):
            return _("A pair was answered twice. Reload the page.")
        if len(value) > self.wanted(question):
            return _("There are more pairs than were asked. Reload the page.")
        return ""

    def _left(
        self, question: Question, answer: Answer, first: str, form: Form | None
    ) -> list[Problem]:
        """Pairs that are still to be compared where the question is required."""
        left = self.wanted(question) - len(compared(answer))
        has_next_page = form is not None and self.wants_more(question, answer)
        if question.required is not True or not left or has_next_page:
            return []
        message = ngettext(
            "%(num)s more pair is to be compared. Choose “I cannot decide” where that is so.",
            "%(num)s more pairs are to be compared. Choose “I cannot decide” where that is so.",
            left,
        )
        return [Problem(first, current_text(question.required_message) or str(message))]

    def wants_more(self, question: Question, answer: Answer) -> bool:
        """Pairs follow until all are compared or a whole page was left open."""
        given = answer["value"] if is_answered(answer) else []
        return bool(given) and given[-1][2] != OPEN and len(given) < self.wanted(question)

    def value(self, question: Question, answer: Answer) -> str:
        """The items that won more often than they lost, those that won the largest share first."""
        codes = [entry["code"] for entry in question.settings["items"]]
        shares = _shares(codes, answer)
        above = [code for code, share in shares.items() if share is not None and share > 0.5]
        return " ".join(sorted(above, key=lambda code: -(shares[code] or 0)))

    def display(self, question: Question, answer: Answer, language: str) -> list[str]:
        if not is_answered(answer):
            return state_lines(question, answer, language)
        labels = option_labels(question.settings["items"], language)
        lines = []
        for left, right, result in compared(answer):
            words = {"left": labels.get(left, left), "right": labels.get(right, right)}
            chosen = words.get(result, _("I cannot decide"))
            lines.append(line_of(f"{words['left']} – {words['right']}", chosen))
        return lines

    def measures(self, question: Question) -> Sequence[Measure]:
        items = texts_of(question.settings["items"])
        return (Measure(question.code, question.label, Shape.SCORES, items),)

    def reading(self, question: Question, answer: Answer, measure: Measure) -> Answer:
        """The share of its comparisons that an item won, ties as halves; None if never asked."""
        del question
        if not is_answered(answer):
            return without(AnswerState(answer["state"]))
        return answered(_shares(list(measure.options), answer))

    def columns(self, question: Question, language: str) -> list[Column]:
        del language
        count = self.wanted(question)
        return [
            Column(question.code, _("Pair %(number)s", number=number), f"pair_{number}")
            for number in range(1, count + 1)
        ]

    def cells(self, question: Question, answer: Answer) -> list[str]:
        """A cell a pair, such as "water>work": the winner stands at the open side of the sign."""
        count = self.wanted(question)
        if not is_answered(answer):
            return [state_value(answer) or "", *[""] * (count - 1)][:count]
        found = [f"{left}{SIGNS[result]}{right}" for left, right, result in answer["value"]]
        return [*found, *[""] * count][:count]

    def from_cells(self, question: Question, cells: Sequence[str]) -> Answer:
        if not any(cells):
            return without(AnswerState.SKIPPED)
        instead = state_answer(question.settings, cells[0])
        return instead or answered([_comparison(cell) for cell in cells if cell])


def compared(answer: Answer) -> list[Comparison]:
    """The pairs of an answer that were compared."""
    given = answer["value"] if is_answered(answer) else []
    return [(left, right, result) for left, right, result in given if result in RESULTS]


def _shares(codes: Sequence[str], answer: Answer) -> dict[str, float | None]:
    """Of its comparisons, the share that each item won, ties as halves."""
    won: dict[str, list[float]] = {code: [] for code in codes}
    for left, right, result in compared(answer):
        share = {"left": 1.0, "right": 0.0, "tie": 0.5}[result]
        for code, part in ((left, share), (right, 1 - share)):
            if code in won:
                won[code].append(part)
    return {code: sum(parts) / len(parts) if parts else None for code, parts in won.items()}


def _comparison(cell: str) -> list[str]:
    for result, sign in SIGNS.items():
        left, found, right = cell.partition(sign)
        if found:
            return [left, right, result]
    return [cell, "", ""]


def _is_comparison(pair: object, codes: set[str]) -> bool:
    if not isinstance(pair, list | tuple) or len(pair) != 3:
        return False
    if not all(isinstance(part, str) for part in pair):
        return False
    left, right, result = pair
    return {left, right} <= codes and left != right and result in SIGNS
