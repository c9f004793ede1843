"""Commands of the installation: the store, the worker, accounts, the audit log."""

import signal
import threading
from datetime import UTC, datetime
from typing import Any

import click
from alembic.util import CommandError
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from core import audit, jobs, schema
from core.auth.services import create_account, find_account, make_link
from core.db import get_database
from core.errors import DomainError
from core.security import current_settings
from core.serve import serve

db = AppGroup("db", help="The store.")
accounts = AppGroup("accounts", help="Accounts of organisers, committee members and others.")
audit_log = AppGroup("audit", help="The audit log.")


@db.command("upgrade")
def upgrade() -> None:
    """Make or bring up to date all tables."""
    schema.upgrade(get_database())
    click.echo("The store is up to date.")


@db.command("check")
def check() -> None:
    """Fail where the tables of the code and of the migrations differ."""
    try:
        schema.check(get_database())
    except CommandError as error:
        raise click.ClickException(str(error)) from error
    click.echo("The store is as the code expects.")


@db.command("revision")
@click.argument("title")
def revision(title: str) -> None:
    """Write a migration from the difference (for developers)."""
    schema.make_revision(get_database(), title)


@click.command("worker")
@click.option("--until-idle", is_flag=True, help="Stop when nothing is left to do.")
@with_appcontext
def worker(*, until_idle: bool) -> None:
    """Do jobs in this process until it is told to stop."""
    app: Any = current_app
    made = jobs.make_worker(app._get_current_object())  # noqa: SLF001 - the thread needs the app
    if until_idle:
        click.echo(f"{made.run_until_idle()} jobs done.")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    made.run_forever(stop)


@accounts.command("create-administrator")
@click.argument("email")
@click.option("--name", required=True)
def create_administrator(email: str, name: str) -> None:
    """Make an administrator, or a new link for one, and print a one-time sign-in link."""
    now = datetime.now(UTC)
    try:
        with get_database().transaction() as session:
            account = find_account(session, email)
            if account is None:
                account = create_account(
                    session, email=email, name=name, now=now, is_administrator=True
                )
                audit.record(
                    session,
                    actor="cli",
                    action="create_administrator",
                    target=f"accounts/{account.public_id}",
                    now=now,
                )
            token = make_link(session, account, now)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{current_settings().base_url}/sign-in/link/{token}")


@audit_log.command("verify")
def verify() -> None:
    """Check the chain; exit 1 and name the entries where it is broken."""
    with get_database().read_session() as session:
        broken = list(audit.find_breaks(session))
    if broken:
        message = f"The log was changed at entries: {', '.join(map(str, broken))}"
        raise click.ClickException(message)
    click.echo("The log is whole.")


COMMANDS = (db, worker, serve, accounts, audit_log)
