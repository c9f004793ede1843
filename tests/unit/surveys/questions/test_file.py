"""Files: told by their content, kept by a ticket, never lost by a mistake elsewhere."""

import json
import zipfile
from hashlib import sha256
from io import BytesIO

import pytest
from pydantic import ValidationError
from werkzeug.datastructures import FileStorage

from app import create_app
from core.config import LARGEST_UPLOAD
from core.db import get_database
from surveys.questions.file import LONGEST_NAME, FileSettings, clean_name
from surveys.uploads import store
from surveys.uploads.contents import type_of
from tests.plugins.application import make_settings
from tests.support.asked import Asked

pytestmark = pytest.mark.usefixtures("page")
FILE = Asked("file", {})
SMALL = Asked("file", {"max_megabytes": 1, "images": False})
PDF = b"%PDF-1.7\n1 0 obj\n"
SKIPPED = {"state": "skipped", "value": None}


def chosen(content=PDF, name="Letter.pdf"):
    """A file as a browser sends it; its declared type is a lie, since nobody believes it."""
    return FileStorage(BytesIO(content), filename=name, content_type="text/html")


def archive(*names, first=None, inside=b"<x/>"):
    """A zip file with such entries, stored as they are."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        if first:
            file.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            file.writestr(name, inside)
    return made.getvalue()


ODT = archive("content.xml", first="application/vnd.oasis.opendocument.text")
DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (PDF, "x", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "x.pdf", "png"),
        (b"\xff\xd8\xff\xe0....", "x", "jpeg"),
        (ODT, "x", "odt"),
        (DOCX, "x", "docx"),
        (XLSX, "x", "xlsx"),
        (
            archive("[Content_Types].xml", "word/document.xml", "word/a.xlsx", inside=XLSX),
            "x",
            "docx",
        ),
        (b"a,b\n1,2\n", "table.CSV", "csv"),
        (b"a,b\n1,2\n", "table.pdf", "txt"),
        ("نص عربي\r\n\tسطر".encode(), "x.txt", "txt"),
        ("\ufeffصف;عمود".encode(), "x.csv", "csv"),
        ("كلمة".encode("utf-16"), "x.txt", "txt"),
    ],
)
def test_a_type_is_told_from_the_content(content, name, code):
    assert type_of(content, name).code == code


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "page.txt"),
        (b"\n\t <svg onload='alert(1)'/>", "picture.png"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "x.txt"),
        (b"MZ\x90\x00\x03", "letter.pdf"),
        (b"\x7fELF\x02", "letter.pdf"),
        (b"GIF89a\x01\x00\x01\x00", "x.gif"),
        (b"RIFF\x24\x00\x00\x00WEBP", "x.png"),
        (b"\x00%PDF-1.7", "x.pdf"),
        (archive("a.txt"), "x.docx"),
        (archive("[Content_Types].xml"), "x.docx"),
        (archive("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"), "x.docx"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "x.docx"),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/a.xml"), "x.xlsx"),
        (archive(first="application/vnd.oasis.opendocument.text-master"), "x.odt"),
        (archive(first="application/epub+zip"), "x.odt"),
        (b"PK\x03\x04", "x.docx"),
        (DOCX[:-30], "x.docx"),
        (DOCX[:-22] + b"PK\x05\x06" + b"\xff" * 18, "x.docx"),
        (b"PK\x03\x04[Content_Types].xml word/document.xml", "x.docx"),
        (b"caf\xe9", "latin.txt"),
        (b"a\x00b", "x.txt"),
        (b"\x1b[31mred", "x.txt"),
        (b"   \n", "x.txt"),
        (b"", "x.pdf"),
    ],
)
def test_what_is_not_taken_has_no_type(content, name):
    assert type_of(content, name) is None


def test_a_file_is_stored_under_a_random_key_with_its_fingerprint():
    first, second = FILE.send({"": chosen()}), FILE.send({"": chosen()})
    assert first.problems == {}
    value = first.value
    assert value == {
        "key": value["key"],
        "name": "Letter.pdf",
        "type": "pdf",
        "size": len(PDF),
        "sha256": sha256(PDF).hexdigest(),
    }
    assert store.find(value["key"]).read_bytes() == PDF
    assert store.find(value["key"]).stat().st_mode & 0o077 == 0
    assert second.value["key"] != value["key"]
    assert json.loads(json.dumps(first.answer)) == first.answer


def test_it_comes_back_through_the_page_and_through_cells():
    answer = FILE.send({"": chosen()}).answer
    assert FILE.send(FILE.page(answer), answer).answer == answer
    assert FILE.back(answer) == answer
    assert FILE.type.value(FILE.stored, answer) == "Letter.pdf"
    assert FILE.type.display(FILE.stored, answer, "en") == ["Letter.pdf (1 KB)"]
    assert FILE.type.measures(FILE.stored) == ()
    assert FILE.imported(answer) == []


def test_a_page_with_a_mistake_elsewhere_still_speaks_of_the_file():
    """Before anything is stored: the page is made from what was just sent."""
    answer = FILE.send({"": chosen()}).answer
    shown = FILE.shown(answer)
    assert FILE.type.kept(shown)["name"] == "Letter.pdf"
    ticket = FILE.type.ticket(shown)
    assert FILE.send({"": ticket}).answer == answer


def test_a_new_file_takes_the_place_of_the_old_one():
    old = FILE.send({"": chosen()}).answer
    ticket = FILE.type.ticket(FILE.shown(old))
    new = FILE.send({"": [ticket, chosen(b"%PDF-2.0", "New.pdf")]}, old)
    assert (new.value["name"], new.problems) == ("New.pdf", {})


def test_it_can_be_taken_back():
    old = FILE.send({"": chosen()}).answer
    ticket = FILE.type.ticket(FILE.shown(old))
    assert FILE.send({"": [ticket, "-remove"]}, old).answer == SKIPPED
    assert FILE.send({"": ["-remove"]}, old).answer == SKIPPED


def test_a_wrong_file_does_not_cost_the_one_before():
    old = FILE.send({"": chosen()}).answer
    ticket = FILE.type.ticket(FILE.shown(old))
    wrong = FILE.send({"": [ticket, chosen(b"MZ\x90\x00", "x.exe")]}, old)
    assert set(wrong.problems) == {""}
    again = FILE.type.ticket(FILE.shown(wrong.answer))
    assert FILE.send({"": again}).answer == old


@pytest.mark.parametrize(
    ("asked", "content", "word"),
    [
        (SMALL, b"%PDF-" + b"x" * 1024 * 1024, "larger than 1 MB"),
        (FILE, b"", "empty"),
        (FILE, b"MZ\x90\x00", "PDF, ODT, DOCX, TXT, XLSX, CSV, PNG, JPEG"),
        (SMALL, b"\x89PNG\r\n\x1a\n", "PDF, ODT, DOCX, TXT, XLSX, CSV"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_and_nothing_is_written(asked, content, word, asking_app):
    folder = asking_app.extensions["settings"].instance_path / store.FOLDER
    before = sorted(folder.rglob("*"))
    sent = asked.send({"": chosen(content)})
    assert word in sent.problems[""]
    assert sorted(folder.rglob("*")) == before


def test_a_file_of_just_the_largest_size_is_taken():
    content = b"%PDF-" + b"x" * (1024 * 1024 - 5)
    assert SMALL.send({"": chosen(content)}).problems == {}


def forged(changes):
    answer = FILE.send({"": chosen()}).answer
    ticket = FILE.type.ticket(FILE.shown(answer))
    seal, _point, body = ticket.partition(".")
    return f"{seal}.{json.dumps({**json.loads(body), **changes}, sort_keys=True)}"


@pytest.mark.parametrize(
    "ticket",
    [
        "",
        ".",
        "x.{}",
        "é.{}",
        "\ud800.{}",
        "../../etc/passwd",
        "x" * 1_000_000,
        "a\x00b",
        "1e400",
    ],
)
def test_a_ticket_that_we_did_not_make_is_worth_nothing(ticket):
    assert FILE.send({"": ticket}).answer == SKIPPED


def test_a_changed_ticket_and_one_of_another_question_are_worth_nothing():
    assert FILE.send({"": forged({})}).answer != SKIPPED
    assert FILE.send({"": forged({"key": "a" * 32})}).answer == SKIPPED
    assert FILE.send({"": forged({"name": "x"})}).answer == SKIPPED
    answer = FILE.send({"": chosen()}).answer
    other = FILE.shown(answer).model_copy(update={"code": "other"})
    assert FILE.send({"": FILE.type.ticket(other)}).answer == SKIPPED


def test_a_ticket_of_a_file_that_is_gone_is_no_answer():
    answer = FILE.send({"": chosen()}).answer
    ticket = FILE.type.ticket(FILE.shown(answer))
    store.find(answer["value"]["key"]).unlink()
    assert FILE.send({"": ticket}).answer == SKIPPED


GOOD = {"key": "a" * 32, "name": "x.pdf", "type": "pdf", "size": 5, "sha256": "0" * 64}


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "x",
        [],
        {},
        {"fault": "other"},
        {**GOOD, "key": "../../etc/passwd"},
        {**GOOD, "key": 5},
        {**GOOD, "name": "../x.pdf"},
        {**GOOD, "name": "x\x00.pdf"},
        {**GOOD, "name": "\ud800"},
        {**GOOD, "type": "exe"},
        {**GOOD, "type": []},
        {**GOOD, "size": -1},
        {**GOOD, "size": True},
        {**GOOD, "size": 1e400},
        {**GOOD, "size": 6 * 1024 * 1024},
        {**GOOD, "sha256": "x"},
        {**GOOD, "more": 1},
    ],
)
def test_an_answer_that_we_did_not_make_is_refused(value):
    assert FILE.imported({"state": "answered", "value": GOOD}) == []
    assert len(FILE.imported({"state": "answered", "value": value})) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Letter.pdf", "Letter.pdf"),
        ("C:\\Users\\me\\Letter.pdf", "Letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("رسالة.pdf", "رسالة.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nb\x00.pdf", "ab.pdf"),
        ("\ud800.pdf", ".pdf"),
        ("/", "?"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
        ("x" * 1_000_000, "x" * LONGEST_NAME),
    ],
)
def test_names_are_kept_without_folders_and_without_tricks(given, kept):
    assert clean_name(given) == kept
    assert clean_name(kept) == kept


def test_nothing_chosen_is_no_answer():
    assert FILE.send({}).answer == SKIPPED
    assert FILE.send({"": chosen(b"", "")}).answer == SKIPPED
    assert FILE.back(SKIPPED) == SKIPPED
    required = Asked("file", {}, required=True)
    assert required.send({}).problems == {"": "Choose a file."}


def test_an_installation_that_takes_no_files_takes_none_and_demands_none(tmp_path):
    closed = create_app(make_settings(tmp_path))
    required = Asked("file", {}, required=True)
    with closed.test_request_context("/"):
        sent = required.send({"": chosen()})
        assert (sent.answer, sent.problems) == (SKIPPED, {})
        assert not (tmp_path / store.FOLDER).exists()
    get_database(closed).dispose()


@pytest.mark.parametrize(
    "told",
    [
        {"documents": False, "tables": False, "images": False},
        {"max_megabytes": 0},
        {"max_megabytes": LARGEST_UPLOAD // (1024 * 1024) + 1},
        {"kinds": ["exe"]},
    ],
)
def test_settings_that_make_no_sense_are_refused(told):
    with pytest.raises(ValidationError):
        FileSettings.model_validate(told)
