"""Changes of a questionnaire as pure functions, settings as forms, conditions as words."""

import json
from typing import Literal

import pytest
from pydantic import Field, field_validator

from core.errors import Conflict, Invalid, NotFound
from core.forms import BaseForm
from surveys import instruments
from surveys.documents import Section, Texts, document_hash, read_document
from surveys.editing import changes, codes, conditions, library, options, settings, translation
from surveys.editing.conditions import Test as Ask
from surveys.logic import parse
from surveys.preflight import Severity, findings
from surveys.questions import REGISTRY
from surveys.questions.base import Option, Settings, unique_codes


def question(code, kind="short_text", **values):
    return {"code": code, "kind": kind, "label": {"en": code.title()}, **values}


def choice(code, *answers, **values):
    entries = [{"code": answer, "label": {"en": answer.title()}} for answer in answers]
    return question(code, "single_choice", settings={"options": entries}, **values)


def document(*sections, **values):
    return read_document(
        {
            "title": {"en": "T"},
            "default_language": "en",
            "languages": ["en", "fr"],
            "sections": [
                {"code": code, "title": {"en": code}, "questions": list(asked)}
                for code, *asked in sections
            ],
            **values,
        }
    )


def order(found):
    return [[question.code for question in section.questions] for section in found.sections]


TWO = document(("one", question("a"), question("b")), ("two", question("c")))


# Order -------------------------------------------------------------------------------------------


def test_a_question_moves_within_its_page_and_over_its_edges():
    assert order(changes.move_question(TWO, "b", -1)) == [["b", "a"], ["c"]]
    assert order(changes.move_question(TWO, "b", 1)) == [["a"], ["b", "c"]]
    assert order(changes.move_question(TWO, "c", -1)) == [["a", "b", "c"], []]
    assert order(changes.move_question(TWO, "a", -1)) == [["a", "b"], ["c"]]
    assert order(changes.move_question(TWO, "c", 1)) == [["a", "b"], ["c"]]


def test_a_question_moves_to_the_end_of_another_page():
    assert order(changes.move_question_to(TWO, "a", "two")) == [["b"], ["c", "a"]]
    assert order(changes.move_question_to(TWO, "a", "one")) == [["a", "b"], ["c"]]
    with pytest.raises(NotFound):
        changes.move_question_to(TWO, "a", "three")


def test_pages_move_and_stop_at_the_ends():
    assert [s.code for s in changes.move_section(TWO, "one", 1).sections] == ["two", "one"]
    assert changes.move_section(TWO, "one", -1) == TWO


def test_a_changed_document_knows_its_questions_anew():
    assert "a" in TWO.by_code
    assert set(changes.delete_question(TWO, "a").by_code) == {"b", "c"}


# Copies ------------------------------------------------------------------------------------------


def test_a_copied_question_stands_behind_with_a_free_code_that_was_never_asked():
    copied, code = changes.duplicate_question(TWO, "a", {"A_2"})
    assert code == "a_3"
    assert order(copied) == [["a", "a_3", "b"], ["c"]]


def test_conditions_in_a_copied_page_speak_of_the_copies():
    source = document(
        ("one", question("outside")),
        (
            "two",
            choice("a", "x", "y", relevant="${outside} != ''"),
            question("b", relevant="${a} = 'x'", hint={"en": "You said ${a}."}),
        ),
    )
    copied = changes.duplicate_section(source, "two", ())
    section = copied.sections[2]
    assert section.code == "two_2"
    assert [q.code for q in section.questions] == ["a_2", "b_2"]
    assert section.questions[0].relevant == "${outside} != ''"
    assert section.questions[1].relevant == "${a_2} = 'x'"
    assert section.questions[1].hint == {"en": "You said ${a_2}."}
    assert copied.sections[1] == source.sections[1]


# References --------------------------------------------------------------------------------------

SPOKEN_OF = document(
    ("one", choice("a", "x", "y"), question("amount")),
    (
        "two",
        question("b", relevant="${a} = 'x'"),
        question("c", label={"en": "About ${ a }", "fr": "Sur ${a}"}),
        question("sum", "calculated", settings={"calculation": "${amount} * 2"}),
        choice("d", "x", "y", constraint="not(${a} = .)"),
        question(
            "e",
            "multiple_choice",
            settings={
                "options": [
                    {"code": "x", "label": {"en": "X"}, "relevant": "${a} = 'y'"},
                    {"code": "y", "label": {"en": "As in ${a}"}},
                ]
            },
        ),
    ),
    quotas=[{"code": "q", "condition": "${a} = 'x'", "limit": 3}],
)


def test_every_place_that_speaks_of_a_question_is_found():
    places = {mention.place for mention in changes.mentions(SPOKEN_OF, "a")}
    assert places == {"b", "c", "d", "e", "q"}
    assert [m.place for m in changes.mentions(SPOKEN_OF, "amount")] == ["sum"]


def test_a_question_that_others_speak_of_is_not_deleted_and_they_are_named():
    with pytest.raises(Conflict) as refused:
        changes.delete_question(SPOKEN_OF, "a")
    for place in ("b (relevant)", "c (label)", "d (constraint)", "q (condition)"):
        assert place in refused.value.message
    assert "b" not in changes.delete_question(SPOKEN_OF, "b").by_code


def test_a_page_goes_only_if_nothing_outside_speaks_of_its_questions():
    with pytest.raises(Conflict, match="b"):
        changes.delete_section(SPOKEN_OF, "one")
    without_two = changes.delete_section(SPOKEN_OF, "two")
    assert [section.code for section in without_two.sections] == ["one"]


def test_a_renamed_question_takes_everything_that_speaks_of_it_along():
    renamed = changes.rename_question(SPOKEN_OF, "a", "answer")
    raw = json.dumps(changes.stored(renamed))
    assert "${a}" not in raw
    assert "${ a }" not in raw
    assert raw.count("${answer}") == 7
    assert {m.place for m in changes.mentions(renamed, "answer")} == {"b", "c", "d", "e", "q"}
    assert renamed.by_code["sum"].settings == {"calculation": "${amount} * 2"}
    back = changes.rename_question(renamed, "answer", "a")
    assert changes.mentions(back, "a") == changes.mentions(SPOKEN_OF, "a")


@pytest.mark.parametrize(
    ("new", "words"),
    [("1st", "starts with a letter"), ("B", "Another question"), ("a b", "starts with")],
)
def test_a_bad_or_taken_code_is_refused_at_its_field(new, words):
    with pytest.raises(Invalid, match=words) as refused:
        changes.rename_question(SPOKEN_OF, "a", new)
    assert refused.value.field == "code"


def test_only_the_case_of_a_code_may_change():
    assert "A" in changes.rename_question(SPOKEN_OF, "a", "A").by_code


def test_the_question_that_decides_on_quotations_keeps_its_code():
    with pytest.raises(Invalid, match="quoted"):
        changes.rename_question(document(("one", choice("may_quote", "x"))), "may_quote", "m")


# What is stored ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", instruments.library_names())
def test_what_is_stored_reads_back_as_the_same_document(name):
    read = read_document(instruments.ready_document(name))
    again = changes.stored(read)
    assert read_document(again) == read
    assert document_hash(changes.stored(read_document(again))) == document_hash(again)


# Codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Which group do you mainly belong to?", "group_mainly_belong"),
        ("À quel groupe appartenez-vous ?", "groupe_appartenez"),
        ("Wie groß ist Ihr Büro?", "wie_gross_ist_ihr"),
        ("ما عملكم؟", "q1"),
        ("你好", "q1"),
        ("2030?", "q1"),
        ("How?", "how"),
        ("Supercalifragilisticexpialidociousness" * 2, "supercalifragilisticexpialidocio"),
    ],
)
def test_a_code_is_made_of_the_telling_words(label, code):
    assert codes.suggested(label, set(), "q") == code


def test_a_suggested_code_is_free_without_regard_to_case():
    assert codes.suggested("Sector", {"SECTOR", "sector_2"}, "q") == "sector_3"
    assert codes.suggested("？", {"Q1"}, "q") == "q2"


# Options as lines --------------------------------------------------------------------------------

KNOWN = [
    {"code": "y", "label": {"en": "Yes", "fr": "Oui"}, "is_anchored": True},
    {"code": "n", "label": {"en": "No", "fr": "Non"}, "relevant": "${a} = 1"},
]


def test_lines_show_codes_and_words_and_read_back_unchanged():
    text = options.as_lines(KNOWN, "en")
    assert text == "y | Yes\nn | No"
    assert options.from_lines(text, KNOWN, "en") == KNOWN


def test_lines_keep_translations_conditions_and_places():
    found = options.from_lines("n | Not at all\r\n\r\ny | Yes | of course", KNOWN, "en")
    assert found[0] == {**KNOWN[1], "label": {"en": "Not at all", "fr": "Non"}}
    assert found[1]["label"]["en"] == "Yes | of course"
    assert found[1]["is_anchored"]


def test_a_line_without_a_code_gets_one():
    found = options.from_lines("Yes\nMaybe so\nغير ذلك\n5\nmaybe | Other", KNOWN, "en")
    assert [entry["code"] for entry in found] == ["y", "maybe_2", "o1", "5", "maybe"]
    assert found[0] == KNOWN[0]


def test_a_code_given_up_under_the_same_words_is_noticed():
    after = options.from_lines("yes | Yes\nn | Never", KNOWN, "en")
    assert after[0]["label"] == {"en": "Yes", "fr": "Oui"}
    assert options.recoded(KNOWN, after, "en") == ["y"]
    assert options.recoded(KNOWN, options.from_lines("n | No\nz | Zoo", KNOWN, "en"), "en") == []


def test_steps_stop_at_the_ends():
    assert options.stepped(KNOWN, "up", "y") == KNOWN
    assert options.stepped(KNOWN, "down", "y") == [KNOWN[1], KNOWN[0]]
    assert options.stepped(KNOWN, "remove", "y") == [KNOWN[1]]
    assert options.stepped(KNOWN, "up", "nobody") == KNOWN


# Settings ----------------------------------------------------------------------------------------


class Every(Settings):
    """One setting of each shape."""

    options: tuple[Option, ...] = Field(min_length=2)
    whole: int = Field(default=5, ge=2, le=9)
    perhaps: float | None = None
    on: bool = True
    off: bool = False
    which: Literal["all", "any"] = "all"
    codes: tuple[str, ...] = ()
    words: Texts = Field(default_factory=dict)
    plan: tuple[tuple[str, ...], ...] = ()

    _codes = field_validator("options")(unique_codes)


def form_of(model, stored, data=None):
    """The form as a page shows it, or as it comes back with some inputs changed."""
    made = type("F", (BaseForm,), settings.form_fields(model, stored, "en"))
    shown = settings.shown_data(model, stored, "en")
    return made(formdata=None, data={**shown, **(data or {})})


def through_form(model, stored, data=None):
    form = form_of(model, stored, data)
    return settings.checked(model, settings.typed(model, form, stored, "en"), "en")


def test_each_kind_of_setting_has_its_input():
    assert {one.name: one.shown.value for one in settings.settings_in(Every)} == {
        "options": "options",
        "whole": "number",
        "perhaps": "number",
        "on": "flag",
        "off": "flag",
        "which": "choice",
        "codes": "codes",
        "words": "texts",
        "plan": "kept",
    }


LISTED = {"options": KNOWN}


@pytest.mark.usefixtures("page")
def test_number_fields_say_their_limits():
    shown = form_of(Every, LISTED)
    assert 'min="2"' in shown["set_whole"]()
    assert 'max="9"' in shown["set_whole"]()
    assert 'step="any"' in shown["set_perhaps"]()
    assert "set_plan" not in shown


@pytest.mark.usefixtures("page")
def test_settings_come_back_with_their_types_and_defaults_stay_unsaid():
    typed = {"set_whole": "7", "set_perhaps": "1.5", "set_on": False, "set_off": True}
    done = through_form(Every, LISTED, {**typed, "set_codes": "a, b", "set_words": "W\r\nw"})
    assert done.problems == {}
    assert done.settings == {
        **LISTED,
        "whole": 7,
        "perhaps": 1.5,
        "on": False,
        "off": True,
        "which": "all",
        "codes": ["a", "b"],
        "words": {"en": "W\nw"},
    }
    again = through_form(Every, done.settings)
    assert again.settings == done.settings


@pytest.mark.usefixtures("page")
def test_an_emptied_text_leaves_its_translations():
    stored = {**LISTED, "words": {"en": "Words", "fr": "Mots"}}
    assert through_form(Every, stored, {"set_words": ""}).settings["words"] == {"fr": "Mots"}


@pytest.mark.usefixtures("page")
def test_what_a_form_cannot_show_is_kept_until_somebody_says_otherwise():
    stored = {**LISTED, "plan": [["a", "b"]]}
    assert through_form(Every, stored).settings["plan"] == [["a", "b"]]
    assert "plan" not in through_form(Every, stored, {"set_plan": False}).settings


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"set_whole": "12"}, "set_whole", "9 or less"),
        ({"set_whole": "1"}, "set_whole", "2 or more"),
        ({"set_whole": "five"}, "set_whole", "whole number"),
        ({"set_perhaps": "five"}, "set_perhaps", "Enter a number"),
        ({"set_options": "y | Yes"}, "set_options", "at least 2"),
        ({"set_options": "y | Yes\na b | No"}, "set_options", "Line 2"),
        ({"set_options": "y | Yes\nY | No"}, "set_options", "used twice"),
        ({"set_options": "y | Yes\nn |"}, "set_options", "Line 2: the words in English"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(typed, field, words):
    problems = through_form(Every, LISTED, typed).problems
    assert list(problems) == [field]
    assert words in " ".join(problems[field])


def example(kind):
    """Settings of a type with as much in them as it takes."""
    entries = [{"code": code, "label": {"en": code, "fr": f"{code} fr"}} for code in "abcd"]
    found = {}
    for setting in settings.settings_in(REGISTRY[kind].settings):
        if setting.shown is settings.Shown.OPTIONS:
            found[setting.name] = entries
        elif setting.shown is settings.Shown.FLAG:
            found[setting.name] = True
        elif setting.shown is settings.Shown.TEXTS:
            found[setting.name] = {"en": "Words", "fr": "Mots"}
        elif setting.name in settings.EXPRESSIONS:
            found[setting.name] = "1 + 1"
    return found


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("kind", REGISTRY)
def test_every_type_has_a_form_that_gives_its_settings_back(kind):
    model, stored = REGISTRY[kind].settings, example(kind)
    done = through_form(model, stored)
    assert done.problems == {}
    assert model.model_validate(done.settings) == model.model_validate(stored)
    assert set(done.settings) >= {name for name in stored if stored[name] is not True}
    kept = [one.name for one in settings.settings_in(model) if one.shown is settings.Shown.KEPT]
    assert set(kept) <= {"design"}, "this setting can be changed in no form"


# Conditions --------------------------------------------------------------------------------------

ASKED = document(
    (
        "one",
        choice("group", "state", "firm"),
        question("age", "number"),
        question(
            "tools",
            "multiple_choice",
            settings={"options": [{"code": "x", "label": {"en": "An X", "fr": "Un X"}}]},
        ),
        question("why", "long_text"),
        question("country", "country"),
        question("scale", "rating_scale", settings={"points": 5}),
        question("agree", "consent"),
    )
)


@pytest.mark.parametrize(
    ("code", "test", "value", "written", "words"),
    [
        ("group", Ask.IS, "state", "${group} = 'state'", "“Group” is “State”"),
        ("group", Ask.IS_NOT, "state", "${group} != 'state'", "“Group” is not “State”"),
        ("tools", Ask.INCLUDES, "x", "selected(${tools}, 'x')", "“Tools” includes “An X”"),
        (
            "tools",
            Ask.EXCLUDES,
            "x",
            "not(selected(${tools}, 'x'))",
            "“Tools” does not include “An X”",
        ),
        ("age", Ask.MORE, "17", "${age} > 17", "“Age” is more than 17"),
        ("age", Ask.AT_MOST, "-1.5", "${age} <= -1.5", "“Age” is at most -1.5"),
        ("why", Ask.ANSWERED, "", "${why} != ''", "“Why” was answered"),
        ("why", Ask.OPEN, "", "${why} = ''", "“Why” was left open"),
        ("country", Ask.IS, "KE", "${country} = 'KE'", "“Country” is “Kenya”"),
        (".", Ask.AT_LEAST, "3", ". >= 3", "“the answer” is at least 3"),
        ("group", Ask.IS, "it's", '${group} = "it\'s"', "“Group” is “it's”"),
    ],
)
def test_a_condition_is_written_and_read_back_in_words(code, test, value, written, words):
    source = conditions.written(code, test, value)
    assert source == written
    assert conditions.fault_of(source, ASKED.by_code) == ""
    assert conditions.in_words(source, ASKED, "en") == words


@pytest.mark.parametrize(
    ("test", "value"),
    [(Ask.IS, " "), (Ask.IS, "'\""), (Ask.MORE, "many"), (Ask.LESS, "2027-01")],
)
def test_a_value_that_makes_no_condition_is_refused(test, value):
    with pytest.raises(Invalid) as refused:
        conditions.written("age", test, value)
    assert refused.value.field == "when_value"


def test_joined_conditions_mean_what_they_say():
    first, second = "${a} = 1", "${b} = 2"
    assert conditions.joined("", first, "and") == first
    both = conditions.joined(first, second, "or")
    assert both == "${a} = 1 or ${b} = 2"
    assert conditions.joined(both, "${c} = 3", "or") == "${a} = 1 or ${b} = 2 or ${c} = 3"
    three = conditions.joined(both, "${c} = 3", "and")
    assert three == "(${a} = 1 or ${b} = 2) and ${c} = 3"
    assert parse(three).root.operator == "and"


def test_what_words_cannot_say_stays_a_formula():
    mixed = "(${group} = 'state' or ${age} > 3) and ${why} != ''"
    assert conditions.in_words(mixed, ASKED, "en") == mixed
    assert conditions.in_words("count-selected(${tools}) > 1", ASKED, "en").startswith("count")
    assert conditions.in_words("${group} =", ASKED, "en") == "${group} ="
    both = "${group} = 'state' and ${age} > 3"
    assert conditions.in_words(both, ASKED, "en") == "“Group” is “State” and “Age” is more than 3"


@pytest.mark.parametrize(
    ("source", "place", "words"),
    [
        ("${group} = ", 12, "the end"),
        ("${nobody} = 1", 1, "no question “nobody”"),
        ("${group} = 'x", 12, "quotation mark"),
        ("1 + frob(2)", 5, "frob"),
    ],
)
def test_a_fault_names_its_character(source, place, words):
    fault = conditions.fault_of(source, ASKED.by_code)
    assert f"character {place}," in fault
    assert words in fault


def test_what_may_be_asked_follows_from_what_a_question_measures():
    offers = {q.code: conditions.offer(q, "fr") for q in ASKED.questions()}
    assert offers["group"].tests == (Ask.IS, Ask.IS_NOT, Ask.ANSWERED, Ask.OPEN)
    assert offers["tools"].answers == {"x": "Un X"}
    assert Ask.MORE in offers["age"].tests
    assert set(offers["scale"].answers) == {"1", "2", "3", "4", "5"}
    assert offers["country"].answers["KE"] == "Kenya"
    assert offers["why"].tests == (Ask.ANSWERED, Ask.OPEN)


# Translation -------------------------------------------------------------------------------------

SPOKEN = document(
    (
        "one",
        question("a", label={"en": "A ${b}", "fr": "A"}, hint={"fr": "Seulement"}),
        question(
            "b",
            "single_choice",
            settings={
                "options": [{"code": "x", "label": {"en": "X"}, "relevant": "1 = 1"}],
                "other": True,
                "other_label": {"en": "Else"},
            },
        ),
    ),
    quotas=[{"code": "q", "condition": "1 = 1", "limit": 1, "message": {"en": "Full"}}],
)


def test_every_text_has_one_place_with_a_name_of_its_own():
    names = [place.name for place in translation.places(SPOKEN)]
    assert len(names) == len(set(names))
    assert "t:sections/one/questions/b/settings/options/x/label" in names
    assert "t:quotas/q/message" in names


def test_lines_say_what_is_missing_and_what_is_shown_instead():
    lines = {line.place.name: line for line in translation.lines(SPOKEN, "en", "fr")}
    option = lines["t:sections/one/questions/b/settings/options/x/label"]
    assert (option.is_missing, option.shown, option.shown_language) == (True, "X", "en")
    label = lines["t:sections/one/questions/a/label"]
    assert (label.is_missing, label.lost) == (False, ("b",))
    hint = lines["t:sections/one/questions/a/hint"]
    assert (hint.source, hint.target, hint.is_missing) == ("", "Seulement", False)
    assert "t:sections/one/questions/a/guidance" not in lines


def test_missing_texts_are_counted_for_each_language():
    assert translation.missing(SPOKEN) == {"en": 1, "fr": 6}
    assert translation.count(SPOKEN) == 8


def test_a_regional_language_falls_back_to_its_base_then_to_the_main_one():
    assert translation.fallback({"en": "E", "pt": "P"}, "pt-BR", "en") == "pt"
    assert translation.fallback({"en": "E", "fr": "F"}, "pt-BR", "en") == "en"
    assert translation.fallback({"ar": "A"}, "pt-BR", "en") == "ar"
    assert translation.fallback({"en": ""}, "fr", "en") == ""


def test_words_are_put_at_their_places_and_nothing_else_changes():
    words = {
        "t:sections/one/questions/b/settings/options/x/label": " Le X ",
        "t:quotas/q/message": "Complet",
        "t:sections/one/questions/a/label": "",
        "t:sections/one/questions/nobody/label": "?",
    }
    changed = translation.translated(SPOKEN, "fr", words)
    option = changed.by_code["b"].settings["options"][0]
    assert option == {"code": "x", "label": {"en": "X", "fr": "Le X"}, "relevant": "1 = 1"}
    assert changed.quotas[0].message == {"en": "Full", "fr": "Complet"}
    assert changed.by_code["a"].label == {"en": "A ${b}"}
    back = translation.translated(
        changed,
        "fr",
        {**dict.fromkeys(words, ""), "t:sections/one/questions/a/label": "A"},
    )
    assert back == SPOKEN


# The library -------------------------------------------------------------------------------------

READY = [one for group in library.groups() for one in group.questions]


def test_the_library_has_the_survey_and_the_challenges():
    codes_found = [one.question.code for one in READY]
    assert len(codes_found) == len(set(codes_found))
    assert sum(code.startswith("importance_") for code in codes_found) == 20
    assert len(library.ready("importance").question.settings["rows"]) == 20
    assert [group.code for group in library.groups()] == list(library.GROUPS)


@pytest.mark.parametrize("one", READY, ids=lambda one: one.question.code)
def test_a_ready_question_can_be_put_in_and_says_everything_in_six_languages(one):
    languages = ["en", "fr", "ar", "es", "ru", "zh"]
    empty = document(("one",), languages=languages)
    made, code = library.insert(empty, "one", one.question.code, ())
    assert code == one.question.code
    instruments.check(changes.stored(made))
    assert [f for f in findings(made) if f.severity is Severity.FAULT] == []
    lacking = translation.missing(made)
    assert {language: lacking[language] - lacking["en"] for language in languages} == {
        "en": 0,
        **dict.fromkeys(languages[1:], 2),
    }, "only the title of the survey and of its page are in English alone"


def test_a_ready_question_takes_a_free_code_and_only_what_was_chosen():
    made, code = library.insert(TWO, "two", "ranking", {"ranking"}, ["red_lines", "work_skills"])
    found = made.by_code[code]
    assert code == "ranking_2"
    assert [item["code"] for item in found.settings["items"]] == ["red_lines", "work_skills"]
    assert found.settings["top"] == 2
    assert order(made)[1] == ["c", "ranking_2"]


def test_a_main_language_that_the_library_lacks_gets_english_words_to_begin_with():
    swahili = read_document(
        {
            "title": {"sw": "T"},
            "default_language": "sw",
            "languages": ["sw"],
            "sections": [{"code": "one", "title": {}, "questions": []}],
        }
    )
    made, code = library.insert(swahili, "one", "capacity", ())
    label = made.by_code[code].label
    assert label["sw"] == label["en"]
    assert made.by_code[code].settings["options"][0]["label"]["sw"]


def test_no_text_of_the_library_is_copied_from_the_shared_reference(shared_data):
    def texts(value):
        if isinstance(value, str):
            return {value.casefold()}
        parts = value.values() if isinstance(value, dict) else value
        found = set()
        if isinstance(value, dict | list):
            for part in parts:
                found |= texts(part)
        return found

    folder = shared_data / "data" / "reference"
    theirs = set()
    for name in ("questionnaire_next_summit.json", "codeframe_ai_governance.json"):
        theirs |= texts(json.loads((folder / name).read_text("utf-8")))
    ours = set()
    for group in library.GROUPS:
        ours |= texts(json.loads((library.FOLDER / f"{group}.json").read_text("utf-8")))
    assert {text for text in theirs & ours if len(text.split()) > 3} == set()


def test_sections_are_plain_parts_of_a_document():
    added = changes.add_section(TWO, Section(code="three", title={"en": "3"}, questions=()))
    assert [section.code for section in added.sections] == ["one", "two", "three"]
    with pytest.raises(Invalid, match="same code"):
        changes.add_section(TWO, Section(code="ONE", title={}, questions=()))
