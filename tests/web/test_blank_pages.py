"""A question is drawn once for everybody, and only where it looks the same to everybody."""

import re

from surveys.pages import blank
from tests.support.journey import answer, begin, make_asked_round
from tests.support.questionnaires import SETTINGS, document_of, question_of

#: Types whose questions look the same to everybody.
STEADY = [kind for kind in SETTINGS if kind not in {"file", "pairwise", "best_worst", "calculated"}]
CSRF = re.compile(r'name="csrf_token"[^>]*value="[^"]+"')


def bare(page, token):
    """A page without what belongs to one respondent."""
    return CSRF.sub("", page.source.replace(token, "TOKEN"))


def test_a_page_drawn_for_others_is_the_page(client, app, database):
    with database.transaction() as session:
        row = make_asked_round(session, document=document_of(*map(question_of, STEADY)))
    blank._drawn.clear()
    one, first = begin(client, row)
    assert blank._drawn
    other, second = begin(app.test_client(), row)
    assert one != other
    assert one not in second.source
    assert bare(first, one) == bare(second, other)


def test_what_one_person_answered_is_never_shown_to_another(client, app, database):
    with database.transaction() as session:
        row = make_asked_round(session)
    token, _receipt = answer(client, row)
    mine = client.page(f"/s/{token}/2").form("/s/")
    assert mine.fields["q_why"] == ["Rights of workers come first <b>always</b>."]
    stranger = app.test_client()
    _other, page = begin(stranger, row)
    theirs = stranger.submit(page.form("/s/"), {"q_consent": "y"}).form("/s/")
    assert "q_why" not in theirs.fields or theirs.fields["q_why"] == [""]
    assert theirs.fields.get("q_safety", [""]) == [""]
    again = client.page(f"/s/{token}/2").form("/s/")
    assert again.fields["q_safety"] == ["4"]


def test_each_language_is_drawn_for_itself(client, app, database):
    with database.transaction() as session:
        row = make_asked_round(session, document=document_of(question_of("single_choice")))
    _token, english = begin(client, row)
    arab = app.test_client()
    arab.set_cookie("language", "ar")
    _token, arabic = begin(arab, row)
    assert "A question of type single_choice" in english.text()
    assert "سؤال من نوع single_choice" in arabic.text()
    assert "A question of type single_choice" not in arabic.text()


def test_a_question_in_a_random_order_or_with_piped_words_is_drawn_for_each(client, app, database):
    settings = {"options": [{"code": f"o{n}", "label": {"en": f"Option {n}"}} for n in range(12)]}
    mixed = question_of("single_choice", code="mixed", settings={**settings, "randomise": True})
    piped = question_of("short_text", code="piped", label={"en": "You said ${mixed}"})
    steady = question_of("short_text", code="steady", label={"en": "Anything else?"})
    with database.transaction() as session:
        row = make_asked_round(session, document=document_of(mixed, piped, steady))
    blank._drawn.clear()
    orders = set()
    for _respondent in range(4):
        _token, page = begin(app.test_client(), row)
        found = page.find("input", name="q_mixed")
        orders.add(tuple(option.get("value") for option in found))
    assert len(orders) > 1
    assert {question.code for question, _html in blank._drawn.values()} == {"steady"}


def test_a_page_with_a_mistake_is_drawn_anew_and_spoils_nothing(client, app, database):
    needed = question_of("short_text", code="needed", required=True)
    with database.transaction() as session:
        row = make_asked_round(session, document=document_of(needed))
    token, page = begin(client, row)
    wrong = client.submit(page.form("/s/"), {"q_needed": ""})
    assert wrong.status == 422
    assert wrong.find("p", class_="error") or "error" in wrong.source
    other, clean = begin(app.test_client(), row)
    assert bare(clean, other) == bare(page, token)
