"""What a run leaves out is counted with its reason, and a person can have any of it read."""

import pytest
from sqlmodel import select

from analysis.text.quality import TextKind
from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from core.db import Database
from core.errors import Conflict, Invalid
from results import runs, snapshots
from results.models import Audience, LeftOut
from results.refresh import refresh
from results.workbench import edits, population, readings, sorting
from results.workbench.models import EditKind, Purpose, PutBack
from results.workbench.queries import codebook_of
from tests.support.agenda import make_run
from tests.support.make import NOW, make_consultation
from tests.support.workbench import ACTOR, add_answers, make_coded_place

SILENT = ["No comment.", "n/a", "-", "sin comentarios", "لا تعليق", "see attachment", "", "Cameras"]


@pytest.fixture
def place(app, database, tmp_path):
    """Sixty answers, eight with nothing to read, and a run."""
    with database.transaction() as session:
        consultation, _book = make_coded_place(session, 60)
        add_answers(session, consultation, SILENT)
    compute(app, database, tmp_path)
    return database


def compute(app, database, folder):
    with app.app_context():
        assert refresh(database, "summit", now=NOW, folder=folder)


def desk(session):
    consultation = session.exec(select(Consultation)).first()
    return consultation, codebook_of(session, consultation)


def key_of(session, text):
    return session.exec(select(Contribution.id).where(Contribution.text == text)).one()


def topics_of(database: Database):
    with database.read_session() as session:
        run = runs.latest(session, desk(session)[0])
        return runs.table(session, run, Audience.COMMITTEE, "topics")


def test_each_reason_is_counted_and_leads_to_its_answers(place):
    document = topics_of(place)
    assert document["n"] == 68
    assert document["n_usable"] == 60
    kinds = {"usable": 60, "no_comment": 5, "pointer": 1, "empty": 1, "too_short": 1}
    assert document["kinds"] == kinds
    with place.read_session() as session:
        run = runs.latest(session, desk(session)[0])
        assert sorting.counts(session, run) == {k: n for k, n in kinds.items() if k != "usable"}
        rows, total = sorting.left_out_page(session, run, TextKind.NO_COMMENT, 0, 3)
        assert total == 5
        assert len(rows) == 3
        rest, _total = sorting.left_out_page(session, run, TextKind.NO_COMMENT, 3, 3)
        assert {row.answer.text for row in [*rows, *rest]} == set(SILENT[:5])


def test_an_answer_that_was_put_back_is_read_everywhere_until_that_is_taken_back(
    app, place, tmp_path
):
    with place.transaction() as session:
        _consultation, book = desk(session)
        key = key_of(session, "Cameras")
        assert key not in population.readable_ids(session, book, ())
        edit = sorting.put_back(session, book, [key], ACTOR)
        assert edit.kind is EditKind.PUT_BACK
        assert sorting.put_back(session, book, [key], ACTOR) is None
        name = edit.public_id
    compute(app, place, tmp_path)
    document = topics_of(place)
    assert (document["n_usable"], document["put_back"]) == (61, 1)
    assert "too_short" not in document["kinds"]
    with place.transaction() as session:
        _consultation, book = desk(session)
        assert key in population.readable_ids(session, book, ())
        assert key in {answer.id for answer, _text in population.readable(session, book)}
        assert list(population.readable_among(session, book, [key])) == [key]
        edits.undo(session, book, name, ACTOR)
        assert session.exec(select(PutBack)).all() == []
        with pytest.raises(Conflict):
            edits.undo(session, book, name, ACTOR)
    compute(app, place, tmp_path)
    assert topics_of(place)["kinds"]["too_short"] == 1


def test_other_words_need_another_decision(place):
    with place.transaction() as session:
        _consultation, book = desk(session)
        key = key_of(session, "Cameras")
        sorting.put_back(session, book, [key], ACTOR)
        assert sorting.put_back_page(session, book, 0, 9)[1] == 1
        contributions.replace_text(session, session.get(Contribution, key), "Faces")
        assert sorting.put_back_page(session, book, 0, 9)[1] == 0
        assert key not in population.readable_ids(session, book, ())
        assert sorting.put_back(session, book, [key], ACTOR) is not None
        assert key in population.readable_ids(session, book, ())
        assert sorting.leave_out(session, book, [key], ACTOR) is not None
        assert sorting.leave_out(session, book, [key], ACTOR) is None


def test_what_cannot_be_put_back(place):
    with place.transaction() as session:
        _consultation, book = desk(session)
        other = make_consultation(session, slug="other")
        (foreign,) = add_answers(session, other, ["no comment"])
        for keys in ([], [foreign.id], ["nobody"], [key_of(session, "-")]):
            with pytest.raises(Invalid):
                sorting.put_back(session, book, keys, ACTOR)
        with pytest.raises(Invalid):
            sorting.put_back(session, book, [str(n) for n in range(501)], ACTOR)


def test_a_withdrawn_answer_stands_in_no_list(place):
    with place.transaction() as session:
        consultation, _book = desk(session)
        run = runs.latest(session, consultation)
        contributions.withdraw(session, session.get(Contribution, key_of(session, "n/a")))
        assert sorting.left_out_page(session, run, TextKind.NO_COMMENT, 0, 9)[1] == 4


def test_where_nothing_can_be_read_the_reasons_stand_all_the_same(app, database, tmp_path):
    with database.transaction() as session:
        add_answers(session, make_consultation(session), ["no comment"] * 30 + ["Yes"] * 2)
    compute(app, database, tmp_path)
    document = topics_of(database)
    assert document["too_few"]["n"] == 0
    assert document["kinds"] == {"no_comment": 30, "too_short": 2}
    with database.read_session() as session:
        assert len(session.exec(select(LeftOut)).all()) == 32


def test_the_reader_of_answers_is_asked_what_was_put_back(place):
    """The random sample and the queue hold it, since it is read like any other answer."""
    with place.transaction() as session:
        _consultation, book = desk(session)
        key = key_of(session, "Cameras")
        sorting.put_back(session, book, [key], ACTOR)
        readings.draw(session, book, 61, seed=1, by="x", now=NOW)
        seen = readings.next_answer(session, book, 1, Purpose.AUDIT)
        assert seen is not None
        assert key in readings.audit_members(session, book)


def test_on_both_stores_what_was_put_back_is_frozen_listed_and_marks_the_sources(store):
    with store.transaction() as session:
        place, book = make_coded_place(session, 4)
        silent = add_answers(session, place, ["No comment.", "-", "n/a"])
        run = make_run(session, place)
        session.add_all(
            LeftOut(run_id=run.id, contribution_id=row.id, kind=TextKind.NO_COMMENT)
            for row in silent
        )
        session.flush()
        scope = snapshots.default_scope(session, place)
        before = snapshots.fingerprint(session, place, scope)
        sorting.put_back(session, book, [silent[0].id], ACTOR)
        assert snapshots.fingerprint(session, place, scope) != before
        frame = snapshots.freeze(session, place, scope).contributions
        assert frame.filter("put_back")["id"].to_list() == [silent[0].id]
        assert sorting.counts(session, run) == {"no_comment": 3}
        rows, total = sorting.left_out_page(session, run, TextKind.NO_COMMENT, 1, 2)
        assert (len(rows), total) == (2, 3)
        assert [row.answer.id for row in sorting.put_back_page(session, book, 0, 5)[0]] == [
            silent[0].id
        ]
        readable = {answer.id for answer, _text in population.readable(session, book)}
        assert readable & {row.id for row in silent} == {silent[0].id}
        assert population.people(session, book) == {}
        sorting.leave_out(session, book, [silent[0].id], ACTOR)
        assert snapshots.fingerprint(session, place, scope) == before


def test_on_both_stores_equal_words_go_together_and_nobody_elses_do(store):
    with store.transaction() as session:
        consultation, book = make_coded_place(session, 4)
        run = make_run(session, consultation)
        rows = add_answers(session, consultation, ["no more", "no more", "no more", "No more"])
        for row in rows:
            session.add(LeftOut(run_id=run.id, contribution_id=row.id, kind=TextKind.TOO_SHORT))
        foreign = make_consultation(session, slug="other")
        (other,) = add_answers(session, foreign, ["no more"])
        session.flush()
        alike, total = sorting.left_out_page(session, run, TextKind.TOO_SHORT, 0, 9)
        found = {row.answer.text: (row.count, row.questions) for row in alike}
        assert found == {"no more": (3, ("why",)), "No more": (1, ("why",))}
        assert total == 2
        reason = TextKind.TOO_SHORT.value
        keys, more = sorting.in_equal_words(session, book, run, reason, [rows[0].id])
        assert (set(keys), more) == ({row.id for row in rows[:3]}, 0)
        assert sorting.put_back(session, book, keys, ACTOR)
        # What is read already is not chosen again, but for the answer that was named.
        assert sorting.in_equal_words(session, book, run, reason, [rows[0].id])[0] == [rows[0].id]
        back, _more = sorting.in_equal_words(session, book, run, sorting.PUT_BACK, [rows[1].id])
        assert set(back) == set(keys)
        with pytest.raises(Invalid):
            sorting.in_equal_words(session, book, run, reason, [other.id])
