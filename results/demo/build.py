"""Put the synthetic consultation into the store, as the rooms themselves would."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import insert
from sqlmodel import Session, col, select

from analysis.types import AnswerState
from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.contributions.services import clean_text, hash_text
from consultation.dialogues.models import Dialogue, DialogueFormat, DialogueState
from consultation.people.models import Organisation, RoleGrant, Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round
from core.auth.models import Account
from core.auth.permissions import Role
from core.auth.services import create_account
from core.db import new_id
from core.security import keyed_hash
from results.demo.generator import SyntheticConsultation, SyntheticResponse
from results.demo.people import SyntheticRespondent
from surveys.documents import QuestionnaireDocument
from surveys.models import (
    Questionnaire,
    RoundQuestionnaire,
    Submission,
    SubmissionChannel,
    SubmissionState,
)
from surveys.services import record_key

SLUG = "demo-summit"
ACCOUNTS = (
    ("organiser@example.org", "Demo organiser", (Role.ORGANISER,)),
    ("committee@example.org", "Demo committee member", (Role.COMMITTEE, Role.ANALYST)),
    ("committee-b@example.org", "Demo committee member B", (Role.COMMITTEE,)),
    ("committee-c@example.org", "Demo committee member C", (Role.COMMITTEE,)),
    ("analyst@example.org", "Demo analyst", (Role.ANALYST,)),
    ("coder@example.org", "Demo coder", (Role.CODER,)),
    ("researcher@example.org", "Demo researcher", (Role.RESEARCHER,)),
)
#: Sectors whose people speak for nobody but themselves.
PRIVATE = frozenset({"individual"})
LARGEST_ORGANISATION = 3
TEXT_KINDS = frozenset({"short_text", "long_text"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the responses of one round go."""

    consultation: Consultation
    round: Round
    questionnaire_id: int
    asked: dict[str, dict[str, str]]
    text_codes: frozenset[str]
    stakeholders: dict[str, int]


def add_accounts(session: Session, consultation: Consultation, now: datetime) -> list[Account]:
    """One account a role that reads or decides; they sign in by link."""
    accounts = []
    for email, name, roles in ACCOUNTS:
        account = create_account(session, email=email, name=name, now=now)
        accounts.append(account)
        for role in roles:
            session.add(
                RoleGrant(
                    consultation_id=consultation.id or 0,
                    account_id=account.id or 0,
                    role=role,
                    granted_at=now,
                )
            )
    session.flush()
    return accounts


def add_stakeholders(
    session: Session, consultation: Consultation, content: SyntheticConsultation, now: datetime
) -> dict[str, int]:
    """Those who were invited by name; who came by the open link stays unknown to us."""
    organisations = _organisations(session, consultation, content)
    rows = [
        Stakeholder(
            consultation_id=consultation.id or 0,
            organisation_id=organisations.get(key),
            email=person.email,
            name=f"Synthetic stakeholder {key}",
            sector=person.true_sector,
            country=person.country,
            language=person.page_language,
            created_at=now,
        )
        for key, person in content.respondents.items()
        if person.channel == "invitation"
    ]
    session.add_all(rows)
    session.flush()
    return {row.email.partition("@")[0]: row.id or 0 for row in rows}


def _organisations(
    session: Session, consultation: Consultation, content: SyntheticConsultation
) -> dict[str, int]:
    """Invented organisations of up to three invited people of one country and sector."""
    waiting: dict[tuple[str | None, str], list[str]] = {}
    found: dict[str, int] = {}
    for key, person in content.respondents.items():
        if person.channel != "invitation" or person.true_sector in PRIVATE:
            continue
        kind = (person.country, person.true_sector)
        members = waiting.setdefault(kind, [])
        members.append(key)
        if len(members) == LARGEST_ORGANISATION:
            found |= _organisation(session, consultation, kind, waiting.pop(kind))
    for kind, members in waiting.items():
        found |= _organisation(session, consultation, kind, members)
    return found


def _organisation(
    session: Session,
    consultation: Consultation,
    kind: tuple[str | None, str],
    members: list[str],
) -> dict[str, int]:
    row = Organisation(
        consultation_id=consultation.id or 0,
        name=f"Synthetic organisation {members[0]}",
        sector=kind[1],
        country=kind[0],
    )
    session.add(row)
    session.flush()
    return dict.fromkeys(members, row.id or 0)


def add_responses(
    session: Session,
    consultation: Consultation,
    content: SyntheticConsultation,
    stakeholders: dict[str, int],
) -> None:
    """All submissions of all rounds, with their texts as contributions."""
    rounds = session.exec(
        select(Round).where(Round.consultation_id == consultation.id).order_by(col(Round.number))
    ).all()
    for row, responses in zip(rounds, content.rounds, strict=True):
        place = _place(session, consultation, row, stakeholders)
        submissions: list[dict[str, Any]] = []
        contributions: list[dict[str, Any]] = []
        for response in responses:
            person = content.respondents[response.respondent]
            texts = _contributions(place, response, person)
            contributions += texts
            submissions.append(_submission(place, response, person, texts))
        session.connection().execute(insert(Submission), submissions)
        session.connection().execute(insert(Contribution), contributions)


def _place(
    session: Session, consultation: Consultation, row: Round, stakeholders: dict[str, int]
) -> Place:
    questionnaire = session.exec(
        select(Questionnaire)
        .join(
            RoundQuestionnaire,
            col(RoundQuestionnaire.questionnaire_id) == col(Questionnaire.id),
        )
        .where(RoundQuestionnaire.round_id == row.id)
    ).one()
    document = QuestionnaireDocument.model_validate(questionnaire.document)
    return Place(
        consultation=consultation,
        round=row,
        questionnaire_id=questionnaire.id or 0,
        asked={question.code: question.label for question in document.questions()},
        text_codes=frozenset(q.code for q in document.questions() if q.kind in TEXT_KINDS),
        stakeholders=stakeholders,
    )


def _contributions(
    place: Place, response: SyntheticResponse, person: SyntheticRespondent
) -> list[dict[str, Any]]:
    quotable = response.answers["may_quote"]["value"] in {"yes_with_group", "yes_alone"}
    found = []
    for code, text in response.texts.items():
        cleaned = clean_text(text.text)
        asked = place.asked[code]
        found.append(
            {
                "id": new_id(),
                "consultation_id": place.consultation.id,
                "channel": Channel.SURVEY,
                "state": ContributionState.RECEIVED,
                "round_id": place.round.id,
                "question_code": code,
                "asked": asked.get(response.page_language) or asked["en"],
                "text": cleaned,
                "text_hash": hash_text(cleaned),
                "language": text.language,
                "declared_language": text.language,
                "region": person.region,
                "sector": person.sector,
                "is_quotable": quotable and code != "role",
                "received_on": _day(place.round, response.day),
            }
        )
    return found


def _day(row: Round, day: int) -> date:
    return (row.opens_at + timedelta(days=day)).date()


def _submission(
    place: Place,
    response: SyntheticResponse,
    person: SyntheticRespondent,
    texts: list[dict[str, Any]],
) -> dict[str, Any]:
    answers: dict[str, Any] = {code: dict(answer) for code, answer in response.answers.items()}
    for text in texts:
        answers[text["question_code"]] = {
            "state": AnswerState.ANSWERED.value,
            "value": text["id"],
            "is_text": True,
        }
    invited = response.respondent in place.stakeholders
    is_linked = invited and place.round.identity_mode is IdentityMode.PSEUDONYMOUS
    return {
        "id": new_id(),
        "round_id": place.round.id,
        "questionnaire_id": place.questionnaire_id,
        "answer_hash": keyed_hash("demo", f"{place.round.id}:{response.respondent}"),
        "identity_mode": place.round.identity_mode,
        "stakeholder_id": None,
        "record_key": record_key(
            place.consultation.id or 0, place.stakeholders[response.respondent]
        )
        if is_linked
        else None,
        "state": SubmissionState.SUBMITTED,
        "channel": SubmissionChannel.INVITATION if invited else SubmissionChannel.OPEN_LINK,
        "answers": answers,
        "language": response.page_language,
        "region": person.region,
        "sector": person.sector,
        "country": person.country,
        "revision": 1,
        # The answers were drawn without looking at an order, so that none has an effect.
        "seed": crc32(f"order:{place.round.number}:{response.respondent}".encode()) & 0x7FFFFFFF,
        "receipt": None,
        "submitted_on": _day(place.round, response.day),
    }


def add_dialogue(
    session: Session, consultation: Consultation, content: SyntheticConsultation, now: datetime
) -> Dialogue:
    """The regional dialogue with its notes, which are contributions like any other."""
    starts = (now - timedelta(days=20)).replace(hour=9, minute=0, second=0, microsecond=0)
    dialogue = Dialogue(
        consultation_id=consultation.id or 0,
        title=dict(content.dialogue_title),
        region=content.dialogue_notes[0].region,
        format=DialogueFormat.HYBRID,
        state=DialogueState.HELD,
        place="Nairobi",
        time_zone="Africa/Nairobi",
        starts_at=starts,
        ends_at=starts + timedelta(hours=4),
        capacity=60,
    )
    session.add(dialogue)
    session.flush()
    for note in content.dialogue_notes:
        cleaned = clean_text(note.text)
        session.add(
            Contribution(
                consultation_id=consultation.id or 0,
                channel=Channel.DIALOGUE,
                state=ContributionState.RECEIVED,
                dialogue_id=dialogue.id,
                question_code="dialogue",
                asked=dialogue.title["en"],
                text=cleaned,
                text_hash=hash_text(cleaned),
                language=note.language,
                declared_language=note.language,
                region=note.region,
                sector=note.sector,
                is_quotable=True,
                received_on=starts.date(),
            )
        )
    session.flush()
    return dialogue
