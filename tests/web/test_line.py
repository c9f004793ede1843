"""The main line as its people walk it: create, ask, answer, compute, decide, tell, release."""

import io
import json
import zipfile
from datetime import UTC, datetime
from random import Random

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from consultation.process.models import PhaseKind, Round
from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from core.mail import OutboxMessage
from core.worker import make_worker
from results.agenda.models import AgendaItem
from results.models import AnalysisRun, ConfirmedTopic, RunState, RunTable, TopicMember
from results.refresh import refresh
from surveys.models import Submission
from surveys.queries import find_respondent, text_ids
from tests.support.journey import answer, make_asked_round
from tests.support.make import make_account, make_consultation, make_phase, sign_in
from tests.support.pages import read_form

DICE = Random(4)
THEMES = (
    [
        "water",
        "rivers",
        "wells",
        "drought",
        "cooling",
        "data",
        "centres",
        "electricity",
        "energy",
        "carbon",
        "dry",
        "regions",
    ],
    [
        "work",
        "jobs",
        "clerks",
        "nurses",
        "wages",
        "contracts",
        "unions",
        "retraining",
        "skills",
        "drivers",
        "factories",
    ],
)
#: Two themes of unlike answers: six words in an order of their own.
TEXTS = [DICE.sample(THEMES[number % 2], 6) for number in range(40)]


def account(app, email, *, roles=(), slug=None, is_administrator=False):
    with app.app_context(), get_database(app).transaction() as session:
        place = None
        if slug:
            place = by_slug(session, slug)
        return make_account(
            session,
            email=email,
            consultation=place,
            roles=roles,
            is_administrator=is_administrator,
        )


def test_an_administrator_creates_a_consultation_and_opens_its_first_round(app, client):
    sign_in(client, account(app, "admin@example.org", is_administrator=True))
    form = client.page("/manage/consultations/new").form("/new")
    page = client.submit(
        form, {"slug": "Bad Slug", "title_en": "A summit", "starts_on": "2027-01-15"}
    )
    assert page.status == 422
    assert page.form("/new").fields["title_en"] == ["A summit"]
    page = client.submit(page.form("/new"), {"slug": "summit-2027", "title_fr": "Un sommet"})
    assert "A summit" in page.text()
    surveys = client.page("/manage/consultations/summit-2027/surveys/")
    refused = client.submit(_forms(surveys, "/rounds/1/state")[0], {"state": "open"})
    assert refused.status == 409
    surveys = client.submit(surveys.form("/surveys/new"), {"ready": "summit_round_1"})
    surveys = client.submit(_forms(surveys, "/rounds/1/questionnaire")[0])
    surveys = client.submit(_forms(surveys, "/rounds/1/state")[0], {"state": "open"})
    assert "Open" in surveys.text()
    preview = client.page("/manage/consultations/summit-2027/surveys/1/preview/1?language=ar")
    assert preview.direction == "rtl"


def _forms(page, part):
    return [read_form(e) for e in page.find("form") if part in (e.get("action") or "")]


def test_a_sign_in_link_works_once_and_only_by_a_click(app, client):
    account(app, "someone@example.org")
    page = client.page("/sign-in")
    for address in ("someone@example.org", "unknown@example.org"):
        told = client.submit(page.form("/sign-in"), {"email": address})
        assert "If there is an account" in told.text()
    with get_database(app).read_session() as session:
        message = session.exec(select(OutboxMessage)).one()
    link = next(line for line in message.body.splitlines() if "/sign-in/link/" in line)
    path = link.removeprefix("http://127.0.0.1")
    for _look in range(3):
        confirm = client.page(path)
    assert client.submit(confirm.form("/sign-in/link/")).status == 200
    assert client.get("/account").status_code == 200
    again = app.test_client()
    page = again.page(path)
    assert again.submit(page.form("/sign-in/link/")).status == 404


def test_mail_is_sent_once_and_its_words_are_erased(app, client, settings):
    account(app, "someone@example.org")
    client.submit(client.page("/sign-in").form("/sign-in"), {"email": "someone@example.org"})
    make_worker(app).run_until_idle()
    written = list(settings.mail_folder.glob("*.eml"))
    assert len(written) == 1
    assert b"/sign-in/link/" in written[0].read_bytes()
    with get_database(app).read_session() as session:
        assert session.exec(select(OutboxMessage)).one().body == ""


def test_a_password_signs_in_and_signing_out_ends_the_session(app, client):
    sign_in(client, account(app, "someone@example.org"))
    page = client.page("/account")
    short = client.submit(page.form("/account"), {"password": "short"})
    assert short.status == 422
    client.submit(short.form("/account"), {"password": "a long enough password"})
    client.submit(client.page("/account").form("/sign-out"))
    assert client.get("/account").status_code == 303
    form = client.page("/sign-in").form("/sign-in")
    wrong = client.submit(form, {"email": "someone@example.org", "password": "not this one"})
    assert wrong.status == 422
    client.submit(form, {"email": "Someone@Example.org", "password": "a long enough password"})
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", "evil"])
def test_signing_in_leads_nowhere_else(app, client, target):
    account(app, "someone@example.org")
    answer = client.post(
        "/language",
        data={
            "language": "fr",
            "next": target,
            "csrf_token": client.page("/sign-in").form("/sign-in").fields["csrf_token"][0],
        },
    )
    assert answer.headers["Location"] == "/"


@pytest.fixture
def answered(app, client):
    """Forty answers, a committee member and a researcher."""
    with get_database(app).transaction() as session:
        place = make_consultation(session)
        make_phase(session, place, kind=PhaseKind.ADOPTION)
        row = make_asked_round(session, consultation=place)
    tokens = []
    for number, text in enumerate(TEXTS[:40]):
        token, _page = answer(
            app.test_client(), row, q_safety=str(1 + number % 5), q_why=" ".join(text)
        )
        tokens.append(token)
    return tokens


WORDS = {
    "problem_en": "Wells run dry.",
    "deliverable_en": "A list of wells, for the ministers of water.",
    "rationale_en": "Many raised it.",
    "scope": "inside",
    "nobody_else": "y",
}
SCORES = {f"score_{code}": "4" for code in ("urgency", "support", "feasibility", "added_value")}


def _review_form(page):
    return next(form for form in _forms(page, "/review") if form.action.endswith("/review"))


def test_from_answers_to_an_adopted_agenda_and_back(app, client, answered):
    committee = account(
        app, "c@example.org", slug="summit", roles=(Role.COMMITTEE, Role.ANALYST, Role.RESEARCHER)
    )
    sign_in(client, committee)
    assert "There are no figures yet" in client.page("/dashboards/summit").text()
    page = client.submit(client.page("/dashboards/summit").form("/refresh"))
    assert "New figures are being computed" in page.text()
    make_worker(app).run_until_idle()
    page = client.page("/dashboards/summit")
    assert "New figures are being computed" not in page.text()
    assert "40" in page.text()
    assert "Plausible ranks" in page.text()
    assert client.page("/dashboards/summit?by=sector").status == 200

    feedback = app.test_client()
    assert "Being read" in feedback.page(f"/s/{answered[0]}/contributions/").text()

    topics = client.page("/dashboards/summit/topics")
    _name_topic(client, topics, app, answered[0])
    assert "What people call it" in feedback.page(f"/s/{answered[0]}/contributions/").text()

    _publish(client, app)
    public = app.test_client().page("/consultations/summit/results")
    assert "What people call it" in public.text()
    assert "hidden" in public.text()

    page = client.page("/manage/consultations/summit/agenda")
    page = client.submit(page.form("/agenda/new"), {"source": f"topic:{_topic_id(app)}"})
    page = client.submit(_forms(page, "/agenda/")[0], WORDS)
    page = client.submit(page.form("/review/start"))
    page = client.submit(page.form("/decide"), {"state": "adopted", "reason_en": "Too early."})
    assert page.status == 422
    assert "0 of at least 1 reviews are in" in page.text()
    page = client.submit(_review_form(page), SCORES)
    page = client.submit(page.form("/decide"), {"state": "adopted"})
    assert page.status == 422
    page = client.submit(page.form("/decide"), {"state": "adopted", "reason_en": "It matters."})
    agenda = app.test_client().page("/consultations/summit/agenda").text()
    assert "It matters." in agenda
    told = feedback.page(f"/s/{answered[0]}/contributions/")
    assert "It matters." in told.text()

    told = feedback.submit(_forms(told, "/misread")[0], {"message": "I meant wells."})
    assert "You told us that we misread this" in told.text()
    assert "I meant wells." in client.page("/dashboards/summit/topics").text()

    with get_database(app).read_session() as session:
        item = session.exec(select(AgendaItem)).one()
    edit = client.page(f"/manage/consultations/summit/agenda/{item.public_id}")
    assert not _forms(edit, "/decide")

    page = client.submit(client.page("/manage/consultations/summit/releases/").form("/new"))
    link = next(a.get("href") for a in page.find("a") if (a.get("href") or "").endswith(".zip"))
    with client.get(link) as response:
        archive = zipfile.ZipFile(io.BytesIO(response.data))
    _check_release(archive, app)


def _publish(client, app):
    page = client.submit(client.page("/dashboards/summit").form("/publish"))
    assert "What must stay hidden is worked out first" in page.text()
    assert "Publish these figures" not in page.text()
    make_worker(app).run_until_idle()
    assert "worked out first" not in client.page("/dashboards/summit").text()


def _name_topic(client, topics, app, token):
    with get_database(app).read_session() as session:
        with app.app_context():
            respondent = find_respondent(session, token)
            key = text_ids(respondent.submission)["why"]
        number = session.exec(
            select(TopicMember.topic).where(TopicMember.contribution_id == key)
        ).one()
    form = next(f for f in _forms(topics, f"/topics/{number}"))
    client.submit(form, {"label_en": "What people call it"})


def _topic_id(app):
    with get_database(app).read_session() as session:
        return session.exec(select(ConfirmedTopic)).one().public_id


def _check_release(archive, app):
    names = archive.namelist()
    assert {"codebook.csv", "loss.json", "README.txt"} <= set(names)
    quality = json.loads(archive.read("tables/text_quality.json"))["topics"]
    assert {"npmi", "diversity", "stability", "undecided", "leak"} <= quality.keys()
    assert "text_quality.json" in archive.read("README.txt").decode()
    assert not any("why" in name and name.startswith("answers/") for name in names)
    everything = b"".join(archive.read(name) for name in names)
    with get_database(app).read_session() as session:
        for row in session.exec(select(Submission)):
            assert row.id.encode() not in everything
            assert row.receipt.encode() not in everything
        for text in session.exec(select(Contribution)):
            assert text.text.encode() not in everything
            assert text.id.encode() not in everything
    rows = archive.read("answers/round_1/safety.csv").decode().splitlines()
    assert len(rows) == 41
    assert json.loads(archive.read("loss.json"))["questions"]["round_1/safety"]["rows"] == 40


def test_a_few_more_answers_cannot_be_published_on_their_own(app, client, answered):
    sign_in(client, account(app, "c@example.org", slug="summit", roles=(Role.COMMITTEE,)))
    with app.app_context():
        refresh(get_database(app), "summit", now=datetime.now(UTC))
    _publish(client, app)
    with get_database(app).read_session() as session:
        row = session.exec(select(Round)).one()
    answer(app.test_client(), row)
    with app.app_context():
        assert refresh(get_database(app), "summit", now=datetime.now(UTC))
        assert not refresh(get_database(app), "summit", now=datetime.now(UTC))
    page = client.submit(client.page("/dashboards/summit").form("/publish"))
    assert page.status == 409
    assert "could read single answers" in page.text()
    with get_database(app).read_session() as session:
        states = [run.state for run in session.exec(select(AnalysisRun))]
    assert sorted(states) == [RunState.LIVE, RunState.PUBLISHED]


def test_the_same_snapshot_gives_the_same_figures(app, answered):
    found = []
    for _run in range(2):
        with app.app_context():
            with get_database(app).transaction() as session:
                for run in session.exec(select(AnalysisRun)):
                    session.delete(run)
            refresh(get_database(app), "summit", now=datetime.now(UTC))
        with get_database(app).read_session() as session:
            rows = session.exec(select(RunTable).order_by(RunTable.name)).all()
            found.append(json.dumps([[row.name, row.body] for row in rows], sort_keys=True))
    assert found[0] == found[1]
