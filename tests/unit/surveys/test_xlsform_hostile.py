"""Files that are made to hurt are refused within seconds, with words that help."""

import os
import resource
import time

import pytest

from surveys.interchange.xlsform import sandbox
from surveys.interchange.xlsform.child import CPU_SECONDS
from surveys.interchange.xlsform.notices import MESSAGES
from surveys.interchange.xlsform.read import read_xlsform
from tests.unit.surveys.xlsform_files import (
    SHEET,
    changed,
    simple_workbook,
    with_member,
    workbook,
)
from tests.unit.surveys.xlsform_forms import form

START = b"<sheetData>"


def before_rows(content: bytes) -> bytes:
    return changed(simple_workbook(), SHEET, lambda xml: xml.replace(START, content + START))


def processor_seconds() -> float:
    """What the processes that ended have used: the clock on the wall tells of other programs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def random_letters(number: int) -> bytes:
    return os.urandom(number // 2).hex().encode()


def locked() -> bytes:
    data = bytearray(simple_workbook())
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


ENTITIES = b'<!DOCTYPE w [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'
DEEP = 900
HOSTILE = {
    "comment_of_40_megabytes": (lambda: before_rows(b"<!--" + b"x" * 40_000_000 + b"-->"), "size"),
    "comment_that_does_not_shrink": (
        lambda: before_rows(b"<!--" + random_letters(8_000_000) + b"-->"), "size",
    ),
    "attribute_of_megabytes": (
        lambda: before_rows(b"<a b='" + random_letters(8_000_000) + b"'/>"), "size",
    ),
    "processing_instruction": (
        lambda: before_rows(b"<?x " + random_letters(8_000_000) + b"?>"), "size",
    ),
    "unpacks_to_100_megabytes": (lambda: before_rows(b"<a/>" * 25_000_000), "size"),
    "entities": (
        lambda: changed(simple_workbook(), SHEET, lambda xml: ENTITIES + xml),
        "document type declaration",
    ),
    "external_entity": (
        lambda: changed(
            simple_workbook(), "xl/workbook.xml", lambda xml: b'<!DOCTYPE w SYSTEM "file:///etc/passwd">' + xml
        ),
        "document type declaration",
    ),
    "macros": (lambda: with_member(simple_workbook(), "xl/vbaProject.bin"), "macros"),
    "parent_folder": (lambda: with_member(simple_workbook(), "../evil.xml"), "archive"),
    "locked": (locked, "password"),
    "3000_rows": (
        lambda: simple_workbook(*(("text", f"q{number}", "Q") for number in range(3_000))), "size",
    ),
    "25000_choices": (
        lambda: workbook(
            {
                "survey": [("type", "name", "label"), ("text", "q", "Q")],
                "choices": [
                    ("list_name", "name", "label"), *(("l", f"n{n}", "N") for n in range(25_000)),
                ],
            }
        ),
        "size",
    ),
}  # fmt: skip
HOSTILE_TEXTS = {
    "half_a_million_rows.md": b"| survey |\n| | type | name | label |\n" + b"| | text | q | Q |\n" * 400_000,
    "half_a_million_rows.csv": b"survey,,,\n,type,name,label\n" + b",text,q,Q\n" * 400_000,
    "one_cell.csv": b"survey,,,\n,type,name,label\n,text,q," + b"x" * 5_000_000,
    "bars.md": b"|" * 5_000_000,
    "groups_in_groups.md": form(
        *(f"begin group | g{number} | G" for number in range(DEEP)), "text | q | Q",
        *("end group | |" for _ in range(DEEP)),
    ).encode(),
    "repeats_in_repeats.md": form(
        *(f"begin repeat | r{number} | R | 20" for number in range(6)), "text | q | Q |",
        *("end repeat | | |" for _ in range(6)), titles="type | name | label | repeat_count",
    ).encode(),
    "brackets.md": form(
        "text | q | Q | " + "(" * 30_000, titles="type | name | label | relevant"
    ).encode(),
    "references.md": form("text | q | " + "${" * 15_000).encode(),
    "good_references.md": form(
        *(f"text | q{number} | " + "${q0} " * 5_000 for number in range(300))
    ).encode(),
    "parameters.md": form(
        "text | q | Q | " + "a" * 39_000, titles="type | name | label | parameters"
    ).encode(),
    "filters.md": form(
        "text | a | A |", *(f"select_one l | q{n} | Q | c=${{a}}" for n in range(1_500)),
        titles="type | name | label | choice_filter",
        choices="list_name | name | label | c\n" + "\n".join(f"l | n{n} | N | x{n}" for n in range(19_000)),
    ).encode(),
}  # fmt: skip
NOT_FORMS = {
    "empty.xlsx": b"",
    "text.xlsx": b"hello",
    "half.xlsx": simple_workbook()[:2_000],
    "random.xls": os.urandom(5_000),
    "random_compound.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(5_000),
    "workbook.xls": simple_workbook(),
    "latin.csv": "survey,,,\n,type,name,label\n,text,q,Größe\n".encode("latin-1"),
    "zero.csv": b"survey,,,\n,type,name,label\n,te\0xt,q,Q\n",
    "form.pdf": b"%PDF",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_in_time(name: str) -> None:
    make, feature = HOSTILE[name]
    data = make()
    started = time.process_time(), processor_seconds()
    imported = read_xlsform(data, "form.xlsx")
    assert [problem.feature for problem in imported.problems] == [feature]
    assert imported.document == {}
    assert time.process_time() - started[0] < 1
    assert processor_seconds() - started[1] < CPU_SECONDS + 2


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_text_is_refused_in_time(name: str) -> None:
    started = time.process_time() + processor_seconds()
    imported = read_xlsform(HOSTILE_TEXTS[name], name)
    assert imported.problems
    assert all(len(problem.message) < 1_000 for problem in imported.problems)
    assert time.process_time() + processor_seconds() - started < CPU_SECONDS + 3


@pytest.mark.parametrize("name", NOT_FORMS)
def test_what_is_no_form_is_refused_with_advice(name: str) -> None:
    imported = read_xlsform(NOT_FORMS[name], name)
    assert len(imported.problems) == 1
    assert imported.problems[0].message.endswith(".")


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    data = simple_workbook(*(("text", f"q{number}", "Q") for number in range(300)))
    lying = changed(
        data, SHEET, lambda xml: xml.replace(b"<sheetData>", b'<dimension ref="A1:C2"/><sheetData>')
    )
    document = read_xlsform(lying, "form.xlsx").document
    assert sum(len(section["questions"]) for section in document["sections"]) == 300


def test_a_far_cell_costs_nothing() -> None:
    far = (
        b"<row r='1048576'><c r='XFD1048576' t='inlineStr'><is><t>x</t></is></c></row></sheetData>"
    )
    data = changed(simple_workbook(), SHEET, lambda xml: xml.replace(b"</sheetData>", far))
    assert read_xlsform(data, "form.xlsx").problems == []


def test_the_process_is_stopped_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that never ends, under the limits that the real one sets itself."""
    monkeypatch.setattr(sandbox, "CHILD", "tests.unit.surveys.xlsform_endless")
    before = processor_seconds()
    found = sandbox.import_apart(b"", "form.xlsx", "und", [])
    assert [problem["code"] for problem in found["problems"]] == ["took_too_long"]
    assert processor_seconds() - before < CPU_SECONDS + 2


def test_a_process_that_only_waits_is_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "CHILD", "tests.unit.surveys.xlsform_asleep")
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.5)
    before = processor_seconds()
    found = sandbox.import_apart(b"", "form.xlsx", "und", [])
    assert [problem["code"] for problem in found["problems"]] == ["took_too_long"]
    assert processor_seconds() - before < CPU_SECONDS


def test_the_process_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLYLOGUE_SECRET_KEY", "do not pass on")
    assert "POLYLOGUE_SECRET_KEY" not in sandbox._surroundings()


def test_memory_is_bounded() -> None:
    """Bounds hold before the reader does anything: a bomb that nothing else finds."""
    cells = b"".join(b"<c r='A%d'><v>%d</v></c>" % (n, n) for n in range(900_000))
    data = changed(
        simple_workbook(),
        SHEET,
        lambda xml: xml.replace(b"</sheetData>", b"<row r='3'>" + cells + b"</row></sheetData>"),
    )
    imported = read_xlsform(data, "form.xlsx")
    assert [problem.feature for problem in imported.problems] in (["size"], ["time"])


@pytest.mark.parametrize(
    "stored",
    [
        "[]", "{", '{"as": "text", "settings": 5}', '{"as": "text", "question": {"label": 5}}',
        '{"as": "text", "question": {"code": "other code"}}', '{"as": "text", "lists": [1]}',
        '{"as": "text", "settings": {"items": 5, "design": 7, "versions": 1000000000}}',
        '{"as": "text", "question": {"extras": {"a": 1}, "required": "perhaps"}}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["best_worst", "single_choice", "section", "part", "nonsense"])
def test_columns_of_ours_are_not_believed(stored: str, kind: str) -> None:
    data = workbook(
        {
            "survey": [
                ("type", "name", "label", "x_kind", "x_settings"), ("text", "q", "Q", kind, stored),
                ("text", "r", "R", "", ""),
            ],
            "settings": [("x_document",), ('{"languages": 5, "kept": 3, "extras": [], "title": 7}',)],
        }
    )  # fmt: skip
    imported = read_xlsform(data, "form.xlsx")
    assert imported.document or imported.problems
    broken = str(MESSAGES["reader_failed"])
    assert broken not in {problem.message for problem in imported.problems}
