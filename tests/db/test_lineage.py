"""Links from items of rounds to texts, as both stores keep them: none leads nowhere, none bars an erasure."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from app import create_app
from consultation.contributions.models import Contribution
from core.db import get_database
from results.agenda import intake
from results.agenda import services as agenda
from results.agenda.trails import trail
from results.models import ConfirmedTopic, TopicMember
from results.rounds import services as rounds
from results.rounds.items import Addition
from results.rounds.lineage import tree_of, written
from results.rounds.models import Fate, ItemSource
from surveys import instruments
from surveys import services as surveys
from surveys.queries import find_respondent
from tests.plugins.application import make_settings
from tests.support.agenda import make_run
from tests.support.rounds import close, make_panel, open_now


@pytest.fixture
def store(tmp_path, database_url):
    app = create_app(make_settings(tmp_path, database_url=database_url))
    database = get_database(app)
    SQLModel.metadata.create_all(database.engine)
    with app.app_context():
        yield database
    database.dispose()


def test_a_link_outlives_its_text_and_says_so(store):
    now = datetime.now(UTC)
    with store.transaction() as session:
        place, first, _tokens = make_panel(session, people=12)
        texts = session.exec(
            select(Contribution)
            .where(Contribution.question_code == "why")
            .order_by(col(Contribution.text))
        ).all()
        run = make_run(session, place)
        session.add(TopicMember(run_id=run.id, contribution_id=texts[1].id, topic=1, confidence=1))
        topic = session.exec(select(ConfirmedTopic)).one()
        named = (f"{texts[0].id}:0-4", f"topic:{topic.public_id}")
        wanted = rounds.NextRound(
            decisions={},
            additions=[Addition("order", {"en": "Power"}, "", named)],
            title={},
            opens_at=now + timedelta(days=1),
            closes_at=now + timedelta(days=2),
            decided_by="a" * 26,
        )
        second = rounds.make_next(session, place, first, wanted, now)
        instruments.freeze(session, second, now)
        open_now(session, second)
        close(session, second)
        place_id, removed, kept = place.id, texts[0].id, texts[1].id
    with store.transaction() as session:
        assert len(trail(session, session.get(Contribution, removed)).asked) == 1
        session.delete(session.get(Contribution, removed))
    with store.read_session() as session:
        tree = tree_of(session, place_id)
        (added,) = [tree.items[step.to_id] for step in tree.steps if step.fate is Fate.ADDED]
        found = written(session, tree.sources[added.id])
        assert (found.withdrawn, len(found.groups), found.quotable) == (1, 1, [])
        assert trail(session, session.get(Contribution, kept)).asked[0].through == {"en": "Wells"}
    with store.transaction() as session, pytest.raises(IntegrityError), session.begin_nested():
        # A run that an item came from does not go away under it.
        session.connection().exec_driver_sql("DELETE FROM analysis_run")
    with store.transaction() as session:
        session.delete(tree.items[added.id])
        session.flush()
        assert session.exec(select(ItemSource)).all() == []


def test_a_text_that_evidence_names_can_be_emptied_by_its_author(store):
    with store.transaction() as session:
        place, first, tokens = make_panel(session, people=2)
        text = session.exec(select(Contribution).where(Contribution.question_code == "why")).first()
        item = intake.add_item(
            session, place, intake.Proposal({"en": "Power"}), actor="x", now=datetime.now(UTC)
        )
        agenda.link_contribution(session, item, text.id, datetime.now(UTC))
        open_now(session, first)
        token = next(
            token
            for token in tokens
            if find_respondent(session, token).submission.answers["why"]["value"] == text.id
        )
        key = text.id
    emptied = {"why": {"state": "skipped", "value": None}}
    with store.transaction() as session:
        saved = surveys.Save(answers=emptied, language="en")
        surveys.save_page(session, token, saved, datetime.now(UTC))
    with store.read_session() as session:
        left = session.get(Contribution, key)
        assert (left.text, left.state.value) == ("", "withdrawn")
        assert find_respondent(session, token).submission.answers["why"]["value"] is None
