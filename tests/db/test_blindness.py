"""Two coders are blind to each other, theme by theme; who was not is told wherever they agree."""

from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from consultation.people.models import RoleGrant
from core import audit
from core.auth.permissions import Role
from results import theme_tables
from results.computing.text_quality import agreement as in_run
from results.publishing.text_quality import text_quality as gated
from results.workbench import agreement, blindness, edits, readings, services, signoff
from results.workbench.labels import read_labels
from results.workbench.models import EditKind, Judgement, Purpose, RulingKind
from results.workbench.quality import quality_of
from results.workbench.queries import coded_themes, themes
from tests.support.make import NOW, make_account
from tests.support.themes import make_theme_run
from tests.support.workbench import ACTOR, make_coded_place

LATER = NOW + timedelta(hours=1)


NOTHING = {"share": None, "low": None, "high": None}
COUNTED = {"base": 6, "n_audit": 6, "raised": 3, "is_small": True, "naive": 0.5}
SHARE = {**NOTHING, **COUNTED, "alone": NOTHING}
TABLE_ROW = {"key": "work", "label": {"en": "Work"}, "share": SHARE}


class Scene:
    """A codebook with six answers and two people who may code; `first` holds the first place."""

    def __init__(self, session, second_role=Role.CODER):
        self.session = session
        self.place, self.book = make_coded_place(session, 6)
        self.answers = session.exec(select(Contribution).order_by(Contribution.id)).all()
        self.first = self.person("first", Role.CODER)
        self.second = self.person("second", second_role)
        readings.assign(session, self.book, 1, self.first, NOW)

    def person(self, name, role):
        return make_account(
            self.session, email=f"{name}@example.org", consultation=self.place, roles=(role,)
        )

    def say(self, place, number, *yes, at=NOW):
        rows = coded_themes(themes(self.session, self.book))
        given = {theme.public_id: "yes" if theme.code in yes else "no" for theme in rows}
        answer = self.answers[number]
        words = readings.said(rows, given, answer.id, answer.text_hash, Purpose.AUDIT)
        account = self.first if place == 1 else self.second
        return readings.record(self.session, self.book, place, account, words, at)

    def give(self, account, at=LATER, place=2):
        readings.assign(self.session, self.book, place, account, at)

    def labels(self):
        return read_labels(self.session, self.book, themes(self.session, self.book))

    def not_blind(self):
        return {row.theme.code: row.not_blind for row in agreement.by_theme(self.labels())}


@pytest.fixture
def session(app, database):
    with app.app_context(), database.transaction() as opened:
        yield opened


def test_a_theme_that_came_later_is_not_seen_before_it_was_said_of_an_answer_both_have_read(
    session,
):
    scene = Scene(session)
    scene.give(scene.second, NOW)
    scene.say(1, 0, "work")
    scene.say(2, 0, "work")
    new = services.add_theme(
        session, scene.book, code="new", words=services.Words.of({"name": {"en": "New"}}),
        actor=ACTOR,
    )  # fmt: skip
    scene.say(1, 0, "new")
    key = scene.answers[0].id
    word = services.Word(new.id, key, Judgement.YES)
    edits.commit(
        session, scene.book, EditKind.MOVE, "x",
        services.rulings(session, scene.book, [word], RulingKind.MOVED, ACTOR), ACTOR,
    )  # fmt: skip
    seen = scene.labels().seen_from(2)
    column = [theme.code for theme in seen.themes].index("new")
    assert column not in seen.standing(key)
    assert column not in seen.by_place[1][key]
    assert np.isnan(seen.matrix([key])[0, column])
    assert len(seen.standing(key)) == 3, "what both have said of the answer is seen"
    scene.say(2, 0)
    assert scene.labels().seen_from(2).standing(key)[column] is True
    assert scene.not_blind() == {"work": 0, "privacy": 0, "climate": 0, "new": 0}


def test_an_analyst_who_could_see_the_first_coders_codes_is_not_blind(session):
    scene = Scene(session, Role.ANALYST)
    scene.say(1, 0, "work")
    scene.give(scene.second)
    scene.say(1, 1, "work", at=LATER + timedelta(hours=1))
    for number in (0, 1):
        scene.say(2, number, "work", at=LATER + timedelta(hours=2))
    assert scene.not_blind() == {"work": 1, "privacy": 1, "climate": 1}
    assert blindness.names_of_seeing(session, scene.book) == [scene.second.name]


def test_who_leaves_a_place_to_look_and_comes_back_is_not_blind(session):
    scene = Scene(session, Role.ANALYST)
    scene.give(scene.second, NOW - timedelta(hours=1))
    for number in (0, 1):
        scene.say(1, number, "work")
    scene.say(2, 0, "work")
    scene.give(None, LATER)
    scene.give(scene.second, LATER + timedelta(hours=1))
    scene.say(2, 1, "work", at=LATER + timedelta(hours=2))
    assert scene.labels().not_blind == {(scene.answers[1].id, column) for column in range(3)}


def test_saving_the_same_coder_again_is_no_leave(session):
    scene = Scene(session, Role.ANALYST)
    scene.give(scene.second, NOW - timedelta(hours=1))
    scene.say(1, 0, "work")
    assert blindness.would_not_be_blind(session, scene.book, [scene.second], 2) == set()
    scene.give(scene.second, LATER)
    scene.say(2, 0, "work", at=LATER)
    assert scene.not_blind()["work"] == 0


def test_who_held_the_first_place_saw_its_codes(session):
    scene = Scene(session)
    scene.say(1, 0, "work")
    scene.give(scene.second, LATER, place=1)
    scene.give(scene.first, LATER, place=1)
    both = [scene.person("third", Role.CODER), scene.second]
    seeing = blindness.would_not_be_blind(session, scene.book, both, 2)
    assert seeing == {scene.second.public_id}
    scene.give(scene.second, LATER)
    scene.say(2, 0, "work", at=LATER + timedelta(hours=1))
    assert scene.not_blind()["work"] == 1


def test_a_role_that_was_taken_back_does_not_make_anybody_blind_again(session):
    scene = Scene(session)
    scene.say(1, 0, "work")
    audit.record(
        session, actor="x", action="grant_role:analyst", now=NOW,
        target=f"{scene.place.slug}/people/{scene.second.public_id}",
    )  # fmt: skip
    roles = session.exec(select(RoleGrant.role).where(RoleGrant.account_id == scene.second.id))
    assert roles.all() == [Role.CODER]
    scene.give(scene.second)
    scene.say(2, 0, "work", at=LATER)
    assert scene.not_blind()["work"] == 1


def test_a_coder_without_another_role_is_blind_and_so_is_everybody_before_the_first_code(session):
    scene = Scene(session)
    analyst = scene.person("analyst", Role.ANALYST)
    everybody = [scene.second, analyst]
    assert blindness.would_not_be_blind(session, scene.book, everybody, 2) == set()
    scene.say(1, 0, "work")
    seeing = blindness.would_not_be_blind(session, scene.book, everybody, 2)
    assert seeing == {analyst.public_id}
    scene.give(scene.second)
    scene.say(2, 0, "work", at=LATER)
    assert scene.not_blind()["work"] == 0


def make_figures(scene, *, at):
    """A run that shows which answers people put into a theme."""
    run = make_theme_run(scene.session, scene.place, scene.book, audit=6)
    run.computed_at = at
    scene.session.add(run)
    scene.session.flush()


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.ORGANISER])
def test_who_reads_the_dashboard_saw_there_what_people_coded_before_its_figures(session, role):
    scene = Scene(session, role)
    coder = scene.person("third", Role.CODER)
    session.add(
        RoleGrant(
            consultation_id=scene.place.id, account_id=scene.second.id, role=Role.CODER,
            granted_at=NOW,
        )
    )  # fmt: skip
    scene.say(1, 0, "work")
    both = [coder, scene.second]
    assert blindness.would_not_be_blind(session, scene.book, both, 2) == set()
    make_figures(scene, at=NOW + timedelta(minutes=1))
    scene.say(1, 1, "work", at=NOW + timedelta(minutes=2))
    seeing = blindness.would_not_be_blind(session, scene.book, both, 2)
    assert seeing == {scene.second.public_id}
    scene.give(scene.second)
    for number in (0, 1):
        scene.say(2, number, "work", at=LATER)
    assert scene.labels().not_blind == {(scene.answers[0].id, column) for column in range(3)}


def test_without_figures_who_reads_the_dashboard_has_seen_no_code(session):
    scene = Scene(session, Role.COMMITTEE)
    scene.say(1, 0, "work")
    scene.give(scene.second)
    scene.say(2, 0, "work", at=LATER)
    assert scene.not_blind()["work"] == 0


def test_the_mark_goes_with_a_signed_version_into_the_run_and_to_the_public(session):
    scene = Scene(session, Role.ANALYST)
    for number in range(6):
        scene.say(1, number, "work" if number % 2 else "privacy")
    scene.give(scene.second)
    for number in range(6):
        scene.say(2, number, "work" if number % 2 else "privacy", at=LATER)
    version = signoff.sign_off(session, scene.book, ACTOR)
    rows = version.document["agreement"]
    assert [row["not_blind"] for row in rows] == [6, 6, 6]
    lines = theme_tables.lines({**version.document, "rows": [TABLE_ROW]}, "en", "en")
    assert {line["not_blind"] for line in lines} == {6}
    quality = quality_of(session, scene.book, scene.labels())
    assert quality.cells("work")["not_blind"] == "6"
    found = in_run(rows)
    assert (found["n_not_blind"], found["is_blind"]) == (6, False)
    part = {"n_usable": 20, "n_audit": 20, "agreement": found}
    public = gated({"topics": None, "themes": part}, 5)["themes"]["agreement"]
    assert public["is_blind"] is False
    assert "n_not_blind" not in public
    old = [{name: value for name, value in row.items() if name != "not_blind"} for row in rows]
    assert in_run(old)["is_blind"] is True
