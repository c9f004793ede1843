"""Choices and rankings."""

from typing import Any

from surveys.interchange.xlsform.context import Context
from surveys.interchange.xlsform.expressions import At
from surveys.interchange.xlsform.form import YES, FormRow

SINGLE_CHOICE = "single_choice"
MULTIPLE_CHOICE = "multiple_choice"
OTHER = "other"
NONE = "none"
_LEAST_RANKED = 2
Settings = dict[str, Any]


def choice_settings(
    context: Context, at: At, found: dict[str, str], kind: str
) -> tuple[str, Settings]:
    """One answer or several out of a list."""
    options = _options(context, at, kind)
    settings: Settings = {
        "options": options or [{"code": NONE, "label": {context.default_tag: "–"}}]
    }
    if at.node.type.has_other:
        own = next((option for option in options if option["code"] == OTHER), None)
        settings["other"] = True
        if own is not None:
            settings["options"] = [option for option in options if option is not own]
            settings["other_label"] = own["label"]
    if found.get("randomize") == "true":
        settings["randomise"] = True
    wants_none = context.form.settings.get("add_none_option", "no") in YES
    if kind == MULTIPLE_CHOICE and wants_none:
        if not any(option["code"] == NONE for option in options):
            settings["options"] = [*options, {"code": NONE, "label": {context.default_tag: "None"}}]
        settings["exclusive"] = [NONE]
    return kind, settings


def ranking(context: Context, at: At, found: dict[str, str]) -> tuple[str, Settings]:
    """An order of a list."""
    items = _options(context, at, "ranking")
    if at.node.type.has_other:
        row = at.node.row
        context.report.notice("rank_other", row.place("type"), "rank with or_other")
        if not any(item["code"] == OTHER for item in items):
            items = [*items, {"code": OTHER, "label": {context.default_tag: "Other"}}]
    if items and len(items) < _LEAST_RANKED:
        context.report.problem(
            "not_offered", at.node.row.place("type"), "rank of one choice", type="rank"
        )
    settings: Settings = {"items": items}
    if found.get("randomize") == "true":
        settings["randomise"] = True
    return "ranking", settings


def _options(context: Context, at: At, kind: str) -> list[dict[str, Any]]:
    node, row = at.node, at.node.row
    name = node.type.list_name
    is_outside = node.type.feature == "select_one_external"
    place = row.place("type")
    if "${" in name:
        context.report.problem("not_offered", place, "choices from earlier answers", type=name)
        return []
    rows = (context.form.outside_lists if is_outside else context.form.lists).get(name, [])
    if not rows:
        if _is_file(name):
            context.report.problem("not_offered", place, "external files", type=name)
        else:
            context.report.problem("list_not_found", place, name=name)
        return []
    _check_choices(context, row, rows, kind, name)
    return context.lists.options(
        name, at, context.rewriter, row.get("choice_filter"), row.place("choice_filter"),
        is_outside=is_outside,
    )  # fmt: skip


def _is_file(name: str) -> bool:
    return name.endswith((".csv", ".xml", ".geojson"))


def _check_choices(
    context: Context, row: FormRow, rows: list[FormRow], kind: str, name: str
) -> None:
    if kind == MULTIPLE_CHOICE:
        spaced = next((choice for choice in rows if " " in choice.get("name")), None)
        if spaced is not None:
            context.report.problem("choice_with_space", spaced.place("name"), list=name)
    has_other = row.get("type").endswith((" or_other", " or other", " or specify other"))
    if has_other and row.get("choice_filter"):
        context.report.problem("filter_and_other", row.place("choice_filter"))
