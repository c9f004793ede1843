"""What a workbook's archive may hold; checked before any of it is read as XML."""

import re
import zipfile
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from surveys.interchange.xlsform.remarks import refuse

MOST_MEMBERS = 1_000
MOST_BYTES = 50_000_000
#: Spreadsheets shrink well, but no more than this once they are of some size.
MOST_RATIO = 250
SIZE_FOR_RATIO = 1_000_000
#: A tag or a comment longer than this makes old XML parsers read it again and again.
LONGEST_TOKEN = 65_536
_ENCRYPTED = 0x1
_UNREADABLE = (BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError)
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % LONGEST_TOKEN)
_SPANS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_DECLARATIONS = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def check_archive(data: bytes) -> None:
    """Refuse archives that are too big, locked, with macros, or with dangerous XML."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members)
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(archive.read(member))
    except (*_UNREADABLE, zlib.error) as error:
        raise refuse("not_a_workbook") from error


def _check_members(members: list[ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS or len(set(names)) != len(names):
        raise refuse("archive_odd", None, "archive")
    if any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names):
        raise refuse("archive_odd", None, "archive")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise refuse("locked", None, "password")
    if any(member.compress_type not in _METHODS for member in members):
        raise refuse("archive_odd", None, "archive")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise refuse("too_big", None, "size", limit=MOST_BYTES // 1_000_000)
    if any(_is_bomb(member) for member in members):
        raise refuse("archive_bomb", None, "size")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse("macros", None, "macros")


def _is_bomb(member: ZipInfo) -> bool:
    if member.file_size < SIZE_FOR_RATIO:
        return False
    return member.file_size > MOST_RATIO * max(1, member.compress_size)


def _check_xml(content: bytes) -> None:
    if content[:2] in _WIDE:
        raise refuse("archive_odd", None, "character encoding")
    if _DECLARATIONS.search(content):
        raise refuse("declarations", None, "document type declaration")
    if len(content) <= LONGEST_TOKEN:
        return
    if any(_longest_span(content, *span) > LONGEST_TOKEN for span in _SPANS):
        raise refuse("long_token", None, "size")
    if _LONG_TAG.search(content):
        raise refuse("long_token", None, "size")


def _longest_span(content: bytes, start: bytes, end: bytes) -> int:
    longest = place = 0
    while (place := content.find(start, place)) >= 0:
        stop = content.find(end, place)
        stop = len(content) if stop < 0 else stop
        longest = max(longest, stop - place)
        place = stop + 1
    return longest
