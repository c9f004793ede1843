"""Copies of a text stand as a number beside the ballots they came with, and the guard speaks of them."""

import pytest
from sqlmodel import select

from consultation.contributions.models import Channel, Contribution
from consultation.process.queries import by_slug
from results import runs, snapshots
from results.models import Audience
from results.rankings import guard_words
from results.refresh import refresh
from surveys.models import RoundQuestionnaire, Submission, SubmissionChannel, SubmissionState
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_consultation

LETTER = (
    "We ask the summit to put the rights of people who work first and to bind every government "
    "to report each year on what it has done for them in places like {}."
)
OWN = [
    "river",
    "school",
    "bread",
    "harvest",
    "bridge",
    "winter",
    "letter",
    "garden",
    "engine",
    "market",
    "silver",
    "window",
]
SENT, OTHERS = 14, 16


@pytest.fixture
def row(database):
    """Fourteen send one letter with another town each and rank work first; sixteen do not."""
    with database.transaction() as session:
        place = make_consultation(session)
        row = make_asked_round(session, consultation=place)
        asked = session.exec(
            select(RoundQuestionnaire).where(RoundQuestionnaire.round_id == row.id)
        ).one()
        for number in range(SENT + OTHERS):
            is_sent = number < SENT
            written = (
                LETTER.format(f"Town{number}")
                if is_sent
                else " ".join(OWN[(number * step) % 12] for step in range(1, 7))
            )
            text = Contribution(
                consultation_id=place.id,
                channel=Channel.SURVEY,
                round_id=row.id,
                question_code="why",
                text=written,
                text_hash=f"{number:064d}",
                declared_language="en",
                state="received",
                received_on=NOW.date(),
            )
            session.add(text)
            session.flush()
            order = (
                ["work", "water"]
                if is_sent
                else [["rights", "water"], ["water", "rights"]][number % 2]
            )
            session.add(
                Submission(
                    round_id=row.id,
                    questionnaire_id=asked.questionnaire_id,
                    answer_hash=f"{number:064d}",
                    identity_mode=row.identity_mode,
                    state=SubmissionState.SUBMITTED,
                    channel=SubmissionChannel.OPEN_LINK,
                    language="en",
                    answers={
                        "order": {"state": "answered", "value": order},
                        "why": {"state": "answered", "value": text.id, "is_text": True},
                    },
                    submitted_on=NOW.date(),
                    revision=1,
                )
            )
        session.flush()
    return row


def test_only_copies_are_numbered_and_no_word_or_id_stands_beside_a_ballot(database, row):
    with database.read_session() as session:
        place = by_slug(session, "summit")
        frame = snapshots.freeze(session, place, snapshots.default_scope(session, place)).answers[1]
        ids = set(session.exec(select(Contribution.id)).all())
    by_first = frame.with_columns(first=frame["order"].list.first())
    sent = by_first.filter(by_first["first"] == "work")
    assert sent[":campaign"].to_list() == [1] * SENT
    assert by_first.filter(by_first["first"] != "work")[":campaign"].null_count() == OTHERS
    stored = str(frame.to_dicts())
    assert "Town3" not in stored
    assert not any(key in stored for key in ids)


def test_the_guard_tells_what_would_be_without_the_campaign(app, database, row):
    with app.app_context():
        refresh(database, "summit", now=NOW)
        with database.read_session() as session:
            run = runs.latest(session, by_slug(session, "summit"))
            tables = runs.tables_under(session, run, Audience.COMMITTEE, "ranking/")
    document = tables["ranking/1/order"]
    (found,) = [one for one in document["guard"] if one["dimension"] == "campaign"]
    assert (found["n"], found["leaving"]) == (SENT, ["work"])
    with app.test_request_context("/"):
        told = " ".join(guard_words.guarded(document))
    assert "“Ballots that came with copies of one text” (14 ballots, 47% of the weight)" in told
    assert "No text came in copies" not in told
