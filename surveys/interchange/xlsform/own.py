"""What our own exports add so that they come back exactly: the columns x_kind and x_settings."""

from typing import Any

from surveys.interchange.xlsform.context import Context, Question, joined
from surveys.interchange.xlsform.copies import Numbers
from surveys.interchange.xlsform.expressions import At
from surveys.interchange.xlsform.stored import part_of, read_stored
from surveys.interchange.xlsform.structure import Node

PART = "part"
SECTION = "section"
#: What a stored question may say beside its settings.
_SAID = frozenset(
    {
        "label", "hint", "guidance", "required", "required_message", "relevant", "constraint",
        "constraint_message", "extras",
    }
)  # fmt: skip
_SAID_OF_PAGES = frozenset({"code", "title", "intro", "relevant", "randomise", "extras"})


def own_question(
    context: Context, node: Node, numbers: Numbers, around: list[str]
) -> list[Question] | None:
    """The question that one of our exports wrote here; None for any other row."""
    kind = node.row.get("x_kind")
    if not kind or kind == SECTION:
        return None
    if kind == PART:
        return []
    stored = _stored(node)
    if stored is None or stored.get("as") != node.row.get("type") or kind not in context.kinds:
        place = node.row.place("x_kind")
        context.report.notice("own_not_used", place, kind=kind, type=node.row.get("type"))
        return None
    at = At(node, numbers)
    settings = dict(part_of(stored, "settings"))
    for name, list_name in part_of(stored, "lists").items():
        settings[name] = context.lists.options(
            str(list_name), at, context.rewriter, "", node.row.place("type")
        )
    code = context.copies.code(node, numbers)
    context.rewriter.known.add(code)
    question: Question = {
        "code": code,
        "kind": kind,
        "label": context.label(at),
        "hint": context.words(at, "hint"),
        "guidance": context.words(at, "guidance_hint"),
        "required_message": context.words(at, "required_message"),
        "constraint_message": context.words(at, "constraint_message"),
        "relevant": joined([*around, context.expression(at, "relevant")]),
        "required": False,
        "settings": settings,
        **{n: part for n, part in part_of(stored, "question").items() if n in _SAID},
    }
    if not isinstance(question["label"], dict):
        question["label"] = context.label(at)
    if not question["label"].get(context.default_tag):
        question["label"][context.default_tag] = node.name
    return [{name: v for name, v in question.items() if name == "settings" or v not in ({}, "")}]


def own_section(group: Node) -> dict[str, Any]:
    """What our exports say of a page beyond its words."""
    if group.row.get("x_kind") != SECTION:
        return {}
    return {n: part for n, part in (_stored(group) or {}).items() if n in _SAID_OF_PAGES}


def _stored(node: Node) -> dict[str, Any] | None:
    parts = [node.row.get("x_settings")]
    while part := node.row.get(f"x_settings_{len(parts) + 1}"):
        parts.append(part)
    return read_stored("".join(parts))
