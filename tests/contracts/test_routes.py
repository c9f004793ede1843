"""Every route as every role: each is classified here, and none does more than it says."""

import pytest
from sqlmodel import select

from consultation.dialogues.models import Dialogue, DialogueFormat, DialogueState
from core.auth.permissions import GRANTS, Permission, Role
from core.db import get_database
from results.agenda.models import AgendaItem
from results.workbench.models import ThemeKind
from results.workbench.services import Words, begin, insert
from surveys.models import Submission
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_account, make_consultation, make_phase, sign_in

P = Permission
EXPECTED = {
    P.PUBLIC: """auth.sign_in auth.start_session auth.link_sent auth.confirm_link auth.redeem_link
        auth.set_language consultations.index consultations.show consultations.health
        dialogues.show dialogues.register dialogues.registered respond.intro respond.theme respond.start
        dashboards.public dashboards.plotly rankings.public rankings.public_report opinions.public agenda.show agenda.export agenda.item
        agenda.evidence_of agenda.contribution agenda.version agenda.changes agenda.read_comments
        agenda.comment agenda.ask_translation agenda.you_said outcomes.show timetable.public
        reaching.qr
        api.openapi api.questionnaire_shape""",
    P.TOKEN: """respond.home respond.page respond.save respond.check respond.copy respond.submit respond.receipt
        respond.confirm_withdrawal respond.withdraw reaching.confirm_unsubscribe
        reaching.unsubscribe feedback.show feedback.misread between.show between.seen
        between.keep""",
    P.API: """survey_api.list_questionnaires survey_api.add_questionnaire
        survey_api.show_questionnaire survey_api.replace_questionnaire survey_api.list_rounds
        survey_api.change_round survey_api.list_invitations survey_api.add_invitation
        survey_api.list_submissions survey_api.add_submission""",
    P.SIGNED_IN: """auth.sign_out auth.account auth.save_account manage.index tokens.index
        tokens.create tokens.revoke""",
    P.ADMINISTER: "admin.show_jobs admin.change_job admin.show_audit",
    P.CREATE_CONSULTATION: "manage.new manage.create",
    P.VIEW_WORKSPACE: "manage.show",
    P.MANAGE_CONSULTATION: """manage_outcomes.series manage.publish manage.phases manage.save_phase manage_dialogues.new
        manage_dialogues.create manage_dialogues.edit manage_dialogues.save
        manage_dialogues.announce targets.show targets.save targets.freeze""",
    P.MANAGE_PEOPLE: "people.index people.grant people.revoke people.add_stakeholders manage_reaching.change_address",
    P.MANAGE_SURVEY: """manage_surveys.index manage_surveys.new manage_surveys.choose
        manage_surveys.save_dates manage_surveys.set_state manage_surveys.files
        manage_surveys.download_file
        manage_surveys.preview manage_reaching.index manage_reaching.new_wave
        manage_reaching.create_wave manage_reaching.wave manage_reaching.send_wave
        manage_reaching.stop_wave manage_reaching.note_bounces manage_reaching.key_in
        manage_reaching.start_key_in manage_reaching.paper manage_reaching.tables
        manage_reaching.download_table manage_reaching.bring_table
        editing.begin editing.show editing.arrange_section editing.arrange_question
        editing.settings editing.save_settings editing.show_history editing.restore
        editing.add_section editing.section editing.save_section editing.new_question
        editing.create_question editing.question editing.save_question
        editing.rename_question editing.options_of editing.save_options editing.translate
        editing.save_translation editing.quotas editing.quota editing.save_quota
        editing.delete_quota editing.library editing.insert_ready editing.export
        editing.upload editing.read_file editing.replace editing.preview editing.sample_page
        editing.try_page editing.sample_question editing.try_question
        rounds.plan rounds.unplan rounds.freeze rounds.propose rounds.new rounds.make""",
    P.WRITE_DIALOGUE_NOTES: """manage_dialogues.index manage_dialogues.show
        manage_dialogues.write_note manage_dialogues.remove_note""",
    P.VIEW_DASHBOARD: """dashboards.show dashboards.topics dashboards.topic dashboards.theme dashboards.export_themes
        dashboards.over_time
        dashboards.ask_translation rankings.show rankings.report opinions.show rounds.index
        timetable.committee""",
    P.RUN_ANALYSIS: "dashboards.refresh dashboards.cancel",
    P.CONFIRM_TOPICS: "dashboards.confirm dashboards.choose_questions workbench.sign_off",
    P.CODE_TEXTS: """workbench.index workbench.codebook workbench.label workbench.save_label
        workbench.undo_label workbench.translations_asked workbench.ask_translation
        workbench.translate""",
    P.CURATE_THEMES: """workbench.begin workbench.new_theme workbench.create_theme
        workbench.export_codebook workbench.import_codebook workbench.log workbench.undo
        workbench.theme workbench.edit_theme workbench.save_theme workbench.set_state
        workbench.merge_theme workbench.split_theme workbench.move_answers
        workbench.keep_answers workbench.code workbench.stop_code workbench.topic_list
        workbench.topic workbench.use_topic workbench.shares workbench.export_shares workbench.keyness workbench.sign
        workbench.coders workbench.assign_coder workbench.draw_sample workbench.choose_questions
        workbench.agreement workbench.adjudicate workbench.settle workbench.left_out
        workbench.sort_answers""",
    P.EDIT_AGENDA: """manage_agenda.index manage_agenda.new manage_agenda.edit
        manage_agenda.save manage_agenda.add_overlap manage_agenda.remove_overlap
        manage_agenda.link manage_agenda.unlink manage_agenda.move manage_agenda.start_review
        manage_agenda.take_back manage_agenda.criteria manage_agenda.save_criteria
        manage_agenda.programme manage_agenda.track manage_agenda.new_track
        manage_agenda.save_track manage_agenda.delete_track manage_agenda.place
        manage_agenda.unplace manage_agenda.move_slot manage_agenda.versions
        manage_agenda.comments manage_agenda.moderate manage_outcomes.index
        manage_outcomes.item manage_outcomes.assess manage_outcomes.disagree
        manage_outcomes.carry_over""",
    P.ADOPT_AGENDA: """manage_agenda.give_review manage_agenda.decide manage_agenda.reopen
        manage_agenda.publish manage_agenda.adopt""",
    P.PUBLISH_RESULTS: "dashboards.publish",
    P.EXPORT_RESEARCH: "releases.index releases.new releases.download",
}
CLASSIFIED = {name: perm for perm, names in EXPECTED.items() for name in names.split()}
OPEN = {P.PUBLIC, P.TOKEN}
# What a token opens is in tests/web/api; the visitors here carry cookies, which open nothing.
CLOSED = {P.API}
WITHOUT_ROLE = {P.SIGNED_IN}
ADMINISTRATION = {P.ADMINISTER, P.CREATE_CONSULTATION}


def test_every_route_is_classified_and_says_so_itself(app):
    found = {
        rule.endpoint: app.view_functions[rule.endpoint].permission
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }
    assert found == CLASSIFIED


def test_every_permission_of_a_consultation_is_granted_to_some_role():
    granted = frozenset().union(*GRANTS.values())
    assert granted | OPEN | CLOSED | WITHOUT_ROLE | ADMINISTRATION == set(Permission)


@pytest.fixture
def world(app):
    """A consultation with one of everything, and an account for every kind of visitor."""
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        other = make_consultation(session, slug="other")
        make_phase(session, place)
        row = make_asked_round(session, consultation=place)
        dialogue = Dialogue(
            consultation_id=place.id,
            title={"en": "D"},
            format=DialogueFormat.HYBRID,
            state=DialogueState.ANNOUNCED,
            starts_at=NOW.replace(year=2090),
            ends_at=NOW.replace(year=2091),
        )
        item = AgendaItem(consultation_id=place.id, position=1, title={"en": "I"}, created_at=NOW)
        session.add_all([dialogue, item])
        book = begin(session, place, NOW)
        theme = insert(session, book, "x", ThemeKind.THEME, Words.of({"name": {"en": "X"}}))
        session.flush()
        accounts = {
            "nobody": make_account(session, email="nobody@example.org"),
            "administrator": make_account(session, email="a@example.org", is_administrator=True),
            "stranger": make_account(
                session, email="s@example.org", consultation=other, roles=tuple(Role)
            ),
        }
        for role in Role:
            accounts[role.value] = make_account(
                session, email=f"{role}@example.org", consultation=place, roles=(role,)
            )
        values = {
            "slug": place.slug,
            "round_id": row.public_id,
            "dialogue_id": dialogue.public_id,
            "item_id": item.public_id,
            "token": "a" * 32,
            "number": 1,
            "version": 1,
            "position": 1,
            "job_id": 1,
            "questionnaire_id": 1,
            "action": "retry",
            "grant_id": 999,
            "note_id": "x",
            "evidence_id": "x",
            "overlap_id": "x",
            "track_id": "x",
            "comment_id": "x",
            "assessment_id": "x",
            "contribution_id": "x",
            "release_id": "x",
            "token_id": "x",
            "wave_id": "x",
            "person_id": "x",
            "code": "x",
            "ending": "json",
            "convention": "own",
            "key": "x",
            "language": "en",
            "theme_id": theme.public_id,
            "edit_id": "x",
        }
    return accounts, values


def requests_of(app, values):
    """Endpoint, method and address of every route."""
    adapter = app.url_map.bind("localhost")
    return [
        (
            rule.endpoint,
            next((method for method in ("POST", "PUT", "PATCH") if method in rule.methods), "GET"),
            adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]


def is_let_in(response):
    to_sign_in = response.status_code == 303 and "/sign-in" in response.headers["Location"]
    return not to_sign_in and response.status_code not in {403, 404}


VISITORS = ["anonymous", "nobody", "administrator", "stranger", *[role.value for role in Role]]


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_visitor_gets_just_what_the_role_allows(app, world, visitor):
    accounts, values = world
    for endpoint, method, url in requests_of(app, values):
        client = app.test_client()
        if visitor in accounts:
            sign_in(client, accounts[visitor])
        response = client.open(url, method=method)
        permission = CLASSIFIED[endpoint]
        if permission in CLOSED:
            assert response.status_code == 401, f"{visitor} got into {endpoint}"
            continue
        if permission in OPEN:
            continue
        wanted = _may(visitor, permission, accounts)
        if not wanted:
            assert not is_let_in(response), f"{visitor} got into {endpoint}: {response.status_code}"
        elif "x" not in url.split("/"):
            missing = {
                *("dashboards.publish", "dashboards.confirm", "releases.new", "people.revoke"),
                "manage_outcomes.carry_over",
                *("dashboards.topic", "workbench.topic", "workbench.use_topic"),
                "dashboards.export_themes",
                "workbench.export_shares",  # nothing was coded here
            }
            refused = response.status_code == 403 or not is_let_in(response)
            assert (
                endpoint in missing or endpoint.endswith((".link", ".download")) or not refused
            ), f"{visitor} was kept out of {endpoint}: {response.status_code}"


def _may(visitor, permission, accounts):
    if visitor == "anonymous":
        return False
    if permission in WITHOUT_ROLE:
        return True
    if permission in ADMINISTRATION:
        return visitor == "administrator"
    return visitor in {role.value for role in Role} and permission in GRANTS[Role(visitor)]


def test_no_get_writes(app, world):
    """The store itself refuses: a page that tried would fail with 500, which the client reports."""
    accounts, values = world
    client = sign_in(app.test_client(), accounts["organiser"])
    with get_database(app).read_session() as session:
        before = len(session.exec(select(Submission)).all())
    for _endpoint, method, url in requests_of(app, values):
        if method == "GET":
            client.get(url)
    with get_database(app).read_session() as session:
        assert len(session.exec(select(Submission)).all()) == before


def test_every_post_wants_its_csrf_token(app, world):
    accounts, values = world
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(app.test_client(), accounts["organiser"])
    for endpoint, method, url in requests_of(app, values):
        if method != "GET":
            refusals = {401} if CLASSIFIED[endpoint] in CLOSED else {400, 403, 404}
            assert client.open(url, method=method).status_code in refusals, endpoint


def test_headers_keep_pages_to_this_machine(client):
    response = client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
