"""What the bearer of a link may see of the last round: the group's answers, and the own ones."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from analysis.types import AnswerState
from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import IdentityMode, Round, RoundState
from core.security import keyed_hash
from results.rounds.models import FeedbackSeen, RoundOutcome
from results.rounds.queries import previous_round
from results.snapshots import document_of
from results.tables import Document
from surveys.documents import Question
from surveys.models import Submission, SubmissionState
from surveys.queries import Asked, Respondent
from surveys.questions import REGISTRY
from surveys.questions.base import Answer
from surveys.services import record_key


@dataclass(frozen=True, slots=True)
class Between:
    """The last round as one respondent of this round sees it.

    Attributes
    ----------
    last : Round
    feedback : document
        The same for everybody, frozen when the last round had closed.
    own : dict of str to str
        The own earlier answer to each item, as the key of a bucket; empty where rounds do not
        link their people.
    keepable : dict of str to answer
        By question: earlier answers that can be given again as they were.
    reasons : dict of str to Contribution
    is_seen : bool
    is_linked : bool
        Whether both rounds link their people.
    """

    last: Round
    feedback: Document
    own: dict[str, str]
    keepable: dict[str, Answer]
    reasons: dict[str, Contribution]
    is_seen: bool
    is_linked: bool


def last_outcome(session: Session, asked: Asked) -> tuple[Round, RoundOutcome] | None:
    """What came of the round before, where it is frozen and this round has opened."""
    if asked.round.state is RoundState.DRAFT:
        return None
    last = previous_round(session, asked.round)
    outcome = session.get(RoundOutcome, last.id) if last else None
    if last is None or outcome is None or not outcome.feedback:
        return None
    return last, outcome


def between(session: Session, respondent: Respondent, token: str) -> Between | None:
    """The feedback of the last round for this link; None where there is none."""
    found = last_outcome(session, respondent.asked)
    if found is None:
        return None
    last, outcome = found
    earlier = earlier_submission(session, respondent, last)
    answer_hash = keyed_hash("answer", token)
    return Between(
        last=last,
        feedback=outcome.feedback,
        own=_own(session, last, earlier, outcome.feedback) if earlier else {},
        keepable=_keepable(session, last, earlier, respondent.asked) if earlier else {},
        reasons=_reasons(session, outcome.feedback),
        is_seen=session.get(FeedbackSeen, (respondent.asked.round.id, answer_hash)) is not None,
        is_linked=IdentityMode.ANONYMOUS
        not in {last.identity_mode, respondent.asked.round.identity_mode},
    )


def earlier_submission(session: Session, respondent: Respondent, last: Round) -> Submission | None:
    """The response of the same person to the last round; never where either round is anonymous."""
    asked = respondent.asked
    if IdentityMode.ANONYMOUS in {last.identity_mode, asked.round.identity_mode}:
        return None
    submission, invitation = respondent.submission, respondent.invitation
    stakeholder = submission.stakeholder_id if submission else None
    key = submission.record_key if submission else None
    if invitation is not None:
        stakeholder = invitation.stakeholder_id
        key = record_key(asked.consultation.id or 0, stakeholder)
    is_it = (
        col(Submission.stakeholder_id) == stakeholder
        if last.identity_mode is IdentityMode.IDENTIFIED
        else col(Submission.record_key) == key
    )
    if (stakeholder if last.identity_mode is IdentityMode.IDENTIFIED else key) is None:
        return None
    return session.exec(
        select(Submission).where(
            Submission.round_id == last.id, Submission.state == SubmissionState.SUBMITTED, is_it
        )
    ).first()


def _own(session: Session, last: Round, earlier: Submission, feedback: Document) -> dict[str, str]:
    document = document_of(session, last)
    found: dict[str, str] = {}
    if document is None:
        return found
    for item in feedback["items"]:
        question = document.by_code.get(item["question"])
        answer = earlier.answers.get(item["question"])
        if question is None or not answer or answer["state"] != AnswerState.ANSWERED:
            continue
        key = _bucket(question, answer, item)
        if key is not None:
            found[item["key"]] = key
    return found


def _bucket(question: Question, answer: Answer, item: Document) -> str | None:
    """The bucket that the own answer fell in."""
    for measure in REGISTRY[question.kind].measures(question):
        if item["kind"] == "rating" and measure.code == item["key"]:
            value = REGISTRY[question.kind].reading(question, answer, measure)["value"]
            return None if value is None else str(value)
        if item["kind"] == "place" and item["key"].startswith(f"{measure.code}."):
            value = REGISTRY[question.kind].reading(question, answer, measure)["value"]
            return _place(value, item["key"].removeprefix(f"{measure.code}."), item)
    return None


def _place(value: object, option: str, item: Document) -> str | None:
    if not isinstance(value, list):
        # Points and comparisons have no place that their giver would recognise.
        return None
    order = [code for entry in value for code in str(entry).split("=")]
    keys = [bucket["key"] for bucket in item["buckets"]]
    place = order.index(option) if option in order else len(keys)
    return str(keys[min(place, len(keys) - 1)])


def _keepable(
    session: Session, last: Round, earlier: Submission, asked: Asked
) -> dict[str, Answer]:
    """Earlier answers to questions that are asked again just as they were.

    The same code and the same settings: a reworded item has another code, a list that lost or
    gained items has other settings.
    """
    document = document_of(session, last)
    found: dict[str, Answer] = {}
    for question in asked.document.questions() if document else ():
        before = document.by_code.get(question.code) if document else None
        answer = earlier.answers.get(question.code)
        if before is None or not answer or answer["state"] != AnswerState.ANSWERED:
            continue
        is_same = (before.kind, before.settings) == (question.kind, question.settings)
        has_words = answer.get("is_text") or answer.get("text_id")
        if is_same and not has_words and REGISTRY[question.kind].measures(question):
            found[question.code] = dict(answer)
    return found


def _reasons(session: Session, feedback: Document) -> dict[str, Contribution]:
    """The words of the reasons, as far as they may still be quoted."""
    wanted = {
        one for item in feedback["items"] for side in ("for", "against") for one in item[side]
    }
    if not wanted:
        return {}
    found = session.exec(
        select(Contribution).where(
            col(Contribution.id).in_(sorted(wanted)),
            Contribution.state == ContributionState.RECEIVED,
            col(Contribution.is_quotable),
        )
    )
    return {contribution.id: contribution for contribution in found}
