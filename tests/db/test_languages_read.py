"""A text is in the language that it reads in; what its author declared stays as evidence."""

import pytest
from sqlmodel import select

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from results import runs
from results.agenda.quotes import quote_of
from results.models import Audience
from results.refresh import refresh
from results.workbench import population
from results.workbench.queries import codebook_of
from tests.support.make import NOW
from tests.support.workbench import add_answers, make_coded_place

FRENCH = "Les travailleurs doivent être formés avant que leurs emplois ne disparaissent"
ENGLISH = "Workers must be trained long before their jobs disappear for good"


@pytest.fixture
def place(app, database, tmp_path):
    """Sixty English answers, and a French one on an English form; a run has read them."""
    with database.transaction() as session:
        consultation, _book = make_coded_place(session, 60)
        consultation.languages = ["en", "fr"]
        add_answers(session, consultation, [FRENCH])
    compute(app, database, tmp_path)
    return database


def compute(app, database, folder):
    with app.app_context():
        assert refresh(database, "summit", now=NOW, folder=folder)


def written(session):
    return session.exec(select(Contribution).where(Contribution.text.in_([FRENCH, ENGLISH]))).one()


def test_an_answer_in_another_language_than_its_form_is_shown_and_coded_in_its_own(place):
    with place.read_session() as session:
        answer = written(session)
        assert (answer.language, answer.declared_language) == ("fr", "en")
        assert quote_of(answer).language == "fr"
        book = codebook_of(session, session.exec(select(Consultation)).one())
        tags = {one.id: one.language for one, _text in population.readable(session, book)}
        assert tags.pop(answer.id) == "fr"
        assert set(tags.values()) == {"en"}
        run = runs.latest(session, session.exec(select(Consultation)).one())
        quality = runs.table(session, run, Audience.COMMITTEE, "topics")
        assert quality["n_usable"] == 61


def test_new_words_are_in_the_declared_language_until_they_are_read(app, place, tmp_path):
    with place.transaction() as session:
        contributions.replace_text(session, written(session), ENGLISH)
        assert written(session).language == "en"
        words = written(session).text_hash
        key, consultation = written(session).id, written(session).consultation_id
        assert contributions.read_in(session, consultation, [(key, "0" * 64, "fr")]) == 0
        assert contributions.read_in(session, consultation, [(key, words, "en")]) == 0
        assert contributions.read_in(session, consultation + 1, [(key, words, "fr")]) == 0
        assert written(session).language == "en"


def test_equal_words_are_in_the_language_that_they_were_read_in(place):
    with place.transaction() as session:
        answer = written(session)
        before = answer.text_hash
        contributions.replace_text(session, answer, f"  {FRENCH}\r\n")
        assert (answer.language, answer.declared_language) == ("fr", "en")
        assert (answer.text, answer.text_hash) == (FRENCH, before)


def test_what_a_run_read_is_no_new_input(app, place, tmp_path):
    with app.app_context():
        assert not refresh(place, "summit", now=NOW, folder=tmp_path)
