"""Every edit of a codebook as what each row said before and after, so that each can be undone.

An edit is a list of changes. Doing it asks that each row still says what `before` says; undoing
it is the same edit with `before` and `after` exchanged, written as a new entry. So two people
never overwrite each other unseen, and the log is never rewritten. A theme is never deleted: one
that was added and taken back is in the state "dropped", with its words and its answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from core.errors import Conflict, NotFound
from core.i18n import _
from results.workbench import asking
from results.workbench.models import (
    Codebook,
    Edit,
    EditKind,
    Judgement,
    PutBack,
    Ruling,
    RulingKind,
    Theme,
    ThemeKind,
    ThemeState,
    TopicChoice,
)

Change = dict[str, Any]
WORDS = ("name", "definition", "inclusion", "exclusion", "examples")
_TABLES: dict[str, type[SQLModel]] = {
    "theme": Theme,
    "ruling": Ruling,
    "choice": TopicChoice,
    "codebook": Codebook,
    "put_back": PutBack,
}
_ENUMS: dict[tuple[str, str], Any] = {
    ("theme", "state"): ThemeState,
    ("theme", "kind"): ThemeKind,
    ("ruling", "value"): Judgement,
    ("ruling", "kind"): RulingKind,
}
#: Rows of these tables come and go with an edit; those of the others only change.
_PASSING = frozenset({"ruling", "choice", "put_back"})
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Actor:
    """Who edits, and when."""

    by: str
    now: datetime


def changed(theme: Theme, **after: Any) -> Change:
    """The change that brings fields of a theme to these values."""
    before = {name: plain(getattr(theme, name)) for name in after}
    return {
        "table": "theme",
        "key": {"id": theme.id},
        "before": before,
        "after": {name: plain(value) for name, value in after.items()},
    }


def passing(table: str, key: dict[str, Any], before: Any, after: Any) -> Change:
    """The change of a row that may not have been there, or may not be there any more."""
    return {"table": table, "key": key, "before": before, "after": after}


def plain(value: Any) -> Any:
    """A value as the log keeps it."""
    return (
        value.value if isinstance(value, (ThemeState, ThemeKind, Judgement, RulingKind)) else value
    )


def row_values(row: SQLModel) -> dict[str, Any]:
    """A passing row as the log keeps it, without its key."""
    keys = {column.name for column in row.__table__.primary_key}  # type: ignore[attr-defined]
    return {name: plain(value) for name, value in row.model_dump().items() if name not in keys}


def commit(
    session: Session,
    codebook: Codebook,
    kind: EditKind,
    target: str,
    changes: Iterable[Change],
    actor: Actor,
) -> Edit:
    """Do the changes and write them down, all or none."""
    return _write(session, codebook, kind, target, list(changes), actor, None)


def undo(session: Session, codebook: Codebook, public_id: str, actor: Actor) -> Edit:
    """Take an edit back; refused where a later one changed the same rows."""
    edit = by_public_id(session, codebook, public_id)
    if session.exec(select(Edit.id).where(Edit.undoes_id == edit.id)).first() is not None:
        raise Conflict(_("This edit was taken back already."))
    inverse = [
        {**change, "before": change["after"], "after": change["before"]}
        for change in reversed(edit.changes)
    ]
    return _write(session, codebook, EditKind.UNDO, edit.target, inverse, actor, edit.id)


def by_public_id(session: Session, codebook: Codebook, public_id: str) -> Edit:
    found = session.exec(
        select(Edit).where(Edit.public_id == public_id, Edit.codebook_id == codebook.id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such edit in this codebook."))
    return found


def _write(
    session: Session,
    codebook: Codebook,
    kind: EditKind,
    target: str,
    changes: list[Change],
    actor: Actor,
    undoes_id: int | None,
) -> Edit:
    hold(session, codebook)
    rows = _rows(session, changes)
    for change in changes:
        _apply(session, change, rows)
    codebook.revision += 1
    session.add(codebook)
    edit = Edit(
        codebook_id=codebook.id or 0,
        at=actor.now,
        by=actor.by,
        kind=kind,
        target=target[:200],
        changes=changes,
        undoes_id=undoes_id,
    )
    session.add(edit)
    session.flush()
    asking.keep_up(session, codebook, actor.now)
    return edit


def hold(session: Session, codebook: Codebook) -> None:
    """Lock the codebook: two edits of one codebook follow one another."""
    session.exec(select(Codebook.id).where(Codebook.id == codebook.id).with_for_update()).one()


_Rows = dict[tuple[str, tuple[Any, ...]], SQLModel]


def _rows(session: Session, changes: list[Change]) -> _Rows:
    """The rows that the changes speak of, read in few queries."""
    found: _Rows = {}
    for table, model in _TABLES.items():
        keys = [change["key"] for change in changes if change["table"] == table]
        if not keys:
            continue
        names = list(keys[0])
        # The last part of the key is the one that varies.
        values = sorted({key[names[-1]] for key in keys})
        for start in range(0, len(values), _AT_ONCE):
            part = values[start : start + _AT_ONCE]
            wanted = select(model).where(col(getattr(model, names[-1])).in_(part))
            if len(names) > 1:
                first = sorted({key[names[0]] for key in keys})
                wanted = wanted.where(col(getattr(model, names[0])).in_(first))
            # Read anew: what this session has seen before the lock may be old.
            fresh = wanted.execution_options(populate_existing=True)
            for row in session.exec(fresh):
                found[table, tuple(getattr(row, name) for name in names)] = row
    return found


def _apply(session: Session, change: Change, rows: _Rows) -> None:
    table, key = change["table"], change["key"]
    place = (table, tuple(key.values()))
    row = rows.get(place)
    _demand(table, row, change["before"])
    if change["after"] is None:
        session.delete(row)
        del rows[place]
        return
    values = {
        name: _ENUMS[table, name](value) if (table, name) in _ENUMS else value
        for name, value in change["after"].items()
    }
    if row is None:
        row = rows[place] = _TABLES[table](**key, **values)
    for name, value in values.items():
        setattr(row, name, value)
    if isinstance(row, Theme):
        row.revision += 1
    session.add(row)


def _demand(table: str, row: SQLModel | None, before: Change | None) -> None:
    """The row says what the edit saw; otherwise somebody was there in between."""
    is_same = (row is None) == (before is None) and (
        row is None
        or before is None
        or all(plain(getattr(row, name)) == value for name, value in before.items())
    )
    if not is_same or (row is None and table not in _PASSING):
        raise Conflict(
            _(
                "Something that this edit touches was changed in the meantime. Open the log, "
                "look at the later edit, and take that one back first or leave it as it is."
            )
        )
