"""A consultation with free answers and a codebook, for the tests of the workbench. Synthetic."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Channel, Contribution
from consultation.contributions.services import Source, Wording, receive
from consultation.process.models import Consultation, Round
from core.auth.models import Account
from core.auth.permissions import Role
from results.workbench import files, intake, readings, services
from results.workbench.edits import Actor
from results.workbench.models import Codebook, Purpose, Reading, Theme
from results.workbench.queries import coded_themes, themes
from tests.support.make import NOW, make_account, make_consultation, make_round

ACTOR = Actor(by="analyst", now=NOW)
#: theme code -> words that only its answers hold
VOICES = {
    "work": ("jobs", "workers", "training", "wages", "unemployment", "skills"),
    "privacy": ("privacy", "cameras", "tracking", "consent", "faces", "surveillance"),
    "climate": ("energy", "water", "emissions", "climate", "electricity", "waste"),
}
VOICES_IN_FRENCH = {
    "work": ("emplois", "travailleurs", "formation", "salaires", "chômage", "compétences"),
    "privacy": ("caméras", "pistage", "consentement", "visages", "surveillance", "intimité"),
    "climate": ("énergie", "eau", "émissions", "climat", "électricité", "déchets"),
}
FILLER_IN_FRENCH = (
    *("nous", "demandons", "aux", "gouvernements", "de", "réfléchir", "à"),
    *("ceci", "dès", "maintenant"),
)
FILLER = ("we", "ask", "governments", "to", "think", "about", "this", "now", "please", "seriously")


def sentences(count: int, language: str = "en") -> list[tuple[str, str]]:
    """Invented answers, each with the theme it is about; every seventh is about two."""
    voices, filling = (VOICES_IN_FRENCH, FILLER_IN_FRENCH) if language == "fr" else (VOICES, FILLER)
    names = list(voices)
    found = []
    for number in range(count):
        theme = names[number % 3]
        words = voices[theme]
        picked = [words[(number + step * (1 + number % 2)) % 6] for step in range(3)]
        filler = [filling[(number * 3 + step) % 10] for step in range(4)]
        if number % 7 == 0:
            picked.append(voices[names[(number + 1) % 3]][number % 6])
        found.append((" ".join([*filler, *picked, f"case{number % 11}"]).capitalize() + ".", theme))
    return found


def add_answers(
    session: Session, place: Consultation, texts: list[str], **values: Any
) -> list[Contribution]:
    """Contributions of two regions and two sectors by turns.

    Their keys, and so their order and what chance draws, are the same in each run of a test.
    """
    before = session.exec(
        select(func.count()).where(col(Contribution.consultation_id) == place.id)
    ).one()
    known = session.exec(select(Round).where(Round.consultation_id == place.id)).first()
    asked = known or make_round(session, place)
    found = []
    for number, text in enumerate(texts):
        source = Source(
            consultation_id=place.id or 0,
            channel=Channel.SURVEY,
            round_id=asked.id,
            region=("africa", "asia_pacific")[number % 2],
            sector=("academia", "civil_society", "industry")[number % 3],
        )
        wording = Wording("why", "Why?", values.get("language", "en"))
        made = receive(session, source, wording, text=text, today=NOW.date(), is_quotable=True)
        made.id = sha256(f"{place.slug}:{before + number}".encode()).hexdigest()[:26]
        found.append(made)
    session.flush()
    return found


def make_codebook(session: Session, place: Consultation) -> tuple[Codebook, dict[str, Theme]]:
    """Three themes in one area, and what stands in their definitions."""
    book = services.begin(session, place, NOW)
    rows = [
        {"code": "society", "kind": "area", "name_en": "Society"},
        *(
            {
                "code": code,
                "parent": "society",
                "name_en": code.capitalize(),
                "definition_en": " ".join(words),
            }
            for code, words in VOICES.items()
        ),
    ]
    found = files.ReadFile()
    checker = files._Checker(found, "en")
    checker.check([(number, row) for number, row in enumerate(rows, start=2)])
    intake.take_in(session, book, found, "test", ACTOR)
    assert found.problems == []
    return book, {theme.code: theme for theme in themes(session, book)}


def make_coded_place(session: Session, count: int = 60) -> tuple[Consultation, Codebook]:
    """Answers and a codebook; the same ids every time, so that a sample is the same too."""
    place = make_consultation(session)
    for number, row in enumerate(
        add_answers(session, place, [text for text, _theme in sentences(count)])
    ):
        row.id = f"answer{number:020}"
    session.flush()
    book, _themes = make_codebook(session, place)
    return place, book


def coders(session: Session, place: Consultation, book: Codebook) -> list[Account]:
    """Two people at the two places."""
    found = []
    for number, name in ((1, "first"), (2, "second")):
        account = make_account(
            session, email=f"{name}@example.org", consultation=place, roles=(Role.CODER,)
        )
        readings.assign(session, book, number, account, NOW)
        found.append(account)
    return found


def truth(text: str) -> set[str]:
    """The themes that an invented answer raises, by the words in it."""
    return {code for code, words in VOICES.items() if any(word in text.lower() for word in words)}


def say(
    session: Session,
    book: Codebook,
    place: int,
    account: Account,
    answer: Contribution,
    yes: Collection[str],
    *,
    unsure: Collection[str] = (),
    at: datetime = NOW,
    purpose: Purpose = Purpose.AUDIT,
) -> Reading:
    """A coder says of every theme whether an answer raises it."""
    rows = coded_themes(themes(session, book))
    given = {
        theme.public_id: "yes" if theme.code in yes else "unsure" if theme.code in unsure else "no"
        for theme in rows
    }
    words = readings.said(rows, given, answer.id, answer.text_hash, purpose)
    return readings.record(session, book, place, account, words, at)


def code_everything(
    session: Session, place: Consultation, book: Codebook, audit_size: int, *, wrong_every: int = 0
) -> None:
    """Both coders read the whole sample as the words say; the second errs now and then."""
    one, two = coders(session, place, book)
    readings.draw(session, book, audit_size, seed=3, by="analyst", now=NOW)
    for at, account in ((1, one), (2, two)):
        number = 0
        while answer := readings.next_answer(session, book, at, Purpose.AUDIT):
            number += 1
            yes = truth(answer.text)
            if at == 2 and wrong_every and number % wrong_every == 0:
                yes = yes ^ {"work"}
            say(session, book, at, account, answer, yes, at=NOW + timedelta(seconds=number))
