"""Texts in the columns of their languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from surveys.documents import QuestionnaireDocument
from surveys.interchange.xlsform.form import NO, YES
from surveys.interchange.xlsform.languages import DEFAULT, UNKNOWN, full_name
from surveys.interchange.xlsform.scanning import straight
from surveys.interchange.xlsform.tabling import Cells, Table, harmless, survives

#: Texts of a question, and the columns they stand in.
WORDS: Final = {
    "label": "label",
    "hint": "hint",
    "guidance": "guidance_hint",
    "required_message": "required_message",
    "constraint_message": "constraint_message",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """The languages of a document, by tags, and the codes its texts may refer to."""

    names: Mapping[str, str]
    codes: frozenset[str]
    default_language: str

    def column(self, name: str, tag: str) -> str:
        """The column of a text in a language."""
        language = self.names.get(tag, tag)
        return name if language == DEFAULT else f"{name}::{language}"

    def columns(self) -> list[str]:
        """All columns of texts, in the order they are written."""
        return [self.column(name, tag) for name in WORDS.values() for tag in self.names]

    def cells(self, name: str, texts: Mapping[str, str]) -> Cells:
        """Texts in the columns of their languages, as other tools can take them."""
        return {
            self.column(name, tag): harmless(text, self.codes)
            for tag, text in texts.items()
            if text and tag in self.names
        }

    def survive(self, texts: Mapping[str, str]) -> bool:
        """Whether texts come back from their cells as they are."""
        return all(tag in self.names and survives(text, self.codes) for tag, text in texts.items())

    def in_every_language(self, table: Table) -> list[str]:
        """Every translated column of a table in every language, filled or not."""
        found: list[str] = []
        for column in table.columns():
            name, _mark, language = column.rpartition("::")
            if name and language in self.names.values():
                found += [self.column(name, tag) for tag in self.names]
            elif column in WORDS.values() and DEFAULT in self.names.values():
                found += [self.column(column, tag) for tag in self.names]
        return list(dict.fromkeys(found))


def wording_of(document: QuestionnaireDocument) -> Wording:
    """The languages as titles of columns; the default language comes first."""
    found: dict[str, str] = {}
    tags = [document.default_language, *document.languages]
    for tag in dict.fromkeys(tags):
        name = document.extras.get(f"language::{tag}", "")
        if not name:
            is_unknown = tag == UNKNOWN and tag == document.default_language
            name = DEFAULT if is_unknown else full_name(tag)
        number = 2
        while name in found.values():
            name, number = f"{full_name(tag)} {number}", number + 1
        found[tag] = name
    return Wording(found, frozenset(document.by_code), document.default_language)


def is_fit(expression: str) -> bool:
    """Whether an expression comes back from its cell as it is."""
    is_word = expression in YES | NO and expression not in {"true()", "false()"}
    return straight(expression).strip() == expression and not is_word
