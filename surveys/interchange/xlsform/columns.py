"""What columns are called: every spelling that other tools take, under one name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from surveys.interchange.xlsform.remarks import Place, refuse

#: The old and the long ways to say it; `part` names what the second word is.
_BIND: Final = {
    "relevant": "relevant",
    "relevance": "relevant",
    "required": "required",
    "constraint": "constraint",
    "calculate": "calculation",
    "calculation": "calculation",
    "readonly": "read_only",
    "read_only": "read_only",
    "jr:constraintMsg": "constraint_message",
    "jr:requiredMsg": "required_message",
    "jr:noAppErrorString": "no_app_error_string",
    "entities:saveto": "save_to",
}
_CONTROL: Final = {
    "appearance": "appearance",
    "jr:count": "repeat_count",
    "rows": "rows",
    "autoplay": "autoplay",
}
MEDIA: Final = ("image", "big-image", "audio", "video")
_SURVEY_NAMES: Final = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "relevance": "relevant",
    "calculate": "calculation",
    "readonly": "read_only",
    "constraining_message": "constraint_message",
    "noapperrorstring": "no_app_error_string",
    "requiredmsg": "required_message",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "body": "control",
    "image": "media::image",
    "big-image": "media::big-image",
    "audio": "media::audio",
    "video": "media::video",
}
_CHOICE_NAMES: Final = {
    "caption": "label",
    "value": "name",
    "list name": "list_name",
    "image": "media::image",
    "big-image": "media::big-image",
    "audio": "media::audio",
    "video": "media::video",
}
_SETTING_NAMES: Final = {
    "set_form_title": "form_title",
    "title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
    "compact_prefix": "prefix",
}
_ENTITY_NAMES: Final = {"list_name": "dataset"}
_SURVEY: Final = {
    "type", "name", "label", "hint", "guidance_hint", "media", "bind", "control", "instance",
    "relevant", "required", "constraint", "calculation", "read_only", "constraint_message",
    "required_message", "no_app_error_string", "appearance", "repeat_count", "rows", "autoplay",
    "choice_filter", "default", "parameters", "trigger", "list_name", "itemset", "query",
    "save_to", "sms_field", "sms_option", "sms_separator", "sms_allow_media", "sms_date_format",
    "sms_datetime_format", "sms_response", "compact_tag", "choices", "disabled",
}  # fmt: skip
_CHOICES: Final = {"list_name", "name", "label", "media", "sms_option"}
_SETTINGS: Final = {
    "form_title", "form_id", "version", "default_language", "style", "instance_name", "name",
    "public_key", "submission_url", "allow_choice_duplicates", "namespaces", "omit_instanceID",
    "clean_text_values", "add_none_option", "auto_send", "auto_delete", "client_editable",
    "sms_keyword", "sms_separator", "sms_allow_media", "sms_date_format", "sms_datetime_format",
    "sms_response", "prefix", "delimiter", "attribute", "instance_xmlns", "file_name", "flat",
    "instance_id", "label", "hint", "bind", "control", "instance", "media", "type",
}  # fmt: skip
_ENTITIES: Final = {"dataset", "entity_id", "create_if", "update_if", "repeat", "label"}
_RULES: Final = {
    "survey": (_SURVEY, _SURVEY_NAMES),
    "choices": (_CHOICES, _CHOICE_NAMES),
    "external_choices": (_CHOICES, _CHOICE_NAMES),
    "osm": (_CHOICES, _CHOICE_NAMES),
    "settings": (_SETTINGS, _SETTING_NAMES),
    "entities": (_ENTITIES, _ENTITY_NAMES),
}
TRANSLATABLE: Final = frozenset(
    {
        "label",
        "hint",
        "guidance_hint",
        "constraint_message",
        "required_message",
        "no_app_error_string",
        *(f"media::{kind}" for kind in MEDIA),
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its one name, the language its texts are in, and how it was written."""

    name: str
    language: str
    title: str

    @property
    def key(self) -> str:
        """Its name with its language, as it is written to a file."""
        return f"{self.name}::{self.language}" if self.language else self.name


def columns_by_title(sheet: str, titles: Iterable[str]) -> dict[str, Column]:
    """The columns of a sheet; two spellings of one column are an error."""
    titles = list(titles)
    is_double = any("::" in title for title in titles)
    found: dict[str, Column] = {}
    seen: dict[tuple[str, str], str] = {}
    for title in titles:
        column = column_of(sheet, title, is_double=is_double)
        key = (column.name, column.language)
        other = seen.get(key)
        if other is not None and other != title and not _is_old_and_new(sheet, column.name):
            raise refuse("column_clash", Place(sheet, 1, title), title=title, other=other)
        seen[key] = title
        found[title] = column
    return found


def _is_old_and_new(sheet: str, name: str) -> bool:
    """A form may carry its identifier and its title under the old name and the new; nobody minds."""
    return sheet == "settings" and name in {"form_id", "form_title"}


def column_of(sheet: str, title: str, *, is_double: bool) -> Column:
    """The column that a title means."""
    known, names = _RULES.get(sheet, (set(), {}))
    if title in known and title not in names:
        return Column(title, "", title)
    whole = _snake(title)
    if whole in known and whole not in names:
        return Column(whole, "", title)
    tokens = _tokens(title, is_double=is_double)
    first = _snake(tokens[0])
    first = names.get(first, names.get(first.replace("_", " "), first))
    if first not in known and not first.startswith("media::"):
        return Column("::".join(tokens) if len(tokens) > 1 else title, "", title)
    return _grouped(first, tokens[1:], title)


def _grouped(first: str, rest: list[str], title: str) -> Column:
    if first in {"bind", "control"} and rest:
        table = _BIND if first == "bind" else _CONTROL
        name = table.get(rest[0])
        if name is None:
            return Column("::".join([first, *rest]), "", title)
        return _with_language(name, rest[1:], title)
    if first == "media" and rest:
        name = f"media::{rest[0]}"
        return _with_language(name, rest[1:], title)
    return _with_language(first, rest, title)


def _with_language(name: str, rest: list[str], title: str) -> Column:
    if not rest:
        return Column(name, "", title)
    if name in TRANSLATABLE:
        return Column(name, rest[0], title)
    return Column("::".join([name, *rest]), "", title)


def _tokens(title: str, *, is_double: bool) -> list[str]:
    if is_double or "::" in title:
        return [token.strip() for token in title.split("::")]
    tokens = [token.strip() for token in title.split(":")]
    if "jr" in tokens[:-1]:
        place = tokens.index("jr")
        tokens[place : place + 2] = [f"jr:{tokens[place + 1]}"]
    return tokens


def _snake(title: str) -> str:
    return "_".join(title.split()).lower()
