"""The pages of topics, for the committee and for analysts, after a run."""

import pytest
from sqlmodel import select

from consultation.process.queries import by_slug
from core.audit import AuditEntry
from core.auth.permissions import Role
from core.db import get_database
from core.jobs import Job
from results import topic_scope
from results.models import AnalysisRun, Audience, RunTable
from results.refresh import refresh
from tests.support.make import NOW, make_account, sign_in
from tests.support.workbench import add_answers, make_coded_place

TOPICS = "/dashboards/summit/topics"
BENCH = "/workbench/summit/topics"
ARABIC = ["وظائف", "عمال", "تدريب", "أجور", "مهارات"]


@pytest.fixture
def people(app, tmp_path):
    """An analyst, a coder and a member of the committee, after a run."""
    with app.app_context(), get_database(app).transaction() as session:
        place, _book = make_coded_place(session, 60)
        found = {
            role: make_account(
                session, email=f"{role}@example.org", consultation=place, roles=(role,)
            )
            for role in (Role.ANALYST, Role.CODER, Role.COMMITTEE)
        }
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=tmp_path)
    return {role: sign_in(app.test_client(), account) for role, account in found.items()}


def rewrite(app, change):
    """Have the newest run say something else of its topics."""
    with get_database(app).transaction() as session:
        run = session.exec(select(AnalysisRun)).one()
        table = session.exec(
            select(RunTable).where(
                RunTable.run_id == run.id,
                RunTable.name == "topics",
                RunTable.audience == Audience.COMMITTEE,
            )
        ).one()
        body = {**table.body, "rows": [dict(row) for row in table.body["rows"]]}
        change(body)
        table.body = body
        session.add(table)


def speak_arabic(body):
    row = body["rows"][0]
    row["terms_in"] = {"en": row["terms"], "ar": ARABIC}
    row["languages"] = {"en": row["size"] - 5, "ar": 5}
    row["language"] = "mul"


@pytest.mark.parametrize(
    ("role", "path", "most"),
    [(Role.COMMITTEE, TOPICS, 5), (Role.ANALYST, BENCH, 5), (Role.ANALYST, f"{BENCH}/0", 4)],
)
def test_every_page_of_topics_speaks_the_readers_language(app, people, role, path, most):
    rewrite(app, speak_arabic)
    page = people[role].page(path, headers={"Accept-Language": "ar"})
    assert page.language == "ar"
    said = {" ".join("".join(bdi.itertext()).split()) for bdi in page.find("bdi", lang="ar")}
    assert " · ".join(ARABIC[:most]) in said
    english = people[role].page(path, headers={"Accept-Language": "en"})
    assert ARABIC[0] not in english.text()


def test_a_topics_title_is_plain_text(app, people):
    page = people[Role.ANALYST].page(f"{BENCH}/0")
    (title,) = page.find("title")
    assert "<" not in title.text
    assert " · " in title.text


def add_lines(app, tmp_path):
    """A second question that a person did not want read, and a run without it."""
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        for answer in add_answers(session, place, ["Teacher", "Nurse"] * 10):
            answer.question_code = "role"
        topic_scope.choose(session, place, [], ["why"])
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=tmp_path)


def test_the_page_says_what_is_read_and_lets_the_committee_choose(app, people, tmp_path):
    add_lines(app, tmp_path)
    committee = people[Role.COMMITTEE]
    page = committee.page(TOPICS)
    assert "Topics are learned from the answers to 1 question (60 texts)." in page.text()
    assert "20 answers to other questions are not read for topics: “role” (20)." in page.text()
    form = page.form("/topics/questions")
    assert form.fields["question"] == ["why"]
    after = committee.submit(form, {"question": ["why", "role"]})
    assert "from the next run on" in after.text()
    assert after.form("/topics/questions").fields["question"] == ["role", "why"]
    # The figures are still those of the run.
    assert "Topics are learned from the answers to 1 question (60 texts)." in after.text()
    with get_database(app).read_session() as session:
        (entry,) = session.exec(
            select(AuditEntry).where(AuditEntry.action == "choose_topic_questions")
        ).all()
    assert entry.details == {"questions": ["role", "why"]}
    assert "Nothing was changed" in committee.submit(form, {"question": ["why", "role"]}).text()
    assert committee.submit(form, {"question": None}).status == 422


def test_an_analysts_choice_is_computed_at_once(app, people, tmp_path):
    add_lines(app, tmp_path)
    analyst = people[Role.ANALYST]
    form = analyst.page(TOPICS).form("/topics/questions")
    analyst.submit(form, {"question": ["role"]})
    with get_database(app).read_session() as session:
        assert [job.key for job in session.exec(select(Job)).all()] == ["compute_run:summit"]


def test_who_may_not_confirm_topics_chooses_no_questions(app, people, tmp_path):
    add_lines(app, tmp_path)
    coder = people[Role.CODER]
    token = next(
        one for one in coder.page("/workbench/summit/").find("input", name="csrf_token")
    ).get("value")
    data = {"csrf_token": token, "question": "role"}
    assert coder.post(f"{TOPICS}/questions", data=data).status_code == 403
