"""Every text of a questionnaire beside its translation, saved a part at a time."""

from dataclasses import dataclass

from flask import flash, request
from werkzeug.wrappers import Response

from core.auth.permissions import Permission, requires
from core.errors import DomainError
from core.i18n import _, text_in
from surveys.editing import services, translation
from surveys.editing.manage.desk import EDIT, Doing, bp, go, language_of, opened, page, save, told
from surveys.editing.models import ChangeKind
from surveys.editing.queries import Draft
from surveys.editing.translation import Line
from surveys.editing.wording import role_name


@dataclass(frozen=True, slots=True)
class Part:
    """The texts that are saved together: of a page, of the whole, of the quotas."""

    code: str
    title: str
    lines: list[Line]
    missing: int


def _languages(draft: Draft) -> tuple[str, str]:
    """From which language to which; the first that is not complete where none was named."""
    document = draft.document
    source = request.args.get("from", "")
    if source not in document.languages:
        source = document.default_language
    target = request.args.get("to", "")
    others = [code for code in document.languages if code != source]
    if target not in others:
        lacking = translation.missing(document)
        others.sort(key=lambda code: -lacking[code])
        target = others[0] if others else ""
    return source, target


def _parts(draft: Draft, source: str, target: str, *, only_missing: bool) -> list[Part]:
    document, language = draft.document, language_of(draft)
    titles = {
        section.code: text_in(section.title, language, document.default_language) or section.code
        for section in document.sections
    }
    names = {
        translation.GENERAL: _("The questionnaire as a whole"),
        **titles,
        translation.QUOTAS: _("Quotas"),
    }
    found: dict[str, list[Line]] = {code: [] for code in names}
    for line in translation.lines(document, source, target):
        found[line.place.part].append(line)
    parts = []
    for code, lines in found.items():
        missing = sum(line.is_missing for line in lines)
        shown = [line for line in lines if line.is_missing] if only_missing else lines
        if shown:
            parts.append(Part(code, names[code], shown, missing))
    return parts


def _show(draft: Draft, problem: str = "", part: str = "", status: int = 200) -> Response:
    source, target = _languages(draft)
    only_missing = request.args.get("show") == "missing"
    parts = _parts(draft, source, target, only_missing=only_missing) if target else []
    return page(
        "translate",
        draft,
        source=source,
        target=target,
        parts=parts,
        missing=translation.missing(draft.document).get(target, 0),
        texts=translation.count(draft.document),
        only_missing=only_missing,
        problem=problem,
        wrong_part=part,
        typed=request.form,
        submitted=request.form.get("base", "") if status == 422 else "",
        role_name=lambda place: role_name(place.role, is_setting="settings" in place.path),
        status=status,
    )


@bp.get(EDIT + "/translate")
@requires(Permission.MANAGE_SURVEY)
def translate(slug: str, version: int) -> Response:
    return _show(opened(slug, version))


@bp.post(EDIT + "/translate")
@requires(Permission.MANAGE_SURVEY)
def save_translation(slug: str, version: int) -> Response:
    """The texts of one part; an emptied text falls back to the main language again."""
    draft = opened(slug, version)
    source, target = _languages(draft)
    part = request.form.get("part", "")
    words = {name: text for name, text in request.form.items() if name.startswith("t:")}
    doing = Doing(slug, version, ChangeKind.TRANSLATE, target)
    try:
        row = save(doing, lambda fresh: translation.translated(fresh.document, target, words))
    except services.Stale as error:
        return _show(opened(slug, version), told(error), part, 409)
    except DomainError as error:
        return _show(opened(slug, version), error.message, part, int(error.status))
    flash(_("Saved."), "success")
    values = {"from": source, "to": target, "show": request.args.get("show")}
    return go("translate", doing, row, _anchor=f"part-{part}", **values)
