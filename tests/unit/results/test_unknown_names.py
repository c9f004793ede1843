"""A group that was not given has a name in each language of the interface."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from results.computing.inputs import UNKNOWN_TEXTS

TRANSLATIONS = Path(__file__).resolve().parents[3] / "translations"


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh"])
def test_runs_name_it_as_pages_do(language):
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        known = read_po(stream)
    assert UNKNOWN_TEXTS[language] == known["Unknown"].string
