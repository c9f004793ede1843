"""The trail of a contribution, and what becomes of items after the summit."""

import pytest
from sqlmodel import select

from consultation.contributions import services as contributions
from core.errors import Closed, Conflict, DomainError, Invalid
from results.agenda import decisions, services
from results.agenda.drafts import document
from results.agenda.drafts import services as drafts
from results.agenda.drafts.models import AgendaVersion
from results.agenda.models import ItemState
from results.agenda.trails import trail
from results.outcomes import services as outcomes
from results.outcomes.models import Source, Verdict
from results.outcomes.queries import scorecard, undelivered
from tests.support.agenda import (
    TODAY,
    decide,
    make_item,
    make_summit,
    make_text,
    publish,
)


def test_the_trail_tells_a_contributor_where_a_merged_item_went(place):
    session, summit, committee, run = place
    contribution = make_text(session, summit, "Dig wells.")
    kept = decide(session, summit, make_item(session, summit, "work", run=run), committee)
    item = make_item(session, summit, run=run)
    services.link_contribution(session, item, contribution.id, TODAY)
    decide(session, summit, item, committee, ItemState.MERGED, merged_into=kept.public_id)
    found = trail(session, contribution)
    assert found.items == [item]
    assert found.merged_into == {item.id: kept}


def adopt(session, summit):
    publish(session, summit)
    return drafts.adopt(session, summit, drafts.Publication(), actor="x", now=TODAY)


def verdict(source=Source.INDEPENDENT, of=Verdict.NOT_DELIVERED, **changes):
    values = {
        "source": source,
        "verdict": of,
        "assessor": "An institute",
        "statement": {"en": "Nothing was handed over."},
        "assessed_on": TODAY.date(),
        "links": ["https://example.org/report"],
    }
    return outcomes.Assessment(**{**values, **changes})


def assess(session, summit, item, given):
    return outcomes.assess(session, summit, item, given, actor="x", now=TODAY)


def test_a_scorecard_keeps_the_two_sources_apart(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    with pytest.raises(Closed, match="once the agenda is adopted"):
        assess(session, summit, item, verdict())
    adopt(session, summit)
    assert scorecard(session, summit).counts == {None: 1}
    own = verdict(Source.SELF_REPORT, Verdict.DELIVERED, links=[])
    assess(session, summit, item, own)
    assert scorecard(session, summit).counts == {None: 1}
    made = assess(session, summit, item, verdict())
    card = scorecard(session, summit)
    assert (card.counts, card.n_disputed) == ({Verdict.NOT_DELIVERED: 1}, 1)
    assert card.rows[0].label["en"] == "Water"
    outcomes.disagree(
        session,
        summit,
        made.public_id,
        organisation="A ministry",
        statement={"en": "It was."},
        actor="x",
        now=TODAY,
    )
    (line, *_rest) = scorecard(session, summit).rows
    assert line.outcome.independent.disagreements[0].organisation == "A ministry"
    assess(session, summit, item, verdict(of=Verdict.DELIVERED))
    (line, *_rest) = scorecard(session, summit).rows
    assert line.outcome.verdict is Verdict.DELIVERED
    assert len(line.outcome.earlier) == 1


@pytest.mark.parametrize(
    "links",
    [
        [],
        ["javascript:alert(1)"],
        ["example.org"],
        ["https://user@example.org/"],
        ["https://exa mple.org/"],
        ["data:text/html,x"],
        ["https://[::1"],
        ["https://example.org/" + "x" * 600],
    ],
)
def test_an_independent_verdict_names_real_addresses(place, links):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    adopt(session, summit)
    with pytest.raises(Invalid) as refused:
        assess(session, summit, item, verdict(links=links))
    assert refused.value.field == "links"


def test_what_was_not_delivered_proposes_itself_for_the_next_edition(place):
    session, summit, committee, run = place
    done, owed = (
        decide(session, summit, make_item(session, summit, code, run=run), committee)
        for code in ("water", "work")
    )
    adopt(session, summit)
    assess(session, summit, done, verdict(of=Verdict.DELIVERED))
    following = make_summit(session, slug="next", created_at=TODAY)
    assert undelivered(session, following) == []
    for edition in (summit, following):
        outcomes.name_series(session, edition, "AI Summit")
    (row,) = undelivered(session, following)
    assert row.item_id == owed.public_id
    made = outcomes.carry_over(session, following, row.item_id, actor="x", now=TODAY)
    assert (made.carried_from_id, made.title) == (owed.id, owed.title)
    with pytest.raises(Conflict, match="taken over already"):
        outcomes.carry_over(session, following, row.item_id, actor="x", now=TODAY)
    with pytest.raises(DomainError, match="no such item"):
        outcomes.carry_over(session, following, done.public_id, actor="x", now=TODAY)
    outcomes.name_series(session, following, "Another series")
    assert undelivered(session, following) == []


def test_a_withdrawn_contribution_leaves_the_seal_and_the_version_whole(place):
    session, summit, committee, run = place
    contribution = make_text(session, summit, "Dig wells.")
    item = make_item(session, summit, run=run)
    services.link_contribution(session, item, contribution.id, TODAY)
    decide(session, summit, item, committee)
    version = publish(session, summit)
    contributions.withdraw(session, contribution)
    assert decisions.find_altered(session, summit) == []
    stored = session.exec(select(AgendaVersion)).one()
    assert document.content_hash(stored.body) == version.content_hash
    assert "Dig wells" not in str(stored.body)
