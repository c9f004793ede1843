"""Questions of many inputs in a respondent's browser: pages, mistakes, edits, the keyboard's path."""

import pytest
from sqlmodel import select

from surveys.models import Submission
from tests.support.asked import items, make_round_of
from tests.support.journey import begin

ITEMS = items(["a", "b", "c", "d", "e"])
QUESTIONS = [
    {
        "code": "rows",
        "kind": "matrix",
        "label": {"en": "How much does each matter?"},
        "settings": {"rows": ITEMS[:3], "columns": items(["low", "high"]), "no_opinion": True},
    },
    {
        "code": "share",
        "kind": "points",
        "label": {"en": "Share out the points"},
        "settings": {"items": ITEMS[:2], "total": 10},
    },
    {
        "code": "sets",
        "kind": "best_worst",
        "label": {"en": "What matters most?"},
        "settings": {"items": ITEMS, "per_task": 3, "tasks": 2, "refusal": True},
    },
    {
        "code": "pairs",
        "kind": "pairwise",
        "label": {"en": "Which of the two?"},
        "settings": {"items": ITEMS, "pairs": 4, "per_page": 2},
    },
]


@pytest.fixture
def row(database):
    with database.transaction() as session:
        return make_round_of(session, *QUESTIONS)


def stored(database):
    with database.read_session() as session:
        return session.exec(select(Submission)).one().answers


def radios(page, prefix):
    """The groups of radio buttons that are on the page, with their values."""
    found = {}
    for control in page.find("input", type="radio"):
        if control.get("name").startswith(prefix):
            found.setdefault(control.get("name"), []).append(control.get("value"))
    return found


def all_of(page, prefix, value):
    return dict.fromkeys(radios(page, prefix), value)


def test_pairs_come_page_by_page_and_nothing_else_is_lost(client, database, row):
    _token, page = begin(client, row)
    posted = {"q_rows-a": "high", "q_share-a": "7", "q_share-b": "٣"}
    page = client.submit(page.form("/s/"), {**posted, **all_of(page, "q_pairs--", "left")})
    assert page.status == 200
    assert "You have compared 2 of 4 pairs." in page.text()
    kept = page.form("/s/").fields
    assert (kept["q_rows-a"], kept["q_share-b"]) == (["high"], ["3"])
    assert len(radios(page, "q_pairs--")) == 4
    (before,) = page.find("details")
    assert before.get("open") is None
    open_pairs = {name: "tie" for name in radios(page, "q_pairs--") if name not in kept}
    assert len(open_pairs) == 2
    page = client.submit(page.form("/s/"), open_pairs)
    answers = stored(database)
    assert [result for *_pair, result in answers["pairs"]["value"]] == [
        "left",
        "left",
        "tie",
        "tie",
    ]
    assert answers["share"]["value"] == {"a": 7, "b": 3}
    assert answers["rows"]["value"] == {"a": "high", "b": None, "c": None}
    assert "submit" in page.source
    page = client.submit(page.form("/submit"))
    assert stored(database)["pairs"] == answers["pairs"]


def test_a_page_sent_twice_shows_the_next_pairs(client, database, row):
    token, page = begin(client, row)
    form = page.form("/s/")
    sent = all_of(page, "q_pairs--", "left")
    client.submit(form, sent)
    again = client.submit(form, sent)
    assert "You have compared 2 of 4 pairs." in again.text()
    assert len(stored(database)["pairs"]["value"]) == 2
    assert f"/s/{token}/1" in again.form("/s/").action


def test_leaving_the_pairs_open_leads_on(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), all_of(page, "q_pairs--", "left"))
    page = client.submit(page.form("/s/"))
    assert page.form("/submit")


def test_a_mistake_elsewhere_keeps_the_pairs(client, database, row):
    _token, page = begin(client, row)
    wrong = {"q_share-a": "7", "q_share-b": "7", **all_of(page, "q_pairs--", "right")}
    page = client.submit(page.form("/s/"), wrong)
    assert page.status == 422
    assert "You gave 4 points too many." in page.text()
    assert page.form("/s/").fields["q_share-a"] == ["7"]
    assert "share" not in stored(database)
    assert len(stored(database)["pairs"]["value"]) == 2
    page = client.submit(page.form("/s/"), {"q_share-b": "3", **all_of(page, "q_pairs--", "tie")})
    assert [result for *_pair, result in stored(database)["pairs"]["value"]] == ["tie"] * 4


def test_half_a_set_is_named_and_linked(client, database, row):
    _token, page = begin(client, row)
    group = radios(page, "q_sets--0-best")["q_sets--0-best"]
    page = client.submit(page.form("/s/"), {"q_sets--0-best": group[0]})
    assert page.status == 422
    assert len(page.find("a", href="#q_sets--0-worst")) == 1
    assert page.find("fieldset", id="q_sets--0-worst")[0].get("aria-invalid") == "true"
    assert page.form("/s/").fields["q_sets--0-best"] == [group[0]]
    page = client.submit(page.form("/s/"), {"q_sets--0-best": ""})
    assert page.status == 200
    assert stored(database)["sets"] == {"state": "skipped", "value": None}


def test_every_group_has_a_name_and_no_table_stands_around_it(client, row):
    _token, page = begin(client, row)
    assert page.find("table") == []
    groups = page.find("fieldset")
    assert len(groups) >= 4 + 3 + 2 + 4 + 2
    for group in groups:
        first = group[0]
        assert first.tag.endswith("legend")
        assert "".join(first.itertext()).strip()
    ids = [element.get("id") for element in page.root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    described = {
        name
        for element in page.root.iter()
        for name in (element.get("aria-describedby") or "").split()
    }
    assert described <= set(ids)


def test_the_last_pairs_can_be_changed_after_all_are_done(client, database, row):
    token, page = begin(client, row)
    for _page in range(2):
        kept = page.form("/s/").fields
        posted = {name: "left" for name in radios(page, "q_pairs--") if name not in kept}
        page = client.submit(page.form("/s/"), posted)
    page = client.page(f"/s/{token}/1")
    assert "You have compared 4 of 4 pairs." in page.text()
    assert page.find("details")[0].get("open") is not None
    first = next(iter(radios(page, "q_pairs--")))
    page = client.submit(page.form("/s/"), {first: "tie"})
    assert [result for *_pair, result in stored(database)["pairs"]["value"]] == [
        "tie",
        "left",
        "left",
        "left",
    ]
    assert page.form("/submit")
