"""A corrected file of answers from elsewhere: what people coded and linked stays with each text."""

import pytest
from sqlmodel import SQLModel, select

from app import create_app
from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution, Translation
from consultation.contributions.services import hash_text
from consultation.process.models import Challenge, Consultation
from core.db import get_database
from results.agenda.models import Evidence, EvidenceKind
from surveys.models import Submission
from tests.plugins.application import make_settings
from tests.support.agenda import make_item
from tests.support.imports import ROWS, TEXTS, Importer
from tests.support.make import NOW


@pytest.fixture
def app(database_url, tmp_path):
    application = create_app(make_settings(tmp_path, database_url=database_url))
    SQLModel.metadata.create_all(get_database(application).engine)
    yield application
    get_database(application).dispose()


@pytest.fixture
def importer(app, tmp_path):
    return Importer(app, tmp_path)


def test_a_corrected_response_keeps_its_texts_and_what_is_linked_to_them(importer, database):
    texts = [*TEXTS, {"id": "2", "question": "why", "text": "For our children."}]
    importer(texts=texts)
    keys = texts_of(database)
    first, second = (text["text"] for text in texts)
    people = submissions_of(database)
    with database.transaction() as session:
        link(session, *keys.values())
        for key in keys.values():
            asked = {"requested_by": "x", "requested_at": NOW}
            session.add(Translation(contribution_id=key, language="fr", **asked))
    moved = [ROWS[0], ROWS[1].replace("Kenya", "France"), ROWS[2].replace("NGO", "Firm"), ROWS[3]]
    importer(rows=moved, texts=[texts[0], {**texts[1], "text": "For all children."}])
    assert texts_of(database) == {first: keys[first], "For all children.": keys[second]}
    assert submissions_of(database) == people
    with database.read_session() as session:
        held = {row.text: row for row in session.exec(select(Contribution))}
        assert held[first].region == "weog"
        assert held["For all children."].sector == "industry"
        assert held["For all children."].text_hash == hash_text("For all children.")
        # A translation says what the words said.
        assert [row.contribution_id for row in session.exec(select(Translation))] == [keys[first]]


def test_a_text_that_a_corrected_file_lacks_goes_unless_evidence_names_it(importer, database):
    texts = [{"id": str(n), "question": "why", "text": f"Reason {n}"} for n in (1, 2, 3)]
    importer(texts=texts)
    keys = texts_of(database)
    with database.transaction() as session:
        link(session, keys["Reason 2"])
    told = importer(texts=texts[:1])
    assert "0 added, 2 changed, 1 unchanged" in told.output
    with database.read_session() as session:
        left = {row.id: row.text for row in session.exec(select(Contribution))}
        assert left == {keys["Reason 1"]: "Reason 1", keys["Reason 2"]: ""}
        assert session.exec(select(Evidence)).one().contribution_id == keys["Reason 2"]
    importer(texts=texts)
    again = texts_of(database)
    assert again["Reason 1"] == keys["Reason 1"]
    assert again.keys() == {"", *keys}  # the words came back as a text of their own


def test_what_was_withdrawn_stays_withdrawn(importer, database):
    importer()
    with database.transaction() as session:
        contributions.withdraw(session, session.exec(select(Contribution)).one())
    importer(rows=[ROWS[0], ROWS[1].replace("Kenya", "France"), *ROWS[2:]])
    assert texts_of(database).keys() == {""}


def link(session, *keys):
    """Texts as evidence of an item."""
    place = session.exec(select(Consultation)).one()
    session.add(
        Challenge(consultation_id=place.id, code="water", position=1, title={"en": "Water"})
    )
    session.flush()
    item = make_item(session, place)
    for key in keys:
        kind = EvidenceKind.CONTRIBUTION
        session.add(Evidence(item_id=item.id, kind=kind, contribution_id=key, added_at=NOW))


def submissions_of(database):
    with database.read_session() as session:
        return set(session.exec(select(Submission.id)))


def texts_of(database):
    with database.read_session() as session:
        return {row.text: row.id for row in session.exec(select(Contribution))}
