"""Tokens of the API: one account, one consultation, chosen scopes, an end. Only a hash is kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import JSON, CheckConstraint, update
from sqlmodel import Field, Session, SQLModel, col, select

from consultation.people.queries import roles_of
from consultation.process.models import Consultation
from core.api import NEEDED, Bearer, Scope
from core.auth.models import Account
from core.auth.permissions import GRANTS, Permission
from core.db import new_id
from core.errors import Conflict, Invalid, NotFound
from core.i18n import _
from core.security import keyed_hash, new_token

#: Lets a reader, and a program that looks for lost secrets, know one when they see it.
MARK = "polylogue_"
LONGEST_DAYS = 366
MOST_TOKENS = 50


class ApiToken(SQLModel, table=True):
    """A token by its hash; what it may do is also bounded by its account's role at the moment."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("created_at < expires_at", name="ends_after_its_start"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    consultation_id: int = Field(foreign_key="consultation.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=100)
    token_hash: str = Field(max_length=64, unique=True)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None = None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a token for."""

    name: str
    scopes: frozenset[Scope]
    days: int


def create(
    session: Session, account: Account, consultation: Consultation, wish: Wish, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token; its words are returned once and stored nowhere."""
    _check(session, account, consultation, wish, now)
    token = MARK + new_token()
    row = ApiToken(
        account_id=account.id or 0,
        consultation_id=consultation.id or 0,
        name=wish.name.strip(),
        token_hash=keyed_hash("api-token", token),
        scopes=sorted(wish.scopes),
        created_at=now,
        expires_at=now + timedelta(days=wish.days),
    )
    session.add(row)
    session.flush()
    return row, token


def _check(
    session: Session, account: Account, consultation: Consultation, wish: Wish, now: datetime
) -> None:
    if not wish.name.strip() or len(wish.name) > 100:
        raise Invalid(_("Give the token a name of at most 100 characters."), field="name")
    if not wish.scopes:
        raise Invalid(_("Choose what the token may do."), field="scopes")
    if not 1 <= wish.days <= LONGEST_DAYS:
        raise Invalid(_("Choose between 1 and %(days)s days.", days=LONGEST_DAYS), field="days")
    allowed = scopes_of(session, account, consultation)
    if not wish.scopes <= allowed:
        codes = ", ".join(sorted(wish.scopes - allowed))
        raise Invalid(
            _("The role in this consultation does not allow: %(codes)s.", codes=codes),
            field="scopes",
        )
    good = [row for row, _place in tokens_of(session, account) if row.is_good(now)]
    if len(good) >= MOST_TOKENS:
        raise Conflict(_("There are too many tokens. Revoke those that are not used any more."))


def permissions_of(
    session: Session, account: Account, consultation: Consultation
) -> frozenset[Permission]:
    roles = roles_of(session, account.id or 0, consultation.slug)
    return frozenset().union(*(GRANTS[role] for role in roles))


def scopes_of(session: Session, account: Account, consultation: Consultation) -> frozenset[Scope]:
    """The scopes that an account's roles in a consultation allow now."""
    held = permissions_of(session, account, consultation)
    return frozenset(scope for scope in Scope if NEEDED[scope] <= held)


def tokens_of(session: Session, account: Account) -> list[tuple[ApiToken, Consultation]]:
    """An account's tokens with their consultations, the newest first."""
    found = session.exec(
        select(ApiToken, Consultation)
        .join(Consultation, col(Consultation.id) == col(ApiToken.consultation_id))
        .where(ApiToken.account_id == account.id)
        .order_by(col(ApiToken.created_at).desc(), col(ApiToken.id).desc())
    )
    return list(found)


def revoke(session: Session, public_id: str, now: datetime, account: Account | None) -> ApiToken:
    """End a token at once; `account` is whose it must be, or None for the installation's hand."""
    wanted = select(ApiToken).where(ApiToken.public_id == public_id)
    if account is not None:
        wanted = wanted.where(ApiToken.account_id == account.id)
    row = session.exec(wanted).one_or_none()
    if row is None:
        raise NotFound(_("There is no such token."))
    if row.revoked_at is None:
        row.revoked_at = now
        session.add(row)
        session.flush()
    return row


def bearer_of(session: Session, token: str, now: datetime) -> Bearer | None:
    """Whose token this is, if it is good and its account may still sign in."""
    found = session.exec(
        select(ApiToken, Account, Consultation)
        .join(Account, col(Account.id) == col(ApiToken.account_id))
        .join(Consultation, col(Consultation.id) == col(ApiToken.consultation_id))
        .where(
            ApiToken.token_hash == keyed_hash("api-token", token),
            col(Account.disabled_at).is_(None),
        )
    ).one_or_none()
    if found is None or not found[0].is_good(now):
        return None
    row, account, consultation = found
    scopes = frozenset(scope for scope in Scope if scope.value in row.scopes)
    return Bearer(row.public_id, account, consultation.slug, scopes, row.last_used_on)


def note_use(session: Session, bearer: Bearer, today: date) -> None:
    session.connection().execute(
        update(ApiToken).where(col(ApiToken.public_id) == bearer.id).values(last_used_on=today)
    )
