"""Signing in: by a link in a mail, or by a password. Both answer alike for unknown people."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from core.auth.models import Account, AccountSession, SignInLink
from core.errors import Conflict, Invalid
from core.i18n import _
from core.security import (
    MINIMUM_PASSWORD_LENGTH,
    hash_password,
    keyed_hash,
    new_token,
    password_matches,
)

SESSION_LIFETIME = timedelta(hours=12)
LINK_LIFETIME = timedelta(minutes=30)
#: Sign-in links of one account that may wait to be used; whoever asks for more gets no mail.
MOST_LINKS = 5


def find_account(session: Session, email: str) -> Account | None:
    """The account of an address that may still sign in."""
    return session.exec(
        select(Account).where(
            Account.email == email.strip().lower(), col(Account.disabled_at).is_(None)
        )
    ).one_or_none()


def create_account(
    session: Session,
    *,
    email: str,
    name: str,
    now: datetime,
    is_administrator: bool = False,
    language: str = "en",
) -> Account:
    """Make an account; it has no password until its holder sets one."""
    if find_account(session, email) is not None:
        raise Conflict(_("There is already an account with this e-mail address."))
    account = Account(
        email=email.strip().lower(),
        name=name.strip(),
        is_administrator=is_administrator,
        language=language,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def set_password(account: Account, password: str) -> None:
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        raise Invalid(
            _(
                "Choose a password of at least %(number)s characters.",
                number=MINIMUM_PASSWORD_LENGTH,
            ),
            field="password",
        )
    account.password_hash = hash_password(password)


def check_password(session: Session, email: str, password: str) -> Account | None:
    """The account, when the address and the password belong together."""
    account = find_account(session, email)
    matches = password_matches(password, account.password_hash if account else None)
    return account if matches else None


def may_ask_for_link(session: Session, account: Account, now: datetime) -> bool:
    """Whether a further link may be mailed: strangers must not be able to fill a mailbox."""
    waiting = session.exec(
        select(func.count())
        .select_from(SignInLink)
        .where(SignInLink.account_id == account.id, SignInLink.expires_at > now)
    ).one()
    return waiting < MOST_LINKS


def make_link(session: Session, account: Account, now: datetime) -> str:
    """A one-time sign-in token; the table keeps its hash alone."""
    assert account.id is not None  # noqa: S101 - a stored account has a key
    session.exec(delete(SignInLink).where(col(SignInLink.expires_at) <= now))
    token = new_token()
    session.add(
        SignInLink(
            token_hash=keyed_hash("sign-in", token),
            account_id=account.id,
            expires_at=now + LINK_LIFETIME,
        )
    )
    return token


def redeem_link(session: Session, token: str, now: datetime) -> Account | None:
    """Use a link up, once; mail scanners that only look at it use nothing up."""
    used = session.exec(
        delete(SignInLink)
        .where(
            col(SignInLink.token_hash) == keyed_hash("sign-in", token),
            col(SignInLink.expires_at) > now,
        )
        .returning(col(SignInLink.account_id))
    ).first()
    account = session.get(Account, used[0]) if used else None
    return account if account and account.disabled_at is None else None


def open_account_session(session: Session, account: Account, now: datetime) -> str:
    """Start a session under a new token, so that no earlier cookie can be reused."""
    assert account.id is not None  # noqa: S101 - a stored account has a key
    session.exec(delete(AccountSession).where(col(AccountSession.expires_at) <= now))
    token = new_token()
    session.add(
        AccountSession(
            token_hash=keyed_hash("session", token),
            account_id=account.id,
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
        )
    )
    return token


def close_account_sessions(session: Session, account: Account) -> None:
    """End every session of an account and every link to it: what opened it before opens no more."""
    session.exec(delete(AccountSession).where(col(AccountSession.account_id) == account.id))
    session.exec(delete(SignInLink).where(col(SignInLink.account_id) == account.id))


def disable_account(session: Session, account: Account, now: datetime) -> None:
    """Close an account for good; what it did stays in the audit log under its public id."""
    account.disabled_at = now
    session.add(account)
    close_account_sessions(session, account)


def close_account_session(session: Session, token: str) -> None:
    session.exec(
        delete(AccountSession).where(col(AccountSession.token_hash) == keyed_hash("session", token))
    )


def account_of_session(session: Session, token: str, now: datetime) -> Account | None:
    """Who holds this session, while it lasts."""
    return session.exec(
        select(Account)
        .join(AccountSession, col(AccountSession.account_id) == col(Account.id))
        .where(
            AccountSession.token_hash == keyed_hash("session", token),
            AccountSession.expires_at > now,
            col(Account.disabled_at).is_(None),
        )
    ).one_or_none()
