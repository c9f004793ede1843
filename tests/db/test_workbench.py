"""People and a machine code answers: blind to each other, people outrank the machine, shares hold."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import func, select

from analysis.text.encoders import sentence_encoder
from consultation.contributions import services as contributions
from consultation.contributions.models import Contribution, Translation
from core.errors import Conflict, Invalid
from core.jobs import Cancelled, Job, JobState
from results import publication, runs
from results import refresh as refreshing
from results.compute import THEME_STEPS, compute
from results.computing.vectors import folder_of
from results.models import Audience
from results.refresh import refresh
from results.workbench import (
    agreement,
    asking,
    coding,
    drawing,
    edits,
    jobs,
    machine,
    members,
    readings,
    services,
    signoff,
    topics,
    translations,
    working,
)
from results.workbench.labels import audit_members, read_labels
from results.workbench.models import (
    CodebookVersion,
    EditKind,
    Judgement,
    Purpose,
    Reading,
    RulingKind,
    Theme,
    ThemeMember,
    ThemeState,
)
from results.workbench.queries import places, themes
from tests.support.make import NOW, make_consultation
from tests.support.workbench import (
    ACTOR,
    add_answers,
    code_everything,
    coders,
    make_coded_place,
    say,
    sentences,
    truth,
)


def answers_of(session):
    return session.exec(select(Contribution).order_by(Contribution.id)).all()


def labels_of(session, book):
    return read_labels(session, book, themes(session, book))


@pytest.fixture
def session(app, database):
    with app.app_context(), database.transaction() as opened:
        yield opened


def test_a_coder_sees_no_code_of_the_other_before_both_have_read_the_answer(session):
    place, book = make_coded_place(session, 6)
    one, two = coders(session, place, book)
    first, second = answers_of(session)[:2]
    say(session, book, 1, one, first, {"work"})
    say(session, book, 1, one, second, {"work"})
    say(session, book, 2, two, second, {"privacy"})
    whole = labels_of(session, book)
    column = {theme.code: number for number, theme in enumerate(whole.themes)}
    services_word = services.Word(whole.themes[column["work"]].id, first.id, Judgement.YES)
    edits.commit(
        session, book, EditKind.MOVE, "x",
        services.rulings(session, book, [services_word], RulingKind.MOVED, ACTOR), ACTOR,
    )  # fmt: skip
    whole = labels_of(session, book)
    seen = whole.seen_from(2)
    assert first.id not in seen.by_place[1]
    assert first.id not in seen.rulings
    assert seen.standing(first.id) == {}
    assert np.isnan(seen.matrix([first.id])).all()
    assert [one.contribution_id for one in seen.disagreements()] == [second.id, second.id]
    assert whole.standing(first.id)[column["work"]] is True


def test_what_both_have_read_stands_and_is_only_adjudicated(session):
    place, book = make_coded_place(session, 6)
    one, two = coders(session, place, book)
    answer = answers_of(session)[0]
    say(session, book, 1, one, answer, {"work"})
    say(session, book, 1, one, answer, {"climate"}, at=NOW + timedelta(seconds=1))
    say(session, book, 2, two, answer, {"privacy"})
    say(session, book, 1, one, answer, {"privacy"})
    with pytest.raises(Conflict, match="stands"):
        readings.undo_last(session, book, 2, two)
    labels = labels_of(session, book)
    column = {theme.code: number for number, theme in enumerate(labels.themes)}
    assert labels.by_place[1][answer.id][column["climate"]] is Judgement.YES
    left = {one.theme for one in labels.disagreements()}
    assert left == {column["climate"], column["privacy"]}
    assert column["work"] in labels.standing(answer.id)
    words = [services.Word(labels.themes[column["privacy"]].id, answer.id, Judgement.YES)]
    edits.commit(
        session, book, EditKind.ADJUDICATE, "privacy",
        services.rulings(session, book, words, RulingKind.ADJUDICATED, ACTOR), ACTOR,
    )  # fmt: skip
    labels = labels_of(session, book)
    assert {one.theme for one in labels.disagreements()} == {column["climate"]}
    assert labels.standing(answer.id)[column["privacy"]] is True


def test_the_last_reading_can_be_taken_back_while_nobody_else_has_read_it(session):
    place, book = make_coded_place(session, 6)
    one, _two = coders(session, place, book)
    first, second = answers_of(session)[:2]
    say(session, book, 1, one, first, {"work"})
    say(session, book, 1, one, second, {"work"}, at=NOW + timedelta(seconds=1))
    assert readings.undo_last(session, book, 1, one) == second.id
    assert readings.undo_last(session, book, 1, one) == first.id
    with pytest.raises(Conflict):
        readings.undo_last(session, book, 1, one)


def test_nobody_is_both_coders(session):
    place, book = make_coded_place(session, 6)
    one, _two = coders(session, place, book)
    say(session, book, 1, one, answers_of(session)[0], {"work"})
    with pytest.raises(Invalid, match="both coders"):
        readings.assign(session, book, 2, one, NOW)
    readings.assign(session, book, 1, None, NOW)
    with pytest.raises(Invalid, match="both coders"):
        readings.assign(session, book, 2, one, NOW)


def test_a_code_ends_with_the_words_that_it_was_about(session):
    place, book = make_coded_place(session, 6)
    one, _two = coders(session, place, book)
    answer, other = answers_of(session)[:2]
    say(session, book, 1, one, answer, {"work"})
    old = answer.text_hash
    translations.ask(session, place, answer.id, "fr", ACTOR)
    translations.write(session, place, answer.id, "fr", "Le travail.", ACTOR)
    contributions.replace_text(session, answer, "Something quite different about cameras.")
    assert session.exec(select(Translation)).all() == []
    assert labels_of(session, book).answers() == []
    stale = readings.said(
        themes(session, book), {themes(session, book)[1].public_id: "yes"}, answer.id, old,
        Purpose.AUDIT,
    )  # fmt: skip
    with pytest.raises(Conflict, match="changed this answer"):
        readings.record(session, book, 1, one, stale, NOW)
    say(session, book, 1, one, other, {"work"})
    contributions.withdraw(session, other)
    assert labels_of(session, book).answers() == []


def test_a_theme_that_came_later_was_not_refused_by_earlier_readings(session):
    place, book = make_coded_place(session, 6)
    one, _two = coders(session, place, book)
    answer = answers_of(session)[0]
    say(session, book, 1, one, answer, {"work"})
    services.add_theme(
        session, book, code="new", words=services.Words.of({"name": {"en": "New"}}), actor=ACTOR
    )
    labels = labels_of(session, book)
    column = [theme.code for theme in labels.themes].index("new")
    assert column not in labels.standing(answer.id)
    assert np.isnan(labels.matrix([answer.id])[0, column])


def test_merged_themes_count_as_one_and_taking_the_merge_back_parts_them(session):
    place, book = make_coded_place(session, 6)
    one, two = coders(session, place, book)
    answer = answers_of(session)[0]
    say(session, book, 1, one, answer, {"work"})
    say(session, book, 2, two, answer, {"privacy"})
    by_code = {theme.code: theme for theme in themes(session, book)}
    edit = services.merge(session, book, by_code["work"], by_code["privacy"], ACTOR)
    labels = labels_of(session, book)
    assert [theme.code for theme in labels.themes] == ["privacy", "climate"]
    assert labels.disagreements() == []
    assert labels.standing(answer.id) == {0: True, 1: False}
    edits.undo(session, book, edit.public_id, ACTOR)
    assert len(labels_of(session, book).disagreements()) == 2


def test_the_sample_is_random_grows_and_takes_in_answers_that_came_later(session):
    place, book = make_coded_place(session, 60)
    draw = {"seed": 7, "by": "analyst", "now": NOW}
    readings.draw(session, book, 10, **draw)
    small = labels_of(session, book).audit
    readings.draw(session, book, 25, **draw)
    large = labels_of(session, book).audit
    assert (len(small), len(large)) == (10, 25)
    assert small < large
    everybody = [answer.id for answer in answers_of(session)]
    assert sorted(large) == sorted(sorted(everybody, key=lambda key: drawing.in_order(7, key))[:25])
    with pytest.raises(Invalid, match="not smaller"):
        readings.draw(session, book, 5, **draw)
    add_answers(session, place, ["Wages of workers matter."] * 40)
    readings.draw(session, book, 26, **draw)
    everybody = [answer.id for answer in answers_of(session)]
    wanted = set(sorted(everybody, key=lambda key: drawing.in_order(7, key))[:26])
    assert wanted <= labels_of(session, book).audit


def test_parallel_posts_of_one_reading_leave_one(store):
    with store.transaction() as session:
        place, book = make_coded_place(session, 6)
        one, _two = coders(session, place, book)
        answer = answers_of(session)[0]

    def post(_number):
        with store.transaction() as session:
            say(session, book, 1, one, answer, {"work"})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(post, range(12)))
    with store.read_session() as session:
        assert len(session.exec(select(Reading)).all()) == 1
        assert labels_of(session, book).standing(answer.id) == {0: True, 1: False, 2: False}


@pytest.fixture
def coded(app, database, tmp_path):
    """A place whose answers the machine has coded, and a sample that people have."""
    with app.app_context():
        with database.transaction() as session:
            place, book = make_coded_place(session, 150)
            code_everything(session, place, book, 60, wrong_every=10)
        jobs.code_now(database, place.slug, tmp_path, NOW)
        yield database, place, book


def test_shares_are_near_the_truth_and_the_naive_ones_stand_apart(coded):
    database, place, book = coded
    with database.read_session() as session:
        labels = labels_of(session, book)
        found = working.gather(session, place, book, labels, 30)
        said = [truth(text) for text, _theme in sentences(150)]
        for share, theme in zip(found.shares.overall, labels.themes, strict=True):
            true = sum(theme.code in one for one in said) / 150
            width = share.estimate.high - share.estimate.low
            assert share.estimate.low <= true <= share.estimate.high
            assert width <= share.audit_alone.high - share.audit_alone.low + 1e-9
            assert 0 <= share.naive <= 1
        assert set(found.shares.by) == {"region", "sector", "region_sector"}
        rows = agreement.by_theme(labels)
        by_code = {row.theme.code: row for row in rows}
        assert by_code["climate"].alpha.value == 1
        assert 0.5 < by_code["work"].alpha.value < 1
        assert len(labels.disagreements()) == 6


def test_the_themes_of_a_run_show_their_progress_and_stop_when_asked(coded, tmp_path):
    database, place, book = coded
    with database.transaction() as session:
        signoff.sign_off(session, session.merge(book), ACTOR)
    inputs = refreshing._prepare(database, place.slug, tmp_path, NOW + timedelta(hours=1)).inputs
    told = []
    compute(inputs, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len({total for _done, total in told}) == 1
    begin = told[-1][1] - THEME_STEPS
    in_themes = {done for done, _total in told if begin < done < begin + THEME_STEPS}
    assert len(in_themes) >= coding.PARTS

    def stop(done, _total):
        if done > begin + THEME_STEPS // 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        compute(inputs, stop)


def test_a_coding_can_be_stopped_after_its_answers_were_read(coded, tmp_path):
    database, place, _book = coded
    told = []

    def stop(done, total):
        told.append((done, total))
        if told.count((total, total)) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        jobs._code(database, place.slug, jobs._Place(tmp_path), stop)


def test_a_theme_that_is_added_later_gets_its_queue(coded, tmp_path):
    database, place, book = coded
    with database.transaction() as session:
        assert readings.next_answer(session, book, 1, Purpose.AUDIT) is None
        words = services.Words.of({"name": {"en": "Training"}, "definition": {"en": "skills"}})
        services.add_theme(session, book, code="training", words=words, actor=ACTOR)
        assert asking.waiting(session, place.slug).state is JobState.QUEUED
        # The sample is asked for again, for the new theme's sake, and what was said stays.
        done = readings.progress(session, book, 1)
        assert (done.read, done.again, done.audit_read) == (60, 60, 0)
        again = readings.next_answer(session, book, 1, Purpose.AUDIT)
        before = labels_of(session, book).standing(again.id)
        account = places(session, book)[1]
        say(session, book, 1, account, again, truth(again.text) | {"training"})
        assert readings.progress(session, book, 1).audit_read == 1
        assert labels_of(session, book).standing(again.id) == {**before, 3: True}
        # Nothing is known to the machine yet: it is asked once, not at every later edit.
        services.add_theme(session, book, code="empty", words=words, actor=ACTOR)
        queued = select(func.count()).select_from(Job).where(Job.kind == asking.CODE)
        assert session.exec(queued).one() == 1
    jobs.code_now(database, place.slug, tmp_path, NOW)
    with database.read_session() as session:
        assert "training" in machine.load(session, book).codes
        first = readings.next_answer(session, book, 1, Purpose.TEACH)
        assert first.id not in audit_members(session, book)
        asked = machine.about(session, book).parameters[machine.ASKED]
        texts = {row.id: row.text.lower() for row in answers_of(session)}
        assert any("training" in texts[key] or "skills" in texts[key] for key in asked[:3])


def test_an_answer_whose_author_changed_it_is_asked_for_again(coded):
    database, _place, book = coded
    with database.transaction() as session:
        key = min(audit_members(session, book))
        row = session.get(Contribution, key)
        row.text, row.text_hash = "Other words about wages and jobs entirely.", "f" * 64
        session.add(row)
        session.flush()
        assert readings.next_answer(session, book, 1, Purpose.AUDIT).id == key


def test_a_run_and_the_workbench_encode_each_answer_once(coded, tmp_path):
    database, place, _book = coded
    folder = folder_of(tmp_path, place.slug)
    before = sorted(path for path in folder.rglob("*.npz"))
    refresh(database, place.slug, now=NOW, folder=tmp_path)
    jobs.code_now(database, place.slug, tmp_path, NOW + timedelta(hours=1))
    after = sorted(path for path in folder.rglob("*.npz"))
    assert after == before
    assert (not after) == (sentence_encoder() is None)


def test_the_machine_never_overrides_a_person(coded):
    database, place, book = coded
    with database.transaction() as session:
        labels = labels_of(session, book)
        by_code = {theme.code: theme for theme in themes(session, book)}
        work = by_code["work"]
        sure = members.of_theme(session, book, work, labels, members.Show.MACHINE)[0]
        services.move(session, book, [sure.id], work, by_code["climate"], ACTOR)
        services.set_state(session, book, by_code["privacy"], ThemeState.NOISE, ACTOR)
    with database.transaction() as session:
        before = signoff.sign_off(session, book, ACTOR)
        assert before.number == 1
    folder = Path(database.url.database).parent
    jobs.code_now(database, place.slug, folder, NOW + timedelta(hours=1))
    assert refresh(database, place.slug, now=NOW, folder=folder)
    with database.transaction() as session:
        labels = labels_of(session, book)
        rows = {theme.code: theme for theme in themes(session, book)}
        shown = members.of_theme(session, book, rows["work"], labels, members.Show.ALL)
        assert sure.id not in {row.id for row in shown}
        climate = members.of_theme(session, book, rows["climate"], labels, members.Show.PEOPLE)
        assert sure.id in {row.id for row in climate}
        assert rows["privacy"].state is ThemeState.NOISE
        kept = {
            (row.code, row.is_human)
            for row in session.exec(
                select(ThemeMember).where(ThemeMember.contribution_id == sure.id)
            )
        }
        assert ("climate", True) in kept
        assert ("work", True) not in kept
        assert ("work", False) not in kept


def test_sign_off_freezes_a_version_and_the_next_run_holds_its_themes(coded):
    database, place, book = coded
    folder = Path(database.url.database).parent
    assert refresh(database, place.slug, now=NOW, folder=folder)
    with database.transaction() as session:
        version = signoff.sign_off(session, book, ACTOR)
        frozen = (dict(version.document), dict(version.labels))
        with pytest.raises(Conflict, match="Nothing has changed"):
            signoff.sign_off(session, book, ACTOR)
    assert refresh(database, place.slug, now=NOW + timedelta(hours=1), folder=folder)
    assert not refresh(database, place.slug, now=NOW + timedelta(hours=2), folder=folder)
    with database.transaction() as session:
        run = runs.latest(session, place)
        document = runs.table(session, run, Audience.COMMITTEE, "themes")
        assert [row["key"] for row in document["rows"]] == ["work", "privacy", "climate"]
        assert document["n_audit"] == 60
        for row in document["rows"]:
            assert row["share"]["low"] <= row["share"]["share"] <= row["share"]["high"]
            assert row["n_members"] > 10
        by_code = {theme.code: theme for theme in themes(session, book)}
        services.change_theme(
            session, book, by_code["work"], words=services.Words.of({"name": {"en": "Else"}}),
            parent=None, revision=by_code["work"].revision, actor=ACTOR,
        )  # fmt: skip
        publication.publish(session, place, run, threshold=10, now=NOW)
        public = runs.table(session, run, Audience.PUBLIC, "themes")
        assert [row["label"]["en"] for row in public["rows"]] == ["Work", "Privacy", "Climate"]
        assert "naive" not in str(public)
        again = session.exec(select(CodebookVersion)).one()
        assert (again.document, again.labels) == frozen
        assert again.content_hash == signoff.content_hash(*frozen)


def test_without_an_audit_nothing_of_the_machine_becomes_public(app, database, tmp_path):
    with app.app_context():
        with database.transaction() as session:
            place, book = make_coded_place(session, 60)
            signoff.sign_off(session, book, ACTOR)
        refresh(database, place.slug, now=NOW, folder=tmp_path)
        with database.transaction() as session:
            run = runs.latest(session, place)
            document = runs.table(session, run, Audience.COMMITTEE, "themes")
            assert [row["share"]["share"] for row in document["rows"]] == [None] * 3
            publication.publish(session, place, run, threshold=10, now=NOW)
            assert runs.table(session, run, Audience.PUBLIC, "themes")["rows"] == []


def test_a_later_run_keeps_what_people_made_of_topics(coded):
    database, place, book = coded
    folder = Path(database.url.database).parent
    refresh(database, place.slug, now=NOW, folder=folder)
    with database.transaction() as session:
        run = runs.latest(session, place)
        row = runs.table(session, run, Audience.COMMITTEE, "topics")["rows"][0]
        named = topics.Named("found", {"en": "Found"}, ThemeState.ACTIVE)
        theme = topics.make_theme(session, book, run, row, named, ACTOR)
        add_answers(session, place, ["A new voice on wages."] * 3)
        book_id, theme_id = run.id, theme.id
        signoff.sign_off(session, book, ACTOR)
    assert refresh(database, place.slug, now=NOW + timedelta(hours=1), folder=folder)
    with database.read_session() as session:
        newest = runs.latest(session, place)
        assert newest.id != book_id
        assert theme_id in topics.choices(session, newest).values()
        assert session.exec(select(Theme).where(Theme.id == theme_id)).one().name == {"en": "Found"}


def test_parts_are_proposed_and_hold_no_answer(coded):
    database, _place, book = coded
    with database.transaction() as session:
        by_code = {theme.code: theme for theme in themes(session, book)}
        texts = [(answer.text, "en") for answer in answers_of(session)[:60]]
        made = topics.propose_parts(session, book, by_code["work"], texts, parts=2, actor=ACTOR)
        assert [theme.state for theme in made] == [ThemeState.PROPOSED] * 2
        assert [theme.code for theme in made] == ["work_1", "work_2"]
        assert all(theme.examples == {} for theme in made)
        with pytest.raises(Conflict, match="proposed already"):
            topics.propose_parts(session, book, by_code["work"], texts, parts=2, actor=ACTOR)
        for theme in made:
            services.set_state(session, book, theme, ThemeState.DROPPED, ACTOR)
        with pytest.raises(Conflict, match="too few"):
            topics.propose_parts(session, book, by_code["work"], texts[:5], parts=2, actor=ACTOR)


def test_an_answer_of_another_consultation_is_not_coded(session):
    place, book = make_coded_place(session, 6)
    one, _two = coders(session, place, book)
    foreign = add_answers(session, make_consultation(session, slug="other"), ["Wages."])[0]
    with pytest.raises(Invalid, match="no such answer"):
        say(session, book, 1, one, foreign, {"work"})


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["One answer alone."],
        ["😀😀😀"] * 12,
        ["equal wages everywhere"] * 50,
        ["wages \u202eand workers\u0000 jobs"] * 12,
    ],
    ids=["none", "one", "emoji", "copies", "overrides"],
)
def test_hostile_answers_are_coded_without_a_fault(app, database, tmp_path, texts):
    with app.app_context():
        with database.transaction() as session:
            place, book = make_coded_place(session, 0)
            add_answers(session, place, texts)
        jobs.code_now(database, place.slug, tmp_path, NOW)
        with database.read_session() as session:
            coded = machine.load(session, book)
            labels = labels_of(session, book)
            assert coded.probability.shape == (len(coded.ids), 3)
            assert len(coded.ids) == (0 if not texts or "😀" in texts[0] else len(texts))
            working.gather(session, place, book, labels, 30)
