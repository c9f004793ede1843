"""What an invitation and a reminder say, and the link that ends all mail.

The organiser's words are plain text: they are put into the mail as they are and never read as
a template. Links are made from the address in the settings, never from a request.
"""

import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session, select

from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, IdentityMode, Round
from core import mail
from core.i18n import text_in
from core.security import current_settings, keyed_hash
from surveys.reaching.models import InvitationWave

PUBLIC_ID_LENGTH = 26
PROOF_LENGTH = 32
LONGEST_SUBJECT = 150
LONGEST_INTRO = 4_000
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Words:
    """The organiser's own words, by language, and who helps."""

    subject: Mapping[str, str] = field(default_factory=dict)
    intro: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a mail is about: a round of a consultation, and what its organiser says of it."""

    consultation: Consultation
    round: Round
    words: Words = field(default_factory=Words)


def words_of(wave: InvitationWave) -> Words:
    return Words(wave.subject, wave.intro, wave.contact)


def one_line(text: str) -> str:
    """A text without line breaks and control characters, fit for a mail's header."""
    return " ".join(_without_controls(text, "\n\t").replace("\x85", " ").split())[:LONGEST_SUBJECT]


def plain_text(text: str) -> str:
    """A text of several lines without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BLANK_LINES.sub("\n\n", _without_controls(lines, "\n\t")).strip()[:LONGEST_INTRO]


def _without_controls(text: str, kept: str) -> str:
    spaced = text.replace("\r", "\n")
    return "".join(
        character
        for character in spaced
        if character in kept or unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
    )


def mail_language(language: str) -> str:
    """The language that our own words take in a mail to somebody who speaks this one."""
    known = current_settings().languages
    for code in (language, language.partition("-")[0]):
        if code in known:
            return code
    return known[0]


def personal_url(token: str) -> str:
    return f"{current_settings().base_url}/s/{token}/"


def first_letter(occasion: Occasion, language: str, *, url: str, leave: str) -> mail.Letter:
    """The message that carries a personal link for the first time; `leave` ends all mail."""
    context = _context(occasion, language, url, leave)
    return mail.write("invitation", context, mail_language(language), unsubscribe_url=leave)


def reminder_letter(
    occasion: Occasion, language: str, *, url: str | None, sent_on: date | None, leave: str
) -> mail.Letter:
    """A reminder; without a link it sends people to the first message, of that day."""
    context = _context(occasion, language, url or "", leave)
    context["sent_on"] = sent_on.isoformat() if sent_on else ""
    return mail.write("reminder", context, mail_language(language), unsubscribe_url=leave)


def _context(occasion: Occasion, language: str, url: str, leave: str) -> dict[str, Any]:
    words, row = occasion.words, occasion.round
    default = occasion.consultation.default_language
    return {
        "subject": one_line(_own_words(words.subject, language)),
        "intro": plain_text(_own_words(words.intro, language)),
        "contact": one_line(words.contact),
        "title": one_line(text_in(occasion.consultation.title, language, default)),
        "round_title": one_line(text_in(row.title, language, default)),
        "url": url,
        "unsubscribe_url": leave,
        "closes_at": row.closes_at,
        "is_anonymous": row.identity_mode is IdentityMode.ANONYMOUS,
    }


def _own_words(texts: Mapping[str, str], language: str) -> str:
    """The organiser's words in this language; nobody gets them in one that is not theirs."""
    return texts.get(language) or texts.get(language.partition("-")[0]) or ""


def unsubscribe_token(public_id: str) -> str:
    """A signed name of one stakeholder, good for one thing: to end mail to that person."""
    return public_id + keyed_hash("unsubscribe", public_id)[:PROOF_LENGTH]


def unsubscribe_url(stakeholder: Stakeholder) -> str:
    return f"{current_settings().base_url}/u/{unsubscribe_token(stakeholder.public_id)}"


def find_by_unsubscribe_token(session: Session, token: str) -> Stakeholder | None:
    """Whom a signed link names; nobody where the signature is wrong."""
    public_id, proof = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    expected = keyed_hash("unsubscribe", public_id)[:PROOF_LENGTH]
    if not hmac.compare_digest(proof.encode(), expected.encode()):
        return None
    return session.exec(select(Stakeholder).where(Stakeholder.public_id == public_id)).one_or_none()
