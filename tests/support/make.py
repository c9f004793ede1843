"""Plain makers with sensible defaults, keyword only. Each adds its rows and flushes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from consultation.people.models import RoleGrant, Stakeholder
from consultation.process.models import (
    Consultation,
    IdentityMode,
    Phase,
    PhaseKind,
    Round,
    RoundState,
)
from core.auth.models import Account
from core.auth.permissions import Role
from core.auth.services import create_account, open_account_session
from core.db import get_database
from tests.support.pages import PageClient

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def make_consultation(session: Session, *, slug: str = "summit", **values: Any) -> Consultation:
    row = Consultation(
        **{
            "slug": slug,
            "title": {"en": f"Consultation {slug}", "ar": f"استشارة {slug}"},
            "languages": ["en", "fr", "ar"],
            "is_public": True,
            "created_at": NOW,
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row


def make_phase(session: Session, consultation: Consultation, **values: Any) -> Phase:
    row = Phase(
        **{
            "consultation_id": consultation.id,
            "position": 1,
            "kind": PhaseKind.OPEN_CALL,
            "title": {"en": "Open call"},
            "opens_at": datetime.now(UTC) - timedelta(days=1),
            "closes_at": datetime.now(UTC) + timedelta(days=30),
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row


def make_round(session: Session, consultation: Consultation, **values: Any) -> Round:
    """A round that is open now and for a month."""
    row = Round(
        **{
            "consultation_id": consultation.id,
            "number": 1,
            "title": {"en": "Round 1"},
            "state": RoundState.OPEN,
            "identity_mode": IdentityMode.ANONYMOUS,
            "opens_at": datetime.now(UTC) - timedelta(days=1),
            "closes_at": datetime.now(UTC) + timedelta(days=30),
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row


def make_stakeholder(session: Session, consultation: Consultation, **values: Any) -> Stakeholder:
    row = Stakeholder(
        **{
            "consultation_id": consultation.id,
            "email": "stakeholder@example.org",
            "name": "A stakeholder",
            "created_at": NOW,
            **values,
        }
    )
    session.add(row)
    session.flush()
    return row


def make_account(
    session: Session,
    *,
    email: str = "organiser@example.org",
    consultation: Consultation | None = None,
    roles: tuple[Role, ...] = (),
    is_administrator: bool = False,
) -> Account:
    account = create_account(
        session, email=email, name="A person", now=NOW, is_administrator=is_administrator
    )
    for role in roles:
        assert consultation is not None
        session.add(
            RoleGrant(
                consultation_id=consultation.id, account_id=account.id, role=role, granted_at=NOW
            )
        )
    session.flush()
    return account


def sign_in(client: PageClient, account: Account) -> PageClient:
    """Give the client the cookie of a signed-in browser."""
    app = client.application
    with app.app_context(), get_database(app).transaction() as session:
        token = open_account_session(session, account, datetime.now(UTC))
    with client.session_transaction() as cookie:
        cookie["account"] = token
    return client
