"""Which text or language is taken where the wanted one is not there."""

import pytest

from core.i18n import direction, find_language, own_name, text_in, wider


def test_a_tag_is_cut_from_its_end_and_a_lone_letter_goes_along():
    assert list(wider("zh-Hant-TW")) == ["zh-Hant-TW", "zh-Hant", "zh"]
    assert list(wider("zh-Hant-CN-x-private1")) == [
        "zh-Hant-CN-x-private1",
        "zh-Hant-CN",
        "zh-Hant",
        "zh",
    ]
    assert list(wider("")) == []


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("sv-SE", ("en", "sv"), "sv"),
        ("pt-br", ("pt", "pt-BR"), "pt-BR"),
        ("zh-Hant-TW", ("zh", "zh-Hant"), "zh-Hant"),
        ("zh-Hans", ("zh",), "zh"),
        ("fr", ("fr-CA",), None),
        ("*", ("en",), None),
        ("", ("en",), None),
    ],
)
def test_the_nearest_wider_language_serves(wanted, offered, found):
    assert find_language(wanted, offered) == found


def test_each_text_falls_back_alone():
    texts = {"en": "Water", "zh": "水", "zh-Hant": ""}
    assert text_in(texts, "zh-Hant-TW") == "水"
    assert text_in(texts, "sw", "zh") == "水"
    assert text_in({"fr": "Eau"}, "sw") == "Eau"


@pytest.mark.parametrize("tag", ["mul", "xx-nowhere", ""])
def test_a_tag_that_is_no_one_language_names_itself(tag):
    assert own_name(tag) == tag
    assert direction(tag) == "ltr"


def test_a_language_is_called_by_its_own_name():
    assert own_name("fr") == "Français"
    assert direction("ar") == "rtl"
