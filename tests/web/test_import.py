"""Responses collected elsewhere: refused with a reason, stored once, changed where they differ."""

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from surveys.models import Submission
from tests.support.imports import MAPPING, ROWS, TEXTS, Importer


@pytest.fixture
def importer(app, tmp_path):
    return Importer(app, tmp_path)


def stored(database):
    with database.read_session() as session:
        rows = session.exec(select(Submission)).all()
        return sorted(rows, key=lambda row: str(row.answers)), session.exec(
            select(Contribution)
        ).all()


def test_rows_are_stored_with_their_states_and_groups(importer, database):
    told = importer()
    assert told.exit_code == 0, told.output
    assert "extra" in told.output
    rows, texts = stored(database)
    assert len(rows) == 3
    by_country = {row.country: row for row in rows}
    first = by_country["KE"]
    assert (first.sector, first.region) == ("industry", "african")
    assert first.answers["r_b"] == {"state": "dont_know", "value": None}
    assert by_country["CI"].answers["r_a"] == {"state": "skipped", "value": None}
    assert by_country[None].sector is None
    assert first.answers["why"]["value"] == texts[0].id


def test_the_same_files_again_change_nothing(importer, database):
    importer()
    before = [row.model_dump() for row in stored(database)[0]]
    told = importer()
    assert "0 added, 0 changed, 3 unchanged" in told.output
    assert [row.model_dump() for row in stored(database)[0]] == before


def test_a_corrected_row_replaces_only_itself(importer, database):
    importer()
    before = {row.id: row.answers for row in stored(database)[0]}
    told = importer(rows=[*ROWS[:2], ROWS[2].replace(",3,No", ",4,No"), ROWS[3]])
    assert "0 added, 1 changed, 2 unchanged" in told.output
    after = {row.id: row.answers for row in stored(database)[0]}
    assert after.keys() == before.keys()
    (changed,) = [key for key, answers in after.items() if answers != before[key]]
    assert [answers["r_b"]["value"] for answers in (before[changed], after[changed])] == [3, 4]


def test_every_row_that_would_be_refused_is_named_with_its_reason(importer, database):
    bad = [*ROWS, "4,Martian,Kenya,9,x,Maybe,x", "1,NGO,Kenya,1,1,No,x", "5,NGO,Atlantis,1,1,No,x"]
    told = importer(
        "--dry-run", rows=bad, texts=[*TEXTS, {"id": "99", "question": "why", "text": "t"}]
    )
    assert told.exit_code == 0
    for reason in (
        "line 5, column kind",
        "line 5, column r_a",
        "line 5, column r_b",
        "line 5, column law",
        "line 6, column id: the record id stands twice",
        "line 7, column country",
        "texts.jsonl, line 2, column id: no stored response",
    ):
        assert reason in told.output + told.stderr
    assert "Martian" not in told.output + told.stderr
    refused = importer(rows=bad)
    assert refused.exit_code == 1
    assert stored(database) == ([], [])


def test_a_mapping_with_a_mistake_says_where(importer):
    told = importer(mapping={**MAPPING, "surprise": 1})
    assert told.exit_code == 1
    assert "surprise" in told.output
    told = importer(mapping={**MAPPING, "country": {"column": "land"}})
    assert "has no column land" in told.output
