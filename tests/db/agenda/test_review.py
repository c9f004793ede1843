"""Reviews of items: blind until given, and only from members."""

import pytest

from core.errors import Closed, Conflict, Invalid
from results.agenda import decisions, intake, services
from results.agenda.models import Body, ItemState
from results.agenda.review import queries as reviews
from results.agenda.review import services as review
from tests.support.agenda import (
    CODES,
    TODAY,
    describe,
    judge,
    make_item,
)
from tests.support.make import make_account


def test_nobody_sees_scores_before_giving_their_own(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee, scores=(1, 5))
    late = reviews.standing(session, summit, item, committee[2].public_id)
    assert (late.n_given, late.judged, late.opinions) == (2, None, None)
    early = reviews.standing(session, summit, item, committee[0].public_id)
    assert early.judged.is_conflicting
    assert len(early.opinions) == 2
    assert reviews.to_score(session, summit, committee[2].public_id) == {item.id}
    assert reviews.to_score(session, summit, committee[0].public_id) == set()


def test_who_steps_aside_sees_nothing_until_the_decision_and_records_none(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee[1:], scores=(4, 4))
    first = committee[0].public_id
    aside = review.Given(scores={}, recusal_reason="It pays my chair.")
    review.give_review(session, summit, item, aside, judge=first, now=TODAY)
    standing = reviews.standing(session, summit, item, first)
    assert (standing.n_recused, standing.judged) == (1, None)
    with pytest.raises(Closed, match="stepped aside"):
        decisions.decide(
            session,
            summit,
            item,
            decisions.Decision(ItemState.ADOPTED, {"en": "Yes."}),
            actor=first,
            now=TODAY,
        )
    given = review.Given(scores=dict.fromkeys(CODES, 5))
    with pytest.raises(Conflict, match="judged this item already"):
        review.give_review(session, summit, item, given, judge=first, now=TODAY)


def test_a_decision_waits_for_two_reviews(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee, scores=(4,))
    with pytest.raises(Invalid, match="1 of at least 2 reviews"):
        decisions.decide(
            session,
            summit,
            item,
            decisions.Decision(ItemState.REJECTED, {"en": "No."}),
            actor="x",
            now=TODAY,
        )


def test_only_members_score_and_only_on_the_scale(place):
    session, summit, committee, _run = place
    item = make_item(session, summit)
    review.start(session, summit, item, actor="x", now=TODAY)
    stranger = make_account(session, email="s@example.org")
    full = review.Given(scores=dict.fromkeys(CODES, 3))
    with pytest.raises(Closed, match="Only members"):
        review.give_review(session, summit, item, full, judge=stranger.public_id, now=TODAY)
    for scores in ({}, dict.fromkeys(CODES, 6), dict.fromkeys(CODES[:3], 3)):
        with pytest.raises(Invalid, match="from 1 to 5"):
            review.give_review(
                session,
                summit,
                item,
                review.Given(scores=scores),
                judge=committee[0].public_id,
                now=TODAY,
            )


def test_a_candidate_says_what_it_lacks_before_a_review(place):
    session, summit, _committee, _run = place
    item = intake.add_item(session, summit, intake.Proposal({"en": "Bare"}), actor="x", now=TODAY)
    assert len(review.lacking(session, item)) == 5
    with pytest.raises(Invalid, match="what the problem is"):
        review.start(session, summit, item, actor="x", now=TODAY)
    describe(session, item, nobody_else=False)
    services.add_overlap(session, item, body=Body.G7, name="", complements={"en": "It adds."})
    assert review.lacking(session, item) == []
    with pytest.raises(Invalid, match="Remove them"):
        describe(session, item, nobody_else=True)


def test_criteria_stay_once_somebody_has_scored(place):
    session, summit, committee, _run = place
    made = [{"title": {"en": n}, "low": {"en": "l"}, "high": {"en": "h"}} for n in "abc"]
    review.declare_criteria(session, summit, made)
    item = make_item(session, summit)
    review.start(session, summit, item, actor="x", now=TODAY)
    codes = [row.code for row in reviews.criteria(session, summit)]
    assert codes == ["criterion_1", "criterion_2", "criterion_3"]
    given = review.Given(scores=dict.fromkeys(codes, 2))
    review.give_review(session, summit, item, given, judge=committee[0].public_id, now=TODAY)
    with pytest.raises(Closed, match="scored already"):
        review.declare_criteria(session, summit, made[:2])


def test_words_stand_still_in_a_review_and_a_second_round_starts_blind(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee, scores=(1, 5, 3))
    with pytest.raises(Closed, match="judging this item"):
        describe(session, item)
    review.take_back(session, item, reason={"en": "Too broad."}, actor="x", now=TODAY)
    describe(session, item, title={"en": "Narrower"})
    review.start(session, summit, item, actor="x", now=TODAY)
    standing = reviews.standing(session, summit, item, committee[0].public_id)
    assert (item.review_round, standing.n_given, standing.judged) == (2, 0, None)
    (taken_back,) = [e for e in decisions.events(session, item) if e.kind == "taken_back"]
    assert taken_back.details["review"]["is_conflicting"]
