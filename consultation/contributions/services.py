"""Writes of contributions. The caller's transaction decides whether they stay."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

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
    if cleaned != contribution.text:
        _forget_translations(session, contribution)
    contribution.text = cleaned
    contribution.text_hash = hash_text(cleaned)
    contribution.language = contribution.declared_language
    session.add(contribution)
    session.flush()


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


def _forget_translations(session: Session, contribution: Contribution) -> None:
    """A translation says what the text said: other words, or none, make it wrong."""
    session.exec(delete(Translation).where(col(Translation.contribution_id) == contribution.id))
