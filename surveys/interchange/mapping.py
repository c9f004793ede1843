"""The mapping file: how columns collected elsewhere become answers here.

`docs/import.md` explains it field by field; `docs/mappings/` holds a complete example.
"""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import Invalid

Missing = Literal["skipped", "not_shown", "dont_know", "refused", "not_reached"]


class Part(BaseModel):
    """A part of the mapping; an unknown key is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ResponsesFile(Part):
    """The table with one row a response."""

    file: str
    record: str
    delimiter: str = ","
    encoding: str = "utf-8-sig"


class TextsFile(Part):
    """A JSON-lines file with one free text a line, joined by the record's id."""

    file: str
    record: str = "id"
    question: str = "question"
    text: str = "text"
    language: str | None = None


class CodedColumn(Part):
    """A column whose labels become codes. `*` stands for any characters; unlisted is refused."""

    column: str
    codes: dict[str, str | None] = Field(default_factory=dict)

    def code_of(self, label: str) -> str | None:
        return match_label(self.codes, label)


class CountryColumn(Part):
    """A column of country names or ISO codes; aliases are for names that CLDR does not know."""

    column: str
    language: str = "en"
    aliases: dict[str, str] = Field(default_factory=dict)


class MappedQuestion(Part):
    """One question, or several alike when `column` holds a `*`."""

    column: str
    kind: Literal["single_choice", "multiple_choice", "rating_scale", "long_text", "short_text"]
    section: str = "main"
    label: dict[str, str] = Field(default_factory=dict)
    #: Labels of columns that share this entry, by column.
    labels: dict[str, dict[str, str]] = Field(default_factory=dict)
    points: int = 5
    codes: dict[str, str] = Field(default_factory=dict)
    #: What the codes mean to a reader; a code without one is shown as it is.
    options: dict[str, dict[str, str]] = Field(default_factory=dict)
    missing: dict[str, Missing] = Field(default_factory=dict)
    separator: str = ";"
    #: Whether every other question is also broken down by this one.
    group: bool = False


class Mapping(Part):
    """The whole file."""

    format: Literal["polylogue-mapping/1"]
    title: dict[str, str]
    default_language: str = "en"
    responses: ResponsesFile
    texts: TextsFile | None = None
    language: CodedColumn | None = None
    sector: CodedColumn | None = None
    country: CountryColumn | None = None
    #: Cells that mean "no answer" in every question, and which kind of none.
    missing: dict[str, Missing] = {"": "skipped"}
    sections: dict[str, dict[str, str]] = Field(default_factory=dict)
    questions: tuple[MappedQuestion, ...]
    #: Columns left out on purpose; any other unmapped column is reported.
    ignore: tuple[str, ...] = ()
    quotable: bool = False


def match_label(codes: dict[str, str | None] | dict[str, str], label: str) -> str | None:
    """The code of a label: an exact key first, then the first pattern that fits."""
    if label in codes:
        return codes[label]
    for pattern, code in codes.items():
        if "*" in pattern and fnmatchcase(label, _only_stars(pattern)):
            return code
    raise KeyError(label)


def _only_stars(pattern: str) -> str:
    """`?` and `[` stand for themselves: labels are full of them."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file; each problem is named by its place in the file."""
    try:
        return Mapping.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except json.JSONDecodeError as error:
        message = f"{path.name} is not valid JSON: line {error.lineno}, column {error.colno}."
        raise Invalid(message) from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'file'}: {problem['msg']}"
            for problem in error.errors()
        )
        message = f"{path.name} does not follow the mapping format. {problems}"
        raise Invalid(message) from error
