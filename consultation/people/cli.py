"""`flask tokens`: tokens of the API from the command line."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from consultation.people import api_tokens
from consultation.process.queries import by_slug
from core import audit
from core.api import Scope
from core.auth.services import find_account
from core.db import get_database
from core.errors import DomainError

tokens = AppGroup("tokens", help="Tokens of the API.")


@tokens.command("create")
@click.argument("email")
@click.argument("consultation")
@click.option("--name", required=True, help="Which program will use it.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 366))
def create_token(
    email: str, consultation: str, name: str, scopes: tuple[str, ...], days: int
) -> None:
    """Make a token for an account in a consultation and print it, once."""
    now = datetime.now(UTC)
    wish = api_tokens.Wish(name, frozenset(map(Scope, scopes)), days)
    try:
        with get_database().transaction() as session:
            account = find_account(session, email)
            if account is None:
                message = f"There is no account with the address {email}."
                raise click.ClickException(message)
            place = by_slug(session, consultation)
            row, token = api_tokens.create(session, account, place, wish, now)
            audit.record(
                session,
                actor="cli",
                action="create_token",
                target=f"{place.slug}/tokens/{row.public_id}",
                details={"account": account.public_id, "scopes": row.scopes},
                now=now,
            )
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(token)


@tokens.command("list")
@click.argument("email")
def list_tokens(email: str) -> None:
    """Show the tokens of an account; never the secret."""
    now = datetime.now(UTC)
    with get_database().read_session() as session:
        account = find_account(session, email)
        if account is None:
            message = f"There is no account with the address {email}."
            raise click.ClickException(message)
        for row, place in api_tokens.tokens_of(session, account):
            used = row.last_used_on.isoformat() if row.last_used_on else "never used"
            until = f"until {row.expires_at:%Y-%m-%d}" if row.is_good(now) else "ended"
            click.echo(
                "\t".join((row.public_id, place.slug, row.name, until, used, " ".join(row.scopes)))
            )


@tokens.command("revoke")
@click.argument("token_id")
def revoke_token(token_id: str) -> None:
    """End a token at once; its id stands in the list."""
    now = datetime.now(UTC)
    try:
        with get_database().transaction() as session:
            row = api_tokens.revoke(session, token_id, now, None)
            audit.record(
                session,
                actor="cli",
                action="revoke_token",
                target=f"tokens/{row.public_id}",
                now=now,
            )
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo("The token was revoked.")
