"""Which pages, questions and options one respondent gets, in which order and with which words.

Everything follows from the document, the answers so far and the respondent's seed, so that a page
shown again, an edit and an analysis all see the same questionnaire. An answer to a question that
is not shown counts for nothing; it is kept in the draft and comes back with its question.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analysis.types import AnswerState
from surveys.documents import Question, QuestionnaireDocument, Section, Texts
from surveys.logic import (
    ExpressionError,
    Reference,
    Scope,
    as_text,
    evaluate,
    is_true,
    parse,
    pipes,
)
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, answered, is_answered, option_labels

OPTION_LISTS = ("options", "items", "rows", "columns")
#: Marks that keep the direction of a piped answer from turning the sentence around it.
ISOLATE, RELEASE = "\u2068", "\u2069"
NOTHING: Answer = {"state": AnswerState.SKIPPED.value, "value": None}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about a respondent while a page is made."""

    answers: Mapping[str, Answer]
    #: The words of free texts, by question; the answers hold only their ids.
    texts: Mapping[str, str]
    seed: int
    language: str
    now: datetime

    def with_answers(self, answers: Mapping[str, Answer]) -> "Situation":
        """The same respondent after a page was filled in."""
        words = {
            code: str(answer["value"]) if is_answered(answer) else ""
            for code, answer in answers.items()
        }
        texts = {**self.texts, **words}
        return Situation({**self.answers, **answers}, texts, self.seed, self.language, self.now)


@dataclass(frozen=True, slots=True)
class Page:
    """A section as one respondent gets it."""

    number: int
    section: Section

    @property
    def is_shown(self) -> bool:
        return bool(self.section.questions)


@dataclass
class Route:
    """One respondent's way through a document; relevance is worked out when it is asked for."""

    document: QuestionnaireDocument
    situation: Situation
    _relevant: dict[str, bool] = field(default_factory=dict)
    _values: dict[str, str] = field(default_factory=dict)
    _pages: dict[int, Page] = field(default_factory=dict)

    @property
    def is_fixed(self) -> bool:
        """Whether everybody gets the document as it stands."""
        return is_fixed(self.document)

    def page(self, number: int) -> Page:
        """A page with the questions that concern this respondent."""
        found = self._pages.get(number)
        if found is None:
            section = self.document.sections[number - 1]
            found = Page(number, section if self.is_fixed else self._present(section))
            self._pages[number] = found
        return found

    def pages(self) -> list[Page]:
        """The pages that are shown."""
        every = (self.page(number) for number in range(1, len(self.document.sections) + 1))
        return [page for page in every if page.is_shown]

    def next_number(self, number: int) -> int | None:
        """The next page that is shown; None after the last."""
        for following in range(number + 1, len(self.document.sections) + 1):
            if self.page(following).is_shown:
                return following
        return None

    def previous_number(self, number: int) -> int | None:
        """The page before that is shown; None before the first."""
        for before in range(number - 1, 0, -1):
            if self.page(before).is_shown:
                return before
        return None

    def first_unseen(self) -> int | None:
        """The first page with a question that was never saved; None where all were."""
        for page in self.pages():
            for question in page.section.questions:
                kind = REGISTRY[question.kind]
                is_asked = not (kind.is_silent or kind.is_invisible)
                if is_asked and question.code not in self.situation.answers:
                    return page.number
        return None

    def hidden(self) -> frozenset[str]:
        """Codes of questions that this respondent does not get."""
        if self.is_fixed:
            return frozenset()
        return frozenset(
            question.code
            for section in self.document.sections
            for question in section.questions
            if not self.is_relevant(section, question)
        )

    def calculated(self) -> dict[str, Answer]:
        """The answers that the questionnaire works out by itself."""
        found: dict[str, Answer] = {}
        for section in self.document.sections:
            for question in section.questions:
                if "calculation" in question.settings and self.is_relevant(section, question):
                    value = self.value(question.code)
                    found[question.code] = answered(value) if value else dict(NOTHING)
        return found

    def is_relevant(self, section: Section, question: Question) -> bool:
        """Whether the section and the question itself are to be shown."""
        known = self._relevant.get(question.code)
        if known is None:
            # A circle cannot be saved; should one be stored all the same, its questions are shown.
            self._relevant[question.code] = True
            known = self._holds(section.relevant) and self._holds(question.relevant)
            self._relevant[question.code] = known
        return known

    def __post_init__(self) -> None:
        """Work long chains of conditions and calculations out from their beginning.

        Asked for from their end they would be as deep as they are long.
        """
        if not self.is_fixed:
            for code in self.document.sequence:
                self.is_relevant(*self.document.places[code])
                self.value(code)

    def value(self, code: str) -> str:
        """An answer as expressions see it; "" where there is none or the question is not shown."""
        known = self._values.get(code)
        if known is None:
            self._values[code] = ""
            known = self._value(code)
            self._values[code] = known
        return known

    def _value(self, code: str) -> str:
        place = self.document.places.get(code)
        if place is None:
            return ""
        section, question = place
        if not self.is_relevant(section, question):
            return ""
        if "calculation" in question.settings:
            return self._work_out(question.settings["calculation"], code)
        kind = REGISTRY[question.kind]
        answer = self.situation.answers.get(code)
        if answer is None or not is_answered(answer):
            return ""
        if kind.is_text:
            return self.situation.texts.get(code, "")
        return kind.value(question, answer)

    def _work_out(self, source: str, place: str) -> str:
        try:
            return as_text(evaluate(parse(source), self.scope(place=place)))
        except ExpressionError:
            return ""

    def scope(self, this: str = "", place: str = "") -> Scope:
        """What an expression can see."""
        situation = self.situation
        return Scope(
            value_of=self.value,
            this=this,
            now=situation.now,
            label_of=self.label_of,
            seed=situation.seed,
            place=place,
        )

    def label_of(self, code: str, option: str) -> str:
        """The words of an option in the reader's language."""
        question = self.document.question(code)
        if question is None:
            return option
        for name in OPTION_LISTS:
            labels = option_labels(question.settings.get(name, []), self.situation.language)
            if option in labels:
                return labels[option]
        return option

    def _holds(self, source: str) -> bool:
        if not source:
            return True
        try:
            return is_true(parse(source), self.scope())
        except ExpressionError:
            # Saved expressions were checked; what fails now fails towards asking.
            return True

    def holds(self, condition: str) -> bool:
        """Whether a condition is true; one that cannot be worked out is not."""
        try:
            return is_true(parse(condition), self.scope())
        except ExpressionError:
            return False

    def meets_constraint(self, question: Question, value: str) -> bool:
        """Whether an answer keeps the author's rule; a rule that fails to run is not kept."""
        if not question.constraint or not value:
            return True
        try:
            return is_true(parse(question.constraint), self.scope(value, question.code))
        except ExpressionError:
            return False

    def _present(self, section: Section) -> Section:
        shown = [
            question
            for question in section.questions
            if not REGISTRY[question.kind].is_invisible and self.is_relevant(section, question)
        ]
        if section.randomise:
            self.dice(section.code).shuffle(shown)
        questions = tuple(self.present(question) for question in shown)
        texts = {"title": self.pipe(section.title), "intro": self.pipe(section.intro)}
        return section.model_copy(update={"questions": questions, **texts})

    def dice(self, name: str) -> random.Random:
        """The same throws for the same respondent and place, whenever it is asked."""
        return random.Random(f"{self.situation.seed}:{name}")  # noqa: S311 - an order, no secret

    def present(self, question: Question) -> Question:
        """The question with its options, their order and its words as this respondent gets them."""
        if is_steady(self.document, question):
            return question
        settings = dict(question.settings)
        for name in OPTION_LISTS:
            if isinstance(settings.get(name), Sequence):
                settings[name] = self._options(question, settings[name], name)
        changed = question.model_copy(
            update={
                "settings": settings,
                "label": self.pipe(question.label),
                "hint": self.pipe(question.hint),
                "guidance": self.pipe(question.guidance),
            }
        )
        answer = self.situation.answers.get(question.code)
        return REGISTRY[question.kind].present(changed, self.situation.seed, answer)

    def _options(self, question: Question, entries: Sequence[Any], name: str) -> list[Any]:
        kept = [entry for entry in entries if self._holds(entry.get("relevant", ""))]
        piped = [{**entry, "label": self.pipe(entry["label"])} for entry in kept]
        if question.settings.get("randomise") and name != "columns":
            return shuffled(piped, self.dice(f"{question.code}:{name}"))
        return piped

    def pipe(self, texts: Texts) -> Texts:
        """Earlier answers put into a text: once, as plain words, in the reader's language."""
        if not any("${" in text for text in texts.values()):
            return texts
        return {language: self._pipe(text) for language, text in texts.items()}

    def _pipe(self, text: str) -> str:
        return "".join(
            f"{ISOLATE}{self._words(part.name)}{RELEASE}" if isinstance(part, Reference) else part
            for part in pipes(text)
        )

    def _words(self, code: str) -> str:
        """An earlier answer as its writer would read it back."""
        place = self.document.places.get(code)
        answer = self.situation.answers.get(code)
        if place is None:
            return "…"
        question = place[1]
        value = self.value(code)
        if not value or answer is None or REGISTRY[question.kind].is_text:
            return value or "…"
        return ", ".join(REGISTRY[question.kind].display(question, answer, self.situation.language))


def shuffled(entries: list[Any], dice: random.Random) -> list[Any]:
    """The entries in a random order; anchored ones keep their places."""
    loose = [entry for entry in entries if not entry.get("is_anchored")]
    dice.shuffle(loose)
    rest = iter(loose)
    return [entry if entry.get("is_anchored") else next(rest) for entry in entries]


def is_fixed(document: QuestionnaireDocument) -> bool:
    """Whether the document is the same for everybody."""
    return document.once(_is_fixed)


def _is_fixed(document: QuestionnaireDocument) -> bool:
    return not document.has_expressions and not any(
        REGISTRY[question.kind].is_personal or REGISTRY[question.kind].is_invisible
        for question in document.questions()
    )


def is_steady(document: QuestionnaireDocument, question: Question) -> bool:
    """Whether a question, as it was presented, looks the same to everybody who gets it."""
    return (
        question is document.by_code.get(question.code)
        and question.code in document.steady
        and not REGISTRY[question.kind].is_personal
    )
