"""Trails of many contributions at once: those of each alone, in as many queries as of one."""

from results.agenda import services
from results.agenda.trails import trail, trails
from results.models import ConfirmedTopic, TopicMember
from results.rounds.lineage import places_of, tree_of
from results.workbench.models import ThemeMember
from tests.plugins.application import statements
from tests.support.agenda import TODAY, make_item, make_text
from tests.support.make import NOW


def test_trails_of_many_are_those_of_each_alone_in_no_more_queries(place):
    session, summit, _committee, run = place
    texts = [make_text(session, summit, f"Dig wells {number}.") for number in range(40)]
    topic, theme, own = (make_item(session, summit, code) for code in ("water", "work", "rights"))
    services.link_figures(session, topic, run, table_name="topics", row_key="1", now=TODAY)
    services.link_figures(session, theme, run, table_name="themes", row_key="T1", now=TODAY)
    services.link_contribution(session, own, texts[0].id, TODAY)
    topics = {"run_id": run.id, "confidence": 0.9}
    themes = {"run_id": run.id, "code": "T1", "is_human": True, "probability": 1.0}
    for text in texts[:20]:
        session.add(TopicMember(contribution_id=text.id, topic=1, **topics))
    for text in texts[10:30]:
        session.add(ThemeMember(contribution_id=text.id, **themes))
    for text in texts[20:]:
        session.add(TopicMember(contribution_id=text.id, topic=2, **topics))
    label = {"en": "Pumps"}
    session.add(
        ConfirmedTopic(run_id=run.id, topic=2, label=label, confirmed_by="x", confirmed_at=NOW)
    )
    session.flush()
    tree = tree_of(session, summit.id)

    def read(some):
        with statements(session.get_bind()) as sent:
            found = trails(session, some, tree, places_of(session, [row.id for row in some]))
        return found, len(sent)

    found, many = read(texts)
    _one, few = read(texts[:1])
    assert many == few <= 8
    assert found == {text.id: trail(session, text, tree) for text in texts}
    assert [item.id for item in found[texts[0].id].items] == [topic.id, own.id]
    assert found[texts[5].id].items == [topic]
    assert found[texts[15].id].items == [topic, theme]
    assert found[texts[25].id].items == [theme]
    assert found[texts[35].id].items == []
    assert [one.label["en"] for one in found[texts[15].id].topics] == ["Wells"]
    assert [one.label["en"] for one in found[texts[25].id].topics] == ["Pumps"]
    assert trails(session, [], tree, {}) == {}


def test_a_place_that_is_not_named_leads_nowhere(place):
    """A coder is not shown what a theme became that an answer may have been put into."""
    session, summit, _committee, run = place
    text = make_text(session, summit, "Dig wells.")
    item = make_item(session, summit)
    services.link_figures(session, item, run, table_name="themes", row_key="T1", now=TODAY)
    member = {"run_id": run.id, "code": "T1", "is_human": True, "probability": 1.0}
    session.add(ThemeMember(contribution_id=text.id, **member))
    session.flush()
    tree = tree_of(session, summit.id)
    assert trails(session, [text], tree, places_of(session, [text.id]))[text.id].items == [item]
    assert trails(session, [text], tree, {text.id: set()})[text.id].items == []
