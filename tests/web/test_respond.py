"""What a respondent meets, with every form sent as it stands in the page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution, ContributionState
from consultation.process.models import RoundState
from surveys.models import Submission, SubmissionRevision, SubmissionState
from tests.support.journey import DOCUMENT, SECOND_PAGE, answer, begin, make_asked_round


@pytest.fixture
def row(database):
    with database.transaction() as session:
        return make_asked_round(session)


def only(database, table):
    with database.read_session() as session:
        return session.exec(select(table)).one()


def test_a_journey_ends_with_a_receipt_and_is_stored_once(client, database, row):
    _token, page = answer(client, row)
    stored = only(database, Submission)
    assert stored.receipt in page.text()
    assert stored.state is SubmissionState.SUBMITTED
    assert (stored.region, stored.sector, stored.country) == ("african", "academia", "KE")
    assert stored.answers["safety"] == {"state": "answered", "value": 4}
    assert stored.answers["order"]["value"] == ["rights", "water"]
    assert stored.answers["groups"]["value"] == ["a", "b"]


def test_a_free_text_lives_in_its_contribution_alone(client, database, row):
    answer(client, row)
    text = only(database, Contribution)
    stored = only(database, Submission)
    assert text.text == "Rights of workers come first <b>always</b>."
    assert (text.region, text.sector, text.is_quotable) == ("african", "academia", True)
    assert stored.answers["why"]["value"] == text.id
    assert "workers" not in str(stored.answers)


def test_markup_in_an_answer_is_shown_as_text(client, row):
    token, _page = answer(client, row)
    source = client.page(f"/s/{token}/check").source
    assert "&lt;b&gt;always&lt;/b&gt;" in source
    assert "<b>always</b>" not in source


def test_a_mistake_loses_nothing_that_was_typed(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    wrong = {**SECOND_PAGE, "q_order-work": "1", "q_groups": ["a", "b", "c"]}
    page = client.submit(page.form("/s/"), wrong)
    assert page.status == 422
    assert "Place 1 is given to “Work” and to “Rights”" in page.text()
    assert "Choose at most 2 answers." in page.text()
    kept = page.form("/s/").fields
    assert kept["q_why"] == [SECOND_PAGE["q_why"]]
    assert kept["q_order-work"] == ["1"]
    assert kept["q_groups"] == ["a", "b", "c"]
    assert page.find("title")[0].text.startswith("Error:")


def test_each_error_links_to_a_field_of_the_page(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"))
    assert page.status == 422
    targets = [a.get("href") for a in page.find("a") if (a.get("href") or "").startswith("#q_")]
    assert targets == ["#q_consent"]
    assert [e.get("id") for e in page.find("input") if e.get("id") == "q_consent"]


def test_going_back_keeps_what_was_typed(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y", "q_sector": "media"})
    page = client.submit(page.form("/s/"), {"q_why": "half a thought", "go": "back"})
    page = client.submit(page.form("/s/"))
    assert page.form("/s/").fields["q_why"] == ["half a thought"]


def test_changing_the_language_keeps_what_was_typed(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    page = client.submit(page.form("/s/"), {"q_why": "كلمة", "go": "language:ar"})
    assert (page.language, page.direction) == ("ar", "rtl")
    assert page.form("/s/").fields["q_why"] == ["كلمة"]


def test_the_languages_on_offer_are_those_of_the_questionnaire(client, database):
    document = {**DOCUMENT, "languages": ["en", "ar", "pt"]}
    document["title"] = {**DOCUMENT["title"], "pt": "Um pequeno inquérito"}
    with database.transaction() as session:
        row = make_asked_round(session, document=document)
    page = client.page(f"/o/{row.public_id}")
    offered = [option.get("value") for option in page.find("option")]
    assert offered == ["en", "ar", "pt"]
    page = client.submit(page.form("/language"), {"language": "pt"})
    assert "Um pequeno inquérito" in page.text()
    assert page.language == "pt"
    token, _page = begin(client, row)
    page = client.page(f"/s/{token}/check")
    page = client.submit(page.form("/language"), {"language": "ar"})
    assert page.direction == "rtl"
    assert page.form("/language").fields["next"] == [f"/s/{token}/check?"]


def test_a_second_submit_gives_the_same_receipt(client, database, row):
    token, page = answer(client, row)
    form_page = client.page(f"/s/{token}/check")
    assert "Hand in" not in form_page.text()
    with client.session_transaction():
        pass
    again = client.post(f"/s/{token}/submit", data={"csrf_token": csrf(client, token)})
    assert again.status_code == 303
    assert only(database, Submission).receipt in client.page(f"/s/{token}/receipt").text()
    assert only(database, Submission).receipt in page.text()


def csrf(client, token):
    return client.page(f"/s/{token}/withdraw").form("/withdraw").fields["csrf_token"][0]


def test_an_edit_after_submitting_keeps_the_revision_and_the_receipt(client, database, row):
    token, _page = answer(client, row)
    receipt = only(database, Submission).receipt
    page = client.page(f"/s/{token}/2")
    client.submit(page.form("/s/"), {"q_safety": "1", "q_may_quote": "no"})
    stored = only(database, Submission)
    assert stored.answers["safety"]["value"] == 1
    assert (stored.receipt, stored.state) == (receipt, SubmissionState.SUBMITTED)
    assert only(database, SubmissionRevision).answers["safety"]["value"] == 4
    assert only(database, Contribution).is_quotable is False


def test_withdrawal_erases_answers_and_words(client, database, row):
    token, _page = answer(client, row)
    client.submit(client.page(f"/s/{token}/withdraw").form("/withdraw"))
    stored = only(database, Submission)
    assert (stored.state, stored.answers, stored.country) == (SubmissionState.WITHDRAWN, {}, None)
    text = only(database, Contribution)
    assert (text.text, text.state) == ("", ContributionState.WITHDRAWN)


@pytest.mark.parametrize("how", ["state", "time", "paused"])
def test_nothing_is_written_after_the_round_has_ended(client, database, row, how):
    token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    withdraw = client.page(f"/s/{token}/withdraw").form("/withdraw")
    intro = client.page(f"/o/{row.public_id}").form("/start")
    with database.transaction() as session:
        found = session.merge(row)
        if how == "time":
            found.closes_at = datetime.now(UTC) - timedelta(seconds=1)
        else:
            found.state = RoundState.CLOSED if how == "state" else RoundState.PAUSED
    before = only(database, Submission).model_dump()
    for form, values in ((page.form("/s/"), SECOND_PAGE), (withdraw, {}), (intro, {})):
        assert client.submit(form, values).status == 409
    assert client.post(f"/s/{token}/submit", data=withdraw.fields).status_code == 409
    assert only(database, Submission).model_dump() == before


def test_what_is_typed_while_a_round_closes_still_stands_on_the_page(client, database, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    with database.transaction() as session:
        session.merge(row).closes_at = datetime.now(UTC) - timedelta(seconds=1)
    refused = client.submit(page.form("/s/"), SECOND_PAGE)
    assert refused.status == 409
    assert "This round has closed." in refused.text()
    kept = refused.form("/s/").fields
    assert kept["q_why"] == [SECOND_PAGE["q_why"]]
    assert kept["q_order-rights"] == ["1"]
    assert "safety" not in only(database, Submission).answers


def test_a_link_to_a_response_that_was_withdrawn_says_so_and_offers_nothing(client, row):
    token, _page = answer(client, row)
    client.submit(client.page(f"/s/{token}/withdraw").form("/withdraw"))
    page = client.page(f"/s/{token}/")
    assert "Your response was withdrawn" in page.text()
    assert {form.get("action") for form in page.find("form")} == {"/language"}


def test_an_answer_to_a_question_that_was_not_asked_is_not_stored(client, database, row):
    _token, page = begin(client, row)
    client.submit(
        page.form("/s/"),
        {"q_consent": "y", "q_safety": "5", "state": "submitted", "region": "weog", "q_zzz": "1"},
    )
    stored = only(database, Submission)
    assert set(stored.answers) == {"consent", "sector", "country"}
    assert (stored.state, stored.region) == (SubmissionState.DRAFT, None)


@pytest.mark.parametrize("token", ["a" * 32, "x", "A" * 500, "%00", "..%2f..", "أ"])
def test_a_wrong_token_leads_to_the_same_page_as_any_other(client, token):
    assert client.get(f"/s/{token}/").status_code == 404


def test_hostile_values_are_refused_or_kept_as_text(client, database, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y", "q_country": "ZZ"})
    assert page.status == 422
    page = client.submit(page.form("/s/"), {"q_consent": "y", "q_country": "NA"})
    hostile = "{{7*7}} ${x} %(a)s \x00 \u202e <script>alert(1)</script>"
    values = {"q_why": hostile, "q_safety": "NaN", "q_order-water": "-1"}
    assert client.submit(page.form("/s/"), values).status == 422
    client.submit(page.form("/s/"), {"q_why": hostile})
    assert only(database, Submission).region == "african"
    assert "{{7*7}} ${x} %(a)s" in only(database, Contribution).text


def test_a_text_over_the_limit_is_kept_and_named(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    page = client.submit(page.form("/s/"), {"q_why": "x" * 230})
    assert "Your text is 30 characters too long" in page.text()
    assert page.form("/s/").fields["q_why"] == ["x" * 230]


def test_a_post_without_its_csrf_token_changes_nothing(client, database, row):
    _token, page = begin(client, row)
    form = page.form("/s/")
    refused = client.post(form.action, data={"q_consent": "y"})
    assert refused.status_code == 400
    assert only(database, Submission).answers == {}


def test_a_private_link_leads_on_from_where_its_holder_stopped(client, row):
    token, page = begin(client, row)
    home = client.page(f"/s/{token}/")
    assert home.find("a", href=f"/s/{token}/1")
    client.submit(page.form("/s/"), {"q_consent": "y", "go": "back"})
    home = client.page(f"/s/{token}/")
    assert home.find("a", href=f"/s/{token}/2")
    assert not home.find("a", href=f"/s/{token}/1")
    page = client.page(f"/s/{token}/2")
    assert "check" not in {value for _name, value in page.form("/s/").buttons}
    client.submit(page.form("/s/"), {"q_safety": "4", "go": "next"})
    page = client.page(f"/s/{token}/1")
    assert ("go", "check") in page.form("/s/").buttons
    checked = client.submit(page.form("/s/"), {"q_sector": "academia", "go": "check"})
    assert checked.form("/submit")


@pytest.mark.parametrize("goal", ["back", "language:ar", "check"])
def test_what_cannot_be_kept_is_shown_and_not_thrown_away(client, row, goal):
    token, page = begin(client, row)
    client.submit(page.form("/s/"), {"q_consent": "y", "go": "next"})
    page = client.page(f"/s/{token}/2")
    page = client.submit(page.form("/s/"), {"q_why": "long " * 100, "go": goal})
    assert page.status == 422
    assert page.form("/s/").fields["q_why"][0].startswith("long long")


def test_an_edit_says_that_it_is_saved(client, row):
    token, _receipt = answer(client, row)
    page = client.page(f"/s/{token}/2")
    page = client.submit(page.form("/s/"), {"q_safety": "1", "go": "next"})
    assert "Your change is saved and counts." in page.text()
