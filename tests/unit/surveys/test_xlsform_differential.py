"""The same verdicts as pyxform, or the name of what is not offered here."""

from importlib.metadata import version

import pytest

from surveys.interchange.xlsform.importing import import_form
from surveys.questions import REGISTRY
from tests.plugins.absence import leave_out
from tests.unit.surveys.xlsform_forms import FORMS

#: Where pyxform lets the later of two columns overwrite the earlier one in a text file.
STRICTER = {"title_twice"}


def verdict_of_pyxform(form: str) -> str:
    """Why pyxform refuses a form; "" where it takes it."""
    if int(version("pyxform").partition(".")[0]) < 4:
        leave_out("The installed pyxform is older than 4", "Install requirements-dev.txt again.")
    from pyxform.xls2xform import convert

    try:
        convert(form, validate=False, file_type=".md")
    except Exception as error:  # noqa: BLE001 - the oracle's own crashes are refusals too
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("name", sorted(FORMS))
@pytest.mark.filterwarnings("ignore")
def test_our_verdict_is_that_of_pyxform_or_names_what_is_not_offered(name: str) -> None:
    refusal = verdict_of_pyxform(FORMS[name])
    found = import_form(FORMS[name].encode(), f"{name}.md", "und", frozenset(REGISTRY))
    mistakes = [problem for problem in found["problems"] if not problem["feature"]]
    if refusal:
        assert found["problems"], f"pyxform refuses it: {refusal}"
    elif name in STRICTER:
        assert mistakes
    else:
        assert mistakes == []


def test_refusals_point_to_a_row_and_a_column() -> None:
    found = import_form(FORMS["name_twice"].encode(), "form.md", "und", frozenset(REGISTRY))
    place = found["problems"][0]["place"]
    assert place == {"sheet": "survey", "row": 4, "column": "name"}
