"""The pages of topics, for the committee and for analysts, after a run."""

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from consultation.contributions.services import remove
from consultation.process.queries import by_slug
from core.audit import AuditEntry
from core.auth.permissions import Role
from core.db import get_database
from core.jobs import Job
from results import topic_scope
from results.models import AnalysisRun, Audience, RunTable, Snapshot, TopicMember, TopicMention
from results.refresh import refresh
from tests.support.agenda import make_committee, make_item, make_run, make_summit
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
    assert ARABIC[0] not in "".join("".join(one.itertext()) for one in english.find("h1"))
    assert " · ".join(ARABIC[:4]) not in english.text().partition("By language")[0]


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


LETTER = "We call on you at once@example.org to stop cameras and tracking of faces in every street"


def test_campaigns_stand_in_a_table_and_lead_to_nobody(app, people, tmp_path):
    with app.app_context(), get_database(app).transaction() as session:
        copies = add_answers(session, by_slug(session, "summit"), [LETTER] * 14, language="fr")
        keys = [row.id for row in copies]
        # No submission changed, so nothing else would tell that there is something new.
        session.exec(select(Snapshot)).one().fingerprint = ""
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=tmp_path)
    committee = people[Role.COMMITTEE]
    page = committee.page(TOPICS)
    (row,) = [
        [" ".join("".join(cell.itertext()).split()) for cell in row]
        for row in page.find("tr")
        if "We call on you" in "".join(row.itertext())
    ]
    assert row[0].startswith("We call on you at [email address] to stop cameras")
    assert row[1] == "14"
    assert "Near-identical texts that came ten times or more: 14." in page.text()
    assert "example.org to stop" not in page.source
    assert row[0].endswith("may be quoted")
    # Five copies may show the words; one of them that may be quoted is enough.
    for n_forbidden, told in ((4, "may be quoted"), (5, "not to be quoted")):
        with get_database(app).transaction() as session:
            for key in sorted(keys)[:n_forbidden]:
                session.get(Contribution, key).is_quotable = False
        text = " ".join(committee.page(TOPICS).text().split())
        first = text[text.index("We call on you at [email address]") :]
        assert first[: first.index("quoted") + 6].endswith(told)
    assert "Each campaign counted once" in page.text()
    assert people[Role.CODER].get(TOPICS).status_code == 403
    with get_database(app).transaction() as session:
        for key in keys:
            remove(session, session.get(Contribution, key))
    assert "[withdrawn]" in committee.page(TOPICS).text()


def test_many_campaigns_are_said_in_one_sentence(app, people):
    rewrite(app, lambda body: body.update(campaigns=[35, 13, 12, 11, 10, 10]))
    said = people[Role.COMMITTEE].page(TOPICS).text()
    assert "6 texts came in ten or more near-identical copies, from 10 to 35 times." in said


@pytest.mark.parametrize(
    ("stability", "said"),
    [
        (0.81, ("stands when it is computed again 0.81", "stands 0.81")),
        (0.6, ("wavers when it is computed again 0.60", "wavers 0.60")),
        (0.3, ("falls apart when it is computed again 0.30", "falls apart 0.30")),
        (None, ("how firm it is was not computed", "not computed")),
    ],
)
def test_each_topic_says_how_firm_it_is(app, people, stability, said):
    rewrite(app, lambda body: body["rows"][0].update(stability=stability))
    for role, path in (
        (Role.COMMITTEE, TOPICS),
        (Role.ANALYST, BENCH),
        (Role.ANALYST, f"{BENCH}/0"),
    ):
        assert said[path == BENCH] in people[role].page(path).text()


def test_topics_stand_under_the_theme_that_a_machine_put_them_in(app, people):
    def change(body):
        words = {"terms": ["alpha", "beta"], "terms_in": {"ar": ["ألف"]}, "terms_language": "en"}
        share = body["rows"][0]["share"]
        body["themes"] = [
            {"key": "0", "topics": ["0"], "size": 30, "share": share, **words},
            {"key": "1", "topics": ["1"], "size": 20, "share": share, "terms": ["gamma"]},
        ]
        for number, row in enumerate(body["rows"]):
            row["theme"] = min(number, 1)

    rewrite(app, change)
    page = people[Role.COMMITTEE].page(TOPICS)
    themes = page.find("details", class_="found-theme")
    assert ["".join(one[0][0].itertext()) for one in themes] == ["alpha · beta", "gamma"]
    assert [one.get("id") for one in themes[0].iter() if (one.get("id") or "") == "topic-0"]
    assert "Found theme: alpha · beta" in people[Role.ANALYST].page(BENCH).text()
    arabic = people[Role.ANALYST].page(f"{BENCH}/0", headers={"Accept-Language": "ar"})
    assert "ألف" in arabic.text()


def test_what_speaks_of_a_topic_also_leads_to_its_answers(app, people):
    with get_database(app).transaction() as session:
        run = session.exec(select(AnalysisRun)).one()
        others = session.exec(
            select(TopicMember).where(TopicMember.run_id == run.id, TopicMember.topic == 1)
        ).all()[:3]
        for number, row in enumerate(others):
            key = row.contribution_id
            session.add(
                TopicMention(
                    run_id=run.id, topic=0, contribution_id=key, confidence=0.3 + number / 100
                )
            )
        texts = [session.get(Contribution, row.contribution_id).text for row in others]
    rewrite(app, lambda body: body["rows"][0].update(also=3))
    page = people[Role.ANALYST].page(f"{BENCH}/0?which=also")
    # The surest first, after those that stand for the topic.
    quoted = ["".join(p.itertext()).strip() for p in page.find("p", dir="auto")]
    assert quoted[-3:] == texts[::-1]
    assert "Answers that speak of it also (3)" in page.text()
    said = people[Role.COMMITTEE].page(TOPICS)
    assert "3 more speak of it also" in said.text()
    assert f"{TOPICS}/0?which=also#answers" in [a.get("href") for a in said.find("a")]


def test_a_topic_whose_answers_may_not_be_quoted_says_why_it_has_no_examples(app, people):
    why = "None can be shown: only answers whose authors allowed quotation are chosen."
    assert why not in people[Role.ANALYST].page(f"{BENCH}/0").text()

    def quote_none(body):
        body["rows"][0]["exemplars"] = []

    rewrite(app, quote_none)
    assert why in people[Role.ANALYST].page(f"{BENCH}/0").text()


def test_a_run_from_before_these_figures_is_still_shown(app, people):
    def forget(body):
        for name in ("scope", "campaign_rows", "campaigns", "themes", "n_once"):
            body.pop(name, None)
        body["groups"].pop("language")
        for row in body["rows"]:
            for name in ("stability", "coherence", "also", "theme", "once", "terms_in"):
                row.pop(name, None)
            row["by"].pop("language")

    rewrite(app, forget)
    assert "Topics that a machine found" in people[Role.COMMITTEE].page(TOPICS).text()
    for path in (BENCH, f"{BENCH}/0", f"{BENCH}/0?which=also"):
        assert people[Role.ANALYST].page(path).status == 200


def test_a_topic_without_words_can_be_linked_to_an_item(app):
    """A few texts that share no words make a topic that is called by its number."""
    with get_database(app).transaction() as session:
        place = make_summit(session)
        (member, *_others) = make_committee(session, place)
        run = make_run(session, place)
        item = make_item(session, place, "energy")
        table = session.exec(
            select(RunTable).where(
                RunTable.run_id == run.id,
                RunTable.name == "topics",
                RunTable.audience == Audience.COMMITTEE,
            )
        ).one()
        row = {**table.body["rows"][0], "key": "2", "terms": []}
        table.body = {**table.body, "rows": [*table.body["rows"], row]}
        url = f"/manage/consultations/summit/agenda/{item.public_id}"
    page = sign_in(app.test_client(), member).page(url)
    offers = {"".join(one.itertext()).strip() for one in page.find("option")}
    assert {"Topic: Wells", "Topic: Topic 2"} <= offers
