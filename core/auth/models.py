"""Accounts and their sessions. Respondents have no account: a private link is enough."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from core.db import new_id


class Account(SQLModel, table=True):
    """Somebody with power over a process: organiser, committee member, researcher and so on."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_id, max_length=26, unique=True)
    email: str = Field(max_length=254, unique=True)
    name: str = Field(max_length=200)
    language: str = Field(default="en", max_length=16)
    password_hash: str | None = Field(default=None, max_length=200)
    is_administrator: bool = False
    created_at: datetime
    disabled_at: datetime | None = None


class AccountSession(SQLModel, table=True):
    """One signed-in browser. The cookie holds the token, the table its hash."""

    __tablename__ = "account_session"

    token_hash: str = Field(max_length=64, primary_key=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    created_at: datetime
    expires_at: datetime


class SignInLink(SQLModel, table=True):
    """A one-time link sent by mail; it is deleted when it is used."""

    __tablename__ = "sign_in_link"

    token_hash: str = Field(max_length=64, primary_key=True)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    expires_at: datetime
