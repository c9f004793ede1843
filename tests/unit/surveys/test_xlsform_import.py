"""What rows of a form become."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from flask import Flask

from surveys.documents import Question, QuestionnaireDocument
from surveys.interchange.xlsform.importing import import_form
from surveys.interchange.xlsform.languages import tag_of, tags_for
from surveys.interchange.xlsform.notices import notice_of
from surveys.interchange.xlsform.read import read_xlsform
from surveys.interchange.xlsform.remarks import remark_from
from surveys.logic import Scope, evaluate, is_true, parse
from surveys.preflight import Severity, findings
from surveys.questions import REGISTRY
from tests.unit.surveys.xlsform_files import document_of, read_markdown, workbook
from tests.unit.surveys.xlsform_forms import FORMS, YES_NO, form


def scope(answers: Mapping[str, str], this: str = "") -> Scope:
    return Scope(
        value_of=lambda name: answers.get(name, ""),
        this=this,
        now=datetime(2026, 1, 1, tzinfo=UTC),
        label_of=lambda _question, option: option,
        seed=1,
    )


def holds(source: str, this: str = "", /, **answers: str) -> bool:
    return is_true(parse(source), scope(answers, this))


def question_of(rows: str, code: str = "q", choices: str = "", **more: str) -> Question:
    return document_of(form(*rows.split("\n"), choices=choices, **more)).by_code[code]


KINDS = {
    "text": "short_text", "integer": "number", "decimal": "number", "date": "date",
    "dateTime": "date", "time": "short_text", "note": "note", "acknowledge": "consent",
    "trigger": "consent", "geopoint": "short_text", "barcode": "short_text",
    "select_one yn": "single_choice", "select_multiple yn": "multiple_choice", "rank yn": "ranking",
    "range": "numeric_scale", "hidden": "calculated", "calculate": "calculated",
}  # fmt: skip


@pytest.mark.parametrize("word", KINDS)
def test_types_become_kinds(word: str) -> None:
    titles = "type | name | label | calculation"
    calculation = "1 + 1" if word == "calculate" else ""
    rows = form(f"{word} | q | Q | {calculation}", "text | z | Z |", choices=YES_NO, titles=titles)
    assert document_of(rows).by_code["q"].kind == KINDS[word]


def test_what_is_asked_in_a_simpler_way_is_named_and_kept() -> None:
    imported = read_markdown(form("geopoint | q | Q", "time | t | T"))
    assert {notice.feature for notice in imported.notices} >= {"geopoint", "time of day"}
    questions = imported.document["sections"][0]["questions"]
    assert questions[0]["extras"] == {"type": "geopoint"}


def test_pictures_and_files_are_handed_in_and_sounds_are_put_into_words() -> None:
    document = document_of(form("image | i | I", "file | f | F", "audio | a | A"))
    kinds = [(q.kind, q.settings) for q in document.questions()]
    images = {"documents": False, "tables": False}
    assert kinds == [("file", images), ("file", {}), ("short_text", {})]


def test_device_data_is_not_collected() -> None:
    document = document_of(FORMS["metadata"])
    assert list(document.by_code) == ["q"]
    notices = read_markdown(FORMS["metadata"]).notices
    assert {notice.feature for notice in notices} >= {"start", "end", "today", "deviceid"}


def test_device_data_that_a_text_refers_to_is_the_day_or_nothing() -> None:
    document = document_of(FORMS["metadata_referenced"])
    assert document.by_code["day"].settings == {"calculation": "today()"}
    assert document.by_code["u"].settings == {"calculation": "''"}


def test_groups_at_the_top_are_pages_and_loose_questions_are_pages_between_them() -> None:
    document = document_of(
        form(
            "text | a | A", "begin group | g | The group", "text | b | B", "end group | |",
            "text | c | C", "text | d | D",
        )
    )  # fmt: skip
    pages = [(section.code, [q.code for q in section.questions]) for section in document.sections]
    assert pages == [("page_1", ["a"]), ("g", ["b"]), ("page_3", ["c", "d"])]
    assert document.sections[1].title == {"und": "The group"}


def test_a_group_in_a_group_is_a_note_and_its_condition_goes_to_its_questions() -> None:
    document = document_of(
        form(
            "text | a | A |",
            "begin group | g | G | ${a} = 'x'",
            "begin group | h | Inner | ${a} != 'y'",
            "text | b | B | ${a} != 'z'",
            "end group | | |",
            "end group | | |",
            titles="type | name | label | relevant",
        )
    )
    section = document.sections[1]
    assert section.relevant == "${a} = 'x'"
    assert [q.kind for q in section.questions] == ["note", "short_text"]
    assert section.questions[1].relevant == "(${a} != 'y') and (${a} != 'z')"


def test_a_repeat_becomes_copies_that_refer_to_themselves() -> None:
    document = document_of(
        form(
            "begin repeat | r | Person | 2 |",
            "text | name | Name | |",
            "integer | age | Age of ${name} | | ${name} != ''",
            "calculate | place | | | | position(..)",
            "end repeat | | | |",
            "calculate | total | | | | sum(${age})",
            "calculate | people | | | | count(${r})",
            "note | first | ${name} and ${total} | | |",
            titles="type | name | label | repeat_count | relevant | calculation",
        )
    )
    codes = list(document.by_code)
    assert codes[:6] == ["name_1", "age_1", "place_1", "name_2", "age_2", "place_2"]
    second = document.by_code["age_2"]
    assert (second.label, second.relevant) == ({"und": "Age of ${name_2}"}, "${name_2} != ''")
    assert document.by_code["place_2"].settings["calculation"] == "2"
    total = document.by_code["total"].settings["calculation"]
    assert evaluate(parse(total), scope({"age_1": "30", "age_2": "12"})) == 42
    people = document.by_code["people"].settings["calculation"]
    assert evaluate(parse(people), scope({})) == 2
    assert document.by_code["first"].label == {"und": "${name_1} and ${total}"}
    assert [section.title for section in document.sections[:2]] == [
        {"und": "Person 1"}, {"und": "Person 2"},
    ]  # fmt: skip


def test_copies_are_shown_as_often_as_an_answer_says() -> None:
    document = document_of(FORMS["repeat_count_of_question"])
    shown = [section.relevant for section in document.sections[1:]]
    assert [holds(relevant, n="2") for relevant in shown] == [True, True, False]


def test_nobody_must_fill_in_more_copies_than_there_are() -> None:
    rows = form(
        "begin repeat | r | R |", "text | q | Q | yes", "end repeat | | |",
        titles="type | name | label | required",
    )  # fmt: skip
    assert [q.required for q in document_of(rows).questions()] == [True, False, False]


def test_an_open_repeat_counts_the_copies_that_were_filled_in() -> None:
    document = document_of(FORMS["repeat_count_function"])
    total = document.by_code["total"].settings["calculation"]
    assert evaluate(parse(total), scope({"q_1": "5", "q_3": "7"})) == 2


def test_a_filter_becomes_a_condition_of_each_option() -> None:
    document = document_of(FORMS["choice_filter"])
    options = document.by_code["t"].settings["options"]
    offered = [o["code"] for o in options if holds(o["relevant"], r="s")]
    assert offered == ["b", "c"]
    assert not any(holds(option["relevant"], r="") for option in options)


def test_a_filter_without_answers_is_worked_out_at_once() -> None:
    options = document_of(FORMS["choice_filter_quotes"]).by_code["t"].settings["options"]
    assert [option.get("relevant", "") for option in options] == ["false()", "", ""]


def test_a_choice_that_stands_in_its_list_twice_is_one_option() -> None:
    document = document_of(
        form(
            "select_one region | r | R |",
            "select_one town | t | T | in=${r}",
            titles="type | name | label | choice_filter",
            choices="list_name | name | label | in\nregion | n | N |\nregion | s | S |\n"
            "town | king | King | n\ntown | king | King | s\ntown | low | Low | s",
            settings="allow_choice_duplicates\nyes",
        )
    )
    king, low = document.by_code["t"].settings["options"]
    assert holds(king["relevant"], r="n")
    assert holds(king["relevant"], r="s")
    assert not holds(low["relevant"], r="n")


def test_names_that_are_no_codes_here_get_codes_everywhere() -> None:
    document = document_of(
        form(
            "select_one o | a-b.c | A |",
            "text | größe | ${a-b.c} | ${a-b.c} = -99 or selected(${a-b.c}, 'être libre')",
            "text | Größe | B | ${größe} != ''",
            titles="type | name | label | relevant",
            choices="list_name | name | label\no | -99 | No answer\no | être libre | Free\no | 1 | One",
        )
    )
    first, second, third = document.questions()
    assert (first.code, second.code, third.code) == ("a_b_c", "grosse", "Grosse_2")
    assert [o["code"] for o in first.settings["options"]] == ["_-99", "etre_libre", "1"]
    assert second.label == {"und": "${a_b_c}"}
    assert holds(second.relevant, a_b_c="_-99")
    assert holds(second.relevant, a_b_c="etre_libre")
    assert not holds(second.relevant, a_b_c="1")
    assert third.relevant == "${grosse} != ''"


def test_names_are_unique_without_regard_to_case() -> None:
    document = document_of(FORMS["name_twice_but_case"])
    assert len({code.lower() for code in document.by_code}) == 2


def test_or_other_uses_the_words_of_the_list() -> None:
    question = question_of(
        "select_one o or_other | q | Q",
        choices="list_name | name | label\no | a | A\no | other | Anders",
    )
    assert question.settings["other"] is True
    assert question.settings["other_label"] == {"und": "Anders"}
    assert [option["code"] for option in question.settings["options"]] == ["a"]


def test_required_under_a_condition_asks_once_more() -> None:
    imported = read_markdown(FORMS["required_expression"])
    assert imported.document["sections"][0]["questions"][1]["required"] == "soft"
    assert "required expression" in {notice.feature for notice in imported.notices}


def test_paths_of_old_forms_are_references() -> None:
    assert document_of(FORMS["relevant_path"]).by_code["b"].relevant == "${a} = 'x'"
    assert document_of(FORMS["relevant_absolute_path"]).by_code["b"].relevant == "${a} = 'x'"


def test_quotation_marks_of_word_processors_are_plain_ones_in_rules_and_stay_in_words() -> None:
    document = document_of(
        form(
            "text | a | “A” |", "text | b | B | ${a} = ‘x’", titles="type | name | label | relevant"
        )
    )
    assert document.by_code["a"].label == {"und": "“A”"}
    assert document.by_code["b"].relevant == "${a} = 'x'"


@pytest.mark.parametrize(
    ("source", "feature"),
    [
        ("pulldata('f', 'a', 'b', 'c') = 1", "pulldata()"),
        ("frobnicate(1)", "frobnicate()"),
        ("instance('x')/top/item[name = 1]/label", "instance()"),
        ("${last-saved#a} = 1", "last-saved"),
    ],
)
def test_what_an_expression_cannot_use_is_named_with_its_place(source: str, feature: str) -> None:
    titles = "type | name | label | relevant"
    imported = read_markdown(form("text | a | A |", f"text | b | B | {source}", titles=titles))
    problem = imported.problems[0]
    assert (problem.sheet, problem.row, problem.column) == ("survey", 4, "relevant")
    assert problem.feature == feature


def test_tables_are_matrices() -> None:
    for name in ("table_list", "label_and_list_nolabel"):
        document = document_of(FORMS[name])
        matrix = next(question for question in document.questions() if question.kind == "matrix")
        assert [row["code"] for row in matrix.settings["rows"]] == ["a", "b"]
        assert [column["code"] for column in matrix.settings["columns"]] == ["yes", "no"]


def test_a_table_whose_row_is_referred_to_stays_several_questions() -> None:
    document = document_of(FORMS["table_row_referenced"])
    assert [q.kind for q in document.questions()].count("single_choice") == 2


def test_languages_by_name_code_and_both() -> None:
    names = ["English (en)", "French", "Kiswahili", "pt-BR", "العربية", "EN", "Chinese (zh-Hant)"]
    assert [tag_of(name) for name in names] == ["en", "fr", "sw", "pt-BR", "ar", "en", "zh-Hant"]
    assert tag_of("Elvish") == ""


def test_unknown_languages_stay_apart() -> None:
    tags = tags_for(["Elvish", "Dwarvish", "default"], "und")
    assert len(set(tags.values())) == 3


def test_texts_without_a_language_are_in_the_default_one() -> None:
    document = document_of(
        form(
            "text | q | Colour | un mot", "note | n | | Seul", titles="type | name | label::English (en) | hint::French (fr)",
        ).replace("| n | |", "| n | Only |")
    )  # fmt: skip
    assert document.default_language == "en"
    assert document.languages == ("en", "fr")
    assert document.by_code["q"].hint == {"fr": "un mot"}
    assert document.extras["language::fr"] == "French (fr)"


def test_a_hint_without_a_language_is_no_language_of_its_own() -> None:
    rows = form("text | q | Q | Hint", titles="type | name | label::French (fr) | hint")
    document = document_of(rows)
    assert document.languages == ("fr",)
    assert document.by_code["q"].hint == {"fr": "Hint"}


def test_numbers_truth_and_dates_in_cells_are_texts() -> None:
    data = workbook(
        {
            "survey": [
                ("type", "name", "label", "required", "default"),
                ("select_one l", "q", 2026, True, datetime(2026, 1, 2)),  # noqa: DTZ001
            ],
            "choices": [("list_name", "name", "label"), ("l", 1, 1.5), ("l", 2.0, False)],
        }
    )
    imported = read_xlsform(data, "form.xlsx")
    question = imported.document["sections"][0]["questions"][0]
    assert question["label"] == {"und": "2026"}
    assert question["required"] is True
    assert question["extras"] == {"default": "2026-01-02 00:00:00"}
    labels = [
        (option["code"], option["label"]["und"]) for option in question["settings"]["options"]
    ]
    assert labels == [("1", "1.5"), ("2", "FALSE")]


def test_sheets_of_other_kinds_are_spoken_of() -> None:
    data = workbook({"Notes": [("x",)], "Survey": [("Type", "Name", "Label"), ("text", "q", "Q")]})
    imported = read_xlsform(data, "form.xlsx")
    assert imported.problems == []
    assert any("Notes" in notice.message for notice in imported.notices)


def test_rows_after_many_blank_ones_are_spoken_of() -> None:
    rows = [("type", "name", "label"), ("text", "q", "Q"), *[("", "", "")] * 70, ("text", "z", "Z")]
    imported = read_xlsform(workbook({"survey": rows}), "form.xlsx")
    assert [q["code"] for q in imported.document["sections"][0]["questions"]] == ["q"]
    assert any(notice.row == 73 and notice.feature == "blank rows" for notice in imported.notices)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_what_is_taken_has_no_fault_but_those_of_its_logic(name: str, app: Flask) -> None:
    found = import_form(FORMS[name].encode(), "form.md", "und", frozenset(REGISTRY))
    for remark in [*found["notices"], *found["problems"]]:
        assert "%(" not in notice_of(remark_from(remark)).message
    if found["problems"]:
        return
    document = QuestionnaireDocument.model_validate(found["document"])
    with app.app_context():
        faults = [fault for fault in findings(document) if fault.severity is Severity.FAULT]
    expected = ("ever make this true", "circle", "takes no files")
    assert all(any(words in fault.message for words in expected) for fault in faults)


def features_of(text: str) -> list[str]:
    """What a reader is told of, by code."""
    found = import_form(text.encode(), "form.md", "und", frozenset(REGISTRY))
    assert found["problems"] == []
    return [notice["code"] for notice in found["notices"]]


def test_functions_and_operators_in_capitals_are_the_small_ones_and_it_is_said() -> None:
    rows = "text | a | A |\ntext | q | Q | NOT(${a}='x') AND TRUE() or ${a} = 'AND'"
    titles = "type | name | label | relevant"
    assert question_of(rows, titles=titles).relevant == "not(${a}='x') and true() or ${a} = 'AND'"
    assert features_of(form(*rows.split("\n"), titles=titles)).count("capitals") == 3
    assert question_of("text | q | Q | FALSE()", titles="type | name | label | relevant").relevant
    required = question_of("text | q | Q | TRUE()", titles="type | name | label | required")
    assert required.required is True


def test_the_name_of_a_question_in_quotes_follows_its_code() -> None:
    rows = form(
        "begin repeat | r | R |",
        "select_one yn | _a | A |",
        "calculate | c | | jr:choice-name(${_a}, '${_a}')",
        "end repeat | | |",
        titles="type | name | label | calculation",
        choices=YES_NO,
    )
    second = document_of(rows).by_code["c_2"].settings["calculation"]
    assert second == "jr:choice-name(${a_2}, '${a_2}')"


def test_a_repeat_in_a_group_has_a_code_whatever_it_is_called() -> None:
    rows = ("begin group | g | G", "begin repeat | a-b | R", "text | t | T", "end repeat | |")
    document = document_of(form(*rows, "end group | |"))
    assert [question.code for question in document.questions()][:2] == ["a_b_1", "t_1"]


def test_columns_for_rows_of_another_kind_are_kept_and_spoken_of() -> None:
    titles = "type | name | label | choice_filter | repeat_count"
    rows = form("text | q | Q | x = 1 | 3", titles=titles)
    assert features_of(rows).count("no_effect") == 2
    assert document_of(rows).by_code["q"].extras == {"choice_filter": "x = 1", "repeat_count": "3"}


def test_a_group_that_nothing_ends_is_refused_by_its_name() -> None:
    found = read_markdown(form("group | g | G", "text | q | Q"))
    assert [problem.feature for problem in found.problems] == ["group without an end"]


def test_null_characters_of_a_text_file_are_spaces_and_it_is_said() -> None:
    source = b'"survey",,,\n,"type","name","label"\n,"text","q","A\x00B"\n'
    found = import_form(source, "form.csv", "und", frozenset(REGISTRY))
    assert found["document"]["sections"][0]["questions"][0]["label"] == {"und": "A B"}
    assert "null_characters" in [notice["code"] for notice in found["notices"]]
