"""Languages of answers, and what a text is before meaning is read into it."""

import json
import random
from collections import Counter

import pytest

from analysis.text.language import UNKNOWN, identify
from analysis.text.quality import TextKind, assess, kind_of
from analysis.text.tokens import words

TWELVE = ["ar", "de", "en", "es", "fr", "hi", "id", "pt", "ru", "sw", "tr", "zh"]

HOSTILE = {
    "empty": "",
    "emoji": "🙂🙂🙂",
    "nulls": "\x00\x00",
    "override": "\u202e\u202d",
    "lone surrogate": "\ud800",
    "digits": "2025 12 %",
    "combining marks": "\u0301" * 50,
}


def sentences(shared_data, n):
    path = shared_data / "data" / "topics" / "sib200_12lang.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return random.Random(2).sample(rows, n)


def first_words(text, n):
    return " ".join(text.split()[:n]) if " " in text else text[: 2 * n]


def test_six_words_tell_twelve_languages(shared_data):
    rows = sentences(shared_data, 400)
    found = identify([first_words(row["text"], 6) for row in rows], TWELVE)
    right = [one.language == row["lang"] for one, row in zip(found, rows, strict=True)]
    wrong = [
        one.language not in {UNKNOWN, row["lang"]} for one, row in zip(found, rows, strict=True)
    ]
    assert sum(right) / 400 > 0.95
    assert sum(wrong) / 400 < 0.01


def test_a_language_that_the_consultation_lacks_is_unknown_and_named(shared_data):
    rows = [row for row in sentences(shared_data, 400) if row["lang"] in {"de", "ru", "id"}]
    found = identify([row["text"] for row in rows], ["en", "fr", "ar"])
    assert sum(one.language == UNKNOWN for one in found) / len(rows) > 0.98
    assert (
        sum(one.outside == row["lang"] for one, row in zip(found, rows, strict=True)) / len(rows)
        > 0.9
    )


def test_the_language_somebody_answered_in_decides_short_answers_and_no_long_ones():
    short, long = "ok", "The rights of people who live beside data centres must come first."
    assert [one.language for one in identify([short], ["en", "fr"])] == [UNKNOWN]
    said = identify([short, short, long], ["en", "fr"], declared=["en", "fr", "fr"])
    assert [one.language for one in said] == ["en", "fr", "en"]


def test_tags_come_back_as_they_were_given():
    found = identify(["人工智能需要规则", "Les règles sont utiles à tous"], ["zh-Hans", "fr-CA"])
    assert [one.language for one in found] == ["zh-Hans", "fr-CA"]


def test_a_language_the_identifier_does_not_know_can_be_declared():
    found = identify(["Sanamabi baararaa"], ["en", "bm"], declared=["bm"])
    assert found[0].language == "bm"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_has_no_letters_has_no_language(text):
    found = identify([text], ["en", "ar"])[0]
    assert (found.language, found.confidence, found.outside) == (UNKNOWN, 0.0, None)


def test_mixed_scripts_go_to_the_script_of_most_letters():
    assert identify(["GPT مياه مراكز البيانات والطاقة"], ["en", "ar"])[0].language == "ar"
    assert (
        identify(["\u202eWater for all of the people\u202c مياه"], ["en", "ar"])[0].language == "en"
    )


def test_a_megabyte_and_a_hundred_thousand_copies_are_read_once():
    assert identify(["water for everyone " * 60_000], ["en", "fr"])[0].language == "en"
    found = identify(["Water is a right of all people"] * 100_000, ["en", "fr"])
    assert {one.language for one in found} == {"en"}


@pytest.mark.parametrize("languages", [[], ["en", "en-GB"]])
def test_languages_must_be_named_once(languages):
    with pytest.raises(ValueError, match="each once"):
        identify(["a"], languages)


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("N/A", "sw", TextKind.NO_COMMENT),
        ("— none —", "en", TextKind.NO_COMMENT),
        ("Néant.", "fr", TextKind.NO_COMMENT),
        ("لا يوجد", "ar", TextKind.NO_COMMENT),
        ("特になし", "ja", TextKind.NO_COMMENT),
        ("#NAME?", "en", TextKind.EMPTY),
        ("👍🙏", "en", TextKind.EMPTY),
        ("—", "en", TextKind.NO_COMMENT),
        ("Nothing to add, thank you.", "en", TextKind.NO_COMMENT),
        ("N/A - no comment", "en", TextKind.NO_COMMENT),
        ("Sin comentarios", "es", TextKind.NO_COMMENT),
        ("Sans avis", "fr", TextKind.NO_COMMENT),
        ("Keine Angabe", "de", TextKind.NO_COMMENT),
        ("لا تعليق", "ar", TextKind.NO_COMMENT),
        ("Нет.", "ru", TextKind.NO_COMMENT),
        ("无", "zh", TextKind.NO_COMMENT),
        ("None of the models should be open", "en", TextKind.USABLE),
        ("No, ban face recognition", "en", TextKind.USABLE),
        ("0", "en", TextKind.TOO_SHORT),
        ("idem", "fr", TextKind.POINTER),
        ("see above", "en", TextKind.POINTER),
        ("同上", "zh", TextKind.POINTER),
        ("Sijui", "sw", TextKind.DONT_KNOW),
        ("I don’t know", "en", TextKind.DONT_KNOW),
        ("Затрудняюсь ответить", "ru", TextKind.DONT_KNOW),
        ("不知道", "zh", TextKind.DONT_KNOW),
        ("See attached", "und", TextKind.POINTER),
        ("Voir pièce jointe", "fr", TextKind.POINTER),
        ("请见附件", "zh", TextKind.POINTER),
        ("انظر المرفق", "ar", TextKind.POINTER),
        ("Bitte siehe Anhang", "de", TextKind.POINTER),
        ("Please see response to Section 1, Q2 in the documentation", "en", TextKind.POINTER),
        ("See the federation's response", "en", TextKind.POINTER),
        ("Veuillez vous référer à notre document joint, point 2.", "fr", TextKind.POINTER),
        ("For more details, please refer to our statement, pp. 7-8", "en", TextKind.POINTER),
        ("https://example.org/a/paper.pdf", "und", TextKind.POINTER),
        ("Rules as in https://example.org/law", "en", TextKind.USABLE),
        ("Siehe angeschlossenes Dokument.", "de", TextKind.POINTER),
        ("Cfr. file allegato", "it", TextKind.POINTER),
        ("См. наш ответ", "ru", TextKind.POINTER),
        ("يرجى الاطلاع على ردنا", "ar", TextKind.POINTER),
        ("Bias", "en", TextKind.TOO_SHORT),
        # Beside what points, something is said; or nothing is.
        ("Labelling should be mandatory (see attached document)", "en", TextKind.USABLE),
        ("Strict liability for robots, see my uploaded file", "en", TextKind.USABLE),
        ("Droits des travailleurs ; voir document joint.", "fr", TextKind.USABLE),
        ("Responsabilidad civil (ver documento adjunto)", "es", TextKind.USABLE),
        ("Für eine Haftung der Hersteller. Siehe Anlage.", "de", TextKind.USABLE),
        ("Yes, please see our detailed response.", "en", TextKind.POINTER),
        ("See our paper. Details are in the annex, pp. 7-9. Thank you!", "en", TextKind.POINTER),
        ("For a detailed opinion, please refer to the attached document.", "en", TextKind.POINTER),
        (
            "500 characters are too few. Please see our position paper; see also annex 2 of it.",
            "en",
            TextKind.POINTER,
        ),
        (
            "In 500 Zeichen nicht zu beantworten. Siehe Seite 8 f. der Anlage.",
            "de",
            TextKind.POINTER,
        ),
        ("As stated above, in the health sector the approach is risk-based", "en", TextKind.USABLE),
        # To look somewhere is what these ask for, not where their answer is.
        ("We see no response from the platforms", "en", TextKind.USABLE),
        ("See what other countries do", "en", TextKind.USABLE),
        ("Nein zu künstlicher Intelligenz", "de", TextKind.USABLE),
        ("Document the training data", "en", TextKind.USABLE),
        ("Se necesita un documento que regule la IA", "es", TextKind.USABLE),
        (
            "I see a need for rules that protect workers from being watched all day",
            "en",
            TextKind.USABLE,
        ),
        ("We don't know who is liable", "en", TextKind.USABLE),
        ("No one is liable", "en", TextKind.USABLE),
        ("人工智能需要规则", "zh", TextKind.USABLE),
    ],
)
def test_texts_are_sorted_in_many_languages(text, language, kind):
    assert kind_of(text, language) is kind


def test_pointers_and_blanks_of_a_real_consultation_are_found(shared_data):
    path = shared_data / "data" / "consultations" / "eu_whitepaper_2020_texts.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    codes = {"English": "en", "German": "de", "French": "fr", "Spanish": "es", "Italian": "it"}
    found = assess(
        [r["text"] for r in rows], [codes.get(r["language"], "und") for r in rows], seed=1
    )
    attached = [
        kind
        for row, kind in zip(rows, found.kinds, strict=True)
        if len(row["text"]) < 80 and "attached" in row["text"].lower()
    ]
    assert attached.count(TextKind.POINTER) / len(attached) > 0.9
    # A few texts were damaged on their way: question marks for letters. They are no answers.
    long = [
        kind
        for row, kind in zip(rows, found.kinds, strict=True)
        if len(row["text"]) > 200 and "??" not in row["text"]
    ]
    assert set(long) <= {TextKind.USABLE, TextKind.POINTER}
    assert long.count(TextKind.USABLE) / len(long) > 0.97


def test_no_answer_of_a_real_consultation_that_says_something_is_taken_for_no_comment(shared_data):
    """What is caught holds no word that answers with content often hold, in any language."""
    path = shared_data / "data" / "consultations" / "eu_whitepaper_2020_texts.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found = assess(
        [row["text"] for row in rows],
        ["und"] * len(rows),
        seed=1,
        questions=[row["question"] for row in rows],
    )
    said = Counter(word for row in rows for word in set(words(row["text"], "und")))
    silent = {TextKind.NO_COMMENT, TextKind.EMPTY, TextKind.DONT_KNOW}
    caught = [row for row, kind in zip(rows, found.kinds, strict=True) if kind in silent]
    assert 200 <= len(caught) <= 230
    assert len({row["language"] for row in caught}) >= 8
    whole = [row["text"] for row in caught if "??" not in row["text"]]
    frequent = {word for word, count in said.items() if count >= 40 and len(word) > 3}
    of_fillers = {"none", "comments", "further", "opinion", "sure", "name", "time", "this"}
    assert {word for text in whole for word in words(text, "und")} & frequent <= of_fillers
    assert max(len(text) for text in whole) <= 25
