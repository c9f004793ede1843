"""Responses collected elsewhere and handed in whole by a program, once each.

The caller's key makes the place of a response: the same key again finds what it stored. From the
key and the secret of the installation follows a token that nobody is ever told, so that the
services of respondents do the writing here too, and no private link leads to the response.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from analysis.types import AnswerState
from consultation.contributions.services import clean_text
from consultation.people.models import Stakeholder
from consultation.process.models import Round
from core.api_body import FieldError, Unprocessable, pointer
from core.errors import Conflict, NotFound
from core.i18n import _
from core.security import keyed_hash
from surveys import services
from surveys.documents import Question
from surveys.forms import with_words
from surveys.invitations import note_answered
from surveys.models import Submission, SubmissionChannel
from surveys.queries import Asked, asked_in, texts_of
from surveys.questions import REGISTRY
from surveys.questions.base import Answer, is_answered, other_code
from surveys.reaching.keying import start_keyed_in
from surveys.routing import NOTHING, Route, Situation

FILE = "file"


@dataclass(frozen=True, slots=True)
class Collected:
    """A response as a program hands it in."""

    #: What the caller calls it; it is hashed and stored nowhere.
    key: str
    language: str
    answers: Mapping[str, Answer]
    email: str = ""


def hand_in(
    session: Session, row: Round, given: Collected, now: datetime
) -> tuple[Submission, bool]:
    """Store a response, or find it; whether it is new."""
    asked = asked_in(session, row.id or 0)
    if asked is None:
        raise NotFound(_("This round asks nothing yet. Choose its questionnaire first."))
    token = token_of(row, given.key)
    known = _known(session, row, token)
    if known is not None:
        return _the_same(session, asked, known, given), False
    services.require_open(session, asked.round, now)
    answers = checked(asked, given, services.seed_of(token), now)
    try:
        with session.begin_nested():
            return _store(session, asked, token, given, answers, now), True
    except IntegrityError as error:
        # Another call with this key was quicker by a moment.
        known = _known(session, row, token)
        if known is None:
            raise Conflict(_("Somebody else writes this response. Send it again.")) from error
        return _the_same(session, asked, known, given), False


def token_of(row: Round, key: str) -> str:
    """The token that stands behind a caller's key; nobody is told."""
    return keyed_hash("collected", f"{row.public_id}\x00{key}")


def _known(session: Session, row: Round, token: str) -> Submission | None:
    return session.exec(
        select(Submission)
        .where(
            Submission.round_id == row.id,
            Submission.answer_hash == keyed_hash("answer", token),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def _store(
    session: Session,
    asked: Asked,
    token: str,
    given: Collected,
    answers: dict[str, Answer],
    now: datetime,
) -> Submission:
    """One transaction: begun as a form from paper is, then saved and submitted as any other."""
    if given.email:
        # Two responses of one person wait for each other here, whatever their keys.
        session.exec(
            select(Stakeholder.id)
            .where(
                Stakeholder.consultation_id == asked.consultation.id,
                Stakeholder.email == given.email.strip().lower(),
            )
            .with_for_update()
        ).all()
    link = start_keyed_in(session, asked, given.email, given.language, now)
    submission = session.exec(
        select(Submission).where(
            Submission.round_id == asked.round.id,
            Submission.answer_hash == keyed_hash("answer", link),
        )
    ).one()
    submission.channel = SubmissionChannel.API
    submission.answer_hash = keyed_hash("answer", token)
    submission.seed = services.seed_of(token)
    session.add(submission)
    session.flush()
    services.save_page(session, token, services.Save(answers, given.language), now)
    stored = services.submit(session, token, now)
    note_answered(session, link)
    return stored


def _the_same(session: Session, asked: Asked, known: Submission, given: Collected) -> Submission:
    """The stored response, unless the key now comes with another one."""
    words = texts_of(session, known)
    silent = {AnswerState.NOT_REACHED, AnswerState.NOT_SHOWN}
    told = {code for code, answer in known.answers.items() if answer["state"] not in silent}
    worked_out = {one.code for one in asked.document.questions() if REGISTRY[one.kind].is_invisible}
    if told - worked_out - set(given.answers):
        raise AnotherResponse
    for code, answer in given.answers.items():
        question = asked.document.question(code)
        stored = known.answers.get(code)
        if question is None or stored is None:
            raise AnotherResponse
        whole = with_words(
            question.kind, stored, words.get(code) or words.get(other_code(question))
        )
        if not _alike(whole, _cleaned(question, answer)):
            raise AnotherResponse
    if known.language != given.language:
        raise AnotherResponse
    return known


class AnotherResponse(Conflict):
    """The key belongs to a response that says something else."""

    def __init__(self) -> None:
        message = _("This Idempotency-Key was used for another response. Choose a new one.")
        super().__init__(message)


def _plain(answer: Answer) -> str:
    """What two answers are compared by: type and value, whatever the order of names."""
    kept = {"state": answer["state"], "value": answer.get("value"), "text": answer.get("text")}
    return json.dumps(kept, sort_keys=True)


def _cleaned(question: Question, answer: Answer) -> Answer:
    """Words as they are stored."""
    found = dict(answer)
    if REGISTRY[question.kind].is_text and isinstance(found.get("value"), str):
        found["value"] = clean_text(found["value"])
    if isinstance(found.get("text"), str):
        found["text"] = clean_text(found["text"])
    return found


def checked(asked: Asked, given: Collected, seed: int, now: datetime) -> dict[str, Answer]:
    """The answers as the question types store them; all that is wrong is said at once."""
    if given.language not in asked.document.languages:
        codes = ", ".join(asked.document.languages)
        message = _("The questionnaire is asked in: %(codes)s.", codes=codes)
        raise Unprocessable([FieldError("/language", message)])
    answers: dict[str, Answer] = {}
    wrong: list[FieldError] = []
    for code, answer in given.answers.items():
        try:
            answers[code] = _in_form(asked, code, answer, seed)
        except _NotInForm as error:
            wrong.append(FieldError(pointer("answers", code), str(error)))
    if wrong:
        raise Unprocessable(wrong)
    empty = Situation({}, {}, seed, given.language, now)
    route = Route(asked.document, empty.with_answers(answers))
    wrong = [*_not_asked(route, answers), *_problems(route, answers)]
    if wrong:
        raise Unprocessable(wrong)
    return answers


class _NotInForm(Exception):
    """An answer that its question type does not store like this."""


def _in_form(asked: Asked, code: str, given: Answer, seed: int) -> Answer:
    """The answer as its type makes it from its own cells; whatever does not come back is foreign.

    So nothing gets in that an export could not give back: no other type, no further field, no
    option twice.
    """
    question = asked.document.question(code)
    if question is None:
        raise _NotInForm(_("The questionnaire has no such question."))
    kind = REGISTRY[question.kind]
    if kind.is_silent or kind.is_invisible:
        raise _NotInForm(_("Nobody answers this question; its value is worked out."))
    if question.kind == FILE and is_answered(given):
        # An answer would name a file by its key, which may be another person's.
        raise _NotInForm(_("A file is chosen on the page itself. Leave it out here."))
    answer = _cleaned(question, given)
    if is_answered(answer) and kind.is_text and not answer["value"]:
        raise _NotInForm(_("The text is empty. Send the state skipped without a value."))
    try:
        shown = kind.present(question, seed, answer)
        found = kind.from_cells(shown, kind.cells(shown, answer))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        found = {"state": "", "value": None}
    if not _alike(found, answer):
        message = _("This is not how an answer to a question of type %(kind)s is stored.")
        raise _NotInForm(message % {"kind": question.kind})
    return found


def _alike(found: Answer, answer: Answer) -> bool:
    """Whether two answers are one; the order of several choices means nothing."""
    if _plain(found) == _plain(answer):
        return True
    one, other = found.get("value"), answer.get("value")
    return (
        isinstance(one, list)
        and isinstance(other, list)
        and all(isinstance(code, str) for code in [*one, *other])
        and sorted(one) == sorted(other)
        and _plain({**found, "value": None}) == _plain({**answer, "value": None})
    )


def _not_asked(route: Route, answers: Mapping[str, Answer]) -> list[FieldError]:
    hidden = route.hidden()
    message = _("With these answers the question is not asked. Leave it out.")
    return [FieldError(pointer("answers", code), message) for code in answers if code in hidden]


def _problems(route: Route, answers: Mapping[str, Answer]) -> list[FieldError]:
    """What the types and the author's own rules say, for every question that is asked."""
    found: dict[str, str] = {}
    for page in route.pages():
        for question in page.section.questions:
            kind = REGISTRY[question.kind]
            if kind.is_silent:
                continue
            answer = answers.get(question.code, dict(NOTHING))
            problems = kind.problems(question, answer, None)
            if problems:
                found[question.code] = problems[0].message
            elif is_answered(answer):
                value = str(answer["value"]) if kind.is_text else kind.value(question, answer)
                if not route.meets_constraint(question, value):
                    found[question.code] = _("This answer breaks a rule of the questionnaire.")
    for _number, question in services.missing_required(route):
        found.setdefault(question.code, _("This question needs an answer."))
    return [FieldError(pointer("answers", code), message) for code, message in found.items()]
