"""Taking a codebook file in: one edit, checked as a whole before any of it counts."""

from typing import Any

from sqlmodel import Session

from core.i18n import _
from results.workbench import edits
from results.workbench.edits import WORDS, Actor, Change, changed
from results.workbench.files import Entry, ReadFile
from results.workbench.models import Codebook, Edit, EditKind, Theme, ThemeKind, ThemeState
from results.workbench.queries import themes
from results.workbench.services import MOST_THEMES, Words, insert

#: Nothing new is merged into these, unless the file says itself what became of them.
_GONE = frozenset({ThemeState.MERGED, ThemeState.DROPPED})


def check_against(found: ReadFile, known: dict[str, Theme]) -> None:
    """What a file says that does not go with itself, or with the codebook that is there."""
    coming = {entry.code: entry for entry in found.entries}
    if len(known | coming) > MOST_THEMES:
        message = _("A codebook holds at most %(limit)s themes.", limit=MOST_THEMES)
        found.problem(None, "", message)
    for entry in found.entries:
        theme = known.get(entry.code)
        if theme is not None and entry.kind and entry.kind != theme.kind.value:
            found.problem(
                entry.row, "kind", _("An area cannot become a theme, nor a theme an area.")
            )
        if theme is None and not any(entry.words.get("name", {}).values()):
            found.problem(entry.row, "name", _("Enter a name."))
        for language, name in entry.words.get("name", {}).items():
            if theme is not None and theme.name.get(language) and not name:
                message = _(
                    "The theme has a name here, which an empty one would delete. Write the name, or "
                    "leave the column out."
                )
                found.problem(entry.row, f"name_{language}", message)
        if entry.parent and _kind(entry.parent, coming, known) is not ThemeKind.AREA:
            found.problem(entry.row, "parent", _("There is no area with this code."))
        if entry.parent and _kind(entry.code, coming, known) is ThemeKind.AREA:
            found.problem(entry.row, "parent", _("An area stands in no other area."))
        _check_merge(found, entry, coming, known)


def _check_merge(
    found: ReadFile, entry: Entry, coming: dict[str, Entry], known: dict[str, Theme]
) -> None:
    is_merged = entry.state == ThemeState.MERGED.value
    if is_merged != bool(entry.merged_into):
        message = _("A merged theme, and no other, names the theme that it was merged into.")
        found.problem(entry.row, "merged_into", message)
    elif entry.merged_into and (
        _kind(entry.merged_into, coming, known) is not ThemeKind.THEME
        or (entry.merged_into not in coming and known[entry.merged_into].state in _GONE)
    ):
        found.problem(entry.row, "merged_into", _("There is no theme with this code in use."))
    elif entry.merged_into and _comes_back(entry.code, coming, known):
        message = _("The themes are merged in a circle: none of them is left in use.")
        found.problem(entry.row, "merged_into", message)


def _comes_back(code: str, coming: dict[str, Entry], known: dict[str, Theme]) -> bool:
    """Whether a theme is in the end merged into itself; a theme may be merged again and again."""
    by_id = {theme.id: theme.code for theme in known.values()}
    end: str | None = code
    for _step in range(len(coming) + len(known)):
        if end in coming and coming[end].state is not None:
            end = coming[end].merged_into
        else:
            end = by_id.get(known[end].merged_into_id) if end in known else None
        if not end:
            return False
        if end == code:
            return True
    return False


def _kind(code: str, coming: dict[str, Entry], known: dict[str, Theme]) -> ThemeKind | None:
    if code in known:
        return known[code].kind
    return ThemeKind(coming[code].kind or ThemeKind.THEME.value) if code in coming else None


def take_in(
    session: Session, codebook: Codebook, found: ReadFile, name: str, actor: Actor
) -> Edit | None:
    """Add what is new and change what is known by its code; None where the file has problems."""
    known = {theme.code: theme for theme in themes(session, codebook)}
    check_against(found, known)
    if found.problems:
        return None
    for entry in found.entries:
        if entry.code not in known:
            kind = ThemeKind(entry.kind or ThemeKind.THEME.value)
            known[entry.code] = insert(session, codebook, entry.code, kind, Words.of(entry.words))
    changes = [_change(entry, known) for entry in found.entries]
    wanted = [change for change in changes if change is not None]
    if not wanted:
        return None
    return edits.commit(session, codebook, EditKind.IMPORT, name, wanted, actor)


def _change(entry: Entry, known: dict[str, Theme]) -> Change | None:
    """What the entry changes of its theme; None where it says what is there already."""
    theme = known[entry.code]
    after: dict[str, Any] = {}
    for name in WORDS:
        given = entry.words.get(name)
        if given is not None:
            old = getattr(theme, name)
            merged = {**old, **given}
            after[name] = {code: text for code, text in sorted(merged.items()) if text}
    if entry.parent is not None:
        after["parent_id"] = known[entry.parent].id if entry.parent else None
    if entry.state is not None or theme.state is ThemeState.DROPPED:
        after["state"] = ThemeState(entry.state or ThemeState.ACTIVE.value)
        after["merged_into_id"] = known[entry.merged_into].id if entry.merged_into else None
    after = {name: value for name, value in after.items() if getattr(theme, name) != value}
    return changed(theme, **after) if after else None
