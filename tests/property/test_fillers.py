"""No comment is said by a whole answer or not at all, however it is written."""

import json
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.pointers import without_pointers
from analysis.text.quality import TextKind, kind_of, yes_no_questions

CALM = settings(deadline=None, max_examples=100)
LISTED = json.loads(files("analysis.text").joinpath("fillers.json").read_text(encoding="utf-8"))
SILENT = sorted(
    {
        phrase
        for section in ("no_comment", "no")
        for own in LISTED[section].values()
        for phrase in own
    }
)
BARE = sorted({phrase for own in LISTED["no"].values() for phrase in own})
CONTENT = (
    "workers",
    "datos",
    "Überwachung",
    "Énergie",
    "العمل",
    "безработица",
    "隐私",
    "プライバシー",
    "규제",
    "ความเป็นส่วนตัว",
    "mahremiyet",
    "prywatność",
)
LANGUAGES = (
    "en",
    "fr",
    "ar",
    "es",
    "ru",
    "zh",
    "de",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "th",
    "tr",
)
AROUND = st.sampled_from(["", " ", ".", " .", "!", "…", "\n", "\u202e", "\u200b", "\t", "“", ")"])


@CALM
@given(st.sampled_from(SILENT), AROUND, AROUND, st.sampled_from((*LANGUAGES, "und")), st.booleans())
def test_how_it_is_written_and_in_which_form_changes_nothing(phrase, before, after, language, loud):
    written = (
        f"{before}{phrase.upper() if loud and phrase.upper().lower() == phrase else phrase}{after}"
    )
    assert kind_of(written, language) is TextKind.NO_COMMENT


@CALM
@given(
    st.sampled_from(SILENT),
    st.sampled_from(CONTENT),
    st.sampled_from([" ", ", ", ". ", ": ", " - ", "\n"]),
    st.booleans(),
    st.sampled_from((*LANGUAGES, "und")),
)
def test_a_word_of_content_before_or_after_makes_it_an_answer(phrase, word, seam, first, language):
    written = f"{word}{seam}{phrase}" if first else f"{phrase}{seam}{word}"
    kind = kind_of(written, language)
    assert kind in {TextKind.USABLE, TextKind.TOO_SHORT, TextKind.POINTER}


@CALM
@given(st.lists(st.sampled_from(SILENT), min_size=2, max_size=3), st.sampled_from(LANGUAGES))
def test_several_of_them_say_no_more_than_one(phrases, language):
    written = ". ".join(phrases)
    if len(written) <= 60 and not any(". " in phrase for phrase in phrases):
        assert kind_of(written, language) is TextKind.NO_COMMENT


@CALM
@given(st.sampled_from(BARE), st.sampled_from(LANGUAGES))
def test_no_is_an_answer_where_yes_is_one(word, language):
    asked = yes_no_questions(["Yes", word, word], ["ban"] * 3)
    assert asked == {"ban"}
    assert kind_of(word, language, is_yes_no=True) is TextKind.TOO_SHORT
    assert yes_no_questions([word] * 50 + ["yes"], ["other"] * 51) == frozenset()


@CALM
@given(st.text(max_size=200), st.sampled_from((*LANGUAGES, "und")))
def test_a_text_with_letters_is_never_called_empty(text, language):
    kind = kind_of(text, language)
    assert kind is kind_of(text, language)
    is_of_a_program = text.strip().lower().strip("#") in {"nan", "null", "undefined", "n/a"}
    if any(map(str.isalnum, text)) and not is_of_a_program:
        assert kind is not TextKind.EMPTY


@CALM
@given(st.text(max_size=300), st.sampled_from((*LANGUAGES, "und")))
def test_what_is_not_read_leaves_every_other_letter_in_its_place(text, language):
    found = without_pointers(text, language)
    assert len(found) == len(text)
    assert all(new in {old, " "} for old, new in zip(text, found, strict=True))


@CALM
@given(
    st.sampled_from(
        [
            ("{} (see attached document for further details).", "en"),
            ("{}, please see our position paper.", "en"),
            ("See our response in the annex. {}", "en"),
            ("{} ; voir document joint.", "fr"),
            ("{}. Siehe Seite 7 der Anlage.", "de"),
            ("{} (ver documento adjunto)", "es"),
            ("{}. См. приложение.", "ru"),
            ("{} https://example.org/paper.pdf", "en"),
        ]
    ),
    st.lists(st.sampled_from(["rights", "workers", "strict", "liability"]), min_size=2, max_size=6),
)
def test_an_answer_is_read_without_its_pointer_and_kept_for_what_it_says(shape, said):
    pattern, language = shape
    text = pattern.format(" ".join(said))
    assert kind_of(text, language) is TextKind.USABLE
    left = without_pointers(text, language).split()
    assert [word.strip(".,;)") for word in left if word.strip(".,;)(")] == said


def test_a_mere_pointer_stays_to_be_counted_as_one():
    for text in ("see attachment", "Yes, please see our paper attached.", "https://example.org/a"):
        assert without_pointers(text, "en") == text
