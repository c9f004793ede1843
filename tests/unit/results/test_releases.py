"""What a research export says of itself, opened as a stranger would open it."""

import csv
import io
import zipfile

import polars as pl
import pytest

from results.releases.package import About, build
from surveys.documents import QuestionnaireDocument

DOCUMENT = QuestionnaireDocument.model_validate(
    {
        "title": {"en": "A small survey"},
        "default_language": "en",
        "languages": ["en"],
        "sections": [
            {
                "code": "views",
                "title": {"en": "Views"},
                "questions": [
                    {
                        "code": "share",
                        "kind": "points",
                        "label": {"en": "=Share ten points"},
                        "settings": {
                            "total": 10,
                            "items": [
                                {"code": "water", "label": {"en": "Water"}},
                                {"code": "work", "label": {"en": "Work"}},
                            ],
                        },
                    },
                    {
                        "code": "safety",
                        "kind": "rating_scale",
                        "label": {"en": "Safety?"},
                        "settings": {"points": 5},
                    },
                ],
            }
        ],
    }
)
FRAME = pl.DataFrame(
    {
        "share": [[7.0, 3.0], [2.5, None], None] * 8,
        "share:state": ["answered", "answered", "skipped"] * 8,
        "safety": [5, 1, None] * 8,
        "safety:state": ["answered", "answered", "not_shown"] * 8,
        ":region": ["002"] * 24,
        ":sector": [None] * 24,
    }
)


@pytest.fixture
def files():
    """The files of a release by name."""
    package = build(
        about=About(slug="summit", region_classification="m49_region", is_synthetic=True),
        run={"id": "1", "computed_at": "2026-11-23"},
        public_tables={},
        documents={1: DOCUMENT},
        frames={1: FRAME},
        k=10,
    )
    archive = zipfile.ZipFile(io.BytesIO(package.content))
    return {name: archive.read(name).decode() for name in archive.namelist()}


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_every_code_of_every_answer_file_stands_in_the_codebook(files):
    known = {(row["round"], row["question"], row["code"]) for row in rows(files["codebook.csv"])}
    for row in rows(files["answers/round_1/share.csv"]):
        assert ("", "state", row["state"]) in known
        assert ("", "region", row["region"]) in known
        assert ("", "sector", row["sector"]) in known
        for part in row["share"].split():
            assert ("1", "share", part.partition("=")[0]) in known


def test_scores_name_their_options_and_leave_out_what_got_none(files):
    found = {row["share"] for row in rows(files["answers/round_1/share.csv"])}
    assert found == {"water=7 work=3", "water=2.5", ""}


def test_the_codebook_names_the_points_of_a_scale(files):
    points = [row["code"] for row in rows(files["codebook.csv"]) if row["question"] == "safety"]
    assert points == ["", "1", "2", "3", "4", "5"]


def test_who_was_not_shown_a_question_has_no_row_and_an_empty_cell_has_a_state(files):
    found = rows(files["answers/round_1/safety.csv"])
    assert len(found) == 16
    assert all((row["safety"] == "") == (row["state"] != "answered") for row in found)


def test_the_codebook_is_no_formula_and_the_readme_says_how_to_read_it(files):
    assert "'=Share ten points" in files["codebook.csv"]
    assert "SYNTHETIC DATA" in files["README.txt"]
    assert "keep_default_na=False" in files["README.txt"]
