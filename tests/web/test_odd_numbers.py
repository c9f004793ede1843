"""Numbers in addresses and forms that are none, or too long for a computer: never a failure."""

import pytest

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from tests.support.journey import make_asked_round
from tests.support.make import make_account, make_consultation, sign_in

ODD = ["²", "9" * 5000, "9" * 30, "-1", "1e3", "\x00"]
ADDRESSES = [
    "/consultations/summit/results?round={}",
    "/dashboards/summit?round={}",
    "/admin/audit?before={}",
]


@pytest.fixture
def visitor(app, database):
    """Somebody with every role, who administers the installation too."""
    with database.transaction() as session:
        place = make_consultation(session)
        make_asked_round(session, consultation=place)
        account = make_account(
            session,
            consultation=by_slug(session, "summit"),
            roles=tuple(Role),
            is_administrator=True,
        )
    app.config["WTF_CSRF_ENABLED"] = False
    return sign_in(app.test_client(), account)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_numbers_in_an_address_change_nothing(visitor, odd):
    for address in ADDRESSES:
        path, _mark, query = address.partition("?")
        name = query.partition("=")[0]
        assert visitor.get(path, query_string={name: odd}).status_code == 200, path


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_numbers_in_a_form_are_refused_in_words(visitor, odd):
    base = "/manage/consultations/summit/surveys"
    answer = visitor.post(f"{base}/rounds/1/questionnaire", data={"version": odd})
    assert answer.status_code in {303, 404, 409, 422}


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_places_of_a_ranking_leave_the_page_as_it_was_typed(visitor, odd):
    started = visitor.get("/consultations/summit/")
    link = next(part for part in started.text.split('"') if part.startswith("/o/"))
    place = visitor.post(f"{link}/start").headers["Location"]
    second = place.removesuffix("1") + "2"
    answer = visitor.post(second, data={"q_safety": odd, "q_order-work": odd, "go": "next"})
    assert answer.status_code in {303, 422}
