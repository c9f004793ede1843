"""Best–worst sets: who gets which, what is taken, and what it counts for."""

from collections import Counter

import pytest
from pydantic import ValidationError

from surveys.questions.best_worst import BestWorstSettings, design_of
from tests.support.asked import Asked, items

ITEMS = items(["a", "b", "c", "d", "e"])
DESIGN = [
    [["a", "b", "c"], ["c", "d", "e"], ["a", "d", "e"]],
    [["a", "c", "e"], ["b", "d", "e"], ["a", "b", "d"]],
]
SETTINGS = {"items": ITEMS, "design": DESIGN, "refusal": True}
#: An even seed gets the first version.
SETS = Asked("best_worst", SETTINGS, seed=4)
TYPED = {
    "--0-best": "a",
    "--0-worst": "c",
    "--2-best": "a",
    "--2-worst": "e",
}
VALUE = {
    "version": 1,
    "tasks": [{"best": "a", "worst": "c"}, None, {"best": "a", "worst": "e"}],
}
ANSWER = {"state": "answered", "value": VALUE}


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context("/"):
        yield


def test_sets_are_read_and_an_open_one_stays_open():
    sent = SETS.send(TYPED)
    assert sent.answer == ANSWER
    assert sent.problems == {}
    assert SETS.page(sent.answer) == {
        **dict.fromkeys(SETS.page(), ""),
        **TYPED,
    }


def test_items_score_best_less_worst_over_the_answered_sets_that_held_them():
    (reading,) = SETS.readings(ANSWER).values()
    assert reading == {
        "state": "answered",
        "value": {"a": 1.0, "b": 0.0, "c": -1.0, "d": 0.0, "e": -1.0},
    }
    once = {"state": "answered", "value": {**VALUE, "tasks": [*VALUE["tasks"][:2], None]}}
    (reading,) = SETS.readings(once).values()
    assert reading["value"] == {"a": 1.0, "b": 0.0, "c": -1.0, "d": None, "e": None}


def test_one_end_alone_is_named_at_the_other():
    sent = SETS.send({**TYPED, "--1-best": "d"})
    assert set(sent.problems) == {"--1-worst"}
    sent = SETS.send({**TYPED, "--1-worst": "d", "--1-best": ""})
    assert set(sent.problems) == {"--1-best"}
    assert "as well" in sent.problems["--1-best"]


def test_the_best_cannot_be_the_worst():
    sent = SETS.send({"--1-best": "d", "--1-worst": "d"})
    assert sent.problems == {"--1-worst": "Set 2: one item cannot be both. Change one."}


@pytest.mark.parametrize("forged", ["b", "zzz", "x" * 1_000_000, "\ud800", "a c"])
def test_only_what_the_set_shows_is_taken(forged):
    sent = SETS.send({"--1-best": forged, "--1-worst": "c"})
    assert set(sent.problems) == {"--1-best"}


def test_a_version_or_a_set_cannot_be_chosen_by_the_browser():
    sent = SETS.send({**TYPED, "-version": "2", "--version": "2", "--7-best": "a"})
    assert sent.answer == ANSWER


def test_the_version_follows_the_seed_and_stays_once_begun():
    other = Asked("best_worst", SETTINGS, seed=5)
    assert [list(task) for task in other.type.tasks(other.shown())] == DESIGN[1]
    assert [list(task) for task in other.type.tasks(other.shown(ANSWER))] == DESIGN[0]
    assert other.send({"--1-best": "d", "--1-worst": "c"}, ANSWER).value["version"] == 1
    drawn = Counter(
        Asked("best_worst", SETTINGS, seed=seed).shown().settings["version"] for seed in range(100)
    )
    assert drawn == {1: 50, 2: 50}


def test_every_set_of_a_required_question_is_needed():
    asked = Asked("best_worst", SETTINGS, seed=4, required=True)
    assert set(asked.send({}).problems) == {"--0-best"}
    sent = asked.send(TYPED)
    assert set(sent.problems) == {"--1-best"}
    assert len(asked.imported(sent.answer)) == 1
    assert asked.send({**TYPED, "--1-best": "c", "--1-worst": "d"}).problems == {}


def test_a_refusal_stands_alone():
    sent = SETS.send({"--instead": "refused"})
    assert sent.answer == {"state": "refused", "value": None}
    assert sent.problems == {}
    assert SETS.back(sent.answer) == sent.answer
    assert SETS.page(sent.answer)["--instead"] == "refused"
    both = SETS.send({**TYPED, "--instead": "refused"})
    assert set(both.problems) == {"--instead"}
    assert both.answer == ANSWER
    assert SETS.send({**TYPED, "--instead": "no_opinion"}).problems == {}


def test_every_group_that_may_stay_open_has_a_button_for_it():
    def values(asked):
        return {choice[0] for choice in asked.send({}).form["q_q--0-best"].iter_choices()}

    assert values(SETS) == {"a", "b", "c", ""}
    plain = {"items": ITEMS, "design": DESIGN}
    assert "" not in values(Asked("best_worst", plain, seed=4, required=True))
    # A refusal must be able to take the place of an answer.
    assert "" in values(Asked("best_worst", SETTINGS, seed=4, required=True))


def test_cells_expressions_and_words():
    kind = SETS.type
    assert [column.name for column in kind.columns(SETS.stored, "en")] == [
        "q__version",
        *(f"q__{place}_{end}" for place in (1, 2, 3) for end in ("best", "worst")),
    ]
    assert kind.cells(SETS.stored, ANSWER) == ["1", "a", "c", "", "", "a", "e"]
    assert SETS.back(ANSWER) == ANSWER
    assert SETS.back({"state": "skipped", "value": None}) == {"state": "skipped", "value": None}
    assert kind.value(SETS.stored, ANSWER) == "a"
    assert kind.display(SETS.stored, ANSWER, "en") == [
        "1. Most important: Item a; Least important: Item c",
        "3. Most important: Item a; Least important: Item e",
    ]


def test_cells_that_make_no_sense_are_left_to_the_checks():
    for cells in (["²", "a", "c", "", "", "", ""], ["9", "a", "c", "", "", "", ""], ["", "a"]):
        answer = SETS.type.from_cells(SETS.stored, cells)
        assert answer["state"] == "answered"
        assert SETS.imported(answer) != []


@pytest.mark.parametrize(
    "value",
    [
        [],
        "a",
        {"version": 3, "tasks": VALUE["tasks"]},
        {"version": 0, "tasks": VALUE["tasks"]},
        {"version": True, "tasks": VALUE["tasks"]},
        {"version": "1", "tasks": VALUE["tasks"]},
        {"version": 1, "tasks": VALUE["tasks"][:2]},
        {"version": 1, "tasks": [None, None, None]},
        {"version": 1, "tasks": [{"best": "a"}, None, None]},
        {"version": 1, "tasks": [{"best": ["a"], "worst": "b"}, None, None]},
        {"version": 1, "tasks": [{"best": "a", "worst": "a"}, None, None]},
        {"version": 1, "tasks": [{"best": "a", "worst": "e"}, None, None]},
        {"version": 1, "tasks": VALUE["tasks"], "more": 1},
        {"tasks": VALUE["tasks"]},
    ],
)
def test_an_import_that_makes_no_sense_is_refused(value):
    assert SETS.imported({"state": "answered", "value": value}) != []


def test_a_sound_import_is_taken_whatever_version_it_had():
    tasks = [{"best": "a", "worst": "c"}, None, {"best": "b", "worst": "d"}]
    assert SETS.imported({"state": "answered", "value": {"version": 2, "tasks": tasks}}) == []


def test_a_plan_is_made_once_and_stands():
    raw = {"items": ITEMS}
    made = BestWorstSettings.model_validate(raw)
    assert len(made.design) == made.versions == 4
    # Each of five items three times in sets of four.
    assert {len(version) for version in made.design} == {4}
    stored = made.model_dump(mode="json")
    assert BestWorstSettings.model_validate(stored) == made
    assert design_of(raw) == made.design
    asked = Asked("best_worst", raw, seed=4)
    assert asked.type.tasks(asked.shown()) == made.design[0]


def test_sets_are_no_larger_than_the_items_allow():
    few = BestWorstSettings.model_validate({"items": ITEMS[:3], "per_task": 7, "tasks": 2})
    assert {len(task) for version in few.design for task in version} == {3}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"design": [[["a", "b", "zzz"]]]}, "does not fit"),
        ({"design": [[["a", "b", "b"]]]}, "does not fit"),
        ({"design": [[["a"]]]}, "does not fit"),
        ({"design": [[["a", "b"]], [["a", "b"], ["c", "d"]]]}, "same number of sets"),
        ({"design": [[], []]}, "same number of sets"),
        ({"items": items(["a", "b", "A"])}, "used twice"),
        ({"items": items(["a", "b", "c"], relevant="1 = 1")}, "whoever answers"),
        ({"items": [{"code": "a b", "label": {"en": "A"}}] * 3}, "code"),
        ({"items": 7}, "items"),
        ({"versions": 0}, "versions"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        BestWorstSettings.model_validate({**SETTINGS, **changes})
