"""What the cells of the column `type` mean."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Sort(StrEnum):
    """What a row asks for, in our words."""

    BEGIN_GROUP = "begin_group"
    END_GROUP = "end_group"
    BEGIN_REPEAT = "begin_repeat"
    END_REPEAT = "end_repeat"
    SHORT_TEXT = "short_text"
    WHOLE_NUMBER = "whole_number"
    NUMBER = "number"
    RANGE = "range"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    DATE = "date"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    FILE = "file"
    METADATA = "metadata"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Type:
    """A type with what stands beside it in its cell."""

    sort: Sort
    word: str
    list_name: str = ""
    has_other: bool = False
    #: Where we ask something simpler than what the form says.
    feature: str = ""


_BEGIN = re.compile(r"begin[\s_](group|lgroup|repeat|loop|looped group)(?: (?:over )?(\S+))?\Z")
_END = re.compile(r"end[\s_](group|lgroup|repeat|loop|looped group)\Z")
_SELECT = re.compile(
    r"(add select one prompt using|add select multiple prompt using|select all that apply from|"
    r"select one from|select1|select_one|select one|select_multiple|select all that apply|"
    r"select_one_external|select_one_from_file|select_multiple_from_file|select one from file|"
    r"select multiple from file|rank) (\S+)(?: (or specify other|or_other|or other))?\Z"
)
_MULTIPLE = ("multiple", "all that apply")
_SIMPLE: Final[dict[Sort, tuple[str, ...]]] = {
    Sort.SHORT_TEXT: ("text", "string", "q string", "add text prompt", "phone number"),
    Sort.WHOLE_NUMBER: (
        "integer", "int", "q int", "add integer prompt", "percentage",
        "number of days in last month", "number of days in last six months",
        "number of days in last year",
    ),
    Sort.NUMBER: ("decimal", "q decimal", "add decimal prompt"),
    Sort.RANGE: ("range",),
    Sort.DATE: ("date", "q date", "add date prompt"),
    Sort.NOTE: ("note", "q note", "add note prompt"),
    Sort.ACKNOWLEDGE: ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"),
    Sort.CALCULATE: ("calculate", "q calculate", "add calculate prompt"),
    Sort.HIDDEN: ("hidden",),
    Sort.METADATA: (
        "start", "end", "today", "deviceid", "device id", "imei", "phonenumber", "simserial",
        "sim id", "subscriberid", "subscriber id", "username", "email", "audit", "get start time",
        "start time", "get end time", "end time", "get today", "get device id", "get sim id",
        "get subscriber id", "get phone number", "uri:deviceid", "uri:subscriberid",
        "uri:phonenumber", "uri:simserial", "uri:username", "uri:email", "start-geopoint",
        "background-audio", "background-geopoint", "csv-external", "xml-external",
    ),
}  # fmt: skip
#: Asked for as something simpler, under the name of what is lost.
_SIMPLER: Final[dict[str, tuple[Sort, str]]] = {
    **dict.fromkeys(("time",), (Sort.SHORT_TEXT, "time of day")),
    **dict.fromkeys(
        ("dateTime", "datetime", "date time", "q dateTime", "q date time", "add dateTime prompt",
         "add date time prompt"),
        (Sort.DATE, "time of day"),
    ),
    **dict.fromkeys(
        ("geopoint", "q geopoint", "gps", "location", "q location", "add location prompt"),
        (Sort.SHORT_TEXT, "geopoint"),
    ),
    **dict.fromkeys(("geoshape", "q geoshape"), (Sort.SHORT_TEXT, "geoshape")),
    **dict.fromkeys(("geotrace", "q geotrace"), (Sort.SHORT_TEXT, "geotrace")),
    **dict.fromkeys(("barcode", "q barcode", "add barcode prompt"), (Sort.SHORT_TEXT, "barcode")),
    **dict.fromkeys(("osm",), (Sort.SHORT_TEXT, "osm")),
    **dict.fromkeys(
        ("image", "photo", "q image", "q picture", "add image prompt", "add photo prompt"),
        (Sort.FILE, "image"),
    ),
    **dict.fromkeys(("audio", "q audio", "add audio prompt"), (Sort.FILE, "audio")),
    **dict.fromkeys(("video", "q video", "add video prompt"), (Sort.FILE, "video")),
    **dict.fromkeys(("file", "add file prompt"), (Sort.FILE, "file")),
}  # fmt: skip
_REFUSED: Final = {
    "include": "include",
    "xml-include": "include",
    "entity": "entities",
    "group": "group without an end",
    "repeat": "repeat without an end",
    "cascading_select": "cascading_select",
    "cascading select": "cascading_select",
}
_BY_WORD: Final = {word: sort for sort, words in _SIMPLE.items() for word in words}


def type_of(cell: str) -> Type:
    """The type that a cell names; every spelling that other tools know."""
    grouped = _group_type(cell) or _select_type(cell)
    if grouped:
        return grouped
    if cell in _BY_WORD:
        return Type(_BY_WORD[cell], cell)
    if cell in _SIMPLER:
        sort, feature = _SIMPLER[cell]
        return Type(sort, cell, feature=feature)
    if cell.startswith("osm "):
        return Type(Sort.SHORT_TEXT, "osm", feature="osm")
    refused = _REFUSED.get(cell) or _REFUSED.get(cell.partition(" ")[0])
    if refused:
        return Type(Sort.REFUSED, cell, feature=refused)
    return Type(Sort.UNKNOWN, cell)


def _group_type(cell: str) -> Type | None:
    begin = _BEGIN.match(cell)
    if begin:
        if begin[1] == "loop":
            return Type(Sort.BEGIN_REPEAT, cell, begin[2] or "", feature="loop")
        sort = Sort.BEGIN_GROUP if begin[1] == "group" else Sort.BEGIN_REPEAT
        return Type(sort, cell)
    end = _END.match(cell)
    if end:
        return Type(
            Sort.END_GROUP if end[1] == "group" else Sort.END_REPEAT,
            cell,
            feature="loop" if end[1] == "loop" else "",
        )
    return None


def _select_type(cell: str) -> Type | None:
    found = _SELECT.match(cell)
    if not found:
        return None
    word, list_name, other = found.groups()
    if "file" in word:
        return Type(Sort.REFUSED, cell, list_name, feature="external files")
    if word == "rank":
        sort = Sort.RANK
    elif any(part in word for part in _MULTIPLE):
        sort = Sort.SELECT_MULTIPLE
    else:
        sort = Sort.SELECT_ONE
    feature = "select_one_external" if word == "select_one_external" else ""
    return Type(sort, word, list_name, has_other=other is not None, feature=feature)


#: Types that bring a rule of their own with them.
OWN_RULES: Final = {
    "percentage": ". >= 0 and . <= 100",
    "number of days in last month": ". >= 0 and . <= 31",
    "number of days in last six months": ". >= 0 and . <= 183",
    "number of days in last year": ". >= 0 and . <= 365",
    "phone number": r"regex(., '^\d*$')",
}
#: Types that tell what to write even where the author says nothing.
HINTED: Final = frozenset(
    {
        "number of days in last month", "number of days in last six months",
        "number of days in last year", "phone number",
    }
)  # fmt: skip
TODAY: Final = frozenset({"today", "get today"})
MOMENTS: Final = frozenset(
    {"start", "end", "get start time", "start time", "get end time", "end time"}
)
