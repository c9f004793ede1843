"""A file as a questionnaire: the whole way, in one process, without a store or a web framework."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from surveys.interchange.xlsform.choices import Lists
from surveys.interchange.xlsform.context import Context
from surveys.interchange.xlsform.copies import Copies
from surveys.interchange.xlsform.expressions import At, Rewriter
from surveys.interchange.xlsform.form import YES, Form, form_of
from surveys.interchange.xlsform.languages import tags_for
from surveys.interchange.xlsform.remarks import Place, Refused, Report, refuse
from surveys.interchange.xlsform.scanning import (
    GOOD_NAME,
    PieceKind,
    is_broken,
    pieces,
    references,
)
from surveys.interchange.xlsform.sections import Pages
from surveys.interchange.xlsform.sheets import Book
from surveys.interchange.xlsform.stored import part_of, read_stored
from surveys.interchange.xlsform.structure import ROOT, Node, tree_of
from surveys.interchange.xlsform.tables import read_csv, read_markdown
from surveys.interchange.xlsform.triggers import check_triggers
from surveys.interchange.xlsform.types import Sort
from surveys.interchange.xlsform.workbooks import read_xls, read_xlsx

MOST_BYTES = 10_000_000
MOST_REFERENCES = 50_000
_READERS = {".xlsx": read_xlsx, ".xls": read_xls, ".csv": read_csv, ".md": read_markdown}
_EXPRESSIONS = ("relevant", "constraint", "calculation", "required", "choice_filter", "default",
                "repeat_count")  # fmt: skip
_OPEN = "${"


def import_form(data: bytes, filename: str, language: str, kinds: frozenset[str]) -> dict[str, Any]:
    """The document with all remarks, as plain data."""
    report = Report()
    document: dict[str, Any] = {}
    try:
        book = _book(data, filename, report)
        document = _document(form_of(book, report), filename, language, kinds, report)
        for name in book.ignored:
            report.notice("sheet_ignored", Place(name), sheet=name)
    except Refused as error:
        report.problems.append(error.remark)
    return {"document": {} if report.problems else document, **report.as_data()}


def _book(data: bytes, filename: str, report: Report) -> Book:
    suffix = PurePath(filename).suffix.lower()
    if suffix == ".xlsm":
        raise refuse("macros", None, "macros")
    reader = _READERS.get(suffix)
    if reader is None:
        raise refuse("unknown_suffix", suffix=suffix or filename)
    if len(data) > MOST_BYTES:
        raise refuse("too_big", None, "size", limit=MOST_BYTES // 1_000_000)
    return reader(data, report)


def _document(
    form: Form, filename: str, language: str, kinds: frozenset[str], report: Report
) -> dict[str, Any]:
    stored = _stored(form)
    tags = _tags(form, stored, language, report)
    default_tag = tags[form.default_language]
    _check_settings(form, report)
    root = tree_of(form.rows, report, form.settings.get("name", ROOT))
    _check_generated_names(root, report)
    _check_saving(form, report)
    referenced = _check_references(form, root, report)
    copies = Copies(root, report)
    copies.prepare()
    check_triggers(form, copies, report)
    lists = Lists(
        form, report, default_tag, lambda texts: {tags[n]: t for n, t in texts.items() if n in tags}
    )
    lists.check()
    rewriter = Rewriter(copies, report)
    _prepare_options(rewriter, lists, root)
    context = Context(form, report, copies, rewriter, lists, tags, default_tag, referenced, kinds)
    sections = Pages(context).make()
    if not any(section["questions"] for section in sections):
        report.notice("no_questions", Place("survey"))
    return {
        **_head(context, stored, filename),
        "sections": sections,
        **{k: stored[k] for k in ("quotas", "thanks", "theme_colour") if k in stored},
    }


def _head(context: Context, stored: dict[str, Any], filename: str) -> dict[str, Any]:
    settings, default = context.form.settings, context.default_tag
    title = settings.get("form_title") or settings.get("form_id") or PurePath(filename).stem
    at = At(context.copies.root)
    extras = {
        f"settings::{name}": context.rewriter.text(value, at, Place("settings", 2, name))
        for name, value in settings.items()
        if name not in {"form_title", "default_language"} and not name.startswith("x_")
    }
    if isinstance(stored.get("kept"), list):
        kept = {f"settings::{name}" for name in stored["kept"]}
        extras = {name: text for name, text in extras.items() if name in kept}
    if "languages" not in stored:
        extras |= {f"language::{tag}": name for name, tag in context.tags.items()}
    extras |= part_of(stored, "extras")
    return {
        "title": stored.get("title") or {default: title},
        "default_language": default,
        "languages": stored.get("shown") or list(context.tags.values()),
        **({"extras": extras} if extras else {}),
    }


def _stored(form: Form) -> dict[str, Any]:
    parts = [form.settings.get("x_document", "")]
    while part := form.settings.get(f"x_document_{len(parts) + 1}"):
        parts.append(part)
    return read_stored("".join(parts)) or {}


def _tags(form: Form, stored: dict[str, Any], language: str, report: Report) -> dict[str, str]:
    own = part_of(stored, "languages")
    names = [name for name in form.languages if name not in own]
    tags = {name: tag for name, tag in own.items() if name in form.languages}
    tags |= {n: t for n, t in tags_for(names, language).items() if t not in tags.values()}
    tags = {name: tags[name] for name in form.languages if name in tags}
    for name in form.languages:
        if name not in tags:
            report.problem("too_many_languages", Place("survey", 1), "languages", name=name)
            tags.setdefault(form.default_language, language)
        elif tags[name].startswith("und") and name not in own:
            report.notice("language_unknown", Place("survey", 1), name=name, tag=tags[name])
    return tags


def _check_settings(form: Form, report: Report) -> None:
    name = form.settings.get("name")
    if name is not None and not GOOD_NAME.match(name):
        report.problem("bad_name", Place("settings", 2, "name"), name=name)
    if form.settings.get("omit_instanceID") in YES and form.settings.get("public_key"):
        report.problem("omit_with_key", Place("settings", 2, "omit_instanceID"))
    for key in ("public_key", "submission_url"):
        if form.settings.get(key):
            report.notice("setting_not_used", Place("settings", 2, key), key, name=key)


def _check_saving(form: Form, report: Report) -> None:
    """A column `save_to` needs something to save to."""
    row = next((row for row in form.rows if row.get("save_to")), None)
    if row is not None and not form.has_entities:
        report.problem("save_to", row.place("save_to"))


def _check_generated_names(root: Node, report: Report) -> None:
    """Names that other tools make up may not stand beside the same name of the author."""
    for node in [root, *root.walk()]:
        names = {child.name for child in node.children}
        for child in node.children:
            made = _generated(child)
            if made and made in names:
                report.problem("name_generated", child.row.place("name"), name=made)


def _generated(node: Node) -> str:
    if node.type.has_other:
        return f"{node.name}_other"
    count = node.row.get("repeat_count") if node.is_repeat else ""
    is_reference = count.startswith(_OPEN) and count.endswith("}") and count.count(_OPEN) == 1
    return f"{node.name}_count" if count and not is_reference else ""


def _check_references(form: Form, root: Node, report: Report) -> frozenset[str]:
    """Every `${name}` in any cell names one thing of the form."""
    counts: dict[str, int] = {"instanceID": 1}
    if form.settings.get("omit_instanceID") in YES:
        counts = {}
    for node in root.walk():
        counts[node.name] = counts.get(node.name, 0) + 1
    found: set[str] = set()
    number = 0
    for place, cell in _cells(form):
        if _OPEN in cell:
            number += cell.count(_OPEN)
            if number > MOST_REFERENCES:
                raise refuse("too_many_references", place, "size", limit=MOST_REFERENCES)
            found |= _names_in(cell, counts, place, report)
    for node in root.walk():
        for column in _EXPRESSIONS:
            for piece in pieces(node.row.get(column)) if "/" in node.row.get(column) else ():
                if piece.kind is PieceKind.PATH:
                    found.add(piece.text.rpartition("/")[2])
    return frozenset(found)


def _cells(form: Form) -> list[tuple[Place, str]]:
    found = [(Place("settings", 2, name), cell) for name, cell in form.settings.items()]
    for row in (*form.rows, *form.setting_rows):
        found += [
            (row.place(name), cell)
            for name, cell in row.cells.items()
            if name not in {"type", "name", "trigger"}
        ]
        found += [(row.place(n), cell) for n, texts in row.texts.items() for cell in texts.values()]
    for rows in form.lists.values():
        for row in rows:
            cells = [*row.words("label").values()]
            cells += [cell for name, cell in row.cells.items() if name.startswith("media::")]
            found += [(row.place("label"), cell) for cell in cells]
    return found


def _names_in(cell: str, counts: Mapping[str, int], place: Place, report: Report) -> set[str]:
    found = set()
    if is_broken(cell):
        report.problem("reference_broken", place, cell=cell)
    for name in references(cell):
        last = name.removeprefix("last-saved#")
        if not GOOD_NAME.match(last) or ":" in last:
            report.problem("reference_broken", place, cell=cell)
        elif last not in counts:
            report.problem("reference_unknown", place, name=last)
        elif counts[last] > 1:
            report.problem("reference_twice", place, name=last)
        found.add(last)
    return found


def _prepare_options(rewriter: Rewriter, lists: Lists, root: Node) -> None:
    """Which options of which questions have other codes than names."""
    for node in root.walk():
        if node.type.sort not in {Sort.SELECT_ONE, Sort.SELECT_MULTIPLE, Sort.RANK}:
            continue
        is_outside = node.type.feature == "select_one_external"
        name = node.type.list_name
        rows = (lists.form.outside_lists if is_outside else lists.form.lists).get(name, [])
        renamed = lists.renamed(f"external {name}" if is_outside else name, rows)
        if renamed:
            for numbers in rewriter.copies.of(node):
                rewriter.options[rewriter.copies.code(node, numbers)] = renamed
