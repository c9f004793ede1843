"""The published schema says of a questionnaire what our own models say of it."""

import jsonschema_rs
import pytest

from surveys.documents import QuestionnaireDocument
from surveys.editing.changes import stored
from surveys.questions import REGISTRY
from surveys.schema import questionnaire_schema
from tests.support.questionnaires import document_of, question_of


@pytest.fixture(scope="module")
def validator():
    return jsonschema_rs.Draft202012Validator(questionnaire_schema())


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_every_type_keeps_to_the_schema(validator, kind):
    made = document_of(question_of(kind))
    assert [str(found) for found in validator.iter_errors(made)] == []
    written = stored(QuestionnaireDocument.model_validate(made))
    assert [str(found) for found in validator.iter_errors(written)] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "telepathy"},
        {"code": "9 lives"},
        {"settings": {"unheard_of": 1}},
        {"settings": {"points": "many"}},
        {"required": "perhaps"},
        {"colour": "red"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_our_models_refuse_the_schema_refuses(validator, changes):
    made = document_of({**question_of("rating_scale"), **changes})
    assert not validator.is_valid(made)


def test_settings_that_a_type_needs_cannot_be_left_out(validator):
    question = question_of("ranking")
    del question["settings"]
    assert not validator.is_valid(document_of(question))
    assert not validator.is_valid(document_of({**question, "settings": {}}))
