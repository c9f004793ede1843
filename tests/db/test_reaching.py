"""Waves, links that can and cannot be made again, bounces and keying in, on both stores."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from app import create_app
from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round, RoundState
from core import schema
from core.audit import AuditEntry
from core.db import Database, get_database
from core.errors import Closed, Conflict, Invalid
from core.jobs import Job, JobState
from core.mail import MailState, OutboxMessage
from core.security import keyed_hash
from core.worker import make_worker
from surveys import invitations, services
from surveys.invitations import RANDOM, derived_token, token_again
from surveys.models import (
    Invitation,
    PendingMark,
    Submission,
    SubmissionChannel,
    SubmissionState,
)
from surveys.queries import asked_in, find_respondent
from surveys.questions.base import answered
from surveys.reaching import sending
from surveys.reaching.keying import start_keyed_in
from surveys.reaching.letters import Words
from surveys.reaching.models import (
    InvitationMail,
    InvitationWave,
    StakeholderDelivery,
    WaveKind,
    WaveState,
)
from surveys.reaching.queries import Chosen, Reason, select_people
from surveys.reaching.services import (
    change_address,
    draft_wave,
    note_bounces,
    read_bounces,
    schedule,
    stop,
    unsubscribe,
)
from tests.plugins.application import make_settings
from tests.support.journey import make_asked_round
from tests.support.make import NOW, make_consultation, make_stakeholder

#: A response with an earlier revision, as the store was before there was a form on paper.
BEFORE = """
INSERT INTO consultation (id, slug, series, title, summary, languages, region_classification,
    is_synthetic, is_public, created_at)
    VALUES (1, 's', '', '{}', '{}', '[]', 'un_group', false, true, '2026-01-01');
INSERT INTO survey (id, public_id, consultation_id, title, created_at)
    VALUES (1, 'p', 1, '{}', '2026-01-01');
INSERT INTO questionnaire (id, survey_id, version, document, document_hash, created_at)
    VALUES (1, 1, 1, '{}', 'h', '2026-01-01');
INSERT INTO round (id, public_id, consultation_id, number, title, state, identity_mode,
    has_open_link, opens_at, closes_at)
    VALUES (1, 'r', 1, 1, '{}', 'open', 'anonymous', true, '2026-01-01', '2027-01-01');
INSERT INTO submission (id, round_id, questionnaire_id, answer_hash, identity_mode, state,
    channel, answers, language, revision)
    VALUES ('one', 1, 1, 'h', 'anonymous', 'draft', 'open_link', '{}', 'en', 0);
INSERT INTO submission_revision (submission_id, number, answers) VALUES ('one', 1, '{}')
"""
MODES = [IdentityMode.IDENTIFIED, IdentityMode.PSEUDONYMOUS, IdentityMode.ANONYMOUS]
NAMED = MODES[:2]


class World:
    """An application on a store, with an open round and people to write to."""

    def __init__(self, app, database, mode):
        self.app, self.database = app, database
        with app.app_context(), database.transaction() as session:
            self.consultation = make_consultation(session)
            self.row = make_asked_round(session, consultation=self.consultation, identity_mode=mode)

    def add(self, *names, **values):
        with self.database.transaction() as session:
            for name in names:
                make_stakeholder(session, self.consultation, email=f"{name}@example.org", **values)

    def plan(self, kind, session, now, **chosen):
        row = session.get_one(Round, self.row.id)
        wave = draft_wave(session, row, kind, Chosen(**chosen), Words(contact="o@example.org"), now)
        schedule(session, row, wave, None, now)
        return wave

    def send(self, kind=WaveKind.FIRST, **chosen):
        """Plan a wave and let a worker send it; the wave as it then is."""
        with self.app.app_context(), self.database.transaction() as session:
            wave = self.plan(kind, session, datetime.now(UTC), **chosen)
        make_worker(self.app).run_until_idle()
        with self.database.read_session() as session:
            return session.get_one(InvitationWave, wave.id)

    def select(self, kind, now=None):
        with self.database.read_session() as session:
            return select_people(
                session,
                session.get_one(Consultation, self.consultation.id),
                session.get_one(Round, self.row.id),
                kind,
                Chosen(),
                now or datetime.now(UTC),
            )

    def age(self, **past):
        """Let time pass since every mail."""
        with self.database.transaction() as session:
            for one in session.exec(select(InvitationMail)):
                one.queued_at -= timedelta(**past)
                session.add(one)

    def mails(self):
        """All mail that left, oldest first."""
        folder = self.app.extensions["settings"].mail_folder
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(folder.glob("*.eml"))
        ]

    def rows(self, table):
        with self.database.read_session() as session:
            return session.exec(select(table)).all()

    def answer(self, token):
        with self.app.app_context(), self.database.transaction() as session:
            save = services.Save({"consent": answered(value=True)}, "en")
            services.save_page(session, token, save, datetime.now(UTC))
            services.submit(session, token, datetime.now(UTC))
            invitations.note_answered(session, token)

    def mark(self):
        with self.app.app_context(), self.database.transaction() as session:
            for row in session.exec(select(Round)):
                invitations._mark_round(session, row.id, has_ended=True)


def addresses(mails):
    return [mail["To"] for mail in mails]


def link_in(mail):
    """The token of the personal link in a mail, if there is one."""
    lines = mail.get_content().splitlines()
    found = [line.split("/s/")[1].rstrip("/") for line in lines if "/s/" in line]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.fixture
def make_world(database_url, tmp_path):
    app = create_app(make_settings(tmp_path, database_url=database_url))
    database = get_database(app)
    SQLModel.metadata.create_all(database.engine)
    yield lambda mode=IdentityMode.PSEUDONYMOUS: World(app, database, mode)
    database.dispose()


@pytest.fixture
def world(make_world):
    return make_world()


def everything_stored(database):
    """Every value of every row, as one text."""
    with database.engine.connect() as connection:
        return repr(
            [list(connection.execute(table.select())) for table in SQLModel.metadata.sorted_tables]
        )


def test_a_wave_reaches_each_person_once_in_the_language_of_each(world):
    world.add("a", "b", language="en")
    world.add("c", language="ar")
    wave = world.send()
    assert (wave.state, wave.queued) == (WaveState.SENT, 3)
    assert sorted(addresses(world.mails())) == ["a@example.org", "b@example.org", "c@example.org"]
    arabic = next(mail for mail in world.mails() if mail["To"] == "c@example.org")
    assert "استشارة summit" in arabic["Subject"]
    again = world.send()
    assert (again.queued, again.left_out) == (0, {Reason.INVITED: 3})
    assert len(world.mails()) == 3


def test_a_wave_asks_for_sectors_regions_and_languages_and_for_what_is_not_known(world):
    world.add("kenya", country="KE", sector="academia", language="en")
    world.add("france", country="FR", sector="academia", language="fr")
    world.add("nowhere", sector=None, language="fr")
    assert world.send(regions=frozenset({"african"})).queued == 1
    assert addresses(world.mails()) == ["kenya@example.org"]
    assert world.send(sectors=frozenset({"academia"}), languages=frozenset({"fr"})).queued == 1
    assert world.send(sectors=frozenset({"media"})).queued == 0
    assert world.send(regions=frozenset({"unknown"}), sectors=frozenset({"unknown"})).queued == 1
    assert addresses(world.mails())[1:] == ["france@example.org", "nowhere@example.org"]


@pytest.mark.parametrize("mode", NAMED)
def test_a_reminder_repeats_the_link_where_the_round_knows_its_people(make_world, mode):
    world = make_world(mode)
    world.add("a")
    world.send()
    world.age(days=4)
    assert world.send(WaveKind.REMINDER).queued == 1
    first, second = world.mails()
    assert link_in(first) == link_in(second)
    world.answer(link_in(second))
    assert len(world.rows(Submission)) == 1


def test_a_reminder_of_an_anonymous_round_has_no_link_and_nobody_could_make_one(make_world):
    world = make_world(IdentityMode.ANONYMOUS)
    world.add("a")
    world.send()
    world.age(days=4)
    assert world.send(WaveKind.REMINDER).queued == 1
    first, second = world.mails()
    assert link_in(first)
    assert link_in(second) is None
    assert "stored nowhere" in second.get_content()
    assert "o@example.org" in second.get_content()
    invitation = world.rows(Invitation)[0]
    assert invitation.token_generation == RANDOM
    with world.app.app_context():
        assert token_again(world.row, invitation) is None
        guesses = {keyed_hash("invite", derived_token(invitation.id, n)) for n in range(9)}
    assert invitation.invite_hash not in guesses


@pytest.mark.parametrize("mode", MODES)
def test_no_token_is_stored_anywhere_once_its_mail_has_left(make_world, mode):
    world = make_world(mode)
    world.add("a", "b")
    world.send()
    world.age(days=4)
    world.send(WaveKind.REMINDER)
    tokens = {link_in(mail) for mail in world.mails()} - {None}
    assert len(tokens) == 2
    world.answer(tokens.pop())
    stored = everything_stored(world.database)
    for mail in world.mails():
        assert link_in(mail) is None or link_in(mail) not in stored
        assert mail["List-Unsubscribe"].strip("<>").rpartition("/")[2] not in stored
    assert all(row.state is MailState.SENT for row in world.rows(OutboxMessage))


def test_links_from_before_keep_working_and_are_never_guessed(world):
    world.add("a")
    with world.app.app_context(), world.database.transaction() as session:
        invitation = Invitation(
            round_id=world.row.id,
            stakeholder_id=1,
            invite_hash=keyed_hash("invite", "o" * 32),
            sent_on=datetime.now(UTC).date() - timedelta(days=5),
        )
        session.add(invitation)
    assert world.send(WaveKind.REMINDER).queued == 1
    mail = world.mails()[0]
    assert link_in(mail) is None
    assert (datetime.now(UTC).date() - timedelta(days=5)).isoformat() in mail.get_content()
    world.answer("o" * 32)
    assert world.rows(Submission)[0].state is SubmissionState.SUBMITTED


def test_with_another_secret_no_wrong_link_is_sent(world, database_url, tmp_path):
    world.add("a")
    world.send()
    world.age(days=4)
    settings = make_settings(tmp_path, database_url=database_url, secret_key="another secret" * 4)
    other = create_app(settings)
    with other.app_context(), get_database(other).transaction() as session:
        world.plan(WaveKind.REMINDER, session, datetime.now(UTC))
    make_worker(other).run_until_idle()
    get_database(other).dispose()
    assert link_in(world.mails()[1]) is None


def test_reminders_go_only_to_those_not_known_to_have_answered(world):
    world.add("a", "b")
    world.send()
    world.age(days=4)
    tokens = {mail["To"]: link_in(mail) for mail in world.mails()}
    world.answer(tokens["a@example.org"])
    assert len(world.select(WaveKind.REMINDER).people) == 2, "marks wait for their batch"
    assert len(world.rows(PendingMark)) == 1
    world.mark()
    wave = world.send(WaveKind.REMINDER)
    assert wave.left_out == {Reason.ANSWERED: 1}
    assert addresses(world.mails())[2:] == ["b@example.org"]


def test_nobody_is_written_to_twice_within_three_days(world):
    world.add("a")
    world.send()
    now = world.rows(InvitationMail)[0].queued_at
    early, due = now + timedelta(days=3, seconds=-1), now + timedelta(days=3)
    assert world.select(WaveKind.REMINDER, early).left_out == {Reason.MAILED_LATELY: 1}
    assert len(world.select(WaveKind.REMINDER, due).people) == 1
    assert world.send(WaveKind.REMINDER).queued == 0
    world.age(days=3)
    assert world.send(WaveKind.REMINDER).queued == 1
    assert world.send(WaveKind.REMINDER).queued == 0
    assert len(world.mails()) == 2


def test_two_reminders_at_the_same_moment_write_to_each_person_once(world):
    world.add(*(f"person{number}" for number in range(30)))
    world.send()
    world.age(days=4)
    with world.app.app_context(), world.database.transaction() as session:
        for _wave in range(2):
            world.plan(WaveKind.REMINDER, session, datetime.now(UTC))
    workers = [make_worker(world.app) for _worker in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda worker: worker.run_until_idle(), workers))
    make_worker(world.app).run_until_idle()
    assert len(world.rows(OutboxMessage)) == 60
    assert sorted(wave.state for wave in world.rows(InvitationWave)) == [WaveState.SENT] * 3


def test_a_batch_that_is_sent_again_writes_to_nobody_twice(world):
    world.add("a", "b")
    with world.app.app_context(), world.database.transaction() as session:
        wave = world.plan(WaveKind.FIRST, session, datetime.now(UTC))
    now = datetime.now(UTC)
    with world.app.app_context(), world.database.transaction() as session:
        ids = sending._begin(session, wave.id, now)
    for _try in range(2):
        with world.app.app_context(), world.database.transaction() as session:
            assert sending._send_batch(session, wave.id, ids, now)
    assert len(world.rows(OutboxMessage)) == 2
    make_worker(world.app).run_until_idle()
    assert world.rows(InvitationWave)[0].queued == 2
    assert world.rows(InvitationWave)[0].state is WaveState.SENT


@pytest.mark.parametrize("end", ["stopped", "closed"])
def test_a_wave_ends_in_the_middle_when_it_is_stopped_or_its_round_closes(world, end):
    world.add("a", "b")
    now = datetime.now(UTC)
    with world.app.app_context(), world.database.transaction() as session:
        wave = world.plan(WaveKind.FIRST, session, now)
        ids = sending._begin(session, wave.id, now)
        assert sending._send_batch(session, wave.id, ids[:1], now)
    with world.database.transaction() as session:
        if end == "stopped":
            stop(session, session.get_one(InvitationWave, wave.id), now)
        else:
            session.get_one(Round, world.row.id).state = RoundState.CLOSED
    with world.app.app_context(), world.database.transaction() as session:
        assert not sending._send_batch(session, wave.id, ids[1:], now)
    make_worker(world.app).run_until_idle()
    assert addresses(world.mails()) == ["a@example.org"]


def test_a_wave_waits_for_its_time_and_is_missed_when_the_round_is_shut_then(world):
    world.add("a")
    now = datetime.now(UTC)
    with world.app.app_context(), world.database.transaction() as session:
        row = session.get_one(Round, world.row.id)
        for days in (2, 3):
            wave = draft_wave(session, row, WaveKind.FIRST, Chosen(), Words(), now)
            schedule(session, row, wave, now + timedelta(days=days), now)
    assert make_worker(world.app).run_until_idle() == 0
    with world.database.transaction() as session:
        jobs = session.exec(select(Job).where(Job.kind == "send_wave").order_by(Job.run_at)).all()
        assert [job.run_at for job in jobs] == [now + timedelta(days=2), now + timedelta(days=3)]
        jobs[0].run_at = now
    make_worker(world.app).run_until_idle()
    assert len(world.mails()) == 1
    with world.database.transaction() as session:
        session.get_one(Round, world.row.id).state = RoundState.CLOSED
        session.exec(select(Job).where(Job.state == JobState.QUEUED)).one().run_at = now
    make_worker(world.app).run_until_idle()
    assert [wave.state for wave in world.rows(InvitationWave)] == [WaveState.SENT, WaveState.MISSED]


def test_a_time_after_the_end_and_a_round_that_is_shut_are_refused(world):
    now = datetime.now(UTC)
    with world.app.app_context(), world.database.transaction() as session:
        row = session.get_one(Round, world.row.id)
        wave = draft_wave(session, row, WaveKind.FIRST, Chosen(), Words(), now)
        with pytest.raises(Invalid, match="earlier time"):
            schedule(session, row, wave, row.closes_at, now)
        row.state = RoundState.DRAFT
        with pytest.raises(Conflict, match="not open"):
            schedule(session, row, wave, None, now)
        schedule(session, row, wave, now + timedelta(days=1), now)
        with pytest.raises(Conflict, match="already"):
            schedule(session, row, wave, None, now)
        row.state = RoundState.CLOSED
        with pytest.raises(Closed):
            draft_wave(session, row, WaveKind.FIRST, Chosen(), Words(), now)


def test_the_store_knows_that_only_a_draft_has_no_time(world):
    with world.database.transaction() as session:
        row = session.get_one(Round, world.row.id)
        wave = draft_wave(session, row, WaveKind.FIRST, Chosen(), Words(), NOW)
    refused = pytest.raises(IntegrityError, match="only_a_draft_has_no_time")
    with refused, world.database.transaction() as session:
        session.get_one(InvitationWave, wave.id).state = WaveState.SENT


def test_who_wants_no_mail_gets_none(world):
    world.add("a", "b")
    world.send()
    world.age(days=4)
    leave = world.mails()[0]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    with world.app.app_context(), world.database.transaction() as session:
        first = unsubscribe(session, leave, NOW)
        assert unsubscribe(session, leave, NOW + timedelta(days=1)).unsubscribed_at == NOW
    assert first.email == world.mails()[0]["To"]
    wave = world.send(WaveKind.REMINDER)
    assert (wave.queued, wave.left_out) == (1, {Reason.UNSUBSCRIBED: 1})


@pytest.mark.parametrize("mode", MODES)
def test_who_has_a_bouncing_address_gets_mail_again_once_it_changes(make_world, mode):
    world = make_world(mode)
    world.add("a")
    world.send()
    world.age(days=4)
    with world.app.app_context(), world.database.transaction() as session:
        lines = read_bounces("A@example.org, mailbox full\nstranger@example.org")
        noted = note_bounces(session, world.consultation, lines, datetime.now(UTC))
    assert (noted.noted, noted.unknown) == (1, ("stranger@example.org",))
    assert world.rows(StakeholderDelivery)[0].reason == "mailbox full"
    assert world.send(WaveKind.REMINDER).left_out == {Reason.BOUNCED: 1}
    assert world.send(WaveKind.FIRST).left_out == {Reason.INVITED: 1}
    with world.database.transaction() as session:
        public_id = session.exec(select(Stakeholder)).one().public_id
        change_address(session, world.consultation, public_id, "New@example.org ")
    assert world.send(WaveKind.REMINDER).left_out == {Reason.NEW_ADDRESS: 1}
    assert world.send(WaveKind.FIRST).queued == 1
    first, second = world.mails()
    assert second["To"] == "new@example.org"
    world.answer(link_in(second))
    assert (link_in(first) == link_in(second)) == (mode is not IdentityMode.ANONYMOUS)
    with world.app.app_context(), world.database.read_session() as session:
        assert find_respondent(session, link_in(second)).submission is not None
        old = find_respondent(session, link_in(first))
    assert (old is None) == (mode is IdentityMode.ANONYMOUS), "one person, one response"
    world.age(days=4)
    assert len(world.rows(Invitation)) == 1


@pytest.mark.parametrize("text", ["", "nobody", "name, other", '"open'])
def test_a_list_without_addresses_is_refused(world, text):
    with world.app.app_context(), pytest.raises(Invalid):
        read_bounces(text)


def test_a_list_of_bounces_is_read_with_any_separator_and_heading():
    found = read_bounces("\ufeffaddress;reason\nx@example.org;No such user\r\ny@example.org\n")
    assert [(line.address, line.reason) for line in found] == [
        ("x@example.org", "No such user"),
        ("y@example.org", ""),
    ]


def key_in(world, email=""):
    with world.app.app_context(), world.database.transaction() as session:
        asked = asked_in(session, world.row.id)
        return start_keyed_in(session, asked, email, "en", datetime.now(UTC))


@pytest.mark.parametrize("mode", MODES)
def test_a_form_is_keyed_in_with_a_link_of_its_own_and_the_channel_is_noted(make_world, mode):
    world = make_world(mode)
    world.add("a")
    world.send()
    own = link_in(world.mails()[0])
    email = "" if mode is IdentityMode.ANONYMOUS else "a@example.org"
    token = key_in(world, email)
    assert token != own
    world.answer(token)
    stored = world.rows(Submission)[0]
    assert stored.channel is SubmissionChannel.KEYED_IN
    assert stored.state is SubmissionState.SUBMITTED
    assert (stored.stakeholder_id is not None) == (mode is IdentityMode.IDENTIFIED)
    assert (stored.record_key is not None) == (mode is IdentityMode.PSEUDONYMOUS)
    with world.app.app_context(), world.database.read_session() as session:
        is_dead = find_respondent(session, own) is None
    assert is_dead == (mode is not IdentityMode.ANONYMOUS)
    world.age(days=4)
    world.mark()
    reminded = len(world.select(WaveKind.REMINDER).people)
    assert reminded == (1 if mode is IdentityMode.ANONYMOUS else 0)


@pytest.mark.parametrize("mode", NAMED)
def test_who_has_answered_cannot_be_keyed_in_again(make_world, mode):
    world = make_world(mode)
    world.add("a", "b")
    world.send()
    tokens = {mail["To"]: link_in(mail) for mail in world.mails()}
    world.answer(tokens["a@example.org"])
    with pytest.raises(Conflict, match="already"):
        key_in(world, "a@example.org")
    key_in(world, "b@example.org")
    with pytest.raises(Conflict, match="already"):
        key_in(world, "b@example.org")
    world.answer(tokens["a@example.org"])


def test_whoever_keys_in_never_holds_a_link_that_somebody_may_answer_by(world):
    world.add("a")
    world.send()
    token = key_in(world, "a@example.org")
    world.age(days=4)
    assert world.send(WaveKind.REMINDER).queued == 0
    assert world.send(WaveKind.FIRST).queued == 0
    assert token not in {link_in(mail) for mail in world.mails()}


def test_a_person_who_was_not_invited_can_be_keyed_in_and_is_invited_no_more(world):
    world.add("a")
    world.answer(key_in(world, "a@example.org"))
    assert world.send(WaveKind.FIRST).left_out == {Reason.INVITED: 1}
    assert world.send(WaveKind.REMINDER).left_out == {Reason.ANSWERED: 1}


def test_keying_in_asks_for_a_name_just_where_the_round_knows_names(make_world):
    world = make_world(IdentityMode.IDENTIFIED)
    for email in ("", "stranger@example.org"):
        with pytest.raises(Invalid) as refused:
            key_in(world, email)
        assert refused.value.field == "email"


def test_keying_in_takes_no_name_in_an_anonymous_round_and_nothing_after_the_end(make_world):
    world = make_world(IdentityMode.ANONYMOUS)
    world.add("a")
    with pytest.raises(Invalid):
        key_in(world, "a@example.org")
    with world.database.transaction() as session:
        session.get_one(Round, world.row.id).state = RoundState.CLOSED
    with pytest.raises(Closed):
        key_in(world)
    assert world.rows(Submission) == []
    assert world.rows(AuditEntry) == []


def test_the_migration_lets_responses_be_keyed_in_and_keeps_those_that_are_there(database_url):
    database = Database(database_url)
    schema.upgrade(database, "0003_routing")
    with database.transaction() as session:
        for statement in BEFORE.strip().split(";\n"):
            session.connection().execute(text(statement))
    schema.upgrade(database)
    keyed = "UPDATE submission SET channel = :channel"
    with database.transaction() as session:
        session.connection().execute(text(keyed), {"channel": "keyed_in"})
    refused = pytest.raises(IntegrityError, match="submission_channel")
    with refused, database.transaction() as session:
        session.connection().execute(text(keyed), {"channel": "telepathy"})
    schema.downgrade(database, "0003_routing")
    with database.read_session() as session:
        counts = "SELECT count(*) FROM submission JOIN submission_revision ON submission_id = id"
        assert session.connection().execute(text(counts)).scalar_one() == 1
    database.dispose()
