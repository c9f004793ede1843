"""The page of one theme: its shares by group, the way from each number to its answers, who may read."""

import csv
import io
import json

import pytest
from sqlmodel import select

from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution
from core.auth.models import Account
from core.auth.permissions import Role
from core.db import get_database
from results.models import RunTable
from results.workbench import files, readings
from results.workbench.models import Codebook, Purpose, ThemeMember
from results.workbench.queries import coded_themes, themes
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.themes import make_theme_run
from tests.support.workbench import add_answers, make_codebook, make_coded_place

TOPICS = "/dashboards/summit/topics"
URL = "/dashboards/summit/themes/work"
ROLES = (Role.COMMITTEE, Role.ANALYST, Role.CODER, Role.ORGANISER, Role.OBSERVER, Role.RESEARCHER)


@pytest.fixture
def people(app):
    """One of each role, and a run with the figures of three themes over 240 answers."""
    with app.app_context(), get_database(app).transaction() as session:
        place, book = make_coded_place(session, 240)
        make_theme_run(session, place, book, audit=90)
        found = {
            role: make_account(
                session, email=f"{role.value}@example.org", consultation=place, roles=(role,)
            )
            for role in ROLES
        }
    return {role: sign_in(app.test_client(), account) for role, account in found.items()}


def table(app):
    with get_database(app).read_session() as session:
        found = session.exec(select(RunTable).where(RunTable.name == "themes")).one()
    return found.body


def put_in(app, code="work"):
    with get_database(app).read_session() as session:
        return session.exec(select(ThemeMember).where(ThemeMember.code == code)).all()


def test_who_reads_dashboards_reads_the_page_and_nobody_else(people, client):
    for role, expected in zip(ROLES, (200, 200, 403, 200, 403, 403), strict=True):
        assert people[role].get(URL).status_code == expected, role
    assert client.get(URL).status_code == 303
    assert people[Role.COMMITTEE].get("/dashboards/summit/themes/nothing").status_code == 404
    assert people[Role.COMMITTEE].get("/dashboards/other/themes/work").status_code == 404


def test_another_consultation_s_run_and_answers_do_not_exist_here(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        other = make_consultation(session, slug="other")
        book, _themes = make_codebook(session, other)
        add_answers(session, other, ["A secret about wages of workers."] * 12)
        run = make_theme_run(session, other, book, audit=0).public_id
    member = people[Role.COMMITTEE]
    assert "secret" not in member.page(URL).text()
    assert member.get(f"{URL}?run={run}").status_code == 404
    assert member.get("/dashboards/other/themes/work").status_code == 404


def test_every_group_has_its_shares_as_heard_and_weighted_and_leads_to_its_answers(app, people):
    member = people[Role.COMMITTEE]
    page = member.page(URL)
    row = next(row for row in table(app)["rows"] if row["key"] == "work")
    assert set(row["by"]) == set(row["weighted_by"]) == {"region", "sector", "region_sector"}
    africa = row["by"]["region"]["africa"]
    assert f"{africa['share']:.0%}".replace("%", "") in page.text()
    assert "jobs workers training wages unemployment skills" in page.text()
    assert "alpha for this theme is 0.72" in page.text()
    links = {a.get("href") for a in page.find("a") if "#answers" in a.get("href", "")}
    assert f"{URL}?region=africa#answers" in links
    assert f"{URL}?sector=industry#answers" in links
    assert f"{URL}?region=asia_pacific&sector=academia#answers" in links
    everybody = put_in(app)
    counted = 0
    for region in ("africa", "asia_pacific"):
        shown = member.page(f"{URL}?region={region}")
        number = int(shown.text().split(" answers are listed")[0].split()[-1])
        link = next(a for a in page.find("a") if a.get("href") == f"{URL}?region={region}#answers")
        assert str(number) in "".join(link.itertext())
        counted += number
    assert counted == len(everybody)


def test_the_naive_share_stands_apart_and_is_named(people):
    text = people[Role.COMMITTEE].page(URL).text()
    assert "Naive: the machine alone" in text
    assert "do not report it" in text


def test_a_small_cell_is_flagged_and_shows_no_share_without_ten_audited_answers(app, people):
    row = next(row for row in table(app)["rows"] if row["key"] == "work")
    cells = row["by"]["region_sector"]
    assert all(cell["share"] is None for cell in cells.values() if cell["n_audit"] < 10)
    with app.app_context(), get_database(app).transaction() as session:
        found = session.exec(select(RunTable).where(RunTable.name == "themes")).one()
        body = dict(found.body)
        work = next(row for row in body["rows"] if row["key"] == "work")
        work["by"]["region"]["africa"] |= {
            "share": None, "low": None, "high": None, "n_audit": 4, "is_small": True,
        }  # fmt: skip
        found.body = {**body, "changed": True}
    page = people[Role.COMMITTEE].page(URL)
    rows = ("".join(tr.itertext()) for tr in page.find("tr"))
    africa = next(text for text in rows if text.startswith("africa few"))
    assert "few" in africa
    assert "–" in africa


def test_the_answers_come_page_by_page_people_s_first_and_without_what_was_withdrawn(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        first = session.exec(
            select(Contribution)
            .join(ThemeMember, ThemeMember.contribution_id == Contribution.id)
            .where(ThemeMember.code == "work", ThemeMember.is_human)
            .order_by(Contribution.id)
        ).first()
        contributions.withdraw(session, first)
        gone = first.id
    total = len(put_in(app)) - 1
    member, seen, url = people[Role.COMMITTEE], [], URL
    while url:
        page = member.page(url)
        seen += [
            li.get("id") for li in page.find("li") if (li.get("id") or "").startswith("answer")
        ]
        url = next((a.get("href") for a in page.find("a") if a.get("rel") == "next"), None)
    assert len(seen) == len(set(seen)) == total
    assert f"answer-{gone}" not in seen
    human = {f"answer-{row.contribution_id}" for row in put_in(app) if row.is_human}
    assert set(seen[: len(human) - 1]) <= human
    gone = "1 answer that the figures count is not there any more"
    assert gone in member.page(URL).text()
    # Of another theme nothing went.
    assert "not there any more" not in member.page(URL.replace("work", "climate")).text()


def test_answers_can_be_chosen_by_channel_and_by_language_whatever_its_script(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        first, second = (session.get(Contribution, row.contribution_id) for row in put_in(app)[:2])
        first.language, second.language = "zh-hant", "zh-hans"
    member = people[Role.COMMITTEE]
    for query, count in (
        ("?language=zh", "2 answers are listed"),
        ("?language=zh-hant", "2 answers are listed"),
        ("?language=en&channel=survey", f"{len(put_in(app)) - 2} answers are listed"),
        ("?channel=dialogue", "No answer of this group is listed"),
        ("?channel=nothing", "No answer of this group is listed"),
    ):
        assert count in member.page(URL + query).text(), query
    form = member.page(f"{URL}?language=zh&channel=survey").form("/themes/work")
    assert form.fields["language"] == ["zh"]
    assert form.fields["channel"] == ["survey"]


def test_the_page_reads_no_more_for_twenty_answers_than_for_two(app, people, max_reads):
    member = people[Role.COMMITTEE]
    with app.app_context(), get_database(app).transaction() as session:
        for row in put_in(app)[:2]:
            session.get(Contribution, row.contribution_id).sector = "media"
    few = max_reads(lambda: member.get(f"{URL}?sector=media"))
    assert "2 answers are listed" in member.page(f"{URL}?sector=media").text()
    assert max_reads(lambda: member.get(URL)) == few


def test_exemplars_are_quotable_and_traces_of_people_are_taken_out(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        chosen = next(row for row in table(app)["rows"] if row["key"] == "work")["exemplars"]
        for number, row in enumerate(
            session.exec(select(Contribution).where(Contribution.id.in_(chosen)))
        ):
            row.is_quotable = number != 0
            row.text = f"Write to me at someone{number}@example.org about wages <b>now</b>."
    page = people[Role.COMMITTEE].page(URL)
    shown = [b.get("id") for b in page.find("blockquote") if b.get("id")]
    assert len(shown) == len(chosen) - 1
    assert "@example.org about" not in page.source
    assert "[email address]" in page.text()
    assert "<b>now" not in page.source


def test_a_coder_by_place_sees_no_code_of_an_answer_not_read_yet(app, people):
    """An analyst may code too: what the other coder said stays unseen until both have read."""
    with app.app_context(), get_database(app).transaction() as session:
        book = session.exec(select(Codebook)).one()
        analyst = people[Role.ANALYST]
        account = session.exec(
            select(Account).where(Account.email == f"{Role.ANALYST.value}@example.org")
        ).one()
        readings.assign(session, book, 2, account, NOW)
        readings.draw(session, book, 240, seed=1, by="x", now=NOW)
    page = analyst.page(URL)
    assert [li for li in page.find("li") if (li.get("id") or "").startswith("answer")] == []
    assert "not listed where it belongs to the random sample" in page.text()
    with app.app_context(), get_database(app).transaction() as session:
        book = session.exec(select(Codebook)).one()
        rows = coded_themes(themes(session, book))
        key = put_in(app)[0].contribution_id
        answer = session.get(Contribution, key)
        words = readings.said(
            rows, {row.public_id: "no" for row in rows}, key, answer.text_hash, Purpose.AUDIT
        )
        readings.record(session, book, 2, account, words, NOW)
    page = analyst.page(URL)
    assert [
        li.get("id") for li in page.find("li") if (li.get("id") or "").startswith("answer")
    ] == [f"answer-{key}"]


def test_pages_say_how_many_answers_got_no_theme_and_how_many_of_people_are_open(app, people):
    told = "Of 3 answers no code stands so far"
    member = people[Role.COMMITTEE]
    assert told not in member.page(URL).text()
    with app.app_context(), get_database(app).transaction() as session:
        found = session.exec(select(RunTable).where(RunTable.name == "themes")).one()
        found.body = {**found.body, "people": {"n": 80, "untold": "not_read", "n_open": 3}}
        session.add(
            RunTable(
                run_id=found.run_id, audience="committee", name="topics", body={"rows": [], "n": 0}
            )
        )
    ended = found.body["outcomes"]
    assert sum(ended["all"].values()) == ended["n"] == 240
    counted = f"about none of the themes{ended['all']['none_of_the_above']} / 240"
    assert counted in member.page(TOPICS).text()
    for url in (URL, TOPICS):
        page = member.page(url)
        assert told in page.text()
        assert not [a for a in page.find("a") if "/workbench/" in a.get("href", "")]


def test_the_rows_of_the_dashboard_lead_to_the_pages_of_the_themes(app, people):
    with app.app_context(), get_database(app).transaction() as session:
        run = session.exec(select(RunTable).where(RunTable.name == "themes")).one().run_id
        session.add(
            RunTable(run_id=run, audience="committee", name="topics", body={"rows": [], "n": 0})
        )
    page = people[Role.COMMITTEE].page(TOPICS)
    assert {URL, f"{URL}#answers"} <= {a.get("href") for a in page.find("a")}
    # Shares stand here that are weighted to the targets, and are named so.
    assert "unweighted where no weighting is named" in page.text()
    over_time = people[Role.COMMITTEE].page("/dashboards/summit/over-time?by=fortnight")
    assert over_time.status == 200


def test_targets_that_cannot_be_reached_and_too_few_people_are_told(app, people):
    said = "There are no weighted shares: the targets cannot be reached."
    few = "came from fewer than ten people: no valid share can be given yet."
    member = people[Role.COMMITTEE]
    assert said not in member.page(URL).text()
    with get_database(app).transaction() as session:
        row = session.exec(select(RunTable).where(RunTable.name == "themes")).one()
        rows = [
            {**one, "weighted": None, "weighted_by": {}, "share": {**one["share"], "share": None}}
            for one in row.body["rows"]
        ]
        row.body = {**row.body, "rows": rows}
        topics = {"rows": [], "n": 0}
        session.add(RunTable(run_id=row.run_id, audience="committee", name="topics", body=topics))
    for path in (URL, TOPICS):
        assert said in member.page(path).text()
    assert few in member.page(URL).text()


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=-3", "?page=99999999", "?region=%00", "?sector='"]
)
def test_odd_addresses_are_answered(people, query):
    assert people[Role.COMMITTEE].get(URL + query).status_code == 200


def test_a_theme_of_no_figures_is_not_found(app):
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
    assert sign_in(app.test_client(), account).get(URL).status_code == 404


def test_all_shares_can_be_had_as_a_table_by_whom_the_page_is_for(app, people):
    url = "/dashboards/summit/themes.csv"
    for role, expected in zip(ROLES, (200, 200, 403, 200, 403, 403), strict=True):
        assert people[role].get(url).status_code == expected, role
    found = people[Role.COMMITTEE].get(url)
    rows = list(csv.DictReader(io.StringIO(found.data.decode("utf-8-sig"))))
    assert {row["theme"] for row in rows} == {"work", "privacy", "climate"}
    assert {row["codebook_version"] for row in rows} == {"3"}
    assert {row["weighting"] for row in rows} == {"unweighted", "weighted", "naive"}
    assert "attachment" in found.headers["Content-Disposition"]
    assert url in {a.get("href") for a in people[Role.COMMITTEE].page(URL).find("a")}


def test_a_codebook_file_says_how_well_it_was_coded_and_comes_back_all_the_same(app, people):
    analyst = people[Role.ANALYST]
    data = analyst.get("/workbench/summit/codebook/export.csv").data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert {"kappa", "alpha", "coded_by_two", "sample_coded", "signed_version"} <= set(rows[0])
    assert next(row for row in rows if row["code"] == "work")["coded_by_two"] == "0"
    assert next(row for row in rows if row["code"] == "society")["coded_by_two"] == ""
    read = files.read(data, "book.csv", "en")
    assert (read.problems, read.left_out) == ([], [])
    document = json.loads(analyst.get("/workbench/summit/codebook/export.json").data)
    assert document["quality"]["sample_coded"] == 0
    assert files.read(json.dumps(document).encode(), "book.json", "en").problems == []
    assert analyst.get("/workbench/summit/shares.csv").status_code == 404
    assert people[Role.CODER].get("/workbench/summit/shares.csv").status_code == 403


@pytest.mark.parametrize(
    ("per_person", "expected", "never"),
    [(1, "Share of people", "not of people"), (4, "They came from 60 people", "Share of people")],
)
def test_the_page_says_of_what_the_shares_are(app, per_person, expected, never):
    with app.app_context(), get_database(app).transaction() as session:
        place, book = make_coded_place(session, 240)
        keys = session.exec(select(Contribution.id).order_by(Contribution.id)).all()
        people = {key: number // per_person for number, key in enumerate(keys)}
        make_theme_run(session, place, book, audit=90, people=people)
        account = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
    text = sign_in(app.test_client(), account).page(URL).text()
    assert expected in text
    assert never not in text.replace("not of people who did not answer", "")
