"""The agenda as people meet it: who sees what, what the public can click, and what is refused."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import select

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from core.audit import AuditEntry
from core.auth.permissions import Role
from core.db import get_database
from results.agenda import intake, services
from results.agenda.drafts import comments
from results.agenda.drafts import services as drafts
from results.agenda.drafts.document import content_hash
from results.agenda.drafts.models import AgendaComment, AgendaVersion
from results.agenda.models import AgendaItem, ItemState
from results.agenda.review import services as review
from results.agenda.trails import trail
from results.models import AnalysisRun
from results.workbench.models import ThemeMember
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
from tests.support.make import make_account, sign_in
from tests.support.pages import PageClient, read_form

PUBLIC = "/consultations/summit/agenda"
OUTCOMES = "/consultations/summit/outcomes"
MANAGE = "/manage/consultations/summit/agenda"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}=HYPERLINK(1)"


@pytest.fixture
def summit(app):
    """An item of every decision with its evidence, a draft that takes comments, a committee."""
    with get_database(app).transaction() as session:
        place = make_summit(session)
        committee = make_committee(session, place)
        run = make_run(session, place)
        texts = [
            make_text(session, place, "Wells run dry in our town.", run=run),
            make_text(session, place, "A secret that nobody may read.", is_quotable=False),
        ]
        items = [make_item(session, place, code, run=run) for code in ("water", "work", "rights")]
        services.link_figures(session, items[0], run, table_name="topics", row_key="1", now=TODAY)
        for text in texts:
            services.link_contribution(session, items[0], text.id, TODAY)
        decide(session, place, items[0], committee)
        decide(
            session,
            place,
            items[1],
            committee,
            ItemState.MERGED,
            merged_into=items[0].public_id,
        )
        decide(session, place, items[2], committee, ItemState.DEFERRED)
        decide(
            session,
            place,
            make_item(session, place, "energy", run=run),
            committee,
            ItemState.REFERRED,
            referred_to="UNESCO",
        )
        publication = drafts.Publication(comments_close_at=TODAY + timedelta(days=5))
        drafts.publish_draft(session, place, publication, actor="x", now=TODAY)
    return committee


def links(client, url):
    """The addresses inside this site that a page links to."""
    source = client.page(url).source
    found = (unescape(href).partition("#")[0] for href in re.findall(r'href="([^"]+)"', source))
    return {href for href in found if href.startswith("/consultations/")}


def test_no_published_link_dangles(client, summit):
    seen, waiting = set(), [PUBLIC, PUBLIC + "/you-said", OUTCOMES]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        response = client.get(url)
        assert response.status_code == 200, url
        if response.mimetype == "text/html" and url.startswith((PUBLIC, OUTCOMES)):
            waiting += links(client, url)
    kinds = {url.split("/")[4] for url in seen if url.startswith(PUBLIC + "/")}
    assert {"items", "evidence", "contributions", "versions"} <= kinds
    assert len(seen) > 12


def test_the_export_names_only_what_it_holds(client, summit, app):
    found = json.loads(client.get(PUBLIC + ".json").data)
    nodes = {node["id"] for node in found["graph"]["nodes"]}
    for edge in found["graph"]["edges"]:
        assert {edge["from"], edge["to"]} <= nodes
    assert found["sha256"] == content_hash(found["agenda"])
    texts = [node.get("text") for node in found["graph"]["nodes"]]
    assert "Wells run dry in our town." in texts
    assert "A secret" not in json.dumps(found)
    with get_database(app).read_session() as session:
        for account in summit:
            assert account.public_id not in json.dumps(found)
        for row in session.exec(select(Contribution)):
            assert row.id not in json.dumps(found)


def test_a_signed_off_theme_leads_to_its_contributions_and_back(client, summit, app):
    with get_database(app).transaction() as session:
        place = _summit(session, session.exec(select(AgendaItem)).first())
        run = session.exec(select(AnalysisRun)).one()
        text = make_text(session, place, "Children walk for water.")
        unquoted = make_text(session, place, "Not to be quoted.", is_quotable=False)
        for one in (text, unquoted):
            member = {"run_id": run.id, "code": "T1", "contribution_id": one.id}
            session.add(ThemeMember(**member, is_human=True, probability=1.0))
        source = f"row:{run.public_id}|themes|T1"
        item = intake.start_item(session, place, source, actor="x", now=TODAY)
        assert (item.title, item.origin) == ({"en": "Thirst"}, "theme")
        decide(session, place, describe(session, item), summit)
        assert trail(session, unquoted).items == [item]
        drafts.publish_draft(session, place, drafts.Publication(), actor="x", now=TODAY)
    page = client.page(f"{PUBLIC}/items/{item.public_id}")
    assert "Raised in 30.0% of contributions" in page.text()
    evidence = next(
        url for url in links(client, f"{PUBLIC}/items/{item.public_id}") if "/evidence/" in url
    )
    assert "Children walk for water." in client.page(evidence).text()
    assert "Not to be quoted." not in client.page(evidence).source
    back = client.page(f"{PUBLIC}/contributions/{text.id}")
    assert "Thirst" in back.text()
    assert f"{PUBLIC}/items/{item.public_id}" in back.source
    assert client.get(f"{PUBLIC}/contributions/{unquoted.id}").status_code == 404


def test_a_contribution_that_is_behind_nothing_has_no_page(client, summit, app):
    with get_database(app).transaction() as session:
        place = session.merge(session.exec(select(AgendaItem)).first())
        stray = make_text(session, _summit(session, place), "Nobody linked this.")
        other = make_summit(session, slug="other")
        foreign = make_text(session, other, "Another consultation's.")
    for key in (stray.id, foreign.id, "x"):
        assert client.get(f"{PUBLIC}/contributions/{key}").status_code == 404


def _summit(session, item):
    return session.exec(select(Consultation).where(Consultation.id == item.consultation_id)).one()


def test_words_follow_their_author_and_figures_stay(client, summit, app):
    with get_database(app).transaction() as session:
        text = session.exec(
            select(Contribution).where(Contribution.text == "Wells run dry in our town.")
        ).one()
        key = text.id
        assert "Wells run dry" in client.page(f"{PUBLIC}/contributions/{key}").text()
        contributions.withdraw(session, text)
    page = client.page(PUBLIC)
    assert "[withdrawn]" in page.text()
    assert "Wells run dry in our town" not in page.source
    assert "A secret" not in page.source
    assert "Rank 1 (plausible ranks 1 to 2), ranked by 120 respondents" in page.text()
    assert client.get(f"{PUBLIC}/contributions/{key}").status_code == 200


def test_other_consultations_lend_nothing(app, client, summit):
    with get_database(app).transaction() as session:
        other = make_summit(session, slug="other")
        make_run(session, other)
        mine = session.exec(select(AgendaItem)).first()
        version = session.exec(select(AgendaVersion)).one()
        account = make_account(
            session, email="o@example.org", consultation=other, roles=(Role.COMMITTEE,)
        )
    link = version.body["items"][0]["evidence"][0]["id"]
    for part in (f"items/{mine.public_id}", f"evidence/{link}", "versions/1"):
        assert client.get(f"{PUBLIC}/{part}").status_code == 200
        assert client.get(f"/consultations/other/agenda/{part}").status_code == 404
    sign_in(client, account)
    elsewhere = "/manage/consultations/other/agenda"
    assert client.get(f"{elsewhere}/{mine.public_id}").status_code == 404
    token = client.page(elsewhere).form("/new").fields["csrf_token"][0]
    for part in ("decide", "reopen", "review", "move", "evidence", "unplace"):
        sent = client.post(f"{elsewhere}/{mine.public_id}/{part}", data={"csrf_token": token})
        assert sent.status_code == 404
        assert client.post(f"{MANAGE}/{mine.public_id}/{part}").status_code in {400, 404}


def test_scores_are_blind_on_the_page(app, client, summit):
    with get_database(app).transaction() as session:
        place = _summit(session, session.exec(select(AgendaItem)).first())
        item = make_item(session, place, "audits")
        judge(session, place, item, summit, scores=(1, 5))
        organiser = make_account(
            session, email="o@example.org", consultation=place, roles=(Role.ORGANISER,)
        )
    url = f"{MANAGE}/{item.public_id}"
    blind = sign_in(app.test_client(), organiser).page(url)
    assert "2 of 3 members scored" in blind.text()
    assert "Conflicting" not in blind.text()
    assert not [f for f in _forms(blind, "/review") if f.action.endswith("/review")]
    sign_in(client, summit[2])
    before = client.page(url)
    assert "Others' scores are shown once you have given your own." in before.text()
    form = next(f for f in _forms(before, "/review") if f.action.endswith("/review"))
    short = client.submit(form, {"score_urgency": "3"})
    assert (short.status, "Conflicting" in short.text()) == (422, False)
    after = client.submit(form, {f"score_{code}": "3" for code in CODES})
    assert "Conflicting" in after.text()
    again = client.submit(form, {f"score_{code}": "5" for code in CODES})
    assert again.status == 409
    public = app.test_client()
    assert client.get(f"{PUBLIC}/items/{item.public_id}").status_code == 404
    assert "Audits" not in public.page(PUBLIC).text()


def _forms(page, part):
    return [read_form(e) for e in page.find("form") if part in (e.get("action") or "")]


def test_decisions_are_in_the_audit_log_and_reviews_without_their_scores(app, client, summit):
    with get_database(app).transaction() as session:
        place = _summit(session, session.exec(select(AgendaItem)).first())
        item = make_item(session, place, "audits")
        review.start(session, place, item, actor="x", now=TODAY)
    for account in summit[:2]:
        visitor = sign_in(app.test_client(), account)
        page = visitor.page(f"{MANAGE}/{item.public_id}")
        form = next(f for f in _forms(page, "/review") if f.action.endswith("/review"))
        page = visitor.submit(form, {f"score_{code}": "2" for code in CODES})
    page = visitor.submit(page.form("/decide"), {"state": "rejected", "reason_en": "Too vague."})
    assert page.status == 200
    with get_database(app).read_session() as session:
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == [
        "review_item",
        "review_item",
        "decide_agenda_item:rejected",
    ]
    assert all(entry.details == {} for entry in entries)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (HOSTILE, HOSTILE),
        ("a\u202egpj.exe", "agpj.exe"),
        ("مياه\u200f قبل كل شيء", "مياه\u200f قبل كل شيء"),
    ],
)
def test_hostile_words_stay_words(app, client, summit, words, kept):
    visitor = app.test_client()
    page = visitor.submit(visitor.page(PUBLIC + "/comments").form("/comments"), {"text": words})
    assert "A person reads your comment" in page.text()
    assert words not in page.text()
    sign_in(client, summit[0])
    read = client.page(MANAGE + "/comments")
    assert "<script>alert" not in read.source
    form = next(f for f in _forms(read, "/comments/") if ("verdict", "accept") in f.buttons)
    client.submit(form, {"verdict": "accept"})
    shown = visitor.page(PUBLIC + "/comments")
    assert "".join(kept.split()) in "".join(shown.text().split())
    assert "<script>" not in shown.source
    assert "<img" not in shown.source.replace('<img src="/static', "")


def test_a_comment_after_the_close_is_refused_and_not_stored(app, client, summit):
    form = client.page(PUBLIC + "/comments").form("/comments")
    with get_database(app).transaction() as session:
        place = _summit(session, session.exec(select(AgendaItem)).first())
        decide(session, place, make_item(session, place, "audits"), summit)
        drafts.publish_draft(session, place, drafts.Publication(), actor="x", now=TODAY)
    late = client.submit(form, {"text": "Too late?"})
    assert late.status in {409, 422}
    assert "takes no comments any more" in late.text()
    assert not client.page(PUBLIC + "/comments").find("textarea")
    with get_database(app).read_session() as session:
        assert session.exec(select(AgendaComment)).all() == []


def test_a_wrong_comment_keeps_its_words(client, summit):
    form = client.page(PUBLIC + "/comments").form("/comments")
    page = client.submit(form, {"text": "x" * 2100, "sector": "media"})
    assert page.status == 422
    assert "at most 2000 characters" in page.text()
    (area,) = page.find("textarea")
    assert (area.text or "").strip() == "x" * 2100


def test_a_flood_of_comments_meets_its_limit(app, client, summit, monkeypatch):
    monkeypatch.setattr(comments, "MOST_WAITING", 2)
    form = client.page(PUBLIC + "/comments").form("/comments")
    for _time in range(2):
        assert client.submit(form, {"text": "More water."}).status == 200
    assert client.submit(form, {"text": "More water."}).status == 429
    with get_database(app).read_session() as session:
        assert len(session.exec(select(AgendaComment)).all()) == 2


def test_you_said_answers_each_published_group(client, summit):
    page = client.page(PUBLIC + "/you-said")
    assert "What everybody put first" in page.text()
    assert "Why not:" in page.text()
    group = client.page(PUBLIC + "/you-said?group=region:african")
    assert "What African Group put first" in group.text()
    assert "n = 40" in group.text()
    assert "Schools" in group.text()
    made_up = client.page(PUBLIC + "/you-said?group=region:<b>")
    assert "What everybody put first" in made_up.text()


def test_a_draft_and_the_next_one_are_compared_word_by_word(app, client, summit):
    with get_database(app).transaction() as session:
        place = _summit(session, session.exec(select(AgendaItem)).first())
        decide(session, place, make_item(session, place, "audits"), summit)
        drafts.publish_draft(session, place, drafts.Publication(), actor="x", now=TODAY)
    page = client.page(PUBLIC + "/versions/2/changes")
    assert "Audits" in page.text()
    assert "New" in page.text()
    assert client.get(PUBLIC + "/versions/1/changes").status_code == 404
    assert client.get(PUBLIC + "/versions/99999999999").status_code == 404


def test_the_page_does_not_read_more_for_more_items(app, client, summit, max_reads):
    few = max_reads(lambda: client.get(PUBLIC))
    with get_database(app).transaction() as session:
        place = _summit(session, session.exec(select(AgendaItem)).first())
        for code in ("audits", "schools"):
            decide(session, place, make_item(session, place, code), summit)
    assert max_reads(lambda: client.get(PUBLIC)) <= few + 1


def test_the_whole_work_is_done_in_the_browser_forms(app, client):
    """From a bare candidate to the adopted agenda and its outcome, by the forms alone."""
    with get_database(app).transaction() as session:
        place = make_summit(session)
        committee = make_committee(session, place, size=1)
        make_run(session, place)
    sign_in(client, committee[0])
    page = client.submit(client.page(MANAGE).form("/new"), {"source": "challenge:water"})
    item = page.form("/review/take-back") if _forms(page, "/review/take-back") else None
    assert item is None
    assert "Before the committee can judge it" in page.text()
    words = {"deliverable_en": "A list.", "rationale_en": "Many asked.", "scope": "inside"}
    save = next(f for f in _forms(page, "/agenda/") if re.fullmatch(r".*/agenda/\w{26}", f.action))
    page = client.submit(save, words)
    page = client.submit(
        page.form("/overlaps"), {"body": "oecd", "complements_en": "It adds the wells."}
    )
    page = client.submit(page.form("/review/start"))
    form = next(f for f in _forms(page, "/review") if f.action.endswith("/review"))
    page = client.submit(form, {f"score_{code}": "4" for code in CODES})
    page = client.submit(page.form("/decide"), {"state": "adopted", "reason_en": "Yes."})
    programme = client.page(MANAGE + "/programme")
    track = {
        "title_en": "Ministers",
        "starts_at": "2027-01-15T09:00",
        "minutes": "60",
        "slots": "2",
    }
    new = next(f for f in _forms(programme, "/programme") if f.action.endswith("/programme"))
    programme = client.submit(new, track)
    tight = client.submit(programme.form("/programme/place"), {"minutes": "90"})
    assert tight.status == 422
    assert "“Ministers” has 60 minutes, and 90 would be needed" in tight.text()
    client.submit(tight.form("/programme/place"), {"minutes": "45"})
    versions = client.submit(client.page(MANAGE + "/versions").form("/versions/publish"))
    assert "Everything is decided, placed and answered" in versions.text()
    done = client.submit(versions.form("/versions/adopt"))
    assert "Nothing in it changes from here" in done.text()
    outcomes = client.page("/manage/consultations/summit/outcomes")
    link = next(a.get("href") for a in outcomes.find("a") if "/outcomes/items/" in a.get("href"))
    given = {
        "source": "independent",
        "assessor": "An institute",
        "verdict": "partly",
        "statement_en": "Half of it.",
        "assessed_on": "2026-11-01",
    }
    page = client.page(link)
    record = next(f for f in _forms(page, "/outcomes/items/") if "assessor" in f.fields)
    bare = client.submit(record, given)
    assert (bare.status, "names what shows it" in bare.text()) == (422, True)
    page = client.submit(record, {**given, "links": "https://example.org/report"})
    assert "Partly delivered" in page.text()
    card = PageClient(app).page("/consultations/summit/outcomes")
    assert "Partly delivered" in card.text()
