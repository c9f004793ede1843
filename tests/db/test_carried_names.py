"""A name that people gave stays with its topic when the next run finds it under another number."""

from sqlmodel import col, delete, select

from core.db import Database
from results import runs
from results.models import Audience, ConfirmedTopic, TopicMember
from results.publication import carry_confirmed
from tests.support.agenda import make_run, make_text
from tests.support.make import NOW, make_consultation


def run_with(session, consultation, topics):
    """A run whose topics are given by contribution."""
    run = make_run(session, consultation)
    session.exec(delete(ConfirmedTopic).where(col(ConfirmedTopic.run_id) == run.id))
    for key, topic in topics.items():
        session.add(TopicMember(run_id=run.id, contribution_id=key, topic=topic, confidence=1))
    session.flush()
    return run


def name(session, run, topic, label):
    session.add(
        ConfirmedTopic(
            run_id=run.id, topic=topic, label={"en": label}, confirmed_by="a", confirmed_at=NOW
        )
    )
    session.flush()


def names_of(session, run):
    found = session.exec(select(ConfirmedTopic).where(ConfirmedTopic.run_id == run.id))
    return {row.topic: row.label["en"] for row in found}


def test_names_follow_their_topics_and_a_split_gives_its_name_once(store: Database):
    with store.transaction() as session:
        consultation = make_consultation(session)
        keys = [make_text(session, consultation, f"text {n}").id for n in range(30)]
        before = {key: n // 10 for n, key in enumerate(keys)}
        # Water (0) is now 2; work (1) falls apart into 0 and 3; rights (2) is gone.
        after = dict.fromkeys(keys[:10], 2)
        after |= dict.fromkeys(keys[10:17], 0) | dict.fromkeys(keys[17:20], 3)
        first, second = (run_with(session, consultation, topics) for topics in (before, after))
        for topic, label in enumerate(("Water", "Work", "Rights")):
            name(session, first, topic, label)
        carry_confirmed(session, first.id, second)
        assert names_of(session, second) == {2: "Water", 0: "Work"}
        changes = runs.tables(session, second, Audience.COMMITTEE)["topic_changes"]["rows"]
    told = {(change["change"], tuple(change["before"])): change["after"] for change in changes}
    assert told["kept", ("0",)] == ["2"]
    assert told["split", ("1",)] == ["0", "3"]


def test_a_run_that_shares_no_text_with_the_last_takes_no_name(store: Database):
    with store.transaction() as session:
        consultation = make_consultation(session)
        keys = [make_text(session, consultation, f"text {n}").id for n in range(8)]
        first = run_with(session, consultation, dict.fromkeys(keys[:4], 0))
        second = run_with(session, consultation, dict.fromkeys(keys[4:], 0))
        name(session, first, 0, "Water")
        carry_confirmed(session, first.id, second)
        assert names_of(session, second) == {}
