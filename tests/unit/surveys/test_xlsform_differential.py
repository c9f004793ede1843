"""The same verdicts as pyxform, or the name of what is not offered here."""

import pytest

from surveys.documents import QuestionnaireDocument
from surveys.interchange.xlsform.importing import import_form
from surveys.questions import REGISTRY
from tests.unit.surveys.oracle import refusal_of_pyxform
from tests.unit.surveys.xlsform_forms import FORMS

#: Where pyxform lets the later of two columns overwrite the earlier one in a text file.
STRICTER = {"title_twice"}


@pytest.mark.parametrize("name", sorted(FORMS))
@pytest.mark.filterwarnings("ignore")
def test_our_verdict_is_that_of_pyxform_or_names_what_is_not_offered(name: str) -> None:
    refusal = refusal_of_pyxform(FORMS[name])
    found = import_form(FORMS[name].encode(), f"{name}.md", "und", frozenset(REGISTRY))
    mistakes = [problem for problem in found["problems"] if not problem["feature"]]
    if refusal:
        assert found["problems"], f"pyxform refuses it: {refusal}"
    elif name in STRICTER:
        assert mistakes
    else:
        assert mistakes == []
    if not found["problems"]:
        QuestionnaireDocument.model_validate(found["document"])


def test_refusals_point_to_a_row_and_a_column() -> None:
    found = import_form(FORMS["name_twice"].encode(), "form.md", "und", frozenset(REGISTRY))
    place = found["problems"][0]["place"]
    assert place == {"sheet": "survey", "row": 4, "column": "name"}
