"""A codebook in force for the demonstration: two invented coders, a random sample, a sign-off.

What they say is what we know of each text because we put it together from our own sentences; now
and then one of them errs, so that there is something to agree on. All of it is synthetic.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlmodel import Session, col, select

from consultation.contributions.models import Contribution
from consultation.process.models import Consultation
from consultation.process.queries import challenges
from core import audit
from core.auth.models import Account
from results.demo.build import SLUG
from results.demo.content import TEXT_LANGUAGES, challenge_codes, fragments, process
from results.workbench import edits, files, intake, population, readings, services, signoff
from results.workbench.edits import Actor
from results.workbench.labels import Labels, read_labels
from results.workbench.models import (
    Codebook,
    EditKind,
    Judgement,
    Purpose,
    Reading,
    RulingKind,
    Theme,
    ThemeDecision,
)
from results.workbench.queries import coded_themes, themes

SEED = 20_261_124
SAMPLE = 240
#: Answers read beside the sample, whose disagreements are left for whoever tries the page.
LEFT_OPEN = 12
#: How often a coder overlooks a theme that an answer raises, or sees one that it does not.
OVERLOOKED, IMAGINED = 0.06, 0.004
#: The part of a sentence's words by which it is known again after a slip of the keyboard.
KNOWN_AGAIN = 0.8
CODERS = ("analyst@example.org", "coder@example.org")
SIGNER = "committee@example.org"
QUESTIONS = ("pressing_challenge", "deliverable", "first_reason", "dissent", "missing")


def play(session: Session, consultation: Consultation, now: datetime) -> None:
    """From the codebook to its first signed-off version."""
    people = {row.email: row for row in _accounts(session)}
    analyst, signer = people[CODERS[0]], people[SIGNER]
    actor = Actor(by=analyst.public_id, now=now)
    codebook = services.begin(session, consultation, now)
    intake.take_in(session, codebook, _book(session, consultation), "synthetic.json", actor)
    services.set_questions(session, codebook, list(QUESTIONS), actor)
    for place, email in enumerate(CODERS, start=1):
        readings.assign(session, codebook, place, people[email], now)
    readings.draw(session, codebook, SAMPLE, seed=SEED, by=actor.by, now=now)
    scene = _Scene(session, codebook, tuple(people[email] for email in CODERS), now)
    sample = read_labels(session, codebook, themes(session, codebook)).audit
    scene.read(sorted(sample), Purpose.AUDIT)
    _settle(scene, actor)
    version = signoff.sign_off(session, codebook, Actor(by=signer.public_id, now=now))
    audit.record(
        session,
        actor=signer.public_id,
        action="sign_off_codebook",
        target=f"{SLUG}/codebook",
        details={"version": version.number, "hash": version.content_hash},
        now=now,
    )
    everybody = population.readable_ids(session, codebook, ())
    scene.read([key for key in everybody if key not in sample][:LEFT_OPEN], Purpose.TEACH)


def _accounts(session: Session) -> Sequence[Account]:
    return session.exec(select(Account).where(col(Account.email).in_([*CODERS, SIGNER]))).all()


def _book(session: Session, consultation: Consultation) -> files.ReadFile:
    """The challenges as themes, in the areas of our starting codebook."""
    starting = json.loads(files.STARTING.read_text(encoding="utf-8"))["themes"]
    areas = {row["code"]: row for row in starting if row["kind"] == "area"}
    parents = {row["code"]: row["parent"] for row in starting if row.get("parent")}
    rows: list[dict[str, Any]] = [
        {
            "code": row.code,
            "kind": "theme",
            "state": "active",
            # Languages and cultures stand in no area of the starting codebook; society is nearest.
            "parent": parents.get(row.code, "society"),
            "name": row.title,
            "definition": row.description,
        }
        for row in challenges(session, consultation)
    ]
    used = [areas[code] for code in dict.fromkeys(row["parent"] for row in rows)]
    document = {"format": files.FORMAT, "version": 1, "questions": [], "themes": [*used, *rows]}
    return files.read(json.dumps(document).encode(), "synthetic.json", "en")


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where the two coders sit."""

    session: Session
    codebook: Codebook
    coders: tuple[Account, ...]
    now: datetime

    def read(self, keys: list[str], purpose: Purpose) -> None:
        """Both coders read these answers, each with slips of their own."""
        rows = coded_themes(themes(self.session, self.codebook))
        answers = self.session.exec(
            select(Contribution)
            .where(col(Contribution.id).in_(keys))
            .order_by(col(Contribution.id))
        ).all()
        dice = np.random.default_rng(SEED + len(keys))
        for place, account in enumerate(self.coders, start=1):
            given = [
                Reading(
                    codebook_id=self.codebook.id or 0,
                    place=place,
                    contribution_id=answer.id,
                    coder=account.public_id,
                    purpose=purpose,
                    text_hash=answer.text_hash,
                    read_at=self.now + timedelta(seconds=number),
                )
                for number, answer in enumerate(answers)
            ]
            self.session.add_all(given)
            self.session.flush()
            self.session.connection().execute(
                insert(ThemeDecision),
                [
                    {"reading_id": reading.id, "theme_id": theme.id, "value": value}
                    for reading, answer in zip(given, answers, strict=True)
                    for theme, value in _said(answer, rows, dice)
                ],
            )


def _said(
    answer: Contribution, rows: list[Theme], dice: np.random.Generator
) -> Iterable[tuple[Theme, Judgement]]:
    raised = themes_of(answer.text, answer.language)
    for theme in rows:
        is_in = theme.code in raised
        slips = dice.random() < (OVERLOOKED if is_in else IMAGINED)
        yield theme, Judgement.YES if is_in != slips else Judgement.NO


def themes_of(text: str, language: str) -> set[str]:
    """The challenges that a synthetic text was put together from."""
    notes = {note["text"]: note["challenge"] for note in process()["dialogue"]["notes"]}
    if text in notes:
        return {notes[text]}
    held = _words(text)
    found = set()
    # A mixed text goes on in another language than it began in.
    for tongue in (language, *(tag for tag in TEXT_LANGUAGES if tag != language)):
        for code, sentences in _sentences(tongue):
            for sentence in sentences:
                if len(sentence & held) >= KNOWN_AGAIN * len(sentence):
                    found.add(code)
    return found | _campaign(text)


def _campaign(text: str) -> set[str]:
    campaign = process()["campaign"]
    said = any(variant in text for variants in campaign["slots"] for variant in variants)
    return {campaign["challenge"]} if said else set()


@cache
def _sentences(language: str) -> tuple[tuple[str, tuple[frozenset[str], ...]], ...]:
    if language not in TEXT_LANGUAGES:
        return ()
    own = fragments(language)["challenges"]
    return tuple(
        (code, tuple(_words(sentence) for part in own[code].values() for sentence in part))
        for code in challenge_codes()
    )


def _words(text: str) -> frozenset[str]:
    """Words; of scripts without spaces, pairs of signs."""
    words = re.findall(r"\w+", text.lower())
    pairs = {
        word[place : place + 2]
        for word in words
        if not word.isascii()
        for place in range(len(word) - 1)
    }
    return frozenset({word for word in words if word.isascii()} | pairs)


def _settle(scene: _Scene, actor: Actor) -> None:
    """The analyst reads what the two disagree on once more, and says what stands."""
    rows = themes(scene.session, scene.codebook)
    labels = read_labels(scene.session, scene.codebook, rows)
    for key, places in _open(labels).items():
        answer = scene.session.exec(select(Contribution).where(Contribution.id == key)).one()
        raised = themes_of(answer.text, answer.language)
        settled = [labels.themes[place] for place in places]
        words = [
            services.Word(
                theme.id or 0, key, Judgement.YES if theme.code in raised else Judgement.NO
            )
            for theme in settled
        ]
        changes = services.rulings(
            scene.session, scene.codebook, words, RulingKind.ADJUDICATED, actor
        )
        name = ", ".join(theme.code for theme in settled)
        edits.commit(scene.session, scene.codebook, EditKind.ADJUDICATE, name, changes, actor)


def _open(labels: Labels) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in labels.disagreements():
        found.setdefault(one.contribution_id, []).append(one.theme)
    return found
