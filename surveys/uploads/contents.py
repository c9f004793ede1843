"""What a file is, told from its content. Names and declared types are not believed.

Archives are recognised by the names in their directories and are never unpacked.
"""

import re
import struct
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """What the author of a question may ask for."""

    DOCUMENTS = "documents"
    TABLES = "tables"
    IMAGES = "images"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that is taken; its files are given back under its own name ending."""

    code: str
    media_type: str
    group: Group


_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    kind.code: kind
    for kind in (
        FileType("pdf", "application/pdf", Group.DOCUMENTS),
        FileType("odt", "application/vnd.oasis.opendocument.text", Group.DOCUMENTS),
        FileType("docx", f"{_OFFICE}wordprocessingml.document", Group.DOCUMENTS),
        FileType("txt", "text/plain", Group.DOCUMENTS),
        FileType("xlsx", f"{_OFFICE}spreadsheetml.sheet", Group.TABLES),
        FileType("csv", "text/csv", Group.TABLES),
        FileType("png", "image/png", Group.IMAGES),
        FileType("jpeg", "image/jpeg", Group.IMAGES),
    )
}
_BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
_ARCHIVE = b"PK\x03\x04"
_ODT = b"mimetypeapplication/vnd.oasis.opendocument.text"
_ODT_PLACE = 30
#: The part that makes a document of its kind; one with programs inside is none that is taken.
_PARTS = {b"word/document.xml": "docx", b"xl/workbook.xml": "xlsx"}
_CONTENT_TYPES = b"[Content_Types].xml"
_PROGRAMS = re.compile(rb"vbaProject\.bin\Z|macrosheets/", re.IGNORECASE)
_DIRECTORY_END = b"PK\x05\x06"
_DIRECTORY_ENTRY = b"PK\x01\x02"
_END_SIZE, _ENTRY_SIZE = 22, 46
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")


def type_of(content: bytes, name: str) -> FileType | None:
    """The type of a file, or None for what is not taken.

    The name decides one thing only: whether a text is a table of comma-separated values.
    """
    for beginning, code in _BEGINNINGS.items():
        if content.startswith(beginning):
            return TYPES[code]
    if content.startswith(_ARCHIVE):
        return _archive_type(content)
    if _is_text(content):
        return TYPES["csv" if name.lower().endswith((".csv", ".tsv")) else "txt"]
    return None


def _archive_type(content: bytes) -> FileType | None:
    is_odt = content[_ODT_PLACE : _ODT_PLACE + len(_ODT)] == _ODT
    if is_odt and content[_ODT_PLACE + len(_ODT) :][:2] == b"PK":
        return TYPES["odt"]
    names = _names_in(content)
    if _CONTENT_TYPES not in names or any(map(_PROGRAMS.search, names)):
        return None
    found = [code for part, code in _PARTS.items() if part in names]
    return TYPES[found[0]] if len(found) == 1 else None


def _names_in(content: bytes) -> set[bytes]:
    """The names in an archive's directory; none where the directory makes no sense."""
    end = content.rfind(_DIRECTORY_END)
    if not 0 <= end <= len(content) - _END_SIZE:
        return set()
    count, _size, place = struct.unpack_from("<HLL", content, end + 10)
    names: set[bytes] = set()
    for _entry in range(count):
        if not content.startswith(_DIRECTORY_ENTRY, place) or place + _ENTRY_SIZE > end:
            return set()
        name, extra, comment = struct.unpack_from("<HHH", content, place + 28)
        names.add(content[place + _ENTRY_SIZE : place + _ENTRY_SIZE + name])
        place += _ENTRY_SIZE + name + extra + comment
    return names


def _is_text(content: bytes) -> bool:
    """Whether it is text in UTF-8 or marked UTF-16, and no page or picture written as text."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not _CONTROLS.search(text) and not text.lstrip().startswith("<")
