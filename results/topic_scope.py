"""Which questions topics are learned from: a rule to begin with, and what people chose.

A question that asks for one line, or for the words beside "other", tells who somebody is or names
a thing; hundreds of such answers make topics of their own that nobody asked for. So they are left
out until people say otherwise. What no questionnaire asks, as in a dialogue, is read.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import Consultation
from core.errors import Invalid
from core.i18n import _
from results.models import TopicScope
from results.tables import Texts
from surveys.documents import QuestionnaireDocument
from surveys.questions import REGISTRY
from surveys.questions.base import other_code

#: The kind of question that asks for one line.
LINE = "short_text"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with free answers: its words, how many there are, and whether they are read."""

    code: str
    label: Texts
    n: int
    is_read: bool


def labels(documents: Sequence[QuestionnaireDocument]) -> dict[str, Texts]:
    """The words of each question that may have free answers, as they were asked last."""
    found: dict[str, Texts] = {}
    for document in documents:
        for question in document.questions():
            is_text = REGISTRY[question.kind].is_text
            found[question.code if is_text else other_code(question)] = dict(question.label)
    return found


def is_read(
    codes: Collection[str],
    documents: Sequence[QuestionnaireDocument],
    chosen: Mapping[str, bool],
) -> dict[str, bool]:
    """Whether the answers to each of these questions are read, by choice or else by the rule."""
    at_length = {
        question.code
        for document in documents
        for question in document.questions()
        if REGISTRY[question.kind].is_text and question.kind != LINE
    }
    # Where every question asks for a line, lines are what there is to read.
    in_brief = set(labels(documents)) - at_length if at_length else set()
    return {code: chosen.get(code, code not in in_brief) for code in sorted(codes)}


def choice(session: Session, consultation: Consultation) -> dict[str, bool]:
    """What people chose, by question; the rule holds for those that they never saw."""
    found = session.get(TopicScope, consultation.id)
    return {} if found is None else dict(found.questions)


def unread(
    session: Session, consultation: Consultation, documents: Sequence[QuestionnaireDocument]
) -> list[str]:
    """The questions whose answers are not read; cheap, as no answer is looked at."""
    chosen = choice(session, consultation)
    codes = {*labels(documents), *chosen}
    return [code for code, read in is_read(codes, documents, chosen).items() if not read]


def asked(
    session: Session, consultation: Consultation, documents: Sequence[QuestionnaireDocument]
) -> list[Asked]:
    """Every question with free answers, in the order of the questionnaires."""
    found = session.exec(
        select(Contribution.question_code, func.max(Contribution.asked), func.count())
        .where(
            Contribution.consultation_id == consultation.id,
            Contribution.state == ContributionState.RECEIVED,
        )
        .group_by(Contribution.question_code)
    ).all()
    known = labels(documents)
    order = {code: place for place, code in enumerate(known)}
    read = is_read([code for code, _asked, _n in found], documents, choice(session, consultation))
    rows = [Asked(code, known.get(code) or {"": said}, n, read[code]) for code, said, n in found]
    return sorted(rows, key=lambda row: (order.get(row.code, len(order)), row.code))


def choose(
    session: Session,
    consultation: Consultation,
    documents: Sequence[QuestionnaireDocument],
    wanted: Collection[str],
) -> list[str] | None:
    """Read the answers to these questions from the next run on; None where nothing changes."""
    # One choice after the other: two first ones must not both make the row.
    session.refresh(consultation, with_for_update=True)
    rows = asked(session, consultation, documents)
    known = {row.code for row in rows}
    if not known.intersection(wanted):
        raise Invalid(_("Choose at least one question."))
    if known.intersection(wanted) == {row.code for row in rows if row.is_read}:
        return None
    found = session.get(TopicScope, consultation.id)
    row = found or TopicScope(consultation_id=consultation.id or 0)
    row.questions = {**row.questions, **{code: code in wanted for code in sorted(known)}}
    session.add(row)
    session.flush()
    return sorted(known.intersection(wanted))
