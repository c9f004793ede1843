"""Whatever people type goes through a whole run and every page: a right result, or too little."""

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from results import runs
from results.models import Audience
from results.refresh import refresh
from results.workbench import jobs
from tests.support.make import NOW, make_account, make_consultation, make_round, sign_in
from tests.support.workbench import add_answers, make_codebook, sentences

PAGES = (
    "/dashboards/summit",
    "/dashboards/summit/topics",
    "/dashboards/summit/over-time",
    "/workbench/summit/",
    "/workbench/summit/topics",
    "/workbench/summit/left-out",
    "/workbench/summit/left-out?reason=empty",
    "/workbench/summit/left-out?reason=too_short",
    "/workbench/summit/shares",
    "/workbench/summit/keyness",
    "/workbench/summit/label",
)
TOO_LITTLE = "Too little to say"
MEGABYTE = "water for all people and rules for models. " * 24_000
#: texts, how many distinct ones the run says can be read, what is left out by reason
CASES = {
    "zero answers": ([], 0, {}),
    "one answer": (["Water is a right of all people"], 1, {}),
    "a megabyte": ([MEGABYTE], 1, {}),
    "identical answers": (["Clean water for all of us, now and forever"] * 3_000, 1, {}),
    "emoji only": (["👍🙏", "🙂", "🇰🇪"] * 20, 0, {"empty": 60}),
    "mixed scripts": (["Water مياه 水 вода น้ำ पानी"] * 4, 1, {}),
    "an override": (["\u202eelpoep lla rof retaw\u202c yes"] * 5, 1, {}),
    "nulls and controls": (["\x00wa\x00ter for\x07 all\x1b[31m people\x00"] * 5, 1, {}),
    "no comment": (["n/a", "-", "sin comentarios"] * 20, 0, {"no_comment": 60}),
}


@pytest.fixture
def analyst(app):
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        make_round(session, place)
        make_codebook(session, place)
        account = make_account(session, consultation=place, roles=(Role.ANALYST,))
    return sign_in(app.test_client(), account)


def run(app, folder, texts, language="en"):
    """The answers, a run, and a coding; the committee's documents."""
    database = get_database(app)
    with app.app_context(), database.transaction() as session:
        add_answers(session, by_slug(session, "summit"), texts, language=language)
    return compute(app, folder)


def compute(app, folder):
    database = get_database(app)
    with app.app_context():
        refresh(database, "summit", now=NOW, folder=folder)
        jobs.code_now(database, "summit", folder, NOW)
    with database.read_session() as session:
        found = runs.latest(session, by_slug(session, "summit"))
        return runs.tables(session, found, Audience.COMMITTEE)


def sources(client):
    return {url: client.page(url) for url in PAGES}


@pytest.mark.parametrize(("texts", "distinct", "left_out"), CASES.values(), ids=CASES)
def test_too_little_is_said_with_its_number_on_every_page(
    app, analyst, tmp_path, texts, distinct, left_out
):
    documents = run(app, tmp_path, texts)
    topics = documents["topics"]
    assert topics["too_few"] == {"n": distinct, "needed": 20}
    assert topics["rows"] == []
    assert topics["n"] == len(texts)
    assert {kind: n for kind, n in topics["kinds"].items() if kind != "usable"} == left_out
    assert topics["n_usable"] + sum(left_out.values()) == len(texts)
    pages = sources(analyst)
    assert f"{TOO_LITTLE}: {distinct} found, 20 needed." in pages[PAGES[1]].text()
    assert "Too few answers can be read" in pages[PAGES[2]].text()
    if left_out:
        total = sum(left_out.values())
        assert f"{total} texts were left out, and why" in pages[PAGES[1]].text()
    for page in pages.values():
        assert "\x00" not in page.source
        assert "\x1b" not in page.source


def test_hostile_answers_among_others_change_nothing_for_these(app, analyst, tmp_path):
    """The topics of sixty plain answers stand, and every hostile one is placed or counted."""
    hostile = [text for texts, _n, _left in CASES.values() for text in texts[:3]]
    documents = run(app, tmp_path, [text for text, _theme in sentences(60)] + hostile)
    topics = documents["topics"]
    assert topics["n"] == 60 + len(hostile)
    assert topics["kinds"]["empty"] == 3
    assert topics["kinds"]["no_comment"] == 3
    assert topics["rows"]
    assert sum(row["size"] for row in topics["rows"]) >= 40
    pages = sources(analyst)
    for url, page in pages.items():
        # Nothing that somebody typed makes a page a megabyte long, or turns its direction.
        assert len(page.source) < 400_000, url
    number = topics["rows"][0]["key"]
    assert len(analyst.page(f"/workbench/summit/topics/{number}").source) < 400_000


def test_three_answers_of_one_language_are_named_as_left_to_people(app, analyst, tmp_path):
    """Amharic is no language of the encoder: three answers in it are counted, not forced."""
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        place.languages = ["en", "am"]
        session.add(place)
        add_answers(session, place, [text for text, _theme in sentences(60)])
        said = ["የሥራ ስልጠና ለሁሉም ሰዎች", "ንጹህ ውሃ ለሁሉም ሰዎች", "የግል መረጃ ጥበቃ ያስፈልጋል"]
        add_answers(session, place, said, language="am")
    topics = compute(app, tmp_path)["topics"]
    assert topics["n_usable"] == 63
    assert topics["unread_languages"] == {"am": 3}
    assert "am" not in {tag for row in topics["rows"] for tag in row["languages"]}
    page = analyst.page("/dashboards/summit/topics").text()
    assert "3 texts in አማርኛ can be read but stand in no topic" in page


def test_languages_of_few_answers_are_one_sentence_however_many(app, analyst, tmp_path):
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        place.languages = ["en", "am", "ka"]
        session.add(place)
        add_answers(session, place, [text for text, _theme in sentences(60)])
        add_answers(session, place, ["ንጹህ ውሃ ለሁሉም ሰዎች"], language="am")
        said = ["სუფთა წყალი ყველა ადამიანისთვის", "მუშებს ახალი უნარები სჭირდებათ"]
        add_answers(session, place, said, language="ka")
    topics = compute(app, tmp_path)["topics"]
    assert topics["unread_languages"] == {"am": 1, "ka": 2}
    page = analyst.page("/dashboards/summit/topics").text()
    assert "3 texts can be read but stand in no topic" in page
    assert "ქართული 2 · አማርኛ 1" in page


def test_what_was_typed_is_stored_without_what_no_store_can_hold(app, analyst, tmp_path):
    run(app, tmp_path, ["\x00wa\x00ter for all\x00"])
    with get_database(app).read_session() as session:
        (row,) = session.exec(select(Contribution)).all()
    assert "\x00" not in row.text
    assert "ter for all" in row.text
