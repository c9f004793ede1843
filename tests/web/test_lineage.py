"""A new item of a round leads back to the answers it came from, and each answer forward to it."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from consultation.process.models import PhaseKind, Round
from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.errors import Invalid
from results import runs
from results.agenda import intake, services
from results.agenda.trails import trail
from results.models import ConfirmedTopic, RunTable, TopicMember
from results.rounds import queries, sources
from results.rounds import services as rounds
from results.rounds.items import Addition, Decision
from results.rounds.lineage import tree_of
from results.rounds.models import Fate, ItemSource, RoundItem
from surveys import instruments
from surveys.models import Submission
from surveys.queries import find_respondent
from tests.support.agenda import TODAY, decide, describe, make_committee, make_run, make_text
from tests.support.make import make_account, make_consultation, make_phase, sign_in
from tests.support.pages import read_form
from tests.support.rounds import close, make_panel, open_now

BASE = "/manage/consultations/summit/rounds"
PUBLIC = "/consultations/summit/agenda"


def make_next(session, place, last, decisions=None, additions=()):
    now = datetime.now(UTC)
    wanted = rounds.NextRound(
        decisions=decisions or {},
        additions=additions,
        title={"en": "Once more"},
        opens_at=now + timedelta(days=1),
        closes_at=now + timedelta(days=9),
        decided_by="a" * 26,
    )
    return rounds.make_next(session, place, last, wanted, now)


def open_and_close(session, row):
    instruments.freeze(session, row, datetime.now(UTC))
    open_now(session, row)
    close(session, row)


def texts_of(session, last):
    return session.exec(
        select(Contribution)
        .where(Contribution.round_id == last.id, Contribution.question_code == "why")
        .order_by(col(Contribution.text))
    ).all()


@pytest.fixture
def played(writing):
    """Two answers and a topic become an item of round 2, reworded in round 3, ranked, adopted."""
    with writing() as session:
        place, first, tokens = make_panel(session, people=12)
        make_phase(session, place, kind=PhaseKind.ADOPTION)
        open_one, closed_one, in_topic, secret = texts_of(session, first)[:4]
        closed_one.is_quotable = secret.is_quotable = False
        run = make_run(session, place)
        for text in (in_topic, secret):
            session.add(
                TopicMember(run_id=run.id, contribution_id=text.id, topic=1, confidence=0.9)
            )
        session.flush()
        topic = session.exec(select(ConfirmedTopic)).one()
        references = (f"{open_one.id}:0-6", f"answer:{closed_one.id}", f"topic:{topic.public_id}")
        new = Addition("order", {"en": "Power"}, "Many raised it", references)
        second = make_next(session, place, first, additions=[new])
        open_and_close(session, second)
        words = {"order.new1_r2": Decision(Fate.REWORDED, {"en": "Energy"}, reason="Clearer")}
        third = make_next(session, place, second, words)
        open_and_close(session, third)
        row = {"key": "new1_r2_r3", "label": {"en": "Energy"}, "rank": 1}
        row |= {"best_rank": 1, "worst_rank": 2, "mean_position": 1.0, "low": 1.0, "high": 2.0}
        for table in session.exec(select(RunTable).where(RunTable.name == "ranking/1/order")):
            body = table.body | {"rows": [{**row, "n": 120}], "by": {"region": [], "sector": []}}
            session.add(
                RunTable(run_id=run.id, audience=table.audience, name="ranking/3/order", body=body)
            )
        session.flush()
        item = intake.add_item(
            session, place, intake.Proposal({"en": "Energy for all"}), actor="x", now=TODAY
        )
        services.link_figures(
            session, item, run, table_name="ranking/3/order", row_key="new1_r2_r3", now=TODAY
        )
        decide(session, place, describe(session, item), make_committee(session, place))
        ids = {"open": open_one.id, "closed": closed_one.id, "topic": in_topic.id}
    return ids | {"secret": secret.id}, tokens


def token_of(database, tokens, contribution_id):
    with database.read_session() as session:
        for token in tokens:
            found = find_respondent(session, token).submission
            if any(a.get("value") == contribution_id for a in found.answers.values()):
                return token
    raise AssertionError("nobody wrote it")


@pytest.fixture
def organiser(client, writing, played):
    with writing() as session:
        account = make_account(
            session, consultation=by_slug(session, "summit"), roles=(Role.ORGANISER,)
        )
    return sign_in(client, account)


def test_each_contributor_reads_what_the_answer_became(app, client, database, played):
    ids, tokens = played
    with app.app_context():
        of = {name: token_of(database, tokens, key) for name, key in ids.items()}
    pages = {name: client.page(f"/s/{token}/contributions/").text() for name, token in of.items()}
    for name in ("open", "closed"):
        assert "Your answer became an item of round 2: “Power”" in pages[name]
    for name in ("topic", "secret"):
        assert "under “Wells”, and that became an item of round 2:" in pages[name]
    for text in pages.values():
        assert "Round 3: reworded: “Energy” – Clearer" in text
        assert "Energy for all" in text
    other = next(token for token in tokens if token not in of.values())
    assert "round 2" not in client.page(f"/s/{other}/contributions/").text()


def test_the_committee_reads_open_texts_and_the_number_of_closed_ones(organiser, writing, played):
    ids, _tokens = played
    with writing() as session:
        said = session.get(Contribution, ids["closed"]).text
        heard = session.get(Contribution, ids["open"]).text
    page = organiser.page(f"{BASE}/")
    assert "Topic: Wells" in page.text()
    assert heard[:6] + " …" in page.text()
    assert ids["open"] in page.source
    assert "1 answer whose author did not allow quoting; its text stays closed." in page.text()
    assert said not in page.text()
    assert ids["closed"] not in page.source


def editor(page):
    """The form that makes the round, beside the one that proposes."""
    (found,) = (form for form in page.find("form", method="post") if "/next" in form.get("action"))
    return read_form(found)


def links(page):
    found = (
        unescape(href).partition("#")[0] for href in re.findall(r'href="([^"]+)"', page.source)
    )
    return [href for href in found if href.startswith("/consultations/")]


def test_the_public_clicks_from_the_agenda_through_the_rounds_to_an_answer_and_back(
    client, database, played
):
    ids, _tokens = played
    item = next(url for url in links(client.page(PUBLIC)) if "/items/" in url)
    evidence = next(url for url in links(client.page(item)) if "/evidence/" in url)
    page = client.page(evidence)
    text = page.text()
    assert "Round 3: “Energy”reworded from: “Power”" in text
    assert "Round 2: “Power”new in this round, because people raised it" in text
    assert "Topic: Wells" in text
    assert "1 answer whose author did not allow quoting; its text stays closed." in text
    answers = {url.rsplit("/", 1)[1] for url in links(page) if "/contributions/" in url}
    assert answers == {ids["open"], ids["topic"]}
    for key in answers:
        back = client.page(f"{PUBLIC}/contributions/{key}")
        assert "Round 2: “Power”" in back.text()
        assert item in links(back)
    with database.read_session() as session:
        hidden = [session.get(Contribution, ids[name]).text for name in ("closed", "secret")]
    for name, words in zip(("closed", "secret"), hidden, strict=True):
        assert client.get(f"{PUBLIC}/contributions/{ids[name]}").status_code == 404
        assert words not in page.text()


def test_the_evidence_graph_passes_through_the_rounds_and_no_edge_dangles(client, played):
    ids, _tokens = played
    found = json.loads(client.get(PUBLIC + ".json").data)
    graph = found["graph"]
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert len(nodes) == len(graph["nodes"])
    edges = {(edge["from"], edge["to"]): edge["type"] for edge in graph["edges"]}
    assert all({start, end} <= set(nodes) for start, end in edges)
    ranked, asked = "round/3/order.new1_r2_r3", "round/2/order.new1_r2"
    assert "ranks" in {kind for (_start, end), kind in edges.items() if end == ranked}
    assert edges[ranked, asked] == "reworded"
    behind = [nodes[end] for (start, end), kind in edges.items() if kind == "added_from"]
    assert sorted(node["type"] for node in behind) == ["contribution", "topic"]
    assert nodes[asked]["closed_texts"] == 1
    assert not any(key in json.dumps(found) for key in ids.values())


def test_what_is_withdrawn_or_removed_is_counted_and_leaves_no_words(
    client, organiser, writing, played
):
    ids, _tokens = played
    with writing() as session:
        text = session.get(Contribution, ids["open"])
        words = text.text
        contributions.withdraw(session, text)
        session.delete(session.get(Contribution, ids["closed"]))
    page = organiser.page(f"{BASE}/")
    assert "2 answers that were withdrawn since." in page.text()
    assert "did not allow quoting" not in page.text()
    item = next(url for url in links(client.page(PUBLIC)) if "/items/" in url)
    evidence = next(url for url in links(client.page(item)) if "/evidence/" in url)
    shown = client.page(evidence)
    assert "2 answers that were withdrawn since." in shown.text()
    assert words not in shown.text()
    for url in links(shown):
        assert client.get(url).status_code == 200, url
    found = client.get(PUBLIC + ".json").json["graph"]
    nodes = {node["id"] for node in found["nodes"]}
    assert all({edge["from"], edge["to"]} <= nodes for edge in found["edges"])


def test_an_answer_and_a_topic_are_proposed_from_the_page_of_topics_and_a_draft_keeps_all(
    organiser, writing, database, played
):
    ids, _tokens = played
    with writing() as session:
        topic = session.exec(select(ConfirmedTopic)).one()
        reference = f"topic:{topic.public_id}"
    assert (
        "Ask about this topic in the next round"
        in organiser.page("/dashboards/summit/topics").text()
    )
    page = organiser.page(f"{BASE}/propose?source={reference}")
    fields = editor(page).fields
    assert (fields["list_0"], fields["new_0_en"]) == (["order"], ["Wells"])
    assert fields["group_0"] == [reference]
    changes = {"answers_0": f"{ids['topic']}\n{ids['open']} 0-6", "fate_1": "dropped"}
    page = organiser.submit(editor(page), changes | {"reason_1": "Settled"})
    assert "The round was made" in page.text()
    again = organiser.page(f"{BASE}/propose?source=answer:{ids['secret']}")
    assert "not to be quoted" in again.text()
    fields = editor(again).fields
    assert fields["group_0"] == [reference]
    assert fields["answers_0"][0].splitlines() == [ids["topic"], f"{ids['open']}:0-6"]
    assert (fields["fate_1"], fields["reason_1"]) == (["dropped"], ["Settled"])
    assert fields["answers_1"] == [ids["secret"]]
    refused = organiser.submit(editor(again), {})
    assert "Write the words of the new item" in refused.text()
    page = organiser.submit(editor(refused), {"new_1_en": "Another"})
    assert "The round was made" in page.text()
    with database.read_session() as session:
        row = session.exec(select(Round).where(Round.number == 4)).one()
        found = session.exec(
            select(RoundItem.key, ItemSource.kind)
            .join(ItemSource, col(ItemSource.item_id) == col(RoundItem.id))
            .where(RoundItem.round_id == row.id)
        ).all()
    assert sorted((key, kind.value) for key, kind in found) == [
        ("order.new1_r4", "contribution"),
        ("order.new1_r4", "contribution"),
        ("order.new1_r4", "topic"),
        ("order.new2_r4", "contribution"),
    ]


def test_a_draft_is_not_spoken_of_to_contributors(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=12)
        text = texts_of(session, first)[0]
        new = Addition("order", {"en": "Power"}, "", (text.id,))
        second = make_next(session, place, first, additions=[new])
        assert trail(session, text).asked == []
        open_and_close(session, second)
        assert [one.label for one in trail(session, text).asked] == [{"en": "Power"}]


def test_an_item_taken_out_of_the_draft_again_is_no_item_that_an_answer_became(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=12)
        text = texts_of(session, first)[0]
        new = Addition("order", {"en": "Power"}, "", (text.id,))
        second = make_next(session, place, first, additions=[new])
        raw = deepcopy(queries.raw_document(session, second))
        for part in raw["sections"]:
            for question in part["questions"]:
                if question["code"] == "order":
                    kept = question["settings"]["items"]
                    question["settings"]["items"] = [
                        *(one for one in kept if not one["code"].startswith("new")),
                        {"code": "late", "label": {"en": "Late"}},
                    ]
        made = instruments.add(session, place, raw, datetime.now(UTC))
        instruments.assign(session, place, second, made.id)
        open_and_close(session, second)
        assert trail(session, text).asked == []
        third = make_next(session, place, second)
        keys = {item.key for item in tree_of(session, place.id).items.values()}
        assert "order.late" in keys
        assert "order.new1_r2" not in keys
        assert third.number == 3


@pytest.mark.parametrize("reference", ["topic", "theme", "answer", "passage", "nonsense", "draft"])
def test_what_is_not_of_this_consultation_is_refused(writing, reference):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=12)
        other = make_consultation(session, slug="other")
        run = make_run(session, other)
        foreign = make_text(session, other, "Another consultation's.")
        own = texts_of(session, first)[0]
        topic = session.exec(select(ConfirmedTopic)).one()
        draft = make_text(session, place, "Not handed in", state="draft")
        given = {
            "topic": f"topic:{topic.public_id}",
            "theme": f"theme:{run.public_id}|T1",
            "answer": foreign.id,
            "passage": f"{own.id}:0-99999",
            "nonsense": "'; DROP TABLE item_source; --",
            "draft": draft.id,
        }[reference]
        with pytest.raises(Invalid):
            make_next(
                session, place, first, additions=[Addition("order", {"en": "New"}, "", (given,))]
            )
        assert sources.offers(session, place, [given]) == []


def test_a_run_behind_an_item_is_not_replaced(writing):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=12)
        run = make_run(session, place)
        theme = f"theme:{run.public_id}|T1"
        assert theme in {offer.value for offer in sources.offers(session, place)}
        make_next(session, place, first, additions=[Addition("order", {"en": "New"}, "", (theme,))])
        for topic in session.exec(select(ConfirmedTopic)):
            session.delete(topic)
        session.flush()
        assert runs._has_human_work(session, run)


@pytest.mark.parametrize(
    "change",
    [
        "run_id = NULL",
        "contribution_id = 'x'",
        "kind = 'contribution'",
        "passage_start = 3",
        "passage_start = 3, passage_end = 2, text_hash = 'h'",
    ],
)
def test_the_store_refuses_half_a_source(writing, change):
    with writing() as session:
        place, first, _tokens = make_panel(session, people=2)
        run = make_run(session, place)
        topic = session.exec(select(ConfirmedTopic)).one()
        given = f"topic:{topic.public_id}"
        make_next(session, place, first, additions=[Addition("order", {"en": "New"}, "", (given,))])
        assert run.id
        with pytest.raises(IntegrityError), session.begin_nested():
            session.connection().exec_driver_sql(f"UPDATE item_source SET {change}")


def test_other_roles_do_not_propose(client, writing, played):
    with writing() as session:
        account = make_account(
            session, consultation=by_slug(session, "summit"), roles=(Role.COMMITTEE,)
        )
        assert session.exec(select(Submission)).first()
    committee = sign_in(client, account)
    assert committee.get(f"{BASE}/propose?source=x").status_code == 403
    assert "Ask about" not in committee.page("/dashboards/summit/topics").text()


@pytest.mark.parametrize(
    "source", ["%00", "topic:%00", "theme:%00|%00", "answer:" + "a" * 26, "<script>", "x" * 5000]
)
def test_a_hostile_reference_is_refused_in_words(organiser, source):
    response = organiser.get(f"{BASE}/3/next?source={source}")
    assert response.status_code == 422
    assert "<script>" not in response.get_data(as_text=True).partition("<main")[2]
