"""The synthetic consultation has the sizes, the skew and the disorder it promises, and valid answers."""

import re
import statistics
from collections import Counter
from difflib import SequenceMatcher
from typing import Any

import pytest

from consultation.people.classifications import SECTOR_CODES, countries
from results.demo import coding, writing
from results.demo.content import (
    PAGE_LANGUAGES,
    TEXT_LANGUAGES,
    challenge_codes,
    fragments,
    population,
    process,
    questions,
    ranked_codes,
    template,
)
from results.demo.generator import DEFAULT_SEED, SyntheticConsultation, SyntheticResponse, generate

STATES = {"answered", "skipped", "not_shown", "dont_know", "refused", "not_reached"}
REGIONS = {"african", "asia_pacific", "eastern_european", "grulac", "weog"}


@pytest.fixture(scope="module")
def consultation() -> SyntheticConsultation:
    return generate()


def texts_of(responses: tuple[SyntheticResponse, ...], code: str) -> list[writing.SyntheticText]:
    return [response.texts[code] for response in responses if code in response.texts]


def mean_rating(consultation: SyntheticConsultation, challenge: str, **group: str) -> float:
    values = []
    for response in consultation.rounds[0]:
        person = consultation.respondents[response.respondent]
        answer = response.answers[f"importance_{challenge}"]
        belongs = all(getattr(person, name) == wanted for name, wanted in group.items())
        if belongs and answer["state"] == "answered":
            values.append(answer["value"])
    return statistics.fmean(values)


def test_three_rounds_have_their_sizes_and_nobody_answers_a_round_twice(consultation):
    assert [len(responses) for responses in consultation.rounds] == [600, 420, 300]
    for responses in consultation.rounds:
        assert len({response.respondent for response in responses}) == len(responses)
    first, second, third = (
        {response.respondent for response in responses} for responses in consultation.rounds
    )
    assert len(second & first) == 370
    assert third < second
    assert set(consultation.respondents) == first | second


def test_the_same_seed_gives_the_same_consultation_and_another_seed_another(consultation):
    again = generate(DEFAULT_SEED)
    assert again == consultation
    assert generate(1) != consultation


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sizes_and_spread_do_not_hang_on_one_lucky_seed(seed):
    drawn = generate(seed)
    assert [len(responses) for responses in drawn.rounds] == [600, 420, 300]
    people = [drawn.respondents[response.respondent] for response in drawn.rounds[0]]
    assert len({person.country for person in people if person.country}) >= 70


def test_round_1_reaches_many_countries_and_every_sector_and_misses_the_targets(consultation):
    people = [consultation.respondents[entry.respondent] for entry in consultation.rounds[0]]
    assert len({person.country for person in people if person.country}) >= 70
    assert {person.sector for person in people} == {*SECTOR_CODES, None}
    shares = Counter(person.region for person in people if person.region)
    known = shares.total()
    targets = template()["targets"]["region"]
    assert set(shares) == REGIONS
    assert shares["weog"] / known > targets["weog"] + 0.1
    assert shares["african"] / known < targets["african"] - 0.05
    unknown = sum(person.country is None or person.sector is None for person in people)
    assert 0.06 <= unknown / len(people) <= 0.11


def test_opinions_differ_by_region_and_by_sector_so_that_breakdowns_show_something(consultation):
    assert mean_rating(consultation, "access_divide", region="african") > 1 + mean_rating(
        consultation, "access_divide", region="weog"
    )
    assert mean_rating(consultation, "frontier_risk", region="weog") > 0.5 + mean_rating(
        consultation, "frontier_risk", region="african"
    )
    assert mean_rating(consultation, "market_power", sector="civil_society") > 0.5 + mean_rating(
        consultation, "market_power", sector="industry"
    )


def test_answers_follow_the_order_and_the_codes_of_their_questionnaire(consultation):
    for number, responses in enumerate(consultation.rounds, start=1):
        codes = [question["code"] for question in questions(number)]
        for response in responses:
            assert response.round_number == number
            assert list(response.answers) == codes


def is_valid(question: dict[str, Any], value: Any) -> bool:
    settings = question["settings"]
    options = [option["code"] for option in settings.get("options", [])]
    items = [item["code"] for item in settings.get("items", [])]
    kind = question["kind"]
    if kind in {"multiple_choice", "ranking"} and not (
        isinstance(value, list) and value and len(set(value)) == len(value)
    ):
        return False
    checks = {
        "consent": lambda: value is True,
        "sector": lambda: value in SECTOR_CODES,
        "country": lambda: value in countries(),
        "single_choice": lambda: value in options,
        "multiple_choice": lambda: (
            set(value) <= set(options)
            and len(value) <= settings.get("max_choices", len(options))
            and (len(value) == 1 or not set(value) & set(settings.get("exclusive", [])))
        ),
        "rating_scale": lambda: type(value) is int and 1 <= value <= settings["points"],
        "ranking": lambda: set(value) <= set(items) and len(value) <= settings["top"],
        "short_text": lambda: bool(value.strip()) and len(value) <= settings["max_length"],
        "long_text": lambda: bool(value.strip()) and len(value) <= settings["max_length"],
    }
    return checks[kind]()


def test_every_value_is_valid_for_its_question_and_required_ones_are_answered(consultation):
    for number, responses in enumerate(consultation.rounds, start=1):
        asked = {question["code"]: question for question in questions(number)}
        for response in responses:
            for code, answer in response.answers.items():
                assert set(answer) == {"state", "value"}
                assert answer["state"] in STATES
                if answer["state"] == "answered":
                    assert is_valid(asked[code], answer["value"]), (code, answer)
                else:
                    assert answer["value"] is None
                    assert not asked[code]["required"]


def test_ratings_hold_blanks_and_no_opinions_and_rankings_are_partial(consultation):
    states = Counter(
        answer["state"]
        for response in consultation.rounds[0]
        for code, answer in response.answers.items()
        if code.startswith("importance_")
    )
    assert states["skipped"] > 200
    assert states["dont_know"] > 200
    lengths = Counter(
        len(response.answers["ranking"]["value"])
        for response in consultation.rounds[1]
        if response.answers["ranking"]["state"] == "answered"
    )
    assert set(lengths) == set(range(1, 8))
    assert lengths[7] < 0.5 * lengths.total()


def test_texts_stand_in_the_answers_with_what_is_known_of_them(consultation):
    for responses in consultation.rounds:
        for response in responses:
            for code, text in response.texts.items():
                assert response.answers[code] == {"state": "answered", "value": text.text}
                assert text.language in TEXT_LANGUAGES
                assert text.challenge is None or text.challenge in challenge_codes()


def test_the_open_question_is_answered_in_six_languages_in_hundreds_of_ways(consultation):
    found = texts_of(consultation.rounds[0], "pressing_challenge")
    plain = [text.text for text in found if text.kind == writing.PLAIN]
    assert len(found) > 450
    assert len(set(plain)) > 350
    languages = Counter(text.language for text in found)
    assert set(languages) == set(TEXT_LANGUAGES)
    assert min(languages.values()) >= 10
    assert languages["en"] < 0.75 * len(found)


def test_disorder_is_there_vague_off_topic_mixed_and_elsewhere(consultation):
    kinds = Counter(text.kind for text in texts_of(consultation.rounds[0], "pressing_challenge"))
    assert kinds[writing.VAGUE] >= 15
    assert kinds[writing.OFF_TOPIC] >= 5
    assert kinds[writing.MIXED] >= 10
    assert kinds[writing.POSITION_PAPER] >= 5
    assert kinds[writing.DUPLICATE] == 5


def test_one_campaign_of_near_identical_texts_arrives_within_three_days(consultation):
    signed = [
        response
        for response in consultation.rounds[0]
        if "pressing_challenge" in response.texts
        and response.texts["pressing_challenge"].kind == writing.CAMPAIGN
    ]
    assert len(signed) == 35
    assert max(entry.day for entry in signed) - min(entry.day for entry in signed) <= 2
    texts = [entry.texts["pressing_challenge"].text for entry in signed]
    assert len(set(texts)) > 5
    ratios = [
        SequenceMatcher(None, texts[0].split(), other.split(), autojunk=False).ratio()
        for other in texts[1:]
    ]
    assert min(ratios) > 0.6
    assert statistics.fmean(ratios) > 0.8


def test_a_repeat_copies_the_answers_of_another_response(consultation):
    by_answers = Counter(str(response.answers) for response in consultation.rounds[0])
    assert sorted(by_answers.values())[-6:] == [1, 2, 2, 2, 2, 2]


def test_fragments_cover_every_challenge_in_every_language_without_repeating():
    for language in TEXT_LANGUAGES:
        document = fragments(language)
        assert set(document["challenges"]) == set(challenge_codes())
        sentences = [
            sentence
            for parts in document["challenges"].values()
            for name in ("concerns", "reasons", "asks")
            for sentence in parts[name]
        ]
        assert len(sentences) == len(set(sentences))
        for name in (writing.VAGUE, writing.OFF_TOPIC, writing.POSITION_PAPER, "roles"):
            assert document[name]


@pytest.mark.parametrize(
    ("language", "script"), [("ar", r"[\u0600-\u06ff]"), ("zh", r"[\u4e00-\u9fff]")]
)
def test_fragments_are_written_in_the_script_of_their_language(language, script):
    for parts in fragments(language)["challenges"].values():
        for sentences in parts.values():
            assert all(re.search(script, sentence) for sentence in sentences)
            assert not [sentence for sentence in sentences if re.search("[A-Za-z]{3}", sentence)]


def test_the_dialogue_brings_notes_of_one_region_from_several_sectors_and_languages(consultation):
    notes = consultation.dialogue_notes
    assert len(notes) == 12
    assert {note.region for note in notes} == {"african"}
    assert len({note.sector for note in notes}) >= 6
    assert {note.language for note in notes} == {"en", "fr", "ar", "pt"}
    for note in notes:
        assert countries()[note.country].un_group == "african"
        assert note.sector in SECTOR_CODES
        assert note.challenge in challenge_codes()


def test_the_committee_has_letters_for_names_and_no_sector_holds_a_majority(consultation):
    seats = consultation.committee
    assert all(re.fullmatch(r"Committee member [A-L]", seat.name) for seat in seats)
    assert len({seat.name for seat in seats}) == 12
    assert max(Counter(seat.sector for seat in seats).values()) <= 3
    assert {seat.region for seat in seats} == REGIONS
    assert all(seat.sector in SECTOR_CODES for seat in seats)


def test_hints_can_be_read_in_every_page_language(consultation):
    assert len(consultation.hints) == 2
    for texts in consultation.hints.values():
        assert set(texts) == set(PAGE_LANGUAGES)


def test_figures_speak_of_challenges_sectors_countries_and_options_that_exist():
    figures = population()
    assert set(figures["base"]) == set(challenge_codes()) == set(figures["working_groups"])
    assert set(figures["sector_shares"]) == set(figures["sector_effects"]) == set(SECTOR_CODES)
    assert set(figures["group_shares"]) == set(figures["region_effects"]) == REGIONS
    for effects in [*figures["sector_effects"].values(), *figures["region_effects"].values()]:
        assert set(effects) <= set(challenge_codes())
    for group, weights in figures["countries"].items():
        assert {countries()[code].un_group for code in weights} == {group}
    drawn = {code for weights in figures["countries"].values() for code in weights}
    assert set(figures["text_language"]) <= drawn
    items = {q["code"] for q in questions(3) if q["kind"] == "rating_scale"} - {"agenda_reflects"}
    assert set(figures["agenda_support"]) == items
    assert set(ranked_codes()) < set(challenge_codes())
    assert process()["campaign"]["challenge"] in challenge_codes()


def test_the_invented_coders_know_again_what_a_text_was_put_together_from(consultation):
    written = [
        text
        for responses in consultation.rounds
        for response in responses
        for text in response.texts.values()
        if text.challenge
    ]
    found = [coding.themes_of(text.text, text.language) for text in written]
    known = sum(text.challenge in raised for text, raised in zip(written, found, strict=True))
    assert known >= 0.97 * len(written)
    # A text was put together from the sentences of two challenges, seldom of three.
    assert sum(len(raised) > 3 for raised in found) <= 0.01 * len(found)


def test_what_speaks_of_no_challenge_is_coded_with_none():
    assert coding.themes_of("I like the colour of the logo.", "en") == set()
    assert coding.themes_of("", "und") == set()
