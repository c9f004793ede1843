"""The page of one topic: every number of it leads to its answers, and to those that may be read."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from consultation.process.queries import by_slug
from core.auth.models import Account
from core.auth.permissions import Role
from core.db import get_database
from results.agenda.models import AgendaItem, Evidence, EvidenceKind
from results.models import (
    AnalysisRun,
    Audience,
    ConfirmedTopic,
    RunTable,
    TopicMention,
)
from results.refresh import refresh
from results.workbench import readings
from results.workbench.models import ThemeMember
from results.workbench.queries import codebook_of
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.topics import compute, make_many_voices, members, mention
from tests.support.workbench import add_answers, sentences

TOPICS = "/dashboards/summit/topics"
URL = f"{TOPICS}/0"
ROLES = (Role.COMMITTEE, Role.ANALYST, Role.CODER, Role.ORGANISER, Role.OBSERVER, Role.RESEARCHER)


@pytest.fixture
def people(app, tmp_path):
    """One of each role, after a run over answers of several regions, channels and languages."""
    with app.app_context(), get_database(app).transaction() as session:
        place = make_many_voices(session)
        found = {
            role: make_account(
                session, email=f"{role.value}@example.org", consultation=place, roles=(role,)
            )
            for role in ROLES
        }
    compute(app, tmp_path)
    return {role: sign_in(app.test_client(), account) for role, account in found.items()}


def run_of(session):
    return session.exec(select(AnalysisRun)).one()


def document(app):
    with get_database(app).read_session() as session:
        table = session.exec(
            select(RunTable).where(
                RunTable.name == "topics", RunTable.audience == Audience.COMMITTEE
            )
        ).one()
    return table.body


def shown(page):
    found = [li.get("id") or "" for li in page.find("li")]
    return [one.removeprefix("answer-") for one in found if one.startswith("answer-")]


def all_pages(member, url):
    """Every answer of a list, page after page."""
    found = []
    while url:
        page = member.page(url)
        found += shown(page)
        url = next((a.get("href") for a in page.find("a") if a.get("rel") == "next"), None)
    return found


def test_who_reads_dashboards_reads_the_page_and_nobody_else(app, people, client):
    for role, expected in zip(ROLES, (200, 200, 403, 200, 403, 403), strict=True):
        assert people[role].get(URL).status_code == expected, role
    assert client.get(URL).status_code == 303
    reader = people[Role.COMMITTEE]
    for path in ("999", "100001", "-1", "x"):
        assert reader.get(f"{TOPICS}/{path}").status_code == 404, path
    assert reader.get("/dashboards/other/topics/0").status_code == 404
    with app.app_context(), get_database(app).transaction() as session:
        empty = make_consultation(session, slug="empty")
        account = make_account(
            session, email="e@example.org", consultation=empty, roles=(Role.COMMITTEE,)
        )
    other = sign_in(app.test_client(), account)
    assert other.get("/dashboards/empty/topics/0").status_code == 404
    assert other.get(URL).status_code == 404


def test_every_number_on_the_page_of_topics_is_that_of_the_list_it_leads_to(app, people):
    """Sizes, and every cell by region, sector, channel and language, of a run that was computed."""
    mention(app, 7)
    reader = people[Role.COMMITTEE]
    page = reader.page(TOPICS)
    links = {}
    for link in page.find("a"):
        href = link.get("href")
        if "#answers" in href and urlsplit(href).path.startswith(f"{TOPICS}/"):
            words = "".join(link.itertext()).replace(":", " ").split()
            (links[href],) = {int(word) for word in words if word.isdigit()}
    expected = {}
    for row in document(app)["rows"]:
        url = f"{TOPICS}/{row['key']}"
        expected[f"{url}#answers"] = row["size"]
        if row["also"]:
            expected[f"{url}?which=also#answers"] = row["also"]
        for dimension, cells in row["by"].items():
            assert sum(cells.values()) == row["size"]
            for key, n in cells.items():
                expected[f"{url}?{dimension}={key}#answers"] = n
    assert links == expected
    dimensions = {name for href in links for name in parse_qs(urlsplit(href).query)}
    assert dimensions == {"region", "sector", "channel", "language", "which"}
    assert any("region=unknown" in href for href in links)
    for href, n in links.items():
        found = all_pages(reader, href)
        assert len(found) == len(set(found)) == n, href
        said = "1 answer is listed." if n == 1 else f"{n} answers are listed."
        assert said in reader.page(href).text()
        assert "not there any more" not in reader.page(href).text()


def test_the_page_shows_the_figures_of_the_topic_and_its_answers_the_surest_first(app, people):
    row = document(app)["rows"][0]
    page = people[Role.COMMITTEE].page(URL)
    for said in (" · ".join(row["terms"]), f"{row['share']['share']:.0%}".rstrip("%"), "Not named"):
        assert said in page.text()
    assert len(shown(page)) == 20
    found = all_pages(people[Role.COMMITTEE], URL)
    assert found == [member.contribution_id for member in members(app)]
    assert f"machine: {members(app)[0].confidence:.0%}".rstrip("%") in page.text()
    # The numbers of the page itself lead to its list too.
    assert f"{URL}?region=africa#answers" in {a.get("href") for a in page.find("a")}


def test_a_topic_that_people_named_stands_under_its_name_in_the_reader_s_language(app, people):
    with get_database(app).transaction() as session:
        label = {"en": "Work for all", "ar": "العمل للجميع"}
        session.add(
            ConfirmedTopic(
                run_id=run_of(session).id, topic=0, label=label, confirmed_by="x", confirmed_at=NOW
            )
        )
    reader = people[Role.COMMITTEE]
    (heading,) = reader.page(URL).find("h1")
    assert "".join(heading.itertext()).split() == ["Work", "for", "all", "confirmed"]
    arabic = reader.page(URL, headers={"Accept-Language": "ar"})
    assert (arabic.language, arabic.direction) == ("ar", "rtl")
    assert "العمل للجميع" in arabic.text()
    (title,) = arabic.find("title")
    assert "العمل للجميع" in title.text


def test_filters_join_and_stay_from_page_to_page(app, people):
    mention(app, 30)
    reader = people[Role.COMMITTEE]
    with get_database(app).read_session() as session:
        run = run_of(session).public_id
    url = f"{URL}?which=also&region=africa&run={run}"
    page = reader.page(url)
    form = page.form("/topics/0")
    kept = {name: form.fields[name] for name in ("which", "region", "run")}
    assert kept == {"which": ["also"], "region": ["africa"], "run": [run]}
    (main,) = page.find("main")
    links = [a.get("href") for a in main.iter() if a.tag.endswith("}a")]
    onward = [link for link in links if link.startswith("/dashboards/summit/")]
    assert [link for link in onward if f"run={run}" not in link] == []
    found = all_pages(reader, url)
    with get_database(app).read_session() as session:
        regions = {session.get(Contribution, key).region for key in found}
    assert regions == {"africa"}
    assert 0 < len(found) < 30
    both = reader.page(f"{URL}?region=africa&sector=academia")
    assert set(shown(both)) <= set(all_pages(reader, f"{URL}?sector=academia"))
    assert set(all_pages(reader, f"{URL}?language=fr-CA")) == set(
        all_pages(reader, f"{URL}?language=fr")
    )


@pytest.mark.parametrize(
    "query",
    [
        *("?page=0", "?page=-3", "?page=99999999", "?page=x", "?region=%00", "?sector='"),
        *("?channel=letter", "?language=%20", "?which=neither", "?language=_"),
    ],
)
def test_odd_addresses_are_answered(people, query):
    assert people[Role.COMMITTEE].get(URL + query).status_code == 200


def test_what_was_taken_back_is_not_shown_and_its_number_is_said(app, people):
    first, second, third = (member.contribution_id for member in members(app)[:3])
    with app.app_context(), get_database(app).transaction() as session:
        words = session.get(Contribution, first).text
        contributions.withdraw(session, session.get(Contribution, first))
        contributions.remove(session, session.get(Contribution, second))
        session.get(Contribution, third).is_quotable = False
    reader = people[Role.COMMITTEE]
    page = reader.page(URL)
    assert "2 answers that the figures count are not there any more" in page.text()
    found = all_pages(reader, URL)
    assert len(found) == document(app)["rows"][0]["size"] - 2
    assert not {first, second} & set(found)
    assert words not in page.text()
    (row,) = [li for li in page.find("li") if li.get("id") == f"answer-{third}"]
    assert "not to be quoted" in "".join(row.itertext())
    # Of another topic nothing went.
    assert "not there any more" not in reader.page(f"{TOPICS}/1").text()


def test_another_consultation_s_run_does_not_exist_here(app, people, tmp_path):
    with app.app_context(), get_database(app).transaction() as session:
        other = make_consultation(session, slug="other")
        add_answers(session, other, [f"A secret of {text}" for text, _theme in sentences(60)])
    with app.app_context():
        refresh(get_database(app), "other", now=NOW, folder=tmp_path)
    with get_database(app).read_session() as session:
        run = session.exec(select(AnalysisRun.public_id).order_by(AnalysisRun.id.desc())).first()
    assert people[Role.COMMITTEE].get(f"{URL}?run={run}").status_code == 404
    assert "secret" not in people[Role.COMMITTEE].page(URL).source


def test_traces_of_people_are_taken_out_and_tags_are_words(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        answer = session.get(Contribution, members(app)[0].contribution_id)
        answer.text = "Write to someone@example.org about wages <b>now</b>."
    page = people[Role.COMMITTEE].page(URL)
    assert "[email address]" in page.text()
    assert "someone@" not in page.source
    assert "<b>now" not in page.source


def test_an_answer_leads_on_to_its_themes_topics_and_agenda_items(app, people):
    mention(app, 3)
    key = members(app, 1)[0].contribution_id
    with app.app_context(), get_database(app).transaction() as session:
        place, run = by_slug(session, "summit"), run_of(session)
        items = [
            AgendaItem(
                consultation_id=place.id, position=n, title={"en": f"Item {n}"}, created_at=NOW
            )
            for n in (1, 2)
        ]
        session.add_all(items)
        session.flush()
        links = (("topics", EvidenceKind.TOPIC, "1"), ("themes", EvidenceKind.THEME, "work"))
        for item, (table, kind, row) in zip(items, links, strict=True):
            session.add(
                Evidence(
                    item_id=item.id, kind=kind, run_id=run.id, table_name=table, row_key=row,
                    added_at=NOW,
                )
            )  # fmt: skip
        codes = {"run_id": run.id, "is_human": False, "probability": 0.9}
        if session.get(ThemeMember, (run.id, "work", key)) is None:
            session.add(ThemeMember(contribution_id=key, code="work", **codes))

    def row_of(role):
        page = people[role].page(f"{URL}?which=also")
        (row,) = [li for li in page.find("li") if li.get("id") == f"answer-{key}"]
        text = " ".join("".join(row.itertext()).split())
        return text, [a.get("href") for a in row.iter() if a.tag.endswith("}a")]

    text, links = row_of(Role.COMMITTEE)
    assert "Item 1" in text
    assert "Item 2" in text
    assert "/dashboards/summit/themes/work" in links
    assert f"{TOPICS}/1" in links
    assert URL not in links
    # Who codes is told no theme of an answer: it may be one to read yet.
    with app.app_context(), get_database(app).transaction() as session:
        book = codebook_of(session, by_slug(session, "summit"))
        account = session.exec(
            select(Account).where(Account.email == f"{Role.ANALYST.value}@example.org")
        ).one()
        readings.assign(session, book, 2, account, NOW)
    text, links = row_of(Role.ANALYST)
    assert "Item 1" in text
    assert "Item 2" not in text
    assert [link for link in links if "/themes/" in link] == []


def test_the_page_reads_no_more_for_twenty_answers_than_for_two(app, people, max_reads):
    with app.app_context(), get_database(app).transaction() as session:
        for member in members(app)[:2]:
            session.get(Contribution, member.contribution_id).sector = "media"
    reader = people[Role.COMMITTEE]
    few = max_reads(lambda: reader.get(f"{URL}?sector=media"))
    assert len(shown(reader.page(f"{URL}?sector=media"))) == 2
    assert len(shown(reader.page(URL))) == 20
    assert max_reads(lambda: reader.get(URL)) == few <= 30


def test_a_run_from_before_mentions_were_kept_one_by_one_says_so(app, people):
    mention(app, 3)
    with get_database(app).transaction() as session:
        for row in session.exec(select(TopicMention)):
            session.delete(row)
    page = people[Role.COMMITTEE].page(f"{URL}?which=also")
    assert "This run was computed before they were kept one by one." in page.text()
    assert "not there any more" not in page.text()


def test_a_run_from_before_these_figures_is_still_shown(app, people):
    with get_database(app).transaction() as session:
        table = session.exec(select(RunTable).where(RunTable.name == "topics")).one()
        body = {name: part for name, part in table.body.items() if name != "themes"}
        gone = {"stability", "coherence", "also", "theme", "once", "terms_in", "in_campaigns"}
        body["rows"] = [
            {name: part for name, part in row.items() if name not in gone} for row in body["rows"]
        ]
        table.body = body
    assert len(shown(people[Role.COMMITTEE].page(URL))) == 20
    assert people[Role.COMMITTEE].get(f"{URL}?which=also").status_code == 200
