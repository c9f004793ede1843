"""What people say of the answers: each coder apart, and what stands after all of them.

What stands for one theme and one answer is the ruling of a person with the last word; else what
the coders say, where those who were sure agree; else nothing. A machine is never asked here. A
code counts only as long as the answer has the words that the coder read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from consultation.contributions.models import Contribution, ContributionState
from results.workbench.models import (
    AuditMember,
    Codebook,
    Judgement,
    Reading,
    Ruling,
    Theme,
    ThemeDecision,
)
from results.workbench.queries import coded_themes

Codes = dict[str, dict[int, Judgement]]
#: Of two themes that became one, the surer word stands.
_STRENGTH = {Judgement.YES: 2, Judgement.UNSURE: 1, Judgement.NO: 0}
_NUMBER = {Judgement.YES: 1.0, Judgement.NO: 0.0, Judgement.UNSURE: np.nan}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One answer of which the two coders say different things of one theme."""

    contribution_id: str
    theme: int
    first: Judgement
    second: Judgement


@dataclass(frozen=True, slots=True)
class Labels:
    """Everything people said, by answer; themes by their place among those in use."""

    themes: tuple[Theme, ...]
    by_place: dict[int, Codes]
    rulings: Codes
    audit: frozenset[str]
    #: Answer and theme where one coder could have seen the other's code before saying anything.
    not_blind: frozenset[tuple[str, int]] = frozenset()

    def standing(self, contribution_id: str) -> dict[int, bool]:
        """What stands of one answer."""
        ruled = self.rulings.get(contribution_id, {})
        found = {theme: value is Judgement.YES for theme, value in ruled.items()}
        first = self.by_place[1].get(contribution_id, {})
        second = self.by_place[2].get(contribution_id, {})
        for theme in first.keys() | second.keys():
            said = {codes[theme] for codes in (first, second) if theme in codes}
            if theme not in found and len(said) == 1 and said != {Judgement.UNSURE}:
                found[theme] = said == {Judgement.YES}
        return found

    def answers(self) -> list[str]:
        """Every answer that somebody said something of."""
        return sorted({*self.by_place[1], *self.by_place[2], *self.rulings})

    def matrix(self, ids: Sequence[str]) -> NDArray[np.float64]:
        """What stands: 1, 0, or NaN where nothing does; a row an answer, a column a theme."""
        found = np.full((len(ids), len(self.themes)), np.nan)
        place = {key: row for row, key in enumerate(ids)}
        for key in self.answers():
            row = place.get(key)
            if row is not None:
                for theme, value in self.standing(key).items():
                    found[row, theme] = float(value)
        return found

    def seen_from(self, place: int) -> "Labels":
        """What the coder at a place may see: only themes of answers that were coded there."""
        own = self.by_place[place]
        other = _where_said(self.by_place[3 - place], own)
        ruled = _where_said(self.rulings, own)
        by_place = {place: own, 3 - place: other}
        return Labels(self.themes, by_place, ruled, self.audit, self.not_blind)

    def both(self) -> list[str]:
        """Answers that both coders have read: only these may be compared, or shown to them."""
        return sorted(self.by_place[1].keys() & self.by_place[2].keys())

    def pair(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The codes of the two coders over the answers that both read; unsure is NaN."""
        ids = self.both()
        tables = []
        for place in (1, 2):
            table = np.full((len(ids), len(self.themes)), np.nan)
            for row, key in enumerate(ids):
                for theme, value in self.by_place[place][key].items():
                    table[row, theme] = _NUMBER[value]
            tables.append(table)
        return tables[0], tables[1]

    def disagreements(self) -> list[Disagreement]:
        """What is left to adjudicate, answer by answer."""
        found = []
        for key in self.both():
            first, second = self.by_place[1][key], self.by_place[2][key]
            ruled = self.rulings.get(key, {})
            found += [
                Disagreement(key, theme, first[theme], second[theme])
                for theme in sorted(first.keys() & second.keys())
                if theme not in ruled and _differ(first[theme], second[theme])
            ]
        return found


def _where_said(codes: Codes, own: Codes) -> Codes:
    """Codes of the answers and themes that somebody has said something of."""
    return {
        key: {theme: value for theme, value in said.items() if theme in own[key]}
        for key, said in codes.items()
        if key in own
    }


def _differ(first: Judgement, second: Judgement) -> bool:
    return first is not second or first is Judgement.UNSURE


def read_labels(session: Session, codebook: Codebook, rows: list[Theme]) -> Labels:
    """Read what people said of the answers, as far as the answers still say the same."""
    used = tuple(coded_themes(rows))
    places = theme_columns(used, rows)
    by_place: dict[int, Codes] = {1: {}, 2: {}}
    still = (
        col(Contribution.state) == ContributionState.RECEIVED,
        col(Contribution.consultation_id) == codebook.consultation_id,
    )
    found = session.connection().execute(
        select_columns(
            col(Reading.place),
            col(Reading.contribution_id),
            col(ThemeDecision.theme_id),
            col(ThemeDecision.value),
            col(ThemeDecision.is_blind),
        )
        .join(ThemeDecision, col(ThemeDecision.reading_id) == col(Reading.id))
        .join(Contribution, col(Contribution.id) == col(Reading.contribution_id))
        .where(
            col(Reading.codebook_id) == codebook.id,
            col(Reading.text_hash) == col(Contribution.text_hash),
            *still,
        )
    )
    not_blind: set[tuple[str, int]] = set()
    for place, key, theme_id, value, is_blind in found:
        column = places.get(theme_id)
        _add(by_place[place], key, column, value)
        if column is not None and not is_blind:
            not_blind.add((key, column))
    rulings: Codes = {}
    ruled = session.connection().execute(
        select_columns(col(Ruling.contribution_id), col(Ruling.theme_id), col(Ruling.value))
        .join(Contribution, col(Contribution.id) == col(Ruling.contribution_id))
        .where(
            col(Ruling.theme_id).in_(list(places)),
            col(Ruling.text_hash) == col(Contribution.text_hash),
            *still,
        )
    )
    for key, theme_id, value in ruled:
        _add(rulings, key, places.get(theme_id), value)
    audit = audit_members(session, codebook)
    return Labels(used, by_place, rulings, audit, frozenset(not_blind))


def audit_members(session: Session, codebook: Codebook) -> frozenset[str]:
    found = session.connection().execute(
        select_columns(col(AuditMember.contribution_id)).where(
            col(AuditMember.codebook_id) == codebook.id
        )
    )
    return frozenset(found.scalars())


def _add(codes: Codes, key: str, theme: int | None, value: Judgement) -> None:
    if theme is None:
        return
    known = codes.setdefault(key, {})
    before = known.get(theme)
    if before is None or _STRENGTH[value] > _STRENGTH[before]:
        known[theme] = value


def theme_columns(used: Sequence[Theme], rows: list[Theme]) -> Mapping[int, int]:
    """The column of each theme; a merged one counts for the theme that it came to."""
    column = {theme.id: place for place, theme in enumerate(used)}
    into = {row.id: row.merged_into_id for row in rows}
    found: dict[int, int] = {}
    for row in rows:
        end: int | None = row.id
        seen: set[int | None] = set()
        while into.get(end) is not None and end not in seen:
            seen.add(end)
            end = into[end]
        if end in column and row.id is not None:
            found[row.id] = column[end]
    return found
