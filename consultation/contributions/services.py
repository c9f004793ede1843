"""Writes of contributions. The caller's transaction decides whether they stay."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from consultation.contributions.models import (
    Channel,
    Contribution,
    ContributionState,
    Translation,
)
from core.errors import Conflict
from core.i18n import _

# Joiners and direction marks belong to the spelling of Arabic, Persian and Hindi: they stay.
_KEPT_CONTROLS = frozenset("\n\t\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069")

#: Keys in one statement.
_AT_ONCE = 2_000


def clean_text(text: str) -> str:
    """The text as it is stored: composed, with plain line ends, without control characters."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        character
        for character in composed
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    ).strip()


def hash_text(text: str) -> str:
    """The fingerprint of a stored text; an erased text has the fingerprint of nothing."""
    return sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a contribution comes from: its channel and, as far as known, its author's group."""

    consultation_id: int
    channel: Channel
    round_id: int | None = None
    dialogue_id: int | None = None
    region: str | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """What was asked and in which language it was answered."""

    question_code: str
    asked: str
    language: str


def receive(
    session: Session,
    source: Source,
    wording: Wording,
    *,
    text: str,
    today: date,
    is_quotable: bool = False,
    state: ContributionState = ContributionState.RECEIVED,
) -> Contribution:
    """Store a new contribution."""
    cleaned = clean_text(text)
    row = Contribution(
        consultation_id=source.consultation_id,
        channel=source.channel,
        state=state,
        round_id=source.round_id,
        dialogue_id=source.dialogue_id,
        question_code=wording.question_code,
        asked=wording.asked[:2000],
        text=cleaned,
        text_hash=hash_text(cleaned),
        language=wording.language,
        declared_language=wording.language,
        region=source.region,
        sector=source.sector,
        is_quotable=is_quotable,
        received_on=today,
    )
    session.add(row)
    session.flush()
    return row


def replace_text(session: Session, contribution: Contribution, text: str) -> None:
    """Change the words of a contribution that was not withdrawn."""
    if contribution.state is ContributionState.WITHDRAWN:
        raise Conflict(_("This text was withdrawn and cannot be changed any more."))
    cleaned = clean_text(text)
    if cleaned == contribution.text:
        # In equal words the language that a run read, and the translations, still hold.
        return
    _forget_translations(session, contribution)
    contribution.text = cleaned
    contribution.text_hash = hash_text(cleaned)
    contribution.language = contribution.declared_language
    session.add(contribution)
    session.flush()


def correct_all(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Give texts that are known the words and groups of a corrected source.

    They stay the texts that they were, with all that people said of them. A translation, and the
    language that a run read, go where the words or the declared language are others; what was
    withdrawn stays so.

    Parameters
    ----------
    rows : sequence of dict
        Columns of `Contribution` by name, the `id` among them.
    """
    known = _as_known(session, [row["id"] for row in rows])
    changes, forgotten = [], []
    for row in rows:
        words, declared, state = known[row["id"]]
        if state is ContributionState.WITHDRAWN:
            continue
        change = {name: value for name, value in row.items() if name != "received_on"}
        if words != row["text_hash"]:
            forgotten.append(row["id"])
        elif declared == row["declared_language"]:
            del change["language"]
        changes.append(change)
    for part in _batches(forgotten):
        session.exec(delete(Translation).where(col(Translation.contribution_id).in_(part)))
    if changes:
        session.execute(update(Contribution), changes)
    session.expire_all()


def _as_known(
    session: Session, keys: Sequence[str]
) -> dict[str, tuple[str, str, ContributionState]]:
    known: dict[str, tuple[str, str, ContributionState]] = {}
    for part in _batches(keys):
        for key, words, declared, state in session.exec(
            select(
                Contribution.id,
                Contribution.text_hash,
                Contribution.declared_language,
                Contribution.state,
            ).where(col(Contribution.id).in_(part))
        ):
            known[key] = (words, declared, ContributionState(state))
    return known


def read_in(session: Session, consultation_id: int, found: Iterable[tuple[str, str, str]]) -> int:
    """Note the language that texts read in; how many are in another one than was known.

    Parameters
    ----------
    found : iterable of (str, str, str)
        Contribution, hash of the words that were read, language. Words that have changed since
        keep the language that they have.
    """
    now = {
        key: (words, language)
        for key, words, language in session.exec(
            select(Contribution.id, Contribution.text_hash, Contribution.language).where(
                Contribution.consultation_id == consultation_id,
                Contribution.state == ContributionState.RECEIVED,
            )
        )
    }
    changed = [
        {"key": key, "words": words, "read": language}
        for key, words, language in found
        if key in now and now[key][0] == words and now[key][1] != language
    ]
    if changed:
        # Asked again as it is written: the words may change between the two.
        session.connection().execute(
            update(Contribution)
            .where(
                col(Contribution.id) == bindparam("key"),
                col(Contribution.text_hash) == bindparam("words"),
            )
            .values(language=bindparam("read")),
            changed,
        )
        session.expire_all()
    return len(changed)


def withdraw(session: Session, contribution: Contribution) -> None:
    """Erase the words; the row stays, so that figures published before keep their count."""
    contribution.text = ""
    contribution.text_hash = hash_text("")
    contribution.is_quotable = False
    contribution.state = ContributionState.WITHDRAWN
    session.add(contribution)
    _forget_translations(session, contribution)
    session.flush()


def remove(session: Session, contribution: Contribution) -> None:
    """Take a text out altogether; one that evidence names keeps its row, without its words."""
    try:
        with session.begin_nested():
            session.delete(contribution)
            session.flush()
    except IntegrityError:
        withdraw(session, contribution)


def remove_all(session: Session, keys: Sequence[str]) -> None:
    """Take texts out altogether; those that evidence names keep their rows, without their words."""
    for part in _batches(keys):
        _remove_part(session, part)
    session.expire_all()


def _remove_part(session: Session, keys: Sequence[str]) -> None:
    """All at once; where evidence names one, each half by itself until it is found."""
    try:
        with session.begin_nested():
            session.exec(delete(Contribution).where(col(Contribution.id).in_(keys)))
    except IntegrityError:
        if len(keys) == 1:
            withdraw(session, session.get_one(Contribution, keys[0]))
            return
        half = len(keys) // 2
        _remove_part(session, keys[:half])
        _remove_part(session, keys[half:])


def _batches(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))


def _forget_translations(session: Session, contribution: Contribution) -> None:
    """A translation says what the text said: other words, or none, make it wrong."""
    session.exec(delete(Translation).where(col(Translation.contribution_id) == contribution.id))
