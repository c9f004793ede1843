"""Responses of a round as tables, taken out and brought in by an organiser."""

import csv
import io

import pytest
from sqlmodel import select

from consultation.process.models import Round, RoundState
from core.auth.permissions import Role
from surveys.models import Submission, SubmissionState
from tests.support.api import ANSWERS
from tests.support.journey import make_asked_round
from tests.support.make import make_account, make_consultation, sign_in

TABLES = "/manage/consultations/summit/surveys/rounds/1/tables"
HEAD = "KEY,about/consent,about/sector,views/safety,views/order,views/why,views/may_quote,deviceid"


@pytest.fixture
def organiser(client, database):
    with database.transaction() as session:
        place = make_consultation(session)
        make_asked_round(session, consultation=place)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    return sign_in(client, account)


def stored(database):
    with database.read_session() as session:
        return session.exec(select(Submission)).all()


def bring(client, text, convention="odk", **more):
    page = client.page(TABLES)
    form = page.form("/tables")
    sent = {"convention": convention, "file": (io.BytesIO(text.encode()), "table.csv"), **more}
    return client.submit(form, sent)


def test_rows_of_another_tool_are_stored_once(organiser, database):
    text = f"{HEAD}\nuuid:1,OK,academia,4,rights water,Rights first,no,phone\n"
    text += "uuid:2,OK,,,,,,tablet\n"
    page = bring(organiser, text)
    assert "2 responses were stored." in page.text()
    first = next(one for one in stored(database) if one.answers["safety"]["value"] == 4)
    assert first.state is SubmissionState.SUBMITTED
    assert first.sector == "academia"
    assert first.answers["order"] == ANSWERS["order"]
    again = bring(organiser, text)
    assert "2 were there already" in again.text()
    assert len(stored(database)) == 2
    changed = bring(organiser, text.replace("Rights first", "Water first"))
    assert "it says something else" in changed.text()
    assert len(stored(database)) == 2


def test_a_mistake_in_one_row_keeps_all_out_unless_the_good_ones_are_wanted(organiser, database):
    text = (
        f"{HEAD}\nuuid:1,OK,academia,4,,,no,\nuuid:2,OK,nonsense,9,,,no,\nuuid:3,,academia,,,,,\n"
    )
    page = bring(organiser, text)
    assert page.status == 422
    for word in ("row 3", "sector", "safety", "row 4", "consent"):
        assert word in page.text()
    assert stored(database) == []
    page = bring(organiser, text, good_ones="y")
    assert page.status == 422
    assert "1 response was stored." in page.text()
    assert len(stored(database)) == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("about/consent\nOK\n", "The row has no id"),
        ("KEY,about/consent\na,OK\na,OK\n", "Another row has this id"),
        ("KEY,about/consent\n" + "".join(f"{n},OK\n" for n in range(2_001)), "Divide the file"),
        ("\udcff", "UTF-8"),
    ],
    ids=["no id", "twice", "too many", "not text"],
)
def test_tables_that_cannot_be_taken_say_why(organiser, database, text, word):
    data = io.BytesIO(text.encode("utf-8", "surrogateescape"))
    page = bring(organiser, "", file=(data, "table.csv"))
    assert page.status == 422
    assert word in page.text()
    assert stored(database) == []


def test_an_empty_cell_is_a_question_left_open_and_an_absent_column_one_not_reached(
    organiser, database
):
    page = bring(organiser, f"{HEAD}\nuuid:1,OK,academia,,,,,\n")
    assert "1 response was stored." in page.text()
    answers = stored(database)[0].answers
    assert answers["safety"]["state"] == "skipped"
    assert answers["why"]["state"] == "skipped"
    assert answers["country"]["state"] == "not_reached"


@pytest.mark.parametrize("convention", ["own", "limesurvey", "odk"])
def test_what_is_taken_out_can_be_brought_into_another_round(client, database, convention):
    with database.transaction() as session:
        place = make_consultation(session)
        row = make_asked_round(session, consultation=place)
        make_asked_round(session, consultation=place, number=2)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    organiser = sign_in(client, account)
    text = "id,consent,why,order[1],order[2],safety\n" + "".join(
        f'{n},Y,"=HYPERLINK(""{n}"")",rights,water,4\n' for n in range(3)
    )
    assert "3 responses" in bring(organiser, text, "limesurvey").text()
    # While the round runs, responses wait for their batch.
    waiting = organiser.get(f"{TABLES}/{convention}.csv")
    assert waiting.data.decode("utf-8-sig").count("\n") == 1
    assert "3 more wait" in organiser.page(TABLES).text()
    with database.transaction() as session:
        session.merge(row).state = RoundState.CLOSED
    taken = organiser.get(f"{TABLES}/{convention}.csv")
    assert taken.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(taken.data.decode("utf-8-sig"))))
    assert len(rows) == 4
    assert not any(cell.startswith("=") for row in rows for cell in row)
    second = TABLES.replace("/1/", "/2/")
    page = organiser.page(second)
    form = page.form("/tables")
    organiser.submit(form, {"convention": convention, "file": (io.BytesIO(taken.data), "t.csv")})
    again = organiser.get(f"{second}/{convention}.csv")
    with database.transaction() as session:
        for one in session.exec(select(Submission)).all():
            if one.round_id != row.id:
                assert one.answers["order"]["value"] == ["rights", "water"]
                assert one.answers["safety"]["value"] == 4
    assert again.status_code == 200
    assert len(stored(database)) == 6


def test_a_closed_round_takes_no_table(organiser, database):
    page = organiser.page(TABLES)
    form = page.form("/tables")
    with database.transaction() as session:
        session.exec(select(Round)).one().state = RoundState.CLOSED
    sent = {"convention": "odk", "file": (io.BytesIO(f"{HEAD}\n1,OK,,,,,,\n".encode()), "t.csv")}
    assert organiser.submit(form, sent).status == 409
    assert stored(database) == []
