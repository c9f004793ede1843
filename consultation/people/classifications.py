"""Countries, the groupings they belong to, and the sectors of stakeholders: data with source and year.

The data are `countries.csv` and `classifications.json` beside this module. Country names are not stored:
they come from CLDR through Babel, in whatever language the page is in.
"""

import csv
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from babel import Locale

_FOLDER = Path(__file__).parent

#: The grouping that a consultation uses for "region" unless its organiser chooses another.
DEFAULT_REGION = "un_group"
GLOBAL_SOUTH = "global_south"
DEFAULT_GLOBAL_SOUTH_RULE = "g77"
NO_GROUP = "none"


def _in_language(names: Mapping[str, str], language: str) -> str:
    """The name in a language (`pt-BR` falls back to `pt`), else in English."""
    for code in (language, language.replace("_", "-").partition("-")[0]):
        if code in names:
            return names[code]
    return names["en"]


@dataclass(frozen=True)
class Group:
    """One group of a classification, or one sector: a stable code and its names by language."""

    code: str
    names: Mapping[str, str] = field(hash=False)

    def name(self, language: str) -> str:
        return _in_language(self.names, language)


@dataclass(frozen=True)
class Classification:
    """One way to group countries. Every country falls in exactly one group, `none` included."""

    code: str
    names: Mapping[str, str] = field(hash=False)
    source: str
    year: int
    note: str
    groups: tuple[Group, ...]
    #: The column of the country table, or None where a rule decides (Global South).
    column: str | None

    def name(self, language: str) -> str:
        return _in_language(self.names, language)

    def group(self, code: str) -> Group:
        """The group with this code; KeyError where there is none."""
        for group in self.groups:
            if group.code == code:
                return group
        raise KeyError(code)


@dataclass(frozen=True)
class GlobalSouthRule:
    """A documented, replaceable reading of "Global South": membership of groups of a classification."""

    code: str
    classification: str
    groups: frozenset[str]
    names: Mapping[str, str] = field(hash=False)
    note: str

    def name(self, language: str) -> str:
        return _in_language(self.names, language)


@dataclass(frozen=True)
class Country:
    """One entry of ISO 3166-1 and the groups it falls in. Group codes are those of the classifications."""

    alpha2: str
    alpha3: str
    m49_region: str
    m49_subregion: str
    un_group: str
    income: str
    g77: str
    ldc: str
    lldc: str
    sids: str

    @property
    def is_un_member(self) -> bool:
        return self.un_group != NO_GROUP

    def name(self, language: str) -> str:
        """The name in CLDR; the code where CLDR has no name in this language."""
        return str(_locale(language).territories.get(self.alpha2, self.alpha2))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))


@cache
def _document() -> dict[str, Any]:
    text = (_FOLDER / "classifications.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _group(entry: dict[str, Any]) -> Group:
    return Group(entry["code"], MappingProxyType(entry["names"]))


@cache
def countries() -> Mapping[str, Country]:
    """Every country by its two-letter code, in the order of the codes."""
    with (_FOLDER / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = [Country(**row) for row in csv.DictReader(file)]
    return MappingProxyType({row.alpha2: row for row in rows})


@cache
def classifications() -> Mapping[str, Classification]:
    """Every classification by its code, in the order in which they are offered."""
    return MappingProxyType(
        {
            entry["code"]: Classification(
                code=entry["code"],
                names=MappingProxyType(entry["names"]),
                source=entry["source"],
                year=entry["year"],
                note=entry["note"],
                groups=tuple(_group(group) for group in entry["groups"]),
                column=entry["column"],
            )
            for entry in _document()["classifications"]
        }
    )


@cache
def global_south_rules() -> Mapping[str, GlobalSouthRule]:
    """The readings of "Global South" to choose from, the default first."""
    return MappingProxyType(
        {
            entry["code"]: GlobalSouthRule(
                code=entry["code"],
                classification=entry["classification"],
                groups=frozenset(entry["groups"]),
                names=MappingProxyType(entry["names"]),
                note=entry["note"],
            )
            for entry in _document()["global_south_rules"]
        }
    )


#: The sectors shipped, in the order in which a form shows them.
SECTORS: tuple[Group, ...] = tuple(_group(entry) for entry in _document()["sectors"])
SECTOR_CODES: tuple[str, ...] = tuple(sector.code for sector in SECTORS)


def sector_name(code: str, language: str) -> str:
    """The label of a sector; KeyError for a code that is not one of `SECTOR_CODES`."""
    for sector in SECTORS:
        if sector.code == code:
            return sector.name(language)
    raise KeyError(code)


def country(code: str) -> Country:
    """The country with this two-letter code, in any case; KeyError where there is none.

    The code of Namibia is `NA`. Readers of tables must not take it for "missing".
    """
    return countries()[code.upper()]


def classification(code: str) -> Classification:
    """The classification with this code; KeyError where there is none."""
    return classifications()[code]


def groups(classification_code: str = DEFAULT_REGION) -> tuple[Group, ...]:
    """The groups of a classification in their order, the rest group (`none` or `no`) last."""
    return classification(classification_code).groups


def region_of(
    country_code: str | None,
    classification_code: str = DEFAULT_REGION,
    *,
    global_south_rule: str = DEFAULT_GLOBAL_SOUTH_RULE,
) -> str | None:
    """The code of the group a country falls in, or None where the country is not known.

    `none` (outside every group) and None (we do not know) are different answers and are counted apart.
    """
    if not country_code or country_code.upper() not in countries():
        return None
    if classification_code == GLOBAL_SOUTH:
        rule = global_south_rules()[global_south_rule]
        inside = region_of(country_code, rule.classification) in rule.groups
        return "yes" if inside else "no"
    column = classification(classification_code).column
    if column is None:
        raise KeyError(classification_code)
    return str(getattr(country(country_code), column))


@cache
def countries_sorted(language: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country in the alphabetical order of a language.

    Letters with marks sort with their base letters (`Éthiopie` with `Ethiopie`, `أ` with `ا`). That is right
    for most languages without a collation library; alphabets that place such letters at the end, and
    scripts without an alphabet, get a stable order that is merely close.
    """
    named = [(code, entry.name(language)) for code, entry in countries().items()]
    return tuple(sorted(named, key=lambda pair: (_sort_key(pair[1]), pair[0])))


def _sort_key(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    # Punctuation is dropped too, so that `Cote d'Ivoire` does not depend on the kind of apostrophe.
    return "".join(sign for sign in decomposed if sign.isalnum() or sign == " ")


@cache
def _codes_by_name(language: str) -> Mapping[str, str]:
    return {_sort_key(entry.name(language)): code for code, entry in countries().items()}


def find_country(text: str, language: str = "en") -> str | None:
    """The code of a country given by its two-letter code or by its CLDR name in a language."""
    if text.upper() in countries():
        return text.upper()
    return _codes_by_name(language).get(_sort_key(text))
