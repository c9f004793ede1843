"""Every string of every page has its words in each language of the interface."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "ngettext": (1, 2), "gettext": None}
ROOMS = ("core", "consultation", "surveys", "results", "templates")


def extracted():
    """Every message of the sources; a pair where there is a plural."""
    return {
        message if isinstance(message, str) else tuple(message[:2])
        for room in ROOMS
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / room, METHODS, keywords=KEYWORDS
        )
    }


def catalogue(language):
    """Messages with their translations; plurals by their first form."""
    path = ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as stream:
        found = read_po(stream)
    return {m.id if isinstance(m.id, str) else m.id[0]: m.string for m in found if m.id}


@pytest.fixture(scope="module")
def strings():
    return {message if isinstance(message, str) else message[0] for message in extracted()}


@pytest.mark.parametrize("language", ["fr", "ar", "es", "ru", "zh"])
def test_the_catalogue_is_complete_and_holds_nothing_that_is_gone(strings, language):
    assert strings ^ set(catalogue(language)) == set()
    assert len(strings) > 500


@pytest.mark.parametrize("language", ["fr", "ar", "es", "ru", "zh"])
def test_every_translation_keeps_its_placeholders(language):
    known = catalogue(language)
    for message, translation in known.items():
        if isinstance(translation, str):
            assert translation, message
            assert _names(message) == _names(translation), message


# A topic is found by a machine, a theme is named by people: two words in every language.
TOPIC, THEME = r"\btopics?\b", r"\bthemes?\b"
TWO_WORDS = {
    "fr": (r"(?<!\bau )\bsujets?\b", r"\bthèmes?\b"),
    "es": (r"\basuntos?\b", r"\btemas?\b"),
    "ar": (r"موضوع|مواضيع", r"محور|محاور"),
    # Not the pronoun: «чем больше, тем лучше», «закодирован тем, кто».
    "ru": (r"\bсюжет", r"\bтем(?:[аыеу]|ой|ам|ами|ах)?\b(?!, (?:кто|что)| лучше)"),
    "zh": (r"话题", r"主题"),
}


@pytest.mark.parametrize("language", TWO_WORDS)
def test_topic_and_theme_are_two_words(language):
    wrong = []
    for message, forms in _forms(language):
        said = _says(TOPIC, THEME, message)
        if any(said):
            wrong += [form for form in forms if _says(*TWO_WORDS[language], form) != said]
    assert wrong == []


def _says(topic, theme, text):
    words = re.sub(r"%\(\w+\)s", "…", text)
    return [bool(re.search(word, words, re.IGNORECASE)) for word in (topic, theme)]


def _forms(language):
    for message, translation in catalogue(language).items():
        yield message, [translation] if isinstance(translation, str) else translation


def _names(text):
    return sorted(set(re.findall(r"%\(\w+\)s", text)))
