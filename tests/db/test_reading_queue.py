"""What a coder is asked to read next: whatever stands at the head of the queue, the rest is reached."""

import pytest

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from results.workbench import drawing, readings
from results.workbench.labels import audit_members
from results.workbench.models import Purpose
from tests.support.make import NOW
from tests.support.workbench import coders, make_coded_place, say

MANY = 70


def withdraw(session, book, row):
    contributions.withdraw(session, row)


def say_nothing(session, book, row):
    contributions.replace_text(session, row, "n/a")


def ask_elsewhere(session, book, row):
    row.question_code = "other"
    book.questions = ["why"]


@pytest.fixture
def scene(app, database):
    with app.app_context(), database.transaction() as session:
        place, book = make_coded_place(session, MANY + 10)
        yield session, book, coders(session, place, book)


def unreadable(session, book, change, seed):
    """Make the first answers of an order unreadable; the first one that is left, and those left."""
    keys = [f"answer{number:020}" for number in range(MANY + 10)]
    order = sorted(keys, key=lambda key: drawing.in_order(seed, key))
    for key in order[:MANY]:
        change(session, book, session.get(Contribution, key))
    session.flush()
    return order[MANY], order[MANY:]


@pytest.mark.parametrize("change", [withdraw, say_nothing, ask_elsewhere])
def test_the_sample_is_read_on_past_answers_that_cannot_be_read(scene, change):
    session, book, (one, _two) = scene
    readings.draw(session, book, MANY + 10, seed=3, by="analyst", now=NOW)
    wanted, left = unreadable(session, book, change, 3)
    assert len(audit_members(session, book)) == MANY + 10
    assert readings.next_answer(session, book, 1, Purpose.AUDIT).id == wanted
    for number, key in enumerate(left):
        done = readings.progress(session, book, 1)
        assert (done.audit_read, done.audit_size) == (number, 10)
        say(session, book, 1, one, session.get(Contribution, key), {"work"})
    assert readings.next_answer(session, book, 1, Purpose.AUDIT) is None
    done = readings.progress(session, book, 1)
    assert (done.audit_read, done.audit_size) == (10, 10)


@pytest.mark.parametrize("change", [withdraw, say_nothing, ask_elsewhere])
def test_answers_that_teach_are_asked_for_past_those_that_cannot_be_read(scene, change):
    session, book, _coders = scene
    wanted, _left = unreadable(session, book, change, readings.ORDER_SEED)
    assert readings.next_answer(session, book, 1, Purpose.TEACH).id == wanted


def test_the_second_coder_gets_past_what_the_first_read_of_a_question_no_longer_chosen(scene):
    session, book, (one, _two) = scene
    for number in range(MANY + 10):
        answer = session.get(Contribution, f"answer{number:020}")
        say(session, book, 1, one, answer, {"work"}, purpose=Purpose.TEACH)
    wanted, _left = unreadable(session, book, ask_elsewhere, readings.ORDER_SEED)
    assert readings.next_answer(session, book, 2, Purpose.TEACH).id == wanted
