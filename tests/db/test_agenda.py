"""The agenda's rules, kept by services and by the store itself, on both stores."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from consultation.contributions import services as contributions
from consultation.contributions.models import Channel, Contribution
from consultation.process.models import Consultation, Phase
from core import guards, schema
from core.db import Database
from core.errors import Closed, Conflict, DomainError, Invalid
from results.agenda import decisions, intake, programme, services
from results.agenda.drafts import comments, document
from results.agenda.drafts import services as drafts
from results.agenda.drafts.models import AgendaComment, AgendaVersion, Refusal, VersionKind
from results.agenda.models import AgendaItem, AgendaTrack, Body, ItemEvent, ItemState
from results.agenda.queries import trail
from results.agenda.review import queries as reviews
from results.agenda.review import services as review
from results.outcomes import services as outcomes
from results.outcomes.models import Source, Verdict
from results.outcomes.queries import scorecard, undelivered
from tests.support.agenda import (
    CODES,
    TODAY,
    decide,
    describe,
    judge,
    make_committee,
    make_item,
    make_run,
    make_summit,
    make_text,
)
from tests.support.make import make_account


@pytest.fixture
def place(store):
    """A summit, its committee and its published run, in an open transaction."""
    with store.open_session(read_only=False) as session:
        summit = make_summit(session)
        yield session, summit, make_committee(session, summit), make_run(session, summit)


# --- The store's own rules -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("decision_reason = '{}'", "guard_decided_item"),
        ('title = \'{"en": "Other"}\'', "guard_decided_item"),
        ("state = 'rejected'", "guard_decided_item"),
        ("decided_at = NULL", "decided_has_its_time"),
        ("decided_at = NULL, state = 'candidate', referred_to = 'G7'", "referred_names_whom"),
        ("slot = 1", "placed_in_full"),
        ("minutes = -5", "slot_is_real|placed_in_full"),
    ],
)
def test_the_store_refuses_to_rewrite_what_was_decided(place, change, rule):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    with pytest.raises(IntegrityError, match=rule):
        session.connection().execute(text(f"UPDATE agenda_item SET {change}"))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("state = 'adopted'", "decided_has_its_time"),
        ("state = 'merged'", "decided_has_its_time|merged_names_its_item"),
        ("decided_at = created_at", "decided_has_its_time|decided_has_its_reason"),
        ("merged_into_id = id", "merged_into_another|merged_names_its_item"),
        ("deferred_until = '2030-01-01'", "deferred_has_its_date"),
        ("track_id = 1, slot = 1, minutes = 5", "only_adopted|FOREIGN KEY|fk_agenda_item_track"),
        ("scope = 'forgotten'", "item_scope"),
    ],
)
def test_the_store_refuses_half_decisions(place, change, rule):
    session, summit, _committee, _run = place
    make_item(session, summit)
    with pytest.raises(IntegrityError, match=rule):
        session.connection().execute(text(f"UPDATE agenda_item SET {change}"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE item_event SET actor = 'other'",
        "UPDATE evidence SET figures = '{}'",
        "UPDATE item_review SET comment = 'other'",
        "UPDATE review_score SET score = 5",
        "UPDATE agenda_version SET note = '{}'",
    ],
)
def test_what_was_given_and_published_stays(place, statement):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    drafts.publish_draft(session, summit, drafts.Publication(), actor="x", now=TODAY)
    with pytest.raises(IntegrityError, match="guard_"):
        session.connection().execute(text(statement))


def test_a_decision_that_went_around_the_rules_is_seen_and_not_published(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    assert decisions.find_altered(session, summit) == []
    for change in (
        "decided_at = NULL, state = 'candidate', title = '{\"en\": \"Mine\"}'",
        "decided_at = created_at, state = 'adopted'",
    ):
        session.connection().execute(text(f"UPDATE agenda_item SET {change}"))
    session.expire_all()
    assert decisions.find_altered(session, summit) == [item]
    with pytest.raises(Conflict, match="not what was decided upon"):
        drafts.publish_draft(session, summit, drafts.Publication(), actor="x", now=TODAY)


def test_migrated_stores_have_every_guard(database_url):
    database = Database(database_url)
    schema.upgrade(database)
    with database.engine.connect() as connection:
        assert guards.present(connection) == {made.name for made in guards.GUARDS}
        assert len(guards.GUARDS) >= 8
    database.dispose()


# --- Review --------------------------------------------------------------------------------------


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


# --- Decisions -----------------------------------------------------------------------------------


def test_each_decision_names_what_it_points_at(place):
    session, summit, committee, run = place
    kept = decide(session, summit, make_item(session, summit, "work", run=run), committee)
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee)

    def attempt(state, **targets):
        decision = decisions.Decision(state, {"en": "So."}, **targets)
        decisions.decide(session, summit, item, decision, actor="x", now=TODAY)

    for state, targets, field in (
        (ItemState.MERGED, {}, "merged_into"),
        (ItemState.MERGED, {"merged_into": item.public_id}, "merged_into"),
        (ItemState.DEFERRED, {}, "deferred_until"),
        (ItemState.DEFERRED, {"deferred_until": TODAY.date()}, "deferred_until"),
        (ItemState.REFERRED, {"referred_to": "  "}, "referred_to"),
        (ItemState.CANDIDATE, {}, "state"),
    ):
        with pytest.raises(Invalid) as refused:
            attempt(state, **targets)
        assert refused.value.field == field
        session.refresh(item)
    attempt(ItemState.MERGED, merged_into=kept.public_id)
    assert item.merged_into_id == kept.id


def test_a_decision_needs_its_phase_and_its_reason(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    judge(session, summit, item, committee)
    with pytest.raises(Invalid, match="why it was decided"):
        decisions.decide(
            session,
            summit,
            item,
            decisions.Decision(ItemState.ADOPTED, {"en": " "}),
            actor="x",
            now=TODAY,
        )
    session.exec(select(Phase)).one().closes_at = TODAY
    session.flush()
    with pytest.raises(Closed, match="No phase"):
        decisions.decide(
            session,
            summit,
            item,
            decisions.Decision(ItemState.ADOPTED, {"en": "Yes."}),
            actor="x",
            now=TODAY,
        )


def test_a_decided_item_is_opened_again_only_with_a_reason_that_stays(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    for attempt in (
        lambda: describe(session, item),
        lambda: services.link_contribution(session, item, "x", TODAY),
        lambda: decide(session, summit, item, committee),
    ):
        with pytest.raises(Closed):
            attempt()
    with pytest.raises(Invalid, match="why it is opened"):
        decisions.reopen(session, summit, item, reason={}, actor="x", now=TODAY)
    decisions.reopen(session, summit, item, reason={"en": "New."}, actor="x", now=TODAY)
    decide(session, summit, item, committee, ItemState.REJECTED)
    history = [(e.kind.value, e.state.value) for e in decisions.events(session, item)]
    assert history == [
        ("proposed", "candidate"),
        ("review_started", "in_review"),
        ("decided", "adopted"),
        ("reopened", "candidate"),
        ("review_started", "in_review"),
        ("decided", "rejected"),
    ]
    assert decisions.find_altered(session, summit) == []


def _race(store, acts):
    """Run each act in a transaction of its own, at the same time; what each raised."""
    barrier = threading.Barrier(len(acts))
    failures: list[Exception | None] = [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            with store.transaction() as session:
                act(session)
        except (DomainError, IntegrityError) as error:
            failures[place] = error

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_of_parallel_decisions_one_stands(store):
    with store.transaction() as session:
        summit = make_summit(session)
        committee = make_committee(session, summit)
        item = make_item(session, summit, run=make_run(session, summit))
        judge(session, summit, item, committee)

    def act(session):
        mine = session.exec(select(AgendaItem)).one()
        here = session.exec(select(Consultation)).one()
        decision = decisions.Decision(ItemState.ADOPTED, {"en": "Yes."})
        decisions.decide(session, here, mine, decision, actor="x", now=TODAY)

    failures = _race(store, [act] * 4)
    assert sum(failure is None for failure in failures) == 1
    with store.read_session() as session:
        kinds = [event.kind for event in session.exec(select(ItemEvent))]
    assert kinds.count("decided") == 1


def test_parallel_placing_stays_within_the_budget(store):
    with store.transaction() as session:
        summit = make_summit(session)
        committee = make_committee(session, summit)
        run = make_run(session, summit)
        for code in ("water", "work", "rights", "energy"):
            decide(session, summit, make_item(session, summit, code, run=run), committee)
        programme.save_track(session, summit, plan(minutes=60, slots=2))
        ids = [item.public_id for item in session.exec(select(AgendaItem))]

    def act(key):
        def place_it(session):
            track = session.exec(select(AgendaTrack)).one()
            query = select(AgendaItem).where(AgendaItem.public_id == key)
            programme.place(session, session.exec(query).one(), track, 30)

        return place_it

    failures = _race(store, [act(key) for key in ids])
    assert sum(failure is None for failure in failures) == 2
    with store.read_session() as session:
        slots = [item.slot for item in session.exec(select(AgendaItem)) if item.slot]
    assert sorted(slots) == [1, 2]


# --- The programme -------------------------------------------------------------------------------


def plan(**changes):
    values = {
        "title": {"en": "Ministers"},
        "audience": {},
        "starts_at": TODAY + timedelta(days=30),
        "minutes": 100,
        "slots": 3,
    }
    return programme.TrackPlan(**{**values, **changes})


def test_a_track_refuses_more_than_its_budget_in_a_clear_sentence(place):
    session, summit, committee, run = place
    track = programme.save_track(session, summit, plan())
    items = [
        decide(session, summit, make_item(session, summit, code, run=run), committee)
        for code in ("water", "work")
    ]
    programme.place(session, items[0], track, 70)
    with session.begin_nested() as savepoint:
        with pytest.raises(
            Conflict, match=r"“Ministers” has 100 minutes, and 110 would be needed.*at most 30"
        ):
            programme.place(session, items[1], track, 40)
        savepoint.rollback()
    programme.place(session, items[1], track, 30)
    with pytest.raises(Conflict, match="has 90 minutes"):
        programme.save_track(session, summit, plan(minutes=90), track)


def test_order_within_a_track_moves_by_one(place):
    session, summit, committee, run = place
    track = programme.save_track(session, summit, plan())
    items = [
        decide(session, summit, make_item(session, summit, code, run=run), committee)
        for code in ("water", "work", "rights")
    ]
    for item in items:
        programme.place(session, item, track, 20)
    programme.move_in_track(session, items[2], -1)
    (strand,) = programme.strands(session, summit.id)
    assert [p.item.challenge_code for p in strand.places] == ["water", "rights", "work"]
    assert [p.item.slot for p in strand.places] == [1, 2, 3]
    with pytest.raises(Conflict, match="out of the track first"):
        programme.delete_track(session, track)
    programme.unplace(session, items[0])
    (strand,) = programme.strands(session, summit.id)
    assert [(p.item.challenge_code, p.item.slot) for p in strand.places] == [
        ("rights", 1),
        ("work", 2),
    ]


def test_a_lead_in_two_places_is_refused(place):
    session, summit, committee, run = place
    tracks = [
        programme.save_track(session, summit, plan(title={"en": name})) for name in ("A", "B")
    ]
    for code, track in (("water", tracks[0]), ("work", tracks[1])):
        item = make_item(session, summit, code, run=run, lead="Audit group")
        decide(session, summit, item, committee)
        if track is tracks[0]:
            programme.place(session, item, track, 20)
            continue
        with pytest.raises(Conflict, match="“Audit group” would present in “A” and in “B”"):
            programme.place(session, item, track, 20)


def test_only_adopted_items_have_a_place(place):
    session, summit, committee, run = place
    track = programme.save_track(session, summit, plan())
    item = decide(
        session, summit, make_item(session, summit, run=run), committee, ItemState.REJECTED
    )
    with pytest.raises(Closed, match="Only adopted"):
        programme.place(session, item, track, 20)


# --- Versions and comments -----------------------------------------------------------------------


def publish(session, summit, *, days=None):
    closes = TODAY + timedelta(days=days) if days else None
    publication = drafts.Publication(comments_close_at=closes)
    return drafts.publish_draft(session, summit, publication, actor="x", now=TODAY)


def test_a_version_is_hashed_and_anybody_can_hash_it_again(place):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    version = publish(session, summit)
    assert version.content_hash == document.content_hash(version.body)
    with pytest.raises(Conflict, match="Nothing has changed"):
        publish(session, summit)


def test_figures_of_a_version_are_the_public_ones(place):
    session, summit, committee, run = place
    item = make_item(session, summit, run=run)
    services.link_figures(session, item, run, table_name="topics", row_key="1", now=TODAY)
    decide(session, summit, item, committee)
    ranking, topic = publish(session, summit).body["items"][0]["evidence"]
    assert ranking["figures"]["rank"] == 1
    assert ranking["figures"]["n"] == 120
    assert topic["figures"] == {
        "label": {"en": "Wells"},
        "count": 30,
        "share": 0.3,
        "low": 0.2,
        "high": 0.4,
        "n": 100,
    }


def test_adoption_waits_until_all_is_done_and_ends_the_work(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    assert "Publish a draft first" in drafts.unfinished(session, summit, TODAY)[0]
    draft = publish(session, summit, days=2)
    remark = comments.Remark(text="Why so late?")
    comment = comments.give(session, summit, draft, remark, TODAY)
    track = programme.save_track(session, summit, plan())
    make_item(session, summit, "work")
    later = TODAY + timedelta(days=3)
    assert len(drafts.unfinished(session, summit, TODAY)) == 4
    with pytest.raises(Conflict, match="1 comment is unread"):
        drafts.adopt(session, summit, drafts.Publication(), actor="x", now=later)
    comments.refuse(session, comment, Refusal.OFF_TOPIC, actor="x")
    other = session.exec(select(AgendaItem).where(AgendaItem.challenge_code == "work")).one()
    decide(session, summit, other, committee, ItemState.DEFERRED)
    programme.place(session, item, track, 30)
    version = drafts.adopt(session, summit, drafts.Publication(), actor="x", now=later)
    assert (version.kind, version.number) == (VersionKind.ADOPTED, 2)
    for attempt in (
        lambda: programme.unplace(session, item),
        lambda: services.move(session, item, 1),
        lambda: make_item(session, summit, "rights"),
        lambda: decisions.reopen(session, summit, item, reason={"en": "No."}, actor="x", now=later),
        lambda: publish(session, summit),
        lambda: drafts.adopt(session, summit, drafts.Publication(), actor="x", now=later),
    ):
        with pytest.raises(Closed, match="adopted"):
            attempt()
    with pytest.raises(IntegrityError, match=r"uq_agenda_version_adopted|agenda_version"):
        session.connection().execute(
            text(
                "INSERT INTO agenda_version (public_id, consultation_id, number, kind, note, "
                "body, content_hash, published_at, published_by) SELECT 'other', "
                "consultation_id, 9, kind, note, body, content_hash, published_at, "
                "published_by FROM agenda_version WHERE kind = 'adopted'"
            )
        )


def test_comments_close_in_the_transaction_that_writes_them(place):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    draft = publish(session, summit, days=2)
    remark = comments.Remark(text="In time.")
    end = draft.comments_close_at
    comments.give(session, summit, draft, remark, end - timedelta(seconds=1))
    with pytest.raises(Closed, match="not stored"):
        comments.give(session, summit, draft, remark, end)
    decide(session, summit, make_item(session, summit, "work", run=run), committee)
    publish(session, summit, days=2)
    with pytest.raises(Closed, match="not stored"):
        comments.give(session, summit, draft, remark, TODAY)
    assert len(session.exec(select(AgendaComment)).all()) == 1


def test_an_accepted_comment_is_a_contribution_of_its_own_channel(place):
    session, summit, committee, run = place
    item = decide(session, summit, make_item(session, summit, run=run), committee)
    draft = publish(session, summit, days=2)
    remark = comments.Remark(text="ماء أولا", item=item.public_id, language="ar", sector="media")
    comment = comments.give(session, summit, draft, remark, TODAY)
    assert session.exec(select(Contribution)).all() == []
    comments.accept(session, summit, comment, actor="x")
    made = session.exec(select(Contribution)).one()
    assert (made.channel, made.text, made.sector) == (Channel.COMMENT, "ماء أولا", "media")
    assert comment.text == ""
    with pytest.raises(Conflict, match="accepted already"):
        comments.refuse(session, comment, Refusal.INSULT, actor="x")


@pytest.mark.parametrize("words", ["", "   \n ", "x" * 2001])
def test_empty_and_endless_comments_are_refused(place, words):
    session, summit, committee, run = place
    decide(session, summit, make_item(session, summit, run=run), committee)
    draft = publish(session, summit, days=2)
    with pytest.raises(Invalid):
        comments.give(session, summit, draft, comments.Remark(text=words), TODAY)


# --- The trail, and after the summit -------------------------------------------------------------


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
