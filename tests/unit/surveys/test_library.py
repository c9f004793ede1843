"""The questionnaires and the template that ship with the engine are complete and agree with each other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LIBRARY = sorted((ROOT / "surveys" / "library").glob("*.json"))
TEMPLATE = ROOT / "consultation" / "process" / "templates" / "summit_preparation.json"
KINDS = {
    "single_choice",
    "multiple_choice",
    "rating_scale",
    "ranking",
    "short_text",
    "long_text",
    "country",
    "sector",
    "consent",
}


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def questions(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for section in document["sections"] for entry in section["questions"]]


def texts(node: object) -> Iterator[dict[str, str]]:
    """Every text by language in a document, wherever it stands."""
    if isinstance(node, dict):
        if "en" in node and all(isinstance(value, str) for value in node.values()):
            yield node
        else:
            for value in node.values():
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def test_the_library_holds_a_questionnaire_for_each_round_of_the_template():
    names = {path.stem for path in LIBRARY}
    assert names == {entry["questionnaire"] for entry in load(TEMPLATE)["rounds"]}


@pytest.mark.parametrize("path", [*LIBRARY, TEMPLATE], ids=lambda path: path.stem)
def test_every_text_is_there_in_every_language(path):
    found = list(texts(load(path)))
    assert len(found) > 20
    for text in found:
        assert set(text) == {"en", "fr", "ar"}, text
        assert all(value.strip() == value and value for value in text.values()), text


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_codes_are_unique_without_regard_to_case(path):
    document = load(path)
    for found in (document["sections"], questions(document)):
        codes = [entry["code"].casefold() for entry in found]
        assert len(codes) == len(set(codes))
    for question in questions(document):
        assert question["kind"] in KINDS
        for name in ("options", "items"):
            codes = [entry["code"].casefold() for entry in question["settings"].get(name, [])]
            assert len(codes) == len(set(codes))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_consent_comes_first_and_only_consent_and_quoting_are_required(path):
    asked = questions(load(path))
    assert asked[0]["kind"] == "consent"
    assert {entry["code"] for entry in asked if entry["required"]} == {"consent", "may_quote"}


def test_questionnaires_speak_of_the_challenges_of_the_template():
    challenges = load(TEMPLATE)["challenges"]
    by_name = {path.stem: load(path) for path in LIBRARY}
    rated = [
        question["code"].removeprefix("importance_")
        for question in questions(by_name["summit_round_1"])
        if question["code"].startswith("importance_")
    ]
    assert rated == [entry["code"] for entry in challenges]
    ranked = [entry["code"] for entry in challenges if entry["ranked"]]
    for name in ("summit_round_2", "summit_round_3"):
        ranking = next(q for q in questions(by_name[name]) if q["code"] == "ranking")
        assert [item["code"] for item in ranking["settings"]["items"]] == ranked
        assert ranking["settings"]["top"] == 7
    assert len(ranked) == 12


def test_phases_follow_each_other_and_every_round_lies_in_its_phase():
    template = load(TEMPLATE)
    phases = {phase["kind"]: phase for phase in template["phases"]}
    end = 0
    for phase in template["phases"]:
        assert phase["starts_after_days"] >= end
        end = phase["starts_after_days"] + phase["days"]
    for entry in template["rounds"]:
        phase = phases[entry["phase"]]
        assert entry["starts_after_days"] >= phase["starts_after_days"]
        assert (
            entry["starts_after_days"] + entry["days"] <= phase["starts_after_days"] + phase["days"]
        )


def test_target_shares_add_up_to_one():
    for shares in load(TEMPLATE)["targets"].values():
        assert sum(shares.values()) == pytest.approx(1)
