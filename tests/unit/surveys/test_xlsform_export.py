"""What goes out as a form comes back as the same questionnaire, and other tools can read it."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.documents import QuestionnaireDocument, read_document
from surveys.interchange.xlsform.importing import import_form
from surveys.interchange.xlsform.write import write_xlsform
from surveys.questions import REGISTRY
from tests.unit.surveys.oracle import warnings_of_pyxform
from tests.unit.surveys.xlsform_files import document_of, there_and_back, workbook
from tests.unit.surveys.xlsform_forms import FORMS, form

LIBRARY = Path(__file__).resolve().parents[3] / "surveys" / "library"


def texts(text: str) -> dict[str, str]:
    return {"en": text, "fr": f"{text} (fr)", "ar": f"{text} (ar)"}


def options(*codes: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": texts(code.upper())} for code in codes]


def question(code: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "label": texts(f"About {code}"), "settings": {}, **more}


QUESTIONS: list[dict[str, Any]] = [
    question(
        "one", "single_choice", required=True, required_message=texts("Please"),
        settings={
            "options": options("a", "b"), "other": True, "other_label": texts("More"),
            "randomise": True, "no_opinion": True, "group": True,
        },
    ),
    question(
        "filtered", "single_choice",
        settings={
            "options": [
                {"code": "a", "label": texts("A"), "relevant": "${one} = 'a'"},
                {"code": "b", "label": texts("B"), "is_anchored": True},
                {"code": "c.d-e", "label": texts("C"), "extras": {"name": "ç d", "odd key": "x"}},
            ]
        },
    ),
    question("plain", "single_choice", settings={"options": options("a", "b"), "randomise": True}),
    question(
        "several", "multiple_choice", constraint="not(selected(., 'a'))",
        settings={
            "options": options("a", "b", "none"), "min_choices": 1, "max_choices": 2,
            "exclusive": ["none"], "refusal": True,
        },
    ),
    question(
        "rating", "rating_scale",
        settings={"points": 7, "low_label": texts("low"), "no_opinion": True},
    ),
    question("scale", "numeric_scale", settings={"low": 0, "high": 10, "low_label": texts("0")}),
    question("usual_scale", "numeric_scale", settings={"low": -5, "high": 5}),
    question(
        "matrix", "matrix", required=True, required_message=texts("Every row"),
        settings={
            "rows": [*options("r1"), {"code": "r2", "label": texts("R2"), "relevant": "${scale} > 3"}],
            "columns": options("1", "2", "3"), "required_rows": "any",
        },
    ),
    question("order", "ranking", settings={"items": options("x", "y", "z"), "top": 2, "ties": True}),
    question("usual_order", "ranking", settings={"items": options("x", "y", "z")}),
    question(
        "best", "best_worst",
        settings={"items": options("a", "b", "c", "d", "e"), "per_task": 3, "tasks": 4, "versions": 2},
    ),
    question("points", "points", settings={"items": options("a", "b", "c"), "total": 50}),
    question("pairs", "pairwise", settings={"items": options("a", "b", "c"), "pairs": 2}),
    question(
        "number", "number", constraint=". != 3", constraint_message=texts("Not three"),
        settings={"minimum": -2.5, "maximum": 7, "decimals": 2, "unit": texts("kg")},
    ),
    question("day", "date", settings={"precision": "month", "earliest": "2020-01-01"}),
    question(
        "short", "short_text", required="soft", hint=texts("Hint"), guidance=texts("Why"),
        settings={"max_length": 20, "quotable": True},
    ),
    question("long", "long_text"),
    question("mail", "email"),
    question("site", "url"),
    question("files", "file", settings={"max_megabytes": 2}),
    question("land", "country", settings={"refusal": True}),
    question("region", "region"),
    question("sector", "sector"),
    question("consent", "consent", required=True, settings={"text": texts("Long\ntext")}),
    question("note", "note", relevant="${number} > 2 and ${one} != ''"),
    question("sum", "calculated", settings={"calculation": "${number} * 2", "is_number": True}),
]  # fmt: skip


def a_document(*questions: dict[str, Any], **more: Any) -> QuestionnaireDocument:
    return QuestionnaireDocument.model_validate(
        {
            "title": texts("The form"),
            "default_language": "en",
            "languages": ["en", "fr", "ar"],
            "sections": [{"code": "first", "title": texts("First"), "questions": list(questions)}],
            **more,
        }
    )


def test_every_type_is_tried() -> None:
    assert {entry["kind"] for entry in QUESTIONS} == set(REGISTRY)


def test_every_type_comes_back_and_pyxform_has_nothing_to_say() -> None:
    document = a_document(*QUESTIONS)
    assert there_and_back(document) == document.model_dump(mode="json")
    assert warnings_of_pyxform(write_xlsform(document)) == []


def test_pages_quotas_thanks_and_colour_come_back() -> None:
    document = a_document(
        sections=[
            {
                "code": "short", "title": texts("A page"), "intro": texts("Words"), "randomise": True,
                "relevant": "${short} != ''", "extras": {"appearance": "field-list"},
                "questions": [question("short", "short_text")],
            },
            {"code": "3 odd code!", "title": {}, "questions": []},
        ],
        quotas=[{"code": "q", "condition": "${short} = 'x'", "limit": 5, "message": texts("Full")}],
        thanks=texts("Thank you ${short}"),
        theme_colour="#003366",
        extras={"settings::version": "3", "settings::odd name": "x", "anything": "else"},
    )  # fmt: skip
    assert there_and_back(document) == document.model_dump(mode="json")
    assert warnings_of_pyxform(write_xlsform(document)) == []


def test_texts_that_look_like_formulas_are_texts() -> None:
    document = a_document(
        {**question("q", "short_text", hint={"en": "+1"}), "label": {"en": "=1+1"}},
        {**question("r", "short_text"), "label": {"en": "@SUM(A1)"}, "extras": {"default": "-5"}},
    )
    book = openpyxl.load_workbook(BytesIO(write_xlsform(document)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert "=1+1" in {cell.value for cell in cells}
    assert there_and_back(document) == document.model_dump(mode="json")


def test_a_translation_made_in_the_file_counts() -> None:
    document = a_document(
        question("order", "ranking", settings={"items": options("x", "y"), "top": 1})
    )
    book = openpyxl.load_workbook(BytesIO(write_xlsform(document)))
    for sheet, number in (("survey", 3), ("choices", 2)):
        titles = [cell.value for cell in book[sheet][1]]
        column = next(
            n for n, title in enumerate(titles, 1) if str(title).startswith("label::French")
        )
        book[sheet].cell(number, column).value = "Corrigé"
    buffer = BytesIO()
    book.save(buffer)
    found = import_form(buffer.getvalue(), "form.xlsx", "und", frozenset(REGISTRY))["document"]
    changed = found["sections"][0]["questions"][0]
    assert changed["label"]["fr"] == "Corrigé"
    assert changed["settings"]["items"][0]["label"]["fr"] == "Corrigé"
    assert changed["settings"]["top"] == 1


def test_a_type_changed_in_the_file_counts_and_is_spoken_of() -> None:
    document = a_document(question("q", "short_text", settings={"max_length": 9}))
    rows = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(BytesIO(write_xlsform(document)))["survey"]
    ]
    rows[2][0] = "integer"
    found = import_form(workbook({"survey": rows}), "form.xlsx", "und", frozenset(REGISTRY))
    assert found["document"]["sections"][0]["questions"][0]["kind"] == "number"
    assert "own_not_used" in {notice["code"] for notice in found["notices"]}


@pytest.mark.parametrize("name", [path.stem for path in sorted(LIBRARY.glob("*.json"))])
def test_the_questionnaires_of_the_house_come_back(name: str) -> None:
    document = read_document(json.loads((LIBRARY / f"{name}.json").read_text()))
    assert there_and_back(document) == document.model_dump(mode="json")
    assert warnings_of_pyxform(write_xlsform(document)) == []


@pytest.mark.parametrize("name", sorted(FORMS))
def test_what_came_in_goes_out_and_comes_back_the_same(name: str) -> None:
    kinds = frozenset(REGISTRY)
    found = import_form(FORMS[name].encode(), f"{name}.md", "und", kinds)
    if found["problems"]:
        return
    document = QuestionnaireDocument.model_validate(found["document"])
    again = import_form(write_xlsform(document), "export.xlsx", "und", kinds)
    assert again["problems"] == []
    assert QuestionnaireDocument.model_validate(again["document"]) == document


WORDS = st.text(min_size=1, max_size=30).filter(
    lambda text: not any(0xD800 <= ord(c) <= 0xDFFF for c in text)
)


@given(
    words=st.lists(WORDS, min_size=6, max_size=6), extras=st.dictionaries(WORDS, WORDS, max_size=3)
)
@settings(max_examples=150, deadline=None)
def test_any_words_come_back(words: list[str], extras: dict[str, str]) -> None:
    document = a_document(
        question("a", "short_text", hint={"en": words[0], "fr": words[1]}, extras=extras),
        {**question("b", "single_choice"), "label": {"en": words[2]}, "settings": {
            "options": [{"code": "x", "label": {"en": words[3], "ar": words[4]}, "extras": extras}],
        }},
        thanks={"en": words[5]},
    )  # fmt: skip
    found = import_form(write_xlsform(document), "form.xlsx", "und", frozenset(REGISTRY))
    assert found["problems"] == []
    assert QuestionnaireDocument.model_validate(found["document"]) == document


def test_a_trigger_that_is_worked_out_itself_is_kept_where_other_tools_do_not_look() -> None:
    titles = "type | name | label | calculation | trigger"
    rows = form(
        "text | a | A | 1 + 1 |", "text | z | Z | |", "calculate | c | | 2 | ${a}", titles=titles
    )
    document = document_of(rows)
    assert document.by_code["c"].extras["trigger"] == "${a}"
    assert there_and_back(document) == document.model_dump(mode="json")
    warnings_of_pyxform(write_xlsform(document))
