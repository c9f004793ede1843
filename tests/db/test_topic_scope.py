"""Topics are learned from the questions that ask at length, or from those that people chose."""

import pytest
from sqlmodel import select

from analysis.text.encoders import content_key, sentence_encoder
from consultation.contributions.models import Contribution
from consultation.process.models import Consultation, Round, RoundState
from core.errors import Invalid
from results import runs, snapshots, topic_scope
from results.computing.vectors import VectorFiles, folder_of
from results.models import Audience, LeftOut, TopicMember
from results.refresh import refresh
from results.workbench.vectors import vectors_of
from surveys import instruments
from surveys.documents import QuestionnaireDocument
from tests.support.make import NOW, make_consultation
from tests.support.workbench import add_answers, make_coded_place

WORK = ["Teacher", "Safety engineer at a bank", "Nurse and trainer of nurses"]


def question(code, kind, **settings):
    return {"code": code, "kind": kind, "label": {"en": f"{code}?"}, "settings": settings}


def document(*questions):
    return QuestionnaireDocument.model_validate(
        {
            "title": {"en": "Survey"},
            "default_language": "en",
            "languages": ["en"],
            "sections": [{"code": "all", "title": {"en": "All"}, "questions": questions}],
        }
    )


ROLE, WHY = question("role", "short_text"), question("why", "long_text")


def read_by(documents, codes, chosen=()):
    return [
        c for c, is_read in topic_scope.is_read(codes, documents, dict(chosen)).items() if is_read
    ]


def test_a_line_about_a_person_is_left_out_and_what_nobody_asked_is_read():
    codes = ["role", "why", "dialogue", "who__other"]
    who = question("who", "single_choice", options=[{"code": "a", "label": {"en": "A"}}])
    documents = [document(ROLE, WHY, who)]
    assert read_by(documents, codes) == ["dialogue", "why"]
    assert read_by(documents, codes, {"role": True, "why": False}.items()) == ["dialogue", "role"]


def test_where_every_question_asks_for_a_line_lines_are_read():
    assert read_by([document(ROLE)], ["role"]) == ["role"]
    assert read_by([document(ROLE), document(WHY)], ["role", "why"]) == ["why"]
    assert read_by([document(ROLE), document(question("role", "long_text"))], ["role"]) == ["role"]
    assert read_by([], ["anything"]) == ["anything"]


@pytest.fixture
def place(database):
    """Sixty answers to a long question, thirty to a short one about the person."""
    with database.transaction() as session:
        consultation, _book = make_coded_place(session, 60)
        row = session.exec(select(Round)).one()
        row.state = RoundState.DRAFT
        made = instruments.add(
            session, consultation, document(ROLE, WHY).model_dump(mode="json"), NOW
        )
        instruments.assign(session, consultation, row, made.id or 0)
        row.state = RoundState.OPEN
        for answer in add_answers(session, consultation, WORK * 10):
            answer.question_code = "role"
    return database


def found(session):
    consultation = session.exec(select(Consultation)).one()
    run = runs.latest(session, consultation)
    return consultation, run, runs.table(session, run, Audience.COMMITTEE, "topics")


def of_role(session, table, run):
    return session.exec(
        select(table.contribution_id)
        .join(Contribution)
        .where(table.run_id == run.id, Contribution.question_code == "role")
    ).all()


def test_a_run_reads_what_is_in_scope_says_so_and_its_hash_tells(app, place, tmp_path):
    def run_again():
        with app.app_context():
            return refresh(place, "summit", now=NOW, folder=tmp_path)

    assert run_again()
    with place.transaction() as session:
        consultation, run, topics = found(session)
        assert topics["n"] == 60
        assert topics["scope"] == [
            {"key": "why", "label": {"en": "why?"}, "n": 60, "is_read": True},
            {"key": "role", "label": {"en": "role?"}, "n": 30, "is_read": False},
        ]
        assert of_role(session, TopicMember, run) == []
        assert of_role(session, LeftOut, run) == []
        first = runs.snapshot_of(session, run).content_hash
        documents = snapshots.all_documents(session, consultation)
        assert topic_scope.choose(session, consultation, documents, ["why"]) is None
    assert not run_again()
    with place.transaction() as session:
        consultation = session.exec(select(Consultation)).one()
        chosen = topic_scope.choose(session, consultation, documents, ["role", "why", "foreign"])
        assert chosen == ["role", "why"]
    assert run_again()
    with place.read_session() as session:
        _consultation, run, topics = found(session)
        assert topics["n"] == 90
        assert all(row["is_read"] for row in topics["scope"])
        assert runs.snapshot_of(session, run).content_hash != first
        assert of_role(session, TopicMember, run) or of_role(session, LeftOut, run)


def test_at_least_one_question_is_read(place):
    with place.transaction() as session:
        consultation = session.exec(select(Consultation)).one()
        for wanted in ([], ["foreign"]):
            with pytest.raises(Invalid):
                topic_scope.choose(session, consultation, [], wanted)


def test_on_both_stores_the_choice_is_kept_and_a_later_question_follows_the_rule(store):
    documents = [document(ROLE, WHY)]
    with store.transaction() as session:
        consultation, _book = make_coded_place(session, 4)
        before = topic_scope.asked(session, consultation, documents)
        assert [(row.code, row.label, row.n, row.is_read) for row in before] == [
            ("why", {"en": "why?"}, 4, True)
        ]
        for row in add_answers(session, consultation, WORK):
            row.question_code = "role"
        session.flush()
        assert topic_scope.unread(session, consultation, documents) == ["role"]
        assert topic_scope.choose(session, consultation, documents, ["role"]) == ["role"]
        assert topic_scope.unread(session, consultation, documents) == ["why"]
        later = [*documents, document(question("name", "short_text"), question("how", "long_text"))]
        assert topic_scope.unread(session, consultation, later) == ["name", "why"]
        foreign = make_consultation(session, slug="other")
        assert topic_scope.unread(session, foreign, documents) == ["role"]
        assert topic_scope.asked(session, foreign, documents) == []


def test_vectors_of_questions_that_topics_do_not_read_wait_for_the_workbench(app, place, tmp_path):
    encoder = sentence_encoder()
    if encoder is None:
        pytest.skip("the encoder of sentences is not installed")
    folder = folder_of(tmp_path, "summit")
    gone = "Nobody said this"
    vectors_of([*WORK, gone], ["en"] * 4, 0, folder, lambda *_: None)
    with app.app_context():
        assert refresh(place, "summit", now=NOW, folder=tmp_path)
    files = VectorFiles(folder)
    assert set(files.read(encoder.name, [content_key(text) for text in WORK])) == {
        content_key(text) for text in WORK
    }
    assert not files.read(encoder.name, [content_key(gone)])
