"""`flask demo`: the synthetic consultation, ready to look at."""

from datetime import UTC, datetime, timedelta

import click
from flask.cli import AppGroup
from sqlmodel import Session, select

from consultation.process.models import Consultation, RoundState
from consultation.process.queries import rounds
from consultation.process.services import create_from_template, template
from core import schema
from core.auth.models import Account
from core.auth.services import create_account, find_account, make_link
from core.db import get_database
from core.security import current_settings
from core.serve import serve
from results import publication, runs
from results.agenda.queries import items
from results.demo import agenda, build, coding, past
from results.demo.generator import DEFAULT_SEED, generate
from results.refresh import refresh
from results.workbench.jobs import code_now
from surveys import instruments

demo = AppGroup("demo", help="The synthetic demonstration.")
TEMPLATE = "summit_preparation"
#: The demonstration stands in the days of the third round, which is open.
ROUND = 3
ADMINISTRATOR = "administrator@example.org"


@demo.command("serve")
@click.pass_context
def serve_demo(context: click.Context) -> None:
    """Prepare the demonstration where it is missing, and serve it."""
    _prepare()
    context.invoke(serve)


@demo.command("prepare")
def prepare() -> None:
    """Make the tables, the synthetic consultation and its first run, where they are missing."""
    _prepare()


def _prepare() -> None:
    now = datetime.now(UTC)
    database = get_database()
    schema.upgrade(database)
    with database.transaction() as session:
        known = session.exec(
            select(Consultation).where(Consultation.slug == build.SLUG)
        ).one_or_none()
        if known is None:
            click.echo("Writing the synthetic consultation …")
            known = build_consultation(session, now)
            coding.play(session, known, now)
        computed = runs.latest(session, known) is not None
    if not computed:
        click.echo("Computing the figures …")
        refresh(database, build.SLUG, now=now)
        code_now(database, build.SLUG, current_settings().instance_path, now)
    with database.transaction() as session:
        _decide(session, datetime.now(UTC))
    _print_links(now)


def build_consultation(session: Session, now: datetime) -> Consultation:
    """The synthetic consultation, from its template to its answers, before any run."""
    plan = template(TEMPLATE)
    entry = plan["rounds"][ROUND - 1]
    opened = now - timedelta(days=entry["days"] // 2)
    content = generate(DEFAULT_SEED)
    consultation = create_from_template(
        session,
        TEMPLATE,
        slug=build.SLUG,
        title={
            "en": "Next AI Summit: what should be on the agenda?",
            "fr": "Prochain sommet sur l'IA : que mettre à l'ordre du jour ?",
            "ar": "القمة القادمة للذكاء الاصطناعي: ماذا يكون على جدول الأعمال؟",
        },
        starts_on=(opened - timedelta(days=entry["starts_after_days"])).date(),
        now=now,
    )
    consultation.is_synthetic = True
    consultation.is_public = True
    session.add(consultation)
    for row in rounds(session, consultation):
        raw = instruments.ready_document(plan["rounds"][row.number - 1]["questionnaire"])
        made = instruments.add(session, consultation, raw, now)
        instruments.assign(session, consultation, row, made.id or 0)
        instruments.freeze(session, row, now)
        row.state = RoundState.OPEN if row.number == ROUND else RoundState.CLOSED
        session.add(row)
    build.add_accounts(session, consultation, now)
    create_account(
        session, email=ADMINISTRATOR, name="Demo administrator", now=now, is_administrator=True
    )
    stakeholders = build.add_stakeholders(session, consultation, content, now)
    build.add_responses(session, consultation, content, stakeholders)
    build.add_dialogue(session, consultation, content, now)
    return consultation


def _decide(session: Session, now: datetime) -> None:
    """The committee's part of the story: topics named, figures published, an agenda adopted."""
    consultation = session.exec(select(Consultation).where(Consultation.slug == build.SLUG)).one()
    run = runs.latest(session, consultation)
    if run is None or items(session, consultation):
        return
    committee = session.exec(select(Account).where(Account.email == "committee@example.org")).one()
    agenda.name_topics(session, consultation, run, committee.public_id, now)
    threshold = current_settings().thresholds.public_count
    publication.publish(session, consultation, run, threshold=threshold, now=now)
    agenda.play(session, consultation, run, now)
    judges = past.committee(session, [member["email"] for member in agenda.story()["members"]])
    past.play(session, consultation, judges, now)


def _print_links(now: datetime) -> None:
    """Addresses, and a one-time sign-in link for each of the demonstration's people."""
    base = current_settings().base_url
    with get_database().transaction() as session:
        consultation = session.exec(
            select(Consultation).where(Consultation.slug == build.SLUG)
        ).one()
        row = next(r for r in rounds(session, consultation) if r.number == ROUND)
        click.echo("\nThis is synthetic data. Nobody gave these answers.\n")
        click.echo(f"Front page         {base}/")
        click.echo(f"Answer the survey  {base}/o/{row.public_id}")
        click.echo(f"Public results     {base}/consultations/{build.SLUG}/results")
        click.echo(f"Public agenda      {base}/consultations/{build.SLUG}/agenda")
        click.echo(f"Last edition       {base}/consultations/{past.SLUG}/outcomes\n")
        click.echo("Sign in (each link works once, for 30 minutes):")
        emails = [*(email for email, _name, _roles in build.ACCOUNTS), ADMINISTRATOR]
        for email in emails:
            account = find_account(session, email)
            if account is not None:
                token = make_link(session, account, now)
                click.echo(f"  {account.name:22} {base}/sign-in/link/{token}")
    click.echo("")
