"""A consultation whose people answer round after round, without a browser."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core.db import Database
from core.jobs import enqueue
from results.rounds.models import RoundTransition
from results.rounds.transitions import MOVE
from surveys import services
from surveys.invitations import make_link
from surveys.models import Invitation, Submission
from surveys.reaching.models import InvitationMail
from tests.support.journey import DOCUMENT, make_asked_round
from tests.support.make import make_consultation, make_stakeholder

#: The small questionnaire, with the reasons asked right after what they are reasons for.
ROUND_DOCUMENT: dict[str, Any] = deepcopy(DOCUMENT)
_VIEWS = ROUND_DOCUMENT["sections"][1]["questions"]
_VIEWS.insert(1, _VIEWS.pop(3))
COUNTRIES = ("KE", "FR", "IN", "BR")
SECTORS = ("government", "academia", "civil_society")
#: number of the person -> answers by code
Says = Callable[[int], dict[str, Any]]


def says(number: int) -> dict[str, Any]:
    """Two camps on safety, reasons on both sides, one order for most."""
    high = number % 2 == 0
    order = ["rights", "water"] if number % 3 else ["work", "rights"]
    return {
        "safety": 5 if high else 2,
        "order": order,
        "groups": ["a"],
        "why": f"Reason number {number}: {'harm grows with reach' if high else 'rules cost the small'}",
        "may_quote": "yes_alone",
    }


def make_people(session: Session, consultation: Consultation, count: int) -> list[Stakeholder]:
    return [
        make_stakeholder(session, consultation, email=f"person{number}@example.org")
        for number in range(count)
    ]


def make_panel(
    session: Session,
    *,
    people: int = 24,
    mode: IdentityMode = IdentityMode.PSEUDONYMOUS,
    say: Says = says,
    slug: str = "summit",
) -> tuple[Consultation, Round, list[str]]:
    """A consultation whose first round everybody answered and that has closed; the tokens."""
    place = make_consultation(session, slug=slug)
    row = make_asked_round(
        session,
        consultation=place,
        document=ROUND_DOCUMENT,
        identity_mode=mode,
        has_open_link=False,
    )
    make_people(session, place, people)
    tokens = answer_round(session, place, row, say)
    close(session, row)
    return place, row, tokens


def answer_round(
    session: Session,
    consultation: Consultation,
    row: Round,
    say: Says = says,
    *,
    who: range | None = None,
) -> list[str]:
    """Let the stakeholders answer; the tokens of their links, of all who were invited."""
    people = session.exec(
        select(Stakeholder)
        .where(Stakeholder.consultation_id == consultation.id)
        .order_by(Stakeholder.id)
    ).all()
    tokens = []
    for number, person in enumerate(people):
        _invitation, token = make_link(session, row, person.id or 0)
        tokens.append(token)
        if who is None or number in who:
            give(session, token, number, say)
    return tokens


def give(session: Session, token: str, number: int, say: Says = says) -> Submission:
    now = datetime.now(UTC)
    values = {
        "consent": True,
        "sector": SECTORS[number % len(SECTORS)],
        "country": COUNTRIES[number % len(COUNTRIES)],
        **say(number),
    }
    answers = {code: {"state": "answered", "value": value} for code, value in values.items()}
    services.save_page(session, token, services.Save(answers=answers, language="en"), now)
    return services.submit(session, token, now)


def shift(database: Database, by: timedelta) -> None:
    """Move the clock: everything that has a time comes nearer by as much, and work is due."""
    with database.transaction() as session:
        for row in session.exec(select(Round)):
            row.opens_at, row.closes_at = row.opens_at - by, row.closes_at - by
            session.add(row)
        for step in session.exec(select(RoundTransition)):
            step.due_at -= by
            session.add(step)
        for mail in session.exec(select(InvitationMail)):
            mail.queued_at -= by
            session.add(mail)
        for invitation in session.exec(select(Invitation)):
            if invitation.sent_on:
                invitation.sent_on -= by
                session.add(invitation)
        enqueue(session, MOVE, key=MOVE, now=datetime.now(UTC))


def close(session: Session, row: Round) -> None:
    """Its time is over."""
    row.state = RoundState.CLOSED
    row.opens_at = datetime.now(UTC) - timedelta(days=30)
    row.closes_at = datetime.now(UTC) - timedelta(hours=1)
    session.add(row)
    session.flush()


def open_now(session: Session, row: Round) -> None:
    row.state = RoundState.OPEN
    row.opens_at = datetime.now(UTC) - timedelta(hours=1)
    row.closes_at = datetime.now(UTC) + timedelta(days=7)
    session.add(row)
    session.flush()
