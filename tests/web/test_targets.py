"""The page on which targets and the stopping rule are declared and frozen."""

import pytest
from sqlmodel import select

from consultation.people.models import Target
from consultation.process.queries import by_slug
from consultation.targets.models import TargetRegistration
from core.auth.permissions import Role
from tests.support.make import make_account, make_consultation, make_round, sign_in

PATH = "/manage/consultations/summit/targets/"


@pytest.fixture
def organiser(client, database):
    with database.transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    return sign_in(client, account)


def test_shares_are_typed_in_percent_saved_and_frozen(organiser, database):
    page = organiser.page(PATH)
    page = organiser.submit(
        page.form("/save"),
        {
            "share-sector-government": "33,3",
            "share-sector-academia": "66.7 %",
            "share-sector-unknown": "10",
            "rationale_en": "Half the world each.",
            "most_rounds": "4",
        },
    )
    assert "Saved" in page.text()
    assert page.form("/save").fields["share-sector-government"] == ["33.3"]
    with database.read_session() as session:
        shares = {row.code: row.share for row in session.exec(select(Target))}
    assert shares == pytest.approx({"government": 0.333, "academia": 0.667, "unknown": 0.1})
    page = organiser.submit(page.form("/freeze"))
    assert "The database refuses any change" in page.text()
    assert "weighted to these targets" in page.text()
    assert "Half the world each." in page.text()
    with database.read_session() as session:
        row = session.exec(select(TargetRegistration)).one()
    assert row.is_before_first_round
    assert row.stopping_rule["most_rounds"] == 4


def test_shares_that_do_not_add_up_keep_what_was_typed(organiser):
    page = organiser.page(PATH)
    page = organiser.submit(
        page.form("/save"),
        {"share-region-african": "40", "share-region-weog": "30", "rationale_en": "Kept."},
    )
    assert "add up to 70.0 %" in page.text()
    assert page.form("/save").fields["share-region-african"] == ["40"]
    assert "Kept." in page.text()


@pytest.mark.parametrize("typed", ["many", "-1", "101", "nan", "1e999"])
def test_nonsense_is_refused_with_a_way_out(organiser, typed):
    page = organiser.page(PATH)
    page = organiser.submit(page.form("/save"), {"share-sector-media": typed})
    assert "Write a number" in page.text()


def test_more_rounds_at_least_than_at_most_are_refused(organiser):
    page = organiser.page(PATH)
    changed = {"fewest_rounds": "3", "most_rounds": "2"}
    page = organiser.submit(page.form("/save"), changed)
    assert "fewer rounds" in page.text()


def test_after_a_round_has_opened_the_page_says_what_freezing_is_worth(organiser, database):
    with database.transaction() as session:
        make_round(session, by_slug(session, "summit"))
    page = organiser.page(PATH)
    assert "A round has opened already" in page.text()
    page = organiser.submit(page.form("/freeze"))
    assert "stay unweighted" in page.text()
