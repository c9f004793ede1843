"""Forms that other people wrote: taken, or refused with a row, and the same after a round trip."""

import subprocess
import sys
from pathlib import Path

import pytest

from surveys.documents import QuestionnaireDocument
from surveys.interchange.xlsform.read import Imported, read_xlsform
from tests.unit.surveys.xlsform_files import there_and_back

ROOT = Path(__file__).resolve().parents[3]
REFUSED = {
    "pyxform_duplicate_columns.xlsx": (1, "label"),
    "pyxform_group_name_test.xls": (3, "name"),
    "pyxform_unknown_question_type.xls": (1, "relevance"),
}
TAKEN = {
    "all_types_survey.xlsx": 32,
    "mitwirken_umfrage.xlsx": 42,
    "pyxform_case_insensitivity.csv": 3,
    "pyxform_case_insensitivity.xlsx": 3,
    "pyxform_choice_filter_test.xlsx": 3,
    "pyxform_or_other.xlsx": 2,
    "pyxform_table-list.xls": 4,
    "pyxform_utf_csv.csv": 1,
    "pyxform_widgets.csv": 21,
    "pyxform_xlsform_spec_test.xlsx": 55,
    "pyxform_xml_escaping.xls": 3,
    "testB.xlsx": 27,
}


@pytest.fixture
def forms(shared_data: Path) -> Path:
    return shared_data / "data" / "xlsform"


def read(folder: Path, name: str) -> Imported:
    return read_xlsform((folder / name).read_bytes(), name)


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_form_is_refused_with_row_and_column(name: str, forms: Path) -> None:
    problem = read(forms, name).problems[0]
    assert (problem.row, problem.column) == REFUSED[name]


@pytest.mark.parametrize("name", TAKEN)
def test_a_form_is_taken_and_comes_back_the_same(name: str, forms: Path) -> None:
    imported = read(forms, name)
    assert imported.problems == []
    document = QuestionnaireDocument.model_validate(imported.document)
    assert len(list(document.questions())) == TAKEN[name]
    assert there_and_back(document) == document.model_dump(mode="json")


def test_one_form_in_two_formats_is_one_questionnaire(forms: Path) -> None:
    book, text = (read(forms, f"pyxform_case_insensitivity.{kind}") for kind in ("xlsx", "csv"))
    assert book.document == text.document


def test_a_real_survey_keeps_its_pages_and_its_rules(forms: Path) -> None:
    document = QuestionnaireDocument.model_validate(read(forms, "mitwirken_umfrage.xlsx").document)
    assert document.languages == ("de",)
    assert [section.code for section in document.sections][:3] == [
        "start", "teil_allgemeine", "teil_zusammenarbeit",
    ]  # fmt: skip
    other = document.by_code["themenfelder_other"]
    assert other.relevant == "selected(${themenfelder}, 'other')"
    assert document.by_code["zusammenarbeit_stadt"].required is True
    groups = document.by_code["teilhabe_gruppen"].settings["options"]
    assert "gefluchtetefluchtlinge" in {option["code"] for option in groups}


def test_a_bilingual_survey_keeps_both_languages(forms: Path) -> None:
    document = QuestionnaireDocument.model_validate(read(forms, "testB.xlsx").document)
    assert document.languages == ("de", "en")
    assert document.by_code["first_name"].label["en"] == "What is your first name?"
    assert {q.kind for q in document.questions()} >= {"matrix", "calculated", "multiple_choice"}


def test_the_benchmark_says_a_line_a_file_and_never_stumbles(tmp_path: Path) -> None:
    good = "survey,,,\n,type,name,label\n,text,q,Q\n"
    (tmp_path / "good.csv").write_text(good)
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    (tmp_path / "ignored.txt").write_text("x")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.interchange", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("bad.xlsx | refused: ")
    assert "good.csv | accepted" in lines[1]
    assert '"disagreements": []' in lines[2]
    assert "Traceback" not in done.stdout + done.stderr
