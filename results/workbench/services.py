"""Writes of the codebook. Each is one edit of the log, or none at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.contributions.services import clean_text
from consultation.process.models import Consultation
from core.errors import Conflict, Invalid
from core.i18n import _
from results.workbench import edits
from results.workbench.edits import WORDS, Actor, Change, changed, passing, row_values
from results.workbench.models import (
    Codebook,
    Edit,
    EditKind,
    Judgement,
    Ruling,
    RulingKind,
    Theme,
    ThemeKind,
    ThemeState,
)
from results.workbench.queries import codebook_of, themes

LONGEST_NAME = 200
LONGEST_TEXT = 4_000
MOST_THEMES = 500
MOST_MOVED = 5_000
_AT_ONCE = 400
#: States that a person can choose; "merged" comes from a merge alone.
CHOOSABLE = (ThemeState.ACTIVE, ThemeState.PROPOSED, ThemeState.NOISE, ThemeState.DROPPED)


class Stale(Conflict):
    """Somebody saved this theme after the page was opened; the page shows both."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a person writes of a theme: five texts, each in several languages."""

    name: dict[str, str]
    definition: dict[str, str]
    inclusion: dict[str, str]
    exclusion: dict[str, str]
    examples: dict[str, str]

    @classmethod
    def of(cls, given: Mapping[str, Mapping[str, str]]) -> "Words":
        """Cleaned, without the languages that say nothing."""
        return cls(**{name: _cleaned(given.get(name, {}), name) for name in WORDS})

    def values(self) -> dict[str, dict[str, str]]:
        return {name: getattr(self, name) for name in WORDS}


def _cleaned(texts: Mapping[str, str], field: str) -> dict[str, str]:
    longest = LONGEST_NAME if field == "name" else LONGEST_TEXT
    found = {language: clean_text(text) for language, text in texts.items()}
    for language, text in found.items():
        if len(text) > longest:
            message = _("Write at most %(limit)s characters.", limit=longest)
            raise Invalid(message, field=f"{field}_{language}")
    return {language: text for language, text in sorted(found.items()) if text}


def begin(session: Session, consultation: Consultation, now: datetime) -> Codebook:
    """The codebook of a consultation, begun where there is none."""
    found = codebook_of(session, consultation)
    if found is None:
        found = Codebook(consultation_id=consultation.id or 0, created_at=now)
        session.add(found)
        session.flush()
    return found


def insert(session: Session, codebook: Codebook, code: str, kind: ThemeKind, words: Words) -> Theme:
    """A row that is not there yet for anybody: an edit brings it in."""
    last = session.exec(
        select(func.max(Theme.position)).where(Theme.codebook_id == codebook.id)
    ).one()
    theme = Theme(
        codebook_id=codebook.id or 0,
        code=code,
        kind=kind,
        state=ThemeState.DROPPED,
        position=(last or 0) + 1,
    )
    for name, texts in words.values().items():
        setattr(theme, name, texts)
    session.add(theme)
    session.flush()
    return theme


def add_theme(
    session: Session,
    codebook: Codebook,
    *,
    code: str,
    words: Words,
    parent: Theme | None = None,
    kind: ThemeKind = ThemeKind.THEME,
    actor: Actor,
) -> Theme:
    """A new theme or area."""
    known = {theme.code for theme in themes(session, codebook)}
    if code in known:
        raise Invalid(_("There is a theme with this code already."), field="code")
    if len(known) >= MOST_THEMES:
        raise Invalid(_("A codebook holds at most %(limit)s themes.", limit=MOST_THEMES))
    if not words.name:
        raise Invalid(_("Enter a name."), field="name")
    theme = insert(session, codebook, code, kind, words)
    change = changed(theme, state=ThemeState.ACTIVE, parent_id=_parent_id(theme, parent))
    edits.commit(session, codebook, EditKind.ADD, code, [change], actor)
    return theme


def _parent_id(theme: Theme, parent: Theme | None) -> int | None:
    if parent is None or theme.kind is ThemeKind.AREA:
        return None
    if parent.kind is not ThemeKind.AREA:
        raise Invalid(_("Choose an area for the theme to stand in."), field="parent")
    return parent.id


def change_theme(
    session: Session,
    codebook: Codebook,
    theme: Theme,
    *,
    words: Words,
    parent: Theme | None,
    revision: int,
    actor: Actor,
) -> Edit | None:
    """New words for a theme, if the writer saw the newest ones; none where nothing changed."""
    edits.hold(session, codebook)
    session.refresh(theme)
    if theme.revision != revision:
        raise Stale(_("Somebody saved this theme while you were writing."))
    if not words.name:
        raise Invalid(_("Enter a name."), field="name")
    after: dict[str, Any] = {**words.values(), "parent_id": _parent_id(theme, parent)}
    after = {name: value for name, value in after.items() if getattr(theme, name) != value}
    if not after:
        return None
    return edits.commit(
        session, codebook, EditKind.CHANGE, theme.code, [changed(theme, **after)], actor
    )


def set_state(
    session: Session, codebook: Codebook, theme: Theme, state: ThemeState, actor: Actor
) -> Edit:
    """Use a theme, set it aside as noise, or take it out."""
    if state not in CHOOSABLE or theme.state is ThemeState.MERGED:
        raise Conflict(_("A merged theme comes back when its merge is taken back in the log."))
    change = changed(theme, state=state)
    return edits.commit(
        session, codebook, EditKind.STATE, f"{theme.code}: {state}", [change], actor
    )


def merge(session: Session, codebook: Codebook, source: Theme, target: Theme, actor: Actor) -> Edit:
    """From now on the answers of one theme count for another; nothing is rewritten."""
    if source.id == target.id:
        raise Invalid(_("Choose another theme to merge into."), field="target")
    if not (source.kind is target.kind is ThemeKind.THEME):
        raise Invalid(_("Only themes can be merged, no areas."), field="target")
    if target.state in {ThemeState.MERGED, ThemeState.DROPPED}:
        raise Invalid(_("This theme is not in use. Choose one that is."), field="target")
    if source.state is ThemeState.MERGED:
        raise Conflict(_("This theme was merged already."))
    change = changed(source, state=ThemeState.MERGED, merged_into_id=target.id)
    name = f"{source.code} → {target.code}"
    return edits.commit(session, codebook, EditKind.MERGE, name, [change], actor)


@dataclass(frozen=True, slots=True)
class Word:
    """The last word on one answer and one theme."""

    theme_id: int
    contribution_id: str
    value: Judgement


def move(
    session: Session,
    codebook: Codebook,
    contributions: list[str],
    source: Theme,
    target: Theme | None,
    actor: Actor,
) -> Edit:
    """Say of answers that they do not raise one theme, and that they raise another."""
    wanted = sorted(set(contributions))
    if not wanted:
        raise Invalid(_("Choose at least one answer."), field="answers")
    if len(wanted) > MOST_MOVED:
        raise Invalid(_("Move at most %(limit)s answers at once.", limit=MOST_MOVED))
    if target is not None and (
        target.id == source.id or target.kind is ThemeKind.AREA or target.state not in CHOOSABLE
    ):
        raise Invalid(_("Choose another theme to move the answers to."), field="target")
    words = [Word(source.id or 0, key, Judgement.NO) for key in wanted]
    if target is not None:
        words += [Word(target.id or 0, key, Judgement.YES) for key in wanted]
    changes = rulings(session, codebook, words, RulingKind.MOVED, actor)
    name = f"{source.code} → {target.code if target else '–'}: {len(wanted)}"
    return edits.commit(session, codebook, EditKind.MOVE, name, changes, actor)


def keep(
    session: Session, codebook: Codebook, contributions: list[str], theme: Theme, actor: Actor
) -> Edit:
    """Say of answers that they raise a theme."""
    wanted = sorted(set(contributions))
    if not wanted or len(wanted) > MOST_MOVED:
        raise Invalid(_("Choose at least one answer."), field="answers")
    words = [Word(theme.id or 0, key, Judgement.YES) for key in wanted]
    changes = rulings(session, codebook, words, RulingKind.MOVED, actor)
    name = f"→ {theme.code}: {len(wanted)}"
    return edits.commit(session, codebook, EditKind.MOVE, name, changes, actor)


def rulings(
    session: Session, codebook: Codebook, words: list[Word], kind: RulingKind, actor: Actor
) -> list[Change]:
    """The changes that make these the last words; another consultation's answers do not exist."""
    hashes = text_hashes(session, codebook, {word.contribution_id for word in words})
    if {word.contribution_id for word in words} - set(hashes):
        raise Invalid(_("One of these answers is not in this consultation, or was withdrawn."))
    known = _known_rulings(session, words)
    changes = []
    for word in words:
        old = known.get((word.theme_id, word.contribution_id))
        changes.append(
            passing(
                "ruling",
                {"theme_id": word.theme_id, "contribution_id": word.contribution_id},
                row_values(old) if old is not None else None,
                {
                    "value": word.value.value,
                    "kind": kind.value,
                    "text_hash": hashes[word.contribution_id],
                    "ruled_by": actor.by,
                },
            )
        )
    return changes


def _known_rulings(session: Session, words: list[Word]) -> dict[tuple[int, str], Ruling]:
    found: dict[tuple[int, str], Ruling] = {}
    themes_of = sorted({word.theme_id for word in words})
    keys = sorted({word.contribution_id for word in words})
    for start in range(0, len(keys), _AT_ONCE):
        for row in session.exec(
            select(Ruling).where(
                col(Ruling.theme_id).in_(themes_of),
                col(Ruling.contribution_id).in_(keys[start : start + _AT_ONCE]),
            )
        ):
            found[row.theme_id, row.contribution_id] = row
    return found


def text_hashes(session: Session, codebook: Codebook, keys: set[str]) -> dict[str, str]:
    """The fingerprints of answers of this consultation; of no others."""
    found: dict[str, str] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), _AT_ONCE):
        found |= dict(
            session.exec(
                select(Contribution.id, Contribution.text_hash).where(
                    Contribution.consultation_id == codebook.consultation_id,
                    Contribution.state == ContributionState.RECEIVED,
                    col(Contribution.id).in_(ordered[start : start + _AT_ONCE]),
                )
            ).all()
        )
    return found


def set_questions(
    session: Session, codebook: Codebook, questions: list[str], actor: Actor
) -> Edit | None:
    """Which questions' answers are coded; all of them where the list is empty."""
    wanted = sorted(set(questions))
    if wanted == codebook.questions:
        return None
    change: Change = {
        "table": "codebook",
        "key": {"id": codebook.id},
        "before": {"questions": codebook.questions},
        "after": {"questions": wanted},
    }
    return edits.commit(session, codebook, EditKind.SCOPE, ", ".join(wanted), [change], actor)
