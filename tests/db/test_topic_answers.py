"""The answers of a topic as both stores find them: by origin, in order, without what is gone."""

import pytest

from consultation.contributions import services as contributions
from consultation.contributions.models import Channel
from results.dashboards import topics
from results.dashboards.answers import Chosen
from results.models import TopicMention
from tests.support.agenda import make_run, make_summit, make_text

ORIGINS = (
    {"region": "africa", "sector": "academia", "language": "pt-BR"},
    {"region": "africa", "sector": None, "language": "pt"},
    {"region": None, "sector": None, "language": "und"},
    {"region": None, "sector": "media", "channel": Channel.COMMENT, "round_id": None},
)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, {0, 1, 2, 3}),
        ({"region": "africa"}, {0, 1}),
        ({"region": "unknown"}, {2, 3}),
        ({"region": "unknown", "sector": "unknown"}, {2}),
        ({"channel": "comment"}, {3}),
        ({"channel": "letter"}, set()),
        ({"language": "pt"}, {0, 1}),
        ({"language": "pt-PT"}, {0, 1}),
        ({"language": "und"}, {2}),
        ({"language": "fr"}, set()),
        ({"region": "\x00africa"}, {0, 1}),
    ],
)
def test_a_list_holds_what_is_counted_for_its_origin(store, filters, expected):
    with store.open_session(read_only=False) as session:
        place = make_summit(session)
        run = make_run(session, place)
        texts = [
            make_text(session, place, f"Dig {number}.", run=run, **origin)
            for number, origin in enumerate(ORIGINS)
        ]
        contributions.withdraw(session, make_text(session, place, "Gone.", run=run))
        make_text(session, place, "In no topic.")
        session.flush()
        listed = topics.listed(session, run, 1, topics.Which.MAIN)
        chosen = Chosen.of(filters)
        wanted = topics.Wanted(1, topics.Which.MAIN, chosen, is_blind=False)
        found = topics.members(session, run, listed, wanted, 0)
        assert {member.answer.id for member in found} == {texts[n].id for n in expected}
        assert listed.count(chosen) == len(expected)
        assert listed.total == len(texts)


def test_what_speaks_of_a_topic_also_is_a_list_of_its_own(store):
    with store.open_session(read_only=False) as session:
        place = make_summit(session)
        run = make_run(session, place)
        text = make_text(session, place, "Dig.", run=run, language="en")
        session.add(TopicMention(run_id=run.id, topic=2, contribution_id=text.id, confidence=0.31))
        session.flush()
        also = topics.Which.of({"which": "also"})
        assert topics.listed(session, run, 2, topics.Which.of({})).total == 0
        listed = topics.listed(session, run, 2, also)
        wanted = topics.Wanted(2, also, Chosen(), is_blind=False)
        (member,) = topics.members(session, run, listed, wanted, 0)
        assert (member.answer.id, member.confidence) == (text.id, 0.31)
        assert member.onward.topics == [1, 2]
