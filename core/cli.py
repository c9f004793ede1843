"""Commands of the installation: the store, the worker, accounts, the audit log."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click
from alembic.util import CommandError
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlmodel import Session, col, select

from core import audit, jobs, schema
from core.auth.models import Account
from core.auth.services import create_account, disable_account, find_account, make_link
from core.db import get_database
from core.errors import DomainError
from core.liveness import die_with_parent
from core.security import current_settings
from core.serve import serve
from core.worker import make_worker

db = AppGroup("db", help="The store.")
NICENESS = 10
JobChange = Callable[[Session, int, datetime], bool]

job_list = AppGroup("jobs", help="The jobs.")
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
    made = make_worker(app._get_current_object())  # noqa: SLF001 - the thread needs the app
    if until_idle:
        click.echo(f"{made.run_until_idle()} jobs done.")
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    made.run_forever(stop)


@job_list.command("list")
@click.option("--state", type=click.Choice([state.value for state in jobs.JobState]))
@click.option("--rows", default=50, show_default=True, type=click.IntRange(1, 1000))
def list_jobs(state: str | None, rows: int) -> None:
    """Show jobs: running, waiting and failed ones first."""
    wanted = jobs.JobState(state) if state else None
    with get_database().read_session() as session:
        for job in jobs.latest(session, rows, wanted):
            words = (str(job.id), job.state.value, job.kind, f"{job.attempts} tries", job.error)
            click.echo(
                "\t".join((*map(str, filter(None, words)), job.run_at.isoformat("T", "seconds")))
            )


@job_list.command("retry")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
def retry_job(number: int) -> None:
    """Queue a job that failed or was cancelled once more."""
    _change_job(jobs.retry, "retry_job", number)


@job_list.command("cancel")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
def cancel_job(number: int) -> None:
    """End a waiting job; ask a running one to stop at its next step."""
    _change_job(jobs.cancel, "cancel_job", number)


@job_list.command("run", hidden=True)
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@click.argument("owner")
def run_job(number: int, owner: str) -> None:
    """Run a job that a worker of this machine has claimed; it starts this command itself."""
    die_with_parent()
    # Whoever waits for a page goes first.
    os.nice(NICENESS)
    app: Any = current_app
    made = make_worker(app._get_current_object())  # noqa: SLF001 - handlers need the app
    made.run_claimed(number, owner)


def _change_job(change: JobChange, action: str, number: int) -> None:
    now = datetime.now(UTC)
    with get_database().transaction() as session:
        if not change(session, number, now):
            message = f"Job {number} is not in a state that allows this."
            raise click.ClickException(message)
        audit.record(session, actor="cli", action=action, target=f"jobs/{number}", now=now)


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


@accounts.command("list")
def list_accounts() -> None:
    """Show who may sign in, and who is an administrator."""
    with get_database().read_session() as session:
        for account in session.exec(select(Account).order_by(col(Account.email))):
            states = ("disabled" if account.disabled_at else "", "administrator")
            words = (states[0], states[1] if account.is_administrator else "")
            click.echo("\t".join((account.public_id, account.email, *filter(None, words))))


@accounts.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Close an account: it is signed out everywhere and cannot sign in again."""
    now = datetime.now(UTC)
    with get_database().transaction() as session:
        account = find_account(session, email)
        if account is None:
            message = "There is no open account with this address."
            raise click.ClickException(message)
        disable_account(session, account, now)
        target = f"accounts/{account.public_id}"
        audit.record(session, actor="cli", action="disable_account", target=target, now=now)
    click.echo("The account is closed.")


@audit_log.command("verify")
@click.option("--seal", help="A seal that was noted before; it must still be in the log.")
def verify(seal: str | None) -> None:
    """Check the chain; exit 1 and name the entries where it is broken.

    The newest seal is printed. Entries cut off at the end leave a whole chain behind; only a seal
    that was noted elsewhere shows that they are gone.
    """
    with get_database().read_session() as session:
        broken = list(audit.find_breaks(session))
        count, newest = audit.state(session)
        is_known = seal is None or audit.has_seal(session, seal)
    if broken:
        message = f"The log was changed at entries: {', '.join(map(str, broken))}"
        raise click.ClickException(message)
    if not is_known:
        message = "The noted seal is not in the log: entries were cut off or written anew."
        raise click.ClickException(message)
    click.echo(f"The log is whole: {count} entries, newest seal {newest}")


COMMANDS = (db, worker, job_list, serve, accounts, audit_log)
