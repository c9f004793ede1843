"""One question asked and answered as the pages do it, without a browser."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from consultation.process.models import Round, RoundState
from core.forms import BaseForm
from surveys import instruments
from surveys.documents import Question, QuestionnaireDocument
from surveys.forms import build_form, page_problems, parse_page, stored_data
from surveys.preflight import settings_of
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, QuestionType
from surveys.routing import Route, Situation
from tests.support.make import NOW, make_consultation, make_round
from tests.support.questionnaires import document_of

CODE = "q"


def items(codes: Iterable[str], **extras: Any) -> list[dict[str, Any]]:
    """Items or options with labels in two languages."""
    return [
        {"code": code, "label": {"en": f"Item {code}", "ar": f"البند {code}"}, **extras}
        for code in codes
    ]


def make_round_of(session: Session, *questions: dict[str, Any]) -> Round:
    """An open round that asks these questions on one page."""
    place = make_consultation(session)
    row = make_round(session, place, state=RoundState.DRAFT)
    made = instruments.add(session, place, document_of(*questions), NOW)
    instruments.assign(session, place, row, made.id or 0)
    instruments.freeze(session, row, NOW)
    row.state = RoundState.OPEN
    session.add(row)
    session.flush()
    return row


@dataclass(frozen=True)
class Sent:
    """What became of a posted page."""

    answer: Answer
    #: Messages by field, without the prefix of the question.
    problems: dict[str, str]
    form: BaseForm

    @property
    def value(self) -> Any:
        return self.answer["value"]


@dataclass(frozen=True)
class Asked:
    """A question of a document, with the respondent who gets it."""

    kind: str
    settings: Mapping[str, Any]
    seed: int = 7
    language: str = "en"
    required: bool | str = False
    answers: Mapping[str, Answer] | None = None

    @property
    def type(self) -> QuestionType:
        return REGISTRY[self.kind]

    @property
    def document(self) -> QuestionnaireDocument:
        question = {
            "code": CODE,
            "kind": self.kind,
            "label": {"en": "The question", "ar": "السؤال"},
            "required": self.required,
            "settings": dict(self.settings),
        }
        gate = {"code": "gate", "kind": "short_text", "label": {"en": "Gate"}}
        document = document_of(question)
        first = {"code": "first", "title": {"en": "First"}, "questions": [gate]}
        return QuestionnaireDocument.model_validate(
            {**document, "sections": [first, *document["sections"]]}
        )

    @property
    def stored(self) -> Question:
        """The question as it stands in the document; its settings are sound."""
        question = self.document.by_code[CODE]
        settings_of(question)
        return question

    def route(self, answer: Answer | None = None) -> Route:
        answers = {**(self.answers or {}), **({CODE: answer} if answer else {})}
        texts = {code: str(given["value"]) for code, given in answers.items() if code != CODE}
        now = datetime(2026, 11, 23, tzinfo=UTC)
        return Route(self.document, Situation(answers, texts, self.seed, self.language, now))

    def shown(self, answer: Answer | None = None) -> Question:
        """The question as this respondent gets it."""
        return self.route(answer).page(2).section.questions[0]

    def page(self, answer: Answer | None = None) -> dict[str, str]:
        """The fields of the page with what they show, without the prefix of the question."""
        section = self.route(answer).page(2).section
        data = stored_data(section, {CODE: answer} if answer else {}, {})
        form = build_form(section, self.language)(formdata=None, data=data, meta={"csrf": False})
        return {
            name.removeprefix(f"q_{CODE}"): field.data or ""
            for name, field in form._fields.items()
            if name.startswith(f"q_{CODE}")
        }

    def send(self, posted: Mapping[str, str], answer: Answer | None = None) -> Sent:
        """Post a page, seen after `answer` was stored, and look at it as the pages do."""
        data = MultiDict({f"q_{CODE}{name}": value for name, value in posted.items()})
        before = self.route(answer)
        section = before.page(2).section
        form = build_form(section, self.language)(formdata=data, meta={"csrf": False})
        answers = parse_page(section, form)
        after = Route(before.document, before.situation.with_answers(answers))
        shown = after.page(2).section
        form = build_form(shown, self.language)(formdata=data, meta={"csrf": False})
        found = page_problems(after, shown, answers, form).get(CODE, [])
        assert all(problem.field in form for problem in found)
        problems = {p.field.removeprefix(f"q_{CODE}"): p.message for p in found}
        return Sent(answers[CODE], problems, form)

    def wants_more(self, answer: Answer) -> bool:
        return self.type.wants_more(self.shown(answer), answer)

    def imported(self, answer: Answer) -> list[str]:
        """What is said of an answer that came by another way than a page."""
        problems = self.type.problems(self.shown(answer), answer, None)
        return [problem.message for problem in problems]

    def back(self, answer: Answer) -> Answer:
        """The answer after it stood in the cells of an export."""
        cells = self.type.cells(self.stored, answer)
        assert len(cells) == len(self.type.columns(self.stored, "en"))
        return self.type.from_cells(self.stored, cells)

    def readings(self, answer: Answer) -> dict[str, Answer]:
        return {
            measure.code: self.type.reading(self.stored, answer, measure)
            for measure in self.type.measures(self.stored)
        }
