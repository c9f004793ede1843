import csv
from collections import Counter
from pathlib import Path

import pytest

from consultation.people.classifications import (
    SECTOR_CODES,
    SECTORS,
    classifications,
    countries,
    countries_sorted,
    country,
    global_south_rules,
    groups,
    region_of,
    sector_name,
)

UN_GROUPS = {
    "African States": "african",
    "Asia-Pacific States": "asia_pacific",
    "Eastern European States": "eastern_european",
    "Latin American and Caribbean States": "grulac",
    "Western European and other States": "weog",
    "": "none",
}
INCOME = {
    "Low income": "low",
    "Lower middle income": "lower_middle",
    "Upper middle income": "upper_middle",
    "High income": "high",
    "": "none",
}


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> dict[str, dict[str, str]]:
    path = shared_data / "data" / "reference" / "countries_taxonomy.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["iso2"]: row for row in csv.DictReader(file)}


def members(classification: str, group: str = "yes") -> set[str]:
    return {code for code in countries() if region_of(code, classification) == group}


def test_the_table_holds_the_249_entries_of_iso_3166_with_unique_codes():
    table = countries()
    assert len(table) == 249
    assert len({entry.alpha3 for entry in table.values()}) == 249
    assert all(len(code) == 2 and code.isupper() and code.isascii() for code in table)


def test_the_193_member_states_fall_into_the_five_regional_groups():
    counted = Counter(entry.un_group for entry in countries().values() if entry.is_un_member)
    assert counted == {
        "african": 54,
        "asia_pacific": 54,
        "grulac": 33,
        "weog": 29,
        "eastern_european": 23,
    }


@pytest.mark.parametrize(
    ("classification", "expected"), [("ldc", 44), ("lldc", 32), ("sids", 53), ("g77", 134)]
)
def test_membership_counts_are_those_of_the_official_lists(classification, expected):
    assert len(members(classification)) == expected


def test_sao_tome_left_the_least_developed_countries_in_december_2024():
    assert country("ST").ldc == "no"


def test_namibia_is_a_country_and_not_a_missing_value():
    namibia = country("NA")
    assert (namibia.alpha3, namibia.un_group, namibia.income) == ("NAM", "african", "lower_middle")
    assert namibia.name("en") == "Namibia"
    assert region_of("NA") == "african"
    assert "NA" in dict(countries_sorted("fr"))


def test_an_unknown_country_and_a_country_outside_every_group_are_told_apart():
    assert region_of(None) is None
    assert region_of("") is None
    assert region_of("ZZ") is None
    assert region_of("AQ") == "none"
    with pytest.raises(KeyError):
        country("ZZ")


def test_every_code_in_the_table_is_declared_by_its_classification():
    for classification in classifications().values():
        declared = {group.code for group in classification.groups}
        used = {region_of(code, classification.code) for code in countries()}
        assert used == declared, classification.code


def test_every_subregion_lies_in_one_region():
    regions: dict[str, set[str]] = {}
    for entry in countries().values():
        regions.setdefault(entry.m49_subregion, set()).add(entry.m49_region)
    assert all(len(found) == 1 for found in regions.values())
    assert len(regions) == 18


def test_every_classification_states_its_source_year_and_names_in_three_languages():
    for classification in classifications().values():
        assert classification.source
        assert classification.year >= 2024
        for names in [classification.names, *(group.names for group in classification.groups)]:
            assert {"en", "fr", "ar"} <= set(names)
            assert all(names.values())


def test_global_south_follows_the_rule_that_is_chosen():
    assert region_of("SG", "global_south") == "yes"
    assert region_of("MX", "global_south") == "no"
    assert region_of("SG", "global_south", global_south_rule="income_below_high") == "no"
    assert region_of("MX", "global_south", global_south_rule="income_below_high") == "yes"
    assert region_of("JP", "global_south", global_south_rule="m49_south") == "yes"
    assert next(iter(global_south_rules())) == "g77"
    assert len(members("global_south")) == 134


def test_global_south_rules_name_groups_that_exist():
    for rule in global_south_rules().values():
        assert rule.groups < {group.code for group in groups(rule.classification)}


def test_sectors_carry_labels_in_the_six_official_languages_of_the_united_nations():
    assert SECTOR_CODES == (
        "government",
        "civil_society",
        "academia",
        "industry",
        "technical_community",
        "international_organisation",
        "individual",
        "media",
        "other",
    )
    for sector in SECTORS:
        assert set(sector.names) == {"en", "fr", "ar", "es", "ru", "zh"}
    assert sector_name("media", "fr-CA") == "Médias"
    assert sector_name("media", "sw") == "Media"


@pytest.mark.parametrize("language", ["en", "fr", "ar", "es", "ru", "zh", "pt-BR"])
def test_every_country_has_a_name_in_the_languages_of_a_consultation(language):
    pairs = countries_sorted(language)
    assert len({name for _, name in pairs}) == 249
    assert not [code for code, name in pairs if code == name]


def test_marked_letters_sort_with_their_base_letters():
    french = [code for code, _ in countries_sorted("fr")]
    assert french.index("EG") < french.index("AE") < french.index("EC")  # Égypte, Émirats, Équateur
    assert french.index("EC") < french.index("ER") < french.index("ES")  # Érythrée, Espagne
    arabic = [code for code, _ in countries_sorted("ar")]
    assert arabic.index("AL") < arabic.index("YE")


def test_facts_agree_with_the_reference_table(reference):
    differences = []
    for code, row in reference.items():
        ours = country(code)
        theirs = (
            row["iso3"],
            UN_GROUPS[row["un_regional_group"]],
            INCOME[row["wb_income_group"]],
            *(
                "yes" if row[key] == "1" else "no"
                for key in ("g77_and_china", "ldc", "lldc", "sids")
            ),
        )
        mine = (ours.alpha3, ours.un_group, ours.income, ours.g77, ours.ldc, ours.lldc, ours.sids)
        if mine != theirs:
            differences.append(code)
    # The Channel Islands take the one class the World Bank gives them; São Tomé left the LDCs in 2024.
    assert set(differences) == {"GG", "JE", "ST"}
    assert set(countries()) - set(reference) == {"TW"}
