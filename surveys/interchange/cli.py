"""`flask responses`: bring in answers that were collected elsewhere."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlmodel import Session, select

from consultation.process.models import Consultation
from core import audit
from core.db import get_database
from core.errors import Invalid
from surveys.interchange.mapping import Mapping, read_mapping
from surveys.interchange.responses import Reading, Refusal, read_files
from surveys.interchange.storing import ensure_round, store

responses = AppGroup("responses", help="Responses collected elsewhere.")


@responses.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--mapping", "mapping_file", required=True, type=click.Path(path_type=Path))
@click.option("--consultation", "slug", required=True, help="The consultation's address name.")
@click.option("--create", is_flag=True, help="Create the consultation when there is none.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--skip-refused", is_flag=True, help="Store the good rows although some are refused.")
def import_responses(
    files: tuple[Path, ...],
    *,
    mapping_file: Path,
    slug: str,
    create: bool,
    dry_run: bool,
    skip_refused: bool,
) -> None:
    """Store the rows of FILES as submissions; run again, it changes only what differs."""
    try:
        mapping = read_mapping(mapping_file)
        reading = read_files(mapping, list(files))
    except (Invalid, OSError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    _report(reading)
    if dry_run:
        click.echo("Dry run: nothing was stored.")
    elif reading.refusals and not skip_refused:
        message = "Nothing was stored. Mend the rows above, or add --skip-refused."
        raise click.ClickException(message)
    else:
        _store(mapping, reading, slug, create=create)


def _store(mapping: Mapping, reading: Reading, slug: str, *, create: bool) -> None:
    now = datetime.now(UTC)
    with get_database().transaction() as session:
        consultation = _consultation(session, slug, mapping, now, create=create)
        row = ensure_round(session, consultation, mapping, reading.columns, now)
        outcome = store(session, consultation, row, mapping, reading, now)
        audit.record(
            session,
            actor="cli",
            action="import_responses",
            target=f"{slug}/round/{row.number}",
            details={"added": outcome.added, "changed": outcome.changed},
            now=now,
        )
        click.echo(
            f"Round {row.number}: {outcome.added} added, {outcome.changed} changed, "
            f"{outcome.unchanged} unchanged; {outcome.texts} texts stored."
        )


def _consultation(
    session: Session, slug: str, mapping: Mapping, now: datetime, *, create: bool
) -> Consultation:
    found = session.exec(select(Consultation).where(Consultation.slug == slug)).one_or_none()
    if found is not None:
        return found
    if not create:
        message = f"There is no consultation {slug}. Add --create to make it."
        raise click.ClickException(message)
    made = Consultation(
        slug=slug,
        title=mapping.title,
        languages=[mapping.default_language],
        region_classification="un_group",
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _report(reading: Reading) -> None:
    texts = sum(len(record.texts) for record in reading.records)
    click.echo(f"{len(reading.records)} responses and {texts} texts can be stored.")
    if reading.unmapped_columns:
        click.echo(f"Columns left out, not in the mapping: {', '.join(reading.unmapped_columns)}")
    for refusal in reading.refusals:
        click.echo(_sentence(refusal), err=True)


def _sentence(refusal: Refusal) -> str:
    return f"{refusal.file}, line {refusal.line}, column {refusal.column}: {refusal.reason}"
