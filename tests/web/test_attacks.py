"""The thirty-eight attacks that survey engines have fallen to, each by its number and name.

Where an attack has a test file of its own, the test here holds the shortest proof and names it.
"""

import base64
import io
import json
import re
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, select
from werkzeug.datastructures import MultiDict

from app import create_app
from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from core.auth.permissions import Role
from core.db import get_database
from core.errors import Invalid
from core.mail import Letter, OutboxMessage, queue
from core.security import new_token, safe_target
from surveys import instruments
from surveys.documents import QuestionnaireDocument
from surveys.editing.files import read as read_file
from surveys.forms import build_form
from surveys.interchange.tables import read_responses, write_responses
from surveys.invitations import invite
from surveys.logic import ExpressionError, check, parse
from surveys.models import Invitation, Submission, SubmissionState
from surveys.preflight import findings
from surveys.questions import REGISTRY
from surveys.questions.consent import text_version
from tests.plugins.application import make_settings
from tests.support.journey import DOCUMENT, SECOND_PAGE, answer, begin, make_asked_round
from tests.support.make import (
    NOW,
    make_account,
    make_consultation,
    make_phase,
    make_stakeholder,
    sign_in,
)
from tests.support.pages import PageClient
from tests.support.questionnaires import document_of, question_of

ROOT = Path(__file__).parents[2]
PAYLOADS = (
    '"><svg onload=alert(1)>',
    "<xmp><script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "' onfocus='alert(1)",
)
HOSTILE = " ".join(PAYLOADS)
#: Endpoints that need no token of ours: one-click leaving, and the API with its own tokens.
WITHOUT_CSRF = ("reaching.unsubscribe", "survey_api.")


@pytest.fixture
def row(database):
    with database.transaction() as session:
        return make_asked_round(session)


def only(database, table):
    with database.read_session() as session:
        return session.exec(select(table)).one()


def every(database, table):
    with database.read_session() as session:
        return session.exec(select(table)).all()


def assert_inert(source):
    for tag in ("<svg", "<xmp", "<img src=x", "<script>alert"):
        assert tag not in source
    assert not re.search(r"<[^>]*\son(load|error|focus)\s*=", source)
    assert not re.search(r'(href|src|action)="\s*javascript:', source)


def test_attack_01_markup_in_a_questionnaire_is_text_everywhere(client, database):
    hostile = {"en": HOSTILE}
    document = json.loads(json.dumps(DOCUMENT))
    document["title"] = document["thanks"] = hostile
    for section in document["sections"]:
        section["title"] = section["intro"] = hostile
        for asked in section["questions"]:
            asked["label"] = asked["hint"] = asked["guidance"] = hostile
    document["sections"][1]["questions"][2]["settings"]["options"][0]["label"] = hostile
    with database.transaction() as session:
        place = make_consultation(session, title=hostile, summary=hostile)
        row = make_asked_round(session, consultation=place, document=document, title=hostile)
        make_phase(session, place, title=hostile)
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    token, page = begin(client, row)
    sources = [client.page(f"/o/{row.public_id}").source, page.source]
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    sources += [page.source, client.submit(page.form("/s/"), SECOND_PAGE).source]
    sources += [client.page(f"/s/{token}/check").source, client.page("/").source]
    sign_in(client, account)
    surveys = "/manage/consultations/summit/surveys"
    sources += [client.page(f"{surveys}/").source, client.page(f"{surveys}/1/preview/1").source]
    for source in sources:
        assert_inert(source)


def test_attack_02_markup_in_an_imported_file_is_text_in_its_warnings(app):
    form = "| survey | | | |\n| | type | name | label |\n| | <script>alert(1)</script> | x | <svg onload=x> |\n"
    with app.test_request_context("/"):
        found = read_file(form.encode(), "form.md", "en")
        template = app.jinja_env.from_string("{% for p in ps %}<p>{{ p.message }}</p>{% endfor %}")
        shown = template.render(ps=[*found.problems, *found.notices])
    assert found.document is None
    assert "&lt;script&gt;" in shown
    assert_inert(shown)


def test_attack_03_a_refused_page_shows_answers_as_text(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    page = client.submit(page.form("/s/"), {**SECOND_PAGE, "q_why": HOSTILE * 3})
    assert page.status == 422
    assert_inert(page.source)


def test_attack_04_free_text_is_text_where_it_is_read_back(client, row):
    token, _page = answer(client, row, q_why=HOSTILE)
    assert_inert(client.page(f"/s/{token}/check").source)
    assert_inert(client.page(f"/s/{token}/contributions/").source)


def test_attack_05_an_answer_put_into_a_text_means_nothing(client, database):
    document = document_of(
        question_of("short_text"),
        {"code": "next", "kind": "note", "label": {"en": "You said ${q_short_text}"}},
    )
    document["sections"].append({**document["sections"][0], "code": "two", "questions": []})
    note = document["sections"][0]["questions"].pop()
    document["sections"][1]["questions"] = [note]
    with database.transaction() as session:
        row = make_asked_round(session, document=document)
    _token, page = begin(client, row)
    hostile = "{q} {{7*7}} {% raw %} ${q_short_text} %(a)s <b>x</b>"
    page = client.submit(page.form("/s/"), {"q_q_short_text": hostile})
    assert f"You said \u2068{hostile}\u2069" in page.text()


def test_attack_06_expressions_reach_nothing(app):
    for source in ("__import__", "x.__class__", "(" * 10**6, "'a' * 10**9 ..", "lambda: 0"):
        started = time.process_time()
        with pytest.raises(ExpressionError):
            parse(source)
        assert time.process_time() - started < 0.05
    assert [error.code for error in check(parse("__import__('os')"), ())] == ["unknown_function"]
    circle = document_of(
        question_of("calculated", code="a", settings={"calculation": "${b}"}),
        question_of("calculated", code="b", settings={"calculation": "${a} + eval(1)"}),
    )
    with app.test_request_context("/"):
        faults = findings(QuestionnaireDocument.model_validate(circle))
    assert any("eval" in fault.message for fault in faults)


def test_attack_07_patterns_cannot_hang_and_fail_closed(client, database):
    asked = question_of("short_text", constraint="regex(., '(a+)+$')")
    with database.transaction() as session:
        row = make_asked_round(session, document=document_of(asked))
    _token, page = begin(client, row)
    started = time.perf_counter()
    page = client.submit(page.form("/s/"), {"q_q_short_text": "a" * 50 + "!"})
    assert page.status == 422
    assert time.perf_counter() - started < 2
    broken = document_of(question_of("short_text", constraint="regex(., '(')"))
    with client.application.test_request_context("/"):
        assert [f.severity for f in findings(QuestionnaireDocument.model_validate(broken))] == [
            "fault"
        ]


def test_attack_08_no_cell_of_an_export_is_a_formula(app):
    document = QuestionnaireDocument.model_validate(document_of(question_of("short_text")))
    hostile = ["=1+1", "+1", "-1+cmd", "@x", "\tx", "＝1"]
    rows = [{"q_short_text": {"state": "answered", "value": text}} for text in hostile]
    with app.test_request_context("/"):
        data = write_responses(document, rows, "own")
        back = read_responses(document, data, "own")
    cells = [cell for line in data.decode("utf-8-sig").splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.strip('"')[:1] in tuple("=+@\t＝")]
    assert [found["q_short_text"]["value"].strip() for found in back.rows] == [
        text.strip() for text in hostile
    ]


def test_attack_09_no_form_works_without_its_token(client, database, row):
    with database.transaction() as session:
        place = session.get(type(session.merge(row)), row.id)
        account = make_account(session, is_administrator=True)
        assert place is not None
    token, _page = begin(client, row)
    sign_in(client, account)
    arguments = {
        "slug": "summit",
        "token": token,
        "round_id": row.public_id,
        "number": 1,
        "version": 1,
        "job_id": 1,
        "action": "cancel",
    }
    posts = [
        rule
        for rule in client.application.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith(WITHOUT_CSRF)
    ]
    assert len(posts) > 40
    for rule in posts:
        values = {name: arguments.get(name, "x") for name in rule.arguments}
        values = {
            name: 1 if rule._converters[name].__class__.__name__ == "IntegerConverter" else value
            for name, value in values.items()
        }
        with client.application.test_request_context("/"):
            path = client.application.url_for(rule.endpoint, **values)
        assert client.post(path, data={}).status_code in {400, 404}, rule.endpoint


def test_attack_10_a_link_opens_its_own_response_only(client, database, row):
    mine, _page = answer(client, row)
    other, _page = answer(client, row)
    texts = {text.id for text in every(database, Contribution)}
    assert len(texts) == 2
    page = client.page(f"/s/{mine}/contributions/")
    [own] = {text for text in texts if text in page.source}
    [foreign] = texts - {own}
    form = client.page(f"/s/{mine}/withdraw").form("/withdraw")
    values = {"csrf_token": form.fields["csrf_token"], "message": "mine"}
    refused = client.post(f"/s/{mine}/contributions/{foreign}/misread", data=values)
    assert refused.status_code == 404
    assert client.post(f"/s/{mine}/contributions/{own}/misread", data=values).status_code == 303
    assert client.get(f"/s/{other[:-1]}x/receipt").status_code == 404


def test_attack_10_a_link_of_one_round_takes_no_answers_of_another(client, database, row):
    with database.transaction() as session:
        elsewhere = make_consultation(session, slug="elsewhere")
        asked = document_of(question_of("short_text"))
        other = make_asked_round(session, consultation=elsewhere, document=asked)
    mine, _page = begin(client, row)
    _theirs, page = begin(client, other)
    fields = {**page.form("/s/").fields, "q_q_short_text": "smuggled", "q_consent": "y"}
    assert client.post(f"/s/{mine}/1", data=fields).status_code == 303
    stored = {found.round_id: found.answers for found in every(database, Submission)}
    assert set(stored[row.id]) == {"consent", "sector", "country"}
    assert stored[other.id] == {}
    assert every(database, Contribution) == []


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.COMMITTEE, Role.ANALYST, Role.RESEARCHER])
def test_attack_11_who_reads_figures_cannot_take_rows(client, database, role):
    with database.transaction() as session:
        place = make_consultation(session)
        make_asked_round(session, consultation=place)
        reader = make_account(session, consultation=place, roles=(role,))
    sign_in(client, reader)
    rows = "surveys/rounds/1/tables"
    for path in ("surveys/1/edit/", rows, f"{rows}/own.csv", f"{rows}/odk.csv", "people/"):
        assert client.get(f"/manage/consultations/summit/{path}").status_code == 403


def test_attack_12_guesses_learn_nothing_and_soon_end(tmp_path):
    app = create_app(make_settings(tmp_path, rate_limits=True))
    app.test_client_class = PageClient
    database = get_database(app)
    SQLModel.metadata.create_all(database.engine)
    with database.transaction() as session:
        row = make_asked_round(session)
    client = app.test_client()
    begin(client, row)
    # A link is 160 random bits, and what is stored of it is a keyed hash.
    submission = only(database, Submission)
    assert len(base64.b32decode(new_token().upper())) == 20
    assert len(submission.answer_hash) == 64
    answers = {}
    pages = ("", "1", "check", "receipt", "withdraw", "copy.txt")
    for turn in range(240):
        path = pages[turn % len(pages)]
        # Spelled like a link, like what is stored, and like nothing.
        guess = (new_token(), submission.answer_hash, submission.id, "q0q0")[turn % 4]
        found = client.get(f"/s/{guess}/{path}")
        answers.setdefault(found.status_code, []).append(found.text.replace(guess, ""))
    assert len(answers[404]) == 120
    assert len(answers[429]) == 120
    assert len(set(answers[404])) == 1
    other_place = {"REMOTE_ADDR": "198.51.100.7"}
    assert client.get("/s/x/1", environ_base=other_place).status_code == 404
    database.dispose()


@pytest.mark.parametrize(
    "changed", ["", " ", "upper", "trailing", "twice"], ids=lambda text: text or "empty"
)
def test_attack_13_one_link_one_response_and_no_other_spelling_of_it(
    client, database, row, changed
):
    token, _page = answer(client, row)
    spelled = {
        "": "",
        " ": "%20",
        "upper": token.swapcase(),
        "trailing": f"{token}%20",
        "twice": f"{token}{token}",
    }[changed]
    assert client.get(f"/s/{spelled}/1", follow_redirects=True).status_code == 404
    assert len(every(database, Submission)) == 1


def test_attack_14_an_open_round_shows_what_looks_alike(client, database, row):
    for _visit in range(3):
        answer(client, row)
    with database.transaction() as session:
        place = session.exec(select(Consultation)).one()
        account = make_account(session, consultation=place, roles=(Role.ORGANISER,))
    sign_in(client, account)
    page = client.page("/manage/consultations/summit/surveys/rounds/1/reach/")
    assert "look alike" in page.text()


@pytest.mark.parametrize("seconds", [-1, 1])
def test_attack_15_the_closing_instant_is_outside(client, database, row, seconds):
    _token, page = begin(client, row)
    with database.transaction() as session:
        found = session.merge(row)
        found.closes_at = datetime.now(UTC) + timedelta(seconds=seconds)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    assert page.status == (409 if seconds < 0 else 200)


def test_attack_16_fields_nobody_asked_for_are_left_alone(client, database, row):
    _token, page = begin(client, row)
    extra = {
        "state": "submitted",
        "is_submitted": "1",
        "round_id": "99",
        "weight": "9",
        "stakeholder_id": "1",
        "seed": "1",
        "quotas": "[]",
        "channel": "import",
        "submitted_on": "2020-01-01",
    }
    before = only(database, Submission)
    client.submit(page.form("/s/"), {"q_consent": "y", **extra})
    after = only(database, Submission)
    for name in ("state", "round_id", "stakeholder_id", "seed", "channel", "submitted_on"):
        assert getattr(before, name) == getattr(after, name)


def test_attack_17_ten_thousand_strange_keys_store_nothing(client, database, row):
    _token, page = begin(client, row)
    strange = {f"q_strange{place}": "x" for place in range(900)}
    client.submit(page.form("/s/"), {"q_consent": "y", "q_safety": "5", **strange})
    assert set(only(database, Submission).answers) == {"consent", "sector", "country"}
    flood = {f"k{place}": "x" for place in range(10_000)}
    assert client.post(page.form("/s/").action, data=flood).status_code in {400, 413}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("q_why", "x" * 10_000_000),
        ("q_why", "\ud800"),
        ("q_why", "nul\x00nul"),
        ("q_why", "👩‍👩‍👧‍👦" * 40),
        ("q_safety", "1e400"),
        ("q_safety", "NaN"),
        ("q_order-water", "99999999999999999999"),
        ("revision", "9" * 400),
    ],
    ids=lambda value: str(value)[:8],
)
def test_attack_18_odd_values_are_refused_or_kept_as_words(client, database, row, name, value):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    form = page.form("/s/")
    sent = value.encode("utf-8", "replace").decode()
    found = client.post(form.action, data={**form.fields, name: sent})
    assert found.status_code in {303, 413, 422, 200}
    submission = only(database, Submission)
    assert submission.state is SubmissionState.DRAFT
    words = [text.text for text in every(database, Contribution)]
    assert words == ([sent.replace("\x00", "")] if name == "q_why" and len(sent) < 200 else [])
    for code in ("safety", "order"):
        assert submission.answers.get(code, {}).get("value") is None


def test_attack_19_an_archive_that_swells_is_refused_at_once(app):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a>" + b" " * 200_000_000 + b"</a>")
    started = time.process_time()
    with app.test_request_context("/"):
        found = read_file(buffer.getvalue(), "bomb.xlsx", "en")
    assert found.document is None
    assert found.problems
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "source",
    [b"[" * 100_000, b'{"title": ' + b"9" * 10_000 + b"}", b"\xff\xfe\x00", b'{"title": 1e999}'],
    ids=["deep", "huge", "bytes", "infinite"],
)
def test_attack_20_odd_json_is_refused_in_words(app, source):
    with app.test_request_context("/"):
        assert problems_of(source)


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\ud800", "\uffff"])
def test_attack_20_texts_of_a_questionnaire_hold_no_control_characters(database, odd):
    document = {**DOCUMENT, "title": {"en": f"A{odd}B"}}
    with pytest.raises(Invalid, match=r"control character: questionnaire\.title\.en"):
        instruments.check(document)
    with pytest.raises(Invalid), database.transaction() as session:
        instruments.add(session, make_consultation(session), document, NOW)


def problems_of(source):
    try:
        found = read_file(source, "questionnaire.json", "en")
    except Invalid as error:
        return [error.message]
    return [] if found.document else [problem.message for problem in found.problems]


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https:evil", "javascript:alert(1)", "\t//evil"]
)
def test_attack_21_no_redirect_leaves_the_site(app, client, target):
    with app.test_request_context("/"):
        assert safe_target(target, "/home") == "/home"
    form = client.page("/").form("/language")
    moved = client.post("/language", data={**form.fields, "language": "fr", "next": target})
    assert moved.location.startswith("/")
    assert not moved.location.startswith("//")


def test_attack_22_the_server_asks_nobody_on_a_visitors_word():
    source = "\n".join(
        path.read_text("utf-8")
        for room in ("core", "consultation", "surveys", "results")
        for path in (ROOT / room).rglob("*.py")
    )
    assert not re.search(
        r"^\s*(import|from) (requests|httpx|aiohttp|urllib3|urllib\.request|urllib import request)",
        source,
        re.MULTILINE,
    )


def test_attack_23_the_cookie_is_guarded_and_ends_on_the_server(tmp_path, client, database):
    settings = make_settings(tmp_path, base_url="https://consult.example")
    application = create_app(settings)
    assert application.config["SESSION_COOKIE_HTTPONLY"]
    assert application.config["SESSION_COOKIE_SECURE"]
    assert application.config["SESSION_COOKIE_SAMESITE"] == "Lax"
    with database.transaction() as session:
        account = make_account(session)
    client.get("/")
    sign_in(client, account)
    kept = client.get_cookie("session").value
    assert client.get("/account").status_code == 200
    client.submit(client.page("/account").form("/sign-out"))
    thief = client.application.test_client()
    thief.set_cookie("session", kept)
    assert thief.get("/account").status_code == 303


def test_attack_24_a_private_link_does_not_travel(client, database, row):
    token, _page = begin(client, row)
    before = only(database, Submission).model_dump()
    for method in (client.get, client.head):
        for path in ("", "1", "check", "receipt", "withdraw", "copy.txt"):
            found = method(f"/s/{token}/{path}")
            assert found.headers["Referrer-Policy"] == "no-referrer"
            assert "noindex" in found.headers["X-Robots-Tag"]
    assert only(database, Submission).model_dump() == before


def test_attack_25_no_page_can_be_framed_by_others(client, row):
    for path in ("/", f"/o/{row.public_id}"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy or "frame-ancestors 'self'" in policy
        assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_attack_26_nothing_slips_into_the_head_of_a_mail(app, database):
    with database.transaction() as session:
        for to, subject in (
            ("a@example.org\nBcc: b@example.org", "x"),
            ("a@example.org", "x\r\ny"),
        ):
            with pytest.raises(Invalid):
                queue(session, to=to, letter=Letter(subject=subject, body=""), now=NOW)


def test_attack_27_links_in_mail_name_our_own_host(app, client, database):
    with database.transaction() as session:
        account = make_account(session)
        email = account.email
    page = client.page("/sign-in", headers={"Host": "evil.example"})
    form = page.form("/sign-in")
    client.submit(form, {"email": email}, headers={"Host": "evil.example"})
    [message] = every(database, OutboxMessage)
    assert "evil.example" not in message.body
    assert f"{app.extensions['settings'].base_url}/sign-in/link/" in message.body


def test_attack_28_files_are_off_unless_an_installation_takes_them(app, database):
    # What an installation that takes files does with them is in tests/web/test_uploads.py.
    assert app.extensions["settings"].uploads is False
    with (
        app.test_request_context("/"),
        database.transaction() as session,
        pytest.raises(Invalid, match="takes no files"),
    ):
        make_asked_round(session, document=document_of(question_of("file")))


@pytest.mark.parametrize("value", ["1' OR '1'='1", "region; DROP TABLE submission", "%" * 5_000])
def test_attack_29_filters_are_names_from_a_list(client, database, row, value):
    with database.transaction() as session:
        place = session.exec(select(Consultation)).one()
        account = make_account(session, consultation=place, roles=(Role.ANALYST,))
    sign_in(client, account)
    for path in ("/consultations/summit/results", "/dashboards/summit"):
        assert client.get(path).status_code == 200
        found = client.get(path, query_string={"by": value, "round": value})
        assert found.status_code in {200, 400, 404, 422}
        assert value not in found.text
    assert every(database, Submission) == []


def test_attack_30_nothing_in_the_store_joins_a_person_to_an_anonymous_answer(
    client, database, row
):
    with client.application.test_request_context("/"), database.transaction() as session:
        place = session.get(type(make_consultation(session, slug="other")), row.consultation_id)
        person = make_stakeholder(session, place)
        token = invite(session, place, session.merge(row), person, datetime.now(UTC))
    page = client.page(f"/s/{token}/1")
    client.submit(page.form("/s/"), {"q_consent": "y"})
    invitation, submission = only(database, Invitation), only(database, Submission)
    shared = {"round_id", "identity_mode", "state", "language", "channel"}
    ours = {str(v) for k, v in submission.model_dump().items() if v and k not in shared}
    theirs = {str(v) for k, v in invitation.model_dump().items() if v and k not in shared}
    assert ours & theirs <= {"1", "True"}
    assert submission.stakeholder_id is None


def test_attack_31_two_tabs_and_a_double_click_leave_one_response(client, database, row):
    token, page = begin(client, row)
    first = page.form("/s/")
    client.submit(first, {"q_consent": "y", "q_sector": "media"})
    client.submit(first, {"q_consent": "y", "q_sector": "academia"})
    page = client.submit(client.page(f"/s/{token}/2").form("/s/"), SECOND_PAGE)
    form = page.form("/submit")
    receipts = {re.search(r"[A-Z2-9]{10}", client.submit(form).text())[0] for _click in range(3)}
    assert len(receipts) == 1
    assert len(every(database, Submission)) == 1
    assert only(database, Submission).sector == "academia"


@pytest.mark.parametrize(
    ("kind", "values", "taken"),
    [
        ("points", {"-a": "7", "-b": "1.5"}, False),
        ("points", {"-a": "-1", "-b": "11"}, False),
        ("ranking", {"-a": "1", "-b": "9"}, False),
        ("pairwise", {"--a-a": "left", "--zz-a": "left"}, True),
    ],
)
def test_attack_32_points_places_and_pairs_keep_their_rules(app, kind, values, taken):
    with app.test_request_context("/"):
        document = QuestionnaireDocument.model_validate(document_of(question_of(kind)))
        question = REGISTRY[kind].present(document.by_code[f"q_{kind}"], 5, None)
        section = document.sections[0].model_copy(update={"questions": (question,)})
        data = MultiDict((f"q_q_{kind}{part}", value) for part, value in values.items())
        form = build_form(section, "en")(formdata=data, meta={"csrf": False})
        found = REGISTRY[kind].parse(question, form)
        # A pair that was not served is as if it had not been sent.
        assert (found["state"] == "skipped") is taken
        assert bool(REGISTRY[kind].problems(question, found, form)) is not taken


def test_attack_33_an_unknown_address_is_answered_like_a_known_one(client, database):
    with database.transaction() as session:
        known = make_account(session).email
    pages = []
    for email in (known, "nobody@example.org"):
        form = client.page("/sign-in").form("/sign-in")
        page = client.submit(form, {"email": email})
        pages.append((page.status, page.text()))
    assert pages[0] == pages[1]


def test_attack_34_no_page_with_answers_is_kept_by_a_browser(client, row):
    token, _page = begin(client, row)
    for path in ("", "1", "check", "receipt", "copy.txt"):
        assert "no-store" in client.get(f"/s/{token}/{path}").headers["Cache-Control"]


def test_attack_35_nothing_stored_is_run_when_it_is_read():
    sources = [
        path.read_text("utf-8")
        for room in ("core", "consultation", "surveys", "results", "analysis")
        for path in (ROOT / room).rglob("*.py")
    ]
    for source in sources:
        assert not re.search(
            r"^\s*(import|from) (pickle|joblib|marshal|shelve)\b", source, re.MULTILINE
        )
        assert not re.search(r"(?<![\w.])(eval|exec)\(", re.sub(r"#.*|\"[^\"]*\"", "", source))
        assert "render_template_string" not in source


def test_attack_36_answers_are_in_no_log(client, row, capfd):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_consent": "y"})
    client.submit(page.form("/s/"), {**SECOND_PAGE, "q_why": "AVERYSECRETANSWER" * 20})
    client.post(page.form("/s/").action, data={"q_why": "AVERYSECRETANSWER"})
    captured = capfd.readouterr()
    assert "AVERYSECRETANSWER" not in captured.out + captured.err


def test_attack_37_the_api_takes_nothing_but_its_own_tokens(client, database, row):
    with database.transaction() as session:
        account = make_account(session, is_administrator=True)
    sign_in(client, account)
    path = "/api/v1/consultations/summit/questionnaires"
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.post(path, json={}).status_code == 401


def test_attack_38_a_changed_consent_is_another_and_old_answers_keep_theirs(client, database, row):
    document = QuestionnaireDocument.model_validate(DOCUMENT)
    consent = document.by_code["consent"]
    changed = consent.model_copy(update={"settings": {"text": {"en": "Something else."}}})
    assert text_version(consent) != text_version(changed)
    _token, page = begin(client, row)
    client.submit(page.form("/s/"), {"q_consent": "y"})
    given = only(database, Submission).answers["consent"]
    assert given["text_version"] == text_version(consent)
    pale = QuestionnaireDocument.model_validate({**DOCUMENT, "theme_colour": "#ffff00"})
    with client.application.test_request_context("/"):
        assert any(found.place == "theme_colour" for found in findings(pale))
