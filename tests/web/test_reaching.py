"""Reaching people as an organiser does it, and what those who are reached find behind each link."""

import io
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from xml.etree import ElementTree as ET

import pytest
from sqlmodel import SQLModel, select

from app import create_app
from consultation.people.models import Stakeholder
from consultation.process.models import IdentityMode, Round
from core.audit import AuditEntry
from core.auth.models import Account
from core.auth.permissions import Role
from core.db import get_database
from core.jobs import Job
from core.mail import Letter, OutboxMessage, queue
from core.worker import make_worker
from surveys.models import Submission, SubmissionChannel
from surveys.reaching.models import InvitationMail, InvitationWave, WaveState
from tests.plugins.application import make_settings
from tests.support.journey import SECOND_PAGE, answer, make_asked_round, token_in
from tests.support.make import NOW, make_account, make_consultation, make_stakeholder, sign_in
from tests.support.pages import PageClient, read_form

SURVEYS = "/manage/consultations/summit/surveys"
REACH = f"{SURVEYS}/rounds/1/reach/"


def build(app, mode=IdentityMode.PSEUDONYMOUS, **values):
    """A round, three stakeholders, and an organiser."""
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        make_asked_round(session, consultation=place, identity_mode=mode, **values)
        for name, language, country in (
            ("amal", "ar", "EG"),
            ("anna", "en", "KE"),
            ("aude", "fr", None),
        ):
            make_stakeholder(
                session, place, email=f"{name}@example.org", language=language, country=country
            )
        return make_account(session, consultation=place, roles=(Role.ORGANISER,))


@pytest.fixture
def organiser(app, client):
    return sign_in(client, build(app))


def forms(page, part):
    return [read_form(found) for found in page.find("form") if part in (found.get("action") or "")]


def write(client, kind="first", at="", **words):
    """Write a message, look at it, send it; the page that comes then."""
    page = client.page(f"{REACH}waves/new?kind={kind}")
    page = client.submit(page.form("/waves/new"), words)
    return client.submit(forms(page, "/send")[0], {"at": at})


def mails(app):
    make_worker(app).run_until_idle()
    folder = app.extensions["settings"].mail_folder
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def path_in(mail, part):
    """The path of a link in a mail."""
    line = next(line for line in mail.get_content().splitlines() if part in line)
    return line.removeprefix("http://127.0.0.1").strip()


def rows(app, table):
    with get_database(app).read_session() as session:
        return session.exec(select(table)).all()


def age(app, **past):
    with get_database(app).transaction() as session:
        for one in session.exec(select(InvitationMail)):
            one.queued_at -= timedelta(**past)
            session.add(one)


def test_an_invitation_is_looked_at_in_each_language_and_then_sent(app, organiser):
    page = organiser.page(f"{SURVEYS}/")
    assert any(link.get("href") == REACH for link in page.find("a"))
    page = organiser.page(f"{REACH}waves/new")
    page = organiser.submit(
        page.form("/waves/new"),
        {"subject_fr": "Votre avis", "intro_ar": "نود أن نسمعكم.", "intro_en": "We ask you."},
    )
    assert "3 people" in page.text()
    assert "Votre avis" in page.text()
    arabic = next(found for found in page.find("div", lang="ar") if found.get("dir") == "rtl")
    assert "نود أن نسمعكم." in "".join(arabic.itertext())
    assert not rows(app, OutboxMessage), "looking sends nothing"
    page = organiser.submit(forms(page, "/send")[0])
    assert "on its way" in page.text()
    sent = {mail["To"]: mail for mail in mails(app)}
    assert set(sent) == {"amal@example.org", "anna@example.org", "aude@example.org"}
    assert sent["aude@example.org"]["Subject"] == "Votre avis"
    assert "نود أن نسمعكم." in sent["amal@example.org"].get_content()
    assert "We ask you." in sent["anna@example.org"].get_content()
    assert "We ask you." not in sent["aude@example.org"].get_content()
    visitor = app.test_client()
    assert visitor.page(path_in(sent["anna@example.org"], "/s/")).status == 200
    assert [entry.action for entry in rows(app, AuditEntry)] == ["draft_wave", "send_wave"]


def test_a_choice_of_people_leaves_the_others_out_and_says_so(app, organiser):
    write(organiser, sectors=["unknown"], regions=["african"])
    assert sorted(mail["To"] for mail in mails(app)) == ["amal@example.org", "anna@example.org"]
    page = organiser.page(f"{REACH}waves/new")
    page = organiser.submit(page.form("/waves/new"), {"languages": ["en", "fr"]})
    assert "1 person" in page.text()
    assert "Invited already: 1" in page.text()


def test_a_message_waits_for_its_time_and_shows_the_days_to_answer(app, organiser):
    at = datetime.now(UTC) + timedelta(days=20)
    page = write(organiser, at=at.strftime("%Y-%m-%dT%H:%M"))
    job = next(job for job in rows(app, Job) if job.kind == "send_wave")
    assert job.run_at == at.replace(second=0, microsecond=0)
    assert mails(app) == []
    text = page.text()
    assert "Planned" in text
    row = rows(app, Round)[0]
    days = (row.closes_at - job.run_at).days
    assert days < 14
    assert f"{days} short" in text
    wave = organiser.page(f"{REACH}waves/{rows(app, InvitationWave)[0].public_id}")
    assert "Fewer than 14 days are left" in wave.text()
    organiser.submit(forms(wave, "/stop")[0])
    assert rows(app, InvitationWave)[0].state is WaveState.CANCELLED


def test_with_time_enough_there_is_no_warning(app, organiser):
    page = organiser.page(f"{REACH}waves/new")
    page = organiser.submit(page.form("/waves/new"))
    assert "29 days until the round closes" in page.text()
    assert "Fewer than 14 days" not in page.text()
    page = organiser.submit(forms(page, "/stop")[0])
    assert rows(app, InvitationWave) == [], "a draft is discarded"


def test_a_time_that_is_no_time_or_too_late_is_refused_on_the_page(app, organiser):
    for at, words in (("soon", "Not a valid"), ("2090-01-01T10:00", "Choose an earlier time")):
        page = write(organiser, at=at)
        assert page.status == 422
        assert words in page.text()
    assert {wave.state for wave in rows(app, InvitationWave)} == {WaveState.DRAFT}


def test_a_reminder_goes_to_those_not_known_to_have_answered_and_the_page_says_late(app, organiser):
    write(organiser)
    first = mails(app)
    text = organiser.page(f"{REACH}waves/new?kind=reminder").text()
    assert "not known to have answered" in text
    page = organiser.page(REACH)
    assert "learnt late" in page.text()
    write(organiser, "reminder")
    assert len(mails(app)) == len(first), "three days have not passed"
    age(app, days=3)
    write(organiser, "reminder")
    second = mails(app)[len(first) :]
    links = {mail["To"]: path_in(mail, "/s/") for mail in first}
    assert {mail["To"]: path_in(mail, "/s/") for mail in second} == links
    english = next(mail for mail in second if mail["To"] == "anna@example.org")
    assert "as before" in english.get_content()


def test_a_reminder_of_an_anonymous_round_says_that_it_cannot_repeat_the_link(app, client):
    organiser = sign_in(client, build(app, IdentityMode.ANONYMOUS))
    write(organiser)
    age(app, days=4)
    assert "stored nowhere" in organiser.page(f"{REACH}waves/new?kind=reminder").text()
    mails(app)
    age(app, days=4)
    write(organiser, "reminder", contact="help@example.org")
    reminder = next(m for m in mails(app)[3:] if m["To"] == "anna@example.org")
    assert "/s/" not in reminder.get_content()
    assert "help@example.org" in reminder.get_content()


def dump(app):
    with get_database(app).engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in SQLModel.metadata.sorted_tables
        }


@pytest.mark.parametrize("kind", ["first", "reminder"])
def test_scanners_that_open_every_link_of_a_mail_change_nothing(app, organiser, kind):
    write(organiser)
    mails(app)
    if kind == "reminder":
        age(app, days=4)
        write(organiser, "reminder")
    mail = mails(app)[-1]
    paths = [path_in(mail, "/s/"), path_in(mail, "/u/")]
    listed = mail["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1")
    assert listed == paths[1]
    before = dump(app)
    scanner = app.test_client()
    for path in paths * 2:
        assert scanner.get(path, follow_redirects=True).status_code == 200
        assert scanner.head(path, follow_redirects=True).status_code == 200
    assert dump(app) == before


def test_the_button_behind_the_link_ends_all_mail(app, organiser):
    write(organiser)
    mail = next(mail for mail in mails(app) if mail["To"] == "anna@example.org")
    arabic = next(mail for mail in mails(app) if mail["To"] == "amal@example.org")
    visitor = app.test_client()
    assert visitor.page(path_in(arabic, "/u/")).direction == "rtl"
    page = visitor.page(path_in(mail, "/u/"))
    assert "Consultation summit" in page.text()
    page = visitor.submit(page.form("/u/"))
    assert "no more invitations" in page.text()
    assert not forms(visitor.page(path_in(mail, "/u/")), "/u/"), "there is nothing left to press"
    age(app, days=4)
    assert "1want no mail" in organiser.page(REACH).text()
    write(organiser, "reminder")
    assert sorted(mail["To"] for mail in mails(app)[3:]) == ["amal@example.org", "aude@example.org"]
    assert visitor.page(path_in(mail, "/s/")).status == 200, "the personal link still works"


def test_a_mail_program_unsubscribes_with_one_post_and_no_redirect(app, organiser):
    app.config["WTF_CSRF_ENABLED"] = True
    write(organiser)
    path = path_in(mails(app)[0], "/u/")
    program = app.test_client()
    answers = [program.post(path, data={"List-Unsubscribe": "One-Click"}) for _try in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    gone = [person.email for person in rows(app, Stakeholder) if person.unsubscribed_at]
    assert gone == [mails(app)[0]["To"]]


def test_a_forged_link_unsubscribes_nobody_and_a_true_one_opens_nothing_else(app, organiser):
    write(organiser)
    path = path_in(mails(app)[0], "/u/")
    token = path.removeprefix("/u/")
    stranger = app.test_client()
    other = next(p.public_id for p in rows(app, Stakeholder) if p.public_id != token[:26])
    for forged in (token[:-1], token[:26], token[:-1] + "g", other + token[26:], "ü" * 58, "x"):
        assert stranger.post(f"/u/{forged}").status_code == 404
        assert stranger.get(f"/u/{forged}").status_code == 404
    assert not any(person.unsubscribed_at for person in rows(app, Stakeholder))
    for secret in (token, token[:26], token[:32], token[26:]):
        assert stranger.get(f"/s/{secret}/").status_code == 404


def test_one_click_is_offered_where_the_address_is_secure_and_stays_in_one_line(tmp_path):
    app = create_app(make_settings(tmp_path, base_url="https://consultation.example.org"))
    app.test_client_class = PageClient
    SQLModel.metadata.create_all(get_database(app).engine)
    with app.app_context(), get_database(app).transaction() as session:
        url = f"https://consultation.example.org/u/{'a' * 58}"
        queue(session, to="a@example.org", letter=Letter("S", "B", url), now=NOW)
        queue(session, to="b@example.org", letter=Letter("S", "B"), now=NOW)
    with_link, without = mails(app)
    assert with_link["List-Unsubscribe"] == f"<{url}>"
    assert with_link["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert without["List-Unsubscribe"] is None
    raw = next(app.extensions["settings"].mail_folder.glob("*1.eml")).read_bytes()
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in raw
    get_database(app).dispose()


@pytest.mark.parametrize(
    "subject",
    ["Hello\r\nBcc: spy@example.org", "Hello\nBcc: spy@example.org", "Hello\x0bBcc: a\x85\u2028b"],
)
def test_words_of_the_organiser_add_no_header_and_run_no_template(app, organiser, subject):
    write(
        organiser,
        subject_en=subject,
        intro_en="{{ 7 * 7 }} {% include 'x' %} %(title)s\r\n\r\n.\r\nBcc: spy@example.org",
    )
    for mail in mails(app):
        assert mail["Bcc"] is None
        assert mail["To"].count("@") == 1
    english = next(mail for mail in mails(app) if mail["To"] == "anna@example.org")
    assert english["Subject"].startswith("Hello Bcc: ") or english["Subject"].startswith("HelloBcc")
    assert "{{ 7 * 7 }} {% include 'x' %} %(title)s" in english.get_content()


def test_a_contact_with_a_line_break_is_refused(app, organiser):
    page = organiser.page(f"{REACH}waves/new")
    page = organiser.submit(
        page.form("/waves/new"), {"contact": "a@example.org\r\nBcc: spy@example.org"}
    )
    assert page.status == 422
    assert rows(app, InvitationWave) == []


def test_links_come_from_the_settings_and_never_from_the_request(app, organiser):
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    page = organiser.page(f"{REACH}waves/new")
    page = organiser.submit(page.form("/waves/new"))
    send = forms(page, "/send")[0]
    with organiser.session_transaction() as cookie:
        kept = dict(cookie)
    with organiser.session_transaction(base_url="http://evil.example") as cookie:
        cookie.update(kept)
    organiser.post(send.action, data=send.fields, headers=headers, base_url="http://evil.example")
    assert rows(app, InvitationWave)[0].state is not WaveState.DRAFT
    for mail in mails(app):
        assert "evil" not in mail.as_string()
    shown = organiser.get(REACH, headers=headers, base_url="http://evil.example")
    assert "evil" not in shown.get_data(as_text=True)


def test_bounces_are_typed_in_or_uploaded_and_a_new_address_gets_mail(app, organiser):
    write(organiser)
    mails(app)
    form = organiser.page(REACH).form("/bounces")
    page = organiser.submit(form, {"lines": "anna@example.org, no such user\nx@example.net"})
    assert "1 address gets no more mail" in page.text()
    assert "x@example.net" in page.text()
    assert "no such user" in page.text()
    upload = (io.BytesIO("address,reason\nAude@example.org,plein\n".encode("utf-8-sig")), "b.csv")
    page = organiser.submit(form, {"file": upload}, content_type="multipart/form-data")
    assert "plein" in page.text()
    age(app, days=4)
    write(organiser, "reminder")
    assert [mail["To"] for mail in mails(app)[3:]] == ["amal@example.org"]
    person = next(p for p in rows(app, Stakeholder) if p.email == "anna@example.org")
    change = forms(organiser.page(REACH), f"/{person.public_id}/address")[0]
    assert organiser.submit(change, {"email": "nonsense"}).status == 422
    assert organiser.submit(change, {"email": "amal@example.org"}).status == 409
    organiser.submit(change, {"email": "anna.new@example.org"})
    write(organiser)
    assert mails(app)[-1]["To"] == "anna.new@example.org"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "No line begins with an e-mail address"),
        ({"lines": "somebody"}, "No line begins with an e-mail address"),
        ({"file": (io.BytesIO(b"\xff\xfe\x00"), "b.csv")}, "not text in UTF-8"),
    ],
)
def test_a_list_of_bounces_that_cannot_be_read_says_why(organiser, fields, words):
    form = organiser.page(REACH).form("/bounces")
    page = organiser.submit(form, fields, content_type="multipart/form-data")
    assert page.status == 422
    assert words in page.text()


def test_bounces_and_messages_of_another_consultation_are_out_of_reach(app, organiser):
    with app.app_context(), get_database(app).transaction() as session:
        other = make_consultation(session, slug="other")
        make_asked_round(session, consultation=other)
        make_stakeholder(session, other, email="far@example.org")
        make_account(session, email="o@example.org", consultation=other, roles=(Role.ORGANISER,))
    write(organiser)
    wave = rows(app, InvitationWave)[0]
    page = organiser.submit(organiser.page(REACH).form("/bounces"), {"lines": "far@example.org"})
    assert "Nobody here has these addresses: far@example.org" in page.text()
    with get_database(app).read_session() as session:
        far = session.exec(select(Account).where(Account.email == "o@example.org")).one()
    stranger = sign_in(app.test_client(), far)
    there = REACH.replace("summit", "other")
    assert stranger.page(there).status == 200
    assert stranger.page(f"{there}waves/{wave.public_id}").status == 404
    assert stranger.page(f"{REACH}waves/{wave.public_id}").status == 404


def test_the_code_of_an_open_link_is_a_picture_that_may_be_kept(app, organiser):
    row = rows(app, Round)[0]
    response = app.test_client().get(f"/o/{row.public_id}/qr.svg")
    assert response.mimetype == "image/svg+xml"
    assert "public" in response.headers["Cache-Control"]
    picture = ET.fromstring(response.data)
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"<script" not in response.data
    assert app.test_client().head(f"/o/{row.public_id}/qr.svg").status_code == 200
    page = organiser.page(REACH)
    assert [found.get("src") for found in page.find("img") if found.get("src", "").endswith("svg")]
    assert f"http://127.0.0.1/o/{row.public_id}" in page.text()
    with get_database(app).transaction() as session:
        session.get_one(Round, row.id).has_open_link = False
    assert app.test_client().get(f"/o/{row.public_id}/qr.svg").status_code == 404
    assert app.test_client().get("/o/nothing/qr.svg").status_code == 404


def test_an_open_link_cannot_be_pressed_without_end(tmp_path):
    app = create_app(make_settings(tmp_path, rate_limits=True))
    app.test_client_class = PageClient
    app.config["WTF_CSRF_ENABLED"] = False
    SQLModel.metadata.create_all(get_database(app).engine)
    build(app)
    row = rows(app, Round)[0]
    client = app.test_client()
    codes = [client.post(f"/o/{row.public_id}/start").status_code for _press in range(125)]
    assert codes[:120] == [303] * 120
    assert codes[120:] == [429] * 5
    get_database(app).dispose()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_paper_form_holds_every_question_with_its_code(app, organiser, language):
    page = organiser.page(f"{SURVEYS}/1/paper?language={language}")
    assert page.status == 200
    assert (page.language, page.direction) == (language, "rtl" if language == "ar" else "ltr")
    text = page.text()
    for code in ("consent", "sector", "country", "safety", "order", "groups", "why", "may_quote"):
        assert code in text
    for words in ("I have read how my answers are used.", "Water", "Group A", "None of these"):
        assert words in text
    assert page.find("input") == []


def test_a_paper_form_is_keyed_in_through_the_pages_of_respondents(app, organiser):
    page = organiser.page(f"{SURVEYS}/rounds/1/key-in")
    assert "leads nowhere" in page.text()
    wrong = organiser.submit(page.form("/key-in"), {"email": "who@example.org"})
    assert wrong.status == 422
    assert "Add the person" in wrong.text()
    for _form in range(2):
        page = organiser.submit(page.form("/key-in"))
        page = organiser.submit(page.form("/s/"), {"q_consent": "y", "q_country": "KE"})
        page = organiser.submit(page.form("/s/"), SECOND_PAGE)
        page = organiser.submit(page.form("/submit"))
        assert "receipt" in page.source.lower()
        page = organiser.page(f"{SURVEYS}/rounds/1/key-in")
    stored = rows(app, Submission)
    assert [row.channel for row in stored] == [SubmissionChannel.KEYED_IN] * 2
    acts = rows(app, AuditEntry)
    assert [entry.action for entry in acts] == ["key_in"] * 2
    told = repr([entry.model_dump() for entry in acts])
    for row in stored:
        assert row.id not in told
        assert row.receipt not in told


def test_a_keyed_in_form_shows_the_order_that_was_printed(app, organiser):
    page = organiser.submit(organiser.page(f"{SURVEYS}/rounds/1/key-in").form("/key-in"))
    token = token_in(page)
    assert rows(app, Submission)[0].seed == 0
    assert organiser.page(f"/s/{token}/").status == 200


def test_in_an_anonymous_round_no_name_is_asked_for_when_keying_in(app, client):
    organiser = sign_in(client, build(app, IdentityMode.ANONYMOUS))
    page = organiser.page(f"{SURVEYS}/rounds/1/key-in")
    assert "email" not in page.form("/key-in").fields
    assert token_in(organiser.submit(page.form("/key-in")))


def test_responses_that_look_alike_are_counted_and_not_dropped(app, organiser):
    row = rows(app, Round)[0]
    words = "Rivers must not run dry for the sake of computers."
    for number in range(6):
        answer(app.test_client(), row, q_why=words)
        answer(app.test_client(), row, q_why=f"Number {number} has a thought of its own, {number}.")
    text = organiser.page(REACH).text()
    assert "6 of 12 responses look alike: 6 share their texts with others" in text
    assert "counted once, there would be 7" in text
    assert "Duplicates are shown, not dropped" in text
    assert "African States6" in text
    assert len(rows(app, Submission)) == 12
    answer(app.test_client(), row, q_why=words)
    assert "7 of 13 responses look alike" in organiser.page(REACH).text()
