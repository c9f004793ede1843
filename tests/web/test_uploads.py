"""Files of respondents: who may fetch them, how they are served, and when they go."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consultation.process.models import Consultation
from core.auth.permissions import Role
from core.jobs import Job, JobState
from core.worker import make_worker
from surveys.models import Submission, SubmissionChannel, SubmissionRevision, SubmissionState
from surveys.uploads import store
from tests.plugins.application import make_settings
from tests.support.asked import make_round_of
from tests.support.journey import begin
from tests.support.make import make_account, make_consultation, sign_in
from tests.support.questionnaires import question_of

CONTENT = b"%PDF-1.7 <script>alert(1)</script>"
FILES = "/manage/consultations/summit/surveys/rounds/1/files"


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path, uploads=True)


@pytest.fixture
def row(app, database):
    with app.app_context(), database.transaction() as session:
        return make_round_of(session, question_of("file"), question_of("number"))


def value_of(key, name="Letter of somebody.pdf"):
    return {
        "key": key,
        "name": name,
        "type": "pdf",
        "size": len(CONTENT),
        "sha256": "0" * 64,
    }


def give(app, database, row, state=SubmissionState.SUBMITTED, number=1):
    """A response that holds a file; its key is returned."""
    with app.app_context():
        key = store.keep(CONTENT)
    with database.transaction() as session:
        given = Submission(
            round_id=row.id,
            questionnaire_id=1,
            answer_hash=f"{number:064}",
            identity_mode=row.identity_mode,
            state=state,
            submitted_on=datetime.now(UTC).date() if state is SubmissionState.SUBMITTED else None,
            channel=SubmissionChannel.OPEN_LINK,
            language="en",
            answers={
                "q_file": {"state": "answered", "value": value_of(key)},
                "q_number": {"state": "answered", "value": "5"},
            },
        )
        session.add(given)
    return key


@pytest.fixture
def organiser(client, database, row):
    with database.transaction() as session:
        place = session.exec(select(Consultation)).one()
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    return sign_in(client, account)


def test_an_organiser_gets_a_file_as_an_attachment_that_no_browser_runs(
    app, database, row, organiser
):
    key = give(app, database, row)
    page = organiser.page(FILES)
    assert "Letter of somebody.pdf" in page.text()
    links = [a.get("href") for a in page.find("a") if key in (a.get("href") or "")]
    assert links == [f"{FILES}/{key}"]
    with organiser.get(links[0]) as response:
        assert response.data == CONTENT
        headers = response.headers
    assert headers["Content-Disposition"] == f"attachment; filename=q_file-{key[:8]}.pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_files_stand_in_the_order_of_their_random_keys(app, database, row, organiser):
    keys = [give(app, database, row, number=number) for number in range(5)]
    links = [a.get("href") or "" for a in organiser.page(FILES).find("a")]
    shown = [link.rpartition("/")[2] for link in links if link.startswith(f"{FILES}/")]
    assert shown == sorted(keys)


def test_a_draft_is_its_writers_own(app, database, row, organiser):
    key = give(app, database, row, state=SubmissionState.DRAFT)
    assert key not in organiser.page(FILES).source
    assert organiser.get(f"{FILES}/{key}").status_code == 404


@pytest.mark.parametrize("key", ["a" * 32, "x", "..%2f..%2ftest.sqlite3", "%00", "é"])
def test_a_key_that_no_response_names_leads_nowhere(app, database, row, organiser, key):
    give(app, database, row)
    assert organiser.get(f"{FILES}/{key}").status_code == 404


def test_a_file_that_is_gone_is_not_found(app, database, row, organiser):
    key = give(app, database, row)
    with app.app_context():
        store.find(key).unlink()
    assert organiser.get(f"{FILES}/{key}").status_code == 404


def test_organisers_of_another_consultation_and_other_roles_get_nothing(app, client, database, row):
    key = give(app, database, row)
    with database.transaction() as session:
        place = session.exec(select(Consultation)).one()
        other = make_consultation(session, slug="other")
        stranger = make_account(
            session, email="s@example.org", consultation=other, roles=(Role.ORGANISER,)
        )
        roles = tuple(role for role in Role if role is not Role.ORGANISER)
        others = make_account(session, email="o@example.org", consultation=place, roles=roles)
    for url in (FILES, f"{FILES}/{key}"):
        assert client.get(url).status_code == 303
        assert sign_in(app.test_client(), stranger).get(url).status_code == 404
        assert sign_in(app.test_client(), others).get(url).status_code == 403
    elsewhere = f"/manage/consultations/other/surveys/rounds/1/files/{key}"
    assert sign_in(app.test_client(), stranger).get(elsewhere).status_code == 404


def age(app, key, days=2):
    with app.app_context():
        path = store.find(key)
    long_ago = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (long_ago, long_ago))


def is_there(app, key):
    with app.app_context():
        return store.find(key) is not None


def test_what_no_answer_names_is_swept_away_after_a_day(app, database, row):
    with app.app_context():
        forgotten, fresh, revised = store.keep(b"a"), store.keep(b"b"), store.keep(b"c")
    draft = give(app, database, row, state=SubmissionState.DRAFT)
    with database.transaction() as session:
        stored = session.exec(select(Submission)).one()
        before = {"q_file": {"state": "answered", "value": value_of(revised)}}
        session.add(SubmissionRevision(submission_id=stored.id, number=1, answers=before))
    for key in (forgotten, revised, draft):
        age(app, key)
    make_worker(app).step()
    make_worker(app).run_until_idle()
    with database.read_session() as session:
        swept = session.exec(select(Job).where(Job.kind == store.SWEEP)).one()
    assert swept.state is JobState.DONE
    assert not is_there(app, forgotten)
    assert all(is_there(app, key) for key in (fresh, revised, draft))


def test_files_of_an_erased_response_go_at_once_and_nobody_elses(app, database, row):
    erased, kept = give(app, database, row), give(app, database, row, number=2)
    with app.app_context(), database.transaction() as session:
        given = session.exec(select(Submission).order_by(Submission.answer_hash)).first()
        # Whoever names a file that another response holds cannot take it away.
        answers = {**given.answers, "other": {"state": "answered", "value": value_of(kept)}}
        store.forget(session, answers, datetime.now(UTC))
        given.answers = {}
        session.add(given)
    make_worker(app).run_until_idle()
    assert not is_there(app, erased)
    assert is_there(app, kept)


def erase_and_fail(database):
    with database.transaction() as session:
        given = session.exec(select(Submission)).one()
        store.forget(session, given.answers, datetime.now(UTC))
        given.answers = {}
        session.add(given)
        session.flush()
        raise ZeroDivisionError


def test_a_failed_transaction_takes_no_file_away(app, database, row):
    key = give(app, database, row)
    with app.app_context(), pytest.raises(ZeroDivisionError):
        erase_and_fail(database)
    make_worker(app).run_until_idle()
    assert is_there(app, key)


def test_a_respondent_sends_a_file_keeps_it_through_a_mistake_and_takes_it_back(
    client, database, row, tmp_path
):
    token, page = begin(client, row)
    assert 'enctype="multipart/form-data"' in page.source
    file = (io.BytesIO(CONTENT), "A letter.pdf")
    page = client.submit(page.form("/s/"), {"q_q_file": file, "q_q_number": "no number"})
    assert page.status == 422
    page = client.submit(page.form("/s/"), {"q_q_number": "5"})
    with database.read_session() as session:
        stored = session.exec(select(Submission)).one().answers["q_file"]["value"]
    assert (stored["name"], stored["type"], stored["size"]) == ("A letter.pdf", "pdf", len(CONTENT))
    client.submit(page.form("/submit"))
    client.submit(client.page(f"/s/{token}/withdraw").form("/withdraw"))
    make_worker(client.application).run_until_idle()
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(stored["key"])] == []
