"""Coding by people: who codes, which answer comes next, what is kept of each reading.

Two coders are blind to each other. What one says of a theme in an answer is shown to nobody at a
place of the other's before both have said it, and from then on neither can change it: what is left
to settle is adjudicated. What somebody says who could see the other's codes is marked (`blindness`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, distinct, insert
from sqlmodel import Session, col, delete, func, select

from consultation.contributions.models import Contribution
from core.auth.models import Account
from core.errors import Conflict, Invalid
from core.i18n import _
from results.workbench import blindness, drawing, machine, population
from results.workbench.drawing import in_order
from results.workbench.labels import audit_members, theme_columns
from results.workbench.models import (
    AuditMember,
    AuditSample,
    Codebook,
    Coder,
    Judgement,
    Purpose,
    Reading,
    Theme,
    ThemeDecision,
)
from results.workbench.queries import coded_themes, places, themes

ORDER_SEED = 20_260_402
LARGEST_SAMPLE = 20_000
#: After so many new readings the machine learns from them by itself.
TEACH_EVERY = 25


def assign(
    session: Session, codebook: Codebook, place: int, account: Account | None, now: datetime
) -> None:
    """Give a place to somebody, or to nobody; what was coded at the place stays.

    To give it to its holder again changes nothing, so that nobody counts as having left it.
    """
    if place not in {1, 2}:
        raise Invalid(_("There are two places for coders."))
    if account is not None:
        taken = session.exec(
            select(Coder).where(
                Coder.codebook_id == codebook.id,
                Coder.account_id == account.id,
                Coder.place != place,
            )
        ).first()
        was_there = session.exec(
            select(Reading.id).where(
                Reading.codebook_id == codebook.id,
                Reading.coder == account.public_id,
                Reading.place != place,
            )
        ).first()
        if taken is not None or was_there is not None:
            raise Invalid(_("Nobody can be both coders: the two are blind to each other."))
    holder = places(session, codebook).get(place)
    if (holder and holder.id) == (account and account.id):
        return
    blindness.note(session, codebook, place, account, now)
    session.exec(
        delete(Coder).where(col(Coder.codebook_id) == codebook.id, col(Coder.place) == place)
    )
    if account is not None:
        session.add(
            Coder(
                codebook_id=codebook.id or 0,
                place=place,
                account_id=account.id or 0,
                assigned_at=now,
            )
        )
    session.flush()


def draw(
    session: Session, codebook: Codebook, size: int, *, seed: int, by: str, now: datetime
) -> AuditSample:
    """Draw the random sample, or make it larger; an answer that was drawn stays drawn.

    People stand in the order of a hash of the stored seed and their key, so that the first ones
    are a random sample, a larger sample continues a smaller one, and who came later has the
    same chance as all others. All answers of each are drawn: as many people as bring `size`
    answers on average. A sample that was begun by answer goes on by answer, in the order of
    their keys.
    """
    if not 1 <= size <= LARGEST_SAMPLE:
        raise Invalid(_("Draw between 1 and %(most)s answers.", most=LARGEST_SAMPLE), field="size")
    coded = machine.load(session, codebook)
    everybody = population.readable_ids(session, codebook, coded.rows if coded else ())
    if not everybody:
        raise Invalid(_("There is no answer to draw from yet."))
    sample = session.exec(
        select(AuditSample).where(AuditSample.codebook_id == codebook.id)
    ).one_or_none()
    if sample is not None and size < sample.size:
        raise Invalid(_("A sample can be made larger, not smaller."), field="size")
    if sample is None:
        sample = AuditSample(
            codebook_id=codebook.id or 0,
            seed=seed,
            size=0,
            n_population=0,
            drawn_by=by,
            drawn_at=now,
        )
    sample.size = size
    sample.n_population = len(everybody)
    sample.drawn_by, sample.drawn_at = by, now
    session.add(sample)
    known = audit_members(session, codebook)
    wanted = drawing.first(session, codebook, sample, everybody, known)
    fresh = [
        {"codebook_id": codebook.id, "contribution_id": key} for key in wanted if key not in known
    ]
    session.flush()
    if fresh:
        session.connection().execute(insert(AuditMember), fresh)
    return sample


def sample_of(session: Session, codebook: Codebook) -> AuditSample | None:
    return session.exec(
        select(AuditSample).where(AuditSample.codebook_id == codebook.id)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Done:
    """How far a coder is; `again` were read before a theme in use was added.

    Of the sample only what can still be read is counted.
    """

    read: int
    again: int
    audit_read: int
    audit_size: int


def progress(session: Session, codebook: Codebook, place: int) -> Done:
    read, seen = _read_at(session, codebook, place), _seen_at(session, codebook, place)
    drawn = sorted(audit_members(session, codebook))
    members = set(population.readable_among(session, codebook, drawn, known=seen))
    return Done(len(seen), len(seen - read), len(members & read), len(members))


def _seen_at(session: Session, codebook: Codebook, place: int) -> set[str]:
    """The answers that a coder has read in the words that they have now."""
    return set(
        session.exec(
            select(Reading.contribution_id)
            .join(Contribution, col(Contribution.id) == col(Reading.contribution_id))
            .where(
                Reading.codebook_id == codebook.id,
                Reading.place == place,
                Reading.text_hash == Contribution.text_hash,
            )
        )
    )


def _read_at(session: Session, codebook: Codebook, place: int) -> set[str]:
    """The answers that a coder is done with.

    Every theme in use was decided, and the answer has the words that were read: a theme that
    was added later, and an author who changed an answer, bring it back into the queue.
    """
    rows = themes(session, codebook)
    column = theme_columns(coded_themes(rows), rows)
    if not column:
        return set()
    decided = func.count(distinct(case(column, value=col(ThemeDecision.theme_id), else_=None)))
    return set(
        session.exec(
            select(Reading.contribution_id)
            .join(ThemeDecision, col(ThemeDecision.reading_id) == col(Reading.id))
            .join(Contribution, col(Contribution.id) == col(Reading.contribution_id))
            .where(
                Reading.codebook_id == codebook.id,
                Reading.place == place,
                Reading.text_hash == Contribution.text_hash,
            )
            .group_by(col(Reading.contribution_id))
            .having(decided == len(set(column.values())))
        )
    )


def next_answer(
    session: Session, codebook: Codebook, place: int, purpose: Purpose
) -> Contribution | None:
    """The answer to read next: of the random sample, or one that teaches most."""
    read = _read_at(session, codebook, place)
    if purpose is Purpose.AUDIT:
        sample = sample_of(session, codebook)
        seed = sample.seed if sample is not None else 0
        members = audit_members(session, codebook) - read
        queue = sorted(members, key=lambda key: in_order(seed, key))
    elif place == 2:
        # What the first coder has read already is worth most at the second place.
        first = _read_at(session, codebook, 1) - read
        queue = sorted(first, key=lambda key: in_order(ORDER_SEED, key))
    else:
        queue = [key for key in _teaching(session, codebook) if key not in read]
    # A queue holds what was withdrawn or changed since, and questions no longer chosen.
    key = next(population.readable_among(session, codebook, queue), None)
    return None if key is None else population.answer(session, codebook, key)


def _teaching(session: Session, codebook: Codebook) -> list[str]:
    """The most informative answers of the newest coding; before there is one, any order."""
    audit = audit_members(session, codebook)
    coding = machine.about(session, codebook)
    asked = [] if coding is None else list(coding.parameters.get(machine.ASKED, ()))
    if not asked:
        keys = [answer.id for answer in population.answers(session, codebook)]
        asked = sorted(keys, key=lambda key: in_order(ORDER_SEED, key))
    return [key for key in asked if key not in audit]


@dataclass(frozen=True, slots=True)
class Said:
    """What a coder said of one answer: the themes that were shown, and which of them."""

    contribution_id: str
    text_hash: str
    shown: frozenset[int]
    yes: frozenset[int]
    unsure: frozenset[int]
    purpose: Purpose

    def judgement(self, theme_id: int) -> Judgement:
        if theme_id in self.yes:
            return Judgement.YES
        return Judgement.UNSURE if theme_id in self.unsure else Judgement.NO


def said(
    themes: Collection[Theme],
    given: dict[str, str],
    contribution: str,
    text_hash: str,
    purpose: Purpose,
) -> Said:
    """What a form said: `given` holds yes, no or unsure by public id of each theme shown."""
    by_name = {theme.public_id: theme.id or 0 for theme in themes}
    known = {by_name[name]: value for name, value in given.items() if name in by_name}
    return Said(
        contribution,
        text_hash,
        frozenset(known),
        frozenset(key for key, value in known.items() if value == Judgement.YES.value),
        frozenset(key for key, value in known.items() if value == Judgement.UNSURE.value),
        purpose,
    )


def record(
    session: Session, codebook: Codebook, place: int, account: Account, words: Said, now: datetime
) -> Reading:
    """Keep a reading. Once the other coder has read the answer too, it stands as it is."""
    # One reading of an answer after another: a second click, and the other coder, wait.
    session.exec(
        select(Contribution.id).where(Contribution.id == words.contribution_id).with_for_update()
    ).one_or_none()
    answer = population.answer(session, codebook, words.contribution_id)
    if answer is None:
        raise Invalid(_("There is no such answer, or it was withdrawn. Take the next one."))
    if answer.text_hash != words.text_hash:
        raise Conflict(_("The author changed this answer while you read it. Read it once more."))
    if not words.shown:
        raise Invalid(_("There is no theme to code with. Add themes to the codebook first."))
    mine, other = (
        session.exec(
            select(Reading).where(
                Reading.codebook_id == codebook.id,
                Reading.contribution_id == answer.id,
                Reading.place == at,
            )
        ).one_or_none()
        for at in (place, 3 - place)
    )
    is_open = other is None or other.text_hash != answer.text_hash
    if mine is not None and (mine.text_hash != answer.text_hash or is_open):
        session.delete(mine)
        session.flush()
        mine = None
    decided: set[int] = set()
    if mine is None:
        mine = Reading(
            codebook_id=codebook.id or 0,
            place=place,
            contribution_id=answer.id,
            coder=account.public_id,
            purpose=words.purpose,
            text_hash=answer.text_hash,
            read_at=now,
        )
        session.add(mine)
        session.flush()
    else:
        decided = set(
            session.exec(select(ThemeDecision.theme_id).where(ThemeDecision.reading_id == mine.id))
        )
    seen = blindness.seen_columns(session, codebook, account, None if is_open else other)
    columns = blindness.columns_of(themes(session, codebook)) if seen else {}
    for theme_id in sorted(words.shown - decided):
        session.add(
            ThemeDecision(
                reading_id=mine.id or 0,
                theme_id=theme_id,
                value=words.judgement(theme_id),
                is_blind=columns.get(theme_id) not in seen,
            )
        )
    session.flush()
    return mine


def undo_last(session: Session, codebook: Codebook, place: int, account: Account) -> str:
    """Take back one's own last reading; the answer to read again."""
    last = session.exec(
        select(Reading)
        .where(
            Reading.codebook_id == codebook.id,
            Reading.place == place,
            Reading.coder == account.public_id,
        )
        .order_by(col(Reading.read_at).desc(), col(Reading.id).desc())
        .limit(1)
    ).first()
    if last is None:
        raise Conflict(_("You have not coded an answer yet."))
    other = session.exec(
        select(Reading.id).where(
            Reading.codebook_id == codebook.id,
            Reading.contribution_id == last.contribution_id,
            Reading.place != place,
        )
    ).first()
    if other is not None:
        raise Conflict(
            _(
                "The other coder has read this answer too, so that your code stands. Settle it by adjudication."
            )
        )
    key = last.contribution_id
    session.delete(last)
    session.flush()
    return key


def count_at(session: Session, codebook: Codebook, place: int) -> int:
    return session.exec(
        select(func.count())
        .select_from(Reading)
        .where(Reading.codebook_id == codebook.id, Reading.place == place)
    ).one()


def own_codes(session: Session, codebook: Codebook, place: int, key: str) -> dict[int, Judgement]:
    """What this place said of an answer before."""
    found = session.exec(
        select(ThemeDecision.theme_id, ThemeDecision.value)
        .join(Reading, col(Reading.id) == col(ThemeDecision.reading_id))
        .where(
            Reading.codebook_id == codebook.id,
            Reading.place == place,
            Reading.contribution_id == key,
        )
    )
    return {theme_id: Judgement(value) for theme_id, value in found}
