"""Rounds that converge: the next made from the last, feedback between them, stop or go on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from consultation.process.models import IdentityMode, Round
from consultation.process.queries import by_slug
from consultation.process.queries import rounds as rounds_of
from core.auth.permissions import Role
from core.errors import Conflict, Invalid
from core.security import keyed_hash
from results.rounds import queries, services
from results.rounds.items import Addition, Decision
from results.rounds.lineage import tree_of
from results.rounds.models import Fate, FeedbackSeen, ItemStep, RoundOutcome
from surveys import instruments
from surveys.models import Submission, SubmissionState
from tests.support.make import make_account, sign_in
from tests.support.rounds import answer_round, close, give, make_panel, open_now, says

BASE = "/manage/consultations/summit/rounds"
REWORDED = {"order.work": Decision(Fate.REWORDED, {"en": "Decent work"}, reason="Clearer")}


def next_round(session, place, last, decisions=None, additions=(), **changes):
    now = datetime.now(UTC)
    wanted = services.NextRound(
        **{
            "decisions": decisions or {},
            "additions": additions,
            "title": {"en": "Once more"},
            "opens_at": now + timedelta(days=1),
            "closes_at": now + timedelta(days=9),
            "decided_by": "a" * 26,
            **changes,
        }
    )
    return services.make_next(session, place, last, wanted, now)


@pytest.fixture
def second(writing):
    """A closed first round of 24 people, its outcome, and an open second round with links."""
    with writing() as session:
        place, first, _tokens = make_panel(session)
        services.freeze_outcome(session, place, first, datetime.now(UTC))
        row = next_round(session, place, first)
        instruments.freeze(session, row, datetime.now(UTC))
        open_now(session, row)
        tokens = answer_round(session, place, row, who=range(0))
    return place, row, tokens


@pytest.fixture
def organiser(client, writing, second):
    with writing() as session:
        account = make_account(
            session, consultation=by_slug(session, "summit"), roles=(Role.ORGANISER,)
        )
    return sign_in(client, account)


def test_items_are_kept_dropped_merged_reworded_and_added_with_their_lineage(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=3)
        merge = {
            "order.water": Decision(Fate.MERGED, {"en": "Water and rights"}, "A", "The same"),
            "order.rights": Decision(Fate.MERGED, {}, "A", "The same"),
        }
        new = [Addition("order", {"en": "Power"}, "Theme: who decides")]
        row = next_round(session, place, first, REWORDED | merge, new)
        document = queries.raw_document(session, row)
        questions = {q["code"]: q for part in document["sections"] for q in part["questions"]}
        items = questions["order"]["settings"]["items"]
        assert [item["code"] for item in items] == ["water_r2", "work_r2", "new1_r2"]
        assert items[1]["label"] == {"en": "Decent work"}
        steps = {
            (s.fate.value, (s.before or {}).get("en"), (s.after or {}).get("en"))
            for s in queries.lineage(session, tree_of(session, place.id), row)
        }
        assert steps == {
            ("kept", "How much does safety matter?", "How much does safety matter?"),
            ("merged", "Water", "Water and rights"),
            ("merged", "Rights", "Water and rights"),
            ("reworded", "Work", "Decent work"),
            ("added", None, "Power"),
        }


def test_a_draft_that_is_made_again_has_one_lineage(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=3)
        next_round(session, place, first, {"safety": Decision(Fate.DROPPED, reason="Settled")})
        row = next_round(session, place, first, REWORDED)
        fates = [step.fate for step in session.exec(select(ItemStep))]
        assert sorted(fates) == [Fate.KEPT, Fate.KEPT, Fate.KEPT, Fate.REWORDED]
        assert len(rounds_of(session, place)) == 2
        assert row.number == 2


@pytest.mark.parametrize(
    "decisions",
    [
        {"order.work": Decision(Fate.REWORDED, {})},
        {"order.work": Decision(Fate.REWORDED, {"en": "Work"})},
        {"order.work": Decision(Fate.MERGED, {"en": "All"}, "A")},
        {"safety": Decision(Fate.MERGED, {"en": "All"}, "A")},
        {"order.work": Decision(Fate.DROPPED), "order.water": Decision(Fate.DROPPED)},
    ],
)
def test_decisions_that_make_no_sense_are_refused(writing, decisions):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=1)
        with pytest.raises(Invalid):
            next_round(session, place, first, decisions)


def test_a_round_that_is_open_makes_no_next_and_freezes_nothing(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=1)
        open_now(session, first)
        with pytest.raises(Conflict):
            next_round(session, place, first)
        with pytest.raises(Conflict):
            services.freeze_outcome(session, place, first, datetime.now(UTC))


def test_what_is_frozen_never_moves(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session)
        once = dict(services.freeze_outcome(session, place, first, datetime.now(UTC)).feedback)
        victim = session.exec(select(Submission)).first()
        victim.state, victim.submitted_on = SubmissionState.WITHDRAWN, None
        session.add(victim)
        session.flush()
        again = services.freeze_outcome(session, place, first, datetime.now(UTC))
        assert again.feedback == once
        assert again.n == 24


def test_feedback_shows_distributions_reasons_and_only_cells_that_allow_it(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session)
        feedback = services.freeze_outcome(session, place, first, datetime.now(UTC)).feedback
    items = {item["key"]: item for item in feedback["items"]}
    safety = items["safety"]
    assert safety["shares"] == [0, 50, 0, 0, 50]
    assert "mean" not in safety
    assert len(safety["for"]) == len(safety["against"]) == 3
    # 24 people: WEOG has 6 (France), each other region 6; sectors 8 each. No cell has ten.
    assert safety["by"] == {"region": [], "sector": []}
    assert items["order.rights"]["shares"][0] == pytest.approx(67, abs=1)


def test_whoever_subtracts_the_groups_from_all_is_left_with_nobody_or_ten(writing):
    def say(number):
        return says(number) | {"country": "FR" if number < 25 else "KE" if number < 37 else "IN"}

    with writing() as session:
        place, first, _tokens = make_panel(session, people=40, say=say)
        feedback = services.freeze_outcome(session, place, first, datetime.now(UTC)).feedback
    for item in feedback["items"]:
        shown = item["by"]["region"]
        # 25 and 12 and 3: with both shown, the three would stand bare.
        assert [cell["n"] for cell in shown] == [25]
        assert item["n"] - sum(cell["n"] for cell in shown) >= 10


def test_an_installation_may_ask_for_larger_cells(app, writing):
    def say(number):
        return says(number) | {"country": "FR" if number % 2 else "KE"}

    with writing() as session:
        place, first, _tokens = make_panel(session, people=28, say=say)
        usual = services.freeze_outcome(session, place, first, datetime.now(UTC)).feedback
    assert len(usual["items"][0]["by"]["region"]) == 2
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(
        settings, thresholds=replace(settings.thresholds, feedback_cell=20)
    )
    with writing() as session:
        place, first, _tokens = make_panel(session, people=28, say=say, slug="strict")
        strict = services.freeze_outcome(session, place, first, datetime.now(UTC)).feedback
    assert strict["items"][0]["by"]["region"] == []


def test_making_the_next_round_freezes_what_its_people_will_see(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session)
        next_round(session, place, first)
        assert queries.outcome_of(session, first).feedback["n"] == 24


def test_fewer_than_ten_get_no_feedback(client, writing, database):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=9)
        outcome = services.freeze_outcome(session, place, first, datetime.now(UTC))
        assert outcome.feedback == {}
        row = next_round(session, place, first)
        instruments.freeze(session, row, datetime.now(UTC))
        open_now(session, row)
        token = answer_round(session, place, row, who=range(0))[0]
    assert client.get(f"/s/{token}/last-round/").status_code == 404
    assert "last-round" not in client.get(f"/s/{token}/").get_data(as_text=True)


def test_reading_writes_nothing_and_reading_is_confirmed(client, second, database):
    _place, row, tokens = second
    page = client.page(f"/s/{tokens[0]}/")
    assert f"/s/{tokens[0]}/last-round/" in page.source
    page = client.page(f"/s/{tokens[0]}/last-round/")
    assert "Your answer then" in page.text()
    with database.read_session() as session:
        assert session.exec(select(FeedbackSeen)).all() == []
    client.submit(page.form("/seen"))
    client.submit(client.page(f"/s/{tokens[0]}/last-round/").form("/seen"))
    with database.read_session() as session:
        seen = session.exec(select(FeedbackSeen)).one()
        assert session.exec(select(Submission).where(Submission.round_id == row.id)).all() == []
    with client.application.app_context():
        assert seen.answer_hash == keyed_hash("answer", tokens[0])


def test_an_answer_is_kept_in_one_click_and_all_in_one(client, second, database):
    _place, row, tokens = second
    keep = f"/s/{tokens[1]}/last-round/keep"
    response = client.post(keep, data={"question": "safety"})
    assert response.status_code == 400, "without its CSRF token nothing is kept"
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post(keep, data={"question": "safety"}).status_code == 303
    with database.read_session() as session:
        stored = session.exec(select(Submission).where(Submission.round_id == row.id)).one()
        assert stored.answers["safety"]["value"] == 2
        assert "order" not in stored.answers
    assert client.post(keep, data={"question": ""}).status_code == 303
    with database.read_session() as session:
        stored = session.exec(select(Submission).where(Submission.round_id == row.id)).one()
        assert stored.answers["order"]["value"] == says(1)["order"]
        assert "why" not in stored.answers
        assert session.exec(select(FeedbackSeen)).one()


def test_an_item_with_new_words_cannot_be_answered_with_the_old_answer(client, writing):
    with writing() as session:
        place, first, _tokens = make_panel(session)
        services.freeze_outcome(session, place, first, datetime.now(UTC))
        row = next_round(session, place, first, REWORDED)
        instruments.freeze(session, row, datetime.now(UTC))
        open_now(session, row)
        token = answer_round(session, place, row, who=range(0))[0]
    client.application.config["WTF_CSRF_ENABLED"] = False
    keep = f"/s/{token}/last-round/keep"
    assert client.post(keep, data={"question": "order"}).status_code == 409
    assert client.post(keep, data={"question": "safety"}).status_code == 303


def test_a_closed_round_takes_no_kept_answer(client, second, writing, database):
    _place, row, tokens = second
    with writing() as session:
        close(session, session.get(Round, row.id))
    client.application.config["WTF_CSRF_ENABLED"] = False
    for path in ("keep", "seen"):
        assert client.post(f"/s/{tokens[0]}/last-round/{path}").status_code == 409
    with database.read_session() as session:
        assert session.exec(select(FeedbackSeen)).all() == []


def own_answer(client, token):
    """What the page says of the own answer, and the rest of it."""
    page = client.page(f"/s/{token}/last-round/").text()
    return page.split("Your answer then:")[1].strip()[0]


def test_each_link_shows_its_own_answer_and_a_wrong_one_leads_nowhere(client, second):
    _place, _row, tokens = second
    assert own_answer(client, tokens[0]) == "5"
    assert own_answer(client, tokens[1]) == "2"
    assert client.get(f"/s/{'x' * 32}/last-round/").status_code == 404


def test_anonymous_rounds_show_the_group_and_nobodys_own_answer(client, writing):
    with writing() as session:
        place, first, tokens = make_panel(session, mode=IdentityMode.ANONYMOUS)
        services.freeze_outcome(session, place, first, datetime.now(UTC))
        row = next_round(session, place, first)
        instruments.freeze(session, row, datetime.now(UTC))
        open_now(session, row)
        token = answer_round(session, place, row, who=range(0))[0]
    page = client.page(f"/s/{token}/last-round/")
    assert "These rounds are anonymous" in page.text()
    assert "Your answer then" not in page.text()
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post(f"/s/{token}/last-round/keep").status_code == 409
    # The link of the first round leads to the first round, which has none before it.
    assert client.get(f"/s/{tokens[0]}/last-round/").status_code == 404


def test_a_reason_that_may_not_be_quoted_any_more_is_gone(client, second, writing):
    _place, _row, tokens = second
    before = client.page(f"/s/{tokens[0]}/last-round/").text()
    with writing() as session:
        feedback = session.exec(select(RoundOutcome)).one().feedback
        safety = next(item for item in feedback["items"] if item["key"] == "safety")
        taken_back = session.get(Contribution, safety["for"][0])
        taken_back.is_quotable = False
        session.add(taken_back)
        words = taken_back.text
    assert words in before
    assert words not in client.page(f"/s/{tokens[0]}/last-round/").text()


def moved(number):
    """Two thirds of the people come to the middle."""
    return says(number) | ({"safety": 3} if number < 16 else {})


def test_the_page_says_go_on_and_then_stop_and_why(organiser, second, writing):
    place, row, tokens = second
    with writing() as session:
        for number, token in enumerate(tokens):
            give(session, token, number, moved)
        current = session.get(Round, row.id)
        close(session, current)
        services.freeze_outcome(session, place, current, datetime.now(UTC))
    page = organiser.page(f"{BASE}/")
    assert "Go on: the rule is not met yet." in page.text()
    assert "0% of the items are stable" in page.text()
    assert "still moves" in page.text()
    with writing() as session:
        third = next_round(session, place, session.get(Round, row.id))
        instruments.freeze(session, third, datetime.now(UTC))
        open_now(session, third)
        answer_round(session, place, third, moved)
        close(session, third)
        services.freeze_outcome(session, place, third, datetime.now(UTC))
    page = organiser.page(f"{BASE}/")
    assert "Stop: this was the last round allowed." in page.text()
    assert "n = 24 who answered both" in page.text()


def test_who_left_is_shown_by_group_and_a_handful_raises_no_alarm(organiser, second, writing):
    place, row, tokens = second
    with writing() as session:
        for number, token in enumerate(tokens):
            if number % 3:
                give(session, token, number)
        current = session.get(Round, row.id)
        close(session, current)
        outcome = services.freeze_outcome(session, place, current, datetime.now(UTC))
        found = outcome.comparison
    findings = {finding["criterion"]: finding for finding in found["advice"]["findings"]}
    rows = {line["key"]: line for line in found["attrition"]["sector"]["rows"]}
    # Eight governments are fewer than ten: they are shown as gone, and raise no alarm.
    assert (rows["government"]["before"], rows["government"]["stayed"]) == (8, 0)
    assert findings["panel"]["is_met"] is True
    assert "Who came back, by region" in organiser.page(f"{BASE}/").text()


def test_the_next_round_is_made_on_its_page(organiser, second, writing, database):
    _place, row, _tokens = second
    assert organiser.get(f"{BASE}/2/next").status_code == 409
    with writing() as session:
        close(session, session.get(Round, row.id))
    page = organiser.page(f"{BASE}/2/next")
    changes = {"fate_1": "dropped", "reason_1": "Nobody placed it", "list_0": "order"}
    page = organiser.submit(page.form("/next"), changes | {"new_0_en": "Power"})
    assert "The round was made" in page.text()
    assert "Nobody placed it" in page.text()
    with database.read_session() as session:
        made = rounds_of(session, by_slug(session, "summit"))[-1]
        assert made.number == 3
        keys = list(queries.items(session, made))
    assert keys == ["safety", "order.work", "order.rights", "order.new1_r3"]


def test_a_refused_plan_keeps_what_was_typed(organiser, second, writing, database):
    _place, row, _tokens = second
    with writing() as session:
        close(session, session.get(Round, row.id))
    page = organiser.page(f"{BASE}/2/next")
    changes = {"fate_0": "reworded", "reason_0": "Kept words"}
    page = organiser.submit(page.form("/next"), changes)
    assert "Write the new words" in page.text()
    assert page.form("/next").fields["reason_0"] == ["Kept words"]
