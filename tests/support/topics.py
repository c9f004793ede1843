"""A run over answers of several regions, channels and languages, with topics and themes."""

from pathlib import Path

from flask import Flask
from sqlmodel import Session, select

from consultation.contributions.models import Channel
from consultation.process.models import Consultation
from consultation.process.queries import by_slug
from core.db import get_database
from results.models import AnalysisRun, RunTable, TopicMember, TopicMention
from results.refresh import refresh
from results.workbench.queries import codebook_of
from tests.support.make import NOW
from tests.support.themes import add_themes
from tests.support.workbench import add_answers, make_coded_place, sentences


def make_many_voices(session: Session) -> Consultation:
    """Ninety answers in English and forty in French, of all kinds of origin."""
    place, _book = make_coded_place(session, 90)
    french = [text for text, _theme in sentences(40, "fr")]
    answers = add_answers(session, place, french, language="fr")
    for answer in answers[:5]:
        answer.region = answer.sector = None
    for answer in answers[5:15]:
        answer.channel, answer.round_id = Channel.COMMENT, None
    for answer in answers[15:18]:
        answer.declared_language = answer.language = "fr-CA"
    session.flush()
    return place


def compute(app: Flask, folder: Path) -> None:
    """Find topics in the answers, and add the figures of themes."""
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=folder)
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        book = codebook_of(session, place)
        assert book is not None
        add_themes(session, place, book, session.exec(select(AnalysisRun)).one())


def members(app: Flask, number: int = 0) -> list[TopicMember]:
    """The answers of a topic, those first that the machine is surest of."""
    with get_database(app).read_session() as session:
        found = session.exec(select(TopicMember).where(TopicMember.topic == number)).all()
    return sorted(found, key=lambda row: (-row.confidence, row.contribution_id))


def mention(app: Flask, count: int) -> None:
    """Have the surest answers of the second topic speak of the first one too."""
    with get_database(app).transaction() as session:
        run = session.exec(select(AnalysisRun)).one()
        for row in members(app, 1)[:count]:
            key = row.contribution_id
            session.add(
                TopicMention(run_id=run.id or 0, topic=0, contribution_id=key, confidence=0.3)
            )
        table = session.exec(select(RunTable).where(RunTable.name == "topics")).one()
        rows = [{**row, "also": count if row["key"] == "0" else 0} for row in table.body["rows"]]
        table.body = {**table.body, "rows": rows}
