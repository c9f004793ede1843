"""The published shape of a questionnaire as JSON: JSON Schema, draft 2020-12.

Made from the models that check an upload, so that it cannot say anything else than they do. What
a schema cannot say (unique codes, conditions that can be read) is checked at the import.
"""

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from surveys.documents import CODE, QuestionnaireDocument
from surveys.questions import REGISTRY

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = "#/$defs/{model}"


def questionnaire_schema() -> dict[str, Any]:
    """The schema of a whole questionnaire; the settings of a question follow its kind."""
    kinds: dict[str, type[BaseModel]] = {
        kind: type_.settings for kind, type_ in sorted(REGISTRY.items())
    }
    models: list[type[BaseModel]] = [QuestionnaireDocument, *kinds.values()]
    references, schema = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=REFERENCE,
    )
    definitions: dict[str, Any] = schema["$defs"]
    question = definitions["Question"]
    question["properties"]["kind"]["enum"] = list(kinds)
    question["properties"]["code"]["pattern"] = f"^{CODE.pattern.removesuffix(chr(92) + 'Z')}$"
    question["allOf"] = [
        _branch(kind, references[(model, "validation")], definitions[model.__name__])
        for kind, model in kinds.items()
    ]
    whole = definitions.pop("QuestionnaireDocument")
    return {
        "$schema": DIALECT,
        **whole,
        "title": "Questionnaire",
        "$defs": definitions,
    }


def _branch(kind: str, reference: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    then: dict[str, Any] = {"properties": {"settings": reference}}
    if settings.get("required"):
        # Settings that cannot be left out make the key `settings` itself necessary.
        then["required"] = ["settings"]
    return {"if": {"properties": {"kind": {"const": kind}}}, "then": then}
